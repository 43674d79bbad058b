"""The edges of somebody's hours and absence, and who stands in for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import TYPE_CHECKING

import pytest

from bot.core.records.people import Person
from bot.core.region import Timing
from bot.core.reminding.hours import Roster, is_away, window
from tests.core.cases import REGION, action, case, local, seat, user
from tests.core.world import shown

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile

ONE, DEPUTY, NAMED = user("leerplicht"), user("wijkagent"), user("woningcorporatie")
FIRST, LAST = date(2026, 3, 5), date(2026, 3, 10)
DAY = date(2026, 3, 6)


def on_leave(user_id: str = ONE, deputy: str | None = None) -> Person:
    return Person(user_id, away_from=FIRST, away_until=LAST, deputy=deputy)


def roster(*people: Person) -> Roster:
    return Roster(REGION, {one.user_id: one for one in people})


@pytest.mark.parametrize(
    ("day", "away"),
    [
        pytest.param(date(2026, 3, 4), False, id="the day before"),
        pytest.param(FIRST, True, id="the first day"),
        pytest.param(LAST, True, id="the last day"),
        pytest.param(date(2026, 3, 11), False, id="the day after"),
    ],
)
def test_an_absence_counts_from_its_first_day_up_to_and_including_its_last(day: date, *, away: bool) -> None:
    assert is_away(on_leave(), day) is away
    assert (window(on_leave(), day, Timing()) is None) is away


def test_an_absence_without_a_first_day_has_begun_and_one_without_a_last_is_none() -> None:
    assert is_away(replace(on_leave(), away_from=None), date(2026, 1, 5))
    assert not is_away(replace(on_leave(), away_until=None), DAY)


@pytest.mark.parametrize(
    ("day", "person", "closes"),
    [
        pytest.param(date(2026, 3, 6), Person(ONE), "15:30", id="a Friday"),
        pytest.param(
            date(2026, 3, 6), Person(ONE, closes=time(14)), "14:00", id="who stops earlier on Friday"
        ),
        pytest.param(
            date(2026, 3, 6), Person(ONE, closes=time(16)), "15:30", id="who stops in its last hour"
        ),
        pytest.param(date(2026, 3, 5), Person(ONE), "16:30", id="a Thursday"),
        pytest.param(
            date(2026, 3, 5), Person(ONE, free_days=(4,)), "16:30", id="the last day of a part-timer"
        ),
        pytest.param(date(2026, 4, 2), Person(ONE), "15:30", id="the Thursday before Good Friday"),
        pytest.param(date(2026, 12, 31), Person(ONE), "15:30", id="New Year's Eve, a week of two years"),
        pytest.param(date(2024, 12, 31), Person(ONE), "16:30", id="New Year's Eve on a Tuesday"),
    ],
)
def test_the_last_hour_of_the_working_week_is_left_in_peace_and_no_other(
    day: date, person: Person, closes: str
) -> None:
    open_ = window(person, day, Timing())
    assert open_ is not None
    assert shown(open_[1])[-5:] == closes


def test_whose_hours_do_not_meet_those_of_the_region_are_never_rung_and_keep_nothing_waiting_for_ever() -> (
    None
):
    night = Person(ONE, opens=time(17), closes=time(20))
    assert window(night, DAY, Timing()) is None
    assert window(Person(ONE, opens=time(12), closes=time(12)), DAY, Timing()) is None
    assert shown(roster(night).next_opening([ONE], local("2026-03-05 11:00"))) == "2026-03-06 09:00"


def test_a_long_absence_is_waited_for_and_not_taken_for_never() -> None:
    long = Person(ONE, away_from=date(2026, 3, 2), away_until=date(2027, 2, 26))
    assert shown(roster(long).next_opening([ONE], local("2026-03-05 11:00"))) == "2027-03-01 09:00"


def test_the_next_opening_is_that_of_the_first_who_is_there_and_lies_ahead() -> None:
    found = roster(Person(DEPUTY, opens=time(13)), Person(NAMED, free_days=(3, 4)))
    now = local("2026-03-05 09:00")
    assert shown(found.next_opening([DEPUTY, NAMED], now)) == "2026-03-05 13:00"
    assert shown(found.next_opening([NAMED], now)) == "2026-03-09 09:00"
    assert shown(found.next_opening([DEPUTY], local("2026-03-05 13:00"))) == "2026-03-06 13:00"
    assert shown(found.next_opening([], now)) == "2026-03-06 09:00"


# Who stands in

FILE = case(replace(action(4), deputy="woningcorporatie"))


def acting(found: Roster, file: CaseFile = FILE, day: date = DAY) -> frozenset[str]:
    return found.acting(file, file.actions[0], day)


def test_a_deputy_does_not_take_over_from_who_is_there() -> None:
    there = on_leave(deputy=DEPUTY)
    assert acting(roster(there), day=date(2026, 3, 4)) == {ONE}
    assert roster(there).standing_in([ONE], FILE, date(2026, 3, 11)) == {ONE}


@pytest.mark.parametrize(
    ("people", "does_it"),
    [
        pytest.param([on_leave(deputy=DEPUTY)], {DEPUTY}, id="their own deputy, not the role that was named"),
        pytest.param([on_leave()], {NAMED}, id="the role that was named"),
        pytest.param([on_leave(deputy=user("burgerzaken"))], {NAMED}, id="a deputy without a seat is none"),
        pytest.param([on_leave(deputy=DEPUTY), on_leave(DEPUTY)], {ONE}, id="a deputy who is away is none"),
        pytest.param([on_leave(), on_leave(NAMED)], {ONE}, id="a role of which everybody is away is none"),
    ],
)
def test_nobody_stands_in_who_is_not_there_or_not_seated(people: list[Person], does_it: set[str]) -> None:
    """Where nobody does, the holder is waited for."""
    assert acting(roster(*people)) == does_it


def test_a_deputy_who_left_the_case_stands_in_for_nobody_in_it() -> None:
    gone = tuple(
        replace(p, left_at=local("2026-03-03 10:00")) if p.user_id == DEPUTY else p for p in FILE.participants
    )
    assert acting(roster(on_leave(deputy=DEPUTY)), replace(FILE, participants=gone)) == {NAMED}


def test_of_two_holders_only_the_place_of_who_is_away_is_taken() -> None:
    second = seat("leerplicht", name="leerplicht2")
    file = replace(FILE, participants=(*FILE.participants, second))
    assert acting(roster(on_leave(deputy=DEPUTY)), file) == {DEPUTY, second.user_id}


def test_the_role_named_for_an_action_stands_in_for_nobody_who_coordinates() -> None:
    found = roster(on_leave(user("casusregisseur")), on_leave())
    assert found.standing_in([user("casusregisseur")], FILE, DAY) == {user("casusregisseur")}


def test_an_action_is_asked_about_when_the_first_of_its_doers_begins() -> None:
    second = seat("leerplicht", name="leerplicht2")
    file = replace(FILE, participants=(*FILE.participants, second))
    opening = roster(Person(ONE, opens=time(13)), Person(second.user_id, opens=time(10))).openings(
        file, file.actions[0]
    )
    assert shown(opening(DAY))[-5:] == "10:00"
    assert opening(date(2026, 3, 7)) is None
    nobody = replace(file, actions=(action(4, "burgerzaken"),))
    assert shown(roster().openings(nobody, nobody.actions[0])(DAY))[-5:] == "09:00"
