"""A person as the bot knows them apart from any case: when they may be rung, and the identity they are held to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the bot may speak to alone, and the last local day on which it nudged them.

    Their own hours: `free_days` are weekdays without work (Monday = 0), `opens` and `closes` narrow the region's
    window; away from `away_from` up to and including `away_until`. A `deputy` hears of a case only with a seat
    in it. `keyless`: no device that may get keys.
    """

    user_id: str
    direct_room: str | None = None
    nudged_on: date | None = None
    mentioned_on: date | None = None
    free_days: tuple[int, ...] = ()
    opens: time | None = None
    closes: time | None = None
    away_from: date | None = None
    away_until: date | None = None
    deputy: str | None = None
    keyless: bool = False


class PinState(StrEnum):
    """How sure we are that an identity is somebody's own."""

    FIRST_USE = "first_use"
    """Taken on first sight, as a browser takes an SSH host key; nobody compared anything."""
    CONFIRMED = "confirmed"
    """A chair or coordinator asked the person about a change, and gave their word."""
    VERIFIED = "verified"
    """Compared by emoji, or by fingerprint at the operator's terminal."""


@dataclass(frozen=True, slots=True)
class Pin:
    """The cross-signing identity that we hold a person to.

    `changed_to` is the master key that the server shows instead; nothing goes to that person, and nothing is
    taken from them, until somebody gives their word for it (`confirmed_by`).
    """

    user_id: str
    master_key: str
    pinned_at: datetime
    state: PinState
    changed_to: str | None = None
    confirmed_by: str | None = None

    @property
    def is_verified(self) -> bool:
        """Compared, and still the identity that is shown."""
        return self.state is PinState.VERIFIED and self.changed_to is None


@dataclass(frozen=True, slots=True)
class DigestPlan:
    """When the next weekly digest of a coordinator or chair is due, and the ISO week ("2026-W12") of the last one.

    `weekday` (Monday = 0) and `at` are their own choice, None = that of the region; `off`: they want none.
    """

    user_id: str
    due_at: datetime
    last_week: str | None = None
    weekday: int | None = None
    at: time | None = None
    off: bool = False
