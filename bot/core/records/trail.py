"""What leads from a message to what it made: open questions, sources, and the steps that can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.records.actions import Action
from bot.core.records.cases import Participant
from bot.core.records.inquiries import Inquiry
from bot.core.records.meetings import AgendaItem, Decision, Meeting
from bot.core.records.out_of_sight import OutOfSight
from bot.core.records.signals import Signal, SignalFact
from bot.core.text import Language


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
