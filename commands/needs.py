"""Which closed cases a message needs, before anybody looks at it: most need none, and a region may have thousands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from commands.catalogue import COMMANDS
from commands.parsing import Invocation, parse
from commands.reading import CASE_REF
from commands.registry import MOST_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.core.model import Question
    from commands.parsing import Listener


@dataclass(frozen=True, slots=True)
class ClosedCases:
    """`named` are those that somebody means; `since` when the others moved that count as well, None for no others."""

    named: frozenset[str]
    since: datetime | None


def closed_cases(body: str, listener: Listener, sender: str, questions: Iterable[Question]) -> ClosedCases:
    """A case is meant by its reference in the message, or in the half-made command that this may be the answer to."""
    body = body[:MOST_CHARACTERS]
    drafts = (text for q in questions if q.user_id == sender for _, text in q.draft)
    named = {found.upper() for text in (body, *drafts) for found in CASE_REF.findall(text)}
    said = parse(body, listener, COMMANDS)
    looks_back = isinstance(said, Invocation) and said.command.looks_back
    return ClosedCases(frozenset(named), datetime.min.replace(tzinfo=UTC) if looks_back else None)
