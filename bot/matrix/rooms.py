"""What a room is: read from its state events alone, never from nio; and how the bot makes one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.matrix.crypto import MEGOLM
from bot.matrix.keyring import ROTATE_AFTER, ROTATE_MESSAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.store.values import StateEvent

KEY_FIELD = "nl.casusbot.key"
"""Carries the outbox row's random id, in the clear, so that the row can be found again after a crash."""
BOT_ONLY = 100


@dataclass(frozen=True, slots=True)
class Room:
    """A room as its state events describe it."""

    room_id: str
    joined: frozenset[str]
    encrypted: bool
    rotate_after: timedelta
    rotate_messages: int

    @classmethod
    def of(cls, room_id: str, state: Iterable[StateEvent]) -> Room:
        joined: set[str] = set()
        encryption: Mapping[str, Any] | None = None
        for event in state:
            if event.type == "m.room.member" and event.content.get("membership") == "join":
                joined.add(event.state_key)
            elif event.type == "m.room.encryption" and event.state_key == "":
                encryption = event.content
        settings = encryption or {}
        return cls(
            room_id,
            frozenset(joined),
            encryption is not None and settings.get("algorithm") == MEGOLM,
            min(
                ROTATE_AFTER,
                timedelta(milliseconds=_positive(settings.get("rotation_period_ms"), 604_800_000)),
            ),
            min(ROTATE_MESSAGES, _positive(settings.get("rotation_period_msgs"), ROTATE_MESSAGES)),
        )


def _positive(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and 0 < value < 10**12 else otherwise


def creation(
    name: str | None, key: str, *, invite: Iterable[str] = (), direct: bool = False
) -> dict[str, Any]:
    """The body of `createRoom`: encrypted, invite only, history from joining on, no guests.

    The name is not encrypted, so it is a case reference or nothing. Only the bot invites, removes and changes state.
    """
    body: dict[str, Any] = {
        "visibility": "private",
        "preset": "private_chat",
        "is_direct": direct,
        "invite": list(invite),
        "creation_content": {KEY_FIELD: key},
        "initial_state": [
            {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": MEGOLM}},
            {
                "type": "m.room.history_visibility",
                "state_key": "",
                "content": {"history_visibility": "joined"},
            },
            {"type": "m.room.guest_access", "state_key": "", "content": {"guest_access": "forbidden"}},
            {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "invite"}},
        ],
        "power_level_content_override": {
            "users_default": 0,
            "events_default": 0,
            "state_default": BOT_ONLY,
            "invite": BOT_ONLY,
            "kick": BOT_ONLY,
            "ban": BOT_ONLY,
            "redact": BOT_ONLY,
            "notifications": {"room": BOT_ONLY},
            "events": {},
        },
    }
    if name is not None:
        body["name"] = name
    return body
