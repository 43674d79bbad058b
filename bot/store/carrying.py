"""Carrying out what an executor or the clock wants done: one `Effects` in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store.destroying import destroy

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.effects import Effects
    from bot.store.transaction import Transaction


async def carry_out(
    transaction: Transaction, effects: Effects, *, actor: str, at: datetime, source: str
) -> None:
    """Make, keep, drop, wipe, log and destroy as `effects` say; what is to leave is queued.

    Raises TakenError where something new is there already: the transaction is then undone as a whole. `actor` is the user id behind it, or the bot's own; `source` names what caused it, once: an event id.
    """
    for record in effects.make:
        await transaction.make(record)
    for record in effects.keep:
        await transaction.keep(record)
    # Before anything is dropped: what was shown of it goes with it.
    for gone in effects.wiped:
        if gone.trail and gone.case_ref:
            await transaction.forget_trail(gone.case_ref)
    back = [out for gone in effects.wiped for out in await transaction.taken_back(gone.case_ref, gone.thing)]
    for record in effects.drop:
        await transaction.drop(record)
    for line in effects.log:
        await transaction.log(line, actor=actor, at=at)
    for case in effects.destroyed:
        await destroy(transaction, case.case_ref, actor=actor, at=at)
    await transaction.queue((*effects.send, *back), source, at)
