"""The pictures in the manual: what the golden files say, drawn the way a chat client on a phone shows it.

`tests/test_docs.py` holds them against their sources; with CASUSBOT_UPDATE_GOLDEN=1 it draws them anew.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import typst
from PIL import Image

from bot.core.text import Language
from bot.documents.timeline import Timeline, timeline
from bot.documents.typesetting import timeline_png
from tests.documents.cases import FILE, TODAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

TESTS = Path(__file__).parent
FOLDER = TESTS.parent / "docs" / "pictures"
SUMS = FOLDER / "sums.json"
BOT = "casusbot"
LABELS = {"gi": "GI", "corporatie": "woningcorporatie"}
"""Roles whose account has another name."""
PIXELS_PER_POINT = 2
COLOURS = 32
MOST_BYTES = 60_000

_TYPED = re.compile(r"(\d\d:\d\d) (\S+)(?: \(direct\))? \| (.+)")
_ANSWERED = re.compile(r" {6}bot \| (.*)")
_TAPS = re.compile(r"\[([^]]+)\]")
_NUDGED = re.compile(r"(\w\w \d+ \w{3}) (\d\d:\d\d) [! ] @(\w+):.*")


@dataclass(frozen=True, slots=True)
class Said:
    """One message; `day` stands above the first of a day, `taps` are the answers of a poll."""

    who: str
    at: str
    lines: tuple[str, ...]
    own: bool = False
    headed: bool = False
    day: str | None = None
    taps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chat:
    """A room as one of the people in it sees it."""

    title: str
    subtitle: str
    said: tuple[Said, ...]


Picture = Chat | Timeline
TEMPLATES = {
    Chat: TESTS / "docs_pictures.typ",
    Timeline: TESTS.parent / "bot" / "documents" / "timeline.typ",
}


# From golden files to values


def excerpt(source: str, first: str = "", last: str | None = None) -> list[str]:
    """The lines of a golden file from the one with `first` up to and with the next one with `last`."""
    lines = (TESTS / source).read_text("utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if first in line)
    end = (
        len(lines)
        if last is None
        else next(n for n, line in enumerate(lines) if n >= start and last in line) + 1
    )
    return lines[start:end]


def conversation(lines: Sequence[str], *, viewer: str) -> Iterator[Said]:
    """The messages of a transcript; lines of the bot that follow each other are one message."""
    at, answer = "", tuple[str, ...]()
    for line in [*lines, ""]:
        if found := _ANSWERED.fullmatch(line):
            answer = (*answer, found[1])
            continue
        if answer:
            yield Said(BOT, at, answer)
            answer = ()
        if found := _TYPED.fullmatch(line):
            at, who, words = found.groups()
            yield Said(LABELS.get(who, who), at, (words,), own=who == viewer)


def reminders(lines: Sequence[str], *, viewer: str) -> Iterator[Said]:
    """What the clock sent to one person, message by message."""
    starts = [(n, found) for n, line in enumerate(lines) if (found := _NUDGED.fullmatch(line))]
    shown = None
    for (start, head), end in zip(starts, [*(n for n, _ in starts[1:]), len(lines)], strict=True):
        day, at, who = head.groups()
        if who == viewer:
            said = [line.strip() for line in lines[start + 1 : end]]
            taps = tuple(answer for line in said for answer in _TAPS.findall(line))
            words = tuple(line for line in said if not _TAPS.match(line))
            yield Said(BOT, at, words, day=None if day == shown else day, taps=taps)
            shown = day


# The pictures


def meeting() -> Chat:
    lines = excerpt("commands/golden/meeting.txt", "!overleg start", "Agenda: 1)")
    return Chat("Z-2026-014", "zoals de voorzitter het ziet", tuple(conversation(lines, viewer="voorzitter")))


def asked_back() -> Chat:
    lines = excerpt("commands/golden/meeting.txt", "!actie GI", "A6 is afgesproken")
    return Chat("Z-2026-014", "zoals GI het ziet", tuple(conversation(lines, viewer="gi")))


def nudge() -> Chat:
    """That of the day itself, and what was answered."""
    lines = excerpt("core/golden/nudge_ladder.txt", "vr 6 mrt", "ma 9 mrt")[:-1]
    sent = reminders(lines, viewer="leerplicht")
    answered = conversation(excerpt("commands/golden/meeting.txt", "!later A4"), viewer="leerplicht")
    return Chat(BOT, "gesprek met de bot alleen, zoals leerplicht het ziet", (*sent, *answered))


def digest() -> Chat:
    lines = tuple(excerpt("core/golden/digest.txt"))
    weekly = Said(BOT, "09:00", lines, headed=True, day=" ".join(lines[0].split()[1:4]))
    return Chat(BOT, "gesprek met de bot alleen, zoals de coördinator het ziet", (weekly,))


PICTURES: dict[str, Callable[[], Picture]] = {
    "overleg": meeting,
    "vraag": asked_back,
    "herinnering": nudge,
    "weekbericht": digest,
    "tijdlijn": lambda: timeline(FILE, TODAY, Language.NL),
}


# Drawing, and telling whether a drawing is still true


def drawn(picture: Picture) -> bytes:
    """A PNG of few colours: it is text on white."""
    if isinstance(picture, Timeline):
        page = timeline_png(picture)
    else:
        page = typst.compile(
            TEMPLATES[Chat].read_bytes(),
            sys_inputs={"values": json.dumps(asdict(picture))},
            font_paths=typst.Fonts(include_system_fonts=False),
            format="png",
            ppi=72 * PIXELS_PER_POINT,
        )
    small = BytesIO()
    full = Image.open(BytesIO(page)).convert("RGB")
    few = full.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(small, "PNG", optimize=True)
    return small.getvalue()


def checksum(name: str) -> str:
    """Of what a picture is drawn from and of the file that was drawn: it changes when either does.

    The picture itself is not drawn again to compare: another processor may round a pixel otherwise.
    """
    picture = PICTURES[name]()
    values = json.dumps(asdict(picture), ensure_ascii=False).encode()
    parts = (values, TEMPLATES[type(picture)].read_bytes(), (FOLDER / f"{name}.png").read_bytes())
    return sha256(b"\0".join(sha256(part).digest() for part in parts)).hexdigest()


def draw(name: str) -> None:
    """Draw one picture and note what it was drawn from."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.png").write_bytes(drawn(PICTURES[name]()))
    known = json.loads(SUMS.read_text("utf-8")) if SUMS.exists() else {}
    known[name] = checksum(name)
    SUMS.write_text(json.dumps({it: known[it] for it in PICTURES if it in known}, indent=2) + "\n", "utf-8")
