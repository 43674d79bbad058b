"""Invented people with real keys, and what an honest homeserver shows of them."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass

from bot.matrix.canonical import JsonObject, encode_base64, public_key, sign, with_signature
from bot.matrix.identity import Identity
from bot.matrix.trust import SessionClaim


def randomness(seed: int) -> Callable[[int], bytes]:
    return random.Random(seed).randbytes


@dataclass(frozen=True)
class Device:
    device_id: str
    seed: bytes
    curve25519: str
    signed_by_owner: bool = True

    @property
    def ed25519(self) -> str:
        return public_key(self.seed)

    def claim(self, sender: str, *, forwarded: bool = False) -> SessionClaim:
        return SessionClaim(sender, self.curve25519, self.ed25519, forwarded)


@dataclass(frozen=True)
class Person:
    identity: Identity
    devices: tuple[Device, ...]

    @property
    def user_id(self) -> str:
        return self.identity.user_id


def device(device_id: str, seed: int, *, signed_by_owner: bool = True) -> Device:
    source = randomness(seed)
    return Device(device_id, source(32), encode_base64(source(32)), signed_by_owner)


def person(user_id: str, seed: int, *devices: Device) -> Person:
    return Person(Identity.create(user_id, randomness(seed)), devices)


def device_object(owner: Identity, shown: Device, **changes: object) -> JsonObject:
    """With other fields, if so wished, and all its signatures genuine."""
    bare: JsonObject = {
        "user_id": owner.user_id,
        "device_id": shown.device_id,
        "algorithms": ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
        "keys": {
            f"curve25519:{shown.device_id}": shown.curve25519,
            f"ed25519:{shown.device_id}": shown.ed25519,
        },
    }
    bare |= changes
    signed = with_signature(bare, owner.user_id, shown.device_id, sign(shown.seed, bare))
    if shown.signed_by_owner:
        owner_signature = sign(owner.self_signing_seed, bare)
        signed = with_signature(signed, owner.user_id, owner.self_signing_key, owner_signature)
    return {**signed, "unsigned": {"device_display_name": "Werkplek"}}


def key_query(*people: Person) -> JsonObject:
    """The answer to ``POST /keys/query`` of a server that shows everything as it was uploaded."""
    uploads = {one.user_id: _upload(one) for one in people}
    return {
        "failures": {},
        "device_keys": {
            one.user_id: {shown.device_id: device_object(one.identity, shown) for shown in one.devices}
            for one in people
        },
        "master_keys": {user: upload["master_key"] for user, upload in uploads.items()},
        "self_signing_keys": {user: upload["self_signing_key"] for user, upload in uploads.items()},
    }


def _upload(one: Person) -> JsonObject:
    first = one.devices[0]
    return one.identity.device_signing_upload(
        first.device_id, lambda text: sign(first.seed, json.loads(text))
    )
