"""What somebody is asked about an action, and in what words: short, equal, nobody blamed (domain 7.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.dates import When, say_day, say_when
from bot.core.dates.calendar import working_days_between
from bot.core.dates.lexicon import DAY_NAMES
from bot.core.records.actions import REASON_NAMES, ActionState
from bot.core.records.explanations import Receiver
from bot.core.records.inquiries import offered
from bot.core.text import Language, Message, Text

if TYPE_CHECKING:
    from datetime import date

    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action
    from bot.core.records.inquiries import Inquiry

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
    "Antwoord hier: klaar {it} · later {it} <datum> · vast {it} <reden> · wat {it}",
    "Answer here: done {it} · snooze {it} <date> · blocked {it} <reason> · what {it}",
)
ANSWER_STATUS = Text(
    "Antwoord hier: loopt {it} · klaar {it} · later {it} <datum> · vast {it} <reden> · niet uitgevoerd {it} <reden>",
    "Answer here: on track {it} · done {it} · snooze {it} <date> · blocked {it} <reason> · not done {it} <reason>",
)
FULL_ANSWER = Text("Niet verstrekt is een volledig antwoord.", "Not provided is a full answer.")
ANSWER_INQUIRY = Text("Antwoord hier: antwoord {it} {answers}", "Answer here: answer {it} {answers}")
ANSWER_FOR_PARTNER = Text(
    "Antwoord hier: antwoord {it} namens {partner} {answers}",
    "Answer here: answer {it} on behalf of {partner} {answers}",
)
NEW_ACTION = Text("{it} is nieuw voor je, met termijn {date}.", "{it} is new to you and due {date}.")
WAS_IT_SEEN = Text("Heb je hem gezien? Dan is oke {it} genoeg.", "Have you seen it? Then ack {it} is enough.")
MEETING_IS = Text("Het overleg over {it} is {day}.", "The meeting about {it} is {day}.")
HOW_IS_IT = Text("Hoe staat het ervoor?", "How does it stand?")
AWAY = Text("{holder} is afwezig t/m {until}.", "{holder} is away up to and including {until}.")
STANDS_IN = Text(
    "{holder} is afwezig t/m {until} en jij vervangt.",
    "{holder} is away up to and including {until}; you stand in.",
)
MISSED = Text(
    "Gemist: dit had ik {missed} moeten vragen, maar toen deed ik het niet.",
    "Missed: I should have asked this {missed}, but I was out of order.",
)
NO_CHAT = Text(
    "{ref}: {label} heeft het gesprek met mij nog niet aangenomen en krijgt daarom geen berichten.",
    "{ref}: {label} has not accepted the chat with me and so gets no messages.",
)
KEYLESS = Text(
    "{ref}: {label} heeft geen geverifieerd apparaat en kan mijn berichten daarom niet lezen.",
    "{ref}: {label} has no verified device and so cannot read my messages.",
)
INSTEAD = Text(
    "Wat ik daar wilde vragen gaat zolang naar de casusregisseur, of anders de procesregisseur.",
    "What I wanted to ask there goes to the case coordinator for now, else to the process coordinator.",
)
MENTION = Text(
    "{label}, ik heb een bericht voor je. Neem mijn uitnodiging voor een direct gesprek aan.",
    "{label}, I have a message for you. Please accept my invitation to a direct chat.",
)
NEAR_DAYS = {-1: Text("gisteren", "yesterday"), 0: Text("vandaag", "today"), 1: Text("morgen", "tomorrow")}
ONE_WORKING_DAY = Text("{n} werkdag", "{n} working day")
WORKING_DAYS = Text("{n} werkdagen", "{n} working days")


@dataclass(frozen=True, slots=True)
class Call:
    """One action that somebody is asked about, and the day that was counted from.

    `own`: the reader is to act. `stands_in`: they do so in the place of the holder, who is away until `away_until`.
    `missed` is the day on which it should have been asked, where the bot itself was away.
    """

    file: CaseFile
    action: Action
    day: date
    receiver: Receiver
    step: int | None = None
    own: bool = True
    stands_in: bool = False
    away_until: date | None = None
    missed: date | None = None

    @property
    def theirs(self) -> bool:
        """Whether the reader is to act on it, and not to see to it that somebody does."""
        return self.own or self.stands_in

    @property
    def inquiry(self) -> Inquiry | None:
        """The inquiry that the action asks the answer to."""
        return self.file.inquiry_of(self.action)

    @property
    def answerable(self) -> Inquiry | None:
        """The same where the partner itself is to answer, and not its asker who calls them."""
        return self.inquiry if self.inquiry and self.inquiry.partner == self.action.holder else None

    @property
    def blocked(self) -> bool:
        return self.action.state is ActionState.BLOCKED


def announced(action: Action, language: Language = LANGUAGE) -> str:
    """What a lock screen may show of an action: reference, id and date (rule 7)."""
    when = When(action.due_date, action.due_time)
    if action.state is ActionState.BLOCKED and action.look_back:
        when = When(action.look_back)
    return f"{action.case_ref} · {action.id} · {say_when(when, language=language.code)}"


def rings(calls: list[Call]) -> Message:
    """Several at once; opened, each reference leads to its room."""
    lines = tuple(announced(call.action) for call in calls)
    return Message(lines, links=tuple(dict.fromkeys(link for c in calls for link in c.file.links)))


def mention(label: str) -> Message:
    """What the room of a case may see."""
    return Message.of(MENTION(LANGUAGE, label=label))


def unreached(label: str, file: CaseFile, *, keyless: bool) -> Message:
    """What the chair hears of somebody whom no nudge reaches."""
    text = KEYLESS if keyless else NO_CHAT
    return Message((text(LANGUAGE, label=label, ref=file.ref), INSTEAD(LANGUAGE)), links=file.links)


def explains(calls: list[Call], today: date) -> Message:
    """What is asked, said where it does not ring."""
    several = len({call.file.ref for call in calls}) > 1
    named = [(call, f"{call.file.ref} {call.action.id}" if several else call.action.id) for call in calls]
    lines = [_line(call, name, today) for call, name in named]
    own = next((name for call, name in named if call.theirs and not call.inquiry), None)
    in_round = any(call.receiver is Receiver.HOLDER_STATUS for call in calls)
    answer = ANSWER_STATUS if in_round else ANSWER
    lines += [answer(LANGUAGE, it=own)] if own else []
    lines += [_answer_to(call.inquiry, call) for call in calls if call.theirs and call.inquiry][:1]
    links = tuple(dict.fromkeys(link for call in calls for link in call.file.links))
    return Message(tuple(lines), links=links)


def _answer_to(inquiry: Inquiry, call: Call) -> str:
    text = ANSWER_INQUIRY if call.answerable else ANSWER_FOR_PARTNER
    it = f"{call.file.ref} {inquiry.id}"
    return text(LANGUAGE, it=it, partner=inquiry.partner, answers=offered(inquiry, LANGUAGE))


def _line(call: Call, name: str, today: date) -> str:
    """One fact, and one question where there is one."""
    holder, reason = call.action.holder, call.action.reason
    over = working_days_between(call.day, today)
    values = {
        "it": f"{name}{f' (navraag {call.inquiry.id})' if call.inquiry else ''}"
        if call.own
        else f"{name} ({holder})",
        "holder": holder,
        "day": _spoken(call.day, today),
        "date": _spoken(call.action.due_date, today),
        "over": (ONE_WORKING_DAY if over == 1 else WORKING_DAYS)(LANGUAGE, n=over),
        "reason": REASON_NAMES[reason](LANGUAGE) if reason else NO_REASON(LANGUAGE),
        "until": _spoken(call.away_until, today) if call.away_until else "",
        "missed": say_day(call.missed) if call.missed else "",
    }
    return " ".join(text(LANGUAGE, **values) for text in _texts(call, today) if text)


def _texts(call: Call, today: date) -> tuple[Text | None, ...]:
    absence = None
    if call.away_until and not call.own:
        absence = STANDS_IN if call.stands_in else AWAY
    return (MISSED if call.missed else None, _fact(call, today), absence, _question(call, today))


def _fact(call: Call, today: date) -> Text:
    past = call.day < today
    match call.receiver:
        case Receiver.CASE_COORDINATOR | Receiver.PROCESS_COORDINATOR:
            return LOOK_BACK_OVER if call.blocked else DATE_OVER
        case Receiver.HOLDER_SEEN:
            return NEW_ACTION
        case Receiver.HOLDER_STATUS:
            return MEETING_IS
        case _ if call.blocked:
            return LOOK_BACK_WAS if past else LOOK_BACK_IS
        case _:
            return DATE_WAS if past else DATE_IS


def _question(call: Call, today: date) -> Text | None:
    if call.inquiry and (call.theirs or call.receiver is Receiver.CASE_COORDINATOR):
        # Not even a question: whoever may not tell is asked nothing that could sound like pressing (domain L6).
        return FULL_ANSWER
    match call.receiver:
        case Receiver.CASE_COORDINATOR:
            return None if call.away_until else CALL_THEM
        case Receiver.PROCESS_COORDINATOR:
            return ON_THE_AGENDA
        case _ if not call.theirs:
            return PASS_IT_ON
        case Receiver.HOLDER_SEEN:
            return WAS_IT_SEEN
        case Receiver.HOLDER_STATUS:
            return HOW_IS_IT
        case Receiver.HOLDER_WITH_HELP:
            return HELP
        case _ if call.blocked:
            return STILL_SO
        case _:
            return THIS_WEEK if call.day < today else None


def _spoken(day: date, today: date) -> str:
    ahead = (day - today).days
    if ahead in NEAR_DAYS:
        return NEAR_DAYS[ahead](LANGUAGE)
    return DAY_NAMES[LANGUAGE][day.weekday()] if 0 < ahead < 7 else say_day(day)
