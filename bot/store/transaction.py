"""Everything that can be done inside one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store.audit import Audit
from bot.store.destroying import destroy
from bot.store.exporting import Exporting
from bot.store.mailbox import Mailbox
from bot.store.queries import Queries
from bot.store.surroundings import Replays, Rooms

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.effects import Effects


class Transaction(Queries, Exporting, Mailbox, Rooms, Replays, Audit):
    """The parts of the store, within one transaction of `Database`."""

    async def carry_out(self, effects: Effects, *, actor: str, at: datetime, source: str) -> None:
        """Do what an executor or the clock wants done; outside the store it is queued.

        `actor` is the user id behind it, or the bot's own; `source` names what caused it, once: an event id.
        """
        for record in effects.keep:
            await self.keep(record)
        # Before anything is dropped: what was shown of it goes with it.
        for gone in effects.wiped:
            if gone.trail and gone.case_ref:
                await self.forget_trail(gone.case_ref)
        back = [out for gone in effects.wiped for out in await self.taken_back(gone.case_ref, gone.thing)]
        for record in effects.drop:
            await self.drop(record)
        for line in effects.log:
            await self.log(line, actor=actor, at=at)
        for case in effects.destroyed:
            await destroy(self, case.case_ref, actor=actor, at=at)
        await self.queue((*effects.send, *back), source, at)
