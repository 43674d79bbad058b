import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matrix.canonical import JsonObject, decode_base64
from bot.matrix.identity import Identity
from bot.matrix.secret_storage import (
    MASTER,
    SELF_SIGNING,
    RecoveryKey,
    RecoveryKeyError,
    SecretStorageError,
    WrongRecoveryKeyError,
    new_recovery_key,
    open_identity,
    store_identity,
)
from tests.matrix.people import randomness

# The key pair of RFC 7748, whose recovery key the test suites of several Matrix clients carry.
KNOWN_RAW = bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
KNOWN_TEXT = "EsTc LW2K PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4d"

# A key with its description, from the test suite of the Rust implementation that Element uses.
DESCRIBED_TEXT = "EsTj 3yST y93F SLpB jJsz eAXc 2XzA ygD3 w69H fGaN TKBj jXEd"
DESCRIPTION = {
    "algorithm": "m.secret_storage.v1.aes-hmac-sha2",
    "iv": "xv5b6/p3ExEw++wTyfSHEg==",
    "mac": "ujBBbXahnTAMkmPUX2/0+VTfUh63pGyVRuBcDMgmJC8=",
}

USER = "@casusbot:zvh.example"
IDENTITY = Identity.create(USER, randomness(1))
KEY = new_recovery_key(randomness(2))
STORED = store_identity(IDENTITY, KEY, randomness(3))
KEY_ID = STORED["m.secret_storage.default_key"]["key"]


def test_recovery_key_is_written_as_other_clients_write_it() -> None:
    assert RecoveryKey(KNOWN_RAW).text() == KNOWN_TEXT


@pytest.mark.parametrize(
    "text",
    [KNOWN_TEXT, KNOWN_TEXT.replace(" ", ""), f"  {KNOWN_TEXT}\n", KNOWN_TEXT.replace(" ", "\t\r\n ")],
    ids=["in groups", "in one piece", "with white space around it", "over several lines"],
)
def test_recovery_key_is_read_however_it_was_pasted(text: str) -> None:
    assert RecoveryKey.parse(text) == RecoveryKey(KNOWN_RAW)


@given(st.binary(min_size=32, max_size=32))
def test_every_recovery_key_comes_back(raw: bytes) -> None:
    text = RecoveryKey(raw).text()
    assert text.startswith("Es")
    assert len(text) == 48 + 11
    assert RecoveryKey.parse(text).raw == raw


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (KNOWN_TEXT[:-1] + "e", "check digit"),
        (KNOWN_TEXT.replace("PGiF", "PGjF"), "check digit"),
        (KNOWN_TEXT.replace("EsTc", "FsTc"), "near its beginning"),
        (KNOWN_TEXT[:-1], "48 characters"),
        (KNOWN_TEXT + "x", "48 characters"),
        ("", "48 characters"),
        (KNOWN_TEXT.replace("3As5", "3A0s"), "never contain"),
        ("é" * 48, "never contain"),
        ("z" * 48, "near its beginning"),
        ("1" + RecoveryKey(KNOWN_RAW[:31]).text(), "near its beginning"),
    ],
    ids=[
        "last character wrong",
        "a character in the middle wrong",
        "another prefix",
        "one short",
        "one too many",
        "nothing",
        "a zero for an o",
        "no base58 at all",
        "a number too large",
        "a key of 31 bytes",
    ],
)
def test_a_mistyped_recovery_key_is_named_and_never_repeated(text: str, reason: str) -> None:
    with pytest.raises(RecoveryKeyError, match=reason) as caught:
        RecoveryKey.parse(text)
    assert not text or text not in str(caught.value)


def account_data(description: JsonObject) -> dict[str, JsonObject]:
    stored = copy.deepcopy(STORED)
    stored[f"m.secret_storage.key.{KEY_ID}"] = description
    return stored


