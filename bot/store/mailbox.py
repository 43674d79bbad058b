"""Both ends of the bot's post: events that came in and wait, things that must leave and wait."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.core.effects import Redact, Say, ToRoom
from bot.core.records.trail import ANY_FILE
from bot.core.text import Message
from bot.store import outgoing as outgoing_rows
from bot.store.sql import instant, instant_or_none, written
from bot.store.surroundings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from bot.core.effects import Outgoing

REMEMBERED = timedelta(days=30)
"""How long the ids of handled events and sent messages are kept."""
BATCH = 100
"""Events handed out at a time; after weeks away there may be very many."""
SET_ASIDE = timedelta(days=7)
"""How long an event is kept that could not be handled, for whoever looks into it."""
WIPED = "(gewist)"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class InboxRow:
    """An event that waits to be handled, as the homeserver sent it."""

    event_id: str
    room_id: str
    event: Mapping[str, Any]
    received_at: datetime
    tries: int
    begun: int = 0
    """How many attempts at it may have ended the process."""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Something that waits to leave. `room_id` is None only for what makes a room that is not there yet."""

    txn_id: str
    kind: str
    outgoing: Outgoing
    room_id: str | None
    queued_at: datetime
    first_tried_at: datetime | None
    tries: int


class InboxTable(Settings):
    """Events between their arrival and their effects."""

    async def sync_token(self) -> str | None:
        """Where the next sync goes on; None before the first."""
        return await self.setting("sync_token")

    async def receive(
        self, events: Iterable[tuple[str, Mapping[str, Any]]], sync_token: str, at: datetime
    ) -> None:
        """Take in what one sync brought, as (room id, event), together with the token that acknowledges it.

        An event that was handled before or is waiting already is left out: homeservers repeat themselves.
        """
        for room_id, event in events:
            await self.rows(
                "INSERT INTO inbox (event_id, room_id, event, received_at) SELECT ?1, ?2, ?3, ?4"
                " WHERE NOT EXISTS (SELECT 1 FROM seen WHERE event_id = ?1)"
                " ON CONFLICT (event_id) DO NOTHING",
                event["event_id"],
                room_id,
                json.dumps(event),
                written(at),
            )
        await self.put_setting("sync_token", sync_token)

    async def next_events(self, now: datetime) -> tuple[InboxRow, ...]:
        """What may be handled now, at most BATCH: the oldest first, after it what could not be read before."""
        due = await self.rows(
            "SELECT event_id, room_id, event, received_at, tries, begun FROM inbox"
            " WHERE aside_at IS NULL AND (retry_at IS NULL OR retry_at <= ?) ORDER BY retry_at IS NOT NULL, seq LIMIT ?",
            written(now),
            BATCH,
        )
        return tuple(
            InboxRow(event_id, room_id, json.loads(event), instant(received_at), tries, begun)
            for event_id, room_id, event, received_at, tries, begun in due
        )

    async def done(self, event_id: str, now: datetime) -> None:
        """The event is handled: its content goes, its id stays."""
        await self.rows("DELETE FROM inbox WHERE event_id = ?", event_id)
        await self.rows("INSERT OR IGNORE INTO seen (event_id, at) VALUES (?, ?)", event_id, written(now))

    async def defer(self, event_id: str, retry_at: datetime) -> None:
        """The event cannot be read yet; look again at `retry_at`, or when keys come in."""
        await self.rows(
            "UPDATE inbox SET tries = tries + 1, begun = 0, retry_at = ? WHERE event_id = ?",
            written(retry_at),
            event_id,
        )

    async def begin(self, event_id: str) -> None:
        """An attempt at it begins; written before, for the attempt may end the process."""
        await self.rows("UPDATE inbox SET begun = begun + 1 WHERE event_id = ?", event_id)

    async def excuse(self, event_id: str | None = None) -> None:
        """It was not this event (or none of them) that kept the process from going on."""
        await self.rows("UPDATE inbox SET begun = 0 WHERE ?1 IS NULL OR event_id = ?1", event_id)

    async def set_aside(self, event_id: str, now: datetime) -> None:
        """It is given up, and holds up nothing any more."""
        await self.rows("UPDATE inbox SET aside_at = ? WHERE event_id = ?", written(now), event_id)
        await self.rows("INSERT OR IGNORE INTO seen (event_id, at) VALUES (?, ?)", event_id, written(now))

    async def number_set_aside(self) -> int:
        return int(await self.value("SELECT count(*) FROM inbox WHERE aside_at IS NOT NULL"))

    async def retry_all(self) -> None:
        """Look at everything again: at a start nobody knows what came in last, nor what ended the last run."""
        await self.rows("UPDATE inbox SET retry_at = NULL, begun = max(begun, 1)")

    async def retry_sessions(self, sessions: Iterable[str]) -> None:
        """Keys of these Megolm sessions came in: their events may be readable."""
        await self.rows(
            "UPDATE inbox SET retry_at = NULL"
            " WHERE json_extract(event, '$.content.session_id') IN (SELECT value FROM json_each(?))",
            json.dumps(list(sessions)),
        )

    async def retry_sender(self, user_id: str) -> None:
        """This person's devices changed: whether what they sent is theirs may be known now."""
        await self.rows("UPDATE inbox SET retry_at = NULL WHERE json_extract(event, '$.sender') = ?", user_id)

    async def next_event_due(self) -> datetime | None:
        """When the first deferred event wants another look."""
        return instant_or_none(await self.value("SELECT min(retry_at) FROM inbox WHERE aside_at IS NULL"))


