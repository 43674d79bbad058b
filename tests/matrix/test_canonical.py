import json

import pytest
from Crypto.Signature import eddsa

from bot.matrix.canonical import (
    NotCanonicalError,
    canonical_json,
    decode_base64,
    encode_base64,
    is_public_key,
    is_signed,
    public_key,
    sign,
    with_signature,
)

# Specification, appendices, "Cryptographic Test Vectors".
SPEC_SEED = decode_base64("YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1")
SPEC_PUBLIC_KEY = "XGX0JRS2Af3be3knz2fBiRbApjm2Dh61gXDJA8kcJNI"


@pytest.mark.parametrize(
    ("value", "canonical"),
    [
        ({}, "{}"),
        ({"b": "2", "a": "1"}, '{"a":"1","b":"2"}'),
        ({"本": 2, "日": 1}, '{"日":1,"本":2}'),
        ({"a": "\u65e5"}, '{"a":"日"}'),
        ({"a": None, "b": [True, {"d": 1, "c": 2}]}, '{"a":null,"b":[true,{"c":2,"d":1}]}'),
        ({"a": '\n"\\\x1f\x7f'}, '{"a":"\\n\\"\\\\\\u001f\x7f"}'),
    ],
    ids=["empty", "keys are sorted", "sorted by code point", "unescaped", "nested", "control characters"],
)
def test_canonical_form(value: object, canonical: str) -> None:
    assert canonical_json(value) == canonical.encode()


def nested(depth: int) -> object:
    value: object = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [1.5, float("nan"), 2**53, -(2**53), {1: 2}, "\ud800", {"\udfff": 1}, b"", nested(100_000)],
    ids=[
        "a float",
        "not a number",
        "an integer too large",
        "an integer too small",
        "a key that is no string",
        "half a surrogate pair",
        "half a pair as a key",
        "bytes",
        "nested beyond the stack",
    ],
)
def test_what_two_implementations_would_write_differently_is_never_signed(value: object) -> None:
    with pytest.raises(NotCanonicalError):
        canonical_json(value)


def test_public_key_of_the_specification() -> None:
    assert public_key(SPEC_SEED) == SPEC_PUBLIC_KEY


@pytest.mark.parametrize(
    ("value", "signature"),
    [
        ({}, "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ"),
        (
            {"one": 1, "two": "Two"},
            "KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw",
        ),
    ],
    ids=["empty object", "two fields"],
)
def test_signatures_of_the_specification(value: dict[str, object], signature: str) -> None:
    assert sign(SPEC_SEED, value) == signature
    signed = with_signature(value, "domain", "1", signature)
    assert is_signed(signed, "domain", "1", SPEC_PUBLIC_KEY)
    assert is_signed({**signed, "unsigned": {"age": 3}}, "domain", "1", SPEC_PUBLIC_KEY)


def test_a_second_signature_keeps_the_first() -> None:
    once = with_signature({"one": 1}, "domain", "1", "a")
    twice = with_signature(with_signature(once, "domain", "2", "b"), "other", "1", "c")
    assert twice["signatures"] == {
        "domain": {"ed25519:1": "a", "ed25519:2": "b"},
        "other": {"ed25519:1": "c"},
    }
    assert once["signatures"] == {"domain": {"ed25519:1": "a"}}


GOOD = with_signature({"one": 1}, "domain", "1", sign(SPEC_SEED, {"one": 1}))


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ({**GOOD, "one": 2}, SPEC_PUBLIC_KEY),
        ({**GOOD, "two": 1.5}, SPEC_PUBLIC_KEY),
        (GOOD, public_key(bytes(32))),
        (GOOD, "not a key"),
        (None, SPEC_PUBLIC_KEY),
        ({"one": 1}, SPEC_PUBLIC_KEY),
        ({"one": 1, "signatures": []}, SPEC_PUBLIC_KEY),
        ({"one": 1, "signatures": {"domain": 3}}, SPEC_PUBLIC_KEY),
        ({"one": 1, "signatures": {"domain": {"ed25519:1": None}}}, SPEC_PUBLIC_KEY),
        ({"one": 1, "signatures": {"domain": {"ed25519:1": "é"}}}, SPEC_PUBLIC_KEY),
        ({"one": 1, "signatures": {"domain": {"ed25519:1": "AAAA"}}}, SPEC_PUBLIC_KEY),
        ({"one": 1, "signatures": {"elsewhere": GOOD["signatures"]["domain"]}}, SPEC_PUBLIC_KEY),
    ],
    ids=[
        "changed after signing",
        "no canonical form",
        "another key",
        "no key at all",
        "no object",
        "no signatures",
        "signatures are a list",
        "a user's signatures are a number",
        "a signature that is null",
        "a signature that is not base64",
        "a signature of three bytes",
        "signed for another user",
    ],
)
def test_what_is_not_signed_by_this_key_is_not_signed(value: object, key: str) -> None:
    assert is_signed(GOOD, "domain", "1", SPEC_PUBLIC_KEY)
    assert not is_signed(value, "domain", "1", key)


def test_a_small_order_key_under_which_every_signature_is_valid_signs_nothing() -> None:
    neutral = b"\x01" + bytes(31)
    any_signature = neutral + bytes(32)
    message = canonical_json({"one": 1})
    eddsa.new(eddsa.import_public_key(neutral), "rfc8032").verify(message, any_signature)  # accepted there
    forged = with_signature({"one": 1}, "domain", "1", encode_base64(any_signature))
    assert not is_signed(forged, "domain", "1", encode_base64(neutral))


@pytest.mark.parametrize(
    ("text", "is_key"),
    [
        (SPEC_PUBLIC_KEY, True),
        (SPEC_PUBLIC_KEY + "=", False),
        (SPEC_PUBLIC_KEY[:-1] + "J", False),
        (SPEC_PUBLIC_KEY[:-2], False),
        (SPEC_PUBLIC_KEY.replace("X", "-"), False),
        ("", False),
        (None, False),
        (3, False),
    ],
    ids=["plain", "padded", "stray last bits", "too short", "url alphabet", "empty", "null", "a number"],
)
def test_a_key_has_one_spelling_because_keys_are_compared_as_text(text: object, is_key: bool) -> None:
    assert is_public_key(text) is is_key


@pytest.mark.parametrize("text", ["TQ", "TQ=="], ids=["unpadded", "padded"])
def test_base64_of_other_clients_is_read(text: str) -> None:
    assert decode_base64(text) == b"M"


@pytest.mark.parametrize("text", ["A", "TQ TQ", "T=Q", "é", "-_-_"])
def test_what_is_not_base64_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        decode_base64(text)


def test_a_seed_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        sign(bytes(31), json.loads("{}"))
