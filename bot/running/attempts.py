"""How long and how often an event is tried: what ends the process each time is set aside, and holds up nobody.

What waited at the start may be what ended the last run, by hanging or by a fault below Python. Its attempts are counted
before they begin. What comes in while the bot runs costs nothing more.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING

from bot.core.effects import Effects, Logged, Say, ToRoom
from bot.core.text import Language, Message, Text
from bot.store.carrying import carry_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.clock import Clock
    from bot.store.database import Database
    from bot.store.mailbox import InboxRow
    from bot.store.transaction import Transaction

log = logging.getLogger(__name__)

MOST = 3
"""Attempts at one event that each ended the process."""
TOO_LONG = 60.0
"""Seconds at one event; what a message can ask takes some milliseconds."""

SET_ASIDE = Text(
    "Dat bericht kon ik niet verwerken. Er is niets vastgelegd. Schrijf het anders, en meld het aan de beheerder.",
    "I could not handle that message. Nothing was recorded. Write it differently, and tell the operator.",
)
ASIDE = "Berichten waar de bot steeds op stopte, en die opzij zijn gezet: {number}. Zie docs/beheer.md."
BUSY = "Een bericht houdt de bot langer dan een minuut bezig. Zie docs/beheer.md."


class Attempts:
    """Watches over the one event that is being handled."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._since: float | None = None
        self._aside = 0

    @property
    def goes_on(self) -> bool:
        """Whether no event takes too long."""
        return self._since is None or monotonic() - self._since < TOO_LONG

    def trouble(self) -> str:
        """What the operator should know; "" where all is well."""
        lines = (ASIDE.format(number=self._aside) if self._aside else "", "" if self.goes_on else BUSY)
        return " ".join(filter(None, lines))

    async def look(self) -> None:
        """See how many events lie aside."""
        self._aside = await self._database.read(lambda t: t.number_set_aside())

    @contextmanager
    def at_one(self) -> Iterator[None]:
        self._since = monotonic()
        try:
            yield
        finally:
            self._since = None

    async def excused(self, row: InboxRow) -> None:
        """It is the homeserver that keeps us waiting, not the event."""
        self._since = monotonic()
        await self._database.write(lambda t: t.excuse(row.event_id))

    async def may_begin(self, row: InboxRow) -> bool:
        """Whether to try it, and if so its attempt is counted."""
        if row.begun == 0:
            return True
        if row.begun < MOST:
            await self._database.write(lambda t: t.begin(row.event_id))
            return True
        log.error("event set aside: %d attempts at it ended the process", row.begun)
        await self._database.write(lambda t: self._set_aside(t, row))
        return False

    async def _set_aside(self, transaction: Transaction, row: InboxRow) -> None:
        words = Message.of(SET_ASIDE(Language.NL))
        say = Say(ToRoom(row.room_id), words, in_reply_to=row.event_id)
        effects = Effects(send=(say,), log=(Logged("event.set_aside", None, str(row.begun)),))
        await carry_out(
            transaction,
            effects,
            actor=str(row.event["sender"]),
            at=self._clock.now(),
            source=row.event_id,
        )
        await transaction.set_aside(row.event_id, datetime.now(UTC))
