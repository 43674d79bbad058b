"""The bot's own cross-signing identity: what it publishes and what it signs. No I/O.

An identity is made once and must survive every reinstall: replacing it tells everybody that the bot "was
reset". Source: Client-Server API, "Cross-signing".
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from bot.matrix.canonical import SEED_BYTES, JsonObject, public_key, sign, signable, with_signature
from bot.matrix.trust import read_cross_signing_key, read_device


class NotOurDeviceError(Exception):
    """The server shows other keys for our device than ours; signing them would hand out our name."""


class NotThatIdentityError(Exception):
    """The master key to sign is not the one that was compared."""


@dataclass(frozen=True, slots=True)
class LocalDevice:
    """The bot's device as its own key store knows it."""

    device_id: str
    curve25519: str
    ed25519: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Three Ed25519 seeds of 32 bytes; the public keys follow from them."""

    user_id: str
    master_seed: bytes = field(repr=False)
    self_signing_seed: bytes = field(repr=False)
    user_signing_seed: bytes = field(repr=False)

    @classmethod
    def create(cls, user_id: str, random: Callable[[int], bytes]) -> Self:
        """A new identity; ``random(n)`` gives n unpredictable bytes."""
        return cls(user_id, random(SEED_BYTES), random(SEED_BYTES), random(SEED_BYTES))

    @property
    def master_key(self) -> str:
        return public_key(self.master_seed)

    @property
    def self_signing_key(self) -> str:
        return public_key(self.self_signing_seed)

    @property
    def user_signing_key(self) -> str:
        return public_key(self.user_signing_seed)

    def device_signing_upload(self, device_id: str, sign_with_device: Callable[[str], str]) -> JsonObject:
        """The body of ``POST /keys/device_signing/upload``, without ``auth``.

        ``sign_with_device`` signs a text with the device's Ed25519 key and gives unpadded base64.
        """
        master = self._key_object("master", self.master_key)
        device_signature = sign_with_device(signable(master).decode())
        return {
            "master_key": with_signature(master, self.user_id, device_id, device_signature),
            "self_signing_key": self._signed_by_master("self_signing", self.self_signing_key),
            "user_signing_key": self._signed_by_master("user_signing", self.user_signing_key),
        }

    def sign_device(self, served: object, local: LocalDevice) -> JsonObject:
        """The body of ``POST /keys/signatures/upload`` that makes our device one of ours.

        ``served`` is our ``device_keys`` object as ``/keys/query`` gives it. Raises ``NotOurDeviceError``.
        """
        device = read_device(served, self.user_id, local.device_id, None)
        if device is None or not isinstance(served, dict):
            raise NotOurDeviceError("the server shows no sound keys for this device")
        if (device.curve25519, device.ed25519) != (local.curve25519, local.ed25519):
            raise NotOurDeviceError("the server shows other keys for this device than the local ones")
        signed = with_signature(
            served, self.user_id, self.self_signing_key, sign(self.self_signing_seed, served)
        )
        return {self.user_id: {local.device_id: signed}}

    def sign_user_master_key(self, served: object, user_id: str, master_key: str) -> JsonObject:
        """The body of ``POST /keys/signatures/upload`` that says: this person's identity was compared.

        ``master_key`` is what was compared, ``served`` what ``/keys/query`` shows of it. Raises
        ``NotThatIdentityError``, also on any further field: we would be signing what nobody looked at.
        """
        if not isinstance(served, dict) or read_cross_signing_key(served, user_id, "master") != master_key:
            raise NotThatIdentityError("the server shows another master key than the one compared")
        if served.keys() - {"user_id", "usage", "keys", "signatures", "unsigned"}:
            raise NotThatIdentityError("the served master key carries unknown fields")
        bare = {k: v for k, v in served.items() if k != "signatures"}
        signature = sign(self.user_signing_seed, bare)
        return {user_id: {master_key: with_signature(bare, self.user_id, self.user_signing_key, signature)}}

    def _key_object(self, usage: str, key: str) -> JsonObject:
        return {"user_id": self.user_id, "usage": [usage], "keys": {f"ed25519:{key}": key}}

    def _signed_by_master(self, usage: str, key: str) -> JsonObject:
        unsigned = self._key_object(usage, key)
        return with_signature(unsigned, self.user_id, self.master_key, sign(self.master_seed, unsigned))
