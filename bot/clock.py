"""The real clock. Everything else is handed the time as a value."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Protocol

LONGEST_NAP = 300.0
"""Seconds; the wall clock may be set while we sleep, so we look again."""


class Clock(Protocol):
    """The time that the rules live in. Transport (retries, time-outs) always uses real time."""

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        ...

    def at(self, milliseconds: int) -> datetime:
        """The instant that a homeserver's timestamp stands for."""
        ...

    async def sleep_until(self, instant: datetime | None, wake: asyncio.Event) -> None:
        """Return at `instant` (None = never), or earlier when `wake` is set."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def at(self, milliseconds: int) -> datetime:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)

    async def sleep_until(self, instant: datetime | None, wake: asyncio.Event) -> None:
        while not wake.is_set():
            left = None if instant is None else (instant - self.now()).total_seconds()
            if left is not None and left <= 0:
                return
            nap = LONGEST_NAP if left is None else min(left, LONGEST_NAP)
            try:
                async with asyncio.timeout(nap):
                    await wake.wait()
            except TimeoutError:
                continue
