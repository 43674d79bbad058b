"""Emoji for a verified coordinator: who cannot come to the operator's terminal is compared by phone.

The emoji go by encrypted direct chat to coordinators whose own identity was compared, never to the person who is
being verified. What a coordinator answers comes back as `Vouch` (commands/people/verify.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.access.trusting import is_verified
from bot.core.effects import Effects, Logged, Say, ToPerson
from bot.core.text import Language, Message, Text
from bot.matrix.emoji import EMOJI
from bot.store.carrying import carry_out

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.core.region import Region
    from bot.matrix.sas import Sign
    from bot.matrix.verification import Progress, Verifications
    from bot.store.database import Database
    from bot.store.transaction import Transaction

ASKED = Text(
    "{user} wil mij verifiëren (nummer {number}). Bel die persoon en vergelijk, in deze volgorde:\n{sign}\n"
    "Precies hetzelfde? Typ hier: verificatie {number} ja. Anders: verificatie {number} nee.",
    "{user} wants to verify me (number {number}). Call them and compare, in this order:\n{sign}\n"
    "Exactly the same? Type here: verification {number} yes. Otherwise: verification {number} no.",
)


class Witness:
    """Shows every verification that waits for a comparison, once."""

    def __init__(
        self,
        database: Database,
        verifications: Verifications,
        region: Region,
        *,
        now: Callable[[], datetime],
        queued: Callable[[], None],
    ) -> None:
        self._database = database
        self._verifications = verifications
        self._region = region
        self._now = now
        self._queued = queued

    async def run(self) -> None:
        shown: set[int] = set()
        with self._verifications.watching() as changes:
            while True:
                progress = await changes.get()
                if progress.state.ours_to_decide and progress.sign and progress.number not in shown:
                    shown.add(progress.number)
                    await self._ask(progress, progress.sign)

    async def _ask(self, progress: Progress, sign: Sign) -> None:
        async def work(transaction: Transaction) -> None:
            coordinators = self._region.coordinators - {progress.user_id}
            pins = await transaction.pins(coordinators)
            words = Message.of(
                ASKED(Language.NL, user=progress.user_id, number=progress.number, sign=spoken(sign))
            )
            says = tuple(
                Say(ToPerson(user), words) for user in sorted(coordinators) if is_verified(pins.get(user))
            )
            effects = Effects(send=says, log=(Logged("verification.shown", None, progress.user_id),))
            now = self._now()
            source = f"verification:{progress.number}:{now.isoformat()}"
            await carry_out(transaction, effects, actor=progress.user_id, at=now, source=source)

        await self._database.write(work)
        self._queued()


def spoken(sign: Sign) -> str:
    """The emoji with their names, and the numbers for clients that show those."""
    emoji = " · ".join(f"{EMOJI[n][0]} {EMOJI[n][1]}" for n in sign.emoji)
    return f"{emoji}\n({' '.join(map(str, sign.decimals))})"
