"""What each day phrase of the table means, given the moment it was written and what the pattern caught."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.core.dates.calendar import AMSTERDAM
from bot.core.dates.lexicon import Unit
from bot.core.dates.periods import Period, monday_of, named_month
from bot.core.dates.senses import (
    Kind,
    Sense,
    coming,
    dated,
    day_of_month,
    doubt,
    end_of,
    in_week,
    shifted,
    whole,
)
from bot.core.dates.values import AskReason

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    Meaning = Callable[..., Sense]

_WEEK: Final = timedelta(days=7)


# Days by name


def days_on(days: int) -> Meaning:
    return lambda at: Sense((at.date() + timedelta(days=days),))


def tomorrow_or_after(at: datetime) -> Sense:
    """`over morgen`, perhaps meant as one word."""
    today = at.date()
    return doubt(AskReason.SEVERAL, today + timedelta(days=1), today + timedelta(days=2))


def named_day(at: datetime, weekday: int) -> Sense:
    today = at.date()
    if today.weekday() == weekday:
        return doubt(AskReason.TODAYS_NAME, today, today + _WEEK)
    return Sense((coming(today, weekday),))


def short_weekday(at: datetime, weekday: int) -> Sense:
    """`ma` alone may be another word."""
    return replace(named_day(at, weekday), bare=True)


def coming_weekday(at: datetime, weekday: int) -> Sense:
    return Sense((coming(at.date(), weekday),))


def next_weekday(at: datetime, weekday: int) -> Sense:
    first = coming(at.date(), weekday)
    return doubt(AskReason.NEXT, first, first + _WEEK)


def weekday_of(_at: datetime, weekday: int, period: Period) -> Sense:
    return in_week(period, weekday)


def of_week_weekday(_at: datetime, period: Period, weekday: int) -> Sense:
    return in_week(period, weekday)


def coming_week_weekday(at: datetime, weekday: int) -> Sense:
    """`komende week vrijdag`: the coming seven days and the coming week need not agree."""
    first = coming(at.date(), weekday)
    next_week = monday_of(at.date()) + _WEEK + timedelta(days=weekday)
    return Sense((first,)) if first == next_week else doubt(AskReason.NEXT, first, next_week)


def coming_week(at: datetime) -> Sense:
    """`komende week`: the rest of this one or the whole of the next."""
    if at.weekday() > 4:
        monday = monday_of(at.date()) + _WEEK
        return end_of(Period(monday, monday + timedelta(days=6)))
    friday = monday_of(at.date()) + timedelta(days=4)
    return doubt(AskReason.NEXT, friday, friday + _WEEK)


def weekday_weeks_on(at: datetime, weekday: int, count: int, unit: Unit) -> Sense:
    """`maandag over een week`: the coming Monday and then a week."""
    further = shifted(at, count, unit) if unit in {Unit.WEEK, Unit.DAY} else None
    if further is None or (further - at.date()).days % 7:
        return doubt(AskReason.VAGUE)
    known = named_day(at, weekday)
    return Sense(tuple(day + (further - at.date()) for day in known.days), known.doubt)


def weekday_and_a_week(at: datetime, weekday: int) -> Sense:
    return weekday_weeks_on(at, weekday, 1, Unit.WEEK)


def weeks_on_weekday(at: datetime, count: int, unit: Unit, weekday: int) -> Sense:
    """`over twee weken op vrijdag`: in that week, or the first one after it."""
    there = shifted(at, count, unit)
    if there is None:
        return doubt(AskReason.TOO_FAR)
    in_that_week = monday_of(there) + timedelta(days=weekday)
    after = coming(there - timedelta(days=1), weekday)
    return Sense((after,)) if in_that_week == after else doubt(AskReason.NEXT, in_that_week, after)


def nth_weekday_of(_at: datetime, nth: int, weekday: int, period: Period) -> Sense:
    day = coming(period.first - timedelta(days=1), weekday) + (nth - 1) * _WEEK
    inside = day <= period.last and nth <= 5
    if period.doubt or not inside:
        return doubt(period.doubt or AskReason.IMPOSSIBLE, day if inside else None)
    return Sense((day,), kind=Kind.EXPLICIT)


def last_weekday_of(_at: datetime, weekday: int, period: Period) -> Sense:
    day = coming(period.last, weekday) - _WEEK
    return Sense((day,), period.doubt, kind=Kind.EXPLICIT)


# Days by number


def day_month(at: datetime, day: int, month: int, year: int | None = None) -> Sense:
    return dated(at, day, month, year)


def month_day(at: datetime, month: int, day: int, year: int | None = None) -> Sense:
    """`March 6`; in Dutch `maart 27` may as well be March 2027."""
    sense = dated(at, day, month, year)
    if year is None and 0 <= day - at.year % 100 <= 5:
        return doubt(AskReason.VAGUE, *sense.days, kind=Kind.EXPLICIT)
    return sense


def day_month_two_digits(at: datetime, day: int, month: int, year: int) -> Sense:
    if 0 <= year - at.year % 100 <= 5:
        return dated(at, day, month, year)
    return doubt(AskReason.UNREAD, *dated(at, day, month).days, kind=Kind.EXPLICIT)


def numeric(at: datetime, written: tuple[int, int, int | None]) -> Sense:
    """`3/4` may also be three quarters."""
    return replace(dated(at, *written), bare=written[2] is None)


def pointed(at: datetime, written: tuple[int, int, int | None]) -> Sense:
    """`10.05` by itself: 10 May or five past ten."""
    return doubt(AskReason.TIME, *dated(at, *written).days, kind=Kind.EXPLICIT)


def weekday_pointed(at: datetime, weekday: int, written: tuple[int, int, int | None]) -> Sense:
    return doubt(AskReason.TIME, *named_day(at, weekday).days, *dated(at, *written).days)


def weekday_numeric(at: datetime, weekday: int, written: tuple[int, int, int | None]) -> Sense:
    day, month, year = written
    return dated(at, day, month, year, weekday)


def weekday_day_month(at: datetime, weekday: int, day: int, month: int, year: int | None = None) -> Sense:
    return dated(at, day, month, year, weekday)


def weekday_month_day(at: datetime, weekday: int, month: int, day: int, year: int | None = None) -> Sense:
    return dated(at, day, month, year, weekday)


def weekday_nth(at: datetime, weekday: int, day: int) -> Sense:
    return day_of_month(at, day, weekday)


def day_month_next_year(at: datetime, day: int, month: int) -> Sense:
    return dated(at, day, month, at.year + 1)


def day_month_this_year(at: datetime, day: int, month: int) -> Sense:
    return dated(at, day, month, at.year)


def day_of_next_month(at: datetime, day: int) -> Sense:
    following = (at.date().replace(day=1) + timedelta(days=32)).replace(day=1)
    return dated(at, day, following.month, following.year)


def one_of_two_days(at: datetime, first: int, second: int, month: int, year: int | None = None) -> Sense:
    days = dated(at, first, month, year).days + dated(at, second, month, year).days
    return doubt(AskReason.SEVERAL, *days, kind=Kind.EXPLICIT)


def one_of_two_weekdays(
    at: datetime, _weekday: int, first: int, _other: int, second: int, month: int, year: int | None = None
) -> Sense:
    return one_of_two_days(at, first, second, month, year)


def range_of_days(
    at: datetime, written: tuple[int, int, int | None], month: int, year: int | None = None
) -> Sense:
    return one_of_two_days(at, written[0], written[1], month, year)


# Terms


def after(at: datetime, count: int, unit: Unit) -> Sense:
    if unit is Unit.HOUR:
        if count > 24 * 366:
            return doubt(AskReason.TOO_FAR)
        moment = (at.astimezone(UTC) + timedelta(hours=count)).astimezone(AMSTERDAM)
        return Sense((moment.date(),), wall=moment.time().replace(second=0, microsecond=0))
    there = shifted(at, count, unit)
    return Sense((there,)) if there else doubt(AskReason.TOO_FAR)


def after_tomorrow(at: datetime, count: int, unit: Unit) -> Sense:
    return after(at + timedelta(days=1), count, unit)


def after_working_days(at: datetime, count: int, _unit: Unit) -> Sense:
    return after(at, count, Unit.WORKDAY)


def half(_at: datetime, _unit: Unit) -> Sense:
    return doubt(AskReason.VAGUE)


def half_year_on(at: datetime) -> Sense:
    return after(at, 6, Unit.MONTH)


def fortnight_on(at: datetime) -> Sense:
    return after(at, 2, Unit.WEEK)


def only_if_expected(meaning: Meaning) -> Meaning:
    """`2 weken`, `13`: a date only as an answer to *when*, and even then to be confirmed."""

    def bare(at: datetime, *caught: object) -> Sense:
        return doubt(AskReason.VAGUE, *meaning(at, *caught).days, kind=Kind.SOFT, bare=True)

    return bare


def some_day_of_month(at: datetime, day: int) -> Sense:
    return day_of_month(at, day)


def one_and_a_half(at: datetime, unit: Unit) -> Sense:
    if unit is Unit.YEAR:
        return doubt(AskReason.VAGUE, shifted(at, 18, Unit.MONTH))
    halves = {Unit.WEEK: (10, 11), Unit.MONTH: (45, 46), Unit.DAY: (1, 2)}
    days = (shifted(at, n, Unit.DAY) for n in halves.get(unit, ()))
    return doubt(AskReason.VAGUE, *days)


def term_between(at: datetime, fewest: int, most: int, unit: Unit) -> Sense:
    return doubt(AskReason.VAGUE, *after(at, fewest, unit).days, *after(at, most, unit).days)


def term_range(at: datetime, written: tuple[int, int, int | None], unit: Unit) -> Sense:
    return term_between(at, written[0], written[1], unit)


def about(at: datetime, unit: Unit, count: int) -> Sense:
    """`over een week of twee`."""
    return term_between(at, count, count + 1, unit)


def a_few(at: datetime, unit: Unit) -> Sense:
    return term_between(at, 2, 3, unit)


def roughly(at: datetime, count: int, unit: Unit) -> Sense:
    return doubt(AskReason.VAGUE, *after(at, count, unit).days)


# Periods


def end_period(_at: datetime, period: Period) -> Sense:
    return end_of(period)


def whole_period(_at: datetime, period: Period) -> Sense:
    return whole(period)


def part(days: Callable[[Period], tuple[date, ...]]) -> Meaning:
    def meaning(_at: datetime, period: Period) -> Sense:
        known = () if period.doubt is AskReason.IMPOSSIBLE else days(period)
        return doubt(period.doubt or AskReason.VAGUE, *known, kind=Kind.PERIOD)

    return meaning


def part_month(at: datetime, month: int, year: int | None = None) -> Sense:
    """`maart` as a deadline: at its beginning or at its end."""
    return replace(part(Period.somewhere)(at, named_month(at, month, year)), bare=year is None)


def week_around(at: datetime, day: int, month: int, year: int | None = None) -> Sense:
    sense = dated(at, day, month, year)
    if not sense.days:
        return sense
    monday = monday_of(sense.days[0])
    return whole(Period(monday, monday + timedelta(days=6), sense.doubt))


def weekend(at: datetime) -> Sense:
    """Only *before* the weekend is a clear deadline: Friday."""
    saturday = monday_of(at.date()) + timedelta(days=5)
    return Sense((saturday, saturday + timedelta(days=1)), AskReason.VAGUE, kind=Kind.PERIOD, first=saturday)


def feast(_at: datetime, sense: Sense) -> Sense:
    return sense


# What holds no date


def asks(reason: AskReason) -> Meaning:
    return lambda _at, *_caught: doubt(reason, kind=Kind.SOFT)


def condition(_at: datetime) -> Sense:
    """`zodra er contact is`: an event, said freely."""
    return doubt(AskReason.EVENT, kind=Kind.SOFT, bare=True)


def fact(_at: datetime, *_caught: object) -> Sense:
    return doubt(AskReason.PAST, kind=Kind.FACT)
