"""What a day phrase means before it is held against the clock: the days it can be, and the doubt if any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Final

from dateutil.relativedelta import relativedelta

from bot.core.dates.calendar import add_working_days
from bot.core.dates.lexicon import Unit
from bot.core.dates.periods import HALF_A_YEAR, Period, monday_of
from bot.core.dates.values import AskReason, Note


class Kind(Enum):
    EXPLICIT = "explicit"  # names day and month
    RELATIVE = "relative"  # counts from the moment of writing
    PERIOD = "period"
    FEAST = "feast"
    SOFT = "soft"  # no date in it, yet something to ask about
    FACT = "fact"  # plainly in the past: never a deadline


@dataclass(frozen=True, slots=True)
class Sense:
    """
    The days a phrase can mean: one, unless there is a `doubt`.

    `first` is where a period or feast begins. `wall` is set by terms in hours only. A `bare` one counts only
    where a date is expected ("ma", "2 weken", "maart").
    """

    days: tuple[date, ...]
    doubt: AskReason | None = None
    notes: tuple[Note, ...] = ()
    kind: Kind = Kind.RELATIVE
    wall: time | None = None
    first: date | None = None
    bare: bool = False


TOO_LONG: Final = 2200
"""Days; beyond the horizon in any unit, and small enough to calculate with."""

_DAYS_IN: Final = {
    Unit.DAY: 1,
    Unit.WORKDAY: 1,
    Unit.WEEK: 7,
    Unit.MONTH: 30,
    Unit.QUARTER: 91,
    Unit.YEAR: 365,
}


def shifted(at: datetime, count: int, unit: Unit) -> date | None:
    """The local date `count` units on, None when that is absurdly far."""
    today = at.date()
    if count * _DAYS_IN[unit] > TOO_LONG:
        return None
    match unit:
        case Unit.WORKDAY:
            return add_working_days(today, count)
        case Unit.MONTH | Unit.QUARTER:
            return today + relativedelta(months=count * (3 if unit is Unit.QUARTER else 1))
        case Unit.YEAR:
            return today + relativedelta(years=count)
        case _:
            return today + timedelta(days=count * _DAYS_IN[unit])


def doubt(reason: AskReason, *days: date | None, kind: Kind = Kind.RELATIVE, bare: bool = False) -> Sense:
    return Sense(tuple(day for day in days if day is not None), reason, kind=kind, bare=bare)


def calendar_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def coming(today: date, weekday: int) -> date:
    """The first such weekday strictly after today."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def dated(at: datetime, day: int, month: int, year: int | None = None, weekday: int | None = None) -> Sense:
    """A day and month, in the year written or else the one that brings it in the future."""
    if year is not None and year < 100:
        year += 2000
    if month > 12 or month < 1:
        american = calendar_day(year or at.year, day, month) if 1 <= day <= 12 and year else None
        return doubt(AskReason.IMPOSSIBLE, american, kind=Kind.EXPLICIT)
    if year is not None:
        chosen = calendar_day(year, month, day)
        return _checked(chosen, weekday) if chosen else _impossible(year, month, day)
    return _without_year(at.date(), day, month, weekday)


def _without_year(today: date, day: int, month: int, weekday: int | None) -> Sense:
    this = calendar_day(today.year, month, day)
    if this is not None and this >= today:
        return _checked(this, weekday)
    following = calendar_day(today.year + 1, month, day)
    if this is not None and today - this <= HALF_A_YEAR:
        return doubt(AskReason.PAST, following, kind=Kind.EXPLICIT)
    if following is None or (this is None and (month, day) >= (today.month, today.day)):
        year = today.year + ((month, day) < (today.month, today.day))
        return _impossible(year, month, day)
    return _checked(following, weekday, Note.NEXT_YEAR)


def _checked(day: date, weekday: int | None, *notes: Note) -> Sense:
    if weekday is None or day.weekday() == weekday:
        return Sense((day,), notes=notes, kind=Kind.EXPLICIT)
    ahead = (weekday - day.weekday()) % 7
    nearest = day + timedelta(days=ahead if ahead <= 3 else ahead - 7)
    return doubt(AskReason.MISMATCH, day, nearest, kind=Kind.EXPLICIT)


def _impossible(year: int, month: int, day: int) -> Sense:
    """31 April: perhaps the 30th, perhaps 1 May."""
    if not 29 <= day <= 31:
        return doubt(AskReason.IMPOSSIBLE, kind=Kind.EXPLICIT)
    last = date(year, month, 1) + relativedelta(months=1, days=-1)
    return doubt(AskReason.IMPOSSIBLE, last, last + timedelta(days=1), kind=Kind.EXPLICIT)


def day_of_month(at: datetime, day: int, weekday: int | None = None) -> Sense:
    """`de 13e`: of this month, or of the next when it has been; today's own number is asked."""
    today = at.date()
    if not 1 <= day <= 31:
        return doubt(AskReason.IMPOSSIBLE)
    first = today.replace(day=1) + relativedelta(months=day < today.day)
    months = (first + relativedelta(months=n) for n in range(3))
    chosen, *later = [d for month in months if (d := calendar_day(month.year, month.month, day))]
    if chosen.month != first.month:
        return doubt(AskReason.IMPOSSIBLE, chosen)
    if weekday is not None:
        return _checked(chosen, weekday)
    return doubt(AskReason.TODAYS_NAME, today, later[0]) if day == today.day else Sense((chosen,))


def end_of(period: Period) -> Sense:
    """Its last working day; a date that calls for confirmation."""
    if period.doubt is AskReason.IMPOSSIBLE:
        return doubt(AskReason.IMPOSSIBLE)
    return Sense((period.last_working_day,), period.doubt, (Note.PERIOD,), Kind.PERIOD)


def whole(period: Period) -> Sense:
    """The period itself as a deadline: as its end, but *before* it means before its beginning."""
    end = end_of(period)
    return Sense(end.days, end.doubt, end.notes, end.kind, first=period.first)


def in_week(period: Period, weekday: int) -> Sense:
    if period.doubt is AskReason.IMPOSSIBLE:
        return doubt(AskReason.IMPOSSIBLE)
    return Sense((monday_of(period.first) + timedelta(days=weekday),), period.doubt)
