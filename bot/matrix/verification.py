"""Emoji verification with people: carries the steps of `bot.matrix.sas` by to-device message or in a room.

A verification lives as long as the bot runs and ten minutes at most; of it are stored its outcome, and what was shown to
coordinators (`Comparison`), which is what their word counts for. Its steps are not encrypted, whatever the room: the
protocol trusts nobody who carries it, and somebody whose identity changed must be able to take part.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from vodozemac import Sas

from bot.core.access.trusting import renewed
from bot.core.effects import Effects, Logged
from bot.core.records.people import OPERATOR
from bot.matrix import sas
from bot.matrix.homeserver import HomeserverFault, segment
from bot.matrix.identity import NotThatIdentityError
from bot.matrix.sas import PREFIX, Code, Party, Sign, State, Verification
from bot.matrix.trust import confirmed_pin, read_key_query
from bot.store.carrying import carry_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bot.core.records.people import Pin
    from bot.matrix.canonical import JsonObject
    from bot.matrix.homeserver import Homeserver
    from bot.matrix.identity import Identity
    from bot.matrix.keyring import Keyring
    from bot.store.database import Database
    from bot.store.transaction import Transaction

log = logging.getLogger(__name__)

REQUEST: Final = PREFIX + "request"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one verification is, for whoever looks at the emoji."""

    code: str
    theirs: Party
    state: State
    sign: Sign | None
    ended: Code | None
    ended_by_us: bool
    until: datetime
    instead_of: Pin | None
    """What the person is held to now, where that is another identity than this one."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One event of the protocol, freed from the way it came."""

    sender: str
    transaction_id: str
    room_id: str | None
    kind: str
    content: JsonObject
    asked_at: object
    """Milliseconds, in a request; anything, as it comes from outside."""


@dataclass(frozen=True, slots=True)
class _Route:
    """Where our side of a verification goes."""

    user_id: str
    device_id: str
    room_id: str | None
    """None: from device to device."""
    transaction_id: str


@dataclass(frozen=True, slots=True)
class _Open:
    code: str
    route: _Route
    verification: Verification
    instead_of: Pin | None = None
    by: str = OPERATOR
    """Who compared it on our side, once somebody has."""

    @property
    def progress(self) -> Progress:
        it, until = self.verification, self.verification.asked_at + sas.TIME_LIMIT
        return Progress(
            self.code, it.theirs, it.state, it.sign, it.ended, it.ended_by_us, until, self.instead_of
        )


