"""When somebody is to be asked about an action: the ladder of domain section 7.4, and when an action stalls.

The holder is asked before, on and after the date; then the case coordinator, then the process coordinator. A holder
is also asked whether a new action was seen, and how it stands before a meeting: each once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.core.dates.calendar import (
    add_working_days,
    at_local,
    local_day,
    this_or_next_working_day,
    this_or_previous_working_day,
    working_days_between,
)
from bot.core.records.actions import RUNNING, ActionState, is_withheld
from bot.core.records.explanations import Receiver
from bot.core.region import FUNCTION_LABELS, LADDER

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action
    from bot.core.region import Region, Timing
    from bot.core.reminding.hours import Roster

COORDINATORS = frozenset({Receiver.CASE_COORDINATOR, Receiver.PROCESS_COORDINATOR})
_FURTHEST = 60
"""Days that a step may move to a day on which its receiver works; past that it is not taken."""


class StallReason(StrEnum):
    """Why an action counts as stalled; derived, never stored."""

    HOLDER_LEFT = "holder_left"
    NOT_PROVIDED = "not_provided"
    """Professional secrecy: a full answer. The meeting decides how it goes on."""
    OVERDUE = "overdue"
    POSTPONED = "postponed"
    NO_LOOK_BACK = "no_look_back"


@dataclass(frozen=True, slots=True)
class Due:
    """One time that an action is asked about: whom, when, and from which day that was counted.

    `step` is its place on the ladder in working days after `day`; None for what is asked beside the ladder.
    """

    receiver: Receiver
    at: datetime
    day: date
    step: int | None = None


def ladder(timing: Timing) -> tuple[tuple[int, Receiver], ...]:
    """The steps in order, each numbered by its working days after the action's date."""
    return tuple((getattr(timing, term), receiver) for term, receiver in LADDER.items())


def date_of(action: Action) -> date | None:
    """The day that counts: the look-back of a blocked action, else the deadline; None when nobody need act."""
    if action.state is ActionState.BLOCKED:
        return None if is_withheld(action) else action.look_back
    return action.due_date if action.state in RUNNING else None


def schedule(action: Action, file: CaseFile, roster: Roster, *, now: datetime) -> Action:
    """The action with `nudge_at` at the first thing to ask after `now`, or None when nothing is left.

    What has passed is not made up for: who agrees on a date tomorrow needs no reminder of it.
    """
    return replace(
        action, nudge_at=min((d.at for d in dues(action, file, roster) if d.at > now), default=None)
    )


def rescheduled(action: Action, file: CaseFile, roster: Roster, *, now: datetime) -> Action:
    """As `schedule`, from the foot of the ladder: for an action that is new or has another date or state."""
    return schedule(replace(action, nudge_step=None), file, roster, now=now)


def on_other_terms(
    action: Action, before: CaseFile, file: CaseFile, roster: Roster, *, now: datetime
) -> Action:
    """As `schedule`, after its case changed from `before`: whoever was asked is not asked again, and what the new terms
    would have asked by now is asked at the next opening.
    """
    places = [step for step, _ in ladder(roster.region.terms(before.case, action))]
    if action.nudge_step in places:
        new = ladder(roster.region.terms(file.case, action))
        action = replace(action, nudge_step=new[places.index(action.nudge_step)][0])
    if any(due.step is not None and due.at <= now for due in dues(action, file, roster)):
        return replace(action, nudge_at=roster.next_opening((), now))
    return schedule(action, file, roster, now=now)


def passed(action: Action, file: CaseFile, roster: Roster, now: datetime) -> tuple[Due, ...]:
    """What is to be asked now: of the ladder only the highest step after downtime, then what is beside it."""
    gone = [due for due in dues(action, file, roster) if due.at <= now]
    on_ladder = [due for due in gone if due.step is not None][-1:]
    return (*on_ladder, *(due for due in gone if due.step is None))


