"""The clock on a real encrypted store: its cost grows with what is due, not with what exists."""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.records.actions import Action
from bot.core.records.cases import Case, Participant
from bot.core.records.people import DigestPlan, Person
from bot.core.reminding.digest_plan import digest_of
from bot.core.reminding.hours import Roster
from bot.core.reminding.ladder import rescheduled
from bot.running.scheduling import Scheduler
from bot.store.database import Database
from bot.store.records import TABLES
from bot.store.sql import written
from tests.core.cases import COORDINATOR, LABELS, MARCH_2, REGION, action, case, local, user

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterable
    from datetime import datetime

    from bot.core.casefile import CaseFile
    from bot.core.records.kinds import Record
    from bot.store.transaction import Transaction

KEY = bytes(32)
DUE = 100
PER_CASE = 10
SIZES = (1_000, 10_000, 100_000)
CASES_IN_DIGEST = 500
ROUNDS = 7
MORNING = local("2026-03-04 09:00")
LATER = MORNING + timedelta(days=400)


@dataclass
class Stopped:
    """The clock at one moment."""

    moment: datetime = MORNING

    def now(self) -> datetime:
        return self.moment

    def at(self, milliseconds: int) -> datetime:
        raise NotImplementedError

    async def sleep_until(self, instant: datetime | None, wake: asyncio.Event) -> None:
        await wake.wait()


def files(actions: int) -> Iterable[CaseFile]:
    """Cases of ten open actions each; the first action of the first hundred is due this morning."""
    for number in range(actions // PER_CASE):
        ref = f"Z-2026-{number:05d}"
        file = case(*(action(n, LABELS[3 + n % 3]) for n in range(1, PER_CASE + 1)), ref=ref)
        first, *others = file.actions
        first = rescheduled(first, file, Roster(REGION, {}), now=MARCH_2)
        nudge_at = first.nudge_at if number < DUE else LATER
        yield replace(
            file,
            actions=(replace(first, nudge_at=nudge_at), *(replace(a, nudge_at=LATER) for a in others)),
        )


async def fill(database: Database, actions: int) -> None:
    rows: dict[type[Record], list[Record]] = {kind: [] for kind in (Case, Participant, Action)}
    for file in files(actions):
        rows[Case].append(file.case)
        rows[Participant] += file.participants
        rows[Action] += file.actions
    rows[Person] = [Person(user(label), f"!{label}:voorbeeld.nl") for label in LABELS]

    async def work(transaction: Transaction) -> None:
        for kind, records in rows.items():
            table = TABLES[kind]
            await database._connection.executemany(table.upsert, [table.row(record) for record in records])
        for label in LABELS:
            content = {"membership": "join"}
            await transaction.put_state(
                f"!{label}:voorbeeld.nl", "m.room.member", user(label), user(label), content
            )

    await database.write(work)


async def again(transaction: Transaction) -> None:
    """As it was before the wake-up."""
    await transaction.rows(
        "UPDATE actions SET nudge_at = ?, nudge_step = NULL WHERE nudge_step IS NOT NULL", written(MORNING)
    )
    await transaction.rows("UPDATE persons SET nudged_on = NULL")
    await transaction.rows("DELETE FROM outbox")
    await transaction.rows("DELETE FROM polls")


async def wake_up(folder: Path, actions: int) -> tuple[float, float]:
    """Milliseconds of a wake-up with a hundred due, and of one with nothing due; the medians."""
    async with await Database.open(folder / f"{actions}.db", KEY, create=True) as database:
        await fill(database, actions)
        scheduler = Scheduler(database, REGION, Stopped(), queued=lambda: None)
        busy, idle = [], []
        for _ in range(ROUNDS):
            busy.append(await timed(database, scheduler))
            due = await database.read(
                lambda t: t.value("SELECT count(*) FROM actions WHERE nudge_step IS NOT NULL")
            )
            assert due == DUE
            idle.append(await timed(database, scheduler))
            await database.write(again)
    return statistics.median(busy), statistics.median(idle)


async def timed(database: Database, scheduler: Scheduler) -> float:
    began = time.perf_counter()
    await database.write(scheduler._wake)
    return (time.perf_counter() - began) * 1000


async def digest(folder: Path) -> float:
    """Milliseconds of the digest of a whole region, from the store to its words."""
    async with await Database.open(folder / "digest.db", KEY, create=True) as database:
        await fill(database, CASES_IN_DIGEST * PER_CASE)
        await database.write(lambda t: t.keep(DigestPlan(COORDINATOR, MORNING)))
        took = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            cases = await database.read(lambda t: t.cases())
            assert len(cases) == CASES_IN_DIGEST
            assert digest_of(COORDINATOR, cases, REGION, MORNING)
            took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


async def measure() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"{'open actions':<22}{f'{DUE} due, ms':>14}{'none due, ms':>14}")
        found = []
        for size in SIZES:
            found.append(await wake_up(folder, size))
            busy, idle = found[-1]
            print(f"{size:<22}{busy:14.1f}{idle:14.2f}")
        growth = [last / first for last, first in zip(found[-1], found[0], strict=True)]
        print(f"{f'growth, x{SIZES[-1] // SIZES[0]} actions':<22}{growth[0]:14.2f}{growth[1]:14.2f}")
        print(f"digest of {CASES_IN_DIGEST} cases: {await digest(folder):.0f} ms")
