"""What a command is: a value. Help, documentation, permission and parsing are derived from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.core.access.trusting import is_verified
from bot.core.permissions import RIGHTS, Right, functions_of
from bot.core.records.cases import Function
from bot.core.records.people import Person
from bot.core.reminding.hours import Roster
from bot.core.text import Language, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.core.casefile import CaseFile, SignalFile
    from bot.core.effects import Effects
    from bot.core.guard import Guard, Kept, Refused
    from bot.core.records.cases import Participant
    from bot.core.records.explanations import Explanation
    from bot.core.records.handovers import Handover
    from bot.core.records.incidents import Incident
    from bot.core.records.meetings import Ballot, Poll
    from bot.core.records.people import DigestPlan, Pin
    from bot.core.records.trail import Question, Source, Step
    from bot.core.region import Region


class Where(StrEnum):
    """Where a command may be typed."""

    CASE = "case"
    CASE_OR_DIRECT = "case or direct"
    DIRECT = "direct"
    ANYWHERE = "anywhere"


EVERYBODY = RIGHTS[Right.TAKE_PART]
CHAIRS = RIGHTS[Right.LEAD]
SEATING = RIGHTS[Right.SEAT]
COORDINATORS = RIGHTS[Right.OPEN_CASES]
CONTACT_POINTS = RIGHTS[Right.SERVE_RIGHTS]


class Kind(StrEnum):
    """The type of a parameter."""

    TEXT = "text"
    ACTION = "action"
    ROLE = "role"
    PERSON = "person"
    WHEN = "when"
    CASE = "case"
    CHOICE = "choice"


_SPACE = Text(" ", " ")


@dataclass(frozen=True, slots=True)
class Parameter:
    """`before` is what is typed between it and what stands in front of it."""

    name: Text
    kind: Kind
    optional: bool = False
    before: Text = _SPACE

    def written(self, language: Language) -> str:
        plain = f"{self.before(language)}<{self.name(language)}>"
        return f" [{plain.strip()}]" if self.optional else plain


@dataclass(frozen=True, slots=True)
class Request:
    """A message as an executor sees it.

    `at` is the local moment the event was sent, `now` the local moment it is handled. `text` is what followed
    the command word, or the answer to a question. `case` is the case of the room, `direct` says that the room
    is the sender's own chat with the bot; `bot` is the bot's own user id. `served` is the case that a contact point
    names. `cases` are those the sender sits in that are open, have something left to do or are named in the message. For
    a coordinator of the region, in their own chat, also those that are named, and all of the region where the command
    asks for them (`Command.all_open`, `looks_back`). `people` holds every known person
    among those concerned, `pins` their pinned identities, `plans` their weekly digests, `questions` all open
    questions in this room. `explanations` are of what the bot said here unasked, newest first, and of what it said
    elsewhere about the same actions; `replied_to` is the key of the message replied to, "" for any other of the
    bot's. Of the
    case of the room: `steps` can be taken back, `polls` are open and `ballots` answer them. `sources` tell what
    the message that is edited had made; `begun_in` is the message with which this conversation began.
    """

    region: Region
    guard: Guard
    sender: str
    room_id: str
    event_id: str
    at: datetime
    now: datetime
    text: str = ""
    language: Language = Language.NL
    bot: str = ""
    direct: bool = False
    case: CaseFile | None = None
    cases: tuple[CaseFile, ...] = ()
    served: CaseFile | None = None
    people: Mapping[str, Person] = field(default_factory=dict)
    pins: Mapping[str, Pin] = field(default_factory=dict)
    plans: Mapping[str, DigestPlan] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    steps: tuple[Step, ...] = ()
    polls: tuple[Poll, ...] = ()
    ballots: tuple[Ballot, ...] = ()
    sources: tuple[Source, ...] = ()
    seats: tuple[Participant, ...] = ()
    """Every seat, in cases open and closed, of the sender and of who is named here or in what they were asked."""
    signals: tuple[SignalFile, ...] = ()
    """Those that the sender noted, wherever they are now; for a coordinator all without a case too."""
    handovers: tuple[Handover, ...] = ()
    """What other regions offer us and nobody has answered yet, in the chat of a coordinator."""
    next_signal: int = 1
    """The number that the next signal of the region gets."""
    incident: Incident | None = None
    """The last that was declared, whether it still runs or not."""
    begun_in: str | None = None
    explanations: tuple[Explanation, ...] = ()
    replied_to: str | None = None
    replies: bool = False
    """The text is addressed to the bot as an answer: a reply to its question, or with the command prefix."""

    @property
    def file(self) -> CaseFile:
        """The case of the room, for commands that are taken nowhere else."""
        assert self.case is not None, "the registry takes this command in the room of a case only"
        return self.case

    def keep(self, text: str, *, max_length: int) -> Kept | Refused:
        """The text as it may be stored here: a theme room keeps nothing that points at a case."""
        return self.guard.keep(
            text, max_length=max_length, theme=self.case is not None and self.case.is_theme
        )

    @property
    def roster(self) -> Roster:
        """When everybody concerned may be rung."""
        return Roster(self.region, self.people)

    @property
    def person(self) -> Person:
        """What is known of the sender, apart from any case."""
        return self.people.get(self.sender) or Person(self.sender)

    @property
    def ref(self) -> str | None:
        return self.case.ref if self.case else None

    @property
    def seat(self) -> Participant | None:
        return self.case.seat_of(self.sender) if self.case else None

    @property
    def vote(self) -> Poll | None:
        """The vote that is open in the case."""
        votes = (poll for poll in self.polls if poll.case_ref == self.ref and not poll.means)
        return next((poll for poll in votes if poll.closed_at is None), None)

    @property
    def coordinates(self) -> bool:
        """Whether the region names the sender a coordinator."""
        return self.sender in self.region.coordinators

    @property
    def appointed(self) -> frozenset[Function]:
        """What the configuration makes the sender, compared or not."""
        region = self.region
        named = ((Function.COORDINATOR, region.coordinators), (Function.CONTACT_POINT, region.contact_points))
        return frozenset(function for function, users in named if self.sender in users)

    @property
    def verified(self) -> bool:
        """Whether the sender's identity was compared, by emoji or by fingerprint."""
        return is_verified(self.pins.get(self.sender))

    @property
    def functions(self) -> frozenset[Function]:
        """What the sender may do here."""
        return functions_of(self.sender, self.seat, self.region, self.pins.get(self.sender))


