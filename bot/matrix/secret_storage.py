"""The bot's identity on the server, readable only with the recovery key.

The recovery key is shown to the operator once. With it, any client (Element too) opens the identity and signs a new
device after the machine is lost. Source: Client-Server API, "Secrets", ``m.secret_storage.v1.aes-hmac-sha2``, and
"Key representation" for the recovery key.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import xor
from typing import Final, Self

from Crypto.Cipher import AES
from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import HKDF

from bot.matrix.canonical import SEED_BYTES, JsonObject, decode_base64, encode_base64
from bot.matrix.identity import Identity

ALGORITHM: Final = "m.secret_storage.v1.aes-hmac-sha2"
DEFAULT_KEY: Final = "m.secret_storage.default_key"
KEY_DESCRIPTION: Final = "m.secret_storage.key."
MASTER: Final = "m.cross_signing.master"
SELF_SIGNING: Final = "m.cross_signing.self_signing"
USER_SIGNING: Final = "m.cross_signing.user_signing"

_KEY_BYTES: Final = 32
_IV_BYTES: Final = 16
_KEY_ID_BYTES: Final = 16
_PREFIX: Final = b"\x8b\x01"
_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DATA_BYTES: Final = len(_PREFIX) + _KEY_BYTES + 1
_TEXT_LENGTH: Final = 48  # whatever the key: the prefix fixes the order of magnitude
_GROUP: Final = 4


class RecoveryKeyError(ValueError):
    """What was typed is not a recovery key; the message says what is wrong, never what was typed."""


class SecretStorageError(Exception):
    """The account data do not hold an identity in the form we know, or were tampered with."""


class WrongRecoveryKeyError(SecretStorageError):
    """A sound recovery key, but not the one that closed this storage."""


@dataclass(frozen=True, slots=True)
class RecoveryKey:
    raw: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a person typed or pasted; white space means nothing. Raises ``RecoveryKeyError``."""
        compact = "".join(text.split())
        if len(compact) != _TEXT_LENGTH:
            raise RecoveryKeyError(f"a recovery key has {_TEXT_LENGTH} characters, not {len(compact)}")
        data = _base58_decode(compact)
        if len(data) != _DATA_BYTES or not data.startswith(_PREFIX):
            raise RecoveryKeyError("not a recovery key, or mistyped near its beginning")
        if reduce(xor, data):
            raise RecoveryKeyError("the check digit is wrong: one or more characters were mistyped")
        return cls(data[len(_PREFIX) : -1])

    def text(self) -> str:
        """Groups of four, as every Matrix client shows it. Secret: for the operator's eyes, once."""
        data = _PREFIX + self.raw
        encoded = _base58_encode(data + bytes([reduce(xor, data)]))
        return " ".join(encoded[i : i + _GROUP] for i in range(0, len(encoded), _GROUP))


def new_recovery_key(random: Callable[[int], bytes]) -> RecoveryKey:
    return RecoveryKey(random(_KEY_BYTES))


def store_identity(
    identity: Identity, key: RecoveryKey, random: Callable[[int], bytes]
) -> dict[str, JsonObject]:
    """The account data to put on the server, type to content. The default key goes last: it makes them count."""
    key_id = random(_KEY_ID_BYTES).hex()
    check = _seal(key, "", bytes(_KEY_BYTES), _new_iv(random))
    secrets = {
        MASTER: identity.master_seed,
        SELF_SIGNING: identity.self_signing_seed,
        USER_SIGNING: identity.user_signing_seed,
    }
    return {
        KEY_DESCRIPTION + key_id: {"algorithm": ALGORITHM, "iv": check["iv"], "mac": check["mac"]},
        **{
            name: {"encrypted": {key_id: _seal(key, name, encode_base64(seed).encode(), _new_iv(random))}}
            for name, seed in secrets.items()
        },
        DEFAULT_KEY: {"key": key_id},
    }


def default_key_id(content: object) -> str:
    """The id in ``m.secret_storage.default_key``: says which key description to fetch."""
    match content:
        case {"key": str(key_id)} if key_id:
            return key_id
    raise SecretStorageError("the account has no secret storage")


