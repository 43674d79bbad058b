"""`signaal`: a worry is parked without opening a case, shown with its whole history, or taken a step further.

What was seen, by which role, when: behaviour and events, never a group (domain 2.1 step 0). "Why did nothing follow
when the worry was shared?" is answered by the history: every step with its day, its role and what was decided.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.dates import Ask, When, say_day, say_when, seen_day
from bot.core.effects import Effects, Logged
from bot.core.records.signals import Signal, SignalFact, SignalShown, SignalState, SignalStep
from bot.core.text import Text
from commands.actions.new import proposal, read_whole
from commands.actions.wording import read_action
from commands.conversation.answers import draft, is_no
from commands.conversation.command import EVERYBODY, Asks, Command, Kind, Parameter, Where
from commands.conversation.dating import base
from commands.conversation.parsing import folded
from commands.conversation.reading import CASE_REF, NO_SUCH_CASE, find_case, must_take
from commands.conversation.replies import ask, kept, refuse, say, warned
from commands.signals.finding import (
    SIGNAL_ID,
    Found,
    find_signal,
    keeping,
    looked_at,
    must_be_open,
    observed,
    protocol,
    role_named,
    role_of,
    seek_signal,
    stepped,
)
from commands.signals.history import history
from commands.signals.steps import ASKED_BY_STEPS, SIGNAL_COMMAND, answered, take_step

if TYPE_CHECKING:
    from bot.core.records.trail import Question
    from commands.conversation.command import Request

_HEAD = re.compile(r"^([^\W\d_][\w -]{2,40}):\s++")
_LATER = frozenset({"later", "mag later", "overslaan", "nog niet", "weet ik niet", "skip", "not yet"})
_ASKS_TEST = Asks("test")

HOW = Text(
    "Schrijf wat je zag of hoorde, en wanneer: !signaal de jongste was vrijdag niet op school. "
    "Een signaal bekijken: !signaal S2.",
    "Write what you saw or heard, and when: !signal the youngest was not at school on Friday. "
    "To look at one: !signal S2.",
)
NOTED = Text(
    "Signaal {id} vastgelegd ({source}). Nog niet getoetst.",
    "Signal {id} recorded ({source}). Not tested yet.",
)
SOURCE = Text("bron: {role}, {day}", "source: {role}, {day}")
SEEN_ON = Text("gezien {day}", "seen {day}")
WHO_TESTS = Text("Wie kan dit toetsen en wanneer? (mag later)", "Who can test this, and when? (may be later)")
WITHOUT_CASE = Text(
    "Zonder casus: alleen jij en de coördinator zien dit. Het komt terug op {day}.\n"
    "Hoort het bij een casus, dan: signaal koppel {id} <casus>.",
    "Without a case: only you and the coordinator see this. It comes back on {day}.\n"
    "If it belongs to a case: signal link {id} <case>.",
)
NO_HURRY = Text("Goed. {id} blijft staan als niet getoetst.", "Fine. {id} stays as not tested.")
TO_TEST = Text("signaal {id} toetsen", "test signal {id}")
TESTED_BY = Text("toetsen door {role}", "to be tested by {role}")
LOOKS = Text(
    "{id}: {role} toetst dit. Het komt terug op {day}.", "{id}: {role} tests this. It comes back on {day}."
)


def _signal(request: Request) -> Effects:
    text = request.text.strip()
    if found := SIGNAL_ID.match(text):
        signal, rest = find_signal(request, int(found[1])), text[found.end() :]
        return take_step(signal, rest) if rest else _shown(signal)
    return _noted(*_placed(request, text))


def _placed(request: Request, text: str) -> tuple[Request, str]:
    """In a direct chat a case may be named first."""
    ref = CASE_REF.match(text) if request.direct else None
    if ref is None:
        return request, text
    file = find_case(request, ref.group())
    if file is None or file.seat_of(request.sender) is None:
        refuse(request, NO_SUCH_CASE(request.language, ref=ref.group().upper()))
    must_take(request, SIGNAL, file)
    return replace(request, case=file), text[ref.end() :].lstrip(" ,.:;")


def _noted(request: Request, typed: str) -> Effects:
    if not typed:
        refuse(request, HOW(request.language))
    must_be_open(request)
    kind, typed = _typed_kind(request, typed)
    text = observed(request, typed)
    now, source = request.now.astimezone(UTC), role_of(request)
    signal = Signal(
        number=request.next_signal,
        case_ref=request.ref,
        state=SignalState.NOTED,
        source=source,
        noted_at=now,
        noted_by=request.sender,
        updated_at=now,
        kind=kind,
        seen_on=seen_day(typed, at=base(request)),
    )
    if signal.case_ref is None:
        signal = looked_at(request, signal, None)
    fact = SignalFact(
        signal.number, 1, request.ref, SignalStep.NOTE, signal.state, text, source, now, request.sender
    )
    lines = [*_receipt(request, signal), *warned(kept(request, typed, len(typed)), request.language)]
    found = Found(request, signal, (fact,))
    return (
        say(request, *lines, WHO_TESTS(request.language))
        + keeping(found, signal, fact, event="signal.noted")
        + ask(request, SIGNAL.name, _ASKS_TEST, signal=str(signal.number))
    )


def _typed_kind(request: Request, typed: str) -> tuple[str | None, str]:
    """'uitbuiting: …': a type of the protocol before the colon."""
    head = _HEAD.match(typed)
    for key, name in protocol(request).lists["types"].items() if head else ():
        if head and folded(head[1].strip()) in {folded(name.nl), folded(name.en)}:
            return key, typed[head.end() :]
    return None, typed


def _receipt(request: Request, signal: Signal) -> list[str]:
    language, rules = request.language, protocol(request)
    parts = [rules.lists["types"][signal.kind](language)] if signal.kind else []
    if signal.seen_on:
        parts.append(SEEN_ON(language, day=say_day(signal.seen_on, language=language.code)))
    now = say_when(When(request.now.date()), language=language.code, at=request.now.date())
    parts.append(SOURCE(language, role=signal.source, day=now.partition(" ")[2]))
    lines = [NOTED(language, id=signal.id, source="; ".join(parts))]
    if signal.kind and (advice := rules.lists["advice"].get(signal.kind)):
        lines.append(advice(language))
    if signal.case_ref is None and signal.review:
        day = say_day(signal.review, language=language.code)
        lines.append(WITHOUT_CASE(language, id=signal.id, day=day))
    return lines


def _shown(found: Found) -> Effects:
    request, signal = found.request, found.signal
    shown = Effects(keep=(SignalShown(signal.number, request.event_id),)) if request.direct else Effects()
    log = Effects(log=(Logged("signal.read", signal.case_ref, signal.id),))
    return say(request, *history(found)) + shown + log


def _answer(request: Request, question: Question) -> Effects | None:
    found = seek_signal(request, int(draft(question)["signal"]))
    if found is None or found.elsewhere:
        return None
    if question.asks != _ASKS_TEST.name:
        return answered(found, question)
    request, signal = found.request, found.signal
    if is_no(request.text) or folded(request.text).strip(" .") in _LATER:
        return say(request, NO_HURRY(request.language, id=signal.id))
    what = TO_TEST(request.language, id=signal.id)
    line = f"{request.text.strip(' .')}: {what}"
    said = read_action(line, lambda spoken: role_named(request, spoken), at=base(request))
    if said.holder and (rest := request.text.strip(" .")[len(said.spoken) :].strip(" ,:")):
        line = f"{said.spoken}: {what}, {rest}"
        said = read_action(line, lambda spoken: role_named(request, spoken), at=base(request))
    if not request.replies and (said.holder is None or said.text != what):
        return None
    if found.file:
        must_be_open(request)
        lines, effects = proposal(request, read_whole(request, line))
        return say(request, *lines) + effects
    return _tested(found, said.holder, said.when)


def _tested(found: Found, role: str | None, when: When | Ask | None) -> Effects | None:
    """Without a case nobody else can be asked: who would test it is written down, and it comes back."""
    request, language = found.request, found.request.language
    if role is None:
        return None
    text = kept(request, TESTED_BY(language, role=role)).text
    day = when.day if isinstance(when, When) else None
    signal, fact = stepped(found, SignalStep.ADD, text, tester=role, day=day)
    assert signal.review is not None, "without a case it comes back"
    said = LOOKS(language, id=signal.id, role=role, day=say_day(signal.review, language=language.code))
    return say(request, said) + keeping(found, signal, fact, event="signal.added")


SIGNAL = Command(
    name=SIGNAL_COMMAND,
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    in_theme=False,
    help=Text(
        "parkeert een zorg, laat zien wat ermee is gedaan, of legt een stap vast",
        "parks a worry, shows what was done with it, or records a step",
    ),
    examples=(
        Text(
            "signaal vorig jaar in april drie weken afwezig, daarna teruggekomen",
            "signal last year in April three weeks absent, then back",
        ),
        Text(
            "signaal S1 onderzocht: afmelding klopt niet met het verzuimoverzicht",
            "signal S1 investigated: the note does not match the absences",
        ),
    ),
    parameters=(
        Parameter(Text("wat en wanneer, of S2", "what and when, or S2"), Kind.TEXT),
        Parameter(Text("stap", "step"), Kind.TEXT, optional=True),
    ),
    execute=_signal,
    closed=True,
    answer=_answer,
    asks=(_ASKS_TEST,),
    waits_for=ASKED_BY_STEPS,
)
