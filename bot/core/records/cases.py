"""The case's states. Everything that affects a transition lives in this file.

A case is closed by a reasoned decision, once every action in it has an end (domain 2.1, step 10). What is then agreed
for aftercare are ordinary actions in the closed case; more than that needs the case open again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.core.guard import KeptText
from bot.core.records.actions import RUNNING, ActionState
from bot.core.records.states import StateTable
from bot.core.records.themes import ThemeState
from bot.core.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.core.records.actions import Action


REFERENCE: Final = re.compile(r"[A-Z]{1,5}-\d{4}-\d{1,6}", re.IGNORECASE | re.ASCII)
"""How a case is named, in the case system and here."""


class CaseState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class CaseStep(StrEnum):
    """What can happen to a case."""

    CLOSE = "close"
    REOPEN = "reopen"


TRANSITIONS = StateTable[CaseState, CaseStep](
    {
        (CaseState.OPEN, CaseStep.CLOSE): CaseState.CLOSED,
        (CaseState.CLOSED, CaseStep.REOPEN): CaseState.OPEN,
    }
)
after = TRANSITIONS.after

STATE_NAMES: dict[CaseState, Text] = {
    CaseState.OPEN: Text("open", "open"),
    CaseState.CLOSED: Text("gesloten", "closed"),
}


@dataclass(frozen=True, slots=True)
class Closing:
    """One time that a case was closed; what was said about it is the text of its decision.

    `answers` are those to the questions of the protocol, question by answer, each the key of its text; a question
    that was passed over is not there. `receiver` takes care of what remains; None: nobody need.
    """

    case_ref: str
    number: int
    closed_at: datetime
    closed_by: str
    decision: int
    receiver: str | None
    answers: tuple[tuple[str, str], ...]


STEP_NAMES: dict[CaseStep, Text] = {
    CaseStep.CLOSE: Text("sluiten", "close"),
    CaseStep.REOPEN: Text("heropenen", "reopen"),
}

WITHOUT_END = RUNNING | {ActionState.PROPOSED}
"""States of an action in which a case cannot be closed: somebody would go on waiting for it."""


def without_end(actions: Iterable[Action]) -> tuple[Action, ...]:
    """The actions that keep a case from being closed."""
    return tuple(action for action in actions if action.state in WITHOUT_END)


class Function(StrEnum):
    """What somebody may do in a case. Power levels of the room never grant one."""

    CHAIR = "chair"
    PROCESS_COORDINATOR = "process_coordinator"
    CASE_COORDINATOR = "case_coordinator"
    COORDINATOR = "coordinator"
    PARTICIPANT = "participant"
    CONTACT_POINT = "contact_point"
    """Answers for the rights of whom a case is about (BGS: the contactpunt); of the region, never a seat."""


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
