"""What happens to an action, as every command about one does it: the next state, the echo, the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.core.dates import say_weekday_short
from bot.core.records.actions import RUNNING, Action, ActionState, ActionStep, after, is_withheld
from bot.core.records.inquiries import ONLY_BY_THE_INQUIRY
from bot.core.text import Language, Text
from commands.conversation.replies import changed, kept, refuse, say, warned

if TYPE_CHECKING:
    from bot.core.effects import Effects
    from bot.core.guard import Kept
    from commands.conversation.command import Request
    from commands.conversation.reading import Target

NOT_POSSIBLE: dict[ActionState, Text] = {
    ActionState.PROPOSED: Text(
        "{id} is nog een voorstel. Eerst zegt de voorzitter akkoord: !akkoord {id}.",
        "{id} is still a proposal. The chair agrees first: !agree {id}.",
    ),
    ActionState.ACCEPTED: Text(
        "{id} is al in behandeling. Is het af: !klaar {id}.", "{id} is in hand. If done: !done {id}."
    ),
    ActionState.DONE: Text(
        "{id} is al gereed. Is er meer nodig, maak dan een nieuwe: !actie.",
        "{id} is done already. If more is needed, make a new one: !action.",
    ),
    ActionState.VOID: Text(
        "{id} is al vervallen. Toch nodig? Maak een nieuwe: !actie.",
        "{id} is void already. Needed after all? Make a new one: !action.",
    ),
    ActionState.HANDED_OVER: Text(
        "{id} is overgedragen aan een andere regio. Toch hier nodig? Maak een nieuwe: !actie.",
        "{id} was handed over to another region. Needed here after all? Make a new one: !action.",
    ),
    ActionState.NOT_DONE: Text(
        "{id} is al niet uitgevoerd. Het overleg bepaalt hoe verder: !actie, of een ander besluit.",
        "{id} was not done already. The meeting decides how to go on: !action, or another decision.",
    ),
}
BY_ANSWER = Text(
    "{id} is navraag {inquiry}. Antwoorden: antwoord {inquiry} <antwoord>; niet verstrekt is een volledig antwoord. "
    "Een andere partner vragen, of niet meer nodig: !navraag intrekken {inquiry}.",
    "{id} is inquiry {inquiry}. To answer: answer {inquiry} <answer>; not provided is a full answer. "
    "To ask another partner, or no longer needed: !inquiry withdraw {inquiry}.",
)


def next_state(request: Request, action: Action, step: ActionStep) -> ActionState:
    """The state after this step. Ends the command where the state table does not allow it."""
    refuse_for_inquiry(request, action, step)
    state = after(action.state, step)
    if state is None:
        refuse(request, NOT_POSSIBLE[action.state](request.language, id=action.id))
    return state


def refuse_for_inquiry(request: Request, action: Action, step: ActionStep) -> None:
    """Ends the command where only the answer to an inquiry, or its withdrawal, may take this step."""
    if step in ONLY_BY_THE_INQUIRY and action.state in RUNNING and (asked := request.file.inquiry_of(action)):
        refuse(request, BY_ANSWER(request.language, id=action.id, inquiry=asked.id))


def stepped(target: Target, new: Action, step: ActionStep, *lines: str) -> Effects:
    """Say and keep what happened to an action."""
    updated = replace(new, updated_at=target.request.now.astimezone(UTC))
    return say(target.request, *lines) + changed(
        target.request, target.file, updated, event=f"action.{step}", thing=new.id
    )


def noted(target: Target) -> tuple[Kept | None, tuple[str, ...]]:
    """The explanation after the number, and the lines that the echo has about it."""
    if not target.rest:
        return None, ()
    note = kept(target.request, target.rest)
    return note, warned(note, target.request.language)


TODAY = Text("vandaag", "today")
BLOCKED_UNTIL = Text("vast, kijkdatum {day}", "blocked, look again {day}")
NOT_PROVIDED = Text("niet verstrekt", "not provided")


def short(action: Action, today: datetime, language: Language) -> str:
    """The date of an action as a list shows it: what is late gets its date and no comment."""
    if is_withheld(action):
        return NOT_PROVIDED(language)
    day = action.look_back or action.due_date
    said = TODAY(language) if day == today.date() else say_weekday_short(day, language=language.code)
    if action.look_back:
        return BLOCKED_UNTIL(language, day=said)
    return f"{said} {action.due_time:%H:%M}" if action.due_time else said
