"""The way out: everything that leaves the bot is a row first, and this is the only place that sends rows.

A message goes under a transaction id fixed when it was queued, so the homeserver stores a repeat once. It
remembers ids for a day; a row that was tried longer ago first looks in the room for its own key. A room has
no transaction id at all: the bot looks for its key among its rooms before creating again (rule 2).
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.core.access.receiving import Standing, may_receive, need_of
from bot.core.effects import (
    Effects,
    EndPoll,
    Invite,
    Join,
    Logged,
    OpenCaseRoom,
    OpenDirect,
    OpenHandoverRoom,
    React,
    Say,
    SayPlain,
    SendAudit,
    SendFile,
    SendLetter,
    SendPoll,
    SendWeeks,
    ToPerson,
    ToRoom,
)
from bot.core.permissions import Right
from bot.documents.access import Access
from bot.documents.drawing import NotDrawable
from bot.errors import StoreError, places
from bot.matrix import attachments, polls
from bot.matrix.arranging import Arranger, NotReady, resolved
from bot.matrix.homeserver import HomeserverFault, LoggedOut, RateLimited, Refused, Unreachable, segment
from bot.matrix.keyring import NoReaders
from bot.matrix.rooms import KEY_FIELD, LETTER, Room
from bot.store.carrying import carry_out
from bot.store.outgoing import key_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.core.effects import Outgoing
    from bot.core.region import Region
    from bot.documents.drawing import Source
    from bot.matrix.homeserver import Homeserver
    from bot.matrix.keyring import Keyring
    from bot.store.database import Database
    from bot.store.mailbox import OutboxRow
    from bot.store.transaction import Transaction

Said = Say | SendFile | SendWeeks | SendAudit | SendPoll | EndPoll | SendLetter
"""What becomes an encrypted message."""

log = logging.getLogger(__name__)

REMEMBERED = timedelta(hours=23)
"""How long a homeserver is relied on to know a transaction id (Synapse: one day)."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
NOT_READY, LONGEST_NOT_READY = 15.0, 600.0
"""Seconds until a message without readers is tried again; somebody who joins or verifies ends the wait at once."""
ALL_FAIL = 3
ABOUT_THE_ROW = frozenset({
    "M_FORBIDDEN", "M_TOO_LARGE", "M_BAD_JSON", "M_NOT_JSON", "M_INVALID_PARAM", "M_NOT_FOUND", "M_UNRECOGNIZED",
})  # fmt: skip
"""Refusals that say something of the one thing that was asked."""
HISTORY_PAGES = 50


class Withheld(Exception):
    """Whom it was meant for may not have it any more."""


