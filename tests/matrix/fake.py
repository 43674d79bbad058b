"""A homeserver on loopback that goes wrong on request, and both ends of an encrypted conversation over it.

It knows just enough to be the other side of one bot. `plan` says what goes wrong, per endpoint and request by
request; where the plan is empty the homeserver is honest.
"""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from aiohttp import web

from bot.core.guard import KeptText
from bot.core.records.cases import Case, CaseState, Function, Participant
from bot.core.region import Region
from bot.data.ledger import Signer
from bot.matrix.arranging import Arranger
from bot.matrix.crypto import Crypto, Machine
from bot.matrix.homeserver import Homeserver
from bot.matrix.identity import Identity, LocalDevice
from bot.matrix.inbox import Inbox
from bot.matrix.keyring import Keyring
from bot.matrix.keystore import CipherStore
from bot.matrix.outbox import Outbox
from bot.matrix.rooms import creation
from bot.matrix.sas import Party
from bot.matrix.verification import Verifications
from bot.running import app
from bot.running.descriptions import initial_state
from bot.running.registrar import Registrar
from bot.running.witness import Witness
from bot.settings.configuration import Backups
from bot.store.database import Database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from pathlib import Path

    from bot.store.transaction import Transaction

BOT = "@casusbot:zvh.example"
CHAIR = "@voorzitter:zvh.example"
PARTNER = "@leerplicht:zvh.example"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
COORDINATOR = "@leerplicht:voorbeeld.nl"
OURS = Identity(BOT, b"a" * 32, b"b" * 32, b"c" * 32)
REGION = Region("ZVH Voorbeeldregio", frozenset({COORDINATOR}))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the homeserver says in place of the truth. `body` is JSON, or bytes as they are."""

    status: int = 200
    body: object = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class Fault(Enum):
    HANG = "accepts the request and never answers"
    DROP = "does what was asked and closes the connection without a word"


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it arrived."""

    endpoint: str
    path: tuple[str, ...]
    """After `/_matrix/client/v3`, decoded."""
    query: Mapping[str, str]
    body: Any


