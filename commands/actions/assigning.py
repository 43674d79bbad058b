"""`toewijzen`, `overnemen` and `vervanger`: who does an action. It stays with one role; a person may be named in it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.records.actions import ActionState, ActionStep, after, is_withheld
from bot.core.records.explanations import Rule
from bot.core.region import FUNCTION_LABELS
from bot.core.reminding.telling import told
from bot.core.text import Message, Text
from commands.actions.people import chosen, named, several
from commands.conversation.acting import NOT_POSSIBLE, refuse_for_inquiry, stepped
from commands.conversation.answers import draft, is_no, is_yes
from commands.conversation.command import CHAIRS, EVERYBODY, Asks, Command, Kind, Parameter, Where
from commands.conversation.reading import find_action, find_label, must_report, nearest_label, person_named
from commands.conversation.replies import Answered, ask, refuse, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.core.casefile import CaseFile
    from bot.core.effects import Effects
    from bot.core.records.cases import Participant
    from bot.core.records.trail import Question
    from commands.conversation.command import Request
    from commands.conversation.reading import Target

_ASKS_ROLE, _ASKS_PERSON = Asks("role"), Asks("person")
_AWAY = re.compile(r"(?:weg|geen|remove|none)", re.IGNORECASE)

TO_WHOM = Text(
    "Aan welke rol? Bijv. !toewijzen {id} {label}.", "To which role? For example !assign {id} {label}."
)
NO_ROLE = Text(
    "Die rol hoort niet bij deze casus. In de casus: {labels}.",
    "That role does not belong to this case. In the case: {labels}.",
)
DO_YOU_MEAN = Text(
    "Die rol hoort niet bij deze casus. Bedoel je {label}? (ja / nee)",
    "That role does not belong to this case. Do you mean {label}? (yes / no)",
)
LEFT_ALONE = Text("Goed, {action} blijft zoals het is.", "Fine, {action} stays as it is.")
ASSIGNED = Text("{id} is nu van {holder}.", "{id} is {holder}'s now.")
TAKEN = Text("{id} is overgenomen door {holder}.", "{id} is taken over by {holder}.")
YOURS = Text("{id} is al van jou. Aan de slag: !oke {id}.", "{id} is yours already. To start: !ack {id}.")
TOLD = Text("{ref} {id} is nu van {holder}.", "{ref} {id} is {holder}'s now.")
DEPUTY = Text("Vervanger voor {id}: {label}.", "Deputy for {id}: {label}.")
NO_DEPUTY = Text("{id} heeft geen vervanger meer.", "{id} has no deputy any more.")
WHICH_DEPUTY = Text(
    "Wie vervangt {holder}? Bijv. !vervanger {id} {label}, of !vervanger {id} weg.",
    "Who stands in for {holder}? For example !deputy {id} {label}, or !deputy {id} remove.",
)
SAME_ROLE = Text(
    "{label} doet {id} al. Noem een andere rol als vervanger.",
    "{label} does {id} already. Name another role as deputy.",
)


def _assign(request: Request) -> Effects:
    target = find_action(request, ASSIGN)
    refuse_for_inquiry(target.request, target.action, ActionStep.ASSIGN)
    _state(target, ActionStep.ASSIGN)
    label = _seated_label(target, ASSIGN, TO_WHOM)
    holders = target.file.holding(label)
    person = person_named(target.file, target.rest)
    if len(holders) > 1 and person is None:
        question = several(target.request, label, holders)
        raise Answered(
            say(request, question) + ask(request, ASSIGN.name, _ASKS_PERSON, action=target.named, label=label)
        )
    return _given(target, label, person if len(holders) > 1 else None)


def _answer(request: Request, question: Question) -> Effects | None:
    half = draft(question)
    if question.asks == _ASKS_ROLE.name:
        return _meant(request, half, _assign)
    target = find_action(replace(request, text=half["action"]), ASSIGN)
    person = chosen(request.text, target.file.holding(half["label"]))
    return None if person is None else _given(target, half["label"], person or None)


def _meant(request: Request, half: dict[str, str], execute: Callable[[Request], Effects]) -> Effects | None:
    """The answer to whether the nearest role was meant."""
    if is_no(request.text):
        return say(request, LEFT_ALONE(request.language, action=half["action"]))
    if not is_yes(request.text):
        return None
    return execute(replace(request, text=f"{half['action']} {half['label']}"))


def _given(target: Target, label: str, person: str | None) -> Effects:
    """To another holder, who has yet to say that they start on it."""
    request, action = target.request, target.action
    another = (label, person) != (action.holder, action.holder_user)
    # What one holder may not tell says nothing of the next.
    rerouted = is_withheld(action) and another
    new = replace(
        action,
        state=_state(target, ActionStep.REROUTE if rerouted else ActionStep.ASSIGN),
        holder=label,
        holder_user=person,
        deputy=None if action.deputy == label else action.deputy,
        reason=None if rerouted else action.reason,
    )
    text = ASSIGNED(request.language, id=new.id, holder=named(label, person))
    concerned = {*_users(target.file.holders(action)), *_users(target.file.holders(new))}
    return stepped(target, new, ActionStep.ASSIGN, text) + _told(target, label, concerned)


def _take(request: Request) -> Effects:
    target = find_action(request, TAKE, anybodys=True)
    refuse_for_inquiry(target.request, target.action, ActionStep.ASSIGN)
    request, action, seat = target.request, target.action, target.request.seat
    if seat is None:
        refuse(request, NO_ROLE(request.language, labels=_labels(target.file)))
    holders = target.file.holders(action)
    if holders == (seat,):
        refuse(request, YOURS(request.language, id=action.id))
    state = after(_state(target, ActionStep.ASSIGN), ActionStep.ACCEPT) or action.state
    shared = len(target.file.holding(seat.label)) > 1
    new = replace(
        action,
        state=state,
        holder=seat.label,
        holder_user=seat.user_id if shared else None,
        deputy=None if action.deputy == seat.label else action.deputy,
        look_back=None,
        reason=None,
    )
    text = TAKEN(request.language, id=new.id, holder=named(seat.label, new.holder_user))
    concerned = {*_users(holders), *_users(target.file.with_function(*CHAIRS))}
    return stepped(target, new, ActionStep.ASSIGN, text) + _told(target, seat.label, concerned)


def _deputise(request: Request) -> Effects:
    target = find_action(request, DEPUTISE)
    must_report(target)
    request, action = target.request, target.action
    _state(target, ActionStep.ASSIGN)
    if _AWAY.fullmatch(target.rest.strip(" .")):
        text = NO_DEPUTY(request.language, id=action.id)
        return stepped(target, replace(action, deputy=None), ActionStep.ASSIGN, text)
    label = _seated_label(target, DEPUTISE, WHICH_DEPUTY)
    if label == action.holder:
        refuse(request, SAME_ROLE(request.language, label=label, id=action.id))
    text = DEPUTY(request.language, id=action.id, label=label)
    return stepped(target, replace(action, deputy=label), ActionStep.ASSIGN, text)


def _state(target: Target, step: ActionStep) -> ActionState:
    """The state after this step; a proposal waits for the chair first."""
    state = after(target.action.state, step)
    if state is None:
        refuse(
            target.request, NOT_POSSIBLE[target.action.state](target.request.language, id=target.action.id)
        )
    return state


def _seated_label(target: Target, command: Command, missing: Text) -> str:
    """The role after the number; somebody of the case holds it. Ends the command otherwise."""
    request, file, spoken = target.request, target.file, target.rest.strip(" .")
    if not spoken:
        taken = {target.action.holder, *FUNCTION_LABELS}
        example = next((p.label for p in file.seated if p.label not in taken), "GI")
        names = {"id": target.action.id, "holder": target.action.holder, "label": example}
        refuse(request, missing(request.language, **names))
    label = find_label(request, file, spoken)
    if label is None or not file.holding(label):
        near = nearest_label(request, file, spoken)
        if near is None or not file.holding(near):
            refuse(request, NO_ROLE(request.language, labels=_labels(file)))
        asked = ask(request, command.name, _ASKS_ROLE, action=target.named, label=near)
        raise Answered(say(request, DO_YOU_MEAN(request.language, label=near)) + asked)
    return label


def _labels(file: CaseFile) -> str:
    return ", ".join(dict.fromkeys(p.label for p in file.seated))


def _users(seats: Iterable[Participant]) -> set[str]:
    return {seat.user_id for seat in seats}


def _told(target: Target, label: str, users: set[str]) -> Effects:
    """Whom it concerns hears it alone too: reference and number, nothing of the case."""
    request, id_ = target.request, target.action.id
    line = TOLD(request.language, ref=target.file.ref, id=id_, holder=label)
    return told(
        users - {request.sender},
        Message.of(line),
        Rule.ASSIGNED,
        cause=request.event_id,
        now=request.now,
        ref=target.file.ref,
        about=id_,
    )


ASSIGN = Command(
    name=Text("toewijzen", "assign"),
    aliases=(Text("geef", "give"),),
    who=CHAIRS,
    where=Where.CASE,
    closed=True,
    help=Text("geeft een actie aan een andere rol", "gives an action to another role"),
    examples=(Text("toewijzen A1 wijkagent", "assign A1 wijkagent"),),
    parameters=(
        Parameter(Text("actie", "action"), Kind.ACTION),
        Parameter(Text("rol", "role"), Kind.ROLE),
    ),
    execute=_assign,
    answer=_answer,
    waits_for=(_ASKS_ROLE, _ASKS_PERSON),
)

TAKE = Command(
    name=Text("overnemen", "take"),
    aliases=(Text("neem over", "take over"),),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text("ik neem deze actie over", "I take this action over"),
    examples=(Text("overnemen A1", "take A1"),),
    parameters=(Parameter(Text("actie", "action"), Kind.ACTION),),
    execute=_take,
)

DEPUTISE = Command(
    name=Text("vervanger", "deputy"),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text(
        "zegt welke rol een actie doet als de houder er niet is",
        "says which role does an action when its holder is away",
    ),
    examples=(
        Text("vervanger A1 wijkagent", "deputy A1 wijkagent"),
        Text("vervanger A1 weg", "deputy A1 remove"),
    ),
    parameters=(
        Parameter(Text("actie", "action"), Kind.ACTION),
        Parameter(Text("rol", "role"), Kind.ROLE),
    ),
    execute=_deputise,
    answer=lambda request, question: _meant(request, draft(question), _deputise),
    waits_for=(_ASKS_ROLE,),
)