class Verifications:
    """All verifications that are open now. Nothing here raises for what others do or the homeserver refuses."""

    def __init__(
        self,
        homeserver: Homeserver,
        database: Database,
        keyring: Keyring,
        identity: Identity,
        own: Party,
        *,
        new_id: Callable[[], str],
        new_code: Callable[[], str],
        now: Callable[[], datetime],
        queued: Callable[[], None],
    ) -> None:
        self._homeserver = homeserver
        self._database = database
        self._keyring = keyring
        self._identity = identity
        self._own = own
        self._new_id = new_id
        self._new_code = new_code
        self._now = now
        self._queued = queued
        self._open: dict[tuple[str, str], _Open] = {}
        self._turn = asyncio.Lock()
        self._asked = asyncio.Event()
        self._watchers: set[asyncio.Queue[Progress]] = set()

    # -- what comes in -----------------------------------------------------------------------------

    async def to_device(self, event: Mapping[str, Any]) -> None:
        """Take a to-device event; what is not about verification is left alone."""
        match event:
            case {"type": str(kind), "sender": str(sender), "content": {"transaction_id": str(id_)}} if (
                kind.startswith(PREFIX)
            ):
                content = event["content"]
                kind = kind.removeprefix(PREFIX)
                await self._take(_Step(sender, id_, None, kind, content, content.get("timestamp")))

    async def in_room(self, room_id: str, event: Mapping[str, Any]) -> None:
        """Take a room event for which `is_step` is true."""
        match event:
            case {
                "type": "m.room.message",
                "sender": str(sender),
                "event_id": str(id_),
                "content": {"to": self._own.user_id},
            }:
                kind = "request"
            case {
                "type": str(kind),
                "sender": str(sender),
                "content": {"m.relates_to": {"rel_type": "m.reference", "event_id": str(id_)}},
            }:
                kind = kind.removeprefix(PREFIX)
            case _:
                return
        await self._take(_Step(sender, id_, room_id, kind, event["content"], event.get("origin_server_ts")))

    # -- what somebody on our side does ------------------------------------------------------------

    @contextmanager
    def watching(self) -> Iterator[asyncio.Queue[Progress]]:
        """Every change from now on, after how it stands with those that are open."""
        queue: asyncio.Queue[Progress] = asyncio.Queue()
        for one in self._open.values():
            queue.put_nowait(one.progress)
        self._watchers.add(queue)
        try:
            yield queue
        finally:
            self._watchers.discard(queue)

    async def decide(self, code: str, *, same: bool, by: str = OPERATOR) -> Progress | None:
        """Somebody compared the emoji: the operator, or a coordinator, who was shown them under this code.

        None, and without effect, where it is no longer open for their word.
        """
        async with self._turn:
            waiting = (item for item in self._open.items() if item[1].code == code)
            key, one = next(waiting, (None, None))
            if key is None or one is None or not one.verification.state.ours_to_decide:
                return None
            if by != OPERATOR and not await self._database.write(lambda t: self._take_word(t, one, by)):
                return None
            return await self._proceed(key, replace(one, by=by), sas.decide(one.verification, same=same))

    async def _take_word(self, transaction: Transaction, one: _Open, by: str) -> bool:
        """Whether a coordinator's word is about what is compared now, to the last key; it counts once."""
        found, theirs = await transaction.comparison(one.code), one.verification.theirs
        if found is None or not found.takes_word_of(by, self._now()):
            return False
        if (found.user_id, found.device_id, found.device_key, found.master_key) != astuple(theirs):
            return False
        await transaction.keep(replace(found, given_by=by))
        return True

    async def run(self) -> None:
        """End what takes too long."""
        while True:
            self._asked.clear()
            first = min((one.verification.asked_at for one in self._open.values()), default=None)
            if first is None:
                await self._asked.wait()
                continue
            await asyncio.sleep(max(1.0, (first + sas.TIME_LIMIT - self._now()).total_seconds()))
            await self.expire()

    async def expire(self) -> None:
        async with self._turn:
            for key, one in list(self._open.items()):
                await self._proceed(key, one, sas.time_out(one.verification, self._now()))

    # -- one step ----------------------------------------------------------------------------------

    async def _take(self, step: _Step) -> None:
        if step.sender == self._own.user_id or not _is_plain(step.transaction_id):
            return
        key = (step.sender, step.transaction_id)
        async with self._turn:
            one = self._open.get(key)
            try:
                if step.kind == "request" and one is None:
                    await self._requested(key, step)
                elif one is not None and one.route.room_id == step.room_id:
                    taken = sas.receive(one.verification, step.kind, step.content, Sas())
                    await self._proceed(key, one, taken)
            except HomeserverFault as fault:
                log.warning("verification with %s: %s", step.sender, fault)

    async def _requested(self, key: tuple[str, str], step: _Step) -> None:
        now = self._now()
        asked_at = _instant(step.asked_at)
        if asked_at is None or not sas.is_request(step.content, asked_at, now):
            return
        if not await self._database.read(lambda t: _knows(t, step.sender)):
            log.info("verification asked by somebody the bot does not know: %s", step.sender)
            return
        for earlier, one in list(self._open.items()):
            if one.verification.theirs.user_id == step.sender:
                await self._proceed(earlier, one, sas.give_up(one.verification))
        route = _Route(step.sender, step.content["from_device"], step.room_id, step.transaction_id)
        theirs = await self._party(route.user_id, route.device_id)
        if theirs is None:
            log.warning("verification asked from a device of %s that is not cross-signed", step.sender)
            await self._send(route, *sas.cancellation(Code.KEY_MISMATCH))
            return
        verification = Verification(step.transaction_id, self._own, theirs, now)
        one = _Open(self._new_code(), route, verification)
        await self._proceed(key, one, sas.answer(step.content, verification))
        self._asked.set()

    async def _party(self, user_id: str, device_id: str) -> Party | None:
        """Their side as the homeserver shows it now: what the MACs are held against. Raises HomeserverFault."""
        shown = read_key_query(await self._keys_of(user_id)).get(user_id)
        devices = shown.devices if shown else ()
        device = next((d for d in devices if d.device_id == device_id and d.signed_by_owner), None)
        if shown is None or shown.master_key is None or device is None:
            return None
        return Party(user_id, device_id, device.ed25519, shown.master_key)

    async def _keys_of(self, user_id: str) -> JsonObject:
        return await self._homeserver.post("/v3/keys/query", {"device_keys": {user_id: []}})

    async def _proceed(self, key: tuple[str, str], before: _Open, taken: sas.Step) -> Progress:
        """Keep the new state, send what it says, tell who watches."""
        verification, sends = taken
        if verification is before.verification and not sends:
            return before.progress
        theirs = verification.theirs
        try:
            for kind, content in sends:
                await self._send(before.route, kind, content)
            if verification.state is State.DONE:
                await self._vouch(verification, before.by)
        except (HomeserverFault, NotThatIdentityError) as fault:
            log.warning("verification with %s ended: %s", theirs.user_id, fault)
            verification = replace(verification, state=State.CANCELLED, ended=Code.OTHER, ended_by_us=True)
        one = replace(before, verification=verification)
        if verification.state is State.COMPARING:
            one = replace(one, instead_of=await self._database.read(lambda t: _other_pin(t, theirs)))
        if verification.state.final:
            self._open.pop(key, None)
            log.info("verification with %s: %s", theirs.user_id, verification.state.value)
        else:
            self._open[key] = one
        if verification.state is State.COMPARING:
            log.warning(
                "%s verifies the bot; compare the emoji with: casusbot identity verify", theirs.user_id
            )
        for watcher in self._watchers:
            watcher.put_nowait(one.progress)
        return one.progress

    async def _send(self, route: _Route, kind: str, content: JsonObject) -> None:
        event_type, txn_id = PREFIX + kind, segment(self._new_id())
        if route.room_id is None:
            whole = {**content, "transaction_id": route.transaction_id}
            to_device = {"messages": {route.user_id: {route.device_id: whole}}}
            await self._homeserver.put(f"/v3/sendToDevice/{event_type}/{txn_id}", to_device)
        else:
            relation = {"rel_type": "m.reference", "event_id": route.transaction_id}
            body = {**content, "m.relates_to": relation}
            await self._homeserver.put(f"/v3/rooms/{segment(route.room_id)}/send/{event_type}/{txn_id}", body)

    async def _vouch(self, verification: Verification, by: str) -> None:
        """Hold this person to the identity that was compared, and sign it for all to see."""
        theirs = verification.theirs
        if not verification.identity_compared:
            return
        masters = (await self._keys_of(theirs.user_id)).get("master_keys")
        served = masters.get(theirs.user_id) if isinstance(masters, dict) else None
        signature = self._identity.sign_user_master_key(served, theirs.user_id, theirs.master_key)

        async def keep(transaction: Transaction) -> None:
            now = self._now()
            before = (await transaction.pins([theirs.user_id])).get(theirs.user_id)
            pin = confirmed_pin(theirs.user_id, theirs.master_key, now, by, before)
            effects = Effects(keep=(pin,), log=(Logged("identity.confirmed", None, theirs.user_id),))
            effects += renewed(pin, before, await transaction.seats([theirs.user_id]))
            source = f"compared:{theirs.user_id}:{now.isoformat()}"
            await carry_out(transaction, effects, actor=by, at=now, source=source)

        await self._database.write(keep)
        self._queued()
        self._keyring.outdated([theirs.user_id])
        await self._homeserver.post("/v3/keys/signatures/upload", signature)