class FakeHomeserver:
    """The server side of one bot."""

    def __init__(self) -> None:
        self.url = ""
        self.plan: dict[str, list[Answer | Fault]] = defaultdict(list)
        self.calls: list[Call] = []
        self.syncs: list[dict[str, Any]] = []
        """What the next syncs bring; after that nothing new."""
        self.pages: dict[str, dict[str, Any]] = {}
        """Answers to `/messages` by their `from`; "" is the newest page."""
        self.events: dict[str, tuple[str, dict[str, Any]]] = {}
        """Stored messages by transaction id: room and content."""
        self.media: list[bytes] = []
        """What was uploaded; `plan["media"]` says what goes wrong there."""
        self.rooms: dict[str, dict[str, Any]] = {}
        """Created rooms: the body of createRoom by room id."""
        self.members: set[str] = set()
        """Who has joined every room, where the bot asks after one person."""
        self.one_time_keys: dict[str, Any] = {}
        """What the bot uploaded."""
        self.fallback_keys: dict[str, Any] = {}
        self.people: dict[str, Partner] = {}
        self._over = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/_matrix/client/v3/{path:.*}", self._serve)
        app.router.add_post("/_matrix/media/v3/upload", self._take_media)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        self._over.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def calls_to(self, endpoint: str) -> list[Call]:
        return [call for call in self.calls if call.endpoint == endpoint]

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        path = tuple(unquote(part) for part in request.raw_path.partition("?")[0].split("/")[4:])
        body = await request.json() if request.can_read_body else None
        call = Call(_endpoint(path), path, dict(request.query), body)
        self.calls.append(call)
        trouble = self.plan[call.endpoint].pop(0) if self.plan[call.endpoint] else None
        match trouble:
            case Fault.HANG:
                await self._over.wait()
                return web.Response(status=503)
            case Answer(status, bytes() as raw, headers):
                return web.Response(status=status, body=raw, headers=headers)
            case Answer(status, words, headers):
                return web.json_response(words, status=status, headers=headers)
        answer = getattr(self, f"_{call.endpoint}")(call)
        if trouble is Fault.DROP:
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(answer)

    async def _take_media(self, request: web.Request) -> web.Response:
        """Bytes without a name or a type, or it would know what they are."""
        assert (request.query_string, request.content_type) == ("", "application/octet-stream")
        trouble = self.plan["media"].pop(0) if self.plan["media"] else None
        if isinstance(trouble, Answer):
            return web.json_response(trouble.body, status=trouble.status)
        self.media.append(await request.read())
        return web.json_response({"content_uri": f"mxc://zvh.example/{len(self.media)}"})

    # -- honest answers ----------------------------------------------------------------------------

    def _sync(self, call: Call) -> dict[str, Any]:
        return self.syncs.pop(0) if self.syncs else {"next_batch": call.query.get("since", "s0")}

    def _send(self, call: Call) -> dict[str, Any]:
        _, room_id, _, _, txn_id = call.path
        self.events.setdefault(txn_id, (room_id, call.body))
        return {"event_id": f"${txn_id}"}

    def _messages(self, call: Call) -> dict[str, Any]:
        return self.pages.get(call.query.get("from", ""), {"chunk": []})

    def _createRoom(self, call: Call) -> dict[str, Any]:
        room_id = f"!room{len(self.rooms)}:zvh.example"
        self.rooms[room_id] = call.body
        return {"room_id": room_id}

    def _joined_rooms(self, call: Call) -> dict[str, Any]:
        return {"joined_rooms": list(self.rooms)}

    def _state(self, call: Call) -> dict[str, Any]:
        if call.path[3] == "m.room.member":
            return {"membership": "join" if call.path[4] in self.members else "leave"}
        content = self.rooms[call.path[1]]["creation_content"]
        return {"sender": BOT, "content": content} if call.query.get("format") == "event" else content

    def _members(self, call: Call) -> dict[str, Any]:
        joined = {"type": "m.room.member", "content": {"membership": "join"}}
        return {"chunk": [{**joined, "state_key": user, "sender": user} for user in sorted(self.members)]}

    def _invite(self, call: Call) -> dict[str, Any]:
        return {}

    def _redact(self, call: Call) -> dict[str, Any]:
        return {"event_id": f"${call.path[4]}"}

    def _leave(self, call: Call) -> dict[str, Any]:
        return {}

    def _upload(self, call: Call) -> dict[str, Any]:
        self.one_time_keys |= call.body.get("one_time_keys", {})
        self.fallback_keys = call.body.get("fallback_keys", self.fallback_keys)
        return {"one_time_key_counts": {"signed_curve25519": len(self.one_time_keys)}}

    def _query(self, call: Call) -> dict[str, Any]:
        shown: dict[str, Any] = {"device_keys": {}, "master_keys": {}, "self_signing_keys": {}}
        for user_id in call.body["device_keys"]:
            if user_id in self.people:
                for part, value in self.people[user_id].shown().items():
                    shown[part][user_id] = value
        return shown

    def _claim(self, call: Call) -> dict[str, Any]:
        claimed = {
            user_id: {
                device_id: self.people[user_id].one_time_key()
                for device_id in devices
                if user_id in self.people
            }
            for user_id, devices in call.body["one_time_keys"].items()
        }
        return {"one_time_keys": claimed}

    def _signatures(self, call: Call) -> dict[str, Any]:
        return {"failures": {}}

    def _sendToDevice(self, call: Call) -> dict[str, Any]:
        return {}

    def _join(self, call: Call) -> dict[str, Any]:
        return {}


def _endpoint(path: tuple[str, ...]) -> str:
    match path:
        case ("sync" | "createRoom" | "joined_rooms" | "sendToDevice" | "join" as name, *_):
            return name
        case ("keys", name, *_):
            return name
        case ("rooms", _, name, *_):
            return name
        case _:
            raise AssertionError(f"no such endpoint: {path}")


class Partner:
    """A person with one cross-signed device, as their homeserver shows them."""

    def __init__(self, user_id: str, folder: Path) -> None:
        folder.mkdir()
        self.user_id = user_id
        self.device_id = "WERKPLEK"
        self.store = CipherStore(os.urandom(32), user_id, self.device_id, folder, create=True)
        self.crypto = Crypto(Machine(user_id, self.device_id, self.store))
        self.identity = Identity.create(user_id, os.urandom)
        uploaded = self.crypto.keys_to_upload()
        assert uploaded is not None
        self._device = uploaded["device_keys"]
        self.one_time_keys: Iterator[tuple[str, Any]] = iter(uploaded["one_time_keys"].items())

    def shown(self) -> dict[str, Any]:
        """This person's part of an answer to `/keys/query`."""
        local = LocalDevice(self.device_id, self.crypto.curve25519, self.crypto.ed25519)
        identity = self.identity.device_signing_upload(self.device_id, self.crypto.sign)
        return {
            "device_keys": self.identity.sign_device(self._device, local)[self.user_id],
            "master_keys": identity["master_key"],
            "self_signing_keys": identity["self_signing_key"],
        }

    def one_time_key(self) -> dict[str, Any]:
        """The next one, by its name; none when all are gone."""
        return dict([item] if (item := next(self.one_time_keys, None)) else [])