def dues(action: Action, file: CaseFile, roster: Roster) -> tuple[Due, ...]:
    """Everything that is still to be asked about an action: the ladder in order, then what is beside it."""
    timing = roster.region.terms(file.case, action)
    opening = roster.openings(file, action)
    found = [*_on_ladder(action, timing, opening), _status(action, file, timing, opening)]
    found.append(_seen(action, timing, opening))
    return tuple(due for due in found if due)


def _on_ladder(action: Action, timing: Timing, opening: Callable[[date], datetime | None]) -> list[Due]:
    day = date_of(action)
    if day is None:
        return []
    blocked = action.state is ActionState.BLOCKED
    found = []
    for step, receiver in ladder(timing):
        if (blocked and step < 0) or (action.nudge_step is not None and step <= action.nudge_step):
            continue
        on = _day_of_step(day, step, blocked=blocked)
        at: datetime | None
        if receiver in COORDINATORS:
            at = at_local(on, timing.opens).astimezone(UTC)
        else:
            # A deadline in somebody's free time is announced before it, a question comes when they are back.
            at = _slot(on, opening, -1 if step <= 0 and not blocked else 1)
        # What had passed when somebody last spoke of the action was answered by that.
        if at and at > action.updated_at:
            found.append(Due(receiver, at, day, step))
    return found


def _day_of_step(day: date, step: int, *, blocked: bool) -> date:
    if step:
        return add_working_days(day, step)
    # A blocked action stays silent until its look-back.
    return this_or_next_working_day(day) if blocked else this_or_previous_working_day(day)


def _slot(day: date, opening: Callable[[date], datetime | None], towards: int) -> datetime | None:
    days = (day + timedelta(days=towards * n) for n in range(_FURTHEST))
    return next((at for at in map(opening, days) if at), None)


def _status(
    action: Action, file: CaseFile, timing: Timing, opening: Callable[[date], datetime | None]
) -> Due | None:
    """How it stands, some working days before a planned meeting. A blocked action has said so already."""
    meeting = file.case.next_meeting
    if meeting is None or action.state not in {ActionState.OPEN, ActionState.ACCEPTED}:
        return None
    at = _slot(add_working_days(meeting, -timing.status_round), opening, -1)
    if at is None or (action.status_asked and action.status_asked >= local_day(at)):
        return None
    return Due(Receiver.HOLDER_STATUS, at, meeting)


def _seen(action: Action, timing: Timing, opening: Callable[[date], datetime | None]) -> Due | None:
    """Whether it was seen at all: a room may be muted (domain 7.4). Who was nudged or moved the date has seen it."""
    if action.state is not ActionState.OPEN or action.seen_asked or action.postponed:
        return None
    if action.nudge_step is not None:
        return None
    agreed = local_day(action.updated_at)
    at = _slot(add_working_days(agreed, timing.acknowledge), opening, 1)
    return Due(Receiver.HOLDER_SEEN, at, agreed) if at else None


def is_stalled(action: Action, file: CaseFile, region: Region, today: date) -> StallReason | None:
    """Why the action stalls (domain 7.4), the gravest reason first; None when it does not."""
    timing = region.terms(file.case, action)
    if action.state not in RUNNING:
        return None
    if not file.holders(action) and held_before(action.holder, file):
        return StallReason.HOLDER_LEFT
    if is_withheld(action):
        return StallReason.NOT_PROVIDED
    updated, day = local_day(action.updated_at), date_of(action)
    if day is None and working_days_between(updated, today) >= timing.blocked:
        return StallReason.NO_LOOK_BACK
    if day is not None and working_days_between(max(day, updated), today) >= timing.stalled:
        return StallReason.OVERDUE
    return StallReason.POSTPONED if action.postponed >= timing.postponed else None


def held_before(label: str, file: CaseFile) -> bool:
    """Whether anybody, seated or not any more, was the holder of this name."""
    function = FUNCTION_LABELS.get(label)
    return any(p.label == label or p.function is function for p in file.participants)
