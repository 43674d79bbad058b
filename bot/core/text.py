"""Words in two languages, and the message that is made of them.

Plain and formatted body are drawn from the same lines, so that they say the same to every reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import Literal


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


@dataclass(frozen=True, slots=True)
class Message:
    """What the bot says: lines of plain text, the first of them a heading where `headed`."""

    lines: tuple[str, ...]
    headed: bool = False

    @classmethod
    def of(cls, *lines: str, headed: bool = False) -> Message:
        return cls(tuple(part for line in lines for part in line.split("\n")), headed)

    @property
    def body(self) -> str:
        return without_room_ping("\n".join(self.lines))

    @property
    def formatted_body(self) -> str:
        escaped = [escape(without_room_ping(line)) for line in self.lines]
        if self.headed:
            escaped[0] = f"<strong>{escaped[0]}</strong>"
        return "<br>".join(escaped)


def without_room_ping(text: str) -> str:
    """Break `@room` with a word joiner: older clients ring everybody on the bare word."""
    return text.replace("@room", "@\u2060room")


def listed(items: tuple[str, ...] | list[str], last: str) -> str:
    """'a, b en c', with `last` as the joining word."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"
