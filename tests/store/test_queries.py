"""Questions to the records: the right ones, whole, and without reading every row."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.guard import KeptText
from bot.core.records.actions import ActionState
from bot.core.records.cases import CaseState, Closing
from bot.core.records.meetings import AgendaItem, AgendaState, Decision, Meeting, MeetingState
from bot.core.records.people import DigestPlan, Person
from bot.core.records.trail import Question
from bot.core.reminding.clock import DIGESTS, NUDGES, RULES
from bot.core.text import Language
from tests.store.samples import MINUTE, NOW, a_case, a_participant, an_action, keep, text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.store.database import Database
    from bot.store.transaction import Transaction


async def statements(db: Database, work: Callable[[Transaction], Awaitable[Any]]) -> list[str]:
    """The statements that `work` runs, with their values filled in."""
    run: list[str] = []
    await db._connection.set_trace_callback(run.append)
    await db.read(work)
    await db._connection.set_trace_callback(None)
    return [statement for statement in run if statement.lstrip().startswith("SELECT")]


async def test_a_case_file_holds_every_row_of_its_case_and_none_of_another(db: Database) -> None:
    meetings = [Meeting("Z-1", n, text("voortgang"), MeetingState.ENDED, NOW, "@c:x") for n in (1, 2, 10)]
    agenda = [AgendaItem("Z-1", n, text("school"), AgendaState.WAITING, "@chair:x") for n in (1, 2, 10)]
    decisions = [Decision("Z-1", n, text("opschalen"), text("zorg"), 1, NOW, "@c:x") for n in (1, 2, 10)]
    actions = [an_action(n, "Z-1") for n in (1, 2, 10)]
    seats = [
        a_participant("@late:x", "Z-1", since=NOW + MINUTE),
        a_participant("@b:x", "Z-1"),
        a_participant("@a:x", "Z-1", left_at=NOW + MINUTE),
    ]
    closing = Closing("Z-1", 1, NOW, "@c:x", 10, None, (("goal", "reached"), ("helped", "sharing")))
    mixed = reversed([*meetings, *agenda, *decisions, closing, *actions, *seats])
    await db.write(lambda t: keep(t, a_case("Z-1"), a_case("Z-2"), an_action(7, "Z-2"), *mixed))

    file = await db.read(lambda t: t.case_file("Z-1"))

    assert file is not None
    assert file.case == a_case("Z-1")
    assert file.participants == (seats[2], seats[1], seats[0])
    assert file.meetings == tuple(meetings)
    assert file.agenda == tuple(agenda)
    assert file.decisions == tuple(decisions)
    assert file.actions == tuple(actions)
    assert file.closings == (closing,)


async def test_an_unknown_case_or_room_is_none_and_not_another_case(db: Database) -> None:
    await db.write(lambda t: t.keep(a_case("Z-1", room_id="!r:x")))
    assert await db.read(lambda t: t.case_file("Z-2")) is None
    assert await db.read(lambda t: t.case_of_room("!other:x")) is None
    found = await db.read(lambda t: t.case_of_room("!r:x"))
    assert found is not None
    assert found.ref == "Z-1"


async def test_a_closed_case_is_found_for_what_is_left_to_do_when_it_is_named_or_moved_lately(
    db: Database,
) -> None:
    past = NOW - timedelta(days=30)
    done = an_action(1, "Z-5", state=ActionState.DONE)
    closed = [a_case(f"Z-{n}", state=CaseState.CLOSED, moved_at=past) for n in (3, 4, 5)]
    lately = a_case("Z-6", state=CaseState.CLOSED, moved_at=NOW)
    await db.write(lambda t: keep(t, a_case("Z-1"), *closed, lately, an_action(1, "Z-4"), done))

    async def refs(**chosen: Any) -> list[str]:
        return [file.ref for file in await db.read(lambda t: t.cases(**chosen))]

    assert await refs() == ["Z-1", "Z-4"]
    assert await refs(named=["Z-3", "Z-9"]) == ["Z-1", "Z-3", "Z-4"]
    assert await refs(closed_since=NOW) == ["Z-1", "Z-4", "Z-6"]
    assert await refs(closed_since=datetime.min.replace(tzinfo=UTC)) == ["Z-1", "Z-3", "Z-4", "Z-5", "Z-6"]


async def test_who_left_a_case_no_longer_sees_it_and_closed_cases_are_gone_from_lists(db: Database) -> None:
    closed = a_case("Z-3", state=CaseState.CLOSED)
    seats = [
        a_participant("@a:x", "Z-1"),
        a_participant("@a:x", "Z-2", left_at=NOW),
        a_participant("@a:x", "Z-3"),
        a_participant("@b:x", "Z-2"),
    ]
    await db.write(lambda t: keep(t, a_case("Z-2"), a_case("Z-1"), closed, *seats))

    assert [file.ref for file in await db.read(lambda t: t.cases(of="@a:x"))] == ["Z-1"]
    assert await db.read(lambda t: t.cases(of="@nobody:x")) == ()
    assert [file.ref for file in await db.read(lambda t: t.cases())] == ["Z-1", "Z-2"]
    assert set(await db.read(lambda t: t.case_files(["Z-3", "Z-1", "Z-9"]))) == {"Z-1", "Z-3"}


async def test_a_coordinator_sees_the_cases_they_name_and_not_the_whole_region(db: Database) -> None:
    closed = a_case("Z-3", state=CaseState.CLOSED)
    seat = a_participant("@c:x", "Z-1")
    await db.write(lambda t: keep(t, a_case("Z-1"), a_case("Z-2"), closed, a_case("Z-4"), seat))

    async def refs(**chosen: Any) -> list[str]:
        return [file.ref for file in await db.read(lambda t: t.cases(of="@c:x", **chosen))]

    assert await refs(named=["Z-2", "Z-3"]) == ["Z-1"]
    assert await refs(named=["Z-2", "Z-3"], beyond=True) == ["Z-1", "Z-2", "Z-3"]


async def test_many_cases_cost_as_many_statements_as_one(db: Database) -> None:
    await db.write(lambda t: keep(t, a_case("Z-0"), an_action(1, "Z-0")))
    for_one = await statements(db, lambda t: t.cases())
    for number in range(1, 40):
        ref = f"Z-{number}"
        await db.write(lambda t, ref=ref: keep(t, a_case(ref), an_action(1, ref), a_participant("@a:x", ref)))

    assert len(await statements(db, lambda t: t.cases())) == len(for_one)
    assert len(await statements(db, lambda t: t.cases(of="@a:x"))) == len(for_one)


async def test_only_actions_whose_time_has_come_are_due_longest_waiting_first(db: Database) -> None:
    actions = [
        an_action(1, nudge_at=NOW),
        an_action(2, nudge_at=NOW + MINUTE),
        an_action(3, nudge_at=NOW - timedelta(days=3)),
        an_action(4),
    ]
    await db.write(lambda t: keep(t, a_case(), *actions))
    assert [action.number for action in await db.read(lambda t: t.due(NUDGES, NOW))] == [3, 1]


async def test_the_scheduler_wakes_for_the_earliest_of_nudges_and_digests(db: Database) -> None:
    assert await db.read(lambda t: t.next_due()) is None
    await db.write(lambda t: keep(t, a_case(), an_action(1), an_action(2, nudge_at=NOW + 5 * MINUTE)))
    assert await db.read(lambda t: t.next_due()) == NOW + 5 * MINUTE
    await db.write(lambda t: t.keep(DigestPlan("@c:x", NOW + MINUTE)))
    assert await db.read(lambda t: t.next_due()) == NOW + MINUTE

    assert await db.read(lambda t: t.due(DIGESTS, NOW)) == ()
    assert await db.read(lambda t: t.due(DIGESTS, NOW + MINUTE)) == (DigestPlan("@c:x", NOW + MINUTE),)


@pytest.mark.parametrize(
    "work",
    [
        *(
            pytest.param(lambda t, rule=rule: t.due(rule, NOW), id=f"due {rule.name}")
            for rule in RULES
            if rule.instant
        ),
        pytest.param(lambda t: t.next_due(), id="next due"),
        pytest.param(lambda t: t.case_of_room("!r:x"), id="the case of a room"),
        pytest.param(lambda t: t.direct_room_owner("!r:x"), id="the owner of a direct chat"),
        pytest.param(lambda t: t.txn_of_event("$e"), id="the row of an event"),
    ],
)
async def test_what_is_asked_all_day_never_reads_a_whole_table(db: Database, work: Any) -> None:
    await db.write(lambda t: keep(t, a_case(room_id="!r:x"), an_action(1, nudge_at=NOW)))
    for statement in await statements(db, work):
        plan = await db.read(lambda t, statement=statement: t.rows(f"EXPLAIN QUERY PLAN {statement}"))
        scans = [step for *_, step in plan if step.startswith("SCAN") and "INDEX" not in step]
        assert [step for step in scans if "CONSTANT" not in step and "subquery" not in step] == [], statement


async def test_a_person_is_found_by_id_and_a_stranger_is_not_made_up(db: Database) -> None:
    known = Person("@a:x", "!dm:x", date(2026, 3, 6))
    await db.write(lambda t: keep(t, known, Person("@b:x")))
    assert await db.read(lambda t: t.person("@a:x")) == known
    assert await db.read(lambda t: t.person("@nobody:x")) is None
    assert await db.read(lambda t: t.persons(["@a:x", "@nobody:x"])) == {"@a:x": known}
    assert await db.read(lambda t: t.direct_room_owner("!dm:x")) == "@a:x"
    assert await db.read(lambda t: t.direct_room_owner("!other:x")) is None


async def test_only_who_is_in_their_own_direct_chat_counts_as_reachable_there(db: Database) -> None:
    await db.write(
        lambda t: keep(t, Person("@in:x", "!in:x"), Person("@invited:x", "!invited:x"), Person("@none:x"))
    )
    memberships = [
        ("!in:x", "@in:x", "join"),
        ("!invited:x", "@invited:x", "invite"),
        ("!invited:x", "@spy:x", "join"),
        ("!in:x", "@none:x", "join"),
    ]
    for room, user, membership in memberships:
        content = {"membership": membership}
        await db.write(lambda t, r=room, u=user, c=content: t.put_state(r, "m.room.member", u, u, c))

    everybody = ["@in:x", "@invited:x", "@none:x", "@spy:x"]
    assert await db.read(lambda t: t.direct_joined(everybody)) == {"@in:x"}


async def test_a_question_waits_for_one_person_in_one_room(db: Database) -> None:
    question = Question(
        "!r:x", "@a:x", "actie", "when", (("holder", "leerplicht"),), Language.NL, NOW, "$asked", "$begun"
    )
    await db.write(lambda t: t.keep(question))
    assert await db.read(lambda t: t.question("!r:x", "@a:x")) == question
    assert await db.read(lambda t: t.question("!r:x", "@b:x")) is None
    assert await db.read(lambda t: t.question("!other:x", "@a:x")) is None


async def test_the_text_of_a_case_file_cannot_be_told_from_its_repr(db: Database) -> None:
    """What ends up in a traceback is a repr."""
    await db.write(lambda t: keep(t, a_case(purpose=KeptText.from_store("kanarie")), an_action(1)))
    assert "kanarie" not in repr(await db.read(lambda t: t.cases()))
