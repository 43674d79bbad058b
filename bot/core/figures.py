"""Figures over a quarter: what became of cases, what actions did, and why they stalled. Of the region, never of a person.

Small numbers lead to people. So a count under `THRESHOLD` is hidden (domain L15), and so are as many others as it takes
that no sum or total gives it back: that is complementary suppression. Only quarters that are over are counted, for two
counts of a running quarter differ by exactly the case that was closed between them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.dates.calendar import local_day
from bot.core.records.actions import ActionState, BlockReason, LifeDomain, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action

THRESHOLD = 10
"""The smallest count that is shown, after the rule of thumb of CBS for tables out of its microdata: ten in a cell."""
_QUARTER = re.compile(
    r"(?:(20\d\d)[\s-]*)?(?:q|k|kwartaal|quarter)\s*([1-4])(?:[\s-]*(20\d\d))?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a year: 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Quarter:
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def read(cls, text: str, today: date) -> Quarter | None:
        """'kwartaal 1', 'Q1 2026' or '2026-Q1'; without a year the last one that is over. None for other words."""
        found = _QUARTER.fullmatch(text.strip())
        if found is None or (found[1] and found[3]):
            return None
        number = int(found[2])
        if year := found[1] or found[3]:
            return cls(int(year), number)
        last = cls.of(today).before
        return cls(last.year if number <= last.number else last.year - 1, number)

    @property
    def before(self) -> Quarter:
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    def __contains__(self, day: date) -> bool:
        return Quarter.of(day) == self


@dataclass(frozen=True, slots=True)
class Counts:
    """One count by kind, as it may be shown: None is a hidden number. `total` is None where nothing is shown."""

    shown: Mapping[str, int | None]
    total: int | None


def suppressed(counts: Mapping[str, int], threshold: int = THRESHOLD) -> Counts:
    """The counts with every small one hidden, and others with it until nobody can work out a hidden one.

    The total gives away what the hidden ones sum to, so that sum must leave each of them open; where it cannot, nothing
    is shown. Equal counts are hidden together, or their order would tell. A count of nothing is about nobody: it shows.
    """
    nothing = Counts(dict.fromkeys(counts), None)
    total, some = sum(counts.values()), sorted(count for count in counts.values() if count)
    if total < threshold:
        return nothing
    hidden = sum(count < threshold for count in some)
    while hidden and not _is_open(some[:hidden], threshold):
        if hidden == len(some):
            return nothing
        hidden = sum(count <= some[hidden] for count in some)
    most = some[hidden - 1] if hidden else 0
    return Counts({kind: None if 0 < count <= most else count for kind, count in counts.items()}, total)


def _is_open(hidden: Sequence[int], threshold: int) -> bool:
    """Whether the sum of these leaves each of them open to who knows how they were chosen.

    One is what the total leaves over. Together they are no small number; and theirs is neither the lowest sum that so
    many counts can have, nor, where all are small, the highest.
    """
    several = len(hidden) > 1 and sum(hidden) >= threshold
    highest = (threshold - 1) * len(hidden)
    return several and sum(hidden) > len(hidden) and (max(hidden) >= threshold or sum(hidden) < highest)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a quarter shows. `answers` are those to the questions at closing, "" for one that was passed over.

    No two of them count overlapping parts of one whole, or what one hides another would tell: all of `answers` count
    the closed cases, `effects` and `domains` the finished actions, `stalls` the actions that were stuck.
    """

    closed: Mapping[str, Counts]
    effects: Counts
    domains: Counts
    stalls: Counts
    stalls_before: int | None
    """The total of stalls in the quarter before, to see a change in volume (domain B27)."""


def figures(cases: Sequence[CaseFile], quarter: Quarter, answers: Mapping[str, Iterable[str]]) -> Figures:
    """The figures of one quarter over all cases, theme rooms left out; `answers` are the possible ones by question."""
    cases = [file for file in cases if not file.is_theme]
    closings = [c for file in cases for c in file.closings if local_day(c.closed_at) in quarter]
    given = [dict(closing.answers) for closing in closings]
    moved = [action for file in cases for action in file.actions if local_day(action.updated_at) in quarter]
    done = [action for action in moved if action.state is ActionState.DONE]
    before = [a for file in cases for a in file.actions if local_day(a.updated_at) in quarter.before]
    asked = [
        _counted((one.get(key, "") for one in given), (*possible, "")) for key, possible in answers.items()
    ]
    effects = _counted((action.outcome or "" for action in done), (*Outcome, ""))
    domains = _counted((action.life_domain or "" for action in done), (*LifeDomain, ""))
    effects, domains = _all_or_none(effects, domains)
    return Figures(
        dict(zip(answers, _all_or_none(*asked), strict=True)),
        effects,
        domains,
        _counted(_reasons(moved), BlockReason),
        _counted(_reasons(before), BlockReason).total,
    )


def _all_or_none(*counts: Counts) -> tuple[Counts, ...]:
    """Counts of one whole: where one may not tell its total, another must not either."""
    if all(one.total is not None for one in counts):
        return counts
    return tuple(Counts(dict.fromkeys(one.shown), None) for one in counts)


def _reasons(actions: Iterable[Action]) -> Iterable[str]:
    """Why actions were stuck, or not done; of an action that went on, its last reason is forgotten."""
    return (action.reason for action in actions if action.reason)


def _counted(found: Iterable[str], possible: Iterable[str]) -> Counts:
    """A kind that nobody foresaw counts too: an answer that the protocol no longer has."""
    counter = Counter(map(str, found))
    kinds = dict.fromkeys((*map(str, possible), *sorted(counter)))
    return suppressed({kind: counter[kind] for kind in kinds})
