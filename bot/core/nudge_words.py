"""What somebody is asked about an action, and in what words: short, equal, nobody blamed (domain 7.4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from bot.core.actions import REASON_NAMES, ActionState
from bot.core.calendar import working_days_between
from bot.core.dates import When, say_day, say_when
from bot.core.dates.lexicon import DAY_NAMES
from bot.core.text import Language, Message, Text

if TYPE_CHECKING:
    from datetime import date

    from bot.core.casefile import CaseFile
    from bot.core.model import Action

LANGUAGE = Language.NL
"""Of messages that nobody asked for: a person's own language is not kept."""

DATE_IS = Text("{it} is {day} aan de beurt.", "{it} is due {day}.")
DATE_WAS = Text("De termijn van {it} was {day}.", "{it} was due {day}.")
DATE_OVER = Text("{it} is {over} over de termijn.", "{it} is {over} past its date.")
LOOK_BACK_IS = Text(
    "{it} staat vast ({reason}). De kijkdatum is {day}.",
    "{it} is blocked ({reason}). The day to look again is {day}.",
)
LOOK_BACK_WAS = Text(
    "{it} staat vast ({reason}). De kijkdatum was {day}.",
    "{it} is blocked ({reason}). The day to look again was {day}.",
)
LOOK_BACK_OVER = Text("{it} is {over} over de kijkdatum.", "{it} is {over} past the day to look again.")
NO_REASON = Text("reden onbekend", "reason unknown")
THIS_WEEK = Text("Lukt het nog deze week?", "Can it still be done this week?")
STILL_SO = Text("Is dat nog zo?", "Is that still so?")
HELP = Text(
    "Kan iemand helpen? Vraag het gerust aan de casusregisseur of de voorzitter.",
    "Can somebody help? Feel free to ask the case coordinator or the chair.",
)
PASS_IT_ON = Text(
    "Ik kan {holder} niet direct bereiken. Geef jij het door?",
    "I cannot reach {holder} directly. Can you pass it on?",
)
CALL_THEM = Text("Even bellen?", "A short call, perhaps?")
ON_THE_AGENDA = Text(
    "Zet je het op de agenda van het volgende overleg?", "Will you put it on the agenda of the next meeting?"
)
ANSWER = Text(
    "Antwoord hier: klaar {it} · later {it} <datum> · vast {it} <reden>",
    "Answer here: done {it} · snooze {it} <date> · blocked {it} <reason>",
)
MENTION = Text(
    "{label}, ik heb een bericht voor je. Neem mijn uitnodiging voor een direct gesprek aan.",
    "{label}, I have a message for you. Please accept my invitation to a direct chat.",
)
NEAR_DAYS = {-1: Text("gisteren", "yesterday"), 0: Text("vandaag", "today"), 1: Text("morgen", "tomorrow")}
ONE_WORKING_DAY = Text("{n} werkdag", "{n} working day")
WORKING_DAYS = Text("{n} werkdagen", "{n} working days")


class Receiver(Enum):
    """Whom a step of the ladder asks."""

    HOLDER = "holder"
    HOLDER_WITH_HELP = "holder, with an offer of help"
    CASE_COORDINATOR = "case coordinator"
    PROCESS_COORDINATOR = "process coordinator"


@dataclass(frozen=True, slots=True)
class Call:
    """One action that somebody is asked about, and the day that its ladder counts from."""

    file: CaseFile
    action: Action
    day: date
    receiver: Receiver

    @property
    def blocked(self) -> bool:
        return self.action.state is ActionState.BLOCKED

    @property
    def when(self) -> When:
        return When(self.day, None if self.blocked else self.action.due_time)

    def held_by(self, user_id: str) -> bool:
        return user_id in {seat.user_id for seat in self.file.holding(self.action.holder)}


def rings(calls: list[Call]) -> Message:
    """What a lock screen may show: reference, id and date."""
    return Message.of(*(f"{c.file.ref} · {c.action.id} · {say_when(c.when)}" for c in calls))


def mention(label: str) -> Message:
    """What the room of a case may see."""
    return Message.of(MENTION(LANGUAGE, label=label))


def explains(user: str, calls: list[Call], today: date) -> Message:
    """What is asked, said where it does not ring."""
    several = len({call.file.ref for call in calls}) > 1
    named = [(call, f"{call.file.ref} {call.action.id}" if several else call.action.id) for call in calls]
    lines = [_line(call, name, today, own=call.held_by(user)) for call, name in named]
    own = next((name for call, name in named if call.held_by(user)), None)
    return Message.of(*lines, *([ANSWER(LANGUAGE, it=own)] if own else []))


def _line(call: Call, name: str, today: date, *, own: bool) -> str:
    """One fact, and one question where there is one."""
    holder, reason = call.action.holder, call.action.reason
    over = working_days_between(call.day, today)
    values = {
        "it": name if own else f"{name} ({holder})",
        "holder": holder,
        "day": _spoken(call.day, today),
        "over": (ONE_WORKING_DAY if over == 1 else WORKING_DAYS)(LANGUAGE, n=over),
        "reason": REASON_NAMES[reason](LANGUAGE) if reason else NO_REASON(LANGUAGE),
    }
    texts = (_fact(call, today), _question(call, today, own=own))
    return " ".join(text(LANGUAGE, **values) for text in texts if text)


def _fact(call: Call, today: date) -> Text:
    past = call.day < today
    if call.receiver in {Receiver.CASE_COORDINATOR, Receiver.PROCESS_COORDINATOR}:
        return LOOK_BACK_OVER if call.blocked else DATE_OVER
    if call.blocked:
        return LOOK_BACK_WAS if past else LOOK_BACK_IS
    return DATE_WAS if past else DATE_IS


def _question(call: Call, today: date, *, own: bool) -> Text | None:
    if call.receiver is Receiver.CASE_COORDINATOR:
        return CALL_THEM
    if call.receiver is Receiver.PROCESS_COORDINATOR:
        return ON_THE_AGENDA
    if not own:
        return PASS_IT_ON
    if call.receiver is Receiver.HOLDER_WITH_HELP:
        return HELP
    if call.blocked:
        return STILL_SO
    return THIS_WEEK if call.day < today else None


def _spoken(day: date, today: date) -> str:
    ahead = (day - today).days
    if ahead in NEAR_DAYS:
        return NEAR_DAYS[ahead](LANGUAGE)
    return DAY_NAMES[LANGUAGE][day.weekday()] if 0 < ahead < 7 else say_day(day)
