"""The clock's way in: sleeps until the earliest due instant and carries out what the rules say then.

It never scans: the cost of waking grows with what is due, not with what exists.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from bot.core.access.trusting import is_verified, uncompared
from bot.core.dates.calendar import at_local, local_day
from bot.core.effects import Effects
from bot.core.records.people import DigestPlan, Person
from bot.core.reminding import digest_plan, incident_terms, nudging, retention_ends, signal_reviews
from bot.core.reminding.digest import COUNTED_BACK
from bot.errors import StoreError, places
from bot.store.audit import HEAD
from bot.store.carrying import carry_out
from commands.handovers.news import overdue

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.clock import Clock
    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action
    from bot.core.records.incidents import Incident
    from bot.core.region import Region
    from bot.store.database import Database
    from bot.store.transaction import Transaction

log = logging.getLogger(__name__)

AFTER_FAULT = timedelta(seconds=60)
"""The rest after a fault in a rule: what is due stays due."""
CLOCK = "clock"
"""Actor of what nobody typed."""


class Scheduler:
    """Nudges and digests, each in one transaction with its messages."""

    def __init__(
        self, database: Database, region: Region, clock: Clock, *, queued: Callable[[], None]
    ) -> None:
        self._database = database
        self._region = region
        self._clock = clock
        self._queued = queued
        self._failed = False
        self.changed = asyncio.Event()
        """Set when the earliest due instant may have changed."""

    async def run(self) -> None:
        await self._database.write(self._plan_digests)
        while True:
            self.changed.clear()
            self._failed = False
            try:
                if await self._database.write(self._wake):
                    self._queued()
            except StoreError:
                raise
            except Exception as fault:  # noqa: BLE001  a fault must not end all reminders for good
                self._not_done(fault)
            due = await self._database.read(self._next_due)
            if self._failed:
                due = max(due or self._clock.now(), self._clock.now() + AFTER_FAULT)
            await self._clock.sleep_until(due, self.changed)

    def _not_done(self, fault: Exception) -> None:
        self._failed = True
        log.error(
            "waking failed: %s at %s", type(fault).__name__, places(fault)
        )  # its text may quote the case

    async def _plan_digests(self, transaction: Transaction) -> None:
        """Every coordinator has a plan from the first start on, and an open direct chat to receive it in."""
        planned = {plan.user_id for plan in await transaction.digest_plans()}
        for user_id in sorted(self._region.coordinators - planned):
            await transaction.keep(
                DigestPlan(user_id, digest_plan.next_due_at(self._region, self._clock.now()))
            )

    async def _wake(self, transaction: Transaction) -> bool:
        now = self._clock.now()
        incident = await transaction.last_incident()
        running = incident if incident and incident.is_running else None
        effects = await self._or_nothing(self._kept_too_long(transaction, now))
        effects += Effects() if running else await self._asked(transaction, now)
        effects += incident_terms.wake(now, await transaction.due_incidents(now), self._region)
        effects += await self._or_nothing(self._digests(transaction, now, running))
        if not (effects.keep or effects.send):
            return False
        await carry_out(transaction, effects, actor=CLOCK, at=now, source=f"{CLOCK}:{now.isoformat()}")
        return True

    async def _asked(self, transaction: Transaction, now: datetime) -> Effects:
        """Everything that pauses while an incident runs. What comes due then is taken up as after downtime."""
        nudged = await self._or_nothing(self._nudges(transaction, now))
        signals = await self._or_nothing(self._signals(transaction, now, nudged))
        return nudged + signals + await self._or_nothing(self._handovers(transaction, now))

    async def _or_nothing(self, rule: Awaitable[Effects]) -> Effects:
        """What the rule says; where it fails the others go on. A rule only reads, so nothing is half done."""
        try:
            return await rule
        except StoreError:
            raise
        except Exception as fault:  # noqa: BLE001  one case must not silence all others
            self._not_done(fault)
            return Effects()

    async def _nudges(self, transaction: Transaction, now: datetime) -> Effects:
        actions = await transaction.due_actions(now)
        if not actions:
            return Effects()
        files = await transaction.case_files(action.case_ref for action in actions)
        due = tuple((files[action.case_ref], action) for action in actions)
        users = {p.user_id for file in files.values() for p in file.seated} | self._region.coordinators
        people = await transaction.persons(users)
        reachable = await transaction.direct_joined(users)
        polls = await transaction.polls_of(files)
        pins = await transaction.pins(self._region.coordinators)
        # Who was not compared is no coordinator yet: what is meant for them would be withheld, and nobody would hear it.
        compared = frozenset(user for user in self._region.coordinators if is_verified(pins.get(user)))
        region = replace(self._region, coordinators=compared)

        def nudged(pairs: tuple[tuple[CaseFile, Action], ...]) -> Effects:
            return nudging.wake(now, pairs, people, region, reachable, polls)

        try:
            return nudged(due)
        except Exception as fault:  # noqa: BLE001  as above
            self._not_done(fault)
            return nudged(tuple(pair for pair in due if _works(nudged, pair)))

    async def _signals(self, transaction: Transaction, now: datetime, so_far: Effects) -> Effects:
        """Signals without a case, to whom was not nudged at this moment already."""
        due = await transaction.due_signals(now)
        if not due:
            return Effects()
        users = {signal.noted_by for signal in due} | self._region.coordinators
        people = await transaction.persons(users)
        reachable = await transaction.direct_joined(users)
        told = frozenset(record.user_id for record in so_far.keep if isinstance(record, Person))
        return signal_reviews.wake(now, due, people, self._region, reachable, told)

    async def _next_due(self, transaction: Transaction) -> datetime | None:
        day = retention_ends.first_day(*await transaction.longest_kept(), self._region.retention)
        warning = retention_ends.next_wake(day, self._region, self._clock.now())
        return min(filter(None, (await transaction.next_due(), warning)), default=None)

    async def _kept_too_long(self, transaction: Transaction, now: datetime) -> Effects:
        terms, today = self._region.retention, local_day(now)
        ahead = today + timedelta(days=terms.warn)
        files = await transaction.kept_too_long(
            _end_of(ahead - relativedelta(months=terms.closed)),
            ahead,
            _end_of(today - relativedelta(months=terms.unmoved)),
        )
        users = {p.user_id for file in files for p in file.seated}
        return retention_ends.wake(now, files, self._region, await transaction.persons(users))

    async def _digests(self, transaction: Transaction, now: datetime, incident: Incident | None) -> Effects:
        effects = Effects()
        plans = await transaction.due_digests(now)
        cases = await transaction.cases(closed_since=now - COUNTED_BACK) if plans else ()
        signals = await transaction.signals_without_case() if plans else ()
        pins = await transaction.pins(plan.user_id for plan in plans)
        head = (await transaction.audit_head())[:HEAD]
        paused = local_day(incident.started_at) if incident else None
        for plan in plans:
            found = digest_plan.effects(plan, cases, self._region, now, signals, head=head, paused=paused)
            if plan.user_id in self._region.coordinators and not is_verified(pins.get(plan.user_id)):
                found = uncompared(found, plan.user_id)
            effects += found
        return effects

    async def _handovers(self, transaction: Transaction, now: datetime) -> Effects:
        effects, late = Effects(), await transaction.due_handovers(now)
        pins = await transaction.pins(self._region.coordinators) if late else {}
        for handover in late:
            effects += overdue(handover, self._region, pins, now)
        return effects


def _works(
    rule: Callable[[tuple[tuple[CaseFile, Action], ...]], Effects], pair: tuple[CaseFile, Action]
) -> bool:
    try:
        rule((pair,))
    except Exception:  # noqa: BLE001  that it fails is the answer
        return False
    return True


def _end_of(day: date) -> datetime:
    """With days to spare: a month is not the same back and forth. The rule itself looks again at each case."""
    return at_local(day + timedelta(days=3), time.min)
