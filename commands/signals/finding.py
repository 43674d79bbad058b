"""What every command about a signal does: find it, know who speaks, and add a step without touching earlier words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from bot.core.casefile import next_number
from bot.core.dates import say_day
from bot.core.effects import Effects, Logged
from bot.core.guard import Category, KeptText, Refused
from bot.core.records.meetings import Decision
from bot.core.records.signals import STATE_NAMES, STEP_NAMES, TRANSITIONS, SignalFact, SignalStep, after
from bot.core.reminding.signal_reviews import rescheduled
from bot.core.text import Text
from commands.conversation.reading import IS_CLOSED, find_label, named_label, spellings
from commands.conversation.replies import changed, kept, refuse
from commands.meetings.decision import does_nothing

if TYPE_CHECKING:
    from datetime import date

    from bot.core.casefile import CaseFile, SignalFile
    from bot.core.protocols import Protocol
    from bot.core.records.signals import Signal
    from commands.conversation.command import Request

SIGNAL_ID = re.compile(r"S(\d{1,6})\b[\s,.:;–-]*", re.IGNORECASE | re.ASCII)
SIGNAL_LENGTH = 300
PROTOCOL = "signaal"

NOT_THERE = Text("{id} ken ik hier niet. Kijk met !signalen.", "I do not know {id} here. Try !signals.")
NO_ROLE = Text(
    "Ik weet niet namens welke rol je dit meldt. Vraag de coördinator je in het adresboek te zetten.",
    "I do not know for which role you report this. Ask the coordinator to put you in the address book.",
)
A_GROUP = Text(
    "Niet opgeslagen: dit beschrijft een groep, geen gebeurtenis. Wat heb je gezien of gehoord, en wanneer? "
    'Bijv. "vorig jaar in april drie weken afwezig, daarna terug".',
    "Not stored: this describes a group, not an event. What did you see or hear, and when? "
    'For example "last year in April three weeks absent, then back".',
)
NOT_FROM_HERE = Text(
    "{id} is {state}; {step} kan dan niet. Wel: {steps}.",
    "{id} is {state}; {step} cannot follow. You can: {steps}.",
)
COMES_BACK = Text("Het komt terug op {day}.", "It comes back on {day}.")


@dataclass(frozen=True, slots=True)
class Found:
    """A signal, and the request placed in its case where it has one that the sender sits in."""

    request: Request
    signal: Signal
    facts: tuple[SignalFact, ...]

    @property
    def file(self) -> CaseFile | None:
        return self.request.case

    @property
    def elsewhere(self) -> bool:
        """Whether a case took it in that is not the sender's: they see what they wrote, and how far it came."""
        return self.signal.case_ref is not None and self.file is None


def find_signal(request: Request, number: int) -> Found:
    """The signal of this number, where the sender may see it here. Ends the command where not.

    In the room of a case that is one of the case; alone with the bot also one that the sender noted, and for a
    coordinator every one without a case.
    """
    found = seek_signal(request, number)
    if found is None:
        refuse(request, NOT_THERE(request.language, id=f"S{number}"))
    return found


def seek_signal(request: Request, number: int) -> Found | None:
    """As `find_signal`; None where there is none."""
    files = (request.case,) if request.case else tuple(f for f in request.cases if f.seat_of(request.sender))
    for file in files:
        if one := file.signal(number):
            return _found(replace(request, case=file), one)
    own = None if request.case else next((s for s in request.signals if s.signal.number == number), None)
    return _found(request, own) if own and _is_own(own) else None


def _is_own(found: SignalFile) -> bool:
    """Whether whoever noted it keeps seeing it: parked before any case had it. What was noted in a case is the case's."""
    return found.signal.case_ref is None or any(fact.step is SignalStep.LINK for fact in found.facts)


def _found(request: Request, found: SignalFile) -> Found:
    return Found(request, found.signal, found.facts)


def protocol(request: Request) -> Protocol:
    return request.region.protocols[PROTOCOL]


def role_of(request: Request) -> str:
    """The role for which somebody speaks: their seat here, else their place in the region or in another case."""
    if request.seat:
        return request.seat.label
    own = ["coördinator"] if request.coordinates else []
    own += [label for label, user in request.region.address_book.items() if user == request.sender]
    own += [seat.label for file in request.cases if (seat := file.seat_of(request.sender))]
    if not own:
        refuse(request, NO_ROLE(request.language))
    return own[0]


