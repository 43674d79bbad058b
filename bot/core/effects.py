"""What a command or the clock wants done: records to keep, things to send, lines for the audit log.

An executor returns `Effects` and does nothing itself; the store carries them out in one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.core.permissions import Right
from bot.core.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from bot.core.records.kinds import Record
    from bot.core.text import Language


@dataclass(frozen=True, slots=True)
class ToRoom:
    """A room that exists."""

    room_id: str


@dataclass(frozen=True, slots=True)
class ToCase:
    """The room of a case, also while it is still being made."""

    ref: str


@dataclass(frozen=True, slots=True)
class ToPerson:
    """Somebody's direct chat; what is said waits until they have accepted it."""

    user_id: str


@dataclass(frozen=True, slots=True)
class ToHandover:
    """The room in which two regions hand a case over, also while it is still being made."""

    id: str


Address = ToRoom | ToCase | ToPerson | ToHandover


class Loudness(StrEnum):
    """Whether a client rings: only nudges do, and they carry no case text (rule 7)."""

    NOTICE = "m.notice"
    NUDGE = "m.text"


@dataclass(frozen=True, slots=True)
class Say:
    """An encrypted message. `in_reply_to` is an event id; `mentions` ring where the client rings at all."""

    to: Address
    message: Message
    loudness: Loudness = Loudness.NOTICE
    in_reply_to: str | None = None
    mentions: tuple[str, ...] = ()
    key: str | None = None
    """Unique name of this message where one event or day may cause it only once."""
    about: tuple[str, ...] = ()
    """The cases that somebody's own chat hears of here; the room of a case needs none (`bot.core.access.receiving`)."""
    right: Right = Right.CASE_WORDS
    """What its reader must still have when it leaves."""
    asked_by: str | None = None
    """Who had the bot tell this to somebody without a seat (rule 9)."""


class FileKind(StrEnum):
    """What can be attached, by the ending of its file name."""

    PDF = "pdf"
    MARKDOWN = "md"
    JSON = "json"
    CALENDAR = "ics"
    TIMELINE = "png"


@dataclass(frozen=True, slots=True)
class SendFile:
    """An encrypted attachment about a case. Only what to draw is kept: it is drawn, words and all, when it leaves.

    `reader` asked for it on the local day `on`; who has left the case by the time it leaves gets nothing.
    """

    to: Address
    kind: FileKind
    ref: str
    reader: str
    on: date
    language: Language
    meeting: int | None = None
    """Its number, where the file is about one meeting."""
    in_reply_to: str | None = None
    right: Right = Right.CASE_FILE
    """What `reader` must still have when it leaves; an export for a request for access is another file."""


@dataclass(frozen=True, slots=True)
class Week:
    """Actions at the end of `day`: its Sunday, or today. Of those `running`, no action is both late and blocked."""

    day: date
    running: int
    late: int
    blocked: int

    @property
    def on_schedule(self) -> int:
        return self.running - self.late - self.blocked


@dataclass(frozen=True, slots=True)
class SendWeeks:
    """An encrypted picture of the region, week by week. Figures alone are kept: it is drawn when it leaves."""

    to: Address
    weeks: tuple[Week, ...]
    on: date
    language: Language
    in_reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class SendAudit:
    """The lines of the audit log from `since` (UTC) on, as an encrypted attachment to the one who started an incident.

    The lines themselves are kept nowhere else: they are read when it leaves.
    """

    to: ToPerson
    incident: int
    since: datetime
    language: Language
    in_reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class OpenCaseRoom:
    """Create the room of a case: encrypted, invite only, named by the reference alone."""

    ref: str


@dataclass(frozen=True, slots=True)
class OpenHandoverRoom:
    """Create the room of a handover: encrypted, invite only, named by the reference alone."""

    id: str
    ref: str


@dataclass(frozen=True, slots=True)
class SendLetter:
    """A message about a handover that a person reads and the bot of another region understands.

    `letter` is its structure (`handovers.written`). It waits until `reader` can have its key: what the other side
    cannot read would be lost.
    """

    to: ToHandover
    message: Message
    letter: Mapping[str, Any]
    reader: str


@dataclass(frozen=True, slots=True)
class OpenDirect:
    """Create the direct chat with somebody and invite them."""

    user_id: str


@dataclass(frozen=True, slots=True)
class Invite:
    to: Address
    user_id: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Take somebody out of a room."""

    to: Address
    user_id: str


@dataclass(frozen=True, slots=True)
class Join:
    room_id: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave a room, or decline its invitation."""

    room_id: str


