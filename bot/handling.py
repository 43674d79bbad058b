"""What happens with each event from the inbox, in order: decrypt, trust, execute, keep; all or nothing.

The network is asked (whose device is this?) before the transaction; inside it there is only the store and pure code.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

from bot.core.calendar import AMSTERDAM
from bot.core.effects import Effects, Join, Leave, Logged, React, Say, SayPlain, ToPerson, ToRoom
from bot.core.model import Function
from bot.core.text import Language, Message, Text
from bot.matrix.crypto import Malformed, Undecryptable
from bot.matrix.homeserver import HomeserverFault, LoggedOut
from bot.matrix.rooms import Room
from bot.matrix.trust import Origin
from bot.store.errors import StoreError
from bot.store.mailbox import InboxRow
from bot.store.transaction import Transaction
from commands import registry
from commands.declaration import Request
from commands.parsing import Listener
from commands.registry import Incoming

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.core.guard import Guard
    from bot.core.region import Region
    from bot.matrix.crypto import Crypto, Decrypted
    from bot.matrix.keyring import Keyring
    from bot.store.database import Database

log = logging.getLogger(__name__)

Work = Callable[[Transaction, InboxRow], Awaitable[Effects]]

RETRY = timedelta(seconds=10)
TELL_AFTER = timedelta(seconds=60)
"""After this long without its key, the room is told that a message could not be read."""
GIVE_UP = timedelta(days=7)

UNVERIFIED_REACTION = "apparaat niet geverifieerd"
ONLY_ENCRYPTED = (
    "Ik werk alleen in kamers met versleuteling aan. Ik ga nu weg. "
    "Vraag de coördinator om een kamer: die maak ik zelf."
)
UNVERIFIED = Text(
    "Een opdracht van {user} in {place} is niet uitgevoerd: het apparaat is niet geverifieerd. "
    "Open op dat apparaat de instellingen, kies 'Sessies' of 'Beveiliging' en verifieer het met een ander apparaat "
    "of met de herstelsleutel. Typ de opdracht daarna opnieuw.",
    "A command from {user} in {place} was not carried out: the device is not verified. "
    "Open the settings on that device, choose 'Sessions' or 'Security' and verify it with another device "
    "or with the recovery key. Then type the command again.",
)
CHANGED = Text(
    "De identiteit van {user} is veranderd. Ik voer geen opdrachten van dit account uit en stuur er niets heen, "
    "tot iemand dit heeft nagevraagd.",
    "The identity of {user} has changed. I carry out no commands of this account and send it nothing "
    "until somebody has checked.",
)
LEFT = Text(
    "{label} hoort niet meer bij deze kamer. Open acties blijven staan; wijs ze zo nodig toe aan een ander.",
    "{label} is no longer in this room. Open actions stay; give them to somebody else where needed.",
)
BROKEN = Text(
    "Dit lukte niet door een fout bij mij. Er is niets vastgelegd. Meld het aan de beheerder.",
    "This failed through a fault of mine. Nothing was recorded. Please tell the operator.",
)
UNREADABLE = Text(
    "Ik kan een bericht van {user} niet lezen. Stuur het opnieuw.",
    "I cannot read a message from {user}. Please send it again.",
)


class Handler:
    """Takes inbox rows one by one, oldest first."""

    def __init__(
        self,
        database: Database,
        crypto: Crypto,
        keyring: Keyring,
        region: Region,
        guard: Guard,
        clock: Clock,
        *,
        user_id: str,
        queued: Callable[[], None],
    ) -> None:
        self._database = database
        self._crypto = crypto
        self._keyring = keyring
        self._region = region
        self._guard = guard
        self._clock = clock
        self._user_id = user_id
        self._listener = Listener(user_id, user_id.removeprefix("@").partition(":")[0])
        self._queued = queued

    async def run(self, arrived: asyncio.Event) -> None:
        while True:
            arrived.clear()
            await self.handle_waiting()
            try:
                async with asyncio.timeout(RETRY.total_seconds()):
                    await arrived.wait()
            except TimeoutError:
                continue

    async def handle_waiting(self) -> None:
        while rows := await self._database.read(lambda t: t.next_events(_real_now())):
            for row in rows:
                await self._handle(row)

    async def _handle(self, row: InboxRow) -> None:
        match row.event.get("type"):
            case "m.room.encrypted":
                await self._encrypted(row)
            case "m.room.member":
                await self._finish(row, self._member)
            case _:
                await self._finish(row, self._plain)

    # -- encrypted ---------------------------------------------------------------------------------

    async def _encrypted(self, row: InboxRow) -> None:
        try:
            message = self._crypto.open(row.room_id, row.event)
            origin = await self._keyring.origin_of(row.event["sender"], message)
        except Undecryptable:
            await self._unreadable(row)
        except Malformed:
            await self._finish(row, _nothing)
        except LoggedOut:
            raise
        except HomeserverFault as fault:
            log.warning("a sender's devices could not be looked up: %s", fault)
            await self._database.write(lambda t: t.defer(row.event_id, _real_now() + RETRY))
        else:
            await self._finish(row, lambda t, r: self._opened(t, r, message, origin))

    async def _unreadable(self, row: InboxRow) -> None:
        """Keep it for its key; tell the room once per session; let go of it after a week."""
        age = _real_now() - row.received_at
        if age > GIVE_UP:
            await self._finish(row, _nothing)
            return
        session = row.event.get("content", {}).get("session_id")
        effects = Effects()
        if age > TELL_AFTER and isinstance(session, str):
            text = UNREADABLE(Language.NL, user=row.event["sender"])
            effects = Effects(send=(Say(ToRoom(row.room_id), Message.of(text), key=f"unreadable:{session}"),))

        async def work(transaction: Transaction) -> None:
            await transaction.defer(row.event_id, _real_now() + RETRY)
            await self._carry_out(transaction, row, effects)

        await self._database.write(work)
        if effects.send:
            self._queued()

    async def _opened(
        self, transaction: Transaction, row: InboxRow, message: Decrypted, origin: Origin
    ) -> Effects:
        fresh = await transaction.index_is_fresh(row.room_id, message.session_id, message.index, row.event_id)
        incoming = await self._incoming(transaction, row, message.content) if fresh else None
        if incoming is None or message.type != "m.room.message":
            return Effects()
        if origin is Origin.TRUSTED:
            return registry.respond(incoming, self._listener)
        log.warning("a message was not acted on: %s", origin.value)
        if not registry.is_addressed(incoming, self._listener):
            return Effects()
        return _refused(incoming, message.sender_key, origin)

    async def _incoming(
        self, transaction: Transaction, row: InboxRow, content: Mapping[str, Any]
    ) -> Incoming | None:
        """The message with all that an executor may look at; None where it is no business of the bot."""
        body, sender = content.get("body"), row.event["sender"]
        relation = content.get("m.relates_to")
        relation = relation if isinstance(relation, dict) else {}
        if not isinstance(body, str) or relation.get("rel_type") == "m.replace":
            return None
        case = await transaction.case_of_room(row.room_id)
        owner = await transaction.direct_room_owner(row.room_id)
        if case is None and owner != sender:
            return None
        if case is not None and case.seat_of(sender) is None:
            return None
        coordinates = owner == sender and sender in self._region.coordinators
        cases = await (transaction.open_cases() if coordinates else transaction.cases_of(sender))
        concerned = {sender} | ({p.user_id for p in case.seated} if case else set())
        request = Request(
            region=self._region,
            guard=self._guard,
            sender=sender,
            room_id=row.room_id,
            event_id=row.event_id,
            at=self._local(row.event.get("origin_server_ts")),
            now=self._clock.now().astimezone(AMSTERDAM),
            case=case,
            cases=cases,
            people=await transaction.persons(concerned),
            questions=await transaction.questions_in(row.room_id),
            replies=await _answers_us(transaction, relation),
        )
        formatted = content.get("formatted_body")
        return Incoming(request, body, formatted if isinstance(formatted, str) else None)

    def _local(self, milliseconds: object) -> datetime:
        """The sender's moment in Dutch time; a timestamp that is no time at all counts as 1970."""
        try:
            return self._clock.at(int(str(milliseconds))).astimezone(AMSTERDAM)
        except (ValueError, OverflowError, OSError):
            return datetime.fromtimestamp(0, AMSTERDAM)

    # -- membership and rooms without encryption ---------------------------------------------------

    async def _member(self, transaction: Transaction, row: InboxRow) -> Effects:
        """State events are not encrypted: what they say may take a right away, never give one."""
        content = row.event.get("content")
        membership = content.get("membership") if isinstance(content, dict) else None
        user_id = row.event.get("state_key")
        if user_id == self._user_id:
            if membership == "invite":
                return await self._invited(transaction, row)
            return await self._arrived(transaction, row) if membership == "join" else Effects()
        if membership == "join":
            await transaction.release(row.room_id)
            return Effects()
        case = await transaction.case_of_room(row.room_id)
        seat = case.seat_of(str(user_id)) if case else None
        if case is None or seat is None or membership not in {"leave", "ban"}:
            return Effects()
        words = LEFT(Language.NL, label=seat.label)
        return Effects(
            keep=(replace(seat, left_at=self._clock.now()),),
            send=(Say(ToRoom(row.room_id), Message.of(words)),),
            log=(Logged("participant.left", case.ref, seat.user_id),),
        )

    async def _invited(self, transaction: Transaction, row: InboxRow) -> Effects:
        sender = str(row.event.get("sender"))
        allowed = sender in self._region.coordinators or await transaction.person(sender) is not None
        log.info("invitation from %s %s", sender, "accepted" if allowed else "declined")
        step = Join(row.room_id) if allowed else Leave(row.room_id)
        return Effects(
            send=(step,), log=(Logged("invite.accepted" if allowed else "invite.declined", None, sender),)
        )

    async def _arrived(self, transaction: Transaction, row: InboxRow) -> Effects:
        """A room we are in for the first time: our own, somebody's direct chat, or no place for us."""
        if row.room_id in await transaction.bound_rooms() or await transaction.made_here(row.room_id):
            return Effects()
        room = Room.of(row.room_id, await transaction.state_of(row.room_id))
        if not room.encrypted:
            return _leave_plain(row.room_id)
        others = room.joined - {self._user_id}
        person = await transaction.person(next(iter(others))) if len(others) == 1 else None
        if person is None:
            return Effects(send=(Leave(row.room_id),), log=(Logged("room.left", None, row.room_id),))
        return Effects(keep=(replace(person, direct_room=row.room_id),))

    async def _plain(self, transaction: Transaction, row: InboxRow) -> Effects:
        room = Room.of(row.room_id, await transaction.state_of(row.room_id))
        return Effects() if room.encrypted else _leave_plain(row.room_id)

    # -- the second transaction --------------------------------------------------------------------

    async def _finish(self, row: InboxRow, work: Work) -> None:
        """Effects, messages, audit and the end of the inbox row: all together or not at all."""

        async def whole(transaction: Transaction) -> Effects:
            effects = await work(transaction, row)
            await self._carry_out(transaction, row, effects)
            await transaction.done(row.event_id, _real_now())
            return effects

        try:
            effects = await self._database.write(whole)
        except StoreError:
            raise
        except Exception as fault:  # noqa: BLE001  one event must never stop the loop, nor come back for ever
            log.error("event not handled: %s at %s", type(fault).__name__, _places(fault))  # noqa: TRY400  its text may quote the case
            effects = await self._database.write(lambda t: self._apologise(t, row))
        if effects.send or effects.keep:
            self._queued()

    async def _apologise(self, transaction: Transaction, row: InboxRow) -> Effects:
        words = Message.of(BROKEN(Language.NL))
        effects = Effects(send=(Say(ToRoom(row.room_id), words, in_reply_to=row.event_id),))
        await self._carry_out(transaction, row, effects)
        await transaction.done(row.event_id, _real_now())
        return effects

    async def _carry_out(self, transaction: Transaction, row: InboxRow, effects: Effects) -> None:
        await transaction.carry_out(
            effects, actor=str(row.event["sender"]), at=self._clock.now(), source=row.event_id
        )


