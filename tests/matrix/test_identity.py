import copy

import pytest
import vodozemac

from bot.matrix.canonical import JsonObject, is_signed, public_key
from bot.matrix.identity import Identity, LocalDevice, NotOurDeviceError, NotThatIdentityError
from bot.matrix.trust import judge, read_cross_signing_key, read_key_query
from tests.matrix.people import Device, device, device_object, key_query, person, randomness

USER = "@casusbot:zvh.example"
IDENTITY = Identity.create(USER, randomness(1))
HERE = device("HIER", 10, signed_by_owner=False)
LOCAL = LocalDevice("HIER", HERE.curve25519, HERE.ed25519)
SERVED = device_object(IDENTITY, HERE)
WIJKAGENT = person("@wijkagent:politie.example", 2, device("TELEFOON", 20))


def test_three_keys_are_three_keys() -> None:
    keys = {IDENTITY.master_key, IDENTITY.self_signing_key, IDENTITY.user_signing_key}
    assert keys == {public_key(seed) for seed in vars_of(IDENTITY)}
    assert len(keys) == 3


def vars_of(identity: Identity) -> tuple[bytes, bytes, bytes]:
    return identity.master_seed, identity.self_signing_seed, identity.user_signing_seed


def test_upload_holds_together_from_the_device_up() -> None:
    account = vodozemac.Account()
    upload = IDENTITY.device_signing_upload("HIER", lambda text: account.sign(text.encode()).to_base64())
    master, self_signing, user_signing = (
        upload[f"{name}_key"] for name in ("master", "self_signing", "user_signing")
    )
    assert read_cross_signing_key(master, USER, "master") == IDENTITY.master_key
    assert read_cross_signing_key(self_signing, USER, "self_signing") == IDENTITY.self_signing_key
    assert read_cross_signing_key(user_signing, USER, "user_signing") == IDENTITY.user_signing_key
    assert is_signed(master, USER, "HIER", account.ed25519_key.to_base64())
    assert is_signed(self_signing, USER, IDENTITY.master_key, IDENTITY.master_key)
    assert is_signed(user_signing, USER, IDENTITY.master_key, IDENTITY.master_key)


def test_the_upload_gives_no_seed_away() -> None:
    upload = repr(IDENTITY.device_signing_upload("HIER", lambda _text: "handtekening"))
    assert not [seed for seed in vars_of(IDENTITY) if public_key(seed) not in upload]
    assert not [seed for seed in vars_of(IDENTITY) if repr(seed) in upload or seed.hex() in upload]


def test_our_device_becomes_one_of_ours() -> None:
    answer = key_query(person(USER, 1, HERE))
    assert not judge(read_key_query(answer)[USER], None).recipients
    uploaded = IDENTITY.sign_device(answer["device_keys"][USER]["HIER"], LOCAL)
    answer["device_keys"] = uploaded
    assert [found.device_id for found in judge(read_key_query(answer)[USER], None).recipients] == ["HIER"]
    assert "unsigned" not in uploaded[USER]["HIER"]


def other_keys() -> JsonObject:
    return device_object(IDENTITY, device("HIER", 99))


@pytest.mark.parametrize(
    "served",
    [
        other_keys(),
        device_object(IDENTITY, Device("HIER", HERE.seed, device("HIER", 99).curve25519)),
        device_object(IDENTITY, Device("HIER", device("HIER", 99).seed, HERE.curve25519)),
        {**SERVED, "keys": other_keys()["keys"]},
        {**SERVED, "algorithms": []},
        {**SERVED, "signatures": {}},
        device_object(Identity.create("@ander:zvh.example", randomness(1)), HERE),
        device_object(IDENTITY, device("ELDERS", 10)),
        None,
        [],
    ],
    ids=[
        "a device of the server's making under our id",
        "an earlier key of ours to encrypt to",
        "another key to sign with",
        "our object with other keys",
        "our object, changed",
        "our object without our signature",
        "our keys as another user's",
        "our keys under another device id",
        "nothing",
        "no object",
    ],
)
def test_we_never_sign_a_device_that_is_not_this_one(served: object) -> None:
    with pytest.raises(NotOurDeviceError):
        IDENTITY.sign_device(served, LOCAL)


def test_signing_leaves_the_served_object_alone() -> None:
    before = copy.deepcopy(SERVED)
    IDENTITY.sign_device(SERVED, LOCAL)
    assert before == SERVED


def served_master() -> JsonObject:
    master: JsonObject = key_query(WIJKAGENT)["master_keys"][WIJKAGENT.user_id]
    return master


def test_a_compared_identity_is_signed_with_the_user_signing_key() -> None:
    key = WIJKAGENT.identity.master_key
    body = IDENTITY.sign_user_master_key(served_master(), WIJKAGENT.user_id, key)
    signed = body[WIJKAGENT.user_id][key]
    assert is_signed(signed, USER, IDENTITY.user_signing_key, IDENTITY.user_signing_key)
    assert set(signed["signatures"]) == {USER}


@pytest.mark.parametrize(
    ("served", "compared"),
    [
        (served_master(), IDENTITY.master_key),
        (None, WIJKAGENT.identity.master_key),
        ({**served_master(), "user_id": USER}, WIJKAGENT.identity.master_key),
        ({**served_master(), "usage": ["self_signing"]}, WIJKAGENT.identity.master_key),
        ({**served_master(), "device_id": "TELEFOON"}, WIJKAGENT.identity.master_key),
    ],
    ids=["another key", "nothing", "another user", "another usage", "a field nobody compared"],
)
def test_we_never_vouch_for_an_identity_that_was_not_compared(served: object, compared: str) -> None:
    with pytest.raises(NotThatIdentityError):
        IDENTITY.sign_user_master_key(served, WIJKAGENT.user_id, compared)
