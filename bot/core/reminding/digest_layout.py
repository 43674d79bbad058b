"""How the weekly digest is laid out: sections on one phone screen, the most urgent ones kept whole the longest."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from itertools import chain, groupby, product
from typing import TYPE_CHECKING

from bot.core.dates.lexicon import DAY_ABBREVIATIONS
from bot.core.reminding.nudge_words import LANGUAGE
from bot.core.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from bot.core.casefile import CaseFile

LINES = 25
WIDTH = 45
PER_SECTION = 5

MORE = Text("en nog {n}", "and {n} more")

GLUE = "\u00a0"
"""Keeps words together while lines are filled; written as a space in the end."""
LONGEST_REF = 24


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a section; `day` is what it is sorted and grouped by, earliest first."""

    day: date
    ref: str
    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    heading: Text
    items: Sequence[Item]
    layout: Callable[[Sequence[Item], int], list[str]]

    def lines(self, shown: int) -> list[str]:
        """Some of its items and the count of the others; of none only the heading, which counts them all."""
        heading = ["", self.heading(LANGUAGE, n=len(self.items))]
        return [*heading, *self.layout(self.items[:shown], len(self.items) - shown)] if shown else heading


def fitted(head: list[str], sections: list[Section], foot: tuple[list[str], ...]) -> list[str]:
    """All of it in `LINES` lines: the end of the foot gives way first, then the least urgent section.

    In the end that is a heading alone.
    """
    most = [min(len(section.items), PER_SECTION) for section in sections]
    least = len(most) * (1,)
    bare = (least[:n] + (0,) * (len(least) - n) for n in range(len(least) - 1, -1, -1))
    for shown in chain(product(*(range(n, 0, -1) for n in most)), bare):
        body = [line for section, n in zip(sections, shown, strict=True) for line in section.lines(n)]
        for parts in range(len(foot), 0, -1):
            lines = [*head, *body, "", *chain(*foot[:parts])]
            if len(lines) <= LINES:
                return lines
    return lines


def in_order(items: list[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item.day, item.ref, item.number))


def numbered(items: Sequence[Item], more: int) -> list[str]:
    lines = []
    for n, item in enumerate(items, start=1):
        lines += wrapped(f"{n} {item.ref} A{item.number} {item.words}", most=3)
    return [*lines, MORE(LANGUAGE, n=more)] if more else lines


def each(items: Sequence[Item], more: int) -> list[str]:
    """An entry of its own for each case."""
    lines = [line for item in items for line in wrapped(item.words, most=3)]
    return [*lines, MORE(LANGUAGE, n=more)] if more else lines


def by_day(items: Sequence[Item], more: int) -> list[str]:
    """Days, in them cases, in them actions: "vr Z-2026-014 A3, Z-2025-201 A2 A3"."""
    days = []
    for day, of_day in groupby(items, key=lambda item: item.day):
        by_case = [
            f"{ref}{GLUE}{' '.join(item.words for item in of_case)}"
            for ref, of_case in groupby(of_day, key=lambda item: item.ref)
        ]
        days.append(f"{DAY_ABBREVIATIONS[LANGUAGE][day.weekday()]}{GLUE}{', '.join(by_case)}")
    return filled(days, more)


def packed(items: Sequence[Item], more: int) -> list[str]:
    return filled([item.words.replace(" ", GLUE) for item in items], more)


def filled(entries: list[str], more: int) -> list[str]:
    left = [MORE(LANGUAGE, n=more).replace(" ", GLUE)] if more else []
    return wrapped(f"{GLUE}· ".join([*entries, *left]))


def wrapped(text: str, most: int | None = None) -> list[str]:
    """Lines of `WIDTH` at most; what does not fit in `most` of them ends in an ellipsis."""
    lines = textwrap.wrap(
        text, WIDTH, subsequent_indent="  ", break_on_hyphens=False, max_lines=most, placeholder=" …"
    )
    return [line.replace(GLUE, " ") for line in lines]


def short_ref(file: CaseFile) -> str:
    return file.ref if len(file.ref) <= LONGEST_REF else f"{file.ref[: LONGEST_REF - 1]}…"
