"""
The Dutch working calendar: public holidays, working days, and local time in Amsterdam.

A working day is a day that is no Saturday, no Sunday, no general holiday of the *Algemene termijnenwet*
(article 3) and no day equated with one (*gelijkgestelde dag*). Working days count legal terms and nudges; a
deadline that people agreed is never moved because of them.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from dateutil.easter import easter

if TYPE_CHECKING:
    from collections.abc import Mapping

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_SUNDAY: Final = 6


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which offices are closed; `equated` when by royal decree and not by the Act itself."""

    dutch: str
    english: str
    equated: bool = False


_EASTER_BOUND: Final = (
    (-2, Holiday("Goede Vrijdag", "Good Friday")),
    (0, Holiday("eerste paasdag", "Easter Sunday")),
    (1, Holiday("tweede paasdag", "Easter Monday")),
    (39, Holiday("Hemelvaartsdag", "Ascension Day")),
    (49, Holiday("eerste pinksterdag", "Whit Sunday")),
    (50, Holiday("tweede pinksterdag", "Whit Monday")),
)
"""Days after Easter Sunday. Good Friday is equated by the Act itself, article 3 paragraph 2."""

_FIXED: Final = (
    (1, 1, Holiday("nieuwjaarsdag", "New Year's Day")),
    (5, 5, Holiday("Bevrijdingsdag", "Liberation Day")),  # every year, whatever a labour agreement says
    (12, 25, Holiday("eerste kerstdag", "Christmas Day")),
    (12, 26, Holiday("tweede kerstdag", "Boxing Day")),
)

_KINGS_DAY: Final = Holiday("Koningsdag", "King's Day")

_EQUATED: Final = Holiday("gelijkgestelde dag", "equated day", equated=True)

_EQUATED_DAYS: Final = (
    date(2026, 1, 2),
    date(2026, 5, 15),
    date(2027, 5, 7),
    date(2028, 4, 28),
    date(2028, 5, 26),
)
"""Decreed some years at a time; later years are added here when the decree appears (article 3 paragraph 3)."""


def kings_day(year: int) -> date:
    """27 April, or the day before when that is a Sunday."""
    day = date(year, 4, 27)
    return day - _DAY if day.weekday() == _SUNDAY else day


@lru_cache(maxsize=256)
def holidays(year: int) -> Mapping[date, Holiday]:
    """All holidays of a year; where two fall on one day, the one bound to Easter gives its name."""
    found = {day: _EQUATED for day in _EQUATED_DAYS if day.year == year}
    found |= {date(year, month, day): named for month, day, named in _FIXED}
    found[kings_day(year)] = _KINGS_DAY
    sunday = easter(year)
    found |= {sunday + timedelta(days=offset): named for offset, named in _EASTER_BOUND}
    return found


def holiday(day: date) -> Holiday | None:
    return holidays(day.year).get(day)


def is_working_day(day: date) -> bool:
    return day.weekday() < _SATURDAY and day not in holidays(day.year)


def this_or_next_working_day(day: date) -> date:
    while not is_working_day(day):
        day += _DAY
    return day


def next_working_day(day: date) -> date:
    """The first working day strictly after `day`."""
    return this_or_next_working_day(day + _DAY)


def this_or_previous_working_day(day: date) -> date:
    while not is_working_day(day):
        day -= _DAY
    return day


def previous_working_day(day: date) -> date:
    """The last working day strictly before `day`."""
    return this_or_previous_working_day(day - _DAY)


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day`, or before it when `count` is negative; `day` itself for 0."""
    step = next_working_day if count > 0 else previous_working_day
    for _ in range(abs(count)):
        day = step(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; with the days swapped, the same but negative."""
    if end.year == start.year:
        return _rank(end) - _rank(start)
    if end < start:
        return -working_days_between(end, start)
    whole_years = sum(len(_working_days(year)) for year in range(start.year, end.year))
    return whole_years + _rank(end) - _rank(start)


def _rank(day: date) -> int:
    """Working days of the year up to and including `day`."""
    return bisect_right(_working_days(day.year), day)


@lru_cache(maxsize=256)
def _working_days(year: int) -> tuple[date, ...]:
    first = date(year, 1, 1)
    days = (first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1))
    return tuple(day for day in days if is_working_day(day))


def at_local(day: date, wall: time) -> datetime:
    """
    The moment the clocks in Amsterdam show `wall` on `day`.

    A wall time that the spring change skips is moved forward by the gap (02:30 becomes 03:30); of one that
    the autumn change repeats, the first is meant.
    """
    written = datetime.combine(day, wall.replace(fold=0), tzinfo=AMSTERDAM)
    return written.astimezone(UTC).astimezone(AMSTERDAM)


def local_day(instant: datetime) -> date:
    return instant.astimezone(AMSTERDAM).date()
