"""A meeting and what it works with: agenda items, decisions, polls and their ballots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.guard import KeptText


class MeetingState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class AgendaState(StrEnum):
    WAITING = "waiting"
    CURRENT = "current"
    TREATED = "treated"


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
