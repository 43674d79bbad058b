"""One message stops nothing: not by ending the process at every start, and not by keeping it busy."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.data.health import Reporter, State, read
from bot.running.attempts import MOST, TOO_LONG
from bot.store.mailbox import SET_ASIDE
from tests.hostile.scene import ROOM, scene
from tests.matrix.fake import CHAIR, NOW, PARTNER

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.hostile.scene import Scene

POISON, NEXT = "$gif", "$daarna"


async def arrived(stage: Scene) -> None:
    """Two events wait, and the process ended at the first of them."""
    events = [
        (ROOM, {"event_id": event_id, "type": "m.room.topic", "sender": PARTNER, "content": {}})
        for event_id in (POISON, NEXT)
    ]
    await stage.bot.database.write(lambda t: t.receive(events, "s1", NOW))


async def a_start_that_ends_at_the_first(stage: Scene) -> bool:
    """Whether the first event was tried again; then nothing more happens, as when a process is killed."""
    await stage.bot.database.write(lambda t: t.retry_all())
    row, *_ = await stage.bot.database.read(lambda t: t.next_events(NOW))
    return row.event_id == POISON and await stage.handler.attempts.may_begin(row)


async def test_an_event_that_ends_the_process_at_every_start_is_set_aside_and_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with scene(tmp_path) as stage:
        await stage.seat()
        await arrived(stage)
        tried = [await a_start_that_ends_at_the_first(stage) for _ in range(MOST)]
        assert tried == [True, True, False]  # the first attempt, before the first of these starts, counts too
        assert await stage.queued() == ["say"]
        assert "set aside" in caplog.text
        await stage.bot.database.write(lambda t: t.retry_all())
        (row,) = await stage.bot.database.read(lambda t: t.next_events(NOW))
        assert row.event_id == NEXT  # what stood behind it was never counted for it
        assert row.begun < MOST - 1
        await stage.handler.handle_waiting()
        assert await stage.bot.database.read(lambda t: t.next_events(NOW)) == ()
        await stage.handler.attempts.look()
        assert "opzij" in stage.handler.attempts.trouble()
        await arrived(stage)  # a homeserver that repeats it brings nothing back
        assert await stage.bot.database.read(lambda t: t.next_events(NOW)) == ()
        await stage.bot.database.write(lambda t: t.prune(NOW + timedelta(days=400) + SET_ASIDE))
        await stage.handler.attempts.look()
        assert stage.handler.attempts.trouble() == ""


async def test_an_event_is_not_blamed_for_a_bot_that_is_stopped_or_a_homeserver_that_is_away(
    tmp_path: Path,
) -> None:
    async with scene(tmp_path) as stage:
        await stage.seat()
        await arrived(stage)
        for _ in range(3 * MOST):
            assert await a_start_that_ends_at_the_first(stage)
            await stage.bot.database.write(lambda t: t.excuse())
        for _ in range(3 * MOST):
            assert await a_start_that_ends_at_the_first(stage)
            row, *_ = await stage.bot.database.read(lambda t: t.next_events(NOW))
            await stage.handler.attempts.excused(row)


async def test_a_message_that_keeps_the_bot_busy_is_told_to_whoever_watches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scene(tmp_path) as stage:
        attempts, now = stage.handler.attempts, 0.0
        monkeypatch.setattr("bot.running.attempts.monotonic", lambda: now)
        health = Reporter(tmp_path, lambda: NOW)
        health.trouble = attempts.trouble
        with attempts.at_one():
            assert attempts.goes_on
            health.report(State.CONNECTED)
            now = TOO_LONG
            assert not attempts.goes_on
            health.report(State.CONNECTED)
            found = read(tmp_path)
            assert found is not None
            assert found.state is State.TROUBLED
            assert not found.is_well(NOW)
        health.report(State.CONNECTED)
        found = read(tmp_path)
        assert found is not None
        assert found.is_well(NOW)


STUCK = """
import asyncio, sys
from bot.cli import stop_on_signals

async def work():
    stop_on_signals(asyncio.get_running_loop(), asyncio.Event(), 1)
    print("stuck", flush=True)
    while True:  # the loop never gets its turn
        pass

asyncio.run(work())
"""


def test_a_bot_that_is_stuck_still_ends_when_it_is_told_to() -> None:
    with subprocess.Popen([sys.executable, "-c", STUCK], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "stuck\n"
        process.terminate()
        assert process.wait() == -signal.SIGALRM


async def test_of_a_device_that_does_not_count_only_the_beginning_is_looked_at(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        await stage.seat()

        async def refusals(words: str) -> int:
            inside = {"type": "m.room.message", "content": {"msgtype": "m.text", "body": words}}
            await stage.take(
                [stage.wire({"inside": inside, "sender": CHAIR})]
            )  # with the keys of the partner
            rows = await stage.bot.database.read(
                lambda t: t.rows("SELECT 1 FROM audit WHERE event = 'command.refused'")
            )
            return len(rows)

        assert await refusals("!acties") == 1
        assert await refusals("> " * 200 + "\n\n!acties") == 1
        assert await stage.queued() == []
