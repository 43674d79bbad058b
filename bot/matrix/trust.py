"""Whose device is it: the cross-signing chain of other people, pinned on first sight.

Everything here comes from a homeserver that is not trusted. A value that is not exactly right is not an error:
it is not trusted, nothing else. Sources: Client-Server API, "Cross-signing"; MSC4153, which excludes devices that
their owner did not sign.

The chain, for one user: the master key signs the self-signing key, which signs each device, which signs
itself. The device's own signature names its owner, so nobody can show another person's device as theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.core.records.people import OPERATOR, Pin, PinState
from bot.matrix.canonical import JsonObject, is_public_key, is_signed


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """One device as its owner published it: well formed and signed by itself."""

    user_id: str
    device_id: str
    curve25519: str
    ed25519: str
    algorithms: tuple[str, ...]
    signed_by_owner: bool


@dataclass(frozen=True, slots=True)
class PublishedUser:
    """What the server shows of one user now. A key is absent when it is missing, malformed or not signed."""

    user_id: str
    master_key: str | None
    self_signing_key: str | None
    devices: tuple[DeviceKeys, ...]


class Standing(Enum):
    NOT_CROSS_SIGNED = "not_cross_signed"
    FIRST_SEEN = "first_seen"
    """Complete and not pinned yet: pin it, then it is ``KNOWN``."""
    KNOWN = "known"
    CHANGED = "changed"
    """Another identity than the pinned one, or none any more: no keys, no commands until a person decides."""


@dataclass(frozen=True, slots=True)
class Verdict:
    user_id: str
    standing: Standing
    devices: tuple[DeviceKeys, ...]

    @property
    def recipients(self) -> tuple[DeviceKeys, ...]:
        """The devices that may get room keys. With their keys: a device id alone says nothing."""
        if self.standing not in {Standing.FIRST_SEEN, Standing.KNOWN}:
            return ()
        return tuple(device for device in self.devices if device.signed_by_owner)


class Origin(Enum):
    """Where a Megolm session comes from; only ``TRUSTED`` may give commands."""

    TRUSTED = "trusted"
    UNKNOWN_DEVICE = "unknown_device"
    """No device of the stated sender has these keys: stale device list, or a forged sender."""
    UNSIGNED_DEVICE = "unsigned_device"
    NOT_CROSS_SIGNED = "not_cross_signed"
    IDENTITY_CHANGED = "identity_changed"
    FORWARDED_KEY = "forwarded_key"
    """The key came by way of another device, whose word for its origin is all there is."""


@dataclass(frozen=True, slots=True)
class SessionClaim:
    """What a decrypted event and its session say of themselves."""

    sender: str
    """As the server states it."""
    sender_key: str
    """Curve25519 key of the device that sent the session."""
    signing_key: str
    """Ed25519 key that came with the session."""
    forwarded: bool


def judge(published: PublishedUser, pin: Pin | None) -> Verdict:
    """Hold what the server shows against what we pinned.

    Judge only users that an answer contains: one that is left out (its server did not answer) did not change.
    """
    if pin is None:
        complete = published.master_key is not None and published.self_signing_key is not None
        standing = Standing.FIRST_SEEN if complete else Standing.NOT_CROSS_SIGNED
    elif pin.user_id != published.user_id:
        raise ValueError("the pin is another user's")
    else:
        standing = Standing.KNOWN if published.master_key == pin.master_key else Standing.CHANGED
    return Verdict(published.user_id, standing, published.devices)


def first_pin(published: PublishedUser, at: datetime) -> Pin:
    """The pin for an identity seen for the first time. Raises ``ValueError`` unless it stands ``FIRST_SEEN``."""
    if published.master_key is None or judge(published, None).standing is not Standing.FIRST_SEEN:
        raise ValueError("there is no complete identity to pin")
    return Pin(published.user_id, published.master_key, at, PinState.FIRST_USE)


def confirmed_pin(user_id: str, master_key: str, at: datetime, by: str, before: Pin | None = None) -> Pin:
    """The pin after two people compared an identity: for the key *that they were shown*.

    Not for the key the server shows when the answer comes in, which may be a third one. `by` is who compared it on our
    side; what the operator compared `before` does not come to rest on a colleague's word.
    """
    if before is not None and before.master_key == master_key and before.state is PinState.VERIFIED:
        by = OPERATOR if before.vouched_by == OPERATOR else by
    return Pin(user_id, master_key, at, PinState.VERIFIED, vouched_by=by)


def origin(claim: SessionClaim, verdicts: Mapping[str, Verdict]) -> Origin:
    """Does the session belong to a signed device of the sender that the server states?

    Both keys must match: the Curve25519 key is what decrypted the session, the Ed25519 key only what its
    sender claimed, and either can be copied from somebody else's public device.
    """
    if claim.forwarded:
        return Origin.FORWARDED_KEY
    verdict = verdicts.get(claim.sender)
    if verdict is None:
        return Origin.UNKNOWN_DEVICE
    if verdict.standing is Standing.CHANGED:
        return Origin.IDENTITY_CHANGED
    if verdict.standing is Standing.NOT_CROSS_SIGNED:
        return Origin.NOT_CROSS_SIGNED
    keys = (claim.sender_key, claim.signing_key)
    matching = [device for device in verdict.devices if (device.curve25519, device.ed25519) == keys]
    if not matching:
        return Origin.UNKNOWN_DEVICE
    return Origin.TRUSTED if any(device.signed_by_owner for device in matching) else Origin.UNSIGNED_DEVICE


def read_key_query(response: object) -> dict[str, PublishedUser]:
    """Every user in an answer to ``POST /keys/query``, chains verified. Never raises."""
    answer = _object(response)
    devices, masters, self_signing = (
        _object(answer.get(part)) for part in ("device_keys", "master_keys", "self_signing_keys")
    )
    return {
        user_id: _read_user(
            user_id, masters.get(user_id), self_signing.get(user_id), _object(devices.get(user_id))
        )
        for user_id in devices.keys() | masters.keys()
    }


def read_cross_signing_key(value: object, user_id: str, usage: str) -> str | None:
    """The one public key of a cross-signing object, if it is this user's and for this usage."""
    match value:
        case {"user_id": owner, "usage": list() as usages, "keys": dict() as keys}:
            pass
        case _:
            return None
    if owner != user_id or usage not in usages or len(keys) != 1:
        return None
    key_id, key = next(iter(keys.items()))
    return key if is_public_key(key) and key_id == f"ed25519:{key}" else None


