"""Emoji for a verified coordinator: who cannot come to the operator's terminal is compared by phone.

The emoji go by encrypted direct chat to coordinators whose own identity was compared, never to the person who is
being verified. What was shown is kept as a `Comparison`; a coordinator's word names its code (commands/people/verify.py),
comes back as `Vouch`, and counts for that comparison alone, to the last key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.access.trusting import another_identity, is_verified
from bot.core.effects import Effects, Logged, Say, ToPerson, ToRoom
from bot.core.records.people import Comparison
from bot.core.text import Language, Message, Text
from bot.matrix.emoji import EMOJI
from bot.matrix.sas import State
from bot.store.carrying import carry_out

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.core.effects import Vouch
    from bot.core.region import Region
    from bot.matrix.sas import Sign
    from bot.matrix.verification import Progress, Verifications
    from bot.store.database import Database
    from bot.store.transaction import Transaction

ASKED = Text(
    "{user} wil mij verifiëren. Bel die persoon en vergelijk, in deze volgorde:\n{sign}\n"
    "Precies hetzelfde? Typ hier: verificatie {code} ja. Anders: verificatie {code} nee. Dit kan tien minuten.",
    "{user} wants to verify me. Call them and compare, in this order:\n{sign}\n"
    "Exactly the same? Type here: verification {code} yes. Otherwise: verification {code} no. There are ten minutes.",
)
SAME = Text(
    "Genoteerd: met {user} vergeleken en gelijk. De ander bevestigt in de eigen app.",
    "Noted: compared with {user} and the same. The other confirms in their own client.",
)
DIFFERENT = Text(
    "Genoteerd: afgebroken, {user} is niet geverifieerd. Meld dit de beheerder: er luistert misschien iemand mee.",
    "Noted: broken off, {user} is not verified. Tell the operator: somebody may be listening in.",
)
OVER = Text(
    "Die vergelijking is voorbij, of was niet voor jou. Er is niets vastgelegd. Laat de ander mij opnieuw verifiëren; dan "
    "krijg je een nieuwe code.",
    "That comparison is over, or was not for you. Nothing was recorded. Have the other verify me again; then you get a "
    "new code.",
)


class Witness:
    """Shows every verification that waits for a comparison, once, and takes the word of who was shown it."""

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
        with self._verifications.watching() as changes:
            while True:
                await self.show(await changes.get())

    async def show(self, progress: Progress) -> None:
        """Show the emoji, at the one moment that they come on both screens."""
        sign = progress.sign
        if progress.state is not State.COMPARING or sign is None:
            return
        theirs, now, language = progress.theirs, self._now(), Language.NL
        lines = [ASKED(language, user=theirs.user_id, sign=spoken(sign), code=progress.code)]
        if progress.instead_of is not None:
            lines.insert(0, another_identity(progress.instead_of, language))
        words = Message.of(*lines)

        async def work(transaction: Transaction) -> None:
            coordinators = self._region.coordinators - {theirs.user_id}
            pins = await transaction.pins(coordinators)
            told = tuple(user for user in sorted(coordinators) if is_verified(pins.get(user)))
            shown = Comparison(
                code=progress.code,
                user_id=theirs.user_id,
                device_id=theirs.device_id,
                device_key=theirs.ed25519,
                master_key=theirs.master_key,
                shown_at=now,
                expires_at=progress.until,
                shown_to=told,
            )
            effects = Effects(
                keep=(shown,),
                send=tuple(Say(ToPerson(user), words) for user in told),
                log=(Logged("verification.shown", None, theirs.user_id),),
            )
            source = f"verification:{progress.code}:{now.isoformat()}"
            await carry_out(transaction, effects, actor=theirs.user_id, at=now, source=source)

        await self._database.write(work)
        self._queued()

    async def take(self, word: Vouch) -> None:
        """Carry out a coordinator's word, and tell them what it did; given again, it does nothing."""
        progress = await self._verifications.decide(word.code, same=word.same, by=word.by)
        if progress is None or (word.same and progress.state is State.CANCELLED):
            text, log = OVER(word.language), Logged("verification.over", None, word.code)
        else:
            user = progress.theirs.user_id
            text = (SAME if word.same else DIFFERENT)(word.language, user=user)
            log = Logged("verification.compared", None, user)
        key = f"vouched:{word.event_id}"
        answer = Say(ToRoom(word.room_id), Message.of(text), in_reply_to=word.event_id, key=key)
        effects = Effects(send=(answer,), log=(log,))
        await self._database.write(lambda t: carry_out(t, effects, actor=word.by, at=self._now(), source=key))
        self._queued()


def spoken(sign: Sign) -> str:
    """The emoji with their names, and the numbers for clients that show those."""
    emoji = " · ".join(f"{EMOJI[n][0]} {EMOJI[n][1]}" for n in sign.emoji)
    return f"{emoji}\n({' '.join(map(str, sign.decimals))})"
