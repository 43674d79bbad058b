"""Whose devices get keys, and whose messages count: device lists, pins and Olm channels, kept up to date.

Keys go to devices that their owner cross-signed and to no other (rule 8; MSC4153).
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.core.effects import Effects
from bot.core.trusting import identity_changed, unsigned_device
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
    ) -> None:
        self._homeserver = homeserver
        self._crypto = crypto
        self._database = database
        self._new_id = new_id
        self._now = now
        self._verdicts: dict[str, Verdict] = {}

    # -- device lists ------------------------------------------------------------------------------

    def outdated(self, users: Iterable[str]) -> None:
        """These people's devices may have changed; they are asked for again when next needed."""
        for user in users:
            self._verdicts.pop(user, None)

    async def verdicts(self, users: Iterable[str]) -> Mapping[str, Verdict]:
        """What we hold of each of these people; those whose server did not answer are left out."""
        wanted = frozenset(users)
        missing = sorted(wanted - self._verdicts.keys())
        if missing:
            answer = await self._homeserver.post(
                "/v3/keys/query", {"device_keys": {user: [] for user in missing}, "timeout": 10_000}
            )
            published = read_key_query(answer)
            await self._database.write(lambda t: self._judge(t, missing, published))
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
            verdict = judge(shown, pin)
            self._verdicts[user] = verdict
            if verdict.standing is Standing.FIRST_SEEN:
                await transaction.keep(first_pin(shown, self._now()))
            if user == self._crypto.machine.user_id:
                continue
            effects = Effects()
            if verdict.standing is Standing.CHANGED and pin is not None:
                log.error("an identity has changed: no keys, no commands until somebody confirms it")
                effects += identity_changed(pin, shown.master_key, await transaction.cases_of(user))
            elif await transaction.person(user) is not None:
                for device in verdict.devices:
                    if not device.signed_by_owner and verdict.recipients:
                        effects += unsigned_device(user, device.ed25519)
            await transaction.carry_out(effects, actor=user, at=self._now(), source=f"devices:{user}")

    async def origin_of(self, sender: str, message: Decrypted) -> Origin:
        """Where a decrypted message really comes from. An unknown device is looked up once more."""
        claim = SessionClaim(sender, message.sender_key, message.signing_key, message.forwarded)
        found = origin(claim, await self.verdicts([sender]))
        if found in {Origin.UNKNOWN_DEVICE, Origin.UNSIGNED_DEVICE, Origin.NOT_CROSS_SIGNED}:
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
        max_age: timedelta = ROTATE_AFTER,
        max_messages: int = ROTATE_MESSAGES,
    ) -> dict[str, Any]:
        """Encrypt for the signed devices of `users`, after every one that can be reached has the key."""
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
        return self._crypto.seal(room_id, event_type, content)

    async def mend(self) -> None:
        """Give every Olm channel that broke a new session, so that the next room key arrives."""
        for user, curve25519 in list(self._crypto.machine.broken):
            self._crypto.machine.broken.discard((user, curve25519))
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