@dataclass(frozen=True, slots=True)
class React:
    """A reaction with fixed words; never encrypted, so it carries nothing of the case."""

    room_id: str
    event_id: str
    words: str


@dataclass(frozen=True, slots=True)
class SayPlain:
    """Fixed words to a room without encryption; nothing typed by anybody goes this way."""

    room_id: str
    words: str


@dataclass(frozen=True, slots=True)
class Vouch:
    """A coordinator's word on the comparison with this code: whether both sides saw the same emoji.

    `room_id` is their chat, `event_id` what they typed there: they are answered once it is known what it did.
    """

    room_id: str
    event_id: str
    code: str
    same: bool
    by: str
    language: Language


@dataclass(frozen=True, slots=True)
class Restore:
    """Put a setting of one of the bot's rooms back to what it must be; `kind` is the state event's type."""

    room_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Redact:
    """Take back one message of the bot."""

    room_id: str
    event_id: str


@dataclass(frozen=True, slots=True)
class TakeAllBack:
    """Take back every message of the bot, however old, in the rooms of a case that was destroyed; then leave them.

    `rooms` are that of the case, `room_id`, and those of its handovers.
    """

    room_id: str
    rooms: tuple[str, ...]
    destruction: int


@dataclass(frozen=True, slots=True)
class Certify:
    """State that a case was destroyed: to the ledger beside the backups, and to the coordinators."""

    room_id: str
    destruction: int


@dataclass(frozen=True, slots=True)
class SendPoll:
    """A question with answers to tap (MSC3381); clients without polls show its words. `key`, `about` as of `Say`.

    A client announces the question, so it holds no case text (rule 7).
    """

    to: Address
    question: str
    options: tuple[str, ...]
    key: str
    language: Language
    loudness: Loudness = Loudness.NOTICE
    about: tuple[str, ...] = ()

    @property
    def message(self) -> Message:
        """What a lock screen shows of it."""
        return Message((self.question,))


@dataclass(frozen=True, slots=True)
class EndPoll:
    """Close the poll that was sent under `key`; clients then take no more answers."""

    to: Address
    key: str
    words: str
    about: tuple[str, ...] = ()


Outgoing = (
    SendPoll
    | EndPoll
    | Redact
    | TakeAllBack
    | Certify
    | Say
    | SendLetter
    | OpenHandoverRoom
    | SendFile
    | SendWeeks
    | SendAudit
    | OpenCaseRoom
    | OpenDirect
    | Invite
    | Remove
    | Join
    | Leave
    | React
    | SayPlain
    | Restore
    | Vouch
)


@dataclass(frozen=True, slots=True)
class Logged:
    """A line for the audit log: what happened to which thing, never the content (NEN 7513).

    `on_behalf_of` is the role that the actor spoke for, where that is not their own.
    """

    event: str
    case_ref: str | None = None
    thing: str | None = None
    on_behalf_of: str | None = None


@dataclass(frozen=True, slots=True)
class Wiped:
    """The text of this thing is gone for good, so every message of the bot that showed it is taken back.

    Only a signal can be without a case. `trail`: what could still be undone in this case, and half-made commands in
    its room, go with it.
    """

    case_ref: str | None
    thing: str
    trail: bool = False


@dataclass(frozen=True, slots=True)
class Destroyed:
    """Nothing may be left of this case but that it was destroyed."""

    case_ref: str


@dataclass(frozen=True, slots=True)
class Effects:
    """Everything that one event causes: all of it, or nothing. Nothing where something in `make` is there already."""

    keep: tuple[Record, ...] = ()
    drop: tuple[Record, ...] = ()
    send: tuple[Outgoing, ...] = ()
    log: tuple[Logged, ...] = ()
    wiped: tuple[Wiped, ...] = ()
    destroyed: tuple[Destroyed, ...] = ()
    make: tuple[Record, ...] = ()

    def __add__(self, other: Effects) -> Effects:
        return Effects(
            self.keep + other.keep,
            self.drop + other.drop,
            self.send + other.send,
            self.log + other.log,
            self.wiped + other.wiped,
            self.destroyed + other.destroyed,
            self.make + other.make,
        )

    @property
    def records(self) -> tuple[Record, ...]:
        """All that is kept, new or not."""
        return self.make + self.keep

    def keeping(self, *records: Record) -> Effects:
        return replace(self, keep=self.keep + records)
