"""Whose devices get keys, and whose messages count: device lists, pins and Olm channels, kept up to date.

Keys go to devices that their owner cross-signed and to no other (rule 8; MSC4153).
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.core.access.trusting import identity_changed, unsigned_device
from bot.core.effects import Effects
from bot.matrix.canonical import is_signed
from bot.matrix.crypto import MALFORMED
from bot.matrix.homeserver import segment
from bot.matrix.trust import (
    Origin,
    SessionClaim,
    Standing,
    Verdict,
    first_pin,
    judge,
    origin,
    read_key_query,
)
from bot.store.carrying import carry_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from bot.matrix.crypto import Crypto, Decrypted
    from bot.matrix.homeserver import Homeserver
    from bot.matrix.trust import DeviceKeys, PublishedUser
    from bot.store.database import Database
    from bot.store.transaction import Transaction

log = logging.getLogger(__name__)

ROTATE_AFTER = timedelta(days=7)
ROTATE_MESSAGES = 100
TO_DEVICE_BATCH = 20
MEND_EVERY = timedelta(hours=1)
LOOK_UP_EVERY = timedelta(seconds=9)
UNCERTAIN = frozenset(
    {Origin.UNKNOWN_DEVICE, Origin.UNSIGNED_DEVICE, Origin.NOT_CROSS_SIGNED, Origin.IDENTITY_CHANGED}
)
"""What may be better a moment later: a server far away shows devices before it shows whose they are."""


class NoReaders(Exception):
    """No device of anybody but ourselves has the key: what is said now would be lost for ever."""


class Keyring:
    """The devices of everybody the bot writes to or hears from."""

    def __init__(
        self,
        homeserver: Homeserver,
        crypto: Crypto,
        database: Database,
        *,
        new_id: Callable[[], str],
        now: Callable[[], datetime],
        queued: Callable[[], None],
    ) -> None:
        self._homeserver = homeserver
        self._crypto = crypto
        self._database = database
        self._new_id = new_id
        self._now = now
        self._queued = queued
        self._verdicts: dict[str, Verdict] = {}
        self._changes: Counter[str] = Counter()
        """How often each person's devices were said to have changed: an answer asked for before counts no more."""
        self._looked_up: dict[tuple[str, str], datetime] = {}
        self._mended: dict[tuple[str, str], datetime] = {}

    # -- device lists ------------------------------------------------------------------------------

    def outdated(self, users: Iterable[str]) -> None:
        """These people's devices may have changed; they are asked for again when next needed."""
        for user in users:
            self._verdicts.pop(user, None)
            self._changes[user] += 1

    async def verdicts(self, users: Iterable[str]) -> Mapping[str, Verdict]:
        """What we hold of each of these people; those whose server did not answer are left out."""
        wanted = frozenset(users)
        missing = sorted(wanted - self._verdicts.keys())
        if missing:
            before = {user: self._changes[user] for user in missing}
            answer = await self._homeserver.post(
                "/v3/keys/query", {"device_keys": {user: [] for user in missing}, "timeout": 10_000}
            )
            published = read_key_query(answer)
            await self._database.write(lambda t: self._judge(t, missing, published))
            changed = [user for user in missing if self._changes[user] != before[user]]
            if changed:
                # The answer may show a device that was removed while it was under way.
                self.outdated(changed)
                return await self.verdicts(wanted)
        return {user: self._verdicts[user] for user in wanted if user in self._verdicts}

    async def _judge(
        self, transaction: Transaction, users: Iterable[str], published: Mapping[str, PublishedUser]
    ) -> None:
        """Hold what the server shows against the pins; pin what is new, and tell people what has changed."""
        pins = await transaction.pins(users)
        for user in users:
            if user not in published:
                continue
            shown, pin = published[user], pins.get(user)
            verdict = self._verdicts[user] = judge(shown, pin)
            if user == self._crypto.machine.user_id or not await transaction.knows(user):
                continue  # strangers are judged, and forgotten again
            effects = Effects()
            if verdict.standing is Standing.FIRST_SEEN:
                await transaction.keep(first_pin(shown, self._now()))
            elif verdict.standing is Standing.KNOWN and pin is not None and pin.changed_to is not None:
                await transaction.keep(replace(pin, changed_to=None))
            elif verdict.standing is Standing.CHANGED and pin is not None:
                log.error("an identity has changed: no keys, no commands until somebody confirms it")
                effects += identity_changed(pin, shown.master_key, await transaction.cases(of=user))
            for device in verdict.devices if verdict.recipients else ():
                if not device.signed_by_owner:
                    effects += unsigned_device(user, device.ed25519)
            await carry_out(transaction, effects, actor=user, at=self._now(), source=f"devices:{user}")
        self._queued()

    async def origin_of(self, sender: str, message: Decrypted) -> Origin:
        """Where a decrypted message really comes from.

        A device that is unknown or not signed is looked up once more, for it may have become so a moment ago; but
        not at every message of it.
        """
        claim = SessionClaim(sender, message.sender_key, message.signing_key, message.forwarded)
        found = origin(claim, await self.verdicts([sender]))
        last = self._looked_up.get((sender, message.sender_key))
        if found in UNCERTAIN and (last is None or self._now() - last > LOOK_UP_EVERY):
            self._looked_up[sender, message.sender_key] = self._now()
            self.outdated([sender])
            found = origin(claim, await self.verdicts([sender]))
        return found

    # -- our own keys ------------------------------------------------------------------------------

    async def upload(self) -> None:
        """Bring our device, one-time and fallback keys on the server up to strength."""
        body = self._crypto.keys_to_upload()
        if body is not None:
            self._crypto.uploaded(await self._homeserver.post("/v3/keys/upload", body))

    # -- sending -----------------------------------------------------------------------------------

    async def seal(
        self,
        room_id: str,
        users: Iterable[str],
        event_type: str,
        content: Mapping[str, Any],
        *,
        reader: str | None = None,
        max_age: timedelta = ROTATE_AFTER,
        max_messages: int = ROTATE_MESSAGES,
    ) -> dict[str, Any]:
        """Encrypt for the signed devices of `users`, after every one that can be reached has the key.

        Raises NoReaders when none can; with a `reader`, when that person cannot.
        """
        verdicts = await self.verdicts(users)
        devices = {
            (user, device.device_id): device
            for user, verdict in verdicts.items()
            for device in verdict.recipients
            if device.curve25519 != self._crypto.curve25519
        }
        session = self._crypto.outbound(
            room_id, frozenset(devices), max_age=max_age, max_messages=max_messages
        )
        missing = [device for key, device in devices.items() if key not in session.users_shared_with]
        await self._open_channels(missing)
        reachable = [device for device in missing if self._crypto.has_channel(device)]
        for start in range(0, len(reachable), TO_DEVICE_BATCH):
            batch = reachable[start : start + TO_DEVICE_BATCH]
            await self._send_to_devices(
                [(device, self._crypto.room_key_for(device, room_id, session)) for device in batch]
            )
            # Only now: a key that may not have arrived is sent again with the next message.
            session.users_shared_with.update((device.user_id, device.device_id) for device in batch)
        have = {user for user, _ in session.users_shared_with}
        if reader is not None and reader not in have:
            # A server far away may show less than there is for a while; we ask again, not only when it says so.
            self.outdated([reader])
        if not have or (reader is not None and reader not in have):
            raise NoReaders
        return self._crypto.seal(room_id, event_type, content)

    async def mend(self) -> None:
        """Give every Olm channel that broke a new session, so that the next room key arrives.

        Only with people we know, and at most hourly: anybody can send us what cannot be read.
        """
        for user, curve25519 in self._crypto.broken_channels():
            last = self._mended.get((user, curve25519))
            if last is not None and self._now() - last < MEND_EVERY:
                continue
            if not await self._database.read(partial(_knows, user)):
                continue
            self._mended[user, curve25519] = self._now()
            verdict = (await self.verdicts([user])).get(user)
            device = (
                next((d for d in verdict.recipients if d.curve25519 == curve25519), None) if verdict else None
            )
            if device is not None and await self._claim([device]):
                await self._send_to_devices([(device, self._crypto.greeting_for(device))])

    async def _open_channels(self, devices: Iterable[DeviceKeys]) -> None:
        without = [device for device in devices if not self._crypto.has_channel(device)]
        if without:
            await self._claim(without)

    async def _claim(self, devices: Iterable[DeviceKeys]) -> bool:
        """Open a channel to each device from a one-time key that it signed itself."""
        wanted: dict[str, dict[str, str]] = {}
        for device in devices:
            wanted.setdefault(device.user_id, {})[device.device_id] = "signed_curve25519"
        answer = await self._homeserver.post("/v3/keys/claim", {"one_time_keys": wanted, "timeout": 10_000})
        opened = False
        for device in devices:
            key = _one_time_key(answer, device)
            if key is None:
                log.warning("no one-time key for a device of %s", device.user_id)
                continue
            try:
                self._crypto.open_channel(device, key)
            except MALFORMED:
                # A device may sign anything, also what is no key. It gets nothing; the others do.
                log.warning("a device of %s offers a key that is none", device.user_id)
                continue
            opened = True
        return opened

    async def _send_to_devices(self, messages: list[tuple[DeviceKeys, dict[str, Any]]]) -> None:
        body: dict[str, dict[str, Any]] = {}
        for device, content in messages:
            body.setdefault(device.user_id, {})[device.device_id] = content
        await self._homeserver.put(
            f"/v3/sendToDevice/m.room.encrypted/{segment(self._new_id())}", {"messages": body}
        )


async def _knows(user_id: str, transaction: Transaction) -> bool:
    return await transaction.knows(user_id)


def _one_time_key(answer: Mapping[str, Any], device: DeviceKeys) -> str | None:
    """The claimed key, if the device itself signed it."""
    try:
        keys = answer["one_time_keys"][device.user_id][device.device_id]
        value = next(iter(keys.values()))
        key = value["key"]
    except (KeyError, TypeError, AttributeError, StopIteration):
        return None
    if isinstance(key, str) and is_signed(value, device.user_id, device.device_id, device.ed25519):
        return key
    return None
