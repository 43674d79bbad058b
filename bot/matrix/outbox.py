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

from bot.core.effects import (
    Invite,
    Join,
    Leave,
    OpenCaseRoom,
    OpenDirect,
    React,
    Remove,
    Restore,
    Say,
    SayPlain,
    SendFile,
    ToPerson,
)
from bot.documents.drawing import NotDrawable
from bot.matrix import attachments
from bot.matrix.homeserver import HomeserverFault, LoggedOut, RateLimited, Refused, Unreachable, segment
from bot.matrix.rooms import KEY_FIELD, Room, creation, restored

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.matrix.homeserver import Homeserver
    from bot.matrix.keyring import Keyring
    from bot.store.database import Database
    from bot.store.mailbox import OutboxRow
    from bot.store.transaction import Transaction

log = logging.getLogger(__name__)

REMEMBERED = timedelta(hours=23)
"""How long a homeserver is relied on to know a transaction id (Synapse: one day)."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
HISTORY_PAGES = 50


class NotReady(Exception):
    """Nobody in the room may read this yet; the row waits."""


class Outbox:
    """Sends what waits, row by row, each room in its own order."""

    def __init__(
        self,
        homeserver: Homeserver,
        keyring: Keyring,
        database: Database,
        *,
        user_id: str,
        now: Callable[[], datetime],
        jitter: Callable[[], float],
    ) -> None:
        self._homeserver = homeserver
        self._keyring = keyring
        self._database = database
        self._user_id = user_id
        self._now = now
        self._jitter = jitter
        self.waiting = asyncio.Event()
        """Set when there may be something to send."""

    async def run(self) -> None:
        """Send for ever; wait with jitter while the homeserver is away."""
        failures = 0
        while True:
            self.waiting.clear()
            try:
                pause = await self.send_waiting()
                failures = 0
            except LoggedOut:
                raise
            except RateLimited as fault:
                await asyncio.sleep(fault.retry_after)
            except HomeserverFault as fault:
                failures += 1
                pause = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures, 10)) * (0.5 + self._jitter())
                log.warning("sending waits %.0f s: %s", pause, fault)
                await asyncio.sleep(pause)
            else:
                await self._wait(pause)

    async def _wait(self, seconds: float | None) -> None:
        """Until there is something new, or `seconds` have passed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.waiting.wait()

    async def send_waiting(self) -> float | None:
        """Send every row that can go now; seconds until the next one may, or None while nothing waits."""
        while True:
            rows = await self._database.read(lambda t: t.waiting(self._now()))
            if not rows:
                return await self._seconds_to_next()
            for row in rows:
                await self._send(row)

    async def _seconds_to_next(self) -> float | None:
        next_at = await self._database.read(lambda t: t.next_retry())
        return None if next_at is None else max(0.5, (next_at - self._now()).total_seconds())

    async def _send(self, row: OutboxRow) -> None:
        stale = row.first_tried_at is not None and self._now() - row.first_tried_at > REMEMBERED
        await self._database.write(lambda t: t.tried(row.txn_id, self._now()))
        try:
            event_id = await self._found_in_room(row) if stale else None
            if event_id is None:
                event_id = await self._carry(row)
        except NotReady:
            await self._database.write(lambda t: t.later(row.txn_id, self._now() + timedelta(seconds=30)))
        except LoggedOut:
            raise
        except NotDrawable:
            log.warning("a %s was not sent: what it shows is gone", row.kind)
            await self._database.write(lambda t: t.failed(row.txn_id))
        except Refused as fault:
            log.error("the homeserver refused a %s: %s", row.kind, fault)  # noqa: TRY400  its trace says nothing more
            await self._database.write(lambda t: t.failed(row.txn_id))
        else:
            await self._database.write(lambda t: t.sent(row.txn_id, event_id, self._now()))

    async def _carry(self, row: OutboxRow) -> str | None:
        """Do what the row says; the event id where a message was made."""
        match row.outgoing:
            case Say() as say:
                return await self._seal(row, say, _content(say))
            case SendFile() as file:
                await self._audience(row, file)  # nothing is uploaded for a room that nobody may read
                return await self._seal(row, file, await self._attached(file))
            case React(room_id, event_id, words):
                relation = {"rel_type": "m.annotation", "event_id": event_id, "key": words}
                return await self._put(room_id, "m.reaction", row.txn_id, {"m.relates_to": relation})
            case SayPlain(room_id, words):
                body = {"msgtype": "m.notice", "body": words, "m.mentions": {}}
                return await self._put(room_id, "m.room.message", row.txn_id, body)
            case _:
                await self._arrange(row)
                return None

    async def _arrange(self, row: OutboxRow) -> None:
        """Make a room, or change who is in it and what it allows. Every one of these may be done twice."""
        match row.outgoing:
            case OpenCaseRoom() | OpenDirect() if row.room_id is not None:
                pass  # an earlier try got this far
            case OpenCaseRoom(ref):
                room_id = await self._open(row, creation(ref, row.txn_id))
                await self._database.write(lambda t: t.bind_case(ref, room_id))
            case OpenDirect(user_id):
                room_id = await self._open(row, creation(None, row.txn_id, invite=[user_id], direct=True))
                await self._database.write(lambda t: t.bind_direct(user_id, room_id))
            case Invite(_, user_id):
                await self._membership(row, "invite", user_id)
            case Remove(_, user_id):
                await self._membership(row, "kick", user_id)
            case Restore(room_id, kind):
                await self._restore(room_id, kind)
            case Join(room_id):
                await self._homeserver.post(f"/v3/join/{segment(room_id)}", {})
            case Leave(room_id):
                await self._homeserver.post(f"/v3/rooms/{segment(room_id)}/leave", {})

    async def _restore(self, room_id: str, kind: str) -> None:
        state = await self._database.read(lambda t: t.state_of(room_id, kind))
        wanted = restored(kind, next((event.content for event in state), None), self._user_id)
        if wanted is not None:
            await self._homeserver.put(f"/v3/rooms/{segment(room_id)}/state/{kind}/", wanted)

    async def _seal(self, row: OutboxRow, said: Say | SendFile, content: dict[str, Any]) -> str:
        room, audience = await self._audience(row, said)
        sealed = await self._keyring.seal(
            room.room_id,
            audience,
            "m.room.message",
            content,
            max_age=room.rotate_after,
            max_messages=room.rotate_messages,
        )
        marked = {**sealed, KEY_FIELD: row.txn_id}
        return await self._put(room.room_id, "m.room.encrypted", row.txn_id, marked)

    async def _audience(self, row: OutboxRow, said: Say | SendFile) -> tuple[Room, frozenset[str]]:
        """The room and who in it gets the key."""
        room_id = _resolved(row)
        state = await self._database.read(lambda t: t.state_of(room_id))
        room = Room.of(room_id, state, bot=self._user_id)
        audience = room.joined & await self._database.read(lambda t: _readers(t, said, room_id))
        if not room.encrypted or not room.safe or not audience:
            raise NotReady
        return room, audience

    async def _attached(self, wanted: SendFile) -> dict[str, Any]:
        file = await self._database.read(lambda t: t.case_file(wanted.ref))
        return await attachments.content(self._homeserver, wanted, file)

    async def _put(self, room_id: str, event_type: str, txn_id: str, content: dict[str, Any]) -> str:
        answer = await self._homeserver.put(
            f"/v3/rooms/{segment(room_id)}/send/{event_type}/{segment(txn_id)}", content
        )
        event_id = answer.get("event_id")
        if not isinstance(event_id, str):
            raise Unreachable("no event id")
        return event_id

    async def _membership(self, row: OutboxRow, verb: str, user_id: str) -> None:
        room_id = _resolved(row)
        member = await self._member(room_id, user_id)
        if (verb == "invite") == (member in {"join", "invite"}):
            return
        await self._homeserver.post(f"/v3/rooms/{segment(room_id)}/{verb}", {"user_id": user_id})

    async def _member(self, room_id: str, user_id: str) -> str:
        try:
            state = await self._homeserver.get(
                f"/v3/rooms/{segment(room_id)}/state/m.room.member/{segment(user_id)}"
            )
        except LoggedOut:
            raise
        except Refused:
            return "leave"
        return str(state.get("membership", "leave"))

    async def _open(self, row: OutboxRow, body: dict[str, Any]) -> str:
        """Create the room, unless an earlier try already did."""
        room_id = await self._room_with_key(row.txn_id) if row.tries else None
        if room_id is None:
            room_id = (await self._homeserver.post("/v3/createRoom", body)).get("room_id")
        bound = await self._database.read(lambda t: t.bound_rooms())
        if not isinstance(room_id, str) or room_id in bound:
            # A "new" room that another case or chat already has would mix their readers.
            raise Unreachable("no new room")
        return room_id

    async def _room_with_key(self, key: str) -> str | None:
        joined = (await self._homeserver.get("/v3/joined_rooms")).get("joined_rooms")
        bound = await self._database.read(lambda t: t.bound_rooms())
        for room_id in joined if isinstance(joined, list) else []:
            if not isinstance(room_id, str) or room_id in bound:
                continue
            state = await self._homeserver.get(f"/v3/rooms/{segment(room_id)}/state/m.room.create/")
            if state.get(KEY_FIELD) == key:
                return room_id
        return None

    async def _found_in_room(self, row: OutboxRow) -> str | None:
        """The event that an earlier try of this row left in the room, searched from the newest back."""
        if not isinstance(row.outgoing, Say | SendFile):
            return None
        room_id, oldest = _resolved(row), row.first_tried_at
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


