"""The signal: its records and its states. Everything that affects a transition lives in this file.

Source: the five steps by which a worry becomes a lasting approach, each of which keeps what was said before
(domain, section 2.1 step 0, and A11). Beside them stands "cannot be tested" (A17): worries were shared and nothing
followed because nobody could test them. So that state needs what would make it testable, who looks, and when; it
leads on like every other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.core.guard import KeptText
from bot.core.records.states import StateTable
from bot.core.text import Text


class SignalState(StrEnum):
    NOTED = "noted"
    INVESTIGATED = "investigated"
    DISCUSSED = "discussed"
    APPROACH = "approach"
    CONTINUING = "continuing"
    NOT_TESTABLE = "not_testable"


class SignalStep(StrEnum):
    """What can happen to a signal. None of them ends it: it goes with its case, or with `wis`."""

    NOTE = "note"
    ADD = "add"
    TRIAGE = "triage"
    LINK = "link"
    INVESTIGATE = "investigate"
    DISCUSS = "discuss"
    WAIT = "wait"
    """Doing nothing for now: a decision, with its reason and a day to look again (A4)."""
    APPROACH = "approach"
    CONTINUE = "continue"
    CANNOT_TEST = "cannot_test"


@dataclass(frozen=True, slots=True)
class Signal:
    """A worry: which role saw something, and how far it has come; what was seen is its first `SignalFact`.

    Its number is one of the whole region and stays when a case takes it in (`case_ref`), so that whoever shared it
    finds it again. `kind` is a type of the protocol, `seen_on` the day of the event where one was told. Without a
    case it comes back on the day `review`: `nudge_at` is the instant of the next nudge, `nudge_step` the last step.
    """

    number: int
    case_ref: str | None
    state: SignalState
    source: str
    noted_at: datetime
    noted_by: str
    updated_at: datetime
    kind: str | None = None
    seen_on: date | None = None
    review: date | None = None
    nudge_step: int | None = None
    nudge_at: datetime | None = None

    @property
    def id(self) -> str:
        return f"S{self.number}"


@dataclass(frozen=True, slots=True)
class SignalFact:
    """One step of a signal in the words of that day, by the role `source`; `state` is where it led.

    Facts are added and never changed; only `wis` empties their texts. `tester` is who can test it or looks again,
    `day` when. `criteria` are the ticked boxes of the triage, counted from 1.
    """

    signal: int
    number: int
    case_ref: str | None
    step: SignalStep
    state: SignalState
    text: KeptText
    source: str
    added_at: datetime
    added_by: str
    reason: KeptText | None = None
    tester: str | None = None
    day: date | None = None
    criteria: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        """That of its signal: a person knows no other."""
        return f"S{self.signal}"


@dataclass(frozen=True, slots=True)
class SignalShown:
    """A message in a direct chat in answer to which the bot showed the text of a signal; for `wis`."""

    signal: int
    event_id: str


S, T = SignalState, SignalStep

_ANYWHERE: dict[tuple[SignalState, SignalStep], SignalState] = {
    (state, step): state for step in (T.ADD, T.TRIAGE, T.LINK) for state in S
}
"""What adds to a signal in whatever state it is."""

TRANSITIONS = StateTable[SignalState, SignalStep](
    {
        (S.NOTED, T.INVESTIGATE): S.INVESTIGATED,
        (S.NOTED, T.DISCUSS): S.DISCUSSED,
        (S.NOTED, T.WAIT): S.DISCUSSED,
        (S.NOTED, T.CANNOT_TEST): S.NOT_TESTABLE,
        (S.NOT_TESTABLE, T.INVESTIGATE): S.INVESTIGATED,
        (S.NOT_TESTABLE, T.DISCUSS): S.DISCUSSED,
        (S.NOT_TESTABLE, T.WAIT): S.DISCUSSED,
        (S.NOT_TESTABLE, T.CANNOT_TEST): S.NOT_TESTABLE,
        (S.INVESTIGATED, T.INVESTIGATE): S.INVESTIGATED,
        (S.INVESTIGATED, T.DISCUSS): S.DISCUSSED,
        (S.INVESTIGATED, T.WAIT): S.DISCUSSED,
        (S.INVESTIGATED, T.CANNOT_TEST): S.NOT_TESTABLE,
        (S.DISCUSSED, T.INVESTIGATE): S.INVESTIGATED,
        (S.DISCUSSED, T.DISCUSS): S.DISCUSSED,
        (S.DISCUSSED, T.WAIT): S.DISCUSSED,
        (S.DISCUSSED, T.CANNOT_TEST): S.NOT_TESTABLE,
        (S.DISCUSSED, T.APPROACH): S.APPROACH,
        (S.APPROACH, T.INVESTIGATE): S.INVESTIGATED,
        (S.APPROACH, T.DISCUSS): S.DISCUSSED,
        (S.APPROACH, T.CONTINUE): S.CONTINUING,
        (S.CONTINUING, T.INVESTIGATE): S.INVESTIGATED,
        (S.CONTINUING, T.DISCUSS): S.DISCUSSED,
        (S.CONTINUING, T.CONTINUE): S.CONTINUING,
        **_ANYWHERE,
    }
)
after = TRANSITIONS.after

WAITING = frozenset({S.NOTED, S.NOT_TESTABLE, S.INVESTIGATED})
"""States of a signal that nobody has discussed yet: the meeting sees it."""

STATE_NAMES: dict[SignalState, Text] = {
    S.NOTED: Text("opgevangen", "noted"),
    S.INVESTIGATED: Text("onderzocht", "investigated"),
    S.DISCUSSED: Text("besproken", "discussed"),
    S.APPROACH: Text("aanpak", "approach"),
    S.CONTINUING: Text("doorlopend", "continuing"),
    S.NOT_TESTABLE: Text("niet te toetsen", "not testable"),
}

STEP_NAMES: dict[SignalStep, Text] = {
    T.NOTE: Text("opgevangen", "noted"),
    T.ADD: Text("aanvulling", "addition"),
    T.TRIAGE: Text("triage", "triage"),
    T.LINK: Text("gekoppeld", "linked"),
    T.INVESTIGATE: Text("onderzocht", "investigated"),
    T.DISCUSS: Text("besproken", "discussed"),
    T.WAIT: Text("niets doen", "do nothing"),
    T.APPROACH: Text("aanpak", "approach"),
    T.CONTINUE: Text("doorlopend", "continuing"),
    T.CANNOT_TEST: Text("niet te toetsen", "not testable"),
}
