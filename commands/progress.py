"""`oke`, `klaar` and `vervallen`: what became of an action."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING

from bot.core.dates import When
from bot.core.records.actions import RUNNING, ActionState, ActionStep, after
from bot.core.records.inquiries import ONLY_BY_THE_INQUIRY
from bot.core.text import Text
from commands.answers import draft
from commands.dating import echo
from commands.declaration import CHAIRS, EVERYBODY, Command, Kind, Parameter, Where
from commands.effect import effect_answered, effect_asked
from commands.gone import ASKS_BECAUSE, because_answered, must_go_on
from commands.reading import find_action, must_report
from commands.replies import ask, changed, kept, refuse, say, warned

if TYPE_CHECKING:
    from bot.core.effects import Effects
    from bot.core.guard import Kept
    from bot.core.records.actions import Action
    from bot.core.records.trail import Question
    from commands.declaration import Request
    from commands.reading import Target

IN_HAND = Text(
    "{id} is bij {holder} in behandeling. Termijn: {when}", "{holder} is at work on {id}. Date: {when}"
)
DONE = Text("{id} gereed.", "{id} done.")
VOID = Text("{id} vervallen: {reason}.", "{id} void: {reason}.")
WHY_VOID = Text('Waarom vervalt {id}? Antwoord met "reden: …".', 'Why is {id} void? Answer with "reason: …".')
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
GIVEN = ("reden:", "reason:")


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


def given_reason(request: Request) -> str | None:
    """'reden: …', or any reply to the question; other talk is no answer."""
    start = next((word for word in GIVEN if request.text.lower().startswith(word)), "")
    typed = request.text[len(start) :].strip()
    return typed if typed and (start or request.replies) else None


def _accept(request: Request) -> Effects:
    target = find_action(request, OKAY)
    must_report(target)
    request, action = target.request, target.action
    state = next_state(request, action, ActionStep.ACCEPT)
    note, warnings = noted(target)
    new = replace(action, state=state, look_back=None, reason=None, note=note.text if note else action.note)
    when = echo(When(action.due_date, action.due_time), request.language)
    text = IN_HAND(request.language, id=action.id, holder=action.holder, when=when)
    return stepped(target, new, ActionStep.ACCEPT, text, *warnings)


def _finish(request: Request) -> Effects:
    target = find_action(request, DONE_COMMAND)
    must_report(target)
    state = next_state(target.request, target.action, ActionStep.FINISH)
    note, warnings = noted(target)
    new = replace(target.action, state=state, look_back=None, note=note.text if note else target.action.note)
    question, asked = effect_asked(target, DONE_COMMAND)
    text = f"{DONE(request.language, id=new.id)} {question}".rstrip()
    return stepped(target, new, ActionStep.FINISH, text, *warnings) + asked


def _effect(request: Request, question: Question) -> Effects | None:
    return effect_answered(request, question, DONE_COMMAND)


def _withdraw(request: Request, *, asked: bool = False) -> Effects:
    target = find_action(request, VOID_COMMAND)
    next_state(request, target.action, ActionStep.WITHDRAW)
    if not target.rest:
        question = WHY_VOID(request.language, id=target.action.id)
        return say(request, question) + ask(request, VOID_COMMAND.name.nl, "reason", action=target.action.id)
    if not asked:
        must_go_on(target, VOID_COMMAND)
    note, warnings = noted(target)
    assert note is not None, "there is a text after the number"
    new = replace(
        target.action,
        state=next_state(request, target.action, ActionStep.WITHDRAW),
        look_back=None,
        note=note.text,
    )
    text = VOID(request.language, id=new.id, reason=note.text.rstrip("."))
    return stepped(target, new, ActionStep.WITHDRAW, text, *warnings)


def _why_void(request: Request, question: Question) -> Effects | None:
    if question.asks == ASKS_BECAUSE:
        return because_answered(request, question, partial(_withdraw, asked=True))
    reason = given_reason(request)
    if reason is None:
        return None
    return _withdraw(replace(request, text=f"{draft(question)['action']} {reason}"))


OKAY = Command(
    name=Text("oke", "ack"),
    aliases=(Text("ok", "okay"),),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text("ik heb deze actie gezien en ga ermee aan de slag", "I have seen this action and start on it"),
    examples=(Text("oke A3", "ack A3"),),
    parameters=(Parameter(Text("actie", "action"), Kind.ACTION),),
    execute=_accept,
)

DONE_COMMAND = Command(
    name=Text("klaar", "done"),
    aliases=(Text("gereed", "finished"),),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text("de actie is klaar", "the action is done"),
    examples=(Text("klaar A3", "done A3"), Text("klaar A3 afspraak gemaakt", "done A3 appointment made")),
    parameters=(
        Parameter(Text("actie", "action"), Kind.ACTION),
        Parameter(Text("toelichting", "note"), Kind.TEXT, optional=True),
    ),
    execute=_finish,
    answer=_effect,
)

VOID_COMMAND = Command(
    name=Text("vervallen", "void"),
    who=CHAIRS,
    where=Where.CASE,
    closed=True,
    help=Text("de actie is niet meer nodig, met de reden", "the action is no longer needed, with the reason"),
    examples=(Text("vervallen A3 overgenomen door het wijkteam", "void A3 taken over by the local team"),),
    parameters=(
        Parameter(Text("actie", "action"), Kind.ACTION),
        Parameter(Text("reden", "reason"), Kind.TEXT),
    ),
    execute=_withdraw,
    answer=_why_void,
)
