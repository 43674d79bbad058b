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
    yield from (f"# {_plain(page.title)}", "", _plain(page.subtitle), "")
    yield from _facts(page.facts)
    yield from ("", f"## {page.decisions_title}", "")
    for number, decision, reason in page.decisions:
        yield f"- **{number}** {_plain(decision)} {_plain(reason)}"
    if not page.decisions:
        yield page.no_decisions
    yield from ("", f"## {page.actions_title}", "")
    if page.actions:
        yield _row(page.columns)
        yield "|" + " --- |" * len(page.columns)
        yield from (_row(map(_plain, action)) for action in page.actions)
    else:
        yield page.no_actions
    for name, value in page.rest:
        yield from ("", f"## {name}", "", _plain(value))
    yield from ("", _plain(page.footer))


def _facts(facts: Iterable[Fact]) -> Iterator[str]:
    return (f"- **{name}:** {_plain(value)}" for name, value in facts)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    return _BULLET.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", text))