def read_device(
    value: object, user_id: str, device_id: str, self_signing_key: str | None
) -> DeviceKeys | None:
    """One device object, if it is where it belongs, well formed and signed by its own key."""
    match value:
        case {
            "user_id": owner,
            "device_id": own_id,
            "keys": dict() as keys,
            "algorithms": list() as algorithms,
        }:
            pass
        case _:
            return None
    curve25519, ed25519 = keys.get(f"curve25519:{device_id}"), keys.get(f"ed25519:{device_id}")
    if (
        (owner, own_id) != (user_id, device_id)
        or not all(isinstance(algorithm, str) for algorithm in algorithms)
        or not is_public_key(curve25519)
        or not is_public_key(ed25519)
        or not is_signed(value, user_id, device_id, ed25519)
    ):
        return None
    signed = self_signing_key is not None and is_signed(value, user_id, self_signing_key, self_signing_key)
    return DeviceKeys(user_id, device_id, curve25519, ed25519, tuple(algorithms), signed_by_owner=signed)


def _read_user(user_id: str, master: object, self_signing: object, devices: JsonObject) -> PublishedUser:
    master_key = read_cross_signing_key(master, user_id, "master")
    signing_key = read_cross_signing_key(self_signing, user_id, "self_signing")
    if master_key is None or not is_signed(self_signing, user_id, master_key, master_key):
        signing_key = None
    read = (read_device(value, user_id, device_id, signing_key) for device_id, value in devices.items())
    return PublishedUser(user_id, master_key, signing_key, tuple(device for device in read if device))


def _object(value: object) -> JsonObject:
    return value if isinstance(value, dict) else {}
