"""How the demo shows a chat: time, speaker and words in a column that fits a narrow terminal."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

from bot.core.dates import say_day

if TYPE_CHECKING:
    from datetime import datetime


BOLD, DIM, GREEN, BLUE, RESET = "\033[1m", "\033[2m", "\033[32m", "\033[34m", "\033[0m"
SPEAKER = 17


class Paper:
    """Prints; colour on a terminal, plain otherwise."""

    def __init__(self) -> None:
        self._colour = sys.stdout.isatty()
        self._progress = sys.stderr.isatty()
        self._width = min(shutil.get_terminal_size((92, 24)).columns, 110)
        self._room = ""
        self.messages = 0

    def progress(self, step: int, steps: int, what: str) -> None:
        """How far the setting up is: one line that rewrites itself, or a line each in a log."""
        if self._progress:
            done = 20 * step // steps
            bar = "█" * done + "·" * (20 - done)
            print(f"\r\033[K{bar} {what}", end="" if step < steps else "\n", file=sys.stderr, flush=True)
        else:
            print(f"[{step}/{steps}] {what}", file=sys.stderr, flush=True)

    def scene(self, title: str) -> None:
        self._room = ""
        print(f"\n{self._in(BOLD, title)}\n{'=' * len(title)}")

    def aside(self, text: str) -> None:
        for line in textwrap.wrap(text, self._width - 4):
            print(self._in(DIM, f"    {line}"))

    def day(self, moment: datetime) -> None:
        """A line between two days."""
        self._room = ""
        print(f"\n{self._in(DIM, f'— {say_day(moment.date())} —')}")

    def heard(self, room: str, moment: datetime, speaker: str, body: str, *, by_bot: bool) -> None:
        """One message, as a participant decrypted it."""
        self.messages += 1
        if room != self._room:
            self._room = room
            print(f"\n  {self._in(BLUE, f'[{room}]')}")
        label = f"{moment:%H:%M} {speaker}"
        width = self._width - SPEAKER - 10
        lines = [part for line in body.split("\n") for part in textwrap.wrap(line, width) or [""]]
        for number, line in enumerate(lines):
            left = f"{label if number == 0 else '':<{SPEAKER + 6}}"
            print(f"  {self._in(GREEN if by_bot else BOLD, left)} │ {line}")
        sys.stdout.flush()

    def _in(self, colour: str, text: str) -> str:
        return f"{colour}{text}{RESET}" if self._colour else text
