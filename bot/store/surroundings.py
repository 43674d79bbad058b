"""What the bot must remember of its account, its rooms and the people in them, besides the agreements."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.store.sql import Sql
from bot.store.values import StateEvent

if TYPE_CHECKING:
    from collections.abc import Mapping


class Settings(Sql):
    """The account's secrets and other single values: access token, device id, identity seeds."""

    async def setting(self, name: str) -> str | None:
        value: str | None = await self.value("SELECT value FROM settings WHERE name = ?", name)
        return value

    async def settings(self) -> dict[str, str]:
        return dict(await self.rows("SELECT name, value FROM settings"))

    async def put_setting(self, name: str, value: str) -> None:
        await self.rows("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", name, value)


class Rooms(Sql):
    """The rooms the bot is in: their current state, and what each is for."""

    async def put_state(
        self, room_id: str, kind: str, state_key: str, sender: str, content: Mapping[str, Any]
    ) -> None:
        # Who made a room never changes: a second m.room.create is a forgery.
        or_else = "IGNORE" if kind == "m.room.create" else "REPLACE"
        await self.rows(
            f"INSERT OR {or_else} INTO room_state (room_id, type, state_key, sender, content) VALUES (?, ?, ?, ?, ?)",  # noqa: S608
            room_id,
            kind,
            state_key,
            sender,
            json.dumps(content),
        )

    async def state_of(self, room_id: str, kind: str | None = None) -> tuple[StateEvent, ...]:
        """The state events of a room, all of them or those of one type."""
        found = await self.rows(
            "SELECT type, state_key, sender, content FROM room_state"
            " WHERE room_id = ? AND type = coalesce(?, type) ORDER BY type, state_key",
            room_id,
            kind,
        )
        return tuple(
            StateEvent(kind, key, sender, json.loads(content)) for kind, key, sender, content in found
        )

    async def known_rooms(self) -> frozenset[str]:
        """Every room the bot is in, as far as it has heard."""
        return frozenset(room_id for (room_id,) in await self.rows("SELECT DISTINCT room_id FROM room_state"))

    async def forget_room(self, room_id: str) -> None:
        """The bot is no longer there; what it knew of the room's state is worth nothing."""
        await self.rows("DELETE FROM room_state WHERE room_id = ?", room_id)

    async def audience(self, room_id: str) -> frozenset[str]:
        """Who may read what is said in this room: those seated in its case, the owner of the direct chat, or the two
        sides of its handover.

        Nobody else, whoever the homeserver says has joined.
        """
        seated = await self.rows(AUDIENCE, *(room_id,) * 4)
        return frozenset(user_id for (user_id,) in seated)

    async def bound_rooms(self) -> frozenset[str]:
        """Every room that belongs to a case, a person or a handover."""
        return frozenset(room_id for (room_id,) in await self.rows(BOUND_ROOMS))

    async def bind_case(self, ref: str, room_id: str) -> None:
        """The case has its room now. Raises the driver's IntegrityError for a room of another case."""
        await self.rows("UPDATE cases SET room_id = ? WHERE ref = ?", room_id, ref)

    async def bind_handover(self, handover_id: str, room_id: str) -> None:
        """The handover has its room now. Raises the driver's IntegrityError for a room of another one."""
        await self.rows("UPDATE handovers SET room_id = ? WHERE id = ?", room_id, handover_id)

    async def bind_direct(self, user_id: str, room_id: str) -> None:
        """The person has a direct chat now, in place of an earlier one."""
        await self.rows(
            "INSERT INTO persons (user_id, direct_room) VALUES (?, ?)"
            " ON CONFLICT (user_id) DO UPDATE SET direct_room = excluded.direct_room",
            user_id,
            room_id,
        )

    async def note_keys(self, user_id: str, *, able: bool) -> None:
        """Whether somebody has a device that may get keys, as their server shows it now."""
        await self.rows("UPDATE persons SET keyless = ? WHERE user_id = ?", not able, user_id)


class Replays(Sql):
    """That nobody says the same thing twice."""

    async def index_is_fresh(self, room_id: str, session_id: str, index: int, event_id: str) -> bool:
        """Note that an event used this place of a Megolm session; False when the place was taken.

        Whoever runs the homeserver can deliver an old message again, under a new event id or long after we forgot
        the old one; its ciphertext stands at the same place (Client-Server API, "Message replays").
        """
        taken = await self.first(
            "INSERT INTO message_index (room_id, session_id, message_index, event_id) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING RETURNING 1",
            room_id,
            session_id,
            index,
            event_id,
        )
        return taken is not None


AUDIENCE = """
SELECT user_id FROM participants
WHERE left_at IS NULL AND case_ref = (SELECT ref FROM cases WHERE room_id = ?)
UNION
SELECT user_id FROM persons WHERE direct_room = ?
UNION
SELECT peer FROM handovers WHERE room_id = ?
UNION
SELECT proposed_by FROM handovers WHERE room_id = ?"""

BOUND_ROOMS = """
SELECT room_id FROM cases WHERE room_id IS NOT NULL
UNION
SELECT direct_room FROM persons WHERE direct_room IS NOT NULL
UNION
SELECT room_id FROM handovers WHERE room_id IS NOT NULL"""
