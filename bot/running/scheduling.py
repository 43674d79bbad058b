"""The clock's way in: sleeps until the earliest due instant and carries out what the rules say then.

It never scans: the cost of waking grows with what is due, not with what exists.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.core.assembly import new_apart
from bot.core.casefile import CaseFile
from bot.core.dates.calendar import local_day
from bot.core.effects import Effects
from bot.core.records.signals import Signal
from bot.core.reminding import digest_plan, retention_ends
from bot.core.reminding.clock import Known, rules, since
from bot.core.reminding.digest import COUNTED_BACK
from bot.errors import StoreError, places
from bot.store.audit import HEAD
from bot.store.carrying import carry_out

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.clock import Clock
    from bot.core.records.incidents import Incident
    from bot.core.region import Region
    from bot.core.reminding.clock import ClockRule
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
        planned = [plan.user_id for plan in await transaction.digest_plans()]
        for plan in digest_plan.first_plans(self._region, planned, self._clock.now()):
            await transaction.make(plan)

    async def _wake(self, transaction: Transaction) -> bool:
        now = self._clock.now()
        incident = await transaction.running_incident()
        effects = Effects()
        for rule in rules(incident):
            effects += await self._or_nothing(self._played(rule, transaction, now, incident, effects))
        if not (effects.records or effects.send):
            return False
        await carry_out(transaction, effects, actor=CLOCK, at=now, source=f"{CLOCK}:{now.isoformat()}")
        return True

    async def _or_nothing(self, rule: Awaitable[Effects]) -> Effects:
        """What the rule says; where it fails the others go on. A rule only reads, so nothing is half done."""
        try:
            return await rule
        except StoreError:
            raise
        except Exception as fault:  # noqa: BLE001  one case must not silence all others
            self._not_done(fault)
            return Effects()

    async def _played(
        self,
        rule: ClockRule[Any],
        transaction: Transaction,
        now: datetime,
        incident: Incident | None,
        so_far: Effects,
    ) -> Effects:
        due = await self._due(rule, transaction, now)
        if not due:
            return Effects()
        known = await self._known(rule, due, transaction, now)
        known = replace(known, incident=incident, people=since(known.people, so_far))
        try:
            return new_apart(rule.wake(due, known), known, due)
        except Exception as fault:  # noqa: BLE001  as above
            self._not_done(fault)
            working = tuple(one for one in due if _works(rule, one, known))
            return new_apart(rule.wake(working, known), known, due)

    async def _due(self, rule: ClockRule[Any], transaction: Transaction, now: datetime) -> tuple[Any, ...]:
        if rule.instant:
            return await transaction.due(rule, now)
        return await transaction.kept_too_long(*retention_ends.bounds(local_day(now), self._region.retention))

    async def _known(
        self, rule: ClockRule[Any], due: tuple[Any, ...], transaction: Transaction, now: datetime
    ) -> Known:
        region = self._region
        found = {thing.ref: thing for thing in due if isinstance(thing, CaseFile)}
        refs = {ref for thing in due if (ref := getattr(thing, "case_ref", None))}
        files = found | await transaction.case_files(refs)
        users = {seat.user_id for file in files.values() for seat in file.seated} | region.coordinators
        users |= {thing.noted_by for thing in due if isinstance(thing, Signal)}
        return Known(
            now,
            region,
            files,
            await transaction.persons(users),
            await transaction.direct_joined(users),
            await transaction.pins(region.coordinators),
            await transaction.polls_of(files),
            cases=await transaction.cases(closed_since=now - COUNTED_BACK) if rule.whole else (),
            signals=await transaction.signals_without_case() if rule.whole else (),
            head=(await transaction.audit_head())[:HEAD] if rule.whole else None,
        )

    async def _next_due(self, transaction: Transaction) -> datetime | None:
        day = retention_ends.first_day(*await transaction.longest_kept(), self._region.retention)
        warning = retention_ends.next_wake(day, self._region, self._clock.now())
        return min(filter(None, (await transaction.next_due(), warning)), default=None)


def _works(rule: ClockRule[Any], one: object, known: Known) -> bool:
    try:
        rule.wake((one,), known)
    except Exception:  # noqa: BLE001  that it fails is the answer
        return False
    return True
