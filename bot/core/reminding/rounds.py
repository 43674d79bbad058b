"""What a meeting opens with: what holders said beforehand, kept apart by what became of it.

The follow-up form of multi-agency meetings asks for the status before the meeting, and tells "could not be done,
circumstances changed" from "was not done" (domain, second finding).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.dates.calendar import local_day
from bot.core.records.actions import ActionState, BlockReason, is_withheld

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action


@dataclass(frozen=True, slots=True)
class Round:
    """Actions by what the meeting has to do with them; an action stands in one place only."""

    withheld: tuple[Action, ...] = ()
    """Their holder may not tell; another holder, another route or an end state is needed."""
    overtaken: tuple[Action, ...] = ()
    """Their holder said that circumstances changed; the chair decides whether they become void."""
    not_done: tuple[Action, ...] = ()
    answered: tuple[Action, ...] = ()
    """Asked beforehand, and heard of."""
    silent: tuple[Action, ...] = ()
    """Asked beforehand, and not heard of yet."""


def before_meeting(file: CaseFile) -> Round:
    """What was said since the meeting before this one."""
    since = max((m.ended_at for m in file.meetings if m.ended_at), default=None)
    fresh = [a for a in file.actions if since is None or a.updated_at > since]
    not_done = tuple(a for a in fresh if a.state is ActionState.NOT_DONE)
    withheld = tuple(a for a in file.actions if is_withheld(a))
    overtaken = tuple(
        a
        for a in file.running
        if a.state is ActionState.BLOCKED and a.reason is BlockReason.CHANGED_CIRCUMSTANCES
    )
    elsewhere = {*not_done, *withheld, *overtaken}
    asked = [a for a in file.actions if _asked(a, since) and a not in elsewhere]
    answered = tuple(a for a in asked if a.status_asked and local_day(a.updated_at) >= a.status_asked)
    return Round(withheld, overtaken, not_done, answered, tuple(a for a in asked if a not in answered))


def _asked(action: Action, since: datetime | None) -> bool:
    """Whether the holder was asked before this meeting; an action that became void needs no answer."""
    if action.status_asked is None or action.state is ActionState.VOID:
        return False
    return since is None or action.status_asked > local_day(since)