class Outbox:
    """Sends what waits, row by row, each room in its own order.

    `waiting` is set when there may be something to send.
    """

    def __init__(
        self,
        homeserver: Homeserver,
        keyring: Keyring,
        database: Database,
        region: Region,
        arranger: Arranger,
        *,
        user_id: str,
        now: Callable[[], datetime],
        jitter: Callable[[], float],
        waiting: asyncio.Event,
    ) -> None:
        self._homeserver = homeserver
        self._keyring = keyring
        self._database = database
        self._region = region
        self._user_id = user_id
        self._now = now
        self._arranger = arranger
        self._jitter = jitter
        self._waiting = waiting

    async def run(self) -> None:
        """Send for ever; wait with jitter while the homeserver is away."""
        while True:
            self._waiting.clear()
            pause = await self.send_waiting()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._waiting.wait()

    async def send_waiting(self) -> float | None:
        """Send every row that can go now; seconds until the next one may, or None while nothing waits.

        A row that fails waits for itself: one partner's dead server must not silence the bot everywhere. When
        several rooms fail in a row it is our own homeserver, and the pass ends.
        """
        while rows := await self._database.read(lambda t: t.waiting(self._now())):
            failed = 0
            for row in rows:
                failed = 0 if await self._send(row) else failed + 1
                if failed >= ALL_FAIL:
                    return self._pause(row)
        next_at = await self._database.read(lambda t: t.next_retry())
        return None if next_at is None else max(0.5, (next_at - self._now()).total_seconds())

    async def _send(self, row: OutboxRow) -> bool:
        """Try one row; whether the homeserver answered at all."""
        try:
            await self._deliver(row)
        except HomeserverFault as fault:
            return await self._fault(row, fault)
        except (NotReady, NoReaders):
            await self._later(row, self._patience(row))
        except Withheld:
            log.warning("a %s was not sent: its reader may not have it any more", row.kind)
            await self._database.write(lambda t: self._withheld(t, row))
        except NotDrawable:
            log.warning("a %s was not sent: what it shows is gone", row.kind)
            await self._database.write(lambda t: t.failed(row.txn_id))
        except StoreError:
            raise
        except Exception as fault:  # noqa: BLE001  one row must never stop all others, at every start again
            log.error("a %s cannot be sent: %s at %s", row.kind, type(fault).__name__, places(fault))  # noqa: TRY400  its text may quote the case
            await self._database.write(lambda t: t.failed(row.txn_id))
        return True

    async def _deliver(self, row: OutboxRow) -> None:
        stale = row.first_tried_at is not None and self._now() - row.first_tried_at > REMEMBERED
        await self._database.write(lambda t: t.tried(row.txn_id, self._now()))
        event_id = await self._found_in_room(row) if stale else None
        if event_id is None:
            event_id = await self._carry(row)
        await self._database.write(lambda t: t.sent(row.txn_id, event_id, self._now()))

    async def _fault(self, row: OutboxRow, fault: HomeserverFault) -> bool:
        match fault:
            case LoggedOut():
                raise fault
            case RateLimited():
                await self._later(row, fault.retry_after)
            case Refused():
                await self._refused(row, fault)
            case _:
                log.warning("a %s waits: %s", row.kind, fault)
                await self._later(row, self._pause(row))
                return False
        return True

    async def _refused(self, row: OutboxRow, fault: Refused) -> None:
        """A row that can never go is dropped; what is refused to the account as a whole may pass later."""
        log.error("the homeserver refused a %s: %s", row.kind, fault)
        afar = isinstance(row.outgoing, Join) or (
            isinstance(row.outgoing, Invite) and fault.errcode not in ABOUT_THE_ROW
        )
        if afar and self._now() - row.queued_at < REMEMBERED:
            # Another server may be away, or not know the keys of ours yet: ours then says so in the words of a refusal.
            await self._later(row, self._pause(row))
            return
        if fault.errcode in ABOUT_THE_ROW and not isinstance(
            row.outgoing, OpenCaseRoom | OpenDirect | OpenHandoverRoom
        ):
            await self._database.write(lambda t: t.failed(row.txn_id))
        else:
            await self._later(row, LONGEST_NOT_READY)

    async def _later(self, row: OutboxRow, seconds: float) -> None:
        await self._database.write(lambda t: t.later(row.txn_id, self._now() + timedelta(seconds=seconds)))

    def _patience(self, row: OutboxRow) -> float:
        """How long something waits that nobody can read yet. Nobody tells us when a server far away shows its bot's
        devices again, so a letter asks often."""
        if isinstance(row.outgoing, SendLetter):
            return self._pause(row)
        return min(NOT_READY * 2.0 ** min(row.tries, 10), LONGEST_NOT_READY)

    def _pause(self, row: OutboxRow) -> float:
        longest: float = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(row.tries, 10))
        return longest * (0.5 + self._jitter())

    async def _carry(self, row: OutboxRow) -> str | None:
        """Do what the row says; the event id where a message was made."""
        match row.outgoing:
            case Say() as say:
                return await self._seal(row, say, content_of(say))
            case SendLetter(_, message, letter):
                content = content_of(Say(ToRoom(""), message)) | {LETTER: letter}
                return await self._seal(row, row.outgoing, content)
            case SendPoll() as poll:
                return await self._seal(row, poll, polls.started(poll), polls.START)
            case EndPoll() as end:
                return await self._end(row, end)
            case SendFile() | SendWeeks() | SendAudit() as file:
                await self._audience(row, file)  # nothing is uploaded for a room that nobody may read
                return await self._seal(row, file, await self._attached(file))
            case React(room_id, event_id, words):
                relation = {"rel_type": "m.annotation", "event_id": event_id, "key": words}
                return await self._put(room_id, "m.reaction", row.txn_id, {"m.relates_to": relation})
            case SayPlain(room_id, words):
                body = {"msgtype": "m.notice", "body": words, "m.mentions": {}}
                return await self._put(room_id, "m.room.message", row.txn_id, body)
            case Invite(_, user_id) as invite:
                await self._allowed(invite, frozenset({user_id}))
                await self._arranger.arrange(row)
                return None
            case _:
                await self._arranger.arrange(row)
                return None

    async def _end(self, row: OutboxRow, end: EndPoll) -> str | None:
        """Close a poll; one that was never sent needs no closing."""
        event_id = await self._database.read(lambda t: t.event_of(key_id(end.key)))
        return event_id and await self._seal(row, end, polls.ended(end, event_id), polls.END)

    async def _seal(
        self, row: OutboxRow, said: Said, content: dict[str, Any], kind: str = "m.room.message"
    ) -> str:
        room, audience = await self._audience(row, said)
        sealed = await self._keyring.seal(
            room.room_id,
            audience,
            kind,
            content,
            reader=said.reader if isinstance(said, SendLetter) else None,
            max_age=room.rotate_after,
            max_messages=room.rotate_messages,
        )
        marked = {**sealed, KEY_FIELD: row.txn_id}
        return await self._put(room.room_id, "m.room.encrypted", row.txn_id, marked)

    async def _audience(self, row: OutboxRow, said: Said) -> tuple[Room, frozenset[str]]:
        """The room and who in it gets the key."""
        room_id = resolved(row)
        state = await self._database.read(lambda t: t.state_of(room_id))
        room = Room.of(room_id, state, bot=self._user_id)
        readers = await self._database.read(lambda t: _readers(t, said, room_id))
        audience = room.joined & await self._allowed(said, readers)
        if not room.encrypted or not room.safe or not audience:
            raise NotReady
        return room, audience

    async def _allowed(self, out: Outgoing, readers: frozenset[str]) -> frozenset[str]:
        """Those of these people who may have this now. Raises Withheld where all of them may not any more."""
        standing = await self._database.read(lambda t: _standing(t, out, readers, self._region))
        allowed = frozenset(user for user in readers if may_receive(out, user, standing))
        if readers and not allowed:
            raise Withheld
        return allowed

    async def _withheld(self, transaction: Transaction, row: OutboxRow) -> None:
        await transaction.failed(row.txn_id)
        need = need_of(row.outgoing)
        lines = tuple(
            Logged("message.withheld", ref, row.kind) for ref in (need.cases if need else ()) or (None,)
        )
        await carry_out(
            transaction,
            Effects(log=lines),
            actor=self._user_id,
            at=self._now(),
            source=f"withheld:{row.txn_id}",
        )

    async def _attached(self, wanted: SendFile | SendWeeks | SendAudit) -> dict[str, Any]:
        source: Source = None
        if isinstance(wanted, SendAudit):
            since = wanted.since
            lines = await self._database.read(lambda t: t.audit_lines_since(since))
            source = tuple(line.as_json for line in lines)
        if isinstance(wanted, SendFile):
            ref = wanted.ref
            if wanted.right is Right.ACCESS_EXPORT:
                parts = await self._database.read(lambda t: t.exported(ref))
                controller = self._region.controller
                source = Access(ref, wanted.on, parts, controller.name, controller.contact) if parts else None
            else:
                source = await self._database.read(lambda t: t.case_file(ref))
        return await attachments.content(self._homeserver, wanted, source)

    async def _put(self, room_id: str, event_type: str, txn_id: str, content: dict[str, Any]) -> str:
        answer = await self._homeserver.put(
            f"/v3/rooms/{segment(room_id)}/send/{event_type}/{segment(txn_id)}", content
        )
        event_id = answer.get("event_id")
        if not isinstance(event_id, str):
            raise Unreachable("no event id")
        return event_id

    async def _found_in_room(self, row: OutboxRow) -> str | None:
        """The event that an earlier try of this row left in the room, searched from the newest back."""
        if not isinstance(row.outgoing, Said):
            return None
        room_id, oldest = resolved(row), row.first_tried_at
        start: str | None = None
        for _ in range(HISTORY_PAGES):
            query = {"dir": "b", "limit": "100"} | ({"from": start} if start else {})
            page = await self._homeserver.get(f"/v3/rooms/{segment(room_id)}/messages", **query)
            chunk = page.get("chunk")
            events = [event for event in chunk if isinstance(event, dict)] if isinstance(chunk, list) else []
            for event in events:
                content = event.get("content")
                marked = isinstance(content, dict) and content.get(KEY_FIELD) == row.txn_id
                if marked and event.get("sender") == self._user_id:
                    return str(event.get("event_id"))
            if events and oldest and _sent_at(events[-1]) < oldest.timestamp() - 3600:
                return None
            start = page.get("end")
            if not isinstance(start, str):
                return None
        return None