class OutboxTable(Settings):
    """What the bot does to the outside world, each thing once and in order."""

    async def queue(self, things: Iterable[Outgoing], source: str, at: datetime) -> None:
        """Queue things to leave. What was queued before under the same transaction id is not queued again."""
        maybe_sent = await self._maybe_sent_since(at)
        for step, outgoing in enumerate(things):
            await self.rows(
                "INSERT INTO outbox"
                " (txn_id, caused_by, kind, address_kind, address, content, queued_at, first_tried_at, tries)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?8, ?8 IS NOT NULL) ON CONFLICT (txn_id) DO NOTHING",
                outgoing_rows.txn_id(outgoing, source, step),
                source,
                outgoing_rows.NAMES[type(outgoing)],
                *outgoing_rows.address_of(outgoing),
                outgoing_rows.dump(outgoing),
                written(at),
                maybe_sent,
            )

    async def restored(self, copied_at: datetime, now: datetime) -> None:
        """This file is a copy of `copied_at`: whatever leaves may have left since, by a device that is gone.

        So what waits, and what is queued within a day, counts as tried: it is looked for in its room first.
        """
        since = written(min(copied_at, now - _DAY))
        await self.put_setting("restored", json.dumps([since, written(now + _DAY)]))
        await self.rows(
            "UPDATE outbox SET tries = max(tries, 1), retry_at = NULL,"
            " first_tried_at = min(coalesce(first_tried_at, queued_at), ?) WHERE state = 'waiting'",
            since,
        )

    async def _maybe_sent_since(self, at: datetime) -> str | None:
        since, until = json.loads(await self.setting("restored") or '["", ""]')
        return since if written(at) < until else None

    async def waiting(self, now: datetime) -> tuple[OutboxRow, ...]:
        """What may leave now: for every room at most its oldest row, so that nothing overtakes.

        A row that waits for `retry_at` holds back its own room only. A row whose room is not made yet waits
        without holding back anything, least of all the row that makes the room. Ask again after sending.
        """
        foremost = await self._foremost()
        return tuple(
            _outbox_row(*row) for *row, retry_at in foremost if retry_at is None or retry_at <= written(now)
        )

    async def next_retry(self) -> datetime | None:
        """When the first row that waits for its time may be tried again."""
        return min((instant(row[-1]) for row in await self._foremost() if row[-1] is not None), default=None)

    async def tried(self, txn_id: str, now: datetime) -> None:
        """A try begins: from here on the homeserver may have it."""
        await self.rows(
            "UPDATE outbox SET tries = tries + 1, first_tried_at = coalesce(first_tried_at, ?) WHERE txn_id = ?",
            written(now),
            txn_id,
        )

    async def later(self, txn_id: str, retry_at: datetime) -> None:
        await self.rows("UPDATE outbox SET retry_at = ? WHERE txn_id = ?", written(retry_at), txn_id)

    async def sent(self, txn_id: str, event_id: str | None, now: datetime) -> None:
        """It has left. Its content goes; the room and the event id stay, to recognise an answer to it."""
        await self.rows(
            "UPDATE outbox SET state = 'sent', content = NULL, retry_at = NULL,"  # noqa: S608
            f" room_id = {ROOM}, event_id = ?, sent_at = ? WHERE txn_id = ? AND state = 'waiting'",
            event_id,
            written(now),
            txn_id,
        )
        gone = await self.first("SELECT room_id FROM outbox WHERE txn_id = ? AND wiped", txn_id)
        if gone is not None and event_id is not None:
            await self.queue([Redact(gone[0], event_id)], f"wiped:{txn_id}", now)

    async def failed(self, txn_id: str) -> None:
        """It was refused for good. Its content goes too: nobody will send it again."""
        await self.rows(
            "UPDATE outbox SET state = 'failed', content = NULL, retry_at = NULL"
            " WHERE txn_id = ? AND state = 'waiting'",
            txn_id,
        )

    async def first_tried_before(self, moment: datetime) -> None:
        """What was ever tried counts as tried at `moment` or earlier: the homeserver may not know its id any more."""
        await self.rows(
            "UPDATE outbox SET first_tried_at = min(first_tried_at, ?)"
            " WHERE state = 'waiting' AND first_tried_at IS NOT NULL",
            written(moment),
        )

    async def event_of(self, txn_id: str) -> str | None:
        """The event that this row became."""
        event_id: str | None = await self.value("SELECT event_id FROM outbox WHERE txn_id = ?", txn_id)
        return event_id

    async def txn_of_event(self, event_id: str) -> str | None:
        """The row that became this event; None for an event that is not ours."""
        txn_id: str | None = await self.value("SELECT txn_id FROM outbox WHERE event_id = ?", event_id)
        return txn_id

    async def answers(self, event_id: str, source: str) -> bool:
        """Whether our event `event_id` is something that `source` caused: the bot's answer to it."""
        caused = "SELECT 1 FROM outbox WHERE event_id = ? AND caused_by = ?"
        return await self.first(caused, event_id, source) is not None

    async def key_of_event(self, event_id: str, keys: Iterable[str]) -> str | None:
        """The one of these keys under which our event was said; "" for another of our events, None for others'."""
        txn = await self.txn_of_event(event_id)
        found = (key for key in keys if outgoing_rows.key_id(key) == txn)
        return None if txn is None else next(found, "")

    async def taken_back(self, ref: str | None, thing: str) -> tuple[Redact, ...]:
        """The messages of ours that showed a text of this thing. One that still waits is never sent.

        One that was tried may have reached the room without our hearing of it: it goes again under its own
        transaction id, empty, and what became of it is taken back (`sent`).
        """
        sources = await self.rows(
            # A signal may have been shown before a case took it in.
            "SELECT event_id FROM sources WHERE case_ref = ?1 AND thing IN (?2, ?3)"
            " UNION SELECT event_id FROM signals_shown WHERE 'S' || signal = ?2",
            ref,
            thing,
            ANY_FILE,
        )
        caused = json.dumps([event_id for (event_id,) in sources])
        shown = "kind IN ('say', 'send_file') AND caused_by IN (SELECT value FROM json_each(?))"
        await self.rows(
            "UPDATE outbox SET state = 'failed', content = NULL, retry_at = NULL"  # noqa: S608
            f" WHERE state = 'waiting' AND tries = 0 AND {shown}",
            caused,
        )
        await self.rows(
            f"UPDATE outbox SET content = ?, kind = 'say', wiped = 1 WHERE state = 'waiting' AND {shown}",  # noqa: S608
            outgoing_rows.dump(Say(ToRoom(""), Message.of(WIPED))),
            caused,
        )
        sent = await self.rows(
            f"SELECT room_id, event_id FROM outbox WHERE event_id IS NOT NULL AND {shown} ORDER BY seq",  # noqa: S608
            caused,
        )
        return tuple(Redact(room_id, event_id) for room_id, event_id in sent)

    async def release(self, room_id: str) -> None:
        """Somebody came in who may read: what waited for them waits no longer."""
        await self.rows(
            f"UPDATE outbox SET retry_at = NULL WHERE state = 'waiting' AND {ROOM} = ?",  # noqa: S608
            room_id,
        )

    async def release_person(self, user_id: str) -> None:
        """Somebody's devices changed: what waited for one that may read waits no longer."""
        await self.rows(
            "UPDATE outbox SET retry_at = NULL WHERE state = 'waiting' AND address_kind = 'person' AND address = ?",
            user_id,
        )

    async def _foremost(self) -> list[tuple[Any, ...]]:
        """The oldest waiting row of every room, in order; its `retry_at` comes last."""
        found: dict[str, tuple[Any, ...]] = {}
        for row in await self.rows(WAITING):
            _, kind, address_kind, address, content, room_id, *_ = row
            if room_id is not None or kind in outgoing_rows.ROOM_MAKERS:
                # Messages keep their order. What arranges a room waits for none of them, only for what concerns
                # the same person or thing, as its content says.
                lane = "" if kind in outgoing_rows.MESSAGES else f"{content} "
                found.setdefault(f"{lane}{room_id or f'{address_kind} {address}'}", row)
        return list(found.values())


