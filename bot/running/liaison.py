"""The rooms in which regions hand cases over: whose letter is taken, and whose word.

A letter counts when it comes from the bot that our configuration names, from a device signed by the identity whose
fingerprint stands there, in the room of that handover. Anything else is refused, with a line in the audit log.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.access.trusting import is_verified
from bot.core.assembly import new_apart
from bot.core.dates.calendar import AMSTERDAM
from bot.core.effects import Effects, Logged
from bot.core.records.handovers import Fault, Proposal, Side
from bot.core.records.people import OPERATOR
from bot.core.text import Language
from bot.matrix.keyring import UNCERTAIN
from bot.matrix.rooms import LETTER
from bot.matrix.trust import Origin, confirmed_pin
from bot.running.letters import read
from bot.store.carrying import carry_out
from commands.conversation.command import Request
from commands.conversation.parsing import Invocation, parse
from commands.conversation.replies import Answered
from commands.handovers.follow import answered
from commands.handovers.news import offered, refused
from commands.handovers.receive import HANDOVER, by_contact

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.clock import Clock
    from bot.core.guard import Guard
    from bot.core.records.handovers import Handover, Letter
    from bot.core.region import Neighbour, Region
    from bot.matrix.crypto import Decrypted
    from bot.store.mailbox import InboxRow
    from bot.store.transaction import Transaction
    from commands.registry import Heard


KEYS_WITHIN = timedelta(minutes=10)
"""How long the keys of another region's bot may be on their way."""


class Liaison:
    """Takes what is said in the room of a handover."""

    def __init__(self, region: Region, guard: Guard, clock: Clock, user_id: str) -> None:
        self._region = region
        self._guard = guard
        self._clock = clock
        self._user_id = user_id

    def waits(self, row: InboxRow, message: Decrypted, origin: Origin, now: datetime) -> bool:
        """Whether a letter is looked at again later: a server far away may not have told of its bot's keys yet, and
        what is refused is refused for good."""
        if LETTER not in message.content or self._region.neighbour_of(row.event["sender"]) is None:
            return False
        return origin in UNCERTAIN and now - row.received_at < KEYS_WITHIN

    async def unread(self, transaction: Transaction, row: InboxRow) -> Effects | None:
        """What people hear of a letter without its key, for they are who can ask for it again; None where the sender is
        no bot of another region."""
        neighbour = self._region.neighbour_of(row.event["sender"])
        if neighbour is None or neighbour.bot is None:
            return None
        handover = await transaction.handover_of_room(row.room_id)
        request = await self._request(transaction, row, handover)
        return refused(request, neighbour, handover, Fault.UNREADABLE)

    async def opened(
        self,
        transaction: Transaction,
        row: InboxRow,
        message: Decrypted,
        heard: Heard | None,
        origin: Origin,
        *,
        fresh: bool,
    ) -> Effects | None:
        """What a message causes; None where it is about no handover."""
        handover = await transaction.handover_of_room(row.room_id)
        if LETTER not in message.content:
            if handover is None:
                return None
            return await self._said(transaction, row, handover, heard, origin) if fresh else Effects()
        request = await self._request(transaction, row, handover)
        neighbour = self._region.neighbour_of(request.sender)
        if not fresh:
            return refused(request, neighbour, handover, Fault.REPEATED)
        if fault := self._doubted(request, neighbour, handover, origin):
            return refused(request, neighbour, handover, fault)
        assert neighbour is not None, "a stranger is doubted"
        letter = read(message.content[LETTER], self._guard)
        taken = (
            letter
            if isinstance(letter, Fault)
            else await self._taken(transaction, request, neighbour, handover, letter)
        )
        if isinstance(taken, Fault):
            return refused(request, neighbour, handover, taken)
        return new_apart(taken, request, handover)

    def _doubted(
        self, request: Request, neighbour: Neighbour | None, handover: Handover | None, origin: Origin
    ) -> Fault | None:
        """Whether this is the bot whose fingerprint the operators compared."""
        if neighbour is None or (handover is not None and handover.peer != request.sender):
            return Fault.FOREIGN
        pin = request.pins.get(request.sender)
        same = pin is not None and is_verified(pin) and pin.master_key == neighbour.fingerprint
        return None if same and origin is Origin.TRUSTED else Fault.UNTRUSTED

    async def _taken(
        self,
        transaction: Transaction,
        request: Request,
        neighbour: Neighbour,
        handover: Handover | None,
        letter: Letter,
    ) -> Effects | Fault:
        known = await transaction.handover(letter.handover)
        if isinstance(letter, Proposal):
            if known is not None:
                return Fault.REPEATED
            ours = await transaction.case_of_room(request.room_id) is not None
            made_by = {e.sender for e in await transaction.state_of(request.room_id, "m.room.create")}
            if ours or handover is not None or made_by != {request.sender}:
                return Fault.OUT_OF_ORDER
            return offered(request, neighbour, letter)
        if handover is None or known != handover or request.case is None:
            return Fault.OUT_OF_ORDER
        return answered(request, handover, letter)

    async def _said(
        self,
        transaction: Transaction,
        row: InboxRow,
        handover: Handover,
        heard: Heard | None,
        origin: Origin,
    ) -> Effects:
        """Talk in the room of a handover; only a contact's own steps are for us."""
        sender, by_hand = row.event["sender"], self._region.neighbour_of(handover.peer) is None
        if heard is None or not by_hand or sender != handover.peer or handover.side is not Side.SENDER:
            return Effects()
        if origin is not Origin.TRUSTED:
            return Effects(log=(Logged("command.refused", handover.case_ref, origin.value),))
        said = parse(heard.text, heard.listener, (HANDOVER,))
        if not isinstance(said, Invocation):
            return Effects()
        request = await self._request(transaction, row, handover, said.text, said.language)
        if request.case is None:
            return Effects()
        try:
            return new_apart(by_contact(request, handover), request, handover)
        except Answered as ended:
            return ended.effects

    async def _request(
        self,
        transaction: Transaction,
        row: InboxRow,
        handover: Handover | None,
        text: str = "",
        language: Language = Language.NL,
    ) -> Request:
        """A message of the other side as the rules see it: in the sender's case, without a seat there."""
        now, sender = self._clock.now().astimezone(AMSTERDAM), str(row.event["sender"])
        case = await transaction.case_file(handover.case_ref) if handover and handover.case_ref else None
        seated = {seat.user_id for seat in case.seated} if case else set()
        return Request(
            region=self._region,
            guard=self._guard,
            sender=sender,
            room_id=row.room_id,
            event_id=row.event_id,
            at=now,
            now=now,
            text=" ".join(text.split()),
            language=language,
            bot=self._user_id,
            case=case,
            people=await transaction.persons(seated),
            pins=await transaction.pins({sender, *self._region.coordinators}),
        )


async def pin_neighbours(transaction: Transaction, region: Region, now: datetime) -> None:
    """Hold every bot of another region to the fingerprint in our configuration, from the first start with it on."""
    wanted: Mapping[str, str] = {
        one.peer: one.fingerprint for one in region.neighbours if one.fingerprint is not None
    }
    pins = await transaction.pins(wanted)
    for user, key in sorted(wanted.items()):
        pin = pins.get(user)
        if pin is None or pin.master_key != key or not is_verified(pin):
            effects = Effects(
                keep=(confirmed_pin(user, key, now, OPERATOR),), log=(Logged("trust.confirmed", None, user),)
            )
            await carry_out(transaction, effects, actor=OPERATOR, at=now, source=f"region:{user}:{key}")
