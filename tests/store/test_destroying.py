"""A destroyed case: nothing of it is left in the file, looked at with the key in hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.effects import (
    Certify,
    Destroyed,
    Effects,
    Leave,
    Redact,
    Say,
    TakeAllBack,
    ToCase,
    ToPerson,
    ToRoom,
)
from bot.core.model import Explanation, Person, Rule, Source
from bot.core.text import Message
from bot.store.destroying import EVENT
from bot.store.sql import written
from tests.store.pages import decrypted
from tests.store.samples import KEY, MINUTE, NOW, a_case, a_participant, an_action, keep, text

if TYPE_CHECKING:
    from pathlib import Path

    from bot.store.database import Database
    from bot.store.transaction import Transaction

REF, OTHER = "Z-2026-014", "Z-2026-0145"
ROOM = f"!{REF}:example.org"
CANARY = "kanarie"
KEPT_OF_A_CASE = {"audit", "destructions"}
"""Tables that name a case and outlive it: that something was done, never what it was about."""


async def filled(db: Database) -> set[str]:
    """A row of the case in every table that can have one, with the canary in every text; gives those tables."""

    async def work(t: Transaction) -> set[str]:
        await keep(t, a_case(REF, purpose=text(f"doel {CANARY}")), a_case(OTHER, room_id="!o:x"))
        await keep(t, a_participant("@a:x", REF, label=CANARY), an_action(1, OTHER))
        found = set()
        for (table,) in await t.rows("SELECT name FROM sqlite_master WHERE type = 'table'"):
            columns = await t.rows(f"PRAGMA table_info({table})")
            names = {name for _, name, *_ in columns}
            if "case_ref" not in names or table in {*KEPT_OF_A_CASE, "participants"}:
                continue
            found.add(table)
            values = [_value(name, sort) for _, name, sort, *_ in columns]
            marks = ", ".join("?" * len(values))
            await t.rows(
                f"INSERT INTO {table} ({', '.join(n for _, n, *_ in columns)}) VALUES ({marks})", *values
            )
        return found

    return await db.write(work)


def _value(name: str, sort: str) -> object:
    if name == "case_ref" or name.endswith("_at"):
        return REF if name == "case_ref" else written(NOW)
    return 1 if sort == "INTEGER" else json.dumps([f"{name} {CANARY}"])


async def destroy(db: Database) -> None:
    gone = Effects(destroyed=(Destroyed(REF),))
    await db.write(lambda t: t.carry_out(gone, actor="@b:x", at=NOW, source="$word"))


async def texts(db: Database) -> str:
    """Everything in every row of every table."""
    tables = await db.read(lambda t: t.rows("SELECT name FROM sqlite_master WHERE type = 'table'"))
    rows = [await db.read(lambda t, name=name: t.rows(f"SELECT * FROM {name}")) for (name,) in tables]
    return repr(rows)


async def test_no_table_keeps_a_word_of_a_destroyed_case(db: Database) -> None:
    """A table that is added later is looked at by itself."""
    assert {"actions", "explanations", "steps", "retentions"} <= await filled(db)
    assert CANARY in await texts(db)
    await destroy(db)
    assert CANARY not in await texts(db)


async def test_every_table_that_names_a_case_goes_with_it(db: Database) -> None:
    async def loose(t: Transaction) -> set[str]:
        tables = await t.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        naming = {
            name
            for (name,) in tables
            if any(column == "case_ref" for _, column, *_ in await t.rows(f"PRAGMA table_info({name})"))
        }
        tied = await t.rows(
            "SELECT m.name FROM sqlite_master m, pragma_foreign_key_list(m.name) f"
            " WHERE f.\"table\" = 'cases' AND f.\"on_delete\" = 'CASCADE'"
        )
        return naming - {name for (name,) in tied}

    assert await db.read(loose) == KEPT_OF_A_CASE


async def test_no_page_of_the_file_keeps_a_word_of_a_destroyed_case(db: Database, path: Path) -> None:
    """Free pages, the gaps within pages and the write-ahead log, decrypted with the key."""
    await filled(db)
    for round_ in range(3):  # rows of two cases side by side, changed and moved about
        for number in range(2, 200):
            words = text(f"{CANARY} {'x' * (number * (round_ + 1) % 500)}")
            mine, others = an_action(number, REF, text=words), an_action(number, OTHER)
            await db.write(lambda t, mine=mine, others=others: keep(t, mine, others))
    assert CANARY.encode() in decrypted(path, KEY)
    await destroy(db)
    assert await db.compact()
    assert CANARY.encode() not in decrypted(path, KEY)
    assert b"gesprek op school plannen" in decrypted(path, KEY)


async def test_what_waits_to_tell_of_the_case_never_leaves(db: Database) -> None:
    waiting = (
        Say(ToCase(REF), Message.of(f"a {CANARY}")),
        Say(ToRoom(ROOM), Message.of(f"b {CANARY}")),
        Say(ToPerson("@a:x"), Message.of(f"{REF} c {CANARY}")),
    )
    others = (Say(ToPerson("@a:x"), Message.of(f"{OTHER} d")), Say(ToCase(OTHER), Message.of("e")))
    await db.write(
        lambda t: keep(t, a_case(REF), a_case(OTHER, room_id="!o:x"), Person("@a:x", direct_room="!d:x"))
    )
    await db.write(lambda t: t.queue((*waiting, *others), "$1", NOW))
    await destroy(db)
    assert CANARY not in await texts(db)
    left = [row.outgoing for row in await db.write(_all_in_order)]
    assert [out for out in left if isinstance(out, Say)] == list(others)


async def _all_in_order(t: Transaction) -> list[Any]:
    """Everything that still leaves, as if each were sent."""
    found: list[Any] = []
    while rows := await t.waiting(NOW):
        found += rows
        for row in rows:
            await t.sent(row.txn_id, None, NOW)
    return found


async def test_the_room_is_emptied_then_left_then_the_certificate_is_made(db: Database) -> None:
    await db.write(lambda t: keep(t, a_case(REF)))
    await destroy(db)
    rows = await db.write(_all_in_order)
    assert [row.outgoing for row in rows] == [TakeAllBack(ROOM, 1), Leave(ROOM), Certify(ROOM, 1)]


async def test_what_was_said_in_direct_chats_is_taken_back_as_far_as_it_is_known(db: Database) -> None:
    async def work(t: Transaction) -> None:
        await keep(t, a_case(REF), a_case(OTHER, room_id="!o:x"), Person("@a:x", direct_room="!d:x"))
        await keep(t, Source(REF, "$asked", "A1", "@a:x", made=False))
        for key, refs in (("nudge", (REF,)), ("both", (REF, OTHER))):
            for place, ref in enumerate(refs):
                await keep(t, Explanation(key, place, "@a:x", NOW, Rule.NUDGE, ref))
            await t.queue([Say(ToPerson("@a:x"), Message.of("x"), key=key)], "$clock", NOW)
        await t.queue([Say(ToRoom("!d:x"), Message.of("x"))], "$asked", NOW)
        for number, row in enumerate(await t.rows("SELECT txn_id FROM outbox ORDER BY seq")):
            await t.sent(row[0], f"$said{number}", NOW)

    await db.write(work)
    await destroy(db)
    back = [row.outgoing for row in await db.write(_all_in_order)]
    assert [out for out in back if isinstance(out, Redact)] == [
        Redact("!d:x", "$said0"),
        Redact("!d:x", "$said2"),
    ]


async def test_one_that_was_tried_goes_empty_and_is_taken_back(db: Database) -> None:
    async def work(t: Transaction) -> str:
        await keep(t, a_case(REF), Person("@a:x", direct_room="!d:x"))
        await t.queue([Say(ToPerson("@a:x"), Message.of(f"{REF} {CANARY}"))], "$1", NOW)
        [row] = await t.waiting(NOW)
        await t.tried(row.txn_id, NOW)
        return str(row.txn_id)

    txn_id = await db.write(work)
    await destroy(db)
    assert CANARY not in await texts(db)
    await db.write(lambda t: t.sent(txn_id, "$arrived", NOW + MINUTE))
    back = [row.outgoing for row in await db.write(_all_in_order)]
    assert Redact("!d:x", "$arrived") in back


async def test_that_it_was_destroyed_is_known_and_nothing_else(db: Database) -> None:
    await filled(db)
    await destroy(db)
    [gone] = await db.read(lambda t: t.destructions())
    assert (gone.number, gone.case_ref, gone.certificate) == (1, REF, None)
    assert dict(gone.counts)["participants"] == 1
    [*_, line] = await db.read(lambda t: t.audit_lines(REF))
    assert (line.event, line.actor, line.thing) == (EVENT, "@b:x", "1")
    assert await db.read(lambda t: t.broken_line()) is None


@pytest.mark.parametrize("ref", ["Z-1999-1", ""])
async def test_what_is_not_there_is_not_destroyed(db: Database, ref: str) -> None:
    gone = Effects(destroyed=(Destroyed(ref),))
    await db.write(lambda t: t.carry_out(gone, actor="@b:x", at=NOW, source="$word"))
    assert await db.read(lambda t: t.destructions()) == ()
