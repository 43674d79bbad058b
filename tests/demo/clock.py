"""A clock that stands still until the story moves it: the same bot, in the week of the story."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class StoryClock:
    """The domain clock of the demo. Transport goes on in real time."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return self._moment

    def at(self, milliseconds: int) -> datetime:
        return self._moment

    def set(self, moment: datetime) -> None:
        assert moment >= self._moment, "the story does not go back"
        self._moment = moment
        self._moved.set()

    async def sleep_until(self, instant: datetime | None, wake: asyncio.Event) -> None:
        while not wake.is_set() and (instant is None or instant > self._moment):
            self._moved.clear()
            waits = [asyncio.ensure_future(event.wait()) for event in (wake, self._moved)]
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()
                    with suppress(asyncio.CancelledError):
                        await wait
