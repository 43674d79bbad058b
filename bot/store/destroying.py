"""Taking a whole case out of the file: its rows, what waits to leave, and what would tell of it elsewhere.

What the database cannot undo by itself, free pages and the write-ahead log, is `Database.compact`'s; the keys of its
room are in the other file. What is left says that a case was destroyed, and nothing of what it was about.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.effects import Certify, Logged, Redact, Say, TakeAllBack, ToRoom
from bot.core.records.cases import Case
from bot.core.records.meetings import Poll
from bot.core.records.retention import Destruction
from bot.core.reminding.nudging import QUIETLY
from bot.core.text import Message
from bot.store import outgoing as outgoing_rows
from bot.store.mailbox import WIPED
from bot.store.sql import written

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from bot.core.effects import Outgoing
    from bot.store.transaction import Transaction

EVENT = "case.destroyed"
"""The line of the audit log that stands for it."""
AGAIN = "destruction.replayed"
"""As EVENT, for one that a restored copy of the file had to be told of."""
NO_ROOM = "-"
"""In place of a room id: a case whose room was never made."""


async def destroy(transaction: Transaction, ref: str, *, actor: str, at: datetime) -> None:
    """Delete everything of this case and queue what undoes its room; nothing where there is no such case."""
    [case] = await transaction.load(Case, "WHERE ref = ?", ref) or (None,)
    if case is None:
        return
    number = 1 + (await transaction.value("SELECT max(number) FROM destructions") or 0)
    counts, undo = await take_out(transaction, case, number)
    await transaction.make(Destruction(number, ref, at, counts))
    await transaction.log(Logged(EVENT, ref, str(number)), actor=actor, at=at)
    undo = (*undo, Certify(case.room_id or NO_ROOM, number))
    await transaction.queue(undo, f"destroyed:{ref}:{at.isoformat()}", at)


async def replay(transaction: Transaction, gone: Destruction, *, refs: Iterable[str], at: datetime) -> None:
    """Destroy again, in a restored copy, what its ledger says was destroyed; `refs` are the cases it may be."""
    chosen = "WHERE ref IN (SELECT value FROM json_each(?)) AND opened_at < ?"
    # A case that was begun later under the same reference is another one.
    for case in await transaction.load(Case, chosen, json.dumps(list(refs)), written(gone.destroyed_at)):
        _, undo = await take_out(transaction, case, gone.number)
        gone = replace(gone, case_ref=case.ref)
        await transaction.queue(undo, f"destroyed:{case.ref}:{at.isoformat()}", at)
    await transaction.keep(gone)
    await transaction.log(Logged(AGAIN, gone.case_ref, str(gone.number)), actor="operator", at=at)


async def take_out(
    transaction: Transaction, case: Case, number: int
) -> tuple[tuple[tuple[str, int], ...], tuple[Outgoing, ...]]:
    """Delete the rows; gives how many of which table, and what is to be done about the room and older messages."""
    handovers = await transaction.rows("SELECT id, room_id FROM handovers WHERE case_ref = ?", case.ref)
    rooms = tuple(room for room in (case.room_id, *(room_id for _, room_id in handovers)) if room)
    counts = await _counts(transaction, case.ref)
    addresses = {case.ref, *rooms, *(id_ for id_, _ in handovers)}
    elsewhere = await _outbox_rows_about(transaction, case.ref, addresses, rooms)
    await transaction.rows(
        "DELETE FROM questions WHERE room_id IN (SELECT value FROM json_each(?)) OR instr(draft, ?)"
        " OR user_id IN (SELECT user_id FROM participants WHERE case_ref = ?)",
        json.dumps(rooms),
        case.ref,
        case.ref,
    )
    for room_id in rooms:
        await forget_traces(transaction, room_id)
    await transaction.drop(case)
    return counts, (*elsewhere, *((TakeAllBack(rooms[0], rooms, number),) if rooms else ()))


async def forget_traces(transaction: Transaction, room_id: str) -> None:
    """What came from the room and waits, and which places of its sessions were used."""
    await transaction.rows("DELETE FROM inbox WHERE room_id = ?", room_id)
    await transaction.rows("DELETE FROM message_index WHERE room_id = ?", room_id)


async def _counts(transaction: Transaction, ref: str) -> tuple[tuple[str, int], ...]:
    """The rows of each table that hang under the case; a table that is added later counts by itself."""
    tables = await transaction.rows(
        'SELECT m.name, f."from" FROM sqlite_master m, pragma_foreign_key_list(m.name) f'
        " WHERE m.type = 'table' AND f.\"table\" = 'cases' ORDER BY m.name"
    )
    counts = [
        (name, await transaction.value(f"SELECT count(*) FROM {name} WHERE {column} = ?", ref))  # noqa: S608
        for name, column in tables
    ]
    return tuple((name, count) for name, count in counts if count)


async def _outbox_rows_about(
    transaction: Transaction, ref: str, addresses: Collection[str], rooms: Collection[str]
) -> tuple[Redact, ...]:
    """What waits to tell of the case never leaves; what was said of it in direct chats is taken back.

    Only as far back as the outbox remembers. One that was tried may have arrived: it goes again, empty, under its own
    id, and what became of it is taken back (`OutboxTable.sent`). What is in `rooms` is `TakeAllBack`'s.
    """
    known = json.dumps(await _txn_ids(transaction, ref))
    named = re.compile(rf"{re.escape(ref)}(?![\w-])", re.IGNORECASE)
    waiting = await transaction.rows(
        "SELECT txn_id, kind, address, content, tries, txn_id IN (SELECT value FROM json_each(?))"
        " FROM outbox WHERE state = 'waiting'",
        known,
    )
    for txn_id, kind, address, content, tries, is_known in waiting:
        if not (address in addresses or is_known or named.search(content)):
            continue
        if tries and address not in addresses and kind in outgoing_rows.MESSAGES:
            empty = outgoing_rows.dump(Say(ToRoom(""), Message.of(WIPED)))
            await transaction.rows(
                "UPDATE outbox SET content = ?, kind = 'say', wiped = 1 WHERE txn_id = ?", empty, txn_id
            )
        else:
            await transaction.failed(txn_id)
    in_rooms = "room_id IN (SELECT value FROM json_each(?1))"
    sent = await transaction.rows(
        f"SELECT room_id, event_id FROM outbox WHERE event_id IS NOT NULL AND NOT {in_rooms}"  # noqa: S608
        " AND txn_id IN (SELECT value FROM json_each(?2)) ORDER BY seq",
        json.dumps(list(rooms)),
        known,
    )
    await transaction.rows(
        f"DELETE FROM outbox WHERE state <> 'waiting'"  # noqa: S608
        f" AND (address IN (SELECT value FROM json_each(?2)) OR {in_rooms})",
        json.dumps(list(rooms)),
        json.dumps(list(addresses)),
    )
    return tuple(Redact(room, event_id) for room, event_id in sent)


async def _txn_ids(transaction: Transaction, ref: str) -> list[str]:
    """Under which ids the bot told of this case: in answer to somebody, unasked (alone in its message), or in a poll."""
    caused = "SELECT txn_id FROM outbox WHERE caused_by IN (SELECT event_id FROM sources WHERE case_ref = ?)"
    answers = await transaction.rows(caused, ref)
    keys = await transaction.rows(
        "SELECT key FROM explanations GROUP BY key HAVING min(case_ref IS ?1) AND max(case_ref IS ?1)", ref
    )
    polls = await transaction.load(Poll, "WHERE case_ref = ?", ref)
    return [
        *(txn_id for (txn_id,) in answers),
        *(outgoing_rows.key_id(key) for (plain,) in keys for key in (plain, f"{QUIETLY}{plain}")),
        *(outgoing_rows.key_id(poll.key) for poll in polls),
    ]
