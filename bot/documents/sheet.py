"""The list of agreements in words, as a page: headings, a table of actions, and nothing that only colour says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.dates import When, say_day, say_when
from bot.core.records.actions import REASON_NAMES, STATE_NAMES, ActionState
from bot.core.records.inquiries import said
from bot.core.records.signals import STATE_NAMES as SIGNAL_STATES
from bot.core.text import Language, Text, listed
from bot.documents.agreements import ENDED, remarked

if TYPE_CHECKING:
    from bot.core.records.actions import Action
    from bot.core.records.inquiries import Inquiry
    from bot.core.records.signals import Signal
    from bot.documents.agreements import AgreementList

TITLE = Text("Afsprakenlijst {ref}", "Agreements {ref}")
MEETING = Text("Overleg {number} · {day}", "Meeting {number} · {day}")
TIME = Text("Tijd", "Time")
FROM_TO = Text("{start} tot {end}", "{start} to {end}")
STILL_RUNNING = Text("vanaf {start}, het overleg loopt nog", "from {start}, the meeting is still running")
CHAIR = Text("Geleid door", "Chaired by")
DIRECTING = Text("Casusregie", "Case coordination")
PURPOSE = Text("Doel", "Purpose")
PRESENT = Text("Aanwezig", "Present")
ABSENT = Text("Niet aanwezig", "Not present")
NOT_RECORDED = Text("niet vastgelegd", "not recorded")
DECISIONS = Text("Besluiten", "Decisions")
NO_DECISIONS = Text("Er is geen besluit genomen.", "No decision was taken.")
REASON = Text("Reden", "Reason")
ACTIONS = Text("Acties", "Actions")
NO_ACTIONS = Text("Er staan geen acties open.", "No actions are open.")
COLUMNS = (Text("Nr.", "No."), Text("Wie", "Who"), Text("Wat", "What"), Text("Uiterlijk", "By"))
STUCK = Text("vast ({reason}), kijkdatum {day}", "blocked ({reason}), look again {day}")
UNAGREED = Text("{when} (voorstel, wacht op akkoord)", "{when} (proposal, waits for the chair)")
INQUIRIES = Text("Navragen", "Inquiries")
SIGNALS = Text("Signalen", "Signals")
REMARKS = Text("Op verzoek erbij gezet", "Added at request")
LEFT = Text("Blijft op de agenda", "Stays on the agenda")
NEXT = Text("Volgend overleg", "Next meeting")
NOT_PLANNED = Text("nog niet gepland", "not planned yet")
FOR = Text("Bestemd voor", "Meant for")
FOR_WHOM = Text(
    "de deelnemers van deze casus: {labels}. Deel deze lijst niet verder.",
    "the participants of this case: {labels}. Do not pass it on.",
)
AS_OF = Text("Stand van {when}.", "As of {when}.")
AND = Text("en", "and")

Fact = tuple[str, str]
"""A name and what it is."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a reader sees, from top to bottom."""

    language: Language
    title: str
    subtitle: str
    facts: tuple[Fact, ...]
    decisions_title: str
    decisions: tuple[tuple[str, str, str], ...]
    """Number, decision and reason."""
    no_decisions: str
    actions_title: str
    columns: tuple[str, ...]
    actions: tuple[tuple[str, ...], ...]
    no_actions: str
    rest: tuple[Fact, ...]
    footer: str


def sheet(agreements: AgreementList, language: Language) -> Sheet:
    reason = REASON(language)
    return Sheet(
        language,
        title=TITLE(language, ref=agreements.ref),
        subtitle=MEETING(
            language,
            number=agreements.number,
            day=say_day(agreements.started_at.date(), language=language.code),
        ),
        facts=_facts(agreements, language),
        decisions_title=DECISIONS(language),
        decisions=tuple(
            (f"B{d.number}", _stop(d.text), f"{reason}: {_stop(d.reason)}") for d in agreements.decisions
        ),
        no_decisions=NO_DECISIONS(language),
        actions_title=ACTIONS(language),
        columns=tuple(column(language) for column in COLUMNS),
        actions=tuple(
            (a.id, a.holder, a.text.rstrip("."), _by(a, language))
            for a in (*agreements.running, *agreements.proposed)
        ),
        no_actions=NO_ACTIONS(language),
        rest=_rest(agreements, language),
        footer=AS_OF(language, when=say_when(_when(agreements), language=language.code)),
    )


def _facts(agreements: AgreementList, language: Language) -> tuple[Fact, ...]:
    start, end = f"{agreements.started_at:%H:%M}", agreements.ended_at
    time = FROM_TO(language, start=start, end=f"{end:%H:%M}") if end else STILL_RUNNING(language, start=start)
    present = NOT_RECORDED(language) if agreements.present is None else ", ".join(agreements.present)
    facts = [
        (TIME(language), time),
        (PURPOSE(language), agreements.purpose.rstrip(".")),
        (CHAIR(language), agreements.chair),
        (DIRECTING(language), ", ".join(agreements.directing)),
        (PRESENT(language), present),
        (ABSENT(language), ", ".join(agreements.absent)),
    ]
    return tuple(fact for fact in facts if fact[1])


def _rest(agreements: AgreementList, language: Language) -> tuple[Fact, ...]:
    following = agreements.following
    facts = [
        *((STATE_NAMES[state](language).capitalize(), agreements.ended_as(state)) for state in ENDED),
        (INQUIRIES(language), "; ".join(_asked(inquiry, language) for inquiry in agreements.inquiries)),
        (SIGNALS(language), ", ".join(shown(s, language) for s in agreements.signals)),
        (REMARKS(language), " ".join(remarked(agreements.remarks, language))),
        (LEFT(language), "; ".join(agreements.left)),
        (NEXT(language), say_when(following, language=language.code) if following else NOT_PLANNED(language)),
        (FOR(language), FOR_WHOM(language, labels=listed(agreements.distribution, AND(language)))),
    ]
    return tuple(fact for fact in facts if fact[1])


def _asked(inquiry: Inquiry, language: Language) -> str:
    return f"{inquiry.id} {inquiry.partner}: {inquiry.question.rstrip('.')} ({said(inquiry, language)})"


def shown(signal: Signal, language: Language) -> str:
    """A signal by its number and state; its words stay in the case."""
    return f"{signal.id} ({SIGNAL_STATES[signal.state](language)})"


def _by(action: Action, language: Language) -> str:
    if action.look_back and action.reason:
        day = say_day(action.look_back, language=language.code)
        return STUCK(language, reason=REASON_NAMES[action.reason](language), day=day)
    when = say_when(When(action.due_date, action.due_time), language=language.code)
    return UNAGREED(language, when=when) if action.state is ActionState.PROPOSED else when


def _when(agreements: AgreementList) -> When:
    return When(agreements.as_of.date(), agreements.as_of.time())


def _stop(text: str) -> str:
    """A sentence with one full stop, however many were typed."""
    return f"{text.rstrip('.')}."
