"""The standing review while somebody is out of sight: when it comes back, how far the steps are, how it ends.

The terms are those of the protocol in domain section 2.8.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.core.dates.calendar import add_working_days, next_working_day, this_or_previous_working_day
from bot.core.records import actions
from bot.core.records.out_of_sight import OutOfSight, SightState, SightStep, after

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile
    from bot.core.protocols import Protocol
    from bot.core.records.actions import Action


def ended(
    sight: OutOfSight, file: CaseFile, step: SightStep, at: datetime
) -> tuple[OutOfSight, tuple[Action, ...]]:
    """How this step ends it: the standing review is no longer needed, every other action goes on.

    `step` must be one that the table allows. `at` is in UTC.
    """
    state = after(sight.state, step)
    assert state is not None, "the caller asked the table"
    over = replace(sight, state=state, ended_at=at)
    review = review_of(sight, file)
    if review is None:
        return over, ()
    void = actions.after(review.state, actions.ActionStep.WITHDRAW)
    assert void is not None, "what runs may become void"
    return over, (replace(review, state=void, look_back=None, updated_at=at),)


def review_of(sight: OutOfSight, file: CaseFile) -> Action | None:
    """The standing review that somebody still has to do."""
    return next((a for a in file.running if a.number == sight.review), None)


def first_review(protocol: Protocol, today: date, *, minor: bool) -> date:
    """The day of the review after the steps were agreed on."""
    first = add_working_days(today, protocol.terms["first_review"])
    return min(first, latest_review(protocol, SightState.FOLLOWED, today, minor=minor))


def latest_review(protocol: Protocol, state: SightState, today: date, *, minor: bool) -> date:
    """The day on which it is looked at again at the latest: sooner where a minor is involved (domain B23).

    A question about danger, or steps that nobody agreed on, come back the next working day.
    """
    if state is not SightState.FOLLOWED:
        return next_working_day(today)
    days = min(
        protocol.terms["review"], protocol.terms["minor_review"] if minor else protocol.terms["review"]
    )
    return this_or_previous_working_day(today + timedelta(days=days))


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the steps are, and when they are reviewed; None where the review ended."""

    day: int
    done: int
    steps: int
    review: date | None


def standing(sight: OutOfSight, file: CaseFile, today: date) -> Standing:
    """How it stands on the local day `today`; a step that was dropped, with its reason, no longer counts."""
    found = (file.action(number) for _, number in sight.steps)
    counted = [action for action in found if action and action.state is not actions.ActionState.VOID]
    review = review_of(sight, file)
    return Standing(
        (today - sight.day_zero).days,
        sum(action.state is actions.ActionState.DONE for action in counted),
        len(counted),
        (review.look_back or review.due_date) if review else None,
    )
