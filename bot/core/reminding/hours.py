"""Who is at work when: the region's window, narrowed by everybody's own days, hours and absence.

Nobody is rung outside their hours, on a public holiday or an equated day, nor in the last hour of their region's
working week (domain 7.4). A deputy speaks for somebody who is away, in the cases where they have a seat themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.core.dates.calendar import at_local, is_working_day, local_day, next_working_day
from bot.core.records.people import Person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action
    from bot.core.region import Region, Timing

_LAST_OF_THE_WEEK = timedelta(hours=1)
_DAY = timedelta(days=1)
_FURTHEST = 400
"""Days that are searched for one on which somebody works; an absence is never longer than a year."""


def is_away(person: Person, day: date) -> bool:
    return person.away_until is not None and (person.away_from or date.min) <= day <= person.away_until


def window(person: Person, day: date, timing: Timing) -> tuple[datetime, datetime] | None:
    """From when until when somebody may be rung on a day, in UTC; None when not at all."""
    if not is_working_day(day) or day.weekday() in person.free_days or is_away(person, day):
        return None
    opens, closes = hours(person, timing)
    first, last = at_local(day, opens), at_local(day, closes)
    if next_working_day(day).isocalendar()[:2] != day.isocalendar()[:2]:
        last = min(last, at_local(day, timing.closes) - _LAST_OF_THE_WEEK)
    return (first.astimezone(UTC), last.astimezone(UTC)) if first < last else None


def hours(person: Person, timing: Timing) -> tuple[time, time]:
    """Somebody's own hours within those of the region."""
    return max(person.opens or timing.opens, timing.opens), min(person.closes or timing.closes, timing.closes)


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody's hours; somebody who is not in `people` has those of the region."""

    region: Region
    people: Mapping[str, Person]

    def person(self, user_id: str) -> Person:
        return self.people.get(user_id) or Person(user_id)

    def may_ring(self, user_id: str, now: datetime) -> bool:
        open_ = window(self.person(user_id), local_day(now), self.region.timing)
        return open_ is not None and open_[0] <= now < open_[1]

    def next_opening(self, users: Iterable[str], now: datetime) -> datetime:
        """When the first of these people may be rung, strictly after `now`, in UTC; of nobody: the region's."""
        people = [self.person(user) for user in users] or [Person("")]
        return min(self._next_opening(person, now) for person in people)

    def _next_opening(self, person: Person, now: datetime) -> datetime:
        day = local_day(now)
        for _ in range(_FURTHEST):
            open_ = window(person, day, self.region.timing)
            if open_ and open_[0] > now:
                return open_[0]
            day += _DAY
        # Nobody works as little as this; the region's own hours still come.
        return self._next_opening(Person(person.user_id), now)

    def standing_in(self, users: Iterable[str], file: CaseFile, day: date) -> frozenset[str]:
        """These people, with a deputy in the place of who is away that day: one who is seated and there."""
        return frozenset(one for user in users for one in self._in_place_of(user, file, (), day))

    def acting(self, file: CaseFile, action: Action, day: date) -> frozenset[str]:
        """Who is to do an action that day: its holders, with a deputy in the place of who is away."""
        named = [seat.user_id for seat in file.stand_ins(action)]
        holders = (seat.user_id for seat in file.holders(action))
        return frozenset(one for user in holders for one in self._in_place_of(user, file, named, day))

    def _in_place_of(self, user_id: str, file: CaseFile, named: Iterable[str], day: date) -> tuple[str, ...]:
        person = self.person(user_id)
        if not is_away(person, day):
            return (user_id,)
        deputies = [person.deputy] if person.deputy and file.seat_of(person.deputy) else list(named)
        return tuple(one for one in deputies if not is_away(self.person(one), day)) or (user_id,)

    def openings(self, file: CaseFile, action: Action) -> Callable[[date], datetime | None]:
        """When on a day the first of those who are to do an action may be rung."""

        def opening(day: date) -> datetime | None:
            there = self.acting(file, action, day) or {""}
            open_ = (window(self.person(user), day, self.region.timing) for user in there)
            return min((one[0] for one in open_ if one), default=None)

        return opening
