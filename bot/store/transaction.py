"""Everything that can be done inside one transaction."""

from __future__ import annotations

from bot.store.audit import Audit
from bot.store.exporting import Exporting
from bot.store.mailbox import Mailbox
from bot.store.queries import Queries
from bot.store.surroundings import Replays, Rooms


class Transaction(Queries, Exporting, Mailbox, Rooms, Replays, Audit):
    """The parts of the store, within one transaction of `Database`."""
