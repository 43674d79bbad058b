"""The pictures in the manual: what the golden files say, drawn as a chat client on a phone shows it.

`tests/test_docs.py` compares them with their sources; with CASUSBOT_UPDATE_GOLDEN=1 it draws them anew.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import typst
from PIL import Image

from bot.core.text import Language
from bot.documents.timeline import timeline
from bot.documents.typesetting import timeline_png
from tests.documents.cases import FILE, TODAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "pictures"
SUMS = FOLDER / "sums.json"
BOT = "casusbot"
COLOURS = 32
WIDE = 34
"""Characters in a line above which a bubble gets its full width."""

_TYPED = re.compile(r"(\d\d:\d\d) (\S+)(?: \(direct\))? \| (.+)")
_ANSWERED = re.compile(r" {6}bot \| (.*)")
_NUDGED = re.compile(r"(\w\w \d+ \w{3}) (\d\d:\d\d) [! ] @(\w+):")


@dataclass(frozen=True, slots=True)
class Said:
    """One message: by whom, when, and on which day where that is another than the one before."""

    who: str
    at: str
    lines: tuple[str, ...]
    own: bool = False
    wide: bool = False
    day: str | None = None


@dataclass(frozen=True, slots=True)
class Chat:
    """A room as one of the people in it sees it."""

    title: str
    subtitle: str
    said: tuple[Said, ...]


def golden(source: str, first: str = "", last: str = "") -> list[str]:
    """The lines of a golden file from the one that has `first` up to the one that has `last`."""
    lines = (ROOT / "tests" / source).read_text("utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if first in line)
    end = next(n for n, line in enumerate(lines[start:], start) if last in line) if last else len(lines) - 1
    return lines[start : end + 1]


def conversation(lines: list[str], *, viewer: str) -> Iterator[Said]:
    """The messages of a transcript; lines of the bot that follow each other are one message."""
    answer: list[str] = []
    at = ""
    for line in [*lines, ""]:
        if found := _ANSWERED.fullmatch(line):
            answer.append(found[1])
            continue
        if answer:
            yield Said(BOT, at, tuple(answer))
            answer = []
        if found := _TYPED.fullmatch(line):
            at, who, words = found.groups()
            yield Said(who, at, (words,), own=who == viewer)


def reminders(lines: list[str], *, viewer: str) -> Iterator[Said]:
    """What the clock sent to one person."""
    heads = [n for n, line in enumerate(lines) if _NUDGED.match(line)]
    day = None
    for n, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        found = _NUDGED.match(lines[n])
        assert found
        if found[3] == viewer:
            yield Said(BOT, found[2], tuple(line.strip() for line in lines[n + 1 : end]), day=found[1])
    del day
