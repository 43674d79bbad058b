"""A case that goes to another region: its states, and the letters that the two sides write each other.

Control is handed over only when it is clear who takes over and both agree (domain 2.7). So the sender proposes, and
every later step is the receiver's: no two letters can cross. Until the receiver accepts the sender is responsible.
What travels is agreements: references, a reason, open actions, decisions, roles, the day of the call. No dossier.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.core.guard import KeptText
from bot.core.records.states import StateTable
from bot.core.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = 1
"""Of the letters. Another version is refused: half understood is another agreement."""


class HandoverState(StrEnum):
    PROPOSED = "proposed"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    TALKED = "talked"
    COMPLETED = "completed"
    REFUSED = "refused"


class HandoverStep(StrEnum):
    """What the receiver can do with a handover."""

    RECEIVE = "receive"
    PLAN = "plan"
    """Agree on the day of the call."""
    ACCEPT = "accept"
    REFUSE = "refuse"
    TALK = "talk"
    """The call was held."""
    COMPLETE = "complete"


S, T = HandoverState, HandoverStep

TRANSITIONS = StateTable[HandoverState, HandoverStep](
    {
        (S.PROPOSED, T.RECEIVE): S.RECEIVED,
        (S.PROPOSED, T.PLAN): S.RECEIVED,
        (S.PROPOSED, T.ACCEPT): S.ACCEPTED,
        (S.PROPOSED, T.REFUSE): S.REFUSED,
        (S.RECEIVED, T.PLAN): S.RECEIVED,
        (S.RECEIVED, T.ACCEPT): S.ACCEPTED,
        (S.RECEIVED, T.REFUSE): S.REFUSED,
        (S.ACCEPTED, T.PLAN): S.ACCEPTED,
        (S.ACCEPTED, T.TALK): S.TALKED,
        (S.TALKED, T.COMPLETE): S.COMPLETED,
    }
)
after = TRANSITIONS.after

WAITING = frozenset({S.PROPOSED, S.RECEIVED})
"""States in which the sender is responsible and waits for an answer."""
RUNNING = WAITING | {S.ACCEPTED, S.TALKED}
"""States in which somebody still has to do something."""

STATE_NAMES: dict[HandoverState, Text] = {
    S.PROPOSED: Text("voorgesteld", "proposed"),
    S.RECEIVED: Text("ontvangen", "received"),
    S.ACCEPTED: Text("geaccepteerd", "accepted"),
    S.TALKED: Text("gesprek gevoerd", "call held"),
    S.COMPLETED: Text("afgerond", "completed"),
    S.REFUSED: Text("geweigerd", "refused"),
}


STEP_NAMES: dict[HandoverStep, Text] = {
    T.RECEIVE: Text("ontvangen", "receive"),
    T.PLAN: Text("gesprek afspreken", "plan the call"),
    T.ACCEPT: Text("accepteren", "accept"),
    T.REFUSE: Text("weigeren", "refuse"),
    T.TALK: Text("gesprek voeren", "hold the call"),
    T.COMPLETE: Text("afronden", "complete"),
}


class Side(StrEnum):
    """Which of the two we are."""

    SENDER = "sender"
    RECEIVER = "receiver"


@dataclass(frozen=True, slots=True)
class HandedAction:
    """An open action as it travels; `id` is its number at the sender."""

    id: str
    text: KeptText
    holder: KeptText
    due_date: date


@dataclass(frozen=True, slots=True)
class HandedDecision:
    """A decision as it travels; `id` is its number at the sender."""

    id: str
    text: KeptText
    reason: KeptText


@dataclass(frozen=True, slots=True)
class Handover:
    """One handover, as one of its two sides keeps it; both know it under the same `id`.

    `region` is what our configuration calls the other side, `peer` who answers there: its bot, or a person. At the
    receiver `case_ref` is None until the case is accepted; until then, and no longer, it keeps what was proposed.
    `handed` are the numbers of the actions that the sender offered. `sent` and `heard` are the last sequence numbers
    of our letters and of theirs. `follow` and `call_action` are the numbers of the actions, in our case, that see
    to it; `overdue_at` is when the coordinators hear that nobody accepted, None once they have.
    """

    id: str
    side: Side
    region: str
    peer: str
    state: HandoverState
    proposed_at: datetime
    proposed_by: str
    case_ref: str | None = None
    room_id: str | None = None
    reason: KeptText | None = None
    peer_ref: str | None = None
    handed: tuple[int, ...] = ()
    actions: tuple[HandedAction, ...] = ()
    decisions: tuple[HandedDecision, ...] = ()
    contacts: tuple[KeptText, ...] = ()
    call: date | None = None
    refusal: KeptText | None = None
    sent: int = 0
    heard: int = 0
    follow: int | None = None
    call_action: int | None = None
    overdue_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The sender's one letter."""

    handover: str
    reference: str
    reason: KeptText
    contacts: tuple[KeptText, ...]
    actions: tuple[HandedAction, ...]
    decisions: tuple[HandedDecision, ...]
    sequence: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """A letter of the receiver: one step. `reference` is its own, from acceptance on."""

    handover: str
    sequence: int
    step: HandoverStep
    reference: str | None = None
    reason: KeptText | None = None
    call: date | None = None


Letter = Proposal | Answer


class Fault(StrEnum):
    """Why a letter is not taken."""

    FOREIGN = "foreign"
    """Not from the bot that our configuration names for this handover."""
    UNTRUSTED = "untrusted"
    """Not from a device that the configured identity signed."""
    UNREADABLE = "unreadable"
    """Its key did not come; should it still come, the letter is taken."""
    VERSION = "version"
    MALFORMED = "malformed"
    GUARDED = "guarded"
    """It holds something that our privacy guard keeps nowhere."""
    REPEATED = "repeated"
    """Its sequence number was used."""
    OUT_OF_ORDER = "out_of_order"
    """A step that the state does not allow, or about a handover that we do not know."""


def written(letter: Letter) -> Mapping[str, Any]:
    """The letter as it travels: what config/handover.schema.json describes."""
    common = {"version": VERSION, "handover": letter.handover, "sequence": letter.sequence}
    if isinstance(letter, Proposal):
        return common | {
            "step": "propose",
            "reference": letter.reference,
            "reason": str(letter.reason),
            "contacts": [str(role) for role in letter.contacts],
            "actions": [
                {"id": a.id, "text": str(a.text), "holder": str(a.holder), "due": a.due_date.isoformat()}
                for a in letter.actions
            ],
            "decisions": [
                {"id": d.id, "text": str(d.text), "reason": str(d.reason)} for d in letter.decisions
            ],
        }
    optional = {
        "reference": letter.reference,
        "reason": letter.reason and str(letter.reason),
        "call": letter.call and letter.call.isoformat(),
    }
    given = {name: value for name, value in optional.items() if value is not None}
    return common | {"step": letter.step.value} | given
