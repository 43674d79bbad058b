from datetime import UTC, date, datetime, time, timedelta

import holidays as oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.dates import calendar
from bot.core.dates.calendar import (
    AMSTERDAM,
    add_working_days,
    at_local,
    holiday,
    is_working_day,
    next_working_day,
    previous_working_day,
    this_or_next_working_day,
    this_or_previous_working_day,
    working_days_between,
)

DAYS = st.dates(date(2015, 1, 1), date(2100, 12, 31))
ONE = timedelta(days=1)


@pytest.mark.parametrize("year", range(2015, 2101))
def test_a_nudge_never_leaves_on_a_public_holiday_because_a_rule_is_wrong(year: int) -> None:
    expected = set(oracle.country_holidays("NL", years=year, categories=("public", "optional")))
    by_the_act = {day for day, named in calendar.holidays(year).items() if not named.equated}
    assert by_the_act == expected


@pytest.mark.parametrize(
    ("day", "dutch", "english"),
    [
        (date(2026, 4, 3), "Goede Vrijdag", "Good Friday"),
        (date(2026, 4, 6), "tweede paasdag", "Easter Monday"),
        (date(2026, 4, 27), "Koningsdag", "King's Day"),
        (date(2025, 4, 26), "Koningsdag", "King's Day"),
        (date(2026, 5, 5), "Bevrijdingsdag", "Liberation Day"),
        (date(2026, 5, 14), "Hemelvaartsdag", "Ascension Day"),
        (date(2026, 5, 25), "tweede pinksterdag", "Whit Monday"),
        (date(2016, 5, 5), "Hemelvaartsdag", "Ascension Day"),  # also Liberation Day
        (date(2027, 1, 1), "nieuwjaarsdag", "New Year's Day"),
        (date(2026, 12, 26), "tweede kerstdag", "Boxing Day"),
    ],
)
def test_a_holiday_is_not_called_by_the_wrong_name(day: date, dutch: str, english: str) -> None:
    found = holiday(day)
    assert found is not None
    assert (found.dutch, found.english, found.equated) == (dutch, english, False)


@pytest.mark.parametrize("day", ["2026-01-02", "2026-05-15", "2027-05-07", "2028-04-28", "2028-05-26"])
def test_an_equated_day_is_not_counted_as_a_working_day(day: str) -> None:
    found = holiday(date.fromisoformat(day))
    assert found is not None
    assert found.equated
    assert not is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2025-04-28", "2026-04-28", "2026-05-04", "2026-12-24", "2026-12-31"])
def test_an_ordinary_day_next_to_a_holiday_stays_a_working_day(day: str) -> None:
    assert holiday(date.fromisoformat(day)) is None
    assert is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2026-03-02", 3, "2026-03-05"),
        ("2026-03-06", 1, "2026-03-09"),
        ("2026-04-02", 1, "2026-04-07"),  # over Good Friday and Easter
        ("2026-05-13", 1, "2026-05-18"),  # Ascension, and the Friday equated with it
        ("2026-05-18", -1, "2026-05-13"),
        ("2026-12-31", 1, "2027-01-04"),
        ("2026-03-07", 0, "2026-03-07"),
    ],
)
def test_a_term_in_working_days_skips_closed_days(start: str, count: int, expected: str) -> None:
    assert add_working_days(date.fromisoformat(start), count) == date.fromisoformat(expected)


@given(DAYS, st.integers(-300, 300))
def test_adding_working_days_lands_on_a_working_day_that_many_away(day: date, count: int) -> None:
    landed = add_working_days(day, count)
    if count:
        assert is_working_day(landed)
    if count >= 0 or is_working_day(day):
        assert working_days_between(day, landed) == count


@given(DAYS, DAYS)
def test_days_overdue_are_counted_one_by_one(a: date, b: date) -> None:
    a, b = sorted((a, b))
    b = min(b, a + timedelta(days=800))
    assert working_days_between(a, b) == sum(is_working_day(a + n * ONE) for n in range(1, (b - a).days + 1))


@given(DAYS, DAYS, DAYS)
def test_a_count_of_working_days_is_signed_and_adds_up(a: date, b: date, c: date) -> None:
    assert working_days_between(a, b) == -working_days_between(b, a)
    assert working_days_between(a, b) + working_days_between(b, c) == working_days_between(a, c)


@given(DAYS)
def test_the_neighbouring_working_days_skip_none(day: date) -> None:
    after, before = next_working_day(day), previous_working_day(day)
    assert before < day < after
    assert working_days_between(day, after) == 1
    assert working_days_between(before, after) == 1 + is_working_day(day)
    assert this_or_next_working_day(day) == (day if is_working_day(day) else after)
    assert this_or_previous_working_day(day) == (day if is_working_day(day) else before)


def test_a_wall_time_the_clock_change_skips_is_moved_forward_by_the_gap() -> None:
    moment = at_local(date(2026, 3, 29), time(2, 30))
    assert moment.isoformat() == "2026-03-29T03:30:00+02:00"


def test_a_wall_time_that_exists_twice_is_the_first() -> None:
    moment = at_local(date(2026, 10, 25), time(2, 30, fold=1))
    assert moment.isoformat() == "2026-10-25T02:30:00+02:00"
    assert moment.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(DAYS, st.times().map(lambda wall: wall.replace(microsecond=0)))
def test_a_wall_time_keeps_its_hour_on_every_day_without_a_gap(day: date, wall: time) -> None:
    moment = at_local(day, wall)
    assert moment.tzinfo is AMSTERDAM
    assert moment.date() == day
    shown = moment.timetz().replace(tzinfo=None, fold=0)
    assert shown == wall.replace(fold=0) or (day.month == 3 and wall.hour == 2)
