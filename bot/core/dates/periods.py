"""Weeks, months, quarters and years by name, and the days that stand for a part of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from dateutil.relativedelta import relativedelta

from bot.core.dates.calendar import next_working_day, this_or_next_working_day, this_or_previous_working_day
from bot.core.dates.grammar import Grammar
from bot.core.dates.values import AskReason

if TYPE_CHECKING:
    from collections.abc import Callable

    Meaning = Callable[..., "Period"]

HALF_A_YEAR: Final = timedelta(days=183)
"""A date without a year that is at most this long past is a mistake or a memory; longer, it is next year's."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` up to and including `last`; a `doubt` when it is not certain that this one was meant."""

    first: date
    last: date
    doubt: AskReason | None = None

    @property
    def last_working_day(self) -> date:
        return this_or_previous_working_day(self.last)

    def around(self, numerator: int, denominator: int) -> date:
        """The day that fraction of the way in."""
        return self.first + (self.last - self.first) * numerator // denominator

    def early(self) -> tuple[date, ...]:
        return this_or_next_working_day(self.first), this_or_next_working_day(self.around(1, 4))

    def halfway(self) -> tuple[date, ...]:
        middle = this_or_previous_working_day(self.around(5, 12))
        return middle, next_working_day(middle)

    def somewhere(self) -> tuple[date, ...]:
        return this_or_previous_working_day(self.around(5, 12)), self.last_working_day


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks_on(weeks: int) -> Meaning:
    def meaning(at: datetime) -> Period:
        monday = monday_of(at.date()) + timedelta(weeks=weeks)
        return Period(monday, monday + timedelta(days=6))

    return meaning


def _month(first: date, months: int = 1) -> Period:
    return Period(first, first + relativedelta(months=months, days=-1))


def _months_on(months: int) -> Meaning:
    return lambda at: _month(at.date().replace(day=1) + relativedelta(months=months))


def _quarters_on(quarters: int) -> Meaning:
    def meaning(at: datetime) -> Period:
        month = (at.month - 1) // 3 * 3 + 1
        return _month(date(at.year, month, 1) + relativedelta(months=3 * quarters), months=3)

    return meaning


def _years_on(years: int) -> Meaning:
    return lambda at: _month(date(at.year + years, 1, 1), months=12)


def _year(_at: datetime, year: int) -> Period:
    return _month(date(year, 1, 1), months=12)


def named_month(at: datetime, month: int, year: int | None = None) -> Period:
    if year is not None:
        return _month(date(year, month, 1))
    this = _month(date(at.year, month, 1))
    if this.last >= at.date():
        return this
    following = _month(date(at.year + 1, month, 1))
    recent = at.date() - this.last <= HALF_A_YEAR
    return Period(following.first, following.last, AskReason.PAST if recent else None)


def _month_next_year(at: datetime, month: int) -> Period:
    return _month(date(at.year + 1, month, 1))


def week(at: datetime, number: int, year: int | None = None) -> Period:
    """ISO 8601 week `number`; without a year the coming one, in doubt when it is only just past."""
    this_year, this_week, _ = at.isocalendar()
    chosen = year if year is not None else this_year + (number < this_week)
    try:
        monday = date.fromisocalendar(chosen, number, 1)
    except ValueError:
        return Period(at.date(), at.date(), AskReason.IMPOSSIBLE)
    recent = year is None and number < this_week <= number + 26
    return Period(monday, monday + timedelta(days=6), AskReason.PAST if recent else None)


NAMED_RULES: Final = (
    ("deze|this week", _weeks_on(0)),
    ("volgende|next week", _weeks_on(1)),
    ("week|wk COUNT van? YEAR?", week),
    ("WEEKNUMBER van? YEAR?", week),
    ("deze|this maand|month", _months_on(0)),
    ("volgende|next maand|month", _months_on(1)),
    ("dit|this kwartaal|quarter", _quarters_on(0)),
    ("volgend|volgende|next kwartaal|quarter", _quarters_on(1)),
    ("dit|this jaar|year", _years_on(0)),
    ("volgend|next jaar|year", _years_on(1)),
)
"""Periods that can stand alone as a deadline."""

NAMED_PERIODS: Final = Grammar(NAMED_RULES)

PERIODS: Final = Grammar(
    (
        *NAMED_RULES,
        ("de|the? week", _weeks_on(0)),
        ("de|the? maand|month", _months_on(0)),
        ("het|the? kwartaal|quarter", _quarters_on(0)),
        ("het|the? jaar|year", _years_on(0)),
        ("MONTH YEAR?", named_month),
        ("MONTH van? volgend|next jaar|year", _month_next_year),
        ("YEAR", _year),
    )
)
"""With those that need a word before them: the end *of the week*, the beginning *of March*."""