def open_identity(user_id: str, account_data: Mapping[str, object], key: RecoveryKey) -> Identity:
    """The identity in these account data (type to content, the default key's description among them).

    The caller compares its public keys with the published ones: the server can serve an older identity that
    was stored under the same recovery key. Raises ``WrongRecoveryKeyError`` and ``SecretStorageError``.
    """
    key_id = default_key_id(account_data.get(DEFAULT_KEY))
    _check_key(account_data.get(KEY_DESCRIPTION + key_id), key)
    return Identity(
        user_id,
        *(
            _read_seed(account_data.get(name), name, key_id, key)
            for name in (MASTER, SELF_SIGNING, USER_SIGNING)
        ),
    )


def _check_key(description: object, key: RecoveryKey) -> None:
    match description:
        case {"algorithm": str(algorithm), "iv": str(iv), "mac": str(mac)} if algorithm == ALGORITHM:
            expected = _seal(key, "", bytes(_KEY_BYTES), _bytes(iv, _IV_BYTES))["mac"]
            if not hmac.compare_digest(decode_base64(expected), _bytes(mac, SHA256.digest_size)):
                raise WrongRecoveryKeyError("this recovery key does not open the secret storage")
        case {"algorithm": str(algorithm)} if algorithm == ALGORITHM:
            pass  # the check is optional; every secret carries its own
        case _:
            raise SecretStorageError("the secret storage is not described, or uses an unknown algorithm")


def _read_seed(content: object, name: str, key_id: str, key: RecoveryKey) -> bytes:
    match content:
        case {"encrypted": {**by_key}}:
            sealed = by_key.get(key_id)
        case _:
            sealed = None
    match sealed:
        case {"iv": str(iv), "ciphertext": str(ciphertext), "mac": str(mac)}:
            plain = _open(
                key, name, _bytes(iv, _IV_BYTES), _bytes(ciphertext), _bytes(mac, SHA256.digest_size)
            )
        case _:
            raise SecretStorageError(f"{name} is not in the secret storage")
    try:
        return _bytes(plain.decode("ascii"), SEED_BYTES)
    except UnicodeDecodeError as error:
        raise SecretStorageError(f"{name} is not a signing key") from error


def _new_iv(random: Callable[[int], bytes]) -> bytes:
    # Bit 63 cleared: some AES-CTR counters are 64 bits wide, and would disagree on the carry.
    iv = random(_IV_BYTES)
    return iv[:8] + bytes([iv[8] & 0x7F]) + iv[9:]


def _seal(key: RecoveryKey, name: str, plain: bytes, iv: bytes) -> dict[str, str]:
    aes_key, mac_key = _derive(key, name)
    ciphertext = _aes_ctr(aes_key, iv, plain)
    mac = hmac.digest(mac_key, ciphertext, "sha256")
    return {"iv": encode_base64(iv), "ciphertext": encode_base64(ciphertext), "mac": encode_base64(mac)}


def _open(key: RecoveryKey, name: str, iv: bytes, ciphertext: bytes, mac: bytes) -> bytes:
    aes_key, mac_key = _derive(key, name)
    if not hmac.compare_digest(hmac.digest(mac_key, ciphertext, "sha256"), mac):
        raise SecretStorageError(f"{name} was not stored with this recovery key, or was changed")
    return _aes_ctr(aes_key, iv, ciphertext)


def _derive(key: RecoveryKey, name: str) -> tuple[bytes, bytes]:
    derived = HKDF(key.raw, 2 * _KEY_BYTES, bytes(SHA256.digest_size), SHA256, context=name.encode())
    assert isinstance(derived, bytes)
    return derived[:_KEY_BYTES], derived[_KEY_BYTES:]


def _aes_ctr(key: bytes, iv: bytes, data: bytes) -> bytes:
    return AES.new(key, AES.MODE_CTR, nonce=b"", initial_value=iv).encrypt(data)


def _bytes(text: str, length: int | None = None) -> bytes:
    try:
        data = decode_base64(text)
    except ValueError as error:
        raise SecretStorageError("the secret storage is not base64") from error
    if length is not None and len(data) != length:
        raise SecretStorageError("a field of the secret storage has the wrong length")
    return data


def _base58_encode(data: bytes) -> str:
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, len(_BASE58))
        digits = _BASE58[digit] + digits
    return digits


def _base58_decode(text: str) -> bytes:
    number = 0
    for character in text:
        digit = _BASE58.find(character)
        if digit < 0:
            raise RecoveryKeyError("a character that recovery keys never contain (0, O, I, l and signs)")
        number = number * len(_BASE58) + digit
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
