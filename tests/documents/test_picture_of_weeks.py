"""The picture of the weekly digest: bars in proportion, and every figure in words."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.core.effects import Week
from bot.core.text import Language
from bot.documents.typesetting import weeks_png
from bot.documents.weeks import Row, WeeksPicture, weeks_picture
from tests.golden import check

TODAY = date(2026, 3, 18)
SUNDAYS = [date(2026, 3, 15) - timedelta(weeks=n) for n in range(11, -1, -1)]
WEEKS = tuple(Week(day, 6 * n, n, n // 2) for n, day in enumerate([*SUNDAYS, TODAY]))
NOTHING = tuple(Week(week.day, 0, 0, 0) for week in WEEKS)
LANGUAGES = pytest.mark.parametrize("language", Language)


def of(weeks: tuple[Week, ...] = WEEKS, language: Language = Language.NL) -> WeeksPicture:
    return weeks_picture(weeks, TODAY, language)


@LANGUAGES
def test_the_words_of_the_picture(language: Language) -> None:
    check(f"documents/golden/weeks-{language}.txt", "\n".join(of(language=language).words))


@LANGUAGES
def test_the_words_say_everything_that_the_picture_shows(language: Language) -> None:
    found = of(language=language)
    shown = [f"{row.label}: {row.counts}." for row in found.rows]
    assert found.words == (f"{found.title}, {found.subtitle}", *shown, *found.notes)


def test_every_bar_stays_within_the_picture_and_the_longest_fills_it() -> None:
    lengths = [row.on_schedule + row.late + row.blocked for row in of().rows]
    assert lengths == sorted(lengths)
    assert lengths[0] == 0
    assert lengths[-1] == pytest.approx(1)


def test_weeks_without_any_action_are_drawn_too() -> None:
    assert weeks_png(of(NOTHING))


@LANGUAGES
def test_the_picture_is_as_wide_as_a_phone_likes_and_the_same_every_time(language: Language) -> None:
    png = weeks_png(of(language=language))
    width, height = struct.unpack(">II", png[16:24])
    assert width == 800
    assert 1200 < height < 1800
    assert len(png) < 400_000
    assert weeks_png(of(language=language)) == png


def test_late_and_blocked_have_patterns_of_their_own_besides_their_words() -> None:
    parts = [(0.5, 0.0, 0.0), (0.0, 0.5, 0.0), (0.0, 0.0, 0.5)]
    bare = [replace(of(), rows=(Row("", "", *lengths),)) for lengths in parts]
    assert len({weeks_png(picture) for picture in bare}) == 3


def test_a_large_region_still_fits_on_one_line_per_week() -> None:
    large = tuple(Week(week.day, 5000, 1000, 1000) for week in WEEKS)
    assert weeks_png(of(large))[16:24] == weeks_png(of())[16:24]