async def _readers(transaction: Transaction, said: Say | SendFile, room_id: str) -> frozenset[str]:
    """Who may read this: the person it is for, or everybody whose room it is. A homeserver that passes off the room of
    a case as somebody's direct chat wins no reader by it."""
    readers = await transaction.audience(room_id)
    if isinstance(said.to, ToPerson):
        return readers & {said.to.user_id}
    case = await transaction.case_of_room(room_id)
    return readers if case is None else readers & {p.user_id for p in case.seated}


def _sent_at(event: Mapping[str, Any]) -> float:
    """Seconds since 1970, as the homeserver says; it is not believed to be a number."""
    milliseconds = event.get("origin_server_ts")
    return milliseconds / 1000 if isinstance(milliseconds, int) and abs(milliseconds) < 10**15 else 0.0


def _resolved(row: OutboxRow) -> str:
    if row.room_id is None:
        raise NotReady
    return row.room_id


def _content(say: Say) -> dict[str, Any]:
    content: dict[str, Any] = {
        "msgtype": say.loudness.value,
        "body": say.message.body,
        "format": "org.matrix.custom.html",
        "formatted_body": say.message.formatted_body,
        "m.mentions": {"user_ids": list(say.mentions)} if say.mentions else {},
    }
    if say.in_reply_to is not None:
        content["m.relates_to"] = {"m.in_reply_to": {"event_id": say.in_reply_to}}
    return content
