"""The actions of a case against time: where each bar stands, and the same in words for who cannot see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.core.dates import say_day
from bot.core.dates.calendar import AMSTERDAM
from bot.core.dates.lexicon import MONTH_ABBREVIATIONS, MONTH_NAMES
from bot.core.records.actions import RUNNING, STATE_NAMES, ActionState
from bot.core.text import Language, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action

    Months = Mapping[str, Sequence[str]]

MOST_ROWS = 20
"""More than that is no picture for a phone; the oldest finished ones are left out first."""
MOST_TICKS = 4
STEPS = (1, 2, 7, 14, 28, 56, 91, 182, 364)
"""Days between two dates on the axis."""

TITLE = Text("Tijdlijn {ref}", "Timeline {ref}")
TODAY = Text("vandaag", "today")
AS_OF = Text("stand van {day}", "as of {day}")
DATES = Text("start {start}, termijn {due}", "start {start}, due {due}")
LOOK_BACK = Text("{dates}, kijkdatum {day}", "{dates}, look again {day}")
LEFT_OUT = Text(
    "Niet getekend: {count} afgeronde of latere acties.", "Not drawn: {count} finished or later actions."
)
ALT_TITLE = Text("Tijdlijn {ref}, stand van {day}", "Timeline {ref}, as of {day}")
ALT_ROW = Text("{id} {holder}: {state}, {dates}.", "{id} {holder}: {state}, {dates}.")


@dataclass(frozen=True, slots=True)
class Bar:
    """One action. Places run from 0, the left end of the axis, to 1; `look_back` is where a blocked one waits for."""

    id: str
    holder: str
    state: str
    """In words; `kind` is the code that the drawing knows its pattern by."""
    kind: str
    dates: str
    start: float
    end: float
    look_back: float | None


@dataclass(frozen=True, slots=True)
class Tick:
    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    language: Language
    title: str
    subtitle: str
    today: Tick
    ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...]
    left_out: tuple[str, ...]
    """A line about what is not drawn, where there is too much."""
    words: tuple[str, ...]
    """The alternative text: a heading and a line per action. No text that people typed: a client may show it on a
    locked screen."""


def timeline(file: CaseFile, today: date, language: Language) -> Timeline:
    actions = _drawn(file.actions)
    days = [day for a in actions for day in (_opened(a), a.due_date, _waits(a)) if day]
    axis = Axis.around([*days, today])
    count = len(file.actions) - len(actions)
    left_out = (LEFT_OUT(language, count=count),) if count else ()
    day = say_day(today, language=language.code)
    return Timeline(
        language,
        title=TITLE(language, ref=file.ref),
        subtitle=AS_OF(language, day=day),
        today=Tick(axis.place(today), TODAY(language)),
        ticks=axis.ticks(today, language),
        bars=tuple(_bar(a, axis, today, language) for a in actions),
        left_out=left_out,
        words=(
            ALT_TITLE(language, ref=file.ref, day=day),
            *(_in_words(a, today, language) for a in actions),
            *left_out,
        ),
    )


@dataclass(frozen=True, slots=True)
class Axis:
    """From the first to the last day that is drawn."""

    first: date
    last: date

    @classmethod
    def around(cls, days: list[date]) -> Axis:
        first = min(days)
        return cls(first, max(*days, first + timedelta(days=6)))

    def place(self, day: date) -> float:
        return round((day - self.first) / (self.last - self.first), 4)

    def ticks(self, today: date, language: Language) -> tuple[Tick, ...]:
        """A few dates; Mondays where they are a week or more apart."""
        days = (self.last - self.first).days
        step = next((step for step in STEPS if days <= step * MOST_TICKS), days // MOST_TICKS)
        start = self.first + timedelta(days=-self.first.weekday() % 7 if step >= 7 else 0)
        at = (start + timedelta(days=n * step) for n in range(MOST_TICKS + 1))
        return tuple(
            Tick(self.place(day), _day(day, today, MONTH_ABBREVIATIONS[language.code]))
            for day in at
            if day <= self.last
        )


def _drawn(actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """In order of number. Where there are too many, what is finished goes before what still has to be done."""
    kept = sorted(actions, key=lambda a: (a.state not in RUNNING, -a.number))[:MOST_ROWS]
    return tuple(sorted(kept, key=lambda a: a.number))


def _opened(action: Action) -> date:
    """The day it was agreed; the bar of an action that was due earlier is one day."""
    return min(action.created_at.astimezone(AMSTERDAM).date(), action.due_date)


def _waits(action: Action) -> date | None:
    return action.look_back if action.state is ActionState.BLOCKED else None


def _bar(action: Action, axis: Axis, today: date, language: Language) -> Bar:
    waits = _waits(action)
    return Bar(
        action.id,
        action.holder,
        STATE_NAMES[action.state](language),
        action.state.value,
        _dates(action, today, language, MONTH_ABBREVIATIONS),
        axis.place(_opened(action)),
        axis.place(action.due_date),
        axis.place(waits) if waits else None,
    )


def _in_words(action: Action, today: date, language: Language) -> str:
    return ALT_ROW(
        language,
        id=action.id,
        holder=action.holder,
        state=STATE_NAMES[action.state](language),
        dates=_dates(action, today, language, MONTH_NAMES),
    )


def _dates(action: Action, today: date, language: Language, months: Months) -> str:
    def day(of: date) -> str:
        return _day(of, today, months[language.code])

    dates = DATES(language, start=day(_opened(action)), due=day(action.due_date))
    waits = _waits(action)
    return LOOK_BACK(language, dates=dates, day=day(waits)) if waits else dates


def _day(day: date, today: date, months: Sequence[str]) -> str:
    """`6 mrt`, with the year where it is another."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day.day} {months[day.month - 1]}{year}"
