"""A person as the bot knows them apart from any case: when they may be rung, and the identity they are held to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final

OPERATOR: Final = "operator"
"""In place of a user id: somebody at the terminal of this machine."""


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
    taken from them, until somebody gives their word for it. `vouched_by` is who gave it last: a chair or coordinator, or
    OPERATOR; None at first sight.
    """

    user_id: str
    master_key: str
    pinned_at: datetime
    state: PinState
    changed_to: str | None = None
    vouched_by: str | None = None

    @property
    def is_verified(self) -> bool:
        """Compared, and still the identity that is shown."""
        return self.state is PinState.VERIFIED and self.changed_to is None


CODE_SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What codes are drawn from: no two signs look alike."""
CODE_LENGTH: Final = 6


@dataclass(frozen=True, slots=True)
class Comparison:
    """Emoji as they were shown to coordinators: of which identity, on which device, and to whom.

    A coordinator's word names its `code`, which is drawn at random for every verification; so a word that was held back
    is about what was shown then, and about nothing else.
    """

    code: str
    user_id: str
    device_id: str
    device_key: str
    master_key: str
    shown_at: datetime
    expires_at: datetime
    shown_to: tuple[str, ...]
    given_by: str | None = None
    """Whose word was taken; there is no second one."""

    def takes_word_of(self, user_id: str, now: datetime) -> bool:
        """Whether this person may still say how it ended: it was shown to them, and is not about them."""
        current = self.given_by is None and self.shown_at <= now < self.expires_at
        return current and user_id in self.shown_to and user_id != self.user_id


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
