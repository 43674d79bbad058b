"""`vast`: somebody cannot go on, and why. Until the day to look again nobody is asked about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.dates import Ask, When, say_day
from bot.core.dates.calendar import add_working_days
from bot.core.effects import Effects
from bot.core.records.actions import ActionStep, BlockReason
from bot.core.records.cases import Function
from bot.core.records.explanations import Rule
from bot.core.reminding.telling import told
from bot.core.text import Language, Message, Text
from commands.conversation.acting import next_state, noted, stepped
from commands.conversation.answers import ASKS_REASON, draft
from commands.conversation.command import EVERYBODY, Asks, Command, Kind, Parameter, Where
from commands.conversation.dating import LOOK_AGAIN, echo, pick, question_for, suggested
from commands.conversation.reading import Target, find_action, must_report
from commands.conversation.reasons import find_reason, leading_reason, named, offered
from commands.conversation.replies import ask, changed, say
from commands.inquiries.answer import withhold

if TYPE_CHECKING:
    from datetime import date

    from bot.core.records.actions import Action
    from bot.core.records.trail import Question
    from commands.conversation.command import Request

_ASKS_LOOK_BACK = Asks("look back")
BLOCKED = Text(
    "{id} staat vast: {reason}. Wanneer kijken we opnieuw? Bijv. over 2 weken.\n"
    "Zonder antwoord kijk ik op {day} opnieuw.",
    "{id} is blocked: {reason}. When do we look again? For example in 2 weeks.\n"
    "Without an answer I look again on {day}.",
)
WITHHELD = Text(
    "{id}: niet verstrekt is een volledig antwoord. Ik vraag er niet meer naar. Het volgende overleg zoekt een andere "
    "houder, een andere weg, of sluit de actie af.",
    "{id}: not providing it is a full answer. I do not ask again. The next meeting looks for another holder, another "
    "route, or ends the action.",
)
CALLED = Text("Ik vraag de casusregisseur je te bellen.", "I ask the case coordinator to call you.")
NEEDS_HELP = Text(
    "{ref} {id}: {holder} komt er niet uit en vraagt hulp. Even bellen?",
    "{ref} {id}: {holder} cannot see how to go on and asks for help. A short call, perhaps?",
)
WHY = Text(
    "Waardoor staat {id} vast? Antwoord met een nummer of het woord.\n{reasons}",
    "Why is {id} blocked? Answer with a number or the word.\n{reasons}",
)
LOOKED_AT = Text(
    "{id} opnieuw bekijken: {when} Tot dan vraag ik er niet naar.",
    "Look again at {id}: {when} Until then I do not ask about it.",
)


def _block(request: Request) -> Effects:
    target = find_action(request, BLOCKED_COMMAND)
    must_report(target)
    next_state(target.request, target.action, ActionStep.BLOCK)
    reason, rest = leading_reason(target.rest)
    target = replace(target, rest=rest)
    if reason is None:
        note, _ = noted(target)
        text = WHY(request.language, id=target.action.id, reasons=offered(request.language))
        return say(request, text) + ask(
            request, BLOCKED_COMMAND.name, ASKS_REASON, action=target.named, note=note.text if note else ""
        )
    return _blocked(target, reason)


def _blocked(target: Target, reason: BlockReason) -> Effects:
    request, action = target.request, target.action
    note, warnings = noted(target)
    withheld = reason is BlockReason.PROFESSIONAL_SECRECY
    day = _unless_answered(request)
    new = replace(
        action,
        state=next_state(request, action, ActionStep.BLOCK),
        reason=reason,
        look_back=None if withheld else day,
        note=note.text if note else action.note,
    )
    if withheld and (inquiry := target.file.inquiry_of(action)):
        return withhold(request, target.file, inquiry)
    if withheld:
        # A nudge may never push somebody to breach professional secrecy (domain L6).
        return stepped(target, new, ActionStep.BLOCK, WITHHELD(request.language, id=action.id), *warnings)
    text = BLOCKED(
        request.language,
        id=action.id,
        reason=named(reason, request.language),
        day=say_day(day, language=request.language.code),
    )
    asked = ask(request, BLOCKED_COMMAND.name, _ASKS_LOOK_BACK, action=target.named, options="")
    help_ = _help_asked(target) if reason is BlockReason.HESITANCY else Effects()
    offered = [CALLED(request.language)] if help_.send else []
    return stepped(target, new, ActionStep.BLOCK, text, *offered, *warnings) + asked + help_


def _help_asked(target: Target) -> Effects:
    """Not knowing how to go on is a question for help: the case coordinator hears it alone (domain B7)."""
    file, action, sender = target.file, target.action, target.request.sender
    circles = (
        file.with_function(function) for function in (Function.CASE_COORDINATOR, Function.PROCESS_COORDINATOR)
    )
    asked = next((seats for seats in circles if any(seat.user_id != sender for seat in seats)), ())
    words = NEEDS_HELP(Language.NL, ref=file.ref, id=action.id, holder=action.holder)
    return told(
        {seat.user_id for seat in asked} - {sender},
        Message((words,), links=file.links),
        Rule.HELP,
        cause=target.request.event_id,
        now=target.request.now,
        ref=file.ref,
        about=action.id,
    )


def _unless_answered(request: Request) -> date:
    return add_working_days(request.now.date(), request.region.timing.look_back)


def _answer(request: Request, question: Question) -> Effects | None:
    half = draft(question)
    if question.asks == ASKS_REASON.name:
        reason = find_reason(request.text)
        if reason is None:
            return None
        target = _target(request, f"{half['action']} {half['note']}".strip())
        return _blocked(target, reason)
    found = pick(request, request.text, half["options"])
    if found is None:
        return None
    if isinstance(found, Ask):
        return say(request, question_for(request, found, LOOK_AGAIN)) + ask(
            request, BLOCKED_COMMAND.name, _ASKS_LOOK_BACK, action=half["action"], options=suggested(found)
        )
    return _looked_at(_target(request, half["action"]), found)


def _target(request: Request, text: str) -> Target:
    target = find_action(replace(request, text=text), BLOCKED_COMMAND)
    must_report(target)
    next_state(target.request, target.action, ActionStep.BLOCK)
    return target


def _looked_at(target: Target, when: When) -> Effects:
    request = target.request
    new: Action = replace(target.action, look_back=when.day)
    text = LOOKED_AT(request.language, id=new.id, when=echo(when, request.language))
    return say(request, text) + changed(request, target.file, new, event="action.look_back", thing=new.id)


BLOCKED_COMMAND = Command(
    name=Text("vast", "blocked"),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text(
        "ik kan niet verder, en waardoor; tot de kijkdatum vraag ik er niet naar",
        "I cannot go on, and why; until the day to look again I do not ask",
    ),
    examples=(
        Text("vast A3 wachtlijst", "blocked A3 waiting list"),
        Text("vast A3 geen contact, twee keer gebeld", "blocked A3 no contact, called twice"),
    ),
    parameters=(
        Parameter(Text("actie", "action"), Kind.ACTION),
        Parameter(Text("reden", "reason"), Kind.CHOICE),
    ),
    execute=_block,
    answer=_answer,
    asks=(_ASKS_LOOK_BACK,),
    waits_for=(ASKS_REASON,),
    in_full=True,
)
