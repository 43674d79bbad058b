"""The clock on a real store: what is due is done once, in one transaction with its messages."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.core.records.cases import CaseState, Closing
from bot.core.records.incidents import started
from bot.core.records.people import DigestPlan, Person, Pin, PinState
from bot.core.reminding.clock import NUDGES
from bot.core.reminding.hours import Roster
from bot.core.reminding.ladder import rescheduled
from bot.running.scheduling import Scheduler
from bot.settings import protocols
from bot.store.database import Database
from tests.core import cases
from tests.core.cases import COORDINATOR, LABELS, MARCH_2, action, case, local, user
from tests.store.samples import KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from pathlib import Path

    from bot.store.transaction import Transaction

CHAIR = user("voorzitter")
REGION = replace(cases.REGION, protocols=protocols.load())


@dataclass
class Wall:
    """A clock that a test sets; nobody sleeps on it."""

    moment: datetime = MARCH_2
    asleep: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> datetime:
        return self.moment

    def at(self, milliseconds: int) -> datetime:
        raise NotImplementedError

    async def sleep_until(self, instant: datetime | None, wake: asyncio.Event) -> None:
        self.asleep.set()
        await wake.wait()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    file = case(action(4))
    agreed = rescheduled(file.actions[0], file, Roster(REGION, {}), now=MARCH_2)

    async def fill(transaction: Transaction) -> None:
        for record in (file.case, *file.participants, agreed, DigestPlan(CHAIR, local("2026-03-09 09:00"))):
            await transaction.keep(record)
        for label in LABELS:
            room = f"!{label}:voorbeeld.nl"
            await transaction.keep(Person(user(label), room))
            member = user(label)
            await transaction.put_state(room, "m.room.member", member, member, {"membership": "join"})

    async with await Database.open(tmp_path / "store.db", KEY, create=True) as opened:
        await opened.write(fill)
        yield opened


async def wake(database: Database, moment: str) -> tuple[str, ...]:
    """A start of the bot at this moment; the keys of all messages that have been queued by then."""
    wall = Wall(local(moment))
    task = asyncio.create_task(Scheduler(database, REGION, wall, queued=lambda: None).run())
    await wall.asleep.wait()
    task.cancel()
    rows = await database.read(lambda t: t.rows("SELECT content FROM outbox ORDER BY seq"))
    assert rows is not None
    return tuple(str(content) for (content,) in rows)


async def test_what_is_due_is_queued_once_however_often_the_bot_starts(database: Database) -> None:
    assert await wake(database, "2026-03-04 08:59") == ()
    told = await wake(database, "2026-03-04 09:00")
    assert len(told) == 2
    assert await wake(database, "2026-03-04 09:00") == told
    assert await wake(database, "2026-03-05 12:00") == told
    again = await wake(database, "2026-03-06 09:00")
    assert len(again) == 5, "the older question is closed, and asked anew with its words"
    assert [sum(key in content for content in again) for key in ("Z-2026-014:1", "Z-2026-014:2")] == [3, 2]


async def test_a_coordinator_whom_nobody_compared_gets_no_word_of_the_region(database: Database) -> None:
    await wake(database, "2026-03-05 12:00")
    contents = await wake(database, "2026-03-09 09:00")
    assert not any("Weekbericht" in content for content in contents)
    assert sum("identity trust" in content for content in contents) == 1


async def test_a_chair_gets_the_list_of_their_cases_and_a_coordinator_the_region(database: Database) -> None:
    compared = Pin(COORDINATOR, "KEY", MARCH_2, PinState.VERIFIED)
    await database.write(lambda t: t.keep(compared))
    await wake(database, "2026-03-05 12:00")
    contents = await wake(database, "2026-03-09 09:00")
    assert sum("Jouw casussen" in content for content in contents) == 1
    assert sum("Weekbericht ma 9 mrt" in content for content in contents) == 1
    plans = {plan.user_id: plan for plan in await database.read(lambda t: t.digest_plans())}
    assert plans.keys() == {CHAIR, COORDINATOR}
    assert {plan.last_week for plan in plans.values()} == {"2026-W11"}


async def test_a_period_that_ends_is_said_once_however_often_the_bot_starts(database: Database) -> None:
    async def closed(transaction: Transaction) -> None:
        found = await transaction.case_file("Z-2026-014")
        assert found is not None
        for one in found.actions:
            await transaction.drop(one)
        await transaction.keep(replace(found.case, state=CaseState.CLOSED))
        await transaction.keep(Closing(found.ref, 1, MARCH_2, CHAIR, 1, None, ()))

    await database.write(closed)
    assert not any("bewaartermijn" in content for content in await wake(database, "2027-08-02 12:00"))
    told = await wake(database, "2027-08-03 09:00")
    assert sum("bewaartermijn" in content for content in told) == 2
    assert sum("bewaartermijn" in c for c in await wake(database, "2027-08-03 12:00")) == 2
    file = await database.read(lambda t: t.case_file("Z-2026-014"))
    assert file is not None
    assert [action.protocol for action in file.running] == ["bewaartermijn"]


async def test_a_nudge_that_comes_due_during_an_incident_stays_away_and_comes_once_after_it(
    database: Database,
) -> None:
    running = started(1, local("2026-03-03 16:00"), COORDINATOR)
    await database.write(lambda t: t.keep(running))
    assert await wake(database, "2026-03-04 09:00") == ()
    assert (
        sum("uiterlijk vrijdag 6 maart 2026 om 16:00" in c for c in await wake(database, "2026-03-05 16:00"))
        == 1
    )
    before = await wake(database, "2026-03-06 12:00")
    assert not any("Z-2026-014" in content for content in before)
    assert sum("uiterlijk vrijdag 6 maart 2026 om 16:00" in content for content in before) == 2

    ended = replace(running, remind_at=None, ended_at=local("2026-03-06 12:00"), ended_by=COORDINATOR)
    await database.write(lambda t: t.keep(ended))
    told = (await wake(database, "2026-03-06 12:00"))[len(before) :]
    assert sum('"m.text"' in content for content in told) == 1, "one question, however much was missed"
    assert await wake(database, "2026-03-06 15:00") == (*before, *told)


async def test_a_digest_during_an_incident_says_that_reminders_are_paused(database: Database) -> None:
    compared = Pin(COORDINATOR, "KEY", MARCH_2, PinState.VERIFIED)
    await database.write(lambda t: t.keep(compared))
    await database.write(lambda t: t.keep(started(1, local("2026-03-03 16:00"), COORDINATOR)))
    await wake(database, "2026-03-05 12:00")
    contents = await wake(database, "2026-03-09 09:00")
    assert sum("Herinneringen staan stil sinds di 3/3" in content for content in contents) == 2


async def test_a_case_over_which_a_rule_fails_does_not_silence_all_others(database: Database) -> None:
    broken = replace(action(9), due_date=date.max, nudge_at=local("2026-03-04 08:00"))
    await database.write(lambda t: t.keep(broken))
    assert len(await wake(database, "2026-03-04 09:00")) == 2
    assert [
        one.number for one in await database.read(lambda t: t.due(NUDGES, local("2026-03-04 09:00")))
    ] == [9]
