"""The actions of a case against time: where each bar stands, and the same in words for who cannot see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.core.actions import RUNNING, STATE_NAMES, ActionState
from bot.core.calendar import AMSTERDAM
from bot.core.dates import say_day
from bot.core.dates.lexicon import MONTH_ABBREVIATIONS
from bot.core.text import Language, Text

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile
    from bot.core.model import Action

MOST_ROWS = 20
"""More than that is no picture for a phone; the oldest finished ones are left out first."""
MOST_TICKS = 4
STEPS = (1, 2, 7, 14, 28, 56, 91, 182, 364)
"""Days between two dates on the axis."""

TITLE = Text("Tijdlijn {ref}", "Timeline {ref}")
TODAY = Text("vandaag", "today")
AS_OF = Text("stand van {day}", "as of {day}")
PERIOD = Text("{start} tot {end}", "{start} to {end}")
ONE_DAY = Text("{end}", "{end}")
LOOK_BACK = Text("kijkdatum {day}", "look again {day}")
LEFT_OUT = Text("Niet getekend: {count} afgeronde of latere acties.", "Not drawn: {count} finished or later actions.")
ALT_TITLE = Text("Tijdlijn {ref}, stand van {day}.", "Timeline {ref}, as of {day}.")
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
    left_out: str
    """How much is not drawn; empty where everything is."""
    words: tuple[str, ...]
    """The alternative text: a heading and a line per action. No text that people typed: a client may show it on a
    locked screen."""


def timeline(file: CaseFile, today: date, language: Language) -> Timeline:
    """Raises ValueError for a case without actions."""
    actions = _drawn(file.actions)
    axis = Axis.around([_opened(a) for a in actions] + [_ends(a) for a in actions] + [today])
    bars = tuple(_bar(a, axis, today, language) for a in actions)
    count = len(file.actions) - len(actions)
    left_out = LEFT_OUT(language, count=count) if count else ""
    day = say_day(today, language=language.code)
    heading = ALT_TITLE(language, ref=file.ref, day=day)
    rows = (
        ALT_ROW(language, id=bar.id, holder=bar.holder, state=bar.state, dates=bar.dates) for bar in bars
    )
    return Timeline(
        language,
        title=TITLE(language, ref=file.ref),
        subtitle=AS_OF(language, day=day),
        today=Tick(axis.place(today), TODAY(language)),
        ticks=axis.ticks(today, language),
        bars=bars,
        left_out=left_out,
        words=(heading, *rows, *filter(None, (left_out,))),
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
        return tuple(Tick(self.place(day), _short(day, today, language)) for day in at if day <= self.last)


def _drawn(actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """In order of number. Where there are too many, what is finished goes before what still has to be done."""
    kept = sorted(actions, key=lambda a: (a.state not in RUNNING, -a.number))[:MOST_ROWS]
    return tuple(sorted(kept, key=lambda a: a.number))


def _opened(action: Action) -> date:
    """The day it was agreed; the bar of an action that was due earlier is one day."""
    return min(action.created_at.astimezone(AMSTERDAM).date(), action.due_date)


def _ends(action: Action) -> date:
    return max(action.due_date, action.look_back or action.due_date)


def _bar(action: Action, axis: Axis, today: date, language: Language) -> Bar:
    opened, due = _opened(action), action.due_date
    waits = action.look_back if action.state is ActionState.BLOCKED else None
    period = ONE_DAY if opened == due else PERIOD
    dates = period(language, start=_short(opened, today, language), end=_short(due, today, language))
    if waits:
        dates = f"{dates}, {LOOK_BACK(language, day=_short(waits, today, language))}"
    return Bar(
        action.id,
        action.holder,
        STATE_NAMES[action.state](language),
        action.state.value,
        dates,
        axis.place(opened),
        axis.place(due),
        axis.place(waits) if waits else None,
    )


def _short(day: date, today: date, language: Language) -> str:
    """`6 mrt`, with the year where it is another."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day.day} {MONTH_ABBREVIATIONS[language.code][day.month - 1]}{year}"
