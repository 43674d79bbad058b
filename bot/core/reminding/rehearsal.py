"""The clock's rules played through ahead of time, in memory: who would be told what, and when. Nothing is sent."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.core.effects import Effects, Say, SendPoll
from bot.core.records.actions import Action
from bot.core.records.cases import Case, Participant
from bot.core.records.explanations import Explanation
from bot.core.records.meetings import Poll
from bot.core.records.people import DigestPlan, Person
from bot.core.records.signals import Signal
from bot.core.reminding import digest_plan, nudging, signal_reviews
from bot.core.reminding.hours import Roster
from bot.core.reminding.ladder import rescheduled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from bot.core.casefile import CaseFile
    from bot.core.records.kinds import Record
    from bot.core.region import Region

Due = tuple["datetime", str, int]
"""When, whose, and which: a case's reference and an action's number, or a user id and 0 for a digest.

A signal without a case is nobody's.
"""
_NOBODYS = ""


@dataclass(slots=True)
class Rehearsal:
    """Cases, people and plans as they stand at the moment that is played.

    `joined` are those whom a nudge can reach. The index of what is due is kept as the store keeps it: a wake-up
    looks at what is due and at nothing else.
    """

    region: Region
    joined: frozenset[str]
    files: dict[str, CaseFile]
    people: dict[str, Person] = field(default_factory=dict)
    plans: dict[str, DigestPlan] = field(default_factory=dict)
    polls: dict[str, dict[int, Poll]] = field(default_factory=dict)
    explained: list[Explanation] = field(default_factory=list)
    signals: dict[int, Signal] = field(default_factory=dict)
    """Those without a case."""
    _due: list[Due] = field(default_factory=list)

    def __post_init__(self) -> None:
        for file in self.files.values():
            self._note(action for action in file.actions)
        self._note(self.plans.values())
        self._note(self.signals.values())

    @property
    def roster(self) -> Roster:
        return Roster(self.region, self.people)

    def next_due(self) -> datetime | None:
        """The earliest instant at which something is due."""
        while self._due and not self._holds(self._due[0]):
            heapq.heappop(self._due)
        return self._due[0][0] if self._due else None

    def reschedule(self, now: datetime) -> None:
        """Give every running action its next step under the region's timing, as if that had always been so."""
        for file in list(self.files.values()):
            for action in file.running:
                self.keep(rescheduled(action, file, self.roster, now=now))

    def play(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, Effects]]:
        """Every wake-up from `start` up to and including `end`, with what it causes."""
        while (due := self.next_due()) is not None and due <= end:
            now = max(due, start)
            yield now, self.wake(now)

    def wake(self, now: datetime) -> Effects:
        """What the clock does at this moment; what it keeps is kept."""
        actions: dict[str, list[Action]] = defaultdict(list)
        plans = []
        signals: dict[int, Signal] = {}
        while self._due and self._due[0][0] <= now:
            one = heapq.heappop(self._due)
            if not self._holds(one):
                continue
            _, whose, number = one
            if whose == _NOBODYS:
                signals[number] = self.signals[number]
            elif number:
                action = self.files[whose].action(number)
                if action and action not in actions[whose]:
                    actions[whose].append(action)
            elif self.plans[whose] not in plans:
                plans.append(self.plans[whose])
        due = tuple((self.files[ref], action) for ref, found in sorted(actions.items()) for action in found)
        polls = tuple(poll for ref in actions for poll in self.polls.get(ref, {}).values())
        effects = nudging.wake(now, due, self.people, self.region, self.joined, polls) if due else Effects()
        told = frozenset(record.user_id for record in effects.keep if isinstance(record, Person))
        reviews = tuple(signals.values())
        effects += signal_reviews.wake(now, reviews, self.people, self.region, self.joined, told)
        cases = tuple(self.files.values()) if plans else ()
        for plan in plans:
            effects += digest_plan.effects(plan, cases, self.region, now, tuple(self.signals.values()))
            self.plans.pop(plan.user_id)
        for record in effects.keep:
            self.keep(record)
        return effects

    def keep(self, record: Record) -> None:
        """Take in a record that changed."""
        match record:
            case Case(ref=ref):
                self.files[ref] = replace(self.files[ref], case=record)
            case Action(case_ref=ref):
                file = self.files[ref]
                others = tuple(a for a in file.actions if a.number != record.number)
                ordered = sorted((*others, record), key=lambda a: a.number)
                self.files[ref] = replace(file, actions=tuple(ordered))
                self._note((record,))
            case Participant(case_ref=ref):
                file = self.files[ref]
                seats = tuple(record if p.user_id == record.user_id else p for p in file.participants)
                self.files[ref] = replace(file, participants=seats)
            case Person():
                self.people[record.user_id] = record
            case DigestPlan():
                self.plans[record.user_id] = record
                self._note((record,))
            case Signal(number=number):
                self.signals[number] = record
                self._note((record,))
            case Poll(case_ref=ref, number=number):
                self.polls.setdefault(ref, {})[number] = record
            case Explanation():
                self.explained.append(record)
            case _:
                raise TypeError(f"the clock keeps no {type(record).__name__}")

    def _note(self, records: Iterable[Action | DigestPlan | Signal]) -> None:
        for record in records:
            if isinstance(record, DigestPlan):
                heapq.heappush(self._due, (record.due_at, record.user_id, 0))
            elif record.nudge_at:
                whose = _NOBODYS if isinstance(record, Signal) else record.case_ref
                heapq.heappush(self._due, (record.nudge_at, whose, record.number))

    def _holds(self, due: Due) -> bool:
        """Whether this entry of the index is still what the record says."""
        at, whose, number = due
        if whose == _NOBODYS:
            return self.signals[number].nudge_at == at
        if not number:
            return whose in self.plans and self.plans[whose].due_at == at
        action = self.files[whose].action(number)
        return action is not None and action.nudge_at == at


def says(effects: Effects) -> tuple[Say | SendPoll, ...]:
    """The messages among what leaves."""
    return tuple(out for out in effects.send if isinstance(out, Say | SendPoll))