def test_the_right_key_for_a_storage_that_another_client_made_is_recognised() -> None:
    # It passes the check of the key itself, and fails on secrets that were closed with another one.
    with pytest.raises(SecretStorageError, match="not stored with this recovery key") as caught:
        open_identity(USER, account_data(DESCRIPTION), RecoveryKey.parse(DESCRIBED_TEXT))
    assert not isinstance(caught.value, WrongRecoveryKeyError)


def test_a_wrong_key_for_a_storage_that_another_client_made_is_refused() -> None:
    with pytest.raises(WrongRecoveryKeyError):
        open_identity(USER, account_data(DESCRIPTION), KEY)


def test_the_identity_comes_back_with_the_recovery_key() -> None:
    assert open_identity(USER, STORED, RecoveryKey.parse(KEY.text())) == IDENTITY


def test_a_storage_without_a_key_check_still_opens() -> None:
    bare = {"algorithm": DESCRIPTION["algorithm"], "name": "sleutel"}
    assert open_identity(USER, account_data(bare), KEY) == IDENTITY


def test_the_server_gets_nothing_that_opens_the_identity() -> None:
    text = repr(STORED)
    secrets = (IDENTITY.master_seed, IDENTITY.self_signing_seed, IDENTITY.user_signing_seed, KEY.raw)
    assert not [secret for secret in secrets if secret.hex() in text or repr(secret) in text]


def test_the_default_key_is_set_after_what_it_points_to() -> None:
    assert list(STORED)[-1] == "m.secret_storage.default_key"


def test_every_counter_stays_clear_of_the_64_bit_carry() -> None:
    stored = store_identity(IDENTITY, KEY, lambda count: b"\xff" * count)
    sealed = [content["encrypted"]["ff" * 16] for name, content in stored.items() if "cross_signing" in name]
    assert [decode_base64(one["iv"])[8] for one in sealed] == [0x7F] * 3
    assert open_identity(USER, stored, KEY) == IDENTITY


def test_no_two_secrets_share_a_counter() -> None:
    ivs = [content["encrypted"][KEY_ID]["iv"] for name, content in STORED.items() if "cross_signing" in name]
    assert len(set(ivs)) == 3


def test_secrets_do_not_change_places() -> None:
    swapped = {**STORED, MASTER: STORED[SELF_SIGNING]}
    with pytest.raises(SecretStorageError, match="was changed"):
        open_identity(USER, swapped, KEY)


@pytest.mark.parametrize(
    "path",
    [
        ("m.secret_storage.default_key", "key"),
        (f"m.secret_storage.key.{KEY_ID}", "algorithm"),
        (f"m.secret_storage.key.{KEY_ID}", "iv"),
        (f"m.secret_storage.key.{KEY_ID}", "mac"),
        (MASTER, "encrypted"),
        (MASTER, "encrypted", KEY_ID),
        (MASTER, "encrypted", KEY_ID, "iv"),
        (MASTER, "encrypted", KEY_ID, "ciphertext"),
        (MASTER, "encrypted", KEY_ID, "mac"),
    ],
    ids=".".join,
)
@pytest.mark.parametrize("value", [None, 3, [], {}, "", "é", "AAAA", "_"], ids=repr)
def test_tampered_account_data_never_give_an_identity(path: tuple[str, ...], value: object) -> None:
    stored = copy.deepcopy(STORED)
    *way, last = path
    place: JsonObject = stored
    for step in way:
        place = place[step]
    place[last] = value
    if last in {"iv", "mac"} and way[0].startswith("m.secret_storage") and not isinstance(value, str):
        assert open_identity(USER, stored, KEY) == IDENTITY  # the check of the key is optional
        return
    with pytest.raises(SecretStorageError):
        open_identity(USER, stored, KEY)


def test_an_account_without_secret_storage_says_so() -> None:
    with pytest.raises(SecretStorageError, match="no secret storage"):
        open_identity(USER, {}, KEY)


def test_keys_do_not_show_when_something_is_logged() -> None:
    shown = repr(KEY) + repr(IDENTITY) + str(KEY)
    assert shown.count("RecoveryKey()") == 2
    assert f"Identity(user_id={USER!r})" in shown
