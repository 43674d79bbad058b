"""Out of sight: a child, or whoever a case is about, can no longer be found. The effort for them goes on.

Everything that affects a transition lives in this file. That nothing ends because a child is gone, the order
(danger first) and the standing review are those of the protocol in domain section 2.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.core.records.states import StateTable
from bot.core.text import Text

if TYPE_CHECKING:
    pass


class SightState(StrEnum):
    DANGER_ASKED = "danger_asked"
    """Nothing else is done until a person said that there is no acute danger."""
    PROPOSED = "proposed"
    """The steps wait for the chair."""
    FOLLOWED = "followed"
    """The steps are actions."""
    BACK = "back"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"


class SightStep(StrEnum):
    """What can happen while somebody is out of sight."""

    DANGER = "danger"
    NO_DANGER = "no_danger"
    AGREE = "agree"
    FOLLOW_ANOTHER = "follow_another"
    COME_BACK = "come_back"
    HAND_OVER = "hand_over"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class OutOfSight:
    """One time that somebody is out of sight; no word about them is in it.

    `day_zero` is the local day from which days are counted, `protocol` the name of the one that is followed.
    `decision` and `closing` are numbers of decisions: why it began, and how it ended.
    `review` is the number of the standing review, an action. Until the steps are agreed on, `changes` tells by step
    what the chair wants else: "-" to leave it out, "A4" to do it together with that action, or another holder; then
    `steps` has the number of the action of each step.
    """

    case_ref: str
    number: int
    protocol: str
    state: SightState
    day_zero: date
    started_at: datetime
    started_by: str
    decision: int
    review: int
    changes: tuple[tuple[str, str], ...] = ()
    steps: tuple[tuple[str, int], ...] = ()
    ended_at: datetime | None = None
    closing: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody saw them, took them over or decided otherwise yet."""
        return self.state in OPEN


S, T = SightState, SightStep

TRANSITIONS = StateTable[SightState, SightStep](
    {
        (S.DANGER_ASKED, T.DANGER): S.DANGER_ASKED,
        (S.DANGER_ASKED, T.NO_DANGER): S.PROPOSED,
        (S.DANGER_ASKED, T.COME_BACK): S.BACK,
        (S.PROPOSED, T.AGREE): S.FOLLOWED,
        (S.PROPOSED, T.COME_BACK): S.BACK,
        (S.PROPOSED, T.CLOSE): S.CLOSED,
        (S.FOLLOWED, T.FOLLOW_ANOTHER): S.DANGER_ASKED,
        (S.FOLLOWED, T.COME_BACK): S.BACK,
        (S.FOLLOWED, T.HAND_OVER): S.HANDED_OVER,
        (S.FOLLOWED, T.CLOSE): S.CLOSED,
    }
)
after = TRANSITIONS.after

OPEN = frozenset({S.DANGER_ASKED, S.PROPOSED, S.FOLLOWED})

STATE_NAMES: dict[SightState, Text] = {
    S.DANGER_ASKED: Text("acuut gevaar gevraagd", "acute danger asked"),
    S.PROPOSED: Text("stappen voorgesteld", "steps proposed"),
    S.FOLLOWED: Text("stappen lopen", "steps followed"),
    S.BACK: Text("terug in beeld", "back in sight"),
    S.HANDED_OVER: Text("overgedragen", "handed over"),
    S.CLOSED: Text("afgesloten", "closed"),
}

STEP_NAMES: dict[SightStep, Text] = {
    T.DANGER: Text("acuut", "acute"),
    T.NO_DANGER: Text("niet acuut", "not acute"),
    T.AGREE: Text("akkoord", "agreed"),
    T.FOLLOW_ANOTHER: Text("protocol erbij", "another protocol"),
    T.COME_BACK: Text("gezien", "seen"),
    T.HAND_OVER: Text("overgedragen en aangenomen", "handed over and accepted"),
    T.CLOSE: Text("besluit van de voorzitter", "decision of the chair"),
}
