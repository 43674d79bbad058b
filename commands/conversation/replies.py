"""What every executor says and keeps in the same way, and the words they share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Never

from bot.core.effects import Effects, Logged, OpenDirect, Say, ToRoom
from bot.core.guard import Refused, explain
from bot.core.records.actions import Action
from bot.core.records.cases import Case, Function
from bot.core.records.people import Person
from bot.core.records.trail import Question
from bot.core.reminding.ladder import on_other_terms, rescheduled, schedule
from bot.core.text import Language, Message, Text
from commands.conversation.parsing import USER_ID

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile
    from bot.core.guard import Kept
    from bot.core.records.kinds import Record
    from commands.conversation.command import Asks, Request

PURPOSE_LENGTH = 140
ACTION_LENGTH = 140
"""Characters of an action (domain 2.5): longer is more than one action."""
NOTE_LENGTH = 200

FUNCTION_NAMES: dict[Function, Text] = {
    Function.CHAIR: Text("voorzitter", "chair"),
    Function.PROCESS_COORDINATOR: Text("procesregisseur", "process coordinator"),
    Function.CASE_COORDINATOR: Text("casusregisseur", "case coordinator"),
    Function.COORDINATOR: Text("coördinator", "coordinator"),
    Function.PARTICIPANT: Text("deelnemer", "participant"),
    Function.CONTACT_POINT: Text("medewerker van het contactpunt", "contact point"),
}

OR = Text("of", "or")
AND = Text("en", "and")
NOT_KEPT = Text("Niet opgeslagen. {why}", "Not stored. {why}")
VERIFY_FIRST = Text(
    "Hiervoor moet jouw eigen identiteit geverifieerd zijn. Verifieer mij in je app, of vraag de beheerder.",
    "For this your own identity must be verified. Verify me in your client, or ask the operator.",
)
TOO_LONG = Text(
    "Dat zijn {count} tekens, er passen er {most}. Maak het korter, of maak er twee van.",
    "That is {count} characters, {most} fit. Make it shorter, or make it two.",
)


class Answered(Exception):
    """Ends a command early, with what it says instead: a refusal, or a question that comes first."""

    def __init__(self, effects: Effects) -> None:
        super().__init__()
        self.effects = effects

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line for out in self.effects.send if isinstance(out, Say) for line in out.message.lines)


def say(request: Request, *lines: str, headed: bool = False) -> Effects:
    """Answer in the room, in reply to the message."""
    message = Message.of(*lines, headed=headed)
    return Effects(send=(Say(ToRoom(request.room_id), message, in_reply_to=request.event_id),))


def refuse(request: Request, *lines: str, event: str = "refused") -> Never:
    """Say why not, and what to do instead."""
    raise Answered(say(request, *lines) + Effects(log=(Logged(event, request.ref),)))


def ask(request: Request, command: Text, asks: Asks, *, of: str | None = None, **draft: str) -> Effects:
    """Keep the question that the command of this name puts to the sender (or to `of`); its words are said by the caller."""
    question = Question(
        room_id=request.room_id,
        user_id=of or request.sender,
        command=command.nl,
        asks=asks.name,
        draft=tuple(draft.items()),
        language=request.language,
        asked_at=request.now.astimezone(UTC),
        asked_in=request.event_id,
        begun_in=request.begun_in or request.event_id,
    )
    return Effects(keep=(question,))


def kept(request: Request, text: str, most: int = NOTE_LENGTH) -> Kept:
    """The text as it may be stored. Ends the command with an explanation where the guard refuses."""
    text = _by_role(request, text)
    found = request.keep(text.strip(" \t\n\"'“”„«»"), max_length=most)
    if not isinstance(found, Refused):
        return found
    if not found.findings:
        refuse(request, TOO_LONG(request.language, count=len(" ".join(text.split())), most=most))
    seen = dict.fromkeys(finding.category for finding in found.findings)
    why = (explain(category, request.language.code) for category in seen)
    refuse(request, NOT_KEPT(request.language, why=" ".join(why)), event="guard.refused")


def _by_role(request: Request, text: str) -> str:
    """The text with everybody of the case who is mentioned by their role: what is stored names nobody."""
    if request.case is None or "@" not in text:
        return text
    seats = {seat.user_id: seat.label for seat in request.case.seated}
    return USER_ID.sub(lambda found: seats.get(found.group(), found.group()), text)


def warned(kept_text: Kept, language: Language) -> tuple[str, ...]:
    """The lines an echo carries about a text that was kept, but may say more than is needed."""
    return tuple(explain(category, language.code) for category in kept_text.warnings)


def changed(
    request: Request, file: CaseFile, *records: Record, event: str, thing: str | None = None
) -> Effects:
    """Keep what changed in a case. Every action leaves with its next nudge, every change moves the case."""
    now, roster = request.now.astimezone(UTC), request.roster
    case = next((r for r in records if isinstance(r, Case)), file.case)
    before, file = file, replace(file, case=case)
    ready = [
        rescheduled(r, file, roster, now=now) if isinstance(r, Action) else r
        for r in records
        if not isinstance(r, Case)
    ]
    numbers = {r.number for r in records if isinstance(r, Action)}
    others = [a for a in file.running if a.number not in numbers]
    if case.minor != before.case.minor:
        ready += [on_other_terms(a, before, file, roster, now=now) for a in others]
    elif case.next_meeting != before.case.next_meeting:
        ready += [schedule(a, file, roster, now=now) for a in others]
    return Effects(keep=(*ready, replace(case, moved_at=now)), log=(Logged(event, file.ref, thing),))


def met(request: Request, user_id: str) -> Effects:
    """See to it that the bot can speak to somebody alone."""
    person = request.people.get(user_id)
    if (person and person.direct_room) or (request.direct and user_id == request.sender):
        return Effects()
    return Effects(keep=() if person else (Person(user_id),), send=(OpenDirect(user_id),))
