"""`later`: another date for an action. It is counted, and from the second time on the bot asks why."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING

from bot.core.dates import Ask, AskReason, When, leading_when, read_when
from bot.core.records.actions import ActionStep, BlockReason
from bot.core.text import Text
from commands.conversation.acting import next_state, noted, stepped
from commands.conversation.answers import ASKS_REASON, draft
from commands.conversation.command import EVERYBODY, Asks, Command, Kind, Parameter, Where
from commands.conversation.dating import base, doubted, echo, pick, question_for, suggested
from commands.conversation.reading import find_action, must_report
from commands.conversation.reasons import find_reason, given_reason, leading_reason, named
from commands.conversation.replies import Answered, ask, changed, say

if TYPE_CHECKING:
    from bot.core.effects import Effects
    from bot.core.records.trail import Question
    from commands.conversation.command import Request
    from commands.conversation.reading import Target

_ASKS_DATE = Asks("date")
MOVED = Text("{id} verzet naar {when}", "{id} moved to {when}")
WHY = Text(
    "Komt dit door: {one} / {two} / iets anders? (overslaan mag)",
    "Is this because of: {one} / {two} / something else? (you may skip this)",
)
NEW_DATE = Text("Wanneer wel?", "When will it be?")
THANKS = Text("Genoteerd bij {id}: {reason}.", "Noted with {id}: {reason}.")
SKIPPED = Text("Goed, zonder reden.", "Fine, no reason.")
SKIP = frozenset({"overslaan", "sla over", "skip"})
USUAL = (BlockReason.NO_CONTACT, BlockReason.WAITING_ON_PARTNER)


def _postpone(request: Request) -> Effects:
    target = find_action(request, LATER)
    must_report(target)
    next_state(target.request, target.action, ActionStep.POSTPONE)
    when, rest = _date_and_reason(request, target.rest)
    return _dated(replace(target, rest=rest), doubted(request, when))


def _date_and_reason(request: Request, text: str) -> tuple[When | Ask | None, str]:
    if found := leading_when(text, at=base(request)):
        return found
    when = read_when(text, at=base(request))
    only_date = isinstance(when, Ask) and when.reason is not AskReason.UNREAD
    return when, "" if only_date else text


def _dated(target: Target, when: When | Ask | None) -> Effects:
    request, action = target.request, target.action
    if not isinstance(when, When):
        raise Answered(_ask_date(target, when))
    reason, rest = leading_reason(target.rest)
    note, warnings = noted(replace(target, rest=rest))
    later = (when.day, when.wall or time.max) > (action.due_date, action.due_time or time.max)
    new = replace(
        action,
        state=next_state(request, action, ActionStep.POSTPONE),
        due_date=when.day,
        due_time=when.wall,
        look_back=None,
        reason=reason,
        note=note.text if note else action.note,
        postponed=action.postponed + later,
    )
    moved = MOVED(request.language, id=action.id, when=echo(when, request.language))
    if target.rest or not later or new.postponed < request.region.timing.reason_from:
        return stepped(target, new, ActionStep.POSTPONE, moved, *warnings)
    asked = ask(request, LATER.name, ASKS_REASON, action=target.named)
    return stepped(target, new, ActionStep.POSTPONE, f"{moved} {_why(request)}") + asked


def _ask_date(target: Target, asked: Ask | None) -> Effects:
    note, _ = noted(target)
    return say(target.request, question_for(target.request, asked, NEW_DATE)) + ask(
        target.request,
        LATER.name,
        _ASKS_DATE,
        action=target.named,
        note=note.text if note else "",
        options=suggested(asked),
    )


def _why(request: Request) -> str:
    one, two = (named(reason, request.language) for reason in USUAL)
    return WHY(request.language, one=one, two=two)


def _answer(request: Request, question: Question) -> Effects | None:
    half = draft(question)
    if question.asks == ASKS_REASON.name:
        return _reason(request, half["action"])
    found = pick(request, request.text, half["options"])
    if found is None:
        return None
    target = find_action(replace(request, text=f"{half['action']} {half['note']}".strip()), LATER)
    must_report(target)
    return _dated(target, found)


def _reason(request: Request, half_made: str) -> Effects | None:
    if request.text.lower().strip(" .") in SKIP:
        return say(request, SKIPPED(request.language))
    reason = find_reason(request.text)
    typed = None if reason else given_reason(request)
    if reason is None and typed is None:
        return None
    target = find_action(replace(request, text=f"{half_made} {typed or ''}".strip()), LATER)
    must_report(target)
    note, warnings = noted(target)
    new = replace(target.action, reason=reason, note=note.text if note else target.action.note)
    said = named(reason, request.language) if reason else target.rest
    thanks = THANKS(request.language, id=new.id, reason=said.rstrip("."))
    return say(request, thanks, *warnings) + changed(
        target.request, target.file, new, event="action.reason", thing=new.id
    )


LATER = Command(
    name=Text("later", "snooze"),
    aliases=(Text("uitstel", "postpone"),),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text("geeft een actie een andere datum", "gives an action another date"),
    examples=(
        Text("later A3 maandag 9 maart", "snooze A3 Monday 9 March"),
        Text("later A3 over een week school reageert niet", "snooze A3 in a week school does not answer"),
    ),
    parameters=(
        Parameter(Text("actie", "action"), Kind.ACTION),
        Parameter(Text("wanneer", "when"), Kind.WHEN),
        Parameter(Text("reden", "reason"), Kind.TEXT, optional=True),
    ),
    execute=_postpone,
    answer=_answer,
    asks=(ASKS_REASON,),
    waits_for=(_ASKS_DATE,),
    in_full=True,
)