@dataclass(frozen=True, slots=True)
class Asks:
    """A question of a command. Its name is stored with the half-made command, until the answer comes."""

    name: str
    weighs: bool = False
    """Whether a yes ends, hands over or agrees something: between colleagues a bare "ja" is soon said to somebody
    else, so in a room it counts only as the very next message."""


ASKS_CASE, ASKS_SUGGESTION, ASKS_EDITED = Asks("case"), Asks("suggestion"), Asks("edited")
"""Asked for any command: which case, whether this command was meant, whether an edited message is to count."""


@dataclass(frozen=True, slots=True, eq=False)  # each is only itself
class Command:
    """A command. `name` may be two words ("overleg start")."""

    name: Text
    who: frozenset[Function]
    where: Where
    help: Text
    examples: tuple[Text, ...]
    execute: Callable[[Request], Effects]
    parameters: tuple[Parameter, ...] = ()
    aliases: tuple[Text, ...] = ()
    closed: bool = False
    """Whether it is taken in a closed case: it reads, tells of what is left to do there, or puts something right.
    Everything else needs the case open, so a command that forgets to say so does no harm."""
    looks_back: bool = False
    """Whether it counts over closed cases too, so that `Request.cases` holds all of them."""
    all_open: bool = False
    """Whether a coordinator's answer goes over all open cases of the region. For every other command `Request.cases`
    holds those in which they sit or which they name: a region may have thousands."""
    by_line: bool = False
    """Whether line breaks in the text mean something; elsewhere they are spaces."""
    in_theme: bool = True
    """Whether it is taken in a theme room too; not what is about a person or a case."""
    in_full: bool = False
    """Whether help says what it does: the six that a participant needs (domain 7.1). Others are named only, to fit a phone."""
    answer: Callable[[Request, Question], Effects | None] | None = None
    """Takes a plain message as the answer to this command's question; None = it is no answer, leave it be."""
    asks: tuple[Asks, ...] = ()
    """Its questions that may stay without an answer: what was typed is recorded already, or is not lost."""
    waits_for: tuple[Asks, ...] = ()
    """Its questions without whose answer nothing is recorded, while who typed it thinks it is."""

    def question(self, name: str) -> Asks | None:
        """What it asks by this name; None where it asks no such thing, or does so no longer."""
        declared = (*self.asks, *self.waits_for, ASKS_CASE, ASKS_SUGGESTION, ASKS_EDITED)
        return next((asks for asks in declared if asks.name == name), None)

    def syntax(self, language: Language) -> str:
        return f"!{self.name(language)}{''.join(p.written(language) for p in self.parameters)}"
