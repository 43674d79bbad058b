"""How the bot is doing, in one small file that outlives it: for `casusbot health` and whatever watches the machine.

It holds a state and times, nothing of anybody. Written aside and renamed, so that a reader never sees half of it.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILE_NAME = "health.json"
REWRITE_AFTER = timedelta(seconds=30)
STALE_AFTER = timedelta(minutes=3)
"""A sync answers within 45 seconds, also where nothing happens."""


class State(StrEnum):
    CONNECTED = "connected"
    TROUBLED = "troubled"
    WAITING = "waiting"
    ALARM = "alarm"
    STOPPED = "stopped"


NAMES = {
    State.CONNECTED: "verbonden met de homeserver",
    State.TROUBLED: "werkt, maar er is iets mis",
    State.WAITING: "wacht op de homeserver",
    State.ALARM: "ALARM, er wordt niets meer verstuurd",
    State.STOPPED: "gestopt",
}


@dataclass(frozen=True, slots=True)
class Health:
    """`since` is when this state began, `seen` when the bot last said so; `detail` is a line for the operator."""

    state: State
    since: datetime
    seen: datetime
    detail: str = ""

    def is_well(self, now: datetime) -> bool:
        return self.state is State.CONNECTED and not self.is_silent(now)

    def is_silent(self, now: datetime) -> bool:
        """Whether the bot should have said something since: it is gone, or something keeps it busy."""
        return now - self.seen >= STALE_AFTER


class Reporter:
    """Writes down how it goes, at most every half minute while nothing changes."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now
        self._last: Health | None = None
        self.trouble: Callable[[], str] = str
        """What is wrong while the bot is connected; "" where nothing is."""

    def report(self, state: State, detail: str = "") -> None:
        if state is State.CONNECTED and (trouble := self.trouble()):
            state, detail = State.TROUBLED, trouble
        now, last = self._now(), self._last
        same = last is not None and (last.state, last.detail) == (state, detail)
        if same and last is not None and now - last.seen < REWRITE_AFTER:
            return
        self._last = Health(state, last.since if same and last is not None else now, now, detail)
        write(self._folder, self._last)


def write(folder: Path, health: Health) -> None:
    unfinished = folder / f"{FILE_NAME}.new"
    content = {
        "state": health.state.value,
        "since": health.since.isoformat(),
        "seen": health.seen.isoformat(),
        "detail": health.detail,
    }
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file)
    unfinished.rename(folder / FILE_NAME)


def read(folder: Path) -> Health | None:
    """What the bot last said of itself; None where it never ran, or the file is not its own."""
    try:
        content = json.loads((folder / FILE_NAME).read_text("utf-8"))
        since, seen = (datetime.fromisoformat(content[name]) for name in ("since", "seen"))
        return Health(State(content["state"]), since, seen, str(content["detail"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
