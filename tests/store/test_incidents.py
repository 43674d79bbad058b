"""What an incident holds back in the store, and the lines of the log that go with it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.effects import Logged
from bot.core.records.incidents import Incident
from bot.core.records.people import DigestPlan
from bot.core.reminding.clock import INCIDENTS
from tests.store.samples import MINUTE, NOW, a_case, an_action, keep

if TYPE_CHECKING:
    from bot.store.database import Database

RUNNING = Incident(1, NOW, "@c:x", NOW + 9 * MINUTE)


async def test_what_waits_for_the_end_of_an_incident_does_not_keep_the_clock_awake(db: Database) -> None:
    nudged, plan = an_action(1, nudge_at=NOW + MINUTE), DigestPlan("@c:x", NOW + 5 * MINUTE)
    await db.write(lambda t: keep(t, a_case(), nudged, RUNNING))
    assert await db.read(lambda t: t.next_due()) == RUNNING.remind_at
    await db.write(lambda t: t.keep(plan))
    assert await db.read(lambda t: t.next_due()) == plan.due_at
    await db.write(lambda t: t.keep(replace(RUNNING, ended_at=NOW, ended_by="@d:x")))
    assert await db.read(lambda t: t.next_due()) == nudged.nudge_at


async def test_the_term_is_due_whether_or_not_the_incident_still_runs(db: Database) -> None:
    ended = replace(RUNNING, ended_at=NOW, ended_by="@d:x")
    second = Incident(2, NOW, "@c:x", NOW + 20 * MINUTE)
    await db.write(lambda t: keep(t, ended, second))
    assert await db.read(lambda t: t.due(INCIDENTS, NOW)) == ()
    assert await db.read(lambda t: t.due(INCIDENTS, NOW + 9 * MINUTE)) == (ended,)
    assert await db.read(lambda t: t.last_incident()) == second


async def test_the_timeline_begins_at_its_first_moment_and_reads_as_the_log_was_written(db: Database) -> None:
    for minute in range(3):
        line = Logged("nudged", "Z-2026-014", f"A{minute}")
        await db.write(lambda t, line=line, at=NOW + minute * MINUTE: t.log(line, actor="clock", at=at))
    lines = await db.read(lambda t: t.audit_lines_since(NOW + MINUTE))
    assert [line.thing for line in lines] == ["A1", "A2"]
    read = json.loads(lines[0].as_json)
    assert (read["event"], read["case_ref"], read["actor"], read["seq"]) == (
        "nudged",
        "Z-2026-014",
        "clock",
        2,
    )
    assert read["hash"] == lines[0].hash