def _refused(incoming: Incoming, sender_key: str, origin: Origin) -> Effects:
    """A command from a device nobody vouches for. Once per device: the sender and the chair are told why."""
    request = incoming.request
    place = request.case.ref if request.case else "ons gesprek"
    logged = (Logged("command.refused", request.case and request.case.ref, origin.value),)
    if origin is Origin.IDENTITY_CHANGED:
        words, kind = CHANGED(Language.NL, user=request.sender), "changed"
        told: set[str] = set()
    elif origin in {Origin.UNSIGNED_DEVICE, Origin.NOT_CROSS_SIGNED}:
        words, kind = UNVERIFIED(Language.NL, user=request.sender, place=place), "unverified"
        told = {request.sender}
    else:
        return Effects(log=logged)
    if request.case:
        told |= {p.user_id for p in request.case.with_function(Function.CHAIR)}
    says = tuple(
        Say(ToPerson(user), Message.of(words), key=f"{kind}:{sender_key}:{request.room_id}:{user}")
        for user in sorted(told)
    )
    return Effects(send=(React(request.room_id, request.event_id, UNVERIFIED_REACTION), *says), log=logged)


def _leave_plain(room_id: str) -> Effects:
    return Effects(
        send=(SayPlain(room_id, ONLY_ENCRYPTED), Leave(room_id)),
        log=(Logged("room.unencrypted", None, room_id),),
    )


async def _answers_us(transaction: Transaction, relation: Mapping[str, Any]) -> bool:
    reply = relation.get("m.in_reply_to")
    event_id = reply.get("event_id") if isinstance(reply, dict) else None
    return isinstance(event_id, str) and await transaction.txn_of_event(event_id) is not None


async def _nothing(transaction: Transaction, row: InboxRow) -> Effects:  # noqa: ARG001
    return Effects()


def _places(fault: BaseException) -> str:
    """Where it went wrong, without what was being read."""
    return " < ".join(
        f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno}" for f in reversed(extract_tb(fault.__traceback__))
    )


def _real_now() -> datetime:
    return datetime.now(UTC)
