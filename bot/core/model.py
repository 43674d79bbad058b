"""The records that the bot keeps: agreements, never dossiers.

Every record is one row; `KEYS` names what makes it unique. There is no field for a name, a number of a
person, an origin or a score, and there never will be (UAVG art. 46, AVG art. 9; rule 10 of the design).
Instants are aware and in UTC; deadlines are local dates in Europe/Amsterdam with an optional wall time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from bot.core.actions import ActionKind, ActionState, BlockReason, LifeDomain, Outcome
from bot.core.cases import CaseState, Closing
from bot.core.explanations import Explanation
from bot.core.guard import KeptText
from bot.core.handovers import Handover
from bot.core.incidents import Incident
from bot.core.inquiries import Inquiry
from bot.core.out_of_sight import OutOfSight
from bot.core.retention import Destruction, Retention
from bot.core.rights import CaseBasis, Remark, Restriction
from bot.core.signals import Signal, SignalFact, SignalShown
from bot.core.text import Language
from bot.core.themes import ThemeState


class Function(StrEnum):
    """What somebody may do in a case. Power levels of the room never grant one."""

    CHAIR = "chair"
    PROCESS_COORDINATOR = "process_coordinator"
    CASE_COORDINATOR = "case_coordinator"
    COORDINATOR = "coordinator"
    PARTICIPANT = "participant"
    CONTACT_POINT = "contact_point"
    """Answers for the rights of whom a case is about (BGS: the contactpunt); of the region, never a seat."""


class MeetingState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class AgendaState(StrEnum):
    WAITING = "waiting"
    CURRENT = "current"
    TREATED = "treated"


@dataclass(frozen=True, slots=True)
class Case:
    """A case: its reference in the case system, and why these people talk.

    `phase` is that of the approach to prevent escalation (AVE): 1, at the regular team, to 4; people change it.
    `minor` says that a minor is involved and nothing more about them; terms are shorter then (domain B23).
    With a `theme` it is no case but a theme room: it meets, decides and acts alike, and keeps nothing of any case.
    """

    ref: str
    purpose: KeptText
    room_id: str | None
    state: CaseState
    opened_at: datetime
    opened_by: str
    moved_at: datetime
    next_meeting: date | None = None
    next_meeting_time: time | None = None
    phase: int = 1
    minor: bool = False
    theme: ThemeState | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """A person's seat in one case. `label` is how the case speaks of them: "leerplicht", "voorzitter".

    `unreached` is the local day on which the chair was told that no nudge arrives there; None once one does.
    """

    case_ref: str
    user_id: str
    function: Function
    label: str
    since: datetime
    added_by: str
    left_at: datetime | None = None
    unreached: date | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    case_ref: str
    number: int
    purpose: KeptText
    state: MeetingState
    started_at: datetime
    started_by: str
    ended_at: datetime | None = None
    present: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class AgendaItem:
    case_ref: str
    number: int
    text: KeptText
    state: AgendaState
    added_by: str

    @property
    def id(self) -> str:
        return f"agenda {self.number}"


@dataclass(frozen=True, slots=True)
class Decision:
    case_ref: str
    number: int
    text: KeptText
    reason: KeptText
    meeting: int | None
    decided_at: datetime
    decided_by: str

    @property
    def id(self) -> str:
        return f"B{self.number}"


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


@dataclass(frozen=True, slots=True)
class Question:
    """What the bot still waits for from one person in one room; `draft` is the half-made command.

    `asked_in` is the message that the bot answered with this question, `begun_in` the one that the conversation
    began with.
    """

    room_id: str
    user_id: str
    command: str
    asks: str
    draft: tuple[tuple[str, str], ...]
    language: Language
    asked_at: datetime
    asked_in: str
    begun_in: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the bot may speak to alone, and the last local day on which it nudged them.

    Their own hours: `free_days` are weekdays without work (Monday = 0), `opens` and `closes` narrow the region's
    window; away from `away_from` up to and including `away_until`. A `deputy` hears of a case only with a seat
    in it. `keyless`: no device that may get keys.
    """

    user_id: str
    direct_room: str | None = None
    nudged_on: date | None = None
    mentioned_on: date | None = None
    free_days: tuple[int, ...] = ()
    opens: time | None = None
    closes: time | None = None
    away_from: date | None = None
    away_until: date | None = None
    deputy: str | None = None
    keyless: bool = False


class PinState(StrEnum):
    """How sure we are that an identity is somebody's own."""

    FIRST_USE = "first_use"
    """Taken on first sight, as a browser takes an SSH host key; nobody compared anything."""
    CONFIRMED = "confirmed"
    """A chair or coordinator asked the person about a change, and gave their word."""
    VERIFIED = "verified"
    """Compared by emoji, or by fingerprint at the operator's terminal."""


