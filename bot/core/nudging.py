"""Who is asked about an action, when and in what words, so that agreements do not quietly stall.

The ladder is domain section 7.4: the holder before, on and after the date; then the case coordinator, then the
process coordinator, each in private. What goes further needs a person's word (rule 9 of the design). A person
is nudged at most once per local day, inside working hours; what rings shows references and dates only (rule 7).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.core.actions import RUNNING, ActionState
from bot.core.calendar import (
    AMSTERDAM,
    add_working_days,
    at_local,
    is_working_day,
    next_working_day,
    this_or_next_working_day,
    this_or_previous_working_day,
    working_days_between,
)
from bot.core.effects import Effects, Logged, Loudness, Say, ToCase, ToPerson
from bot.core.model import CaseState, Function, Person
from bot.core.nudge_words import Call, Receiver, explains, mention, rings
from bot.core.region import FUNCTION_LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.core.casefile import CaseFile
    from bot.core.model import Action, Participant
    from bot.core.region import Region, Timing

STALLED_AFTER = 5
"""Working days over the date without an update (domain 7.4)."""
STALLED_POSTPONED = 2
STALLED_BLOCKED = 10
"""Working days blocked without a day to look again (domain 7.4)."""

_BETWEEN_MENTIONS = timedelta(days=7)
_LAST_OF_THE_WEEK = timedelta(hours=1)


class StallReason(StrEnum):
    """Why an action counts as stalled; derived, never stored."""

    HOLDER_LEFT = "holder_left"
    OVERDUE = "overdue"
    POSTPONED = "postponed"
    NO_LOOK_BACK = "no_look_back"


def ladder(timing: Timing) -> tuple[tuple[int, Receiver], ...]:
    """The steps in order, each numbered by its working days after the action's date."""
    steps = {
        timing.reminder: Receiver.HOLDER,
        timing.on_the_day: Receiver.HOLDER,
        timing.after: Receiver.HOLDER,
        timing.offer_help: Receiver.HOLDER_WITH_HELP,
        timing.case_coordinator: Receiver.CASE_COORDINATOR,
        timing.process_coordinator: Receiver.PROCESS_COORDINATOR,
    }
    return tuple(sorted(steps.items()))


def date_of(action: Action) -> date | None:
    """The day that counts: the look-back of a blocked action, else the deadline; None when nobody need act."""
    if action.state is ActionState.BLOCKED:
        return action.look_back
    return action.due_date if action.state in RUNNING else None


def local_day(instant: datetime) -> date:
    return instant.astimezone(AMSTERDAM).date()


def schedule(action: Action, timing: Timing, *, now: datetime) -> Action:
    """The action with `nudge_at` at its first untaken step after `now`, or None when no step is left.

    Steps whose moment has passed are not made up for: who agrees on a date tomorrow needs no reminder of it.
    """
    left = (at for step, _, at in _steps(action, timing) if at > now and _untaken(action, step))
    return replace(action, nudge_at=next(left, None))


def rescheduled(action: Action, timing: Timing, *, now: datetime) -> Action:
    """As `schedule`, from the foot of the ladder: for an action that is new or has another date or state."""
    return schedule(replace(action, nudge_step=None), timing, now=now)


def is_stalled(action: Action, file: CaseFile, today: date) -> StallReason | None:
    """Why the action stalls (domain 7.4), the gravest reason first; None when it does not."""
    if action.state not in RUNNING:
        return None
    if not file.holding(action.holder) and _held_before(action.holder, file):
        return StallReason.HOLDER_LEFT
    updated, day = local_day(action.updated_at), date_of(action)
    if day is None and working_days_between(updated, today) >= STALLED_BLOCKED:
        return StallReason.NO_LOOK_BACK
    if day is not None and working_days_between(max(day, updated), today) >= STALLED_AFTER:
        return StallReason.OVERDUE
    return StallReason.POSTPONED if action.postponed >= STALLED_POSTPONED else None


def in_window(now: datetime, timing: Timing) -> bool:
    """Whether a nudge may ring: a working day, in hours, and not in the last hour of the working week."""
    day = local_day(now)
    closes = at_local(day, timing.closes)
    if next_working_day(day).isocalendar()[:2] != day.isocalendar()[:2]:
        closes -= _LAST_OF_THE_WEEK
    return is_working_day(day) and at_local(day, timing.opens) <= now < closes


def next_opening(now: datetime, timing: Timing) -> datetime:
    """The first opening of a working day after `now`, in UTC."""
    day = this_or_next_working_day(local_day(now))
    at = at_local(day, timing.opens).astimezone(UTC)
    return at if at > now else at_local(next_working_day(day), timing.opens).astimezone(UTC)


