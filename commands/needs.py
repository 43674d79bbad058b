"""Which cases a message needs, before anybody looks at it: most need few, and a region may have thousands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from commands.catalogue import COMMANDS
from commands.conversation.command import ASKS_SUGGESTION
from commands.conversation.parsing import Invocation, parse
from commands.conversation.reading import CASE_REF
from commands.registry import MOST_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.core.records.trail import Question
    from commands.conversation.parsing import Listener


@dataclass(frozen=True, slots=True)
class NeededCases:
    """`named` are those that somebody means; `since` when closed ones moved that count as well, None for no others.

    `all_open`: a coordinator's answer looks at every open case of the region.
    """

    named: frozenset[str]
    since: datetime | None
    all_open: bool


def needed_cases(text: str, listener: Listener, sender: str, questions: Iterable[Question]) -> NeededCases:
    """A case is meant by its reference in the message, or in the half-made command that this may be the answer to.

    `text` is the cleaned one (`Heard.text`), as it will be read when it is carried out.
    """
    text = text[:MOST_CHARACTERS]
    own = [question for question in questions if question.user_id == sender]
    texts = (text, *(half for question in own for _, half in question.draft))
    named = {found.upper() for one in texts for found in CASE_REF.findall(one)}
    said = parse(text, listener, COMMANDS, guess=False)
    if isinstance(said, Invocation):
        commands = [said.command]
    else:  # a yes may carry out what was suggested
        offered = {question.command for question in own if question.asks == ASKS_SUGGESTION.name}
        commands = [command for command in COMMANDS if command.name.nl in offered]
    looks_back = any(command.looks_back for command in commands)
    return NeededCases(
        frozenset(named),
        datetime.min.replace(tzinfo=UTC) if looks_back else None,
        looks_back or any(command.all_open for command in commands),
    )
