"""The edges of the ladder: what falls on the very moment, on somebody's free day, or past the last day that is looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.core.records.actions import ActionState
from bot.core.records.explanations import Receiver
from bot.core.records.people import Person
from bot.core.region import Timing
from bot.core.reminding.hours import Roster
from bot.core.reminding.ladder import StallReason, dues, is_stalled, on_other_terms, passed, schedule
from tests.core.cases import MARCH_2, REGION, action, case, local, seat, user
from tests.core.world import World, shown

S = ActionState
OFFICE = Roster(REGION, {})
LATE = local("2026-06-01 09:00")
HOLDER = user("leerplicht")


def free_on(*weekdays: int) -> dict[str, Person]:
    return {HOLDER: Person(HOLDER, free_days=weekdays)}


def on_leave(first: str, last: str) -> dict[str, Person]:
    away = {"away_from": date.fromisoformat(first), "away_until": date.fromisoformat(last)}
    return {HOLDER: Person(HOLDER, **away)}  # type: ignore[arg-type]


# The very moment


def test_what_falls_due_this_very_moment_is_not_planned_for_now_again() -> None:
    """The clock would wake for it at once, and for ever."""
    due = local("2026-03-04 09:00")
    assert shown(schedule(action(4), case(action(4)), OFFICE, now=due).nudge_at) == "2026-03-06 09:00"


def test_who_spoke_at_the_moment_of_a_question_is_not_asked_it_later_that_day() -> None:
    spoken = replace(action(4), updated_at=local("2026-03-06 09:00"))
    assert passed(spoken, case(spoken), OFFICE, local("2026-03-06 11:00")) == ()


def test_a_child_that_turns_up_as_its_last_step_goes_by_does_not_lose_that_step() -> None:
    """The process coordinator would hear at this very moment; with nothing after it nobody ever would."""
    asked = replace(action(4), nudge_step=5)
    file = case(asked)
    minor = replace(file, case=replace(file.case, minor=True))
    changed = on_other_terms(asked, file, minor, OFFICE, now=local("2026-03-13 09:00"))
    assert (changed.nudge_step, shown(changed.nudge_at)) == (3, "2026-03-16 09:00")


# Free days: announced before, asked about after


@pytest.mark.parametrize(
    ("free", "days"),
    [
        pytest.param(
            4, ["2026-03-04", "2026-03-05", "2026-03-09", "2026-03-11"], id="free on the day itself"
        ),
        pytest.param(0, ["2026-03-04", "2026-03-06", "2026-03-10", "2026-03-11"], id="free the day after"),
        pytest.param(2, ["2026-03-03", "2026-03-06", "2026-03-09", "2026-03-12"], id="free on the reminder"),
    ],
)
def test_a_date_is_announced_before_a_free_day_and_asked_about_after_it(free: int, days: list[str]) -> None:
    assert World.of(case(action(4)), people=free_on(free)).run(LATE).days("leerplicht") == days


def test_a_region_that_reminds_the_day_before_still_leaves_a_blocked_action_in_peace() -> None:
    blocked = action(4, state=S.BLOCKED, look_back=date(2026, 3, 17))
    region = replace(REGION, timing=Timing(reminder=-1))
    assert World.of(case(blocked), region=region).run(LATE).days("leerplicht")[0] == "2026-03-17"


def test_whoever_is_away_past_every_day_that_is_looked_at_holds_nothing_up() -> None:
    """No question for them, and none that fails: the coordinators hear on their days."""
    file = case(action(4, state=S.OPEN))
    file = replace(file, case=replace(file.case, next_meeting=date(2026, 3, 9)))
    long = Roster(REGION, on_leave("2025-10-01", "2026-12-31"))
    found = dues(file.actions[0], file, long)
    assert [(due.receiver, shown(due.at)[:10]) for due in found] == [
        (Receiver.CASE_COORDINATOR, "2026-03-13"),
        (Receiver.PROCESS_COORDINATOR, "2026-03-20"),
    ]


# How it stands before a meeting


def asked_how_it_stands(
    meeting: date,
    people: dict[str, Person] | None = None,
    *,
    state: ActionState = S.ACCEPTED,
    **changes: date,
) -> list[str]:
    """The days of an action that is due long after the meeting."""
    one = replace(action(4, due=date(2026, 5, 29), state=state), seen_asked=date(2026, 3, 2), **changes)
    file = case(one)
    file = replace(file, case=replace(file.case, next_meeting=meeting))
    return World.of(file, people=people).run(local("2026-04-30 09:00")).days("leerplicht")


@pytest.mark.parametrize("state", [S.OPEN, S.ACCEPTED])
def test_no_running_action_comes_to_the_meeting_without_a_question(state: ActionState) -> None:
    assert asked_how_it_stands(date(2026, 3, 16), state=state) == ["2026-03-12"]


def test_who_is_free_on_the_day_of_the_round_is_asked_before_it_and_not_on_the_eve_of_the_meeting() -> None:
    assert asked_how_it_stands(date(2026, 3, 16), free_on(3)) == ["2026-03-11"]


def test_who_answered_for_the_last_meeting_is_asked_again_before_this_one() -> None:
    assert asked_how_it_stands(date(2026, 3, 16), status_asked=date(2026, 3, 9)) == ["2026-03-12"]


def test_who_was_asked_for_this_meeting_is_not_asked_again_when_it_moves_a_day_forward() -> None:
    assert asked_how_it_stands(date(2026, 3, 16), status_asked=date(2026, 3, 12)) == []
    assert asked_how_it_stands(date(2026, 3, 16), status_asked=date(2026, 3, 13)) == []


# Whether it was seen


def test_who_is_free_when_it_is_asked_whether_they_saw_it_is_asked_the_day_after() -> None:
    fresh = action(4, due=date(2026, 5, 29), state=S.OPEN)
    world = World.of(case(fresh), people=free_on(3)).run(local("2026-04-30 09:00"))
    assert world.days("leerplicht") == ["2026-03-06"]


# Why an action stalls


def test_the_gravest_reason_is_the_one_that_is_told() -> None:
    """A holder who left comes before everything; a date that passed before one that was moved."""
    stalling = replace(action(4, "politie", due=date(2026, 3, 4)), postponed=3)
    gone = replace(seat("politie"), left_at=MARCH_2)
    there = case(stalling, labels=("voorzitter", "politie"))
    left = replace(there, participants=(*there.participants[:1], gone))
    assert is_stalled(stalling, left, REGION, LATE.date()) is StallReason.HOLDER_LEFT
    assert is_stalled(stalling, there, REGION, LATE.date()) is StallReason.OVERDUE
    assert is_stalled(stalling, there, REGION, date(2026, 3, 5)) is StallReason.POSTPONED


def test_a_blocked_action_whose_look_back_went_by_stalls_like_any_other() -> None:
    blocked = action(4, state=S.BLOCKED, look_back=date(2026, 3, 16))
    assert is_stalled(blocked, case(blocked), REGION, date(2026, 3, 20)) is None
    assert is_stalled(blocked, case(blocked), REGION, date(2026, 3, 23)) is StallReason.OVERDUE
