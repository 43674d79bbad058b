"""Values that the way in and out keep beside the records: room state and pinned identities."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class StateEvent:
    """One current state event of a room. Unencrypted: whoever runs the homeserver can make it up."""

    type: str
    state_key: str
    sender: str
    content: Mapping[str, Any]


class PinState(StrEnum):
    FIRST_USE = "first_use"
    """Taken on first sight, as a browser takes an SSH host key; nobody compared anything."""
    CONFIRMED = "confirmed"
    """A person said that this identity is right."""


@dataclass(frozen=True, slots=True)
class Pin:
    """The cross-signing identity we hold a user to.

    `changed_to` is the master key that was shown to a person as the new one and waits for their word.
    """

    user_id: str
    master_key: str
    pinned_at: datetime
    state: PinState
    changed_to: str | None = None
