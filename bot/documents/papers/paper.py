"""A paper as a value: sections of words, a table and points, and the same as Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.documents.markdown import plain, row

if TYPE_CHECKING:
    from collections.abc import Iterator

MISSING = "NOG IN TE VULLEN"
"""What only the controller can say. In capitals, so that nobody overlooks it on paper either."""

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with paragraphs, a table, points, and tasks to tick off under it; each may be absent.

    `shares` are the widths of the columns, relative to each other; none: all the same.
    """

    title: str
    words: Row = ()
    columns: Row = ()
    rows: tuple[Row, ...] = ()
    shares: tuple[int, ...] = ()
    points: Row = ()
    tasks: Row = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """`name` is that of its files, without ending."""

    name: str
    title: str
    subtitle: str
    sections: tuple[Section, ...]
    footer: str


def markdown(paper: Paper) -> str:
    """CommonMark with tables."""
    return "\n".join(_lines(paper)) + "\n"


def _lines(paper: Paper) -> Iterator[str]:
    yield from (f"# {plain(paper.title)}", "", plain(paper.subtitle))
    for section in paper.sections:
        yield from ("", f"## {plain(section.title)}")
        for words in section.words:
            yield from ("", plain(words))
        if section.rows:
            yield from ("", row(section.columns), "|" + " --- |" * len(section.columns))
            yield from (row(map(plain, cells)) for cells in section.rows)
        if section.points:
            yield ""
            yield from (f"- {plain(point)}" for point in section.points)
        if section.tasks:
            yield ""
            yield from (f"- [ ] {plain(task)}" for task in section.tasks)
    yield from ("", plain(paper.footer))
