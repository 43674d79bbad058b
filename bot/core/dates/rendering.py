"""Dates as the bot writes them; each form is one that it reads back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from bot.core.dates.lexicon import DAY_ABBREVIATIONS, DAY_NAMES, MONTH_ABBREVIATIONS, MONTH_NAMES

if TYPE_CHECKING:
    from datetime import date

    from bot.core.dates.values import When

Language = Literal["nl", "en"]


def say_day(day: date, *, language: Language = "nl", at: date | None = None) -> str:
    """`vrijdag 6 maart 2026`; without the year when that of `at`, today, is plainly meant."""
    year = "" if at is not None and day.year == at.year and day >= at else f" {day.year}"
    return f"{DAY_NAMES[language][day.weekday()]} {day.day} {MONTH_NAMES[language][day.month - 1]}{year}"


def say_when(when: When, *, language: Language = "nl", at: date | None = None) -> str:
    """`vrijdag 6 maart 2026, 12:00`, or the day alone when there is no time."""
    day = say_day(when.day, language=language, at=at)
    return f"{day}, {when.wall:%H:%M}" if when.wall else day


def say_short(day: date, *, language: Language = "nl") -> str:
    """`vr 6/3`, for lists."""
    return f"{DAY_ABBREVIATIONS[language][day.weekday()]} {day.day}/{day.month}"


def say_weekday_short(day: date, *, language: Language = "nl") -> str:
    """`vr 6 mrt`, for private reminders."""
    name = DAY_ABBREVIATIONS[language][day.weekday()]
    return f"{name} {day.day} {MONTH_ABBREVIATIONS[language][day.month - 1]}"
