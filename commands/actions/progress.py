"""`oke`, `klaar` and `vervallen`: what became of an action."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.core.dates import When
from bot.core.records.actions import ActionStep
from bot.core.text import Text
from commands.actions.effect import ASKS_EFFECT, effect_answered, effect_asked
from commands.conversation.acting import next_state, noted, stepped
from commands.conversation.answers import ASKS_REASON, draft
from commands.conversation.command import CHAIRS, EVERYBODY, Command, Kind, Parameter, Where
from commands.conversation.dating import echo
from commands.conversation.reading import find_action, must_report
from commands.conversation.reasons import bare_reason, given_reason
from commands.conversation.replies import ask, say
from commands.out_of_sight.kept_open import ASKS_BECAUSE, because_answered, must_go_on

if TYPE_CHECKING:
    from bot.core.effects import Effects
    from bot.core.records.trail import Question
    from commands.conversation.command import Request

IN_HAND = Text(
    "{id} is bij {holder} in behandeling. Termijn: {when}", "{holder} is at work on {id}. Date: {when}"
)
DONE = Text("{id} gereed.", "{id} done.")
VOID = Text("{id} vervallen: {reason}.", "{id} void: {reason}.")
WHY_VOID = Text('Waarom vervalt {id}? Antwoord met "reden: …".', 'Why is {id} void? Answer with "reason: …".')


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
    target = replace(target, rest=bare_reason(target.rest))
    next_state(request, target.action, ActionStep.WITHDRAW)
    if not target.rest:
        question = WHY_VOID(request.language, id=target.action.id)
        return say(request, question) + ask(request, VOID_COMMAND.name, ASKS_REASON, action=target.action.id)
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
    if question.asks == ASKS_BECAUSE.name:
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
    in_full=True,
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
    asks=(ASKS_EFFECT,),
    in_full=True,
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
    waits_for=(ASKS_REASON, ASKS_BECAUSE),
)