def is_step(kind: object, content: object) -> bool:
    """Whether a room event, in clear or decrypted, belongs to a verification."""
    if kind == "m.room.message":
        return isinstance(content, dict) and content.get("msgtype") == REQUEST
    return isinstance(kind, str) and kind in sas.EVENT_TYPES


def opened(event: Mapping[str, Any], kind: str, content: Mapping[str, Any]) -> JsonObject:
    """An encrypted step as it would have come in clear; some clients leave the relation outside."""
    outside = event["content"].get("m.relates_to")
    relation = {"m.relates_to": outside} if outside is not None else {}
    return {**event, "type": kind, "content": {**relation, **content}}


async def _knows(transaction: Transaction, user_id: str) -> bool:
    return await transaction.person(user_id) is not None or bool(await transaction.pins([user_id]))


async def _other_pin(transaction: Transaction, shown: Party) -> Pin | None:
    """What the person is held to, unless that is what is shown."""
    pin = (await transaction.pins([shown.user_id])).get(shown.user_id)
    return pin if pin is not None and pin.master_key != shown.master_key else None


def _is_plain(transaction_id: str) -> bool:
    return 0 < len(transaction_id) <= 255 and transaction_id.isascii() and transaction_id.isprintable()


def _instant(milliseconds: object) -> datetime | None:
    if not isinstance(milliseconds, int):
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