@dataclass(frozen=True, slots=True)
class Pin:
    """The cross-signing identity that we hold a person to.

    `changed_to` is the master key that the server shows instead; nothing goes to that person, and nothing is
    taken from them, until somebody gives their word for it (`confirmed_by`).
    """

    user_id: str
    master_key: str
    pinned_at: datetime
    state: PinState
    changed_to: str | None = None
    confirmed_by: str | None = None

    @property
    def is_verified(self) -> bool:
        """Compared, and still the identity that is shown."""
        return self.state is PinState.VERIFIED and self.changed_to is None


@dataclass(frozen=True, slots=True)
class DigestPlan:
    """When the next weekly digest of a coordinator or chair is due, and the ISO week ("2026-W12") of the last one.

    `weekday` (Monday = 0) and `at` are their own choice, None = that of the region; `off`: they want none.
    """

    user_id: str
    due_at: datetime
    last_week: str | None = None
    weekday: int | None = None
    at: time | None = None
    off: bool = False


ANY_FILE = "file"
"""The thing of a `Source` that is an attachment: it may show every text of its case."""


@dataclass(frozen=True, slots=True)
class Source:
    """A message, and a thing of the case ("A4") that it made, or whose text the bot showed in answer to it."""

    case_ref: str
    event_id: str
    thing: str
    said_by: str
    made: bool


CaseRecord = (
    Participant | Meeting | AgendaItem | Decision | Action | OutOfSight | Signal | SignalFact | Inquiry
)
"""What a person can change in a case, and take back."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one message changed in a running meeting, so that whoever typed it can take it back.

    `before` are the records as they were, `after` as they became; a record that was made is in `after` only.
    """

    case_ref: str
    event_id: str
    user_id: str
    taken_at: datetime
    before: tuple[CaseRecord, ...]
    after: tuple[CaseRecord, ...]


@dataclass(frozen=True, slots=True)
class Poll:
    """A question with answers to tap: a vote of everybody in the case, or a question to one person (`asked_of`).

    A vote has a `text` and `options` that somebody typed, and is counted. What one person is asked about an action
    has fixed words; `means` is the command that each answer stands for, without its prefix.
    """

    case_ref: str
    number: int
    opened_at: datetime
    opened_by: str
    text: KeptText | None = None
    options: tuple[KeptText, ...] = ()
    closed_at: datetime | None = None
    about: str | None = None
    """The action that is asked about; the poll is over when that changes."""
    asked_of: str | None = None
    means: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Names the message that asks it."""
        return f"poll:{self.case_ref}:{self.number}"


@dataclass(frozen=True, slots=True)
class Ballot:
    """Somebody's last answer to a poll: the place of the option they chose."""

    case_ref: str
    poll: int
    user_id: str
    choice: int


Record = (
    Case
    | Participant
    | Meeting
    | AgendaItem
    | Decision
    | Closing
    | Action
    | OutOfSight
    | Signal
    | SignalFact
    | SignalShown
    | Inquiry
    | Handover
    | Question
    | Person
    | Pin
    | DigestPlan
    | Explanation
    | Source
    | Step
    | Poll
    | Ballot
    | Retention
    | Destruction
    | CaseBasis
    | Remark
    | Restriction
    | Incident
)

KEYS: dict[type[Record], tuple[str, ...]] = {
    Case: ("ref",),
    Participant: ("case_ref", "user_id"),
    Meeting: ("case_ref", "number"),
    AgendaItem: ("case_ref", "number"),
    Decision: ("case_ref", "number"),
    Closing: ("case_ref", "number"),
    Action: ("case_ref", "number"),
    OutOfSight: ("case_ref", "number"),
    Signal: ("number",),
    SignalFact: ("signal", "number"),
    SignalShown: ("signal", "event_id"),
    Inquiry: ("case_ref", "number"),
    Handover: ("id",),
    Question: ("room_id", "user_id"),
    Person: ("user_id",),
    Pin: ("user_id",),
    DigestPlan: ("user_id",),
    Source: ("case_ref", "event_id", "thing"),
    Step: ("case_ref", "event_id"),
    Poll: ("case_ref", "number"),
    Ballot: ("case_ref", "poll", "user_id"),
    CaseBasis: ("case_ref", "number"),
    Remark: ("case_ref", "number"),
    Restriction: ("case_ref", "number"),
    Explanation: ("key", "place"),
    Retention: ("case_ref",),
    Destruction: ("number",),
    Incident: ("number",),
}
