"""A destroyed case: nothing of it is left in the file, looked at with the key in hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.effects import (
    Certify,
    Destroyed,
    Effects,
    Redact,
    Say,
    TakeAllBack,
    ToCase,
    ToPerson,
    ToRoom,
)
from bot.core.records.explanations import Explanation, Rule
from bot.core.records.people import Person
from bot.core.records.trail import Source
from bot.core.text import Message
from bot.store.carrying import carry_out
from bot.store.destroying import EVENT
from bot.store.sql import written
from tests.store.pages import decrypted
from tests.store.samples import KEY, MINUTE, NOW, a_case, an_action, keep, text

if TYPE_CHECKING:
    from pathlib import Path

    from bot.store.database import Database
    from bot.store.transaction import Transaction

REF, OTHER = "Z-2026-014", "Z-2026-0145"
ROOM = f"!{REF}:example.org"
CANARY = "kanarie"


async def filled(db: Database) -> set[str]:
    """A row of the case in every table that hangs under it, with the canary in every text; gives those tables."""

    async def work(t: Transaction) -> set[str]:
        await keep(t, a_case(REF, purpose=text(f"doel {CANARY}")), a_case(OTHER, room_id="!o:x"))
        await keep(t, an_action(1, OTHER))
        found = {"cases"}
        while new := await _children(t, found):
            for table, parents in new.items():
                await _fill(t, table, parents)
            found |= new.keys()
        return found

    return await db.write(work)


async def _children(t: Transaction, found: set[str]) -> dict[str, dict[str, str]]:
    """The tables that hang under one of these and are not among them: column to column of the parent."""
    rows = await t.rows(
        'SELECT m.name, f."table", f."from", f."to" FROM sqlite_master m, pragma_foreign_key_list(m.name) f'
        " WHERE f.\"on_delete\" = 'CASCADE'"
    )
    new: dict[str, dict[str, str]] = {}
    for name, parent, column, of_parent in rows:
        if parent in found and name not in found:
            new.setdefault(name, {})[column] = of_parent
    return new


async def _fill(t: Transaction, table: str, parents: dict[str, str]) -> None:
    columns = await t.rows(f"PRAGMA table_info({table})")
    values = [_value(parents.get(name, name), sort) for _, name, sort, *_ in columns]
    marks = ", ".join("?" * len(values))
    names = ", ".join(name for _, name, *_ in columns)
    await t.rows(f"INSERT INTO {table} ({names}) VALUES ({marks})", *values)


def _value(name: str, sort: str) -> object:
    if name in {"case_ref", "ref"} or name.endswith("_at"):
        return written(NOW) if name.endswith("_at") else REF
    if name == "room_id":
        return "!handover:x"  # an address: what happens in the room is told apart
    return 1 if sort == "INTEGER" else json.dumps([f"{name} {CANARY}"])


async def destroy(db: Database) -> None:
    gone = Effects(destroyed=(Destroyed(REF),))
    await db.write(lambda t: carry_out(t, gone, actor="@b:x", at=NOW, source="$word"))


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


WITHOUT_CASE = {
    "compat": "a number",
    "persons": "an account and its hours",
    "pins": "keys of accounts",
    "comparisons": "keys of accounts that were compared, for ten minutes",
    "digest_plans": "when somebody gets a digest",
    "incidents": "that one was declared, with no word of any case",
    "questions": "what is half said; of the case, or of who sits in it, it goes",
    "inbox": "events as received; those of the room go",
    "seen": "ids of events",
    "outbox": "what waits; of the case it goes, and what was sent has no content",
    "settings": "the account",
    "room_state": "settings and members of rooms; the homeserver has them, and they go when the bot has left",
    "message_index": "places of sessions; those of the room go",
    "audit": "that something was done",
    "destructions": "that it was destroyed",
}
"""Every other table, and what it holds instead. A new table hangs under its case, or is named here with a reason."""


async def test_every_table_hangs_under_its_case_or_holds_nothing_of_one(db: Database) -> None:
    under = await filled(db)
    tables = await db.read(
        lambda t: t.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    )
    assert {name for (name,) in tables} - under == WITHOUT_CASE.keys()


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


async def test_the_room_is_emptied_and_left_then_the_certificate_is_made(db: Database) -> None:
    await db.write(lambda t: keep(t, a_case(REF)))
    await destroy(db)
    rows = await db.write(_all_in_order)
    assert [row.outgoing for row in rows] == [TakeAllBack(ROOM, (ROOM,), 1), Certify(ROOM, 1)]


async def test_the_room_of_a_handover_is_emptied_too(db: Database) -> None:
    await filled(db)
    await destroy(db)
    [back, *_] = [row.outgoing for row in await db.write(_all_in_order)]
    assert back == TakeAllBack(ROOM, (ROOM, "!handover:x"), 1)


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
    await db.write(lambda t: carry_out(t, gone, actor="@b:x", at=NOW, source="$word"))
    assert await db.read(lambda t: t.destructions()) == ()