def _outbox_row(
    txn_id: str,
    kind: str,
    address_kind: str,
    address: str,
    content: str,
    room_id: str | None,
    queued_at: str,
    first_tried_at: str | None,
    tries: int,
) -> OutboxRow:
    """A row of WAITING as a value."""
    thing = outgoing_rows.load(kind, address_kind, address, content)
    first_try = instant_or_none(first_tried_at)
    return OutboxRow(txn_id, kind, thing, room_id, instant(queued_at), first_try, tries)


class Mailbox(InboxTable, OutboxTable):
    """Both, and what they forget together."""

    async def prune(self, now: datetime) -> None:
        """Forget the ids of what was handled, sent or refused longer ago than REMEMBERED, and why it was sent."""
        before = written(now - REMEMBERED)
        await self.rows("DELETE FROM seen WHERE at < ?", before)
        await self.rows("DELETE FROM inbox WHERE aside_at < ?", written(now - SET_ASIDE))
        # What was shown so long ago can no longer be taken back; what a message made stays known with its case.
        await self.rows("DELETE FROM sources WHERE made = 0 AND event_id NOT IN (SELECT event_id FROM seen)")
        await self.rows("DELETE FROM explanations WHERE said_at < ?", before)
        # What was asked so long ago no reply can be matched to any more: what was typed half must not stay either.
        await self.rows("DELETE FROM questions WHERE asked_at < ?", before)
        await self.rows("DELETE FROM comparisons WHERE expires_at < ?", written(now))
        await self.rows(
            "DELETE FROM outbox WHERE state <> 'waiting' AND coalesce(sent_at, first_tried_at, queued_at) < ?",
            before,
        )


ROOM = """CASE address_kind
    WHEN 'room' THEN address
    WHEN 'case' THEN (SELECT cases.room_id FROM cases WHERE ref = address)
    WHEN 'person' THEN (SELECT direct_room FROM persons WHERE user_id = address)
    WHEN 'handover' THEN (SELECT handovers.room_id FROM handovers WHERE id = address)
END"""
"""The room that a row's address stands for, as far as there is one yet."""

WAITING = f"""
SELECT txn_id, kind, address_kind, address, content, {ROOM}, queued_at, first_tried_at, tries, retry_at
FROM outbox WHERE state = 'waiting' ORDER BY seq"""  # noqa: S608
