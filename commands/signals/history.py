"""The whole history of a signal in words: what was seen and when, each step with its role, and what was agreed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core.dates import say_day, say_short
from bot.core.dates.calendar import AMSTERDAM
from bot.core.records.actions import STATE_NAMES as ACTION_STATES
from bot.core.records.signals import STATE_NAMES, STEP_NAMES, SignalStep
from bot.core.text import Text
from commands.signals.finding import comes_back, protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action
    from bot.core.records.meetings import Decision
    from bot.core.records.signals import SignalFact
    from commands.conversation.command import Request
    from commands.signals.finding import Found

_DECISION = re.compile(r"B(\d{1,5})", re.ASCII)

TITLE = Text("{id} · {state}", "{id} · {state}")
SEEN_ON = Text("gezien {day}", "seen {day}")
LINE = Text("{day} {role}, {step}: {text}", "{day} {role}, {step}: {text}")
NO_TEXT = Text("{day} {role}, {step}", "{day} {role}, {step}")
REASON = Text("reden: {reason}", "reason: {reason}")
CRITERIA = Text("criteria {numbers}", "criteria {numbers}")
LOOKED_AT = Text("opnieuw kijken: {role}, {day}", "looks again: {role}, {day}")
LOOK_AGAIN = Text("opnieuw kijken op {day}", "look again on {day}")
DECIDED = Text("{id} {text}; reden: {reason}", "{id} {text}; reason: {reason}")
AGREED = Text("Acties: {actions}.", "Actions: {actions}.")
NOTHING_AGREED = Text("Er is nog niets afgesproken over {id}.", "Nothing was agreed on {id} yet.")
IN_A_CASE = Text(
    "{id} is opgepakt in een casus waar je geen plaats in hebt. Je ziet wat je zelf schreef en hoe ver het is.",
    "{id} was taken up in a case in which you have no seat. You see what you wrote and how far it came.",
)


def history(found: Found) -> list[str]:
    """Every step, oldest first. Who has no seat in its case sees their own words, and of the rest the steps."""
    request, signal = found.request, found.signal
    language = request.language
    head = [TITLE(language, id=signal.id, state=STATE_NAMES[signal.state](language))]
    if signal.kind:
        name = protocol(request).lists["types"].get(signal.kind)
        head += [name(language) if name else signal.kind]
    if signal.seen_on:
        head.append(SEEN_ON(language, day=say_day(signal.seen_on, language=language.code)))
    lines = [" · ".join(head), *(_line(found, fact) for fact in found.facts)]
    if found.elsewhere:
        return [*lines, IN_A_CASE(language, id=signal.id)]
    return [*lines, *_agreed(found), *comes_back(request, signal)]


def _line(found: Found, fact: SignalFact) -> str:
    request, language = found.request, found.request.language
    values = {
        "day": say_short(fact.added_at.astimezone(AMSTERDAM).date(), language=language.code),
        "role": fact.source,
        "step": STEP_NAMES[fact.step](language),
    }
    if fact.step is SignalStep.LINK or (found.elsewhere and fact.added_by != request.sender):
        return NO_TEXT(language, **values)
    text = "; ".join(_parts(found, fact)).rstrip(".")
    return f"{LINE(language, text=text, **values)}."


def _parts(found: Found, fact: SignalFact) -> Iterator[str]:
    language = found.request.language
    decided = _decision(found.file, fact)
    yield _told(decided, found.request) if decided else fact.text.rstrip(".")
    if fact.criteria:
        yield CRITERIA(language, numbers=", ".join(map(str, fact.criteria)))
    if fact.reason:
        yield REASON(language, reason=fact.reason.rstrip("."))
    if fact.day:
        day = say_short(fact.day, language=language.code)
        text = LOOKED_AT if fact.tester and fact.step is SignalStep.CANNOT_TEST else LOOK_AGAIN
        yield text(language, role=fact.tester, day=day)


def _decision(file: CaseFile | None, fact: SignalFact) -> Decision | None:
    number = _DECISION.fullmatch(fact.text)
    if file is None or number is None:
        return None
    return next((d for d in file.decisions if d.number == int(number[1])), None)


def _told(decision: Decision, request: Request) -> str:
    text, reason = decision.text.rstrip("."), decision.reason.rstrip(".")
    return DECIDED(request.language, id=decision.id, text=text, reason=reason)


def _agreed(found: Found) -> list[str]:
    """The actions that name the signal, or a decision about it; in a case only."""
    if found.file is None:
        return []
    language = found.request.language
    ids = {found.signal.id, *(fact.text for fact in found.facts if _decision(found.file, fact))}
    named = re.compile(rf"\b(?:{'|'.join(map(re.escape, ids))})\b", re.IGNORECASE)
    actions = [_action(a, found.request) for a in found.file.actions if named.search(a.text)]
    if not actions:
        return [NOTHING_AGREED(language, id=found.signal.id)] if len(ids) == 1 else []
    return [AGREED(language, actions="; ".join(actions))]


def _action(action: Action, request: Request) -> str:
    day = say_short(action.look_back or action.due_date, language=request.language.code)
    state = ACTION_STATES[action.state](request.language)
    return f"{action.id} {action.holder}, {day} ({state})"
