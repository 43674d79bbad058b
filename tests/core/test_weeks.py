"""The weeks of a quarter, counted back from what is kept of an action."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.core.effects import Week
from bot.core.records.actions import ActionState
from bot.core.records.cases import CaseState
from bot.core.reminding.digest import weekly
from bot.core.weeks import WEEKS, quarter
from tests.core.cases import REGION
from tests.core.test_digest import crowd
from tests.documents.cases import FILE, action

if TYPE_CHECKING:
    from bot.core.records.actions import Action

TODAY = date(2026, 3, 18)
"""A Wednesday; the Sundays before it are the 15th, the 8th and the 1st."""
MADE = datetime(2026, 2, 24, 9, tzinfo=UTC)


def counted(*actions: Action, today: date = TODAY) -> tuple[Week, ...]:
    return quarter([replace(FILE, actions=actions)], today)


def one(
    state: ActionState = ActionState.OPEN,
    *,
    due: date = date(2026, 3, 31),
    changed: datetime = MADE,
    made: datetime = MADE,
) -> Action:
    return action(1, "GI", "x", due, state, created_at=made, updated_at=changed)


def last(weeks: tuple[Week, ...], n: int = 5) -> list[tuple[int, int, int]]:
    """Running, late and blocked in the last weeks."""
    return [(week.running, week.late, week.blocked) for week in weeks[-n:]]


def test_a_quarter_is_thirteen_sundays_the_last_of_them_not_yet_there() -> None:
    days = [week.day for week in counted()]
    assert len(days) == WEEKS == 13
    assert days[-1] == TODAY
    assert days[:-1] == [date(2026, 3, 15) - timedelta(weeks=n) for n in range(11, -1, -1)]


@pytest.mark.parametrize("day", [16, 22], ids=["on a Monday", "on a Sunday"])
def test_the_week_of_today_is_counted_once(day: int) -> None:
    days = [week.day for week in counted(today=date(2026, 3, day))]
    assert days[-2:] == [date(2026, 3, 15), date(2026, 3, day)]


def test_no_week_is_lost_in_a_year_of_fifty_three() -> None:
    numbers = [week.day.isocalendar().week for week in counted(today=date(2027, 1, 20))]
    assert numbers[-4:] == [53, 1, 2, 3]


def test_an_action_counts_from_the_week_it_was_made() -> None:
    assert last(counted(one())) == [(0, 0, 0), (1, 0, 0), (1, 0, 0), (1, 0, 0), (1, 0, 0)]


@pytest.mark.parametrize("state", [ActionState.DONE, ActionState.VOID, ActionState.NOT_DONE])
def test_what_has_ended_does_not_stay_open_for_ever(state: ActionState) -> None:
    ended = one(state, changed=datetime(2026, 3, 10, 9, tzinfo=UTC))
    assert last(counted(ended)) == [(0, 0, 0), (1, 0, 0), (1, 0, 0), (0, 0, 0), (0, 0, 0)]


def test_an_action_is_not_late_on_its_own_day() -> None:
    assert last(counted(one(due=date(2026, 3, 15))), 2) == [(1, 0, 0), (1, 1, 0)]


def test_blocked_is_not_claimed_for_before_the_last_change() -> None:
    blocked = one(ActionState.BLOCKED, due=date(2026, 3, 5), changed=datetime(2026, 3, 10, 9, tzinfo=UTC))
    assert last(counted(blocked)) == [(0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 0, 1), (1, 0, 1)]


def test_nothing_is_counted_twice() -> None:
    weeks = counted(
        one(),
        one(due=date(2026, 3, 2)),
        one(ActionState.BLOCKED, due=date(2026, 3, 2)),
        one(ActionState.ACCEPTED),
    )
    assert weeks[-1] == Week(TODAY, 4, 1, 1)
    assert weeks[-1].on_schedule == 2


def test_a_proposal_is_not_counted_as_agreed() -> None:
    assert last(counted(one(ActionState.PROPOSED)), 1) == [(0, 0, 0)]
    reworded = one(ActionState.PROPOSED, changed=datetime(2026, 3, 17, 9, tzinfo=UTC))
    assert last(counted(reworded)) == 5 * [(0, 0, 0)], "nor for the weeks before it was last changed"


def test_a_week_ends_at_midnight_in_amsterdam() -> None:
    """23:30 UTC on Sunday is Monday in Amsterdam."""
    made = datetime(2026, 3, 15, 23, 30, tzinfo=UTC)
    assert last(counted(one(made=made, changed=made)), 2) == [(0, 0, 0), (1, 0, 0)]


@pytest.mark.parametrize("seed", range(5))
def test_the_last_week_says_what_the_weekly_digest_says(seed: int) -> None:
    cases = crowd(seed, 30)
    now = quarter(cases, TODAY)[-1]
    told = " ".join(weekly(cases, REGION, today=TODAY).lines[:4])
    assert f" {now.running} open acties" in told
    assert f" {now.on_schedule} op schema" in told


def test_a_closed_case_is_left_out() -> None:
    closed = replace(FILE, case=replace(FILE.case, state=CaseState.CLOSED), actions=(one(),))
    assert quarter([closed], TODAY)[-1].running == 0


SUNDAY = datetime(2026, 3, 15, 11, tzinfo=UTC)


def test_what_was_made_on_a_sunday_counts_in_the_week_that_ends_then() -> None:
    assert last(counted(one(made=SUNDAY, changed=SUNDAY)), 3) == [(0, 0, 0), (1, 0, 0), (1, 0, 0)]


def test_what_ended_on_a_sunday_is_over_that_week() -> None:
    assert last(counted(one(ActionState.DONE, changed=SUNDAY)), 3) == [(1, 0, 0), (0, 0, 0), (0, 0, 0)]


def test_what_got_stuck_on_a_sunday_is_stuck_that_week_and_late_no_more() -> None:
    stuck = one(ActionState.BLOCKED, due=date(2026, 3, 5), changed=SUNDAY)
    assert last(counted(stuck), 3) == [(1, 1, 0), (1, 0, 1), (1, 0, 1)]
