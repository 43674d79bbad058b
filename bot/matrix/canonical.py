"""What Matrix signs and how: canonical JSON, unpadded base64, Ed25519.

Source: Matrix specification, appendices "Canonical JSON", "Unpadded Base64" and "Signing JSON".
"""

import base64
import json
from typing import Any, Final, TypeGuard

import vodozemac
from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa

JsonObject = dict[str, Any]

SEED_BYTES: Final = 32
_PUBLIC_KEY_BYTES: Final = 32
_LARGEST_INTEGER: Final = 2**53 - 1


class NotCanonicalError(ValueError):
    """The value has no canonical JSON form: a float, an integer beyond 2^53, half a surrogate pair."""


def canonical_json(value: object) -> bytes:
    """The one byte string that is signed for this value."""
    try:
        _check(value)
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return text.encode()
    except (RecursionError, UnicodeEncodeError) as error:
        raise NotCanonicalError("nested too deep, or not Unicode") from error


def _check(value: object) -> None:
    match value:
        case None | bool() | str():
            pass
        case int():
            if abs(value) > _LARGEST_INTEGER:
                raise NotCanonicalError("integer out of range")
        case list():
            for item in value:
                _check(item)
        case dict():
            for key, item in value.items():
                if not isinstance(key, str):
                    raise NotCanonicalError("a key that is not a string")
                _check(item)
        case _:
            raise NotCanonicalError(f"{type(value).__name__} has no canonical form")


def encode_base64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def decode_base64(text: str) -> bytes:
    """Padded or not, as other clients write both. Raises ``ValueError`` on anything else."""
    bare = text.rstrip("=")
    return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)


def is_public_key(value: object) -> TypeGuard[str]:
    """Whether this is a 32-byte key in its one unpadded spelling: keys are compared as text."""
    if not isinstance(value, str):
        return False
    try:
        raw = decode_base64(value)
    except ValueError:
        return False
    return len(raw) == _PUBLIC_KEY_BYTES and encode_base64(raw) == value


def public_key(seed: bytes) -> str:
    """The Ed25519 public key of a 32-byte seed, as Matrix writes it."""
    return encode_base64(_private_key(seed).public_key().export_key(format="raw"))


def sign(seed: bytes, signed_object: JsonObject) -> str:
    """The signature over the object without its ``signatures`` and ``unsigned``.

    vodozemac signs with the device key only, so the other keys sign with pycryptodome.
    """
    return encode_base64(eddsa.new(_private_key(seed), "rfc8032").sign(signable(signed_object)))


def signable(signed_object: JsonObject) -> bytes:
    """The bytes a signature of this object covers."""
    return canonical_json({k: v for k, v in signed_object.items() if k not in {"signatures", "unsigned"}})


def with_signature(signed_object: JsonObject, user_id: str, key: str, signature: str) -> JsonObject:
    """A copy that also carries this signature, under ``ed25519:<key>``, and without ``unsigned``."""
    others = signed_object.get("signatures", {})
    by_user = {**others.get(user_id, {}), f"ed25519:{key}": signature}
    bare = {k: v for k, v in signed_object.items() if k != "unsigned"}
    return {**bare, "signatures": {**others, user_id: by_user}}


def is_signed(value: object, user_id: str, key: str, signing_key: str) -> bool:
    """Whether the object carries a valid signature of ``signing_key`` by this user under ``ed25519:<key>``.

    Any value at all may be asked about; what is not a signed object is not signed. Verified by vodozemac, which
    refuses the small-order keys that pycryptodome takes: under such a key anybody's signature is valid.
    """
    if not isinstance(value, dict) or not isinstance(value.get("signatures"), dict):
        return False
    by_user = value["signatures"].get(user_id)
    signature = by_user.get(f"ed25519:{key}") if isinstance(by_user, dict) else None
    if not isinstance(signature, str):
        return False
    try:
        verifier = vodozemac.Ed25519PublicKey.from_base64(signing_key)
        unpadded = encode_base64(decode_base64(signature))
        verifier.verify_signature(signable(value), vodozemac.Ed25519Signature.from_base64(unpadded))
    except ValueError:
        return False
    return True


def _private_key(seed: bytes) -> ECC.EccKey:
    if len(seed) != SEED_BYTES:
        raise ValueError(f"an Ed25519 seed is {SEED_BYTES} bytes")
    return ECC.construct(curve="Ed25519", seed=seed)
