"""`casusbot run` in another week: the same bot, with a domain clock that a file beside the configuration sets.

    python -m tests.synapse.clocked CONFIG

A process of its own, so that it can be killed while its clock says something else than the machine's.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.running.app import Bot
from bot.settings.configuration import load
from bot.settings.resources import load_guard

LOOKS_AGAIN = 0.02
"""Seconds between two looks at the file."""


def set_clock(config: Path, moment: datetime) -> None:
    """From now on it is `moment`, and time goes on from there."""
    unfinished = config.with_suffix(".clock.new")
    unfinished.write_text(str((moment - datetime.now(UTC)).total_seconds()))
    unfinished.rename(_file(config))


class FileClock:
    """The machine's clock, ahead or behind by the seconds that the file says."""

    def __init__(self, config: Path) -> None:
        self._file = _file(config)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead()

    def at(self, milliseconds: int) -> datetime:
        return datetime.fromtimestamp(milliseconds / 1000, UTC) + self._ahead()

    async def sleep_until(self, instant: datetime | None, wake: asyncio.Event) -> None:
        while not wake.is_set() and (instant is None or self.now() < instant):
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOKS_AGAIN):
                    await wake.wait()

    def _ahead(self) -> timedelta:
        return timedelta(seconds=float(self._file.read_text()))


def _file(config: Path) -> Path:
    return config.with_suffix(".clock")


def main() -> None:
    config = Path(sys.argv[1])
    configuration = load(config)
    bot = Bot(configuration, configuration.read_key(), load_guard(), FileClock(config))
    asyncio.run(bot.run(asyncio.Event()))


if __name__ == "__main__":
    main()
