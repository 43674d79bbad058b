"""The states of an inquiry (navraag): one minimal question to a partner, and what may be answered to it.

Professionals freeze on "may I ask this?"; the short answer is purpose, proportionality, subsidiarity, then inform,
motivate, document (joint inspectorates; domain 4.1 and L6). "Not provided" is a full answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.core.dates import say_day
from bot.core.guard import KeptText
from bot.core.records.actions import ActionStep
from bot.core.records.states import StateTable
from bot.core.text import Text

if TYPE_CHECKING:
    from bot.core.text import Language

PROTOCOL = "navraag"
"""The protocol with the lawful bases and terms; the action that asks for an answer carries its name."""


class InquiryState(StrEnum):
    DRAFT = "draft"
    """Its asker has yet to say why, on what basis, and what the person knows of it."""
    ASKED = "asked"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class InquiryStep(StrEnum):
    """What can happen to an inquiry."""

    ASK = "ask"
    ANSWER = "answer"
    WITHDRAW = "withdraw"


class InquiryAnswer(StrEnum):
    """All that is kept of an answer: never what is known, only whether, or that it was shared elsewhere."""

    KNOWN = "known"
    NOT_KNOWN = "not_known"
    RECOGNISED = "recognised"
    UNSURE = "unsure"
    NOT_PROVIDED = "not_provided"
    """A full answer that needs no reason (domain L6): nobody asks again."""
    SHARED = "shared"
    """Shared in the partner's own system; the inquiry keeps the day (domain B22)."""


S, T, A = InquiryState, InquiryStep, InquiryAnswer

TRANSITIONS = StateTable[InquiryState, InquiryStep](
    {
        (S.DRAFT, T.ASK): S.ASKED,
        (S.DRAFT, T.WITHDRAW): S.WITHDRAWN,
        (S.ASKED, T.ANSWER): S.ANSWERED,
        (S.ASKED, T.WITHDRAW): S.WITHDRAWN,
        (S.ANSWERED, T.ANSWER): S.ANSWERED,
    }
)
"""Nothing leads back to a draft: another purpose, basis or partner is another inquiry (domain L5)."""
after = TRANSITIONS.after

ANSWERS = (A.KNOWN, A.NOT_KNOWN, A.RECOGNISED, A.UNSURE, A.NOT_PROVIDED, A.SHARED)
ANSWERS_IN_OWN_SYSTEM = (A.SHARED, A.NOT_PROVIDED)
"""Where "known" would itself be police, criminal or medical data, which never enter the bot (domain L19)."""

ONLY_BY_THE_INQUIRY = frozenset(
    {ActionStep.FINISH, ActionStep.GIVE_UP, ActionStep.WITHDRAW, ActionStep.ASSIGN}
)
"""Steps of the action of an inquiry that follow from its answer or withdrawal alone."""

STATE_NAMES: dict[InquiryState, Text] = {
    S.DRAFT: Text("in voorbereiding", "in preparation"),
    S.ASKED: Text("wacht op antwoord", "waits for an answer"),
    S.ANSWERED: Text("beantwoord", "answered"),
    S.WITHDRAWN: Text("ingetrokken", "withdrawn"),
}

STEP_NAMES: dict[InquiryStep, Text] = {
    T.ASK: Text("stellen", "ask"),
    T.ANSWER: Text("antwoorden", "answer"),
    T.WITHDRAW: Text("intrekken", "withdraw"),
}

ANSWER_NAMES: dict[InquiryAnswer, Text] = {
    A.KNOWN: Text("bekend", "known"),
    A.NOT_KNOWN: Text("niet bekend", "not known"),
    A.RECOGNISED: Text("herkend", "recognised"),
    A.UNSURE: Text("weet niet", "unsure"),
    A.NOT_PROVIDED: Text("niet verstrekt", "not provided"),
    A.SHARED: Text("gedeeld in eigen systeem", "shared in own system"),
}


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One minimal question to a partner (navraag), with why and on what basis it was asked.

    `partner` and `asker` are roles. `basis` is the code of the lawful basis in the protocol, `basis_text` how that
    read when it was chosen. `minimal`: the asker said that less would not do. `informed`: whether the person knows of
    it, `uninformed` why not. `own_system` is the partner's own where even "known" would have to stay there.
    `action` is the number of the action that asks for the answer. `on_behalf`: somebody else recorded it for the
    partner. `shared_on` is the day on which the content was shared in the partner's own system.
    """

    case_ref: str
    number: int
    question: KeptText
    partner: str
    asker: str
    asked_by: str
    state: InquiryState
    made_at: datetime
    purpose: KeptText | None = None
    basis: str | None = None
    basis_text: KeptText | None = None
    minimal: bool = False
    informed: bool | None = None
    uninformed: KeptText | None = None
    own_system: KeptText | None = None
    action: int | None = None
    meeting: int | None = None
    asked_at: datetime | None = None
    answer: InquiryAnswer | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    on_behalf: bool = False
    shared_on: date | None = None

    @property
    def id(self) -> str:
        return f"N{self.number}"

    @property
    def answers(self) -> tuple[InquiryAnswer, ...]:
        """What may be answered."""
        return ANSWERS_IN_OWN_SYSTEM if self.own_system else ANSWERS


_TYPED = {A.SHARED: Text("gedeeld <datum>", "shared <date>")}
_SHARED_ON = Text("gedeeld in eigen systeem op {day}", "shared in own system on {day}")
_FOR_THEM = Text("{answer} (namens {partner} vastgelegd)", "{answer} (recorded on behalf of {partner})")


def said(inquiry: Inquiry, language: Language) -> str:
    """Its answer in words, or where it stands."""
    if inquiry.answer is None:
        return STATE_NAMES[inquiry.state](language)
    answer = ANSWER_NAMES[inquiry.answer](language)
    if inquiry.answer is A.SHARED and inquiry.shared_on:
        answer = _SHARED_ON(language, day=say_day(inquiry.shared_on, language=language.code))
    return _FOR_THEM(language, answer=answer, partner=inquiry.partner) if inquiry.on_behalf else answer


def offered(inquiry: Inquiry, language: Language) -> str:
    """What may be answered, as it is typed."""
    return " · ".join(_TYPED.get(answer, ANSWER_NAMES[answer])(language) for answer in inquiry.answers)
