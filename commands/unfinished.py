"""What was begun and gets lost because another question takes the place of the bot's: said, never let go in silence.

Each person has one open question in a room. What waits for its answer is not recorded yet, and who typed it thinks it is.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.effects import Effects, Say, ToRoom
from bot.core.records.trail import Question
from bot.core.text import Message, Text
from commands.conversation.answers import draft
from commands.conversation.parsing import folded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commands.conversation.command import Command, Request

_FRESH = timedelta(hours=1)
"""What was left longer is given up, and not what somebody is in the middle of."""

NOT_RECORDED = Text(
    "Nog niet vastgelegd: !{command} ({role}), want mijn vraag is niet beantwoord. Typ het zo nodig opnieuw.",
    "Not recorded yet: !{command} ({role}), as my question was not answered. Type it again if needed.",
)


def typed_in(question: Question) -> str:
    """What waits in the question to be recorded: the words of an action or a decision."""
    half = draft(question)
    return half.get("text", "")


def typed_again(request: Request, effects: Effects, command: Command, text: str) -> Effects:
    """Whoever types a command in full after all leaves nothing behind that a later "reden: …" would record once more."""
    again = tuple(
        old
        for old in request.questions
        if (old.user_id, old.command) == (request.sender, command.name.nl)
        and folded(typed_in(old)) in folded(text)
    )
    return effects + Effects(drop=again) if effects.keep else effects


def with_unfinished(request: Request, effects: Effects, commands: Mapping[str, Command]) -> Effects:
    """The effects, and in what is said here a line for each question they push aside."""
    if request.case is None:
        return effects
    asked = {q.user_id: q for q in effects.keep if isinstance(q, Question) and q.room_id == request.room_id}
    lines = []
    for old in request.questions:
        new = asked.get(old.user_id)
        seat = request.case.seat_of(old.user_id)
        if new is None or seat is None or old in effects.drop:
            continue
        if new.command == old.command and not typed_in(old):
            continue
        command = commands.get(old.command)
        waits = command is not None and command.question(old.asks) in command.waits_for
        if command and waits and request.now - old.asked_at <= _FRESH:
            name = command.name(request.language)
            lines.append(NOT_RECORDED(request.language, command=name, role=seat.label))
    return _said(request, effects, lines) if lines else effects


def _said(request: Request, effects: Effects, lines: list[str]) -> Effects:
    for place, out in enumerate(effects.send):
        if isinstance(out, Say) and out.to == ToRoom(request.room_id):
            message = replace(out.message, lines=(*out.message.lines, *Message.of(*lines).lines))
            rest = (*effects.send[:place], replace(out, message=message), *effects.send[place + 1 :])
            return replace(effects, send=rest)
    return effects
