"""The list of agreements as Markdown, for a note or a case system that reads it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.documents.sheet import sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.core.text import Language
    from bot.documents.agreements import AgreementList
    from bot.documents.sheet import Fact

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&$])")
_BULLET = re.compile(r"^(\d*)([-+.)])")


def markdown(agreements: AgreementList, language: Language) -> str:
    """CommonMark with one table. What people typed is text in it, never markup."""
    return "\n".join(_lines(agreements, language)) + "\n"


def _lines(agreements: AgreementList, language: Language) -> Iterator[str]:
    page = sheet(agreements, language)
    yield from (f"# {plain(page.title)}", "", plain(page.subtitle), "")
    yield from _facts(page.facts)
    yield from ("", f"## {page.decisions_title}", "")
    for number, decision, reason in page.decisions:
        yield f"- **{number}** {plain(decision)} {plain(reason)}"
    if not page.decisions:
        yield page.no_decisions
    yield from ("", f"## {page.actions_title}", "")
    if page.actions:
        yield row(page.columns)
        yield "|" + " --- |" * len(page.columns)
        yield from (row(map(plain, action)) for action in page.actions)
    else:
        yield page.no_actions
    for name, value in page.rest:
        yield from ("", f"## {name}", "", plain(value))
    yield from ("", plain(page.footer))


def _facts(facts: Iterable[Fact]) -> Iterator[str]:
    return (f"- **{name}:** {plain(value)}" for name, value in facts)


def row(cells: Iterable[str]) -> str:
    """A row of a table, of cells that are markup already."""
    return f"| {' | '.join(cells)} |"


def plain(text: str) -> str:
    """Text that stays text, whatever signs are in it."""
    return _BULLET.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", text))
