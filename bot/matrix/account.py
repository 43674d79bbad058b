"""The bot's account: logging in, publishing its identity once, and checking it on every start."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.errors import IdentityError, LoginRefusedError
from bot.matrix.homeserver import LoggedOut, Refused, segment
from bot.matrix.identity import Identity, LocalDevice, NotOurDeviceError
from bot.matrix.secret_storage import (
    DEFAULT_KEY,
    KEY_DESCRIPTION,
    MASTER,
    SELF_SIGNING,
    USER_SIGNING,
    default_key_id,
    open_identity,
    store_identity,
)
from bot.matrix.trust import read_key_query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.matrix.crypto import Crypto
    from bot.matrix.homeserver import Homeserver
    from bot.matrix.secret_storage import RecoveryKey

log = logging.getLogger(__name__)

DEVICE_NAME = "casusbot"
OTHER_MASTER_KEY = "de server toont een andere hoofdsleutel"
OTHER_DEVICE_KEYS = "de server toont andere sleutels voor dit apparaat"


@dataclass(frozen=True, slots=True)
class Account:
    """A logged-in device. The token stands for the whole account; it lives in the encrypted file alone."""

    user_id: str
    device_id: str
    access_token: str

    def __repr__(self) -> str:
        return f"Account({self.user_id}, {self.device_id})"


async def log_in(homeserver: Homeserver, user_id: str, password: str) -> Account:
    """A new device by password. Raises LoginRefusedError."""
    body = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": user_id},
        "password": password,
        "initial_device_display_name": DEVICE_NAME,
    }
    try:
        answer = await homeserver.post("/v3/login", body)
    except Refused as fault:
        raise LoginRefusedError(fault.errcode) from None
    return _adopt(homeserver, user_id, answer, str(answer.get("access_token", "")))


async def with_token(homeserver: Homeserver, user_id: str, access_token: str) -> Account:
    """The device that a token belongs to. Raises LoginRefusedError."""
    homeserver.access_token = access_token
    try:
        answer = await homeserver.get("/v3/account/whoami")
    except Refused as fault:
        raise LoginRefusedError(fault.errcode) from None
    return _adopt(homeserver, user_id, answer, access_token)


def _adopt(homeserver: Homeserver, user_id: str, answer: dict[str, Any], access_token: str) -> Account:
    device_id = answer.get("device_id")
    if answer.get("user_id") != user_id or not isinstance(device_id, str) or not access_token:
        raise LoginRefusedError(f"dit is niet {user_id} met een eigen apparaat")
    homeserver.access_token = access_token
    return Account(user_id, device_id, access_token)


async def shown_master_key(homeserver: Homeserver, user_id: str) -> str | None:
    """The master key that the server shows for a user now."""
    answer = await homeserver.post("/v3/keys/query", {"device_keys": {user_id: []}})
    shown = read_key_query(answer).get(user_id)
    return shown.master_key if shown else None


async def publish(
    homeserver: Homeserver, account: Account, crypto: Crypto, identity: Identity, password: str | None
) -> None:
    """Upload the identity (a repeat changes nothing) and sign our own device with it."""
    await _upload_device(homeserver, crypto)
    body = identity.device_signing_upload(account.device_id, crypto.sign)
    await _confirmed(homeserver, "/v3/keys/device_signing/upload", body, account.user_id, password)
    await sign_device(homeserver, account, crypto, identity)


async def _confirmed(
    homeserver: Homeserver, path: str, body: Mapping[str, Any], user_id: str, password: str | None
) -> None:
    """Do what a homeserver may want the password for once more."""
    try:
        await homeserver.post(path, body)
    except LoggedOut:
        raise
    except Refused as fault:
        if fault.status != 401 or password is None:
            raise
        auth = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": user_id},
            "password": password,
            "session": fault.body.get("session"),
        }
        await homeserver.post(path, {**body, "auth": auth})


async def join(homeserver: Homeserver, account: Account, crypto: Crypto, identity: Identity) -> None:
    """Make a new device one of an identity that exists. Raises IdentityError when the server shows another."""
    await _upload_device(homeserver, crypto)
    if await shown_master_key(homeserver, account.user_id) != identity.master_key:
        raise IdentityError(OTHER_MASTER_KEY)
    await sign_device(homeserver, account, crypto, identity)


async def sign_device(homeserver: Homeserver, account: Account, crypto: Crypto, identity: Identity) -> None:
    """Sign the device keys that the server shows for us, after checking that they are ours."""
    answer = await homeserver.post("/v3/keys/query", {"device_keys": {account.user_id: [account.device_id]}})
    served = answer.get("device_keys", {}).get(account.user_id, {}).get(account.device_id)
    local = LocalDevice(account.device_id, crypto.curve25519, crypto.ed25519)
    try:
        body = identity.sign_device(served, local)
    except NotOurDeviceError:
        raise IdentityError(OTHER_DEVICE_KEYS) from None
    await homeserver.post("/v3/keys/signatures/upload", body)


async def keep_in_secret_storage(
    homeserver: Homeserver, identity: Identity, key: RecoveryKey, random: Callable[[int], bytes]
) -> None:
    """Put the identity into the account's secret storage, closed with the recovery key."""
    for kind, content in store_identity(identity, key, random).items():
        await homeserver.put(f"/v3/user/{segment(identity.user_id)}/account_data/{segment(kind)}", content)