def wake(
    now: datetime,
    due: tuple[tuple[CaseFile, Action], ...],
    people: Mapping[str, Person],
    region: Region,
    direct_joined: frozenset[str],
) -> Effects:
    """Ask everybody about the actions that are due, bundled per person.

    `due` are all actions whose `nudge_at` has come. `people` holds every stored person among the seated and
    the region's coordinators; somebody absent from it counts as new. `direct_joined` are those who are in
    their direct chat. After downtime only the highest step that has passed is taken.
    """
    timing, today = region.timing, local_day(now)
    later = next_opening(now, timing)
    if not in_window(now, timing):
        return Effects(keep=tuple(replace(action, nudge_at=later) for _, action in due))
    kept: list[Action] = []
    asked: dict[str, list[Call]] = {}
    missed: dict[str, CaseFile] = {}
    for file, action in due:
        if file.case.state is not CaseState.OPEN:
            kept.append(replace(action, nudge_at=None))
            continue
        taken = _taken(action, timing, now)
        if taken is None:
            kept.append(schedule(action, timing, now=now))
            continue
        step, receiver, day = taken
        meant, told = _audience(file, action, receiver, region, direct_joined)
        if any(user in people and people[user].nudged_on == today for user in told):
            kept.append(replace(action, nudge_at=later))
            continue
        kept.append(schedule(replace(action, nudge_step=step), timing, now=now))
        missed |= dict.fromkeys(meant - direct_joined, file)
        for user in told:
            asked.setdefault(user, []).append(Call(file, action, day, receiver))
    effects = Effects(keep=tuple(kept), log=_logged(asked))
    for user, calls in sorted(asked.items()):
        effects += _nudged(people.get(user, Person(user)), calls, today)
    for user, file in sorted(missed.items()):
        effects += _mentioned(people.get(user, Person(user)), file, today)
    return effects


def _untaken(action: Action, step: int) -> bool:
    return action.nudge_step is None or step > action.nudge_step


def _steps(action: Action, timing: Timing) -> tuple[tuple[int, Receiver, datetime], ...]:
    """The action's ladder in order, with the instant of each step in UTC."""
    day = date_of(action)
    if day is None:
        return ()
    blocked = action.state is ActionState.BLOCKED
    return tuple(
        (step, receiver, at_local(_day_of_step(day, step, blocked=blocked), timing.opens).astimezone(UTC))
        for step, receiver in ladder(timing)
        if step >= 0 or not blocked
    )


def _day_of_step(day: date, step: int, *, blocked: bool) -> date:
    if step:
        return add_working_days(day, step)
    # A deadline in the weekend is announced before it; a blocked action stays silent until its look-back.
    return this_or_next_working_day(day) if blocked else this_or_previous_working_day(day)


def _taken(action: Action, timing: Timing, now: datetime) -> tuple[int, Receiver, date] | None:
    """The highest step that has passed and was not taken, with the day that it counts from."""
    day = date_of(action)
    if day is None:
        return None
    passed = [
        (step, receiver)
        for step, receiver, at in _steps(action, timing)
        if at <= now and _untaken(action, step)
    ]
    return (*passed[-1], day) if passed else None


def _held_before(label: str, file: CaseFile) -> bool:
    function = FUNCTION_LABELS.get(label)
    return any(p.label == label or p.function is function for p in file.participants)


def _audience(
    file: CaseFile, action: Action, receiver: Receiver, region: Region, direct_joined: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Whom the step is meant for, and who is told: the first circle in which somebody can be reached.

    A coordinator who holds the action is passed over: nobody is told of themselves.
    """
    holders = _users(file.holding(action.holder))
    case_coordinators = _users(file.with_function(Function.CASE_COORDINATOR)) - holders
    process_coordinators = _users(file.with_function(Function.PROCESS_COORDINATOR)) - holders
    chairs = _users(file.with_function(Function.CHAIR)) - holders
    circles: tuple[frozenset[str], ...]
    match receiver:
        case Receiver.CASE_COORDINATOR:
            circles = (case_coordinators, process_coordinators, chairs, region.coordinators - holders)
        case Receiver.PROCESS_COORDINATOR:
            circles = (process_coordinators, chairs, region.coordinators - holders)
        case _ if holders:
            circles = (holders, case_coordinators, process_coordinators, chairs)
        case _:
            circles = (_users(file.holding(region.contact)), chairs)
    meant = next((circle for circle in circles if circle), frozenset[str]())
    told = next((circle & direct_joined for circle in circles if circle & direct_joined), frozenset[str]())
    return meant, told


def _logged(asked: Mapping[str, list[Call]]) -> tuple[Logged, ...]:
    actions = {(call.file.ref, call.action.number): call.action for calls in asked.values() for call in calls}
    return tuple(Logged("nudged", ref, action.id) for (ref, _), action in sorted(actions.items()))


def _nudged(person: Person, calls: list[Call], today: date) -> Effects:
    user = person.user_id
    calls = sorted(calls, key=lambda call: (call.day, call.file.ref, call.action.number))
    return Effects(
        keep=(replace(person, nudged_on=today),),
        send=(
            Say(ToPerson(user), rings(calls), loudness=Loudness.NUDGE, key=f"nudge:{today}:{user}"),
            Say(ToPerson(user), explains(user, calls, today), key=f"why:{today}:{user}"),
        ),
    )


def _mentioned(person: Person, file: CaseFile, today: date) -> Effects:
    """A neutral word in the room of the case, where everybody reads along: at most once in seven days."""
    user, seat = person.user_id, file.seat_of(person.user_id)
    if seat is None or (person.mentioned_on and today - person.mentioned_on < _BETWEEN_MENTIONS):
        return Effects()
    return Effects(
        keep=(replace(person, nudged_on=today, mentioned_on=today),),
        send=(Say(ToCase(file.ref), mention(seat.label), mentions=(user,), key=f"mention:{today}:{user}"),),
        log=(Logged("mentioned", file.ref),),
    )


def _users(seats: tuple[Participant, ...]) -> frozenset[str]:
    return frozenset(seat.user_id for seat in seats)
