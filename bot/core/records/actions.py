"""The action's states. Everything that affects a transition lives in this file.

Source of the states: the follow-up form of multi-agency meetings, which keeps "overtaken by events" (void)
apart from "not done", and the stall reasons of Dutch practice (domain, sections 2.5 and 2.6).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from bot.core.guard import KeptText
from bot.core.records.states import StateTable
from bot.core.text import Text


class ActionState(StrEnum):
    PROPOSED = "proposed"
    OPEN = "open"
    ACCEPTED = "accepted"
    BLOCKED = "blocked"
    DONE = "done"
    VOID = "void"
    NOT_DONE = "not_done"
    HANDED_OVER = "handed_over"
    """Another region does it, and has accepted that."""


class ActionStep(StrEnum):
    """What can happen to an action."""

    CONFIRM = "confirm"
    ACCEPT = "accept"
    FINISH = "finish"
    POSTPONE = "postpone"
    BLOCK = "block"
    WITHDRAW = "withdraw"
    ASSIGN = "assign"
    REROUTE = "reroute"
    """Given to another because the holder may not tell."""
    REPORT = "report"
    GIVE_UP = "give_up"
    HAND_OVER = "hand_over"


class Outcome(StrEnum):
    """What a finished action did for the purpose, as its holder sees it; a figure of the case, not of a person."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    TOO_EARLY = "too_early"


class BlockReason(StrEnum):
    """Why an action is stuck: codes for figures, never a judgement of the holder."""

    WAITING_LIST = "waiting_list"
    NO_CAPACITY = "no_capacity"
    WAITING_ON_PARTNER = "waiting_on_partner"
    LEGAL_BASIS_UNCLEAR = "legal_basis_unclear"
    PROFESSIONAL_SECRECY = "professional_secrecy"
    NO_CONTACT = "no_contact"
    NO_COOPERATION = "no_cooperation"
    OUT_OF_SIGHT = "out_of_sight"
    CONCERN_NOT_VERIFIABLE = "concern_not_verifiable"
    NO_MANDATE = "no_mandate"
    REGIE_UNCLEAR = "regie_unclear"
    NO_SUITABLE_SERVICE = "no_suitable_service"
    FUNDING = "funding"
    AWAITING_COURT = "awaiting_court"
    STAFF_CHANGE = "staff_change"
    UNCLEAR_ACTION = "unclear_action"
    HESITANCY = "hesitancy"
    CHANGED_CIRCUMSTANCES = "changed_circumstances"


class ActionKind(StrEnum):
    """What sort of step an action is (domain 2.5)."""

    CARE = "care"
    PRESSURE = "pressure"
    ENFORCEMENT = "enforcement"
    BARRIER = "barrier"
    INFORMATION = "information"
    DIRECTION = "direction"


class LifeDomain(StrEnum):
    """The area of life an action is about; the same areas as those of the partners in config/partners.yaml."""

    SAFETY = "safety"
    HOUSING = "housing"
    MONEY = "money"
    DAYTIME = "daytime"
    FAMILY = "family"
    HEALTH = "health"
    JUSTICE = "justice"
    NETWORK = "network"


S, T = ActionState, ActionStep

TRANSITIONS = StateTable[ActionState, ActionStep](
    {
        (S.PROPOSED, T.CONFIRM): S.OPEN,
        (S.PROPOSED, T.WITHDRAW): S.VOID,
        (S.OPEN, T.ACCEPT): S.ACCEPTED,
        (S.OPEN, T.FINISH): S.DONE,
        (S.OPEN, T.POSTPONE): S.OPEN,
        (S.OPEN, T.BLOCK): S.BLOCKED,
        (S.OPEN, T.WITHDRAW): S.VOID,
        (S.ACCEPTED, T.FINISH): S.DONE,
        (S.ACCEPTED, T.POSTPONE): S.ACCEPTED,
        (S.ACCEPTED, T.BLOCK): S.BLOCKED,
        (S.ACCEPTED, T.WITHDRAW): S.VOID,
        (S.BLOCKED, T.ACCEPT): S.ACCEPTED,
        (S.BLOCKED, T.FINISH): S.DONE,
        (S.BLOCKED, T.POSTPONE): S.ACCEPTED,
        (S.BLOCKED, T.BLOCK): S.BLOCKED,
        (S.BLOCKED, T.WITHDRAW): S.VOID,
        (S.OPEN, T.ASSIGN): S.OPEN,
        (S.ACCEPTED, T.ASSIGN): S.OPEN,
        (S.BLOCKED, T.ASSIGN): S.BLOCKED,
        (S.BLOCKED, T.REROUTE): S.OPEN,
        (S.OPEN, T.REPORT): S.ACCEPTED,
        (S.ACCEPTED, T.REPORT): S.ACCEPTED,
        (S.BLOCKED, T.REPORT): S.ACCEPTED,
        (S.OPEN, T.GIVE_UP): S.NOT_DONE,
        (S.ACCEPTED, T.GIVE_UP): S.NOT_DONE,
        (S.BLOCKED, T.GIVE_UP): S.NOT_DONE,
        (S.OPEN, T.HAND_OVER): S.HANDED_OVER,
        (S.ACCEPTED, T.HAND_OVER): S.HANDED_OVER,
        (S.BLOCKED, T.HAND_OVER): S.HANDED_OVER,
    }
)
after = TRANSITIONS.after

RUNNING = frozenset({S.OPEN, S.ACCEPTED, S.BLOCKED})
"""States in which somebody still has to do something."""