async def open_secret_storage(homeserver: Homeserver, user_id: str, key: RecoveryKey) -> Identity:
    """The identity that the account's secret storage holds. Raises SecretStorageError.

    An older one may be stored there than the server shows to others: `join` compares.
    """
    found: dict[str, object] = {}

    async def fetch(kind: str) -> None:
        path = f"/v3/user/{segment(user_id)}/account_data/{segment(kind)}"
        try:
            found[kind] = await homeserver.get(path)
        except Refused as fault:
            if fault.errcode != "M_NOT_FOUND":
                raise

    await fetch(DEFAULT_KEY)
    for kind in (
        KEY_DESCRIPTION + default_key_id(found.get(DEFAULT_KEY)),
        MASTER,
        SELF_SIGNING,
        USER_SIGNING,
    ):
        await fetch(kind)
    return open_identity(user_id, found, key)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the server shows of the bot's account."""

    user_id: str
    device_id: str
    master_key: str
    signed: bool
    """Whether our device is signed by our identity."""
    strays: tuple[str, ...]
    """Other devices of the account. One with keys keeps people who verified the bot from sending at all."""


async def inspect(homeserver: Homeserver, account: Account, crypto: Crypto, identity: Identity) -> Inspection:
    """Hold what the server shows against what we have. Raises IdentityError when it is not ours."""
    answer = await homeserver.post("/v3/keys/query", {"device_keys": {account.user_id: []}})
    shown = read_key_query(answer).get(account.user_id)
    if shown is None or shown.master_key != identity.master_key:
        raise IdentityError(OTHER_MASTER_KEY)
    ours = next((d for d in shown.devices if d.device_id == account.device_id), None)
    if ours is None or (ours.curve25519, ours.ed25519) != (crypto.curve25519, crypto.ed25519):
        raise IdentityError(OTHER_DEVICE_KEYS)
    devices = (await homeserver.get("/v3/devices")).get("devices")
    logged_in = [d.get("device_id") for d in devices or () if isinstance(d, dict)]
    with_keys = answer.get("device_keys", {}).get(account.user_id, {})
    strays = {str(d) for d in (*logged_in, *with_keys)} - {account.device_id}
    return Inspection(
        account.user_id,
        account.device_id,
        identity.master_key,
        ours.signed_by_owner,
        tuple(sorted(strays)),
    )


async def check(homeserver: Homeserver, account: Account, crypto: Crypto, identity: Identity) -> None:
    """At every start, and when our devices changed: the server shows our identity, and our device as signed by it.

    Other devices are an alarm in the log. Raises IdentityError.
    """
    await _upload_device(homeserver, crypto)
    found = await inspect(homeserver, account, crypto, identity)
    if not found.signed:
        await sign_device(homeserver, account, crypto, identity)
    for stray in found.strays:
        log.error("ALARM: the bot's account has a device that is not this bot: %r; see: identity show", stray)


async def remove_devices(homeserver: Homeserver, user_id: str, devices: Sequence[str], password: str) -> None:
    """Log devices out for good; the homeserver wants the password for it."""
    body = {"devices": list(devices)}
    await _confirmed(homeserver, "/v3/delete_devices", body, user_id, password)


async def _upload_device(homeserver: Homeserver, crypto: Crypto) -> None:
    body = crypto.keys_to_upload()
    if body is not None:
        crypto.uploaded(await homeserver.post("/v3/keys/upload", body))
