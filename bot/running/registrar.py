"""What is done beside the store when a case is destroyed: keys, free pages, and the statement that it happened.

Each of it may be done twice: an outbox row stands for it until it is complete. What is stated is signed with the
bot's master key: the one key that outlives devices and machines, and that people compared (ADR 0010).
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.access.trusting import is_verified
from bot.core.dates import say_day
from bot.core.dates.calendar import AMSTERDAM
from bot.core.effects import Effects, Logged, Say, ToPerson
from bot.core.text import Language, Message, Text
from bot.data import ledger
from bot.matrix.arranging import NotReady
from bot.store.carrying import carry_out
from bot.store.destroying import EVENT, forget_traces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from bot.core.records.retention import Destruction
    from bot.data.ledger import Certificate, Signer
    from bot.matrix.crypto import Crypto
    from bot.settings.configuration import Backups
    from bot.store.database import Database
    from bot.store.transaction import Transaction

log = logging.getLogger(__name__)

CERTIFICATE = Text(
    "{ref} is vernietigd op {day}.\n"
    "Uit de opslag: {rows} regels. Uit de ruimte: {taken} berichten van mij{refused}. Ik ben uit de ruimte weg.\n"
    "De laatste reservekopie met deze casus vervalt uiterlijk {copies}.\n"
    "Niet van mij, en dus niet weg: wat mensen zelf schreven, bewaarden of overnamen in een eigen systeem.\n"
    "Register: regel {number}, code {code}. Bewaar dit bericht; wie een reservekopie terugzet, vraagt ernaar.",
    "{ref} was destroyed on {day}.\n"
    "From the store: {rows} rows. From the room: {taken} messages of mine{refused}. I have left the room.\n"
    "The last backup copy with this case expires on {copies} at the latest.\n"
    "Not mine, so not gone: what people wrote, kept or copied into a system of their own.\n"
    "Ledger: line {number}, code {code}. Keep this message; whoever restores a backup asks for it.",
)
REFUSED = Text(
    "; {n} kon ik niet terughalen, dat weigert de homeserver",
    "; {n} I could not take back, the homeserver refuses it",
)
WITHOUT_REFERENCE = Text("Een casus", "A case")


class Registrar:
    """Completes destructions; the outbox calls it, row by row."""

    def __init__(
        self,
        database: Database,
        crypto: Crypto,
        signer: Signer,
        backups: Backups,
        coordinators: Iterable[str],
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._crypto = crypto
        self._signer = signer
        self._backups = backups
        self._coordinators = tuple(sorted(coordinators))
        self._now = now

    async def erase(self, room_id: str) -> None:
        """Nothing on this machine opens the room's conversation, and no free page holds what was deleted.

        Raises NotReady while another process reads an older view of the file.
        """
        await self._database.write(lambda t: forget_traces(t, room_id))
        self._crypto.forget_room(room_id)
        if not await self._database.compact():
            raise NotReady

    async def taken_back(self, number: int, *, gone: int, refused: int) -> None:
        """What became of the bot's messages in the room."""

        async def work(transaction: Transaction) -> None:
            found = await transaction.destruction(number)
            if found is not None:
                gone_by_now = max(
                    gone, found.taken_back or 0
                )  # a second try finds what the first left behind
                await transaction.keep(replace(found, taken_back=gone_by_now, refused=refused))

        await self._database.write(work)

    async def certify(self, number: int, room_id: str) -> None:
        """Sign, write to the ledger, tell the coordinators. Raises NotReady while the ledger cannot be written."""
        await self.erase(room_id)
        gone = await self._database.write(lambda t: self._signed(t, number))
        try:
            certificate = ledger.read_certificate(gone.certificate or "")
            ledger.append(self._backups.folder, [certificate])
        except OSError as fault:
            log.error("ALARM: a destruction cannot be written to the ledger: %s", fault.strerror)  # noqa: TRY400
            raise NotReady from None
        await self._database.write(lambda t: self._tell(t, gone, certificate))

    async def _signed(self, transaction: Transaction, number: int) -> Destruction:
        """The destruction with its certificate, made once."""
        gone = await transaction.destruction(number)
        assert gone is not None, "a destruction is never deleted"
        if gone.certificate is not None:
            return gone
        before = await transaction.destruction(number - 1)
        lines = await transaction.audit_lines(gone.case_ref)
        audit = next(line.hash for line in lines if (line.event, line.thing) == (EVENT, str(number)))
        certificate = self._signer.certify(
            gone, self._backups.keep_days, audit=audit, previous=before.certificate if before else None
        )
        gone = replace(gone, certificate=certificate.text)
        await transaction.keep(gone)
        return gone

    async def _tell(self, transaction: Transaction, gone: Destruction, certificate: Certificate) -> None:
        pins = await transaction.pins(self._coordinators)
        words = told(gone, certificate)
        says = tuple(
            Say(ToPerson(user), words, key=f"certificate:{gone.number}:{user}")
            for user in self._coordinators
            if is_verified(pins.get(user))
        )
        effects = Effects(send=says, log=(Logged("destruction.certified", gone.case_ref, str(gone.number)),))
        at = self._now()
        await carry_out(transaction, effects, actor="bot", at=at, source=f"certificate:{gone.number}")


def told(gone: Destruction, certificate: Certificate, language: Language = Language.NL) -> Message:
    """The certificate in words: what is gone, what is not, and until when a copy may exist."""
    return Message.of(
        CERTIFICATE(
            language,
            ref=gone.case_ref or WITHOUT_REFERENCE(language),
            day=say_day(gone.destroyed_at.astimezone(AMSTERDAM).date(), language=language.code),
            rows=sum(count for _, count in gone.counts),
            taken=gone.taken_back or 0,
            refused=REFUSED(language, n=gone.refused) if gone.refused else "",
            copies=say_day(certificate.copies_until, language=language.code),
            number=gone.number,
            code=certificate.code,
        )
    )
