"""What a room is: read from its state events alone, never from nio; and how the bot makes one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.matrix.crypto import MEGOLM
from bot.matrix.keyring import ROTATE_AFTER, ROTATE_MESSAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.store.values import StateEvent

KEY_FIELD = "nl.casusbot.key"
"""Carries the outbox row's random id, in the clear, so that the row can be found again after a crash."""
LETTER = "nl.casusbot.handover"
"""Carries the structure of a letter to the bot of another region, beside its words, inside the encryption."""
BOT_ONLY = 100

WATCHED: Mapping[str, str] = MappingProxyType(
    {
        "m.room.encryption": "versleuteling",
        "m.room.history_visibility": "wie de geschiedenis ziet",
        "m.room.join_rules": "wie binnen mag",
        "m.room.guest_access": "gasten",
        "m.room.power_levels": "rechten",
    }
)
"""State that protects a room, and what it is called."""

_LEVELS = ("state_default", "invite", "kick", "ban", "redact")
_PROTECTED: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "m.room.encryption": {"algorithm": MEGOLM},
        "m.room.history_visibility": {"history_visibility": "joined"},
        "m.room.join_rules": {"join_rule": "invite"},
        "m.room.guest_access": {"guest_access": "forbidden"},
        "m.room.power_levels": {
            **dict.fromkeys(_LEVELS, BOT_ONLY),
            "users_default": 0,
            "events_default": 0,
            "notifications": {"room": BOT_ONLY},
            "events": {},
        },
    }
)
"""What a room of ours is made with and must keep: only the bot invites, removes and changes state."""


def restored(kind: str, content: object, bot: str) -> Mapping[str, Any] | None:
    """What this setting must become again where `content` is weaker; None where it will do."""
    wanted = _PROTECTED[kind]
    if not isinstance(content, dict):
        return wanted
    if kind != "m.room.power_levels":
        return None if all(content.get(name) == value for name, value in wanted.items()) else wanted
    users, events = content.get("users", {}), content.get("events", {})
    if not isinstance(users, dict) or not isinstance(events, dict):
        return wanted
    low = [content.get(name, BOT_ONLY) for name in _LEVELS] + list(events.values())
    high = [content.get("users_default", 0)] + [level for user, level in users.items() if user != bot]
    sound = all(isinstance(level, int) and level >= BOT_ONLY for level in low) and all(
        isinstance(level, int) and level <= 0 for level in high
    )
    # In room version 12 the creator has no entry and may not get one.
    return None if sound else {**wanted, "users": {user: BOT_ONLY for user in users if user == bot}}


@dataclass(frozen=True, slots=True)
class Room:
    """A room as its state events describe it."""

    room_id: str
    joined: frozenset[str]
    encrypted: bool
    safe: bool
    """Whether a room that the bot made still has the settings it was made with; of other rooms nothing is asked."""
    rotate_after: timedelta
    rotate_messages: int

    @classmethod
    def of(cls, room_id: str, state: Iterable[StateEvent], *, bot: str = "") -> Room:
        joined: set[str] = set()
        settled: dict[str, Mapping[str, Any]] = {}
        creator = None
        for event in state:
            if event.type == "m.room.member" and event.content.get("membership") == "join":
                joined.add(event.state_key)
            elif event.state_key == "":
                settled[event.type] = event.content
                creator = event.sender if event.type == "m.room.create" else creator
        settings = settled.get("m.room.encryption", {})
        return cls(
            room_id,
            frozenset(joined),
            settings.get("algorithm") == MEGOLM,
            creator != bot or all(restored(kind, settled.get(kind), bot) is None for kind in WATCHED),
            min(
                ROTATE_AFTER,
                timedelta(milliseconds=_positive(settings.get("rotation_period_ms"), 604_800_000)),
            ),
            min(ROTATE_MESSAGES, _positive(settings.get("rotation_period_msgs"), ROTATE_MESSAGES)),
        )


def _positive(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and 0 < value < 10**12 else otherwise


def creation(
    name: str | None,
    key: str,
    *,
    invite: Iterable[str] = (),
    direct: bool = False,
    state: Iterable[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The body of `createRoom`: encrypted, invite only, history from joining on, no guests; `state` is added.

    The name is not encrypted, so it is a case reference or nothing.
    """
    body: dict[str, Any] = {
        "visibility": "private",
        "preset": "private_chat",
        "is_direct": direct,
        "invite": list(invite),
        "creation_content": {KEY_FIELD: key},
        "initial_state": [
            {"type": kind, "state_key": "", "content": content}
            for kind, content in _PROTECTED.items()
            if kind != "m.room.power_levels"
        ]
        + list(state),
        "power_level_content_override": _PROTECTED["m.room.power_levels"],
    }
    if name is not None:
        body["name"] = name
    return body
