"""The rules of the clock played through ahead of time, in memory: who would be told what, and when. Nothing is sent."""

from __future__ import annotations

import heapq
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from bot.core.assembly import PARTS, taken_apart, with_records
from bot.core.effects import Effects, Say, SendPoll
from bot.core.records.cases import Case
from bot.core.records.explanations import Explanation
from bot.core.records.incidents import Incident
from bot.core.records.kinds import key_of
from bot.core.records.meetings import Poll
from bot.core.records.people import Person, Pin
from bot.core.records.signals import Signal
from bot.core.reminding.clock import RETENTION, Known, rules, since
from bot.core.reminding.digest_plan import counts
from bot.core.reminding.hours import Roster
from bot.core.reminding.ladder import rescheduled
from bot.core.reminding.retention_ends import next_wake, opens_on, warns_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from bot.core.casefile import CaseFile
    from bot.core.records.kinds import Key, Record
    from bot.core.region import Region
    from bot.core.reminding.clock import ClockRule


class Rehearsal:
    """Cases, people and plans as they stand at the moment that is played.

    `joined` are those whom a nudge can reach, `records` what is kept beside the cases. The index of what is due is
    kept as the store keeps it: a wake-up looks at what is due and at nothing else.
    """

    def __init__(
        self,
        region: Region,
        joined: frozenset[str],
        files: Iterable[CaseFile],
        records: Iterable[Record] = (),
    ) -> None:
        self.region = region
        self.joined = joined
        self.files = {file.ref: file for file in files}
        self.people: dict[str, Person] = {}
        self.explained: list[Explanation] = []
        self.polls: dict[str, dict[int, Poll]] = defaultdict(dict)
        self._pins: dict[str, Pin] = {}
        self._rows: dict[type[Record], dict[Key, Record]] = defaultdict(dict)
        self._due: list[tuple[datetime, str, tuple[Any, ...]]] = []
        """When, under which rule, and what: as much of its key as tells it from others of its kind."""
        self._at: dict[tuple[str, tuple[Any, ...]], datetime] = {}
        """What of that still holds."""
        records = tuple(records)
        incidents = (one for one in records if isinstance(one, Incident) and one.is_running)
        self._incident = max(incidents, key=lambda one: one.number, default=None)
        self._rules: dict[str, ClockRule[Any]] = {rule.name: rule for rule in rules(self._incident)}
        for file in self.files.values():
            for record in taken_apart(file):
                self._note(record)
            self._note_period(file)
        self.keep(*records)

    @property
    def roster(self) -> Roster:
        return Roster(self.region, self.people)

    def next_due(self) -> datetime | None:
        """The earliest instant at which something is due."""
        while self._due and self._at.get(self._due[0][1:]) != self._due[0][0]:
            heapq.heappop(self._due)
        return self._due[0][0] if self._due else None

    def reschedule(self, now: datetime) -> None:
        """Give every running action its next step under the region's timing, as if that had always been so."""
        for file in list(self.files.values()):
            self.keep(*(rescheduled(action, file, self.roster, now=now) for action in file.running))

    def play(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, Effects]]:
        """Every wake-up from `start` up to and including `end`, with what it causes."""
        while (due := self.next_due()) is not None and due <= end:
            now = max(due, start)
            yield now, self.wake(now)

    def wake(self, now: datetime) -> Effects:
        """What the clock does at this moment; what it keeps is kept."""
        due: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        while (at := self.next_due()) is not None and at <= now:
            _, name, key = heapq.heappop(self._due)
            del self._at[name, key]
            due[name].append(key)
        effects = Effects()
        for rule in self._rules.values():
            if things := tuple(self._find(rule, key) for key in due[rule.name]):
                effects += rule.wake(things, self._known(rule, things, now, effects))
        self.keep(*effects.records)
        for record in effects.drop:
            self._rows[type(record)].pop(key_of(record), None)
            self._note_instant(record, gone=True)
        for (ref,) in due[RETENTION.name]:
            self._note_period(self.files[ref], after=now)
        return effects

    def keep(self, *records: Record) -> None:
        """Take in records that are new or changed."""
        of_cases: dict[str, list[Record]] = defaultdict(list)
        for record in records:
            self._note(record)
            ref = record.ref if isinstance(record, Case) else getattr(record, "case_ref", None)
            if ref in self.files and isinstance(record, (Case, *PARTS)):
                of_cases[ref].append(record)
        for ref, changed in of_cases.items():
            self.files[ref] = with_records(self.files[ref], *changed)
            self._note_period(self.files[ref])

    def _known(self, rule: ClockRule[Any], due: tuple[Any, ...], now: datetime, so_far: Effects) -> Known:
        refs = dict.fromkeys(getattr(thing, "case_ref", None) or "" for thing in due)
        files = (file for file in self.files.values() if counts(file, now)) if rule.whole else ()
        signals = self._rows[Signal].values() if rule.whole else ()
        return Known(
            now,
            self.region,
            self.files,
            since(self.people, so_far),
            self.joined,
            self._pins,
            tuple(poll for ref in refs if ref in self.polls for poll in self.polls[ref].values()),
            self._incident,
            cases=tuple(sorted(files, key=lambda file: file.ref)),
            signals=tuple(one for one in signals if isinstance(one, Signal) and one.case_ref is None),
        )

    def _find(self, rule: ClockRule[Any], key: tuple[Any, ...]) -> Any:
        return self._rows[rule.kind][rule.kind, *key] if rule.instant else self.files[key[0]]

    def _note(self, record: Record) -> None:
        match record:
            case Person():
                self.people[record.user_id] = record
            case Pin():
                self._pins[record.user_id] = record
            case Poll():
                self.polls[record.case_ref][record.number] = record
            case Explanation():
                self.explained.append(record)
            case _:
                self._rows[type(record)][key_of(record)] = record
                self._note_instant(record)

    def _note_instant(self, record: Record, *, gone: bool = False) -> None:
        for rule in self._rules.values():
            if rule.instant and rule.kind is type(record):
                at = None if gone else getattr(record, rule.instant)
                self._put(rule.name, key_of(record)[1:], at)

    def _note_period(self, file: CaseFile, after: datetime | None = None) -> None:
        """When its period wants something said; `after` a moment at which it was looked at."""
        day = warns_on(file, self.region.retention)
        opens = opens_on(day, self.region) if day else None
        at = next_wake(day, self.region, after) if after else opens
        self._put(RETENTION.name, (file.ref,), at)

    def _put(self, name: str, key: tuple[Any, ...], at: datetime | None) -> None:
        if at is None:
            self._at.pop((name, key), None)
        elif self._at.get((name, key)) != at:
            self._at[name, key] = at
            heapq.heappush(self._due, (at, name, key))


def says(effects: Effects) -> tuple[Say | SendPoll, ...]:
    """The messages among what leaves."""
    return tuple(out for out in effects.send if isinstance(out, Say | SendPoll))
