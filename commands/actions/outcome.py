"""`klaar`, `niet uitgevoerd` and `vervallen`: what became of an action.

What was not done is kept apart from what was overtaken by events (domain 2.5): the holder says the one, the chair
decides the other. The answers open the next meeting.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.core.dates.calendar import add_working_days
from bot.core.records.actions import ActionStep, BlockReason
from bot.core.text import Text
from commands.actions.effect import ASKS_EFFECT, effect_answered, effect_asked
from commands.conversation.acting import next_state, noted, stepped
from commands.conversation.answers import ASKS_REASON, draft
from commands.conversation.command import CHAIRS, EVERYBODY, Command, Kind, Parameter, Where
from commands.conversation.reading import find_action, must_report
from commands.conversation.reasons import bare_reason, given_reason, leading_reason, named
from commands.conversation.replies import ask, say
from commands.out_of_sight.kept_open import ASKS_BECAUSE, because_answered, must_go_on

if TYPE_CHECKING:
    from bot.core.effects import Effects
    from bot.core.records.trail import Question
    from commands.conversation.command import Request
    from commands.conversation.reading import Target

DONE = Text("{id} gereed.", "{id} done.")
VOID = Text("{id} vervallen: {reason}.", "{id} void: {reason}.")
WHY_VOID = Text('Waarom vervalt {id}? Antwoord met "reden: …".', 'Why is {id} void? Answer with "reason: …".')
NOT_DONE = Text(
    "{id} niet uitgevoerd: {reason}. Het komt op het volgende overleg.",
    "{id} not done: {reason}. It comes to the next meeting.",
)
WHY_NOT = Text(
    'Waardoor is {id} niet uitgevoerd? Antwoord met "reden: …".',
    'Why was {id} not done? Answer with "reason: …".',
)
OVERTAKEN = Text(
    "{id}: omstandigheden gewijzigd. Dat is iets anders dan niet uitgevoerd; het komt zo op het volgende overleg. Vervalt "
    "de actie, dan zegt de voorzitter: !vervallen {id} <reden>.",
    "{id}: circumstances changed. That is not the same as not done; it comes to the next meeting as such. If the action "
    "becomes void, the chair says so: !void {id} <reason>.",
)


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


def _give_up(request: Request, *, asked: bool = False) -> Effects:
    target = find_action(request, NOT_DONE_COMMAND)
    target = replace(target, rest=bare_reason(target.rest))
    must_report(target)
    request, action = target.request, target.action
    state = next_state(request, action, ActionStep.GIVE_UP)
    if not target.rest:
        question = WHY_NOT(request.language, id=action.id)
        return say(request, question) + ask(request, NOT_DONE_COMMAND.name, ASKS_REASON, action=target.named)
    reason, rest = leading_reason(target.rest)
    if reason is BlockReason.CHANGED_CIRCUMSTANCES:
        return _overtaken(replace(target, rest=rest))
    if not asked:
        must_go_on(target, NOT_DONE_COMMAND, reason)
    note, warnings = noted(replace(target, rest=rest))
    new = replace(action, state=state, look_back=None, reason=reason, note=note.text if note else action.note)
    said = [named(reason, request.language)] if reason else []
    said += [note.text] if note else []
    text = NOT_DONE(request.language, id=action.id, reason=", ".join(said).rstrip("."))
    return stepped(target, new, ActionStep.GIVE_UP, text, *warnings)


def _overtaken(target: Target) -> Effects:
    """Nobody is asked again before the meeting has looked at it, or else before the usual day to look again."""
    request, action, case = target.request, target.action, target.file.case
    note, warnings = noted(target)
    ahead = case.next_meeting if case.next_meeting and case.next_meeting > request.now.date() else None
    new = replace(
        action,
        state=next_state(request, action, ActionStep.BLOCK),
        reason=BlockReason.CHANGED_CIRCUMSTANCES,
        look_back=ahead or add_working_days(request.now.date(), request.region.timing.look_back),
        note=note.text if note else action.note,
    )
    return stepped(target, new, ActionStep.BLOCK, OVERTAKEN(request.language, id=action.id), *warnings)


def _why_not(request: Request, question: Question) -> Effects | None:
    if question.asks == ASKS_BECAUSE.name:
        return because_answered(request, question, partial(_give_up, asked=True))
    reason = given_reason(request)
    return _give_up(replace(request, text=f"{draft(question)['action']} {reason}")) if reason else None


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

NOT_DONE_COMMAND = Command(
    name=Text("niet uitgevoerd", "not done"),
    aliases=(Text("niet gelukt", "not finished"),),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text(
        "de actie is niet gedaan, met de reden; het overleg bepaalt hoe verder",
        "the action was not done, with the reason; the meeting decides how to go on",
    ),
    examples=(Text("niet uitgevoerd A3 geen capaciteit", "not done A3 no capacity"),),
    parameters=(
        Parameter(Text("actie", "action"), Kind.ACTION),
        Parameter(Text("reden", "reason"), Kind.TEXT),
    ),
    execute=_give_up,
    answer=_why_not,
    waits_for=(ASKS_REASON, ASKS_BECAUSE),
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
