"""What a watcher reads of the bot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.data.health import FILE_NAME, STALE_AFTER, Health, Reporter, State, read, write

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def test_a_bot_that_hangs_does_not_pass_for_well() -> None:
    health = Health(State.CONNECTED, NOW, NOW)
    assert health.is_well(NOW + timedelta(minutes=1))
    assert not health.is_well(NOW + STALE_AFTER)


@pytest.mark.parametrize("state", [State.WAITING, State.ALARM, State.STOPPED])
def test_only_a_connected_bot_is_well(state: State) -> None:
    assert not Health(state, NOW, NOW).is_well(NOW)


def test_a_state_keeps_the_time_it_began(tmp_path: Path) -> None:
    clock = Clock()
    reporter = Reporter(tmp_path, clock)
    reporter.report(State.CONNECTED)
    clock.now += timedelta(minutes=10)
    reporter.report(State.CONNECTED)
    assert read(tmp_path) == Health(State.CONNECTED, NOW, clock.now)
    reporter.report(State.ALARM, "wie deed dit")
    assert read(tmp_path) == Health(State.ALARM, clock.now, clock.now, "wie deed dit")


def test_a_busy_bot_does_not_write_at_every_sync(tmp_path: Path) -> None:
    clock = Clock()
    reporter = Reporter(tmp_path, clock)
    reporter.report(State.CONNECTED)
    clock.now += timedelta(seconds=5)
    reporter.report(State.CONNECTED)
    assert read(tmp_path) == Health(State.CONNECTED, NOW, NOW)


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    write(tmp_path, Health(State.STOPPED, NOW, NOW))
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", '{"state": "fine"}', '{"state": "alarm", "since": 1, "seen": 2, "detail": ""}'],
)
def test_a_file_that_is_not_ours_is_no_health(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_text(content)
    assert read(tmp_path) is None


def test_a_bot_that_never_ran_has_no_health(tmp_path: Path) -> None:
    assert read(tmp_path) is None
