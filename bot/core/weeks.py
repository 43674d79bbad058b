"""Open, late and blocked at the end of every week of a quarter: what the picture of the weekly digest counts.

Figures of the region as a whole, never of a person (rule 10 of the design). No history of an action is kept, so the
weeks are counted back from its fields as they are now:

* it ran from the day it was made, and where it has ended until the day of its last change;
* it is late once its present date has passed: a date that was moved is not known any more;
* it is blocked from its last change: a block that was lifted is not known any more. Until then it counts as others do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.dates.calendar import local_day
from bot.core.effects import Week
from bot.core.records.actions import RUNNING, ActionState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action

WEEKS = 13


def quarter(cases: Iterable[CaseFile], today: date) -> tuple[Week, ...]:
    """The last `WEEKS` ISO weeks, that of `today` last, over the cases that are open now."""
    spans = [
        _span(action)
        for file in cases
        if file.is_open
        for action in file.actions
        if action.state is not ActionState.PROPOSED
    ]
    sunday = today + timedelta(days=6 - today.weekday())
    days = (min(today, sunday - timedelta(weeks=n)) for n in reversed(range(WEEKS)))
    return tuple(_week(spans, day) for day in days)


@dataclass(frozen=True, slots=True)
class _Span:
    """The local days of an action. On `ended` it runs no more; on `blocked` it is blocked."""

    made: date
    due: date
    ended: date | None
    blocked: date | None


def _span(action: Action) -> _Span:
    changed = local_day(action.updated_at)
    return _Span(
        local_day(action.created_at),
        action.due_date,
        None if action.state in RUNNING else changed,
        changed if action.state is ActionState.BLOCKED else None,
    )


def _week(spans: Iterable[_Span], day: date) -> Week:
    running = [s for s in spans if s.made <= day and (s.ended is None or day < s.ended)]
    free = [s for s in running if s.blocked is None or day < s.blocked]
    return Week(day, len(running), sum(s.due < day for s in free), len(running) - len(free))