def role_named(request: Request, spoken: str) -> str | None:
    """The role that a name names, in the case or else in the region."""
    if request.case:
        return find_label(request, request.case, spoken)
    return named_label(spoken, spellings(request.region))


def observed(request: Request, typed: str) -> KeptText:
    """What was seen, as it may be kept; what describes a group is refused with how to say what was seen."""
    found = request.guard.keep(typed, max_length=SIGNAL_LENGTH)
    of_group = {Category.ETHNICITY, Category.RELIGION}
    if isinstance(found, Refused) and {finding.category for finding in found.findings} & of_group:
        refuse(request, A_GROUP(request.language), event="guard.refused")
    return kept(request, typed, SIGNAL_LENGTH).text


def must_be_open(request: Request) -> None:
    """Ends a command that would go on in a closed case: its signals can be read there and nothing more."""
    if request.case and not request.case.is_open:
        refuse(request, IS_CLOSED(request.language, ref=request.case.ref))


def must_be_able(found: Found, step: SignalStep) -> None:
    """Ends the command where the step may not be taken from here, with the steps that may."""
    request, signal = found.request, found.signal
    if after(signal.state, step) is not None:
        return
    language = request.language
    possible = TRANSITIONS.steps(signal.state)
    steps = [STEP_NAMES[one](language) for one in possible if one is not SignalStep.LINK]
    refuse(
        request,
        NOT_FROM_HERE(
            language,
            id=signal.id,
            state=STATE_NAMES[signal.state](language),
            step=STEP_NAMES[step](language),
            steps=", ".join(steps),
        ),
    )


def stepped(
    found: Found,
    step: SignalStep,
    text: KeptText,
    *,
    reason: KeptText | None = None,
    tester: str | None = None,
    day: date | None = None,
    criteria: tuple[int, ...] = (),
) -> tuple[Signal, SignalFact]:
    """The signal after a step and the fact that is added; what was there stays as it was.

    Without a case it comes back: on the day that was named, else after the protocol's term where its day has come.
    """
    must_be_able(found, step)
    request, signal = found.request, found.signal
    now = request.now.astimezone(UTC)
    state = after(signal.state, step) or signal.state
    fact = SignalFact(
        signal=signal.number,
        number=next_number(found.facts),
        case_ref=signal.case_ref,
        step=step,
        state=state,
        text=text,
        source=role_of(request),
        added_at=now,
        added_by=request.sender,
        reason=reason,
        tester=tester,
        day=day,
        criteria=criteria,
    )
    signal = replace(signal, state=state, updated_at=now)
    return (looked_at(request, signal, day) if signal.case_ref is None else signal), fact


def with_discussed(request: Request, effects: Effects) -> Effects:
    """The effects of any command, with the signals that a decision names as discussed: their history shows its number."""
    for file in (request.case,) if request.case else request.cases:
        for decision in _decided(request, effects, file):
            step = SignalStep.WAIT if does_nothing(decision.text) else SignalStep.DISCUSS
            text = kept(request, decision.id).text
            numbers = {int(number) for number in re.findall(r"\bS(\d{1,6})\b", decision.text, re.IGNORECASE)}
            for found in file.signals:
                if found.signal.number in numbers and after(found.signal.state, step):
                    here = _found(replace(request, case=file), found)
                    effects += Effects(keep=stepped(here, step, text))
    return effects


def _decided(request: Request, effects: Effects, file: CaseFile) -> list[Decision]:
    """What was decided now and here; what another region decided names signals of its own."""
    known = {decision.number for decision in file.decisions}
    made = [r for r in effects.keep if isinstance(r, Decision) and r.case_ref == file.ref]
    return [d for d in made if d.number not in known and d.decided_by == request.sender]


def looked_at(request: Request, signal: Signal, day: date | None) -> Signal:
    """A signal without a case with the day on which it comes back."""
    today = request.now.date()
    if day is None and signal.review and signal.review > today:
        return signal
    review = day or today + timedelta(days=protocol(request).terms["review"])
    return rescheduled(replace(signal, review=review), request.roster)


def keeping(found: Found, *records: Signal | SignalFact, event: str) -> Effects:
    """Keep a change of a signal; in a case it moves the case."""
    request, id_ = found.request, found.signal.id
    if found.file:
        return changed(request, found.file, *records, event=event, thing=id_)
    return Effects(keep=records, log=(Logged(event, None, id_),))


def comes_back(request: Request, signal: Signal) -> tuple[str, ...]:
    if signal.case_ref or signal.review is None:
        return ()
    return (COMES_BACK(request.language, day=say_day(signal.review, language=request.language.code)),)