class Clock:
    """Stands still until it is told to move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        self.now += by


@dataclass
class Bot:
    """The transport of a bot, on files of its own."""

    homeserver: Homeserver
    crypto: Crypto
    keyring: Keyring
    database: Database
    verifications: Verifications
    witness: Witness
    inbox: Inbox
    registrar: Registrar
    outbox: Outbox
    clock: Clock


@asynccontextmanager
async def bot_on(url: str, folder: Path, region: Region = REGION) -> AsyncIterator[Bot]:
    """A bot whose files live in `folder`; entered again it is the same bot after a restart."""
    key, fresh = bytes(range(32)), not (folder / "keys.db").exists()
    numbers = iter(range(10**6))

    def new_id() -> str:
        return f"id{next(numbers)}"

    clock = Clock()
    homeserver = Homeserver(url, "token")
    store = CipherStore(key, BOT, "BOTDEVICE", folder, create=fresh)
    async with await Database.open(folder / "casusbot.db", key, create=fresh) as database:
        crypto = Crypto(Machine(BOT, "BOTDEVICE", store))
        waiting = asyncio.Event()
        keyring = Keyring(homeserver, crypto, database, new_id=new_id, now=clock, queued=waiting.set)
        inbox = Inbox(homeserver, crypto, keyring, database, user_id=BOT, new_id=new_id, now=clock)
        party = Party(BOT, "BOTDEVICE", crypto.ed25519, OURS.master_key)
        verifications = Verifications(
            homeserver,
            database,
            keyring,
            OURS,
            party,
            new_id=new_id,
            new_code=app.new_code,
            now=clock,
            queued=waiting.set,
        )
        witness = Witness(database, verifications, region, now=clock, queued=waiting.set)
        backups = Backups(folder / "backups", 30)
        registrar = Registrar(database, crypto, Signer(OURS, key), backups, region.coordinators, clock)
        arranger = Arranger(
            homeserver,
            database,
            user_id=BOT,
            describe=partial(initial_state, BOT),
            vouch=witness.take,
            destroying=registrar,
        )
        outbox = Outbox(
            homeserver,
            keyring,
            database,
            region,
            arranger,
            user_id=BOT,
            now=clock,
            jitter=lambda: 0.5,
            waiting=waiting,
        )
        try:
            yield Bot(
                homeserver,
                crypto,
                keyring,
                database,
                verifications,
                witness,
                inbox,
                registrar,
                outbox,
                clock,
            )
        finally:
            await homeserver.close()
            store.close()


def message(event_id: str, *, sender: str = PARTNER, **changes: Any) -> dict[str, Any]:
    """A room event as a homeserver delivers it; its ciphertext does not matter here."""
    content = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "ciphertext": "AwgAEnACgAkLmt6",
        "session_id": "sessie",
        "sender_key": "c" * 43,
        "device_id": "WERKPLEK",
    }
    event = {"type": "m.room.encrypted", "event_id": event_id, "sender": sender, "content": content}
    return {**event, "origin_server_ts": int(NOW.timestamp() * 1000), **changes}


def joined(room_id: str, *events: dict[str, Any], **timeline: Any) -> dict[str, Any]:
    """The `rooms` of a sync in which one room has these events."""
    return {"join": {room_id: {"timeline": {"events": list(events), **timeline}}}}


async def room_of(transaction: Transaction, room_id: str, *joined: str, creator: str = BOT) -> None:
    """State as the homeserver would show it of a room that the bot made."""
    for event in creation(None, "sleutel")["initial_state"]:
        await transaction.put_state(room_id, event["type"], "", creator, event["content"])
    powers = {**creation(None, "sleutel")["power_level_content_override"], "users": {}}
    await transaction.put_state(room_id, "m.room.power_levels", "", creator, powers)
    await transaction.put_state(room_id, "m.room.create", "", creator, {})
    for user_id in (BOT, *joined):
        await transaction.put_state(room_id, "m.room.member", user_id, user_id, {"membership": "join"})


async def a_case(transaction: Transaction, ref: str, room_id: str | None, *seated: str) -> None:
    purpose = KeptText.from_store("samen afspraken maken")
    await transaction.keep(Case(ref, purpose, room_id, CaseState.OPEN, NOW, CHAIR, NOW))
    for user_id in seated:
        await transaction.keep(Participant(ref, user_id, Function.PARTICIPANT, "leerplicht", NOW, CHAIR))
