"""The day on which something was seen or heard: the same words as for deadlines, looking back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.core.dates.calendar import AMSTERDAM
from bot.core.dates.grammar import Grammar
from bot.core.dates.lexicon import Unit
from bot.core.dates.periods import monday_of
from bot.core.dates.senses import calendar_day
from bot.core.dates.tokens import tokenize

if TYPE_CHECKING:
    from collections.abc import Callable

_WEEK: Final = timedelta(days=7)


def seen_day(text: str, *, at: datetime) -> date | None:
    """
    The one exact day in the past, or today, that `text` names; None when it names none, or more than one.

    What is less exact ("vorig jaar in april") stays in the words of the text. `at` is the aware moment of writing.
    """
    at = at.astimezone(AMSTERDAM)
    tokens = tokenize(text)
    found: set[date] = set()
    place = 0
    while place < len(tokens):
        match = _PAST.match(tokens, place, at)
        if match and match.value and match.value <= at.date():
            found.add(match.value)
        place = match.end if match else place + 1
    return found.pop() if len(found) == 1 else None


def _back(days: int) -> Callable[[datetime], date | None]:
    return lambda at: at.date() - timedelta(days=days)


def _last(at: datetime, weekday: int) -> date | None:
    """The last such weekday before today."""
    return at.date() - timedelta(days=(at.weekday() - weekday - 1) % 7 + 1)


def _in_last_week(at: datetime, weekday: int) -> date | None:
    return monday_of(at.date()) - _WEEK + timedelta(days=weekday)


def _ago(at: datetime, count: int, unit: Unit) -> date | None:
    """Of days only: three weeks ago is seldom meant to the day."""
    return at.date() - timedelta(days=count) if unit is Unit.DAY and count < 1000 else None


def _dated(at: datetime, day: int, month: int, year: int | None = None) -> date | None:
    """Without a year, the last time that day has been."""
    if year is not None:
        return calendar_day(year + 2000 if year < 100 else year, month, day)
    this = calendar_day(at.year, month, day)
    return this if this and this <= at.date() else calendar_day(at.year - 1, month, day)


def _month_first(at: datetime, month: int, day: int, year: int | None = None) -> date | None:
    return _dated(at, day, month, year)


def _numeric(at: datetime, written: tuple[int, int, int | None]) -> date | None:
    return _dated(at, *written)


_PAST: Final[Grammar[date | None]] = Grammar(
    (
        ("vandaag|heden|today", _back(0)),
        ("gisteren|yesterday", _back(1)),
        ("eergisteren", _back(2)),
        ("vorige|afgelopen|last|past WEEKDAY", _last),
        ("WEEKDAY jl|j.l|jongstleden", _last),
        ("vorige|afgelopen|last week op? WEEKDAY", _in_last_week),
        ("WEEKDAY vorige|last week", _in_last_week),
        ("COUNT UNIT geleden|ago|terug", _ago),
        ("WEEKDAY? DAY|ORDINAL MONTH", lambda at, *said: _dated(at, *said[-2:])),
        ("WEEKDAY? DAY|ORDINAL MONTH YEAR", lambda at, *said: _dated(at, *said[-3:])),
        ("MONTH DAY|ORDINAL", _month_first),
        ("MONTH DAY|ORDINAL ,? YEAR", _month_first),
        ("NUMERIC", _numeric),
    )
)
