"""The weeks of a quarter as bars, and the same in words for who cannot see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.dates import say_day
from bot.core.text import Language, Text

if TYPE_CHECKING:
    from datetime import date

    from bot.core.effects import Week

TITLE = Text("Weekbericht in beeld", "Weekly digest in a picture")
AS_OF = Text("stand van {day}", "as of {day}")
WEEK = Text("week {n}", "week {n}")
THIS_WEEK = Text("week {n}, nu", "week {n}, now")
COUNTS = Text(
    "{running} open, {late} over termijn, {blocked} vast",
    "{running} open, {late} past date, {blocked} blocked",
)
ON_SCHEDULE = Text("op schema", "on schedule")
LATE = Text("over termijn", "past date")
BLOCKED = Text("vast", "blocked")
NOTES = (
    Text(
        "Open: alle lopende acties aan het eind van de week, in casussen die nu open zijn.",
        "Open: all running actions at the end of the week, in cases that are open now.",
    ),
    Text(
        "Teruggeteld met de termijn en de stand van nu. Wat eerder verzet of vast was, is niet bewaard; vast telt "
        "vanaf de laatste wijziging.",
        "Counted back with the dates and states of now. What was postponed or blocked before is not kept; blocked "
        "counts from the last change.",
    ),
)
"""How far the figures can be trusted stands in the picture itself: it is looked at without its manual."""


@dataclass(frozen=True, slots=True)
class Row:
    """One week; the lengths are parts of the axis, which is 1 long."""

    label: str
    counts: str
    on_schedule: float
    late: float
    blocked: float


@dataclass(frozen=True, slots=True)
class WeeksPicture:
    language: Language
    title: str
    subtitle: str
    legend: dict[str, str]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    words: tuple[str, ...]
    """The alternative text: a heading, a line per week and the notes. Figures only, as safe as the picture."""


def weeks_picture(weeks: tuple[Week, ...], today: date, language: Language) -> WeeksPicture:
    title = TITLE(language)
    as_of = AS_OF(language, day=say_day(today, language=language.code))
    longest = max((week.running for week in weeks), default=0) or 1
    rows = tuple(_row(week, longest, today, language) for week in weeks)
    notes = tuple(note(language) for note in NOTES)
    return WeeksPicture(
        language,
        title,
        as_of,
        {"on_schedule": ON_SCHEDULE(language), "late": LATE(language), "blocked": BLOCKED(language)},
        rows,
        notes,
        words=(
            f"{title}, {as_of}",
            *(f"{row.label}: {row.counts}." for row in rows),
            *notes,
        ),
    )


def _row(week: Week, longest: int, today: date, language: Language) -> Row:
    label = THIS_WEEK if week.day == today else WEEK
    return Row(
        label(language, n=week.day.isocalendar().week),
        COUNTS(language, running=week.running, late=week.late, blocked=week.blocked),
        week.on_schedule / longest,
        week.late / longest,
        week.blocked / longest,
    )
