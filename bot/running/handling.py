"""What happens with each event from the inbox, in order: decrypt, trust, execute, keep; all or nothing.

The network is asked (whose device is this?) before the transaction; inside it there is only the store and pure code.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.core.access.trusting import command_refused
from bot.core.effects import Effects, Logged, Say, ToRoom
from bot.core.records.cases import Case
from bot.core.records.people import Pin
from bot.core.text import Language, Message, Text
from bot.errors import CasusbotError, places
from bot.matrix import polls
from bot.matrix.crypto import Malformed, Undecryptable
from bot.matrix.homeserver import HomeserverFault, LoggedOut
from bot.matrix.rooms import WATCHED
from bot.matrix.trust import Origin
from bot.matrix.verification import is_step, opened
from bot.running.attempts import Attempts
from bot.running.descriptions import invoked
from bot.running.doorkeeper import Doorkeeper
from bot.running.liaison import Liaison
from bot.running.replying import explained, replied_to
from bot.running.requesting import Requests
from bot.store.carrying import carry_out
from bot.store.errors import TakenError
from bot.store.mailbox import InboxRow
from bot.store.transaction import Transaction
from commands import registry
from commands.conversation.parsing import Listener
from commands.editing import removed
from commands.registry import Heard
from commands.tapping import tapped

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.core.guard import Guard
    from bot.core.records.kinds import Record
    from bot.core.region import Region
    from bot.matrix.crypto import Crypto, Decrypted
    from bot.matrix.keyring import Keyring
    from bot.matrix.verification import Verifications
    from bot.store.database import Database
    from commands.conversation.command import Request

log = logging.getLogger(__name__)

Work = Callable[[Transaction, InboxRow], Awaitable[Effects]]

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
RETRY, LONGEST_RETRY = timedelta(seconds=10), timedelta(hours=1)
TELL_EVERY = timedelta(hours=1)
TELL_AFTER = timedelta(seconds=60)
"""After this long without its key, the room is told that a message could not be read."""
GIVE_UP = timedelta(days=7)
MOST_OF_OTHERS = 100
"""Characters that are looked at of what a device says that does not count: whether it is said to the bot."""

BROKEN = Text(
    "Dit lukte niet door een fout bij mij. Er is niets vastgelegd. Meld het aan de beheerder.",
    "This failed through a fault of mine. Nothing was recorded. Please tell the operator.",
)
REFERENCE_TAKEN = Text(
    "Er is niets vastgelegd: {ref} bestaat al. Kies een andere referentie en typ je opdracht opnieuw.",
    "Nothing was recorded: {ref} exists already. Choose another reference and type your command again.",
)
TAKEN = Text(
    "Er is niets vastgelegd: wat ik wilde maken, bestaat al. Kijk hoe het staat met !casus status en typ je opdracht dan "
    "opnieuw.",
    "Nothing was recorded: what I was about to make exists already. See how it stands with !case status, then type your "
    "command again.",
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
        verifications: Verifications,
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
        self._verifications = verifications
        self._clock = clock
        self._user_id = user_id
        self._listener = Listener(user_id, user_id.removeprefix("@").partition(":")[0])
        self._requests = Requests(region, guard, clock, self._listener, user_id=user_id)
        self._doorkeeper = Doorkeeper(region, clock, user_id)
        self._liaison = Liaison(region, guard, clock, user_id)
        self._queued = queued
        self._told: dict[tuple[str, str], datetime] = {}
        self._last_said: dict[str, str] = {}
        """The last message of a person in each room. Forgotten at a restart: a bare yes then needs to be a reply."""
        self.attempts = Attempts(database, clock)

    async def run(self, arrived: asyncio.Event) -> None:
        while True:
            arrived.clear()
            await self.handle_waiting()
            await self.attempts.look()
            due = await self._database.read(lambda t: t.next_event_due())
            pause = None if due is None else max(1.0, (due - _real_now()).total_seconds())
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await arrived.wait()

    async def handle_waiting(self) -> None:
        while rows := await self._database.read(lambda t: t.next_events(_real_now())):
            for row in rows:
                await self._handle(row)

    async def _handle(self, row: InboxRow) -> None:
        try:
            with self.attempts.at_one():
                if await self.attempts.may_begin(row):
                    await self._begun(row)
                else:
                    self._queued()
        except (CasusbotError, HomeserverFault):
            raise
        except Exception as fault:  # noqa: BLE001  one event must never stop the loop, nor come back for ever
            log.error("event not handled: %s at %s", type(fault).__name__, places(fault))  # noqa: TRY400  its text may quote the case
            await self._database.write(lambda t: self._instead(t, row, BROKEN(Language.NL)))
            self._queued()

    async def _begun(self, row: InboxRow) -> None:
        match row.event.get("type"):
            case "m.room.encrypted":
                await self._encrypted(row)
            case "m.room.member":
                await self._finish(row, self._doorkeeper.member)
            case kind if kind in WATCHED:
                await self._finish(row, self._doorkeeper.setting)
            case "m.room.redaction":
                await self._finish(row, self._removed)
            case kind if is_step(kind, row.event.get("content")):
                await self._verify(row, row.event)
            case _:
                await self._finish(row, self._doorkeeper.plain)

    async def _verify(self, row: InboxRow, step: Mapping[str, Any]) -> None:
        """It is answered beside the store: nothing of it outlives the process."""
        await self._verifications.in_room(row.room_id, step)
        await self._finish(row, _nothing)

    # -- encrypted ---------------------------------------------------------------------------------

    async def _encrypted(self, row: InboxRow) -> None:
        try:
            message = self._crypto.open(row.room_id, row.event)
            if is_step(message.type, message.content):
                await self._verify(row, opened(row.event, message.type, message.content))
                return
        except Undecryptable:
            await self._unreadable(row)
            return
        except Malformed:
            await self._finish(row, _nothing)
            return
        heard = self._heard(message)
        origin = await self._origin(row, message)
        if self._liaison.waits(row, message, origin, _real_now()):
            await self._later(row, Effects())
            return
        await self._finish(row, lambda t, r: self._opened(t, r, message, heard, origin))

    async def _origin(self, row: InboxRow, message: Decrypted) -> Origin:
        """Ask until our homeserver answers: to go on with the next event would change their order."""
        pause = FIRST_WAIT
        while True:
            try:
                return await self._keyring.origin_of(row.event["sender"], message)
            except LoggedOut:
                raise
            except HomeserverFault as fault:
                log.warning("a sender's devices could not be looked up: %s", fault)
                await self.attempts.excused(row)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_WAIT)

    async def _unreadable(self, row: InboxRow) -> None:
        """Keep it for its key, look ever less often; tell the room once; let go of it after a week."""
        now = _real_now()
        if now - row.received_at > GIVE_UP:
            await self._finish(row, _nothing)
            return
        late = now - row.received_at > TELL_AFTER
        await self._later(row, await self._not_read(row) if late else Effects())

    async def _later(self, row: InboxRow, effects: Effects) -> None:
        """Look at it again after a while, every time a longer one."""

        async def work(transaction: Transaction) -> None:
            again = _real_now() + min(RETRY * 2 ** min(row.tries, 10), LONGEST_RETRY)
            await transaction.defer(row.event_id, again)
            await self._carry_out(transaction, row, effects)

        await self._database.write(work)
        if effects.send:
            self._queued()

    async def _not_read(self, row: InboxRow) -> Effects:
        """One notice a session, and no more than one an hour about the same person in the same room."""
        session, sender = _object(row.event.get("content")).get("session_id"), row.event["sender"]
        told = self._told.get((row.room_id, sender))
        if not isinstance(session, str) or (told is not None and _real_now() - told < TELL_EVERY):
            return Effects()
        self._told[row.room_id, sender] = _real_now()
        if (between := await self._database.read(lambda t: self._liaison.unread(t, row))) is not None:
            return between
        words = Message.of(UNREADABLE(Language.NL, user=sender))
        return Effects(send=(Say(ToRoom(row.room_id), words, key=f"unreadable:{row.room_id}:{session}"),))

    async def _opened(
        self,
        transaction: Transaction,
        row: InboxRow,
        message: Decrypted,
        heard: Heard | None,
        origin: Origin,
    ) -> Effects:
        fresh = await transaction.index_is_fresh(row.room_id, message.session_id, message.index, row.event_id)
        between = await self._liaison.opened(transaction, row, message, heard, origin, fresh=fresh)
        if between is not None:
            return between
        if fresh and message.type in polls.RESPONSES:
            return await self._tapped(transaction, row, message, origin)
        if not fresh or heard is None:
            return Effects()
        if origin is not Origin.TRUSTED:
            heard = replace(heard, body=heard.body[:MOST_OF_OTHERS], formatted=None, invoked=None)
        if not await self._concerns_us(transaction, row, heard):
            self._last_said[row.room_id] = row.event_id
            return Effects()
        request = await self._requests.read(transaction, row, heard)
        if request is None:
            return Effects()
        request = replace(request, replied_to=await explained(transaction, message.content, request))
        heard = replace(
            heard,
            listener=replace(self._listener, direct=request.direct),
            reply=await replied_to(transaction, message.content, request),
            previous=self._last_said.get(row.room_id),
        )
        self._last_said[row.room_id] = row.event_id
        if origin is Origin.TRUSTED:
            return registry.handle(request, heard)
        # Ordinary talk leaves only its event id, whoever it is from.
        return _refused(request, message, origin) if registry.is_addressed(heard) else Effects()

    async def _tapped(
        self, transaction: Transaction, row: InboxRow, message: Decrypted, origin: Origin
    ) -> Effects:
        """An answer to a poll of ours, tapped by somebody who belongs to its case."""
        answer = polls.answer_of(message.content)
        txn_id = await transaction.txn_of_event(answer[0]) if answer else None
        poll = await transaction.poll_of(txn_id, row.event["sender"], row.room_id) if txn_id else None
        heard = Heard("", self._listener)
        request = await self._requests.read(transaction, row, heard)
        if answer is None or poll is None or request is None:
            return Effects()
        if origin is not Origin.TRUSTED:
            return _refused(request, message, origin)
        case = await transaction.case_file(poll.case_ref)
        if case is None or case.seat_of(request.sender) is None:
            return Effects()
        if not (request.direct if poll.asked_of else case.case.room_id == row.room_id):
            return Effects()  # answered from another room, where the reply would tell of this case
        asked_in = await transaction.questions_in(case.case.room_id) if case.case.room_id else ()
        request = replace(request, case=case, questions=(*request.questions, *asked_in))
        return tapped(request, self._listener, poll, answer[1])

    async def _concerns_us(self, transaction: Transaction, row: InboxRow, heard: Heard) -> bool:
        """Whether a message can be for the bot at all: most talk in the room of a case is not, and costs nothing more."""
        if registry.is_addressed(heard) or heard.invoked:
            return True
        if await transaction.direct_room_owner(row.room_id) is not None:
            return True
        return await transaction.question(row.room_id, row.event["sender"]) is not None

    def _heard(self, message: Decrypted) -> Heard | None:
        """The words of a message, those of an edit without the star before them; None for what has no words."""
        relation = _object(message.content.get("m.relates_to"))
        edits = relation.get("event_id") if relation.get("rel_type") == "m.replace" else None
        content = message.content if edits is None else _object(message.content.get("m.new_content"))
        body, formatted = content.get("body"), content.get("formatted_body")
        if message.type != "m.room.message" or not isinstance(body, str):
            return None
        return Heard(
            body,
            self._listener,
            formatted if isinstance(formatted, str) else None,
            edits=edits if isinstance(edits, str) else None,
            invoked=invoked(content, self._user_id),
        )

    async def _removed(self, transaction: Transaction, row: InboxRow) -> Effects:
        """Somebody took a message back. That is not encrypted, so it is asked about and never acted on."""
        event_id = row.event.get("redacts") or _object(row.event.get("content")).get("redacts")
        case = await transaction.case_of_room(row.room_id)
        if case is None or not isinstance(event_id, str):
            return Effects()
        sources = await transaction.sources(event_id)
        return removed(case, sources, room_id=row.room_id, event_id=event_id)

    # -- the second transaction --------------------------------------------------------------------

    async def _finish(self, row: InboxRow, work: Work) -> None:
        """Effects, messages, audit and the end of the inbox row: all together or not at all."""

        async def whole(transaction: Transaction) -> None:
            effects = await work(transaction, row)
            await self._carry_out(transaction, row, effects)
            await transaction.done(row.event_id, _real_now())
            # A person's word for an identity counts from the next message on.
            self._keyring.outdated(record.user_id for record in effects.records if isinstance(record, Pin))

        try:
            await self._database.write(whole)
        except TakenError as taken:
            log.warning("what was to be new is there already: %s", taken)
            words = _taken(taken.record)
            await self._database.write(lambda t: self._instead(t, row, words))
        self._queued()

    async def _instead(self, transaction: Transaction, row: InboxRow, words: str) -> None:
        """Of what was to happen nothing has; this is said."""
        said = Say(ToRoom(row.room_id), Message.of(words), in_reply_to=row.event_id)
        effects = Effects(send=(said,))
        await self._carry_out(transaction, row, effects)
        await transaction.done(row.event_id, _real_now())

    async def _carry_out(self, transaction: Transaction, row: InboxRow, effects: Effects) -> None:
        await carry_out(
            transaction, effects, actor=str(row.event["sender"]), at=self._clock.now(), source=row.event_id
        )


def _refused(request: Request, message: Decrypted, origin: Origin) -> Effects:
    """Said to the bot from a device or identity that it does not go by."""
    log.warning("a command was not carried out: %s", origin.value)
    if origin in {Origin.UNSIGNED_DEVICE, Origin.NOT_CROSS_SIGNED}:
        return command_refused(
            request.sender, request.room_id, request.event_id, message.sender_key, request.case
        )
    return Effects(log=(Logged("command.refused", request.ref, origin.value),))


def _taken(record: Record) -> str:
    if isinstance(record, Case):
        return REFERENCE_TAKEN(Language.NL, ref=record.ref)
    return TAKEN(Language.NL)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


async def _nothing(transaction: Transaction, row: InboxRow) -> Effects:  # noqa: ARG001
    return Effects()


def _real_now() -> datetime:
    return datetime.now(UTC)
