"""Feast days by name; those of two days do not say which."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from dateutil.easter import easter

from bot.core.dates.calendar import kings_day
from bot.core.dates.grammar import Grammar
from bot.core.dates.senses import Kind, Sense
from bot.core.dates.values import AskReason, Note

if TYPE_CHECKING:
    from collections.abc import Callable

    Meaning = Callable[..., Sense]


def _feast(days: Callable[[int], tuple[date, ...]]) -> Meaning:
    """The coming one; a feast of two days does not say which of them."""

    def meaning(at: datetime, year: int | None = None) -> Sense:
        notes: tuple[Note, ...] = ()
        chosen = days(year or at.year)
        if year is None and chosen[-1] < at.date():
            chosen, notes = days(at.year + 1), (Note.NEXT_YEAR,)
        several = AskReason.SEVERAL if len(chosen) > 1 else None
        return Sense(chosen, several, notes, Kind.FEAST, first=chosen[0])

    return meaning


def _easter(*offsets: int) -> Meaning:
    return _feast(lambda year: tuple(easter(year) + timedelta(days=n) for n in offsets))


def _fixed(month: int, *days: int) -> Meaning:
    return _feast(lambda year: tuple(date(year, month, day) for day in days))


FEASTS: Final = Grammar(
    (
        ("witte donderdag YEAR?", _easter(-3)),
        ("goede vrijdag YEAR?", _easter(-2)),
        ("good friday YEAR?", _easter(-2)),
        ("stille|paas zaterdag YEAR?", _easter(-1)),
        ("eerste|1e paasdag YEAR?", _easter(0)),
        ("easter sunday YEAR?", _easter(0)),
        ("tweede|2e paasdag YEAR?", _easter(1)),
        ("easter monday|paasmaandag YEAR?", _easter(1)),
        ("paasmaandag YEAR?", _easter(1)),
        ("pasen|easter|paasdagen YEAR?", _easter(0, 1)),
        ("koningsdag YEAR?", _feast(lambda year: (kings_day(year),))),
        ("king's|kings day YEAR?", _feast(lambda year: (kings_day(year),))),
        ("bevrijdingsdag YEAR?", _fixed(5, 5)),
        ("liberation day YEAR?", _fixed(5, 5)),
        ("dodenherdenking YEAR?", _fixed(5, 4)),
        ("hemelvaart|hemelvaartsdag YEAR?", _easter(39)),
        ("ascension day YEAR?", _easter(39)),
        ("eerste|1e pinksterdag YEAR?", _easter(49)),
        ("whit sunday YEAR?", _easter(49)),
        ("tweede|2e pinksterdag YEAR?", _easter(50)),
        ("pinkstermaandag YEAR?", _easter(50)),
        ("whit monday YEAR?", _easter(50)),
        ("pinksteren|pentecost|pinksterdagen YEAR?", _easter(49, 50)),
        ("kerstavond YEAR?", _fixed(12, 24)),
        ("christmas eve YEAR?", _fixed(12, 24)),
        ("eerste|1e kerstdag YEAR?", _fixed(12, 25)),
        ("christmas day YEAR?", _fixed(12, 25)),
        ("tweede|2e kerstdag YEAR?", _fixed(12, 26)),
        ("boxing day YEAR?", _fixed(12, 26)),
        ("de? kerst|kerstmis|kerstdagen|christmas YEAR?", _fixed(12, 25, 26)),
        ("oudejaarsdag|oudjaarsdag|oudejaarsavond YEAR?", _fixed(12, 31)),
        ("new year's eve", _fixed(12, 31)),
        ("nieuwjaar|nieuwjaarsdag YEAR?", _fixed(1, 1)),
        ("new year's day YEAR?", _fixed(1, 1)),
    )
)
