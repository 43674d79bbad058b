"""A participant with an account, a cross-signed device and a client of their own, for tests and demo."""

from __future__ import annotations

import asyncio
import os
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.core.records.people import Person as Known
from bot.matrix import account, polls
from bot.matrix.crypto import Crypto, Machine, Malformed, Undecryptable
from bot.matrix.homeserver import Homeserver, Unreachable, segment
from bot.matrix.identity import Identity
from bot.matrix.inbox import Inbox
from bot.matrix.keyring import Keyring
from bot.matrix.keystore import CipherStore
from bot.matrix.rooms import Room
from bot.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from bot.store.transaction import Transaction

HOPELESS = 900.0
"""Seconds. How fast a machine is, or how busy, proves nothing: this only ends a wait that is hopeless."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One decrypted message as this person's client shows it."""

    room_id: str
    sender: str
    event_id: str
    body: str
    content: dict[str, Any]
    rings: bool = False

    @property
    def in_reply_to(self) -> str | None:
        reply = self.content.get("m.relates_to", {}).get("m.in_reply_to", {})
        return reply.get("event_id")


@dataclass
class Person:
    """Joins what they are invited to, reads everything they can decrypt, and types."""

    user_id: str
    homeserver: Homeserver
    crypto: Crypto
    keyring: Keyring
    database: Database
    inbox: Inbox
    store: CipherStore
    heard: list[Heard] = field(default_factory=list)
    reactions: list[dict[str, Any]] = field(default_factory=list)
    accepts_invites: bool = True

    @classmethod
    async def arrive(
        cls, url: str, user_id: str, password: str, folder: Path, *, signed: bool = True
    ) -> Person:
        """Log in on a new device, cross-signed unless `signed` is False."""
        folder.mkdir(parents=True, mode=0o700)
        key = os.urandom(32)
        homeserver = Homeserver(url)
        login = await account.log_in(homeserver, user_id, password)
        store = CipherStore(key, user_id, login.device_id, folder, create=True)
        crypto = Crypto(Machine(user_id, login.device_id, store))
        database = await Database.open(folder / "person.db", key, create=True)
        keyring = Keyring(homeserver, crypto, database, new_id=new_id, now=now, queued=lambda: None)
        inbox = Inbox(homeserver, crypto, keyring, database, user_id=user_id, new_id=new_id, now=now)
        if signed:
            identity = Identity.create(user_id, os.urandom)
            await account.publish(homeserver, login, crypto, identity, password)
        person = cls(user_id, homeserver, crypto, keyring, database, inbox, store)
        await person.sync(wait=0)
        return person

    async def leave_building(self) -> None:
        await self.homeserver.close()
        await self.database.close()
        self.store.close()

    async def sync(self, *, wait: float = 5.0) -> None:
        """One sync; what came is decrypted and remembered."""
        await self.inbox.sync(wait=wait)
        await self.database.write(_know_members)
        for row in await self.database.read(lambda t: t.next_events(now())):
            await self._take(row.room_id, row.event)

    async def _take(self, room_id: str, event: dict[str, Any]) -> None:
        invited = event["type"] == "m.room.member" and event["content"].get("membership") == "invite"
        if invited and event.get("state_key") == self.user_id and self.accepts_invites:
            await self.homeserver.post(f"/v3/join/{segment(room_id)}", {})
        content = event["content"]
        if event["type"] == "m.room.encrypted":
            try:
                opened = self.crypto.open(room_id, event)
            except Undecryptable:
                return
            except Malformed:
                opened = None
            content = dict(opened.content) if opened else {}
        body = content.get("body") or content.get(polls.START, {}).get("question", {}).get("body")
        if body is not None:
            rings = self._rings(content)
            self.heard.append(Heard(room_id, event["sender"], event["event_id"], body, content, rings))
        await self.database.write(lambda t: t.done(event["event_id"], now()))

    def _rings(self, content: dict[str, Any]) -> bool:
        """As the push rules of a chat of two have it: plain words ring, a notice never does, a mention always."""
        return self.user_id in content.get("m.mentions", {}).get("user_ids", ()) or (
            content.get("msgtype") == "m.text"
        )

    async def say(
        self, room_id: str, body: str, *, in_reply_to: str | None = None, txn_id: str | None = None
    ) -> str:
        """Type a message; its event id."""
        content: dict[str, Any] = {"msgtype": "m.text", "body": body}
        if in_reply_to:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": in_reply_to}}
        return await self.send(room_id, "m.room.message", content, txn_id)

    async def tap(self, poll: Heard, answer: str) -> str:
        """Tap an answer of a poll; the event id."""
        answers = poll.content[polls.START]["answers"]
        chosen = next(one["id"] for one in answers if one["body"] == answer)
        relation = {"rel_type": "m.reference", "event_id": poll.event_id}
        content = {polls.RESPONSE: {"answers": [chosen]}, "m.relates_to": relation}
        return await self.send(poll.room_id, polls.RESPONSE, content)

    async def send(self, room_id: str, kind: str, content: dict[str, Any], txn_id: str | None = None) -> str:
        """Send an event of any kind, encrypted; its id."""
        room = Room.of(room_id, await self.database.read(lambda t: t.state_of(room_id)))
        sealed = await self.keyring.seal(room_id, room.joined, kind, content)
        answer = await self.homeserver.put(
            f"/v3/rooms/{segment(room_id)}/send/m.room.encrypted/{segment(txn_id or new_id())}", sealed
        )
        return str(answer["event_id"])

    async def rooms(self) -> dict[str, set[str]]:
        """Who has joined the rooms this person is in, as far as their client knows."""
        found: dict[str, set[str]] = {}
        for room_id in (await self.homeserver.get("/v3/joined_rooms"))["joined_rooms"]:
            state = await self.database.read(lambda t, room_id=room_id: t.state_of(room_id))
            found[room_id] = set(Room.of(room_id, state).joined)
        return found

    async def sync_until(self, seen: Callable[[], Awaitable[Any]], *, what: str) -> Any:
        """Sync until `seen` gives something true."""
        try:
            async with asyncio.timeout(HOPELESS):
                while not (found := await seen()):
                    with suppress(Unreachable):  # a client tries again when its server is away
                        await self.sync()
        except TimeoutError:
            raise TimeoutError(f"{self.user_id} waited for {what}") from None
        return found

    async def until(self, seen: Callable[[list[Heard]], Any], *, what: str) -> Any:
        """Sync until `seen` gives something true of all that was heard."""

        async def found() -> Any:
            return seen(self.heard)

        return await self.sync_until(found, what=what)


async def _know_members(transaction: Transaction) -> None:
    """A client of a person pins everybody in its rooms; the bot pins only those it has to do with."""
    members = "SELECT DISTINCT state_key FROM room_state WHERE type = 'm.room.member'"
    for (user_id,) in await transaction.rows(members):
        if not await transaction.knows(user_id):
            await transaction.keep(Known(user_id))


def new_id() -> str:
    return uuid.uuid4().hex


def now() -> datetime:
    return datetime.now(UTC)
