"""Words in two languages, and the message that is made of them.

Plain and formatted body are drawn from the same lines, so that they say the same to every reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from html import escape
from typing import Literal
from urllib.parse import quote


class Language(StrEnum):
    """The language of an answer: that of the command word that was typed."""

    NL = "nl"
    EN = "en"

    @property
    def code(self) -> Literal["nl", "en"]:
        return "nl" if self is Language.NL else "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One wording in both languages; `{name}` stands for a value."""

    nl: str
    en: str

    def __call__(self, language: Language, **values: object) -> str:
        return (self.nl if language is Language.NL else self.en).format(**values)


MOST = 16_000
"""Characters of a message. An event holds 65,536 bytes (Matrix specification, "Size limits"), and both bodies go in it
encrypted; a homeserver refuses what is larger, and whoever asked would hear nothing."""


@dataclass(frozen=True, slots=True)
class Message:
    """What the bot says: lines of plain text, the first of them a heading where `headed`.

    `links` are words and the address that they lead to in the formatted body; the plain body stays as short as it is.
    """

    lines: tuple[str, ...]
    headed: bool = False
    links: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, *lines: str, headed: bool = False) -> Message:
        return cls(tuple(part for line in lines for part in line.split("\n")), headed)

    def fitted(self) -> Message:
        """The message as far as it fits in one event, with how many lines were left out."""
        room, shown = MOST, 0
        while shown < len(self.lines) and len(self.lines[shown]) < room:
            room -= len(self.lines[shown]) + 1
            shown += 1
        if shown == len(self.lines):
            return self
        return replace(self, lines=(*self.lines[:shown], f"… (+{len(self.lines) - shown})"))

    @property
    def body(self) -> str:
        return without_room_ping("\n".join(self.lines))

    @property
    def formatted_body(self) -> str:
        escaped = [_linked(without_room_ping(line), dict(self.links)) for line in self.lines]
        if self.headed:
            escaped[0] = f"<strong>{escaped[0]}</strong>"
        return "<br>".join(escaped)


def room_link(room_id: str) -> str:
    """The address that opens a room in any client (Matrix specification, "Linking to Matrix rooms")."""
    return f"https://matrix.to/#/{quote(room_id, safe='')}"


def _linked(line: str, links: dict[str, str]) -> str:
    """The line as HTML; a word is linked where it stands alone, so that Z-2026-01 is not found in Z-2026-014."""
    if not links:
        return escape(line)
    words = "|".join(map(re.escape, links))
    parts = re.split(rf"(?<![\w-])({words})(?![\w-])", line)
    return "".join(
        f'<a href="{escape(links[part])}">{escape(part)}</a>' if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )


def without_room_ping(text: str) -> str:
    """Break `@room` with a word joiner: older clients ring everybody on the bare word."""
    return text.replace("@room", "@\u2060room")


def listed(items: tuple[str, ...] | list[str], last: str) -> str:
    """'a, b en c', with `last` as the joining word."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"
