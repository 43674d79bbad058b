"""A meeting and what it works with: agenda items, decisions, polls and their ballots; how it and its agenda go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.guard import KeptText
from bot.core.records.states import StateTable
from bot.core.text import Text


class MeetingState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class MeetingStep(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


class AgendaState(StrEnum):
    WAITING = "waiting"
    CURRENT = "current"
    TREATED = "treated"


class AgendaStep(StrEnum):
    TAKE_UP = "take_up"
    TREAT = "treat"


M, A = MeetingState, AgendaState

TRANSITIONS = StateTable[MeetingState, MeetingStep](
    {
        (M.RUNNING, MeetingStep.PAUSE): M.PAUSED,
        (M.RUNNING, MeetingStep.END): M.ENDED,
        (M.PAUSED, MeetingStep.RESUME): M.RUNNING,
        (M.PAUSED, MeetingStep.END): M.ENDED,
    }
)
after = TRANSITIONS.after

AGENDA_TRANSITIONS = StateTable[AgendaState, AgendaStep](
    {
        (A.WAITING, AgendaStep.TAKE_UP): A.CURRENT,
        (A.CURRENT, AgendaStep.TREAT): A.TREATED,
    }
)
"""What was not taken up stays on the agenda for the next meeting."""

STATE_NAMES: dict[MeetingState, Text] = {
    M.RUNNING: Text("loopt", "running"),
    M.PAUSED: Text("gepauzeerd", "paused"),
    M.ENDED: Text("afgelopen", "ended"),
}
STEP_NAMES: dict[MeetingStep, Text] = {
    MeetingStep.PAUSE: Text("pauze", "pause"),
    MeetingStep.RESUME: Text("verder", "resume"),
    MeetingStep.END: Text("stop", "stop"),
}
AGENDA_STATE_NAMES: dict[AgendaState, Text] = {
    A.WAITING: Text("staat nog open", "waiting"),
    A.CURRENT: Text("nu aan de orde", "current"),
    A.TREATED: Text("behandeld", "treated"),
}
AGENDA_STEP_NAMES: dict[AgendaStep, Text] = {
    AgendaStep.TAKE_UP: Text("aan de beurt", "taken up"),
    AgendaStep.TREAT: Text("klaar", "done"),
}


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