STATE_NAMES: dict[ActionState, Text] = {
    S.PROPOSED: Text("voorgesteld", "proposed"),
    S.OPEN: Text("open", "open"),
    S.ACCEPTED: Text("bezig", "accepted"),
    S.BLOCKED: Text("vast", "blocked"),
    S.DONE: Text("gereed", "done"),
    S.VOID: Text("vervallen", "void"),
    S.NOT_DONE: Text("niet uitgevoerd", "not done"),
    S.HANDED_OVER: Text("overgedragen", "handed over"),
}

OUTCOME_NAMES: dict[Outcome, Text] = {
    Outcome.YES: Text("ja", "yes"),
    Outcome.PARTLY: Text("deels", "partly"),
    Outcome.NO: Text("nee", "no"),
    Outcome.TOO_EARLY: Text("te vroeg", "too early"),
}

REASON_NAMES: dict[BlockReason, Text] = {
    BlockReason.WAITING_LIST: Text("wachtlijst", "waiting list"),
    BlockReason.NO_CAPACITY: Text("geen capaciteit", "no capacity"),
    BlockReason.WAITING_ON_PARTNER: Text("wacht op andere partner", "waiting on another partner"),
    BlockReason.LEGAL_BASIS_UNCLEAR: Text("mag ik dit?", "may I do this?"),
    BlockReason.PROFESSIONAL_SECRECY: Text("beroepsgeheim", "professional secrecy"),
    BlockReason.NO_CONTACT: Text("geen contact gekregen", "no contact"),
    BlockReason.NO_COOPERATION: Text("werkt niet mee", "no cooperation"),
    BlockReason.OUT_OF_SIGHT: Text("uit beeld", "out of sight"),
    BlockReason.CONCERN_NOT_VERIFIABLE: Text("zorg niet te toetsen", "concern not verifiable"),
    BlockReason.NO_MANDATE: Text("geen mandaat", "no mandate"),
    BlockReason.REGIE_UNCLEAR: Text("regie onduidelijk", "unclear who directs"),
    BlockReason.NO_SUITABLE_SERVICE: Text("geen passend aanbod", "no suitable service"),
    BlockReason.FUNDING: Text("financiering", "funding"),
    BlockReason.AWAITING_COURT: Text("wacht op rechter of OM", "awaiting court"),
    BlockReason.STAFF_CHANGE: Text("wisseling medewerker", "staff change"),
    BlockReason.UNCLEAR_ACTION: Text("afspraak onduidelijk", "action unclear"),
    BlockReason.HESITANCY: Text("ik weet niet hoe verder", "I do not know how to go on"),
    BlockReason.CHANGED_CIRCUMSTANCES: Text("omstandigheden gewijzigd", "changed circumstances"),
}

KIND_NAMES: dict[ActionKind, Text] = {
    ActionKind.CARE: Text("zorg", "care"),
    ActionKind.PRESSURE: Text("drang", "pressure"),
    ActionKind.ENFORCEMENT: Text("handhaving", "enforcement"),
    ActionKind.BARRIER: Text("barrière", "barrier"),
    ActionKind.INFORMATION: Text("informatie", "information"),
    ActionKind.DIRECTION: Text("regie", "direction"),
}

DOMAIN_NAMES: dict[LifeDomain, Text] = {
    LifeDomain.SAFETY: Text("veiligheid", "safety"),
    LifeDomain.HOUSING: Text("wonen", "housing"),
    LifeDomain.MONEY: Text("financiën", "money"),
    LifeDomain.DAYTIME: Text("onderwijs en werk", "school and work"),
    LifeDomain.FAMILY: Text("gezin", "family"),
    LifeDomain.HEALTH: Text("gezondheid", "health"),
    LifeDomain.JUSTICE: Text("justitie", "justice"),
    LifeDomain.NETWORK: Text("netwerk", "network"),
}


@dataclass(frozen=True, slots=True)
class Action:
    """One agreement: one holder (a role), one date.

    `holder_user` is the one person who does it where several hold the role; `deputy` is the role that stands in.
    `look_back` is the day on which a blocked action is looked at again; until then nobody is asked.
    `nudge_step` is the last step of the ladder that was taken, `nudge_at` the instant of the next nudge.
    `seen_asked` is the day on which the holder was asked whether it was seen, `status_asked` the last on which they
    were asked how it stands before a meeting: each is asked once. `protocol` is the name of the protocol that it is a
    step of.
    """

    case_ref: str
    number: int
    text: KeptText
    holder: str
    state: ActionState
    due_date: date
    due_time: time | None
    created_at: datetime
    created_by: str
    updated_at: datetime
    holder_user: str | None = None
    deputy: str | None = None
    meeting: int | None = None
    look_back: date | None = None
    reason: BlockReason | None = None
    note: KeptText | None = None
    kind: ActionKind | None = None
    life_domain: LifeDomain | None = None
    outcome: Outcome | None = None
    postponed: int = 0
    nudge_step: int | None = None
    nudge_at: datetime | None = None
    seen_asked: date | None = None
    status_asked: date | None = None
    protocol: str | None = None

    @property
    def id(self) -> str:
        return f"A{self.number}"


def is_withheld(action: Action) -> bool:
    """Whether the holder may not tell: nobody is asked again, the next meeting finds another way (domain L6)."""
    return action.state is ActionState.BLOCKED and action.reason is BlockReason.PROFESSIONAL_SECRECY