async def _readers(transaction: Transaction, said: Said, room_id: str) -> frozenset[str]:
    """Who may read this: the person it is for, or everybody whose room it is. A homeserver that passes off the room of
    a case as somebody's direct chat wins no reader by it."""
    readers = await transaction.audience(room_id)
    if isinstance(said.to, ToPerson):
        return readers & {said.to.user_id}
    case = await transaction.case_of_room(room_id)
    return readers if case is None else readers & {p.user_id for p in case.seated}


async def _standing(
    transaction: Transaction, out: Outgoing, readers: frozenset[str], region: Region
) -> Standing:
    """What the readers are now, and whoever asked to tell them."""
    need = need_of(out)
    asker = {need.asked_by} if need and need.asked_by else set()
    cases = await transaction.case_files(need.cases) if need and need.cases else {}
    return Standing(region, cases, await transaction.pins(readers | asker))


def _sent_at(event: Mapping[str, Any]) -> float:
    """Seconds since 1970, as the homeserver says; it is not believed to be a number."""
    milliseconds = event.get("origin_server_ts")
    return milliseconds / 1000 if isinstance(milliseconds, int) and abs(milliseconds) < 10**15 else 0.0


def content_of(say: Say) -> dict[str, Any]:
    """What a message says, before it is encrypted."""
    message = say.message.fitted()
    content: dict[str, Any] = {
        "msgtype": say.loudness.value,
        "body": message.body,
        "format": "org.matrix.custom.html",
        "formatted_body": message.formatted_body,
        "m.mentions": {"user_ids": list(say.mentions)} if say.mentions else {},
    }
    if say.in_reply_to is not None:
        content["m.relates_to"] = {"m.in_reply_to": {"event_id": say.in_reply_to}}
    return content
