"""A bot's whole way in, over a loopback homeserver that says what a test wants, and a partner who can encrypt anything."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from bot.clock import SystemClock
from bot.core.region import Region
from bot.matrix.trust import DeviceKeys
from bot.running.handling import Handler
from bot.settings.resources import load_guard
from tests.matrix.fake import BOT, CHAIR, PARTNER, FakeHomeserver, Partner, a_case, bot_on, message, room_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.matrix.fake import Bot

REF, ROOM = "Z-2026-014", "!overleg:zvh.example"


class Scene:
    """A bot in a case room with a partner who can encrypt anything, and everything that went wrong."""

    def __init__(
        self, server: FakeHomeserver, bot: Bot, partner: Partner, coordinators: frozenset[str]
    ) -> None:
        self.server = server
        self.bot = bot
        self.partner = partner
        self.numbers = count()
        region = Region("ZVH Voorbeeldregio", coordinators, servers=frozenset({"zvh.example"}))
        self.handler = Handler(
            bot.database,
            bot.crypto,
            bot.keyring,
            bot.verifications,
            region,
            load_guard(),
            SystemClock(),
            user_id=BOT,
            queued=lambda: None,
        )

    def wire(self, event: dict[str, Any]) -> dict[str, Any]:
        """The event as it goes over the wire; what has an inside is really encrypted."""
        number = next(self.numbers)
        if "inside" not in event:
            return {"event_id": f"$e{number}", **event}
        inside = {**event["inside"], "room_id": ROOM}
        session = self.partner.crypto.machine.outbound_group_sessions[ROOM]
        content = {
            "algorithm": "m.megolm.v1.aes-sha2",
            "ciphertext": session._session.encrypt(json.dumps(inside).encode()).to_base64(),
            "session_id": session.id,
            "sender_key": self.partner.crypto.curve25519,
            "device_id": "WERKPLEK",
        } | event.get("damage", {})
        return message(
            f"$e{number}",
            sender=event["sender"],
            content=content,
            origin_server_ts=event.get("origin_server_ts", 1_772_442_000_000),
        )

    async def seat(self) -> None:
        """Both are in the case: a made-up departure takes a seat away, and what follows would be passed over."""
        await self.bot.database.write(lambda t: a_case(t, REF, ROOM, CHAIR, PARTNER))
        await self.bot.database.write(lambda t: room_of(t, ROOM, CHAIR, PARTNER))

    async def take(self, events: list[dict[str, Any]]) -> None:
        timeline = {"timeline": {"events": events}, "state": {"events": events[:5]}}
        await self.sync(join={ROOM: timeline})

    async def sync(self, **rooms: dict[str, Any]) -> None:
        """One sync with these `rooms`, and everything it brought handled."""
        self.server.syncs = [{"next_batch": f"s{next(self.numbers)}", "rooms": rooms}]
        await self.bot.inbox.sync(wait=0)
        await self.handler.handle_waiting()

    async def queued(self) -> list[str]:
        """The kinds of what waits to leave."""
        rows = await self.bot.database.read(
            lambda t: t.rows("SELECT kind FROM outbox WHERE state = 'waiting'")
        )
        return [kind for (kind,) in rows]

    async def spoken(self, words: str) -> str:
        """Say something in the room; its event id."""
        event = {
            "inside": {"type": "m.room.message", "content": {"msgtype": "m.text", "body": words}},
            "sender": PARTNER,
        }
        sent = self.wire(event)
        await self.take([sent])
        return str(sent["event_id"])


@asynccontextmanager
async def scene(folder: Path, coordinators: frozenset[str] = frozenset({CHAIR})) -> AsyncIterator[Scene]:
    server = FakeHomeserver()
    await server.start()
    partner = server.people[PARTNER] = Partner(PARTNER, folder / "partner")
    try:
        async with bot_on(server.url, folder) as bot:
            await bot.inbox.sync(wait=0)  # uploads keys
            await share_session(server, bot, partner)
            yield Scene(server, bot, partner, coordinators)
    finally:
        partner.store.close()
        await server.stop()


async def share_session(server: FakeHomeserver, bot: Bot, partner: Partner, room_id: str = ROOM) -> None:
    """The partner's room key reaches the bot, as a to-device message in a sync."""
    verdict = await bot.keyring.verdicts([partner.user_id])
    assert verdict[partner.user_id].recipients
    key = server.one_time_keys.pop(next(iter(server.one_time_keys)))["key"]
    partner.crypto.machine.create_session(key, bot.crypto.curve25519)
    session = partner.crypto.outbound(room_id, frozenset(), max_age=timedelta(days=7), max_messages=10**6)
    ours = DeviceKeys(BOT, "BOTDEVICE", bot.crypto.curve25519, bot.crypto.ed25519, (), signed_by_owner=True)
    content = partner.crypto.room_key_for(ours, room_id, session)
    to_device = [{"type": "m.room.encrypted", "sender": partner.user_id, "content": content}]
    server.syncs = [{"next_batch": "s-key", "to_device": {"events": to_device}}]
    await bot.inbox.sync(wait=0)
