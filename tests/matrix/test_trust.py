import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.records.people import OPERATOR, PinState
from bot.matrix.canonical import JsonObject, sign, with_signature
from bot.matrix.trust import (
    Origin,
    Pin,
    PublishedUser,
    Standing,
    Verdict,
    confirmed_pin,
    first_pin,
    judge,
    origin,
    read_key_query,
)
from tests.matrix.people import Device, Person, device, device_object, key_query, person

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

PHONE, LAPTOP = device("TELEFOON", 11), device("LAPTOP", 12)
STRAY = device("ZWERVER", 13, signed_by_owner=False)
WIJKAGENT = person("@wijkagent:politie.example", 1, PHONE, LAPTOP, STRAY)
REGISSEUR = person("@regisseur:gemeente.example", 2, device("WERKPLEK", 21))
FORGED = person(WIJKAGENT.user_id, 3, device("TELEFOON", 31), device("NIEUW", 32))
"""What a server can make by itself in somebody's name: everything but their signatures."""


def pin_of(one: Person) -> Pin:
    return Pin(one.user_id, one.identity.master_key, AT, PinState.FIRST_USE)


def seen(answer: object, user_id: str = WIJKAGENT.user_id) -> PublishedUser:
    return read_key_query(answer)[user_id]


def ids(verdict: Verdict) -> list[str]:
    return [found.device_id for found in verdict.recipients]


def test_only_signed_devices_get_keys() -> None:
    verdict = judge(seen(key_query(WIJKAGENT, REGISSEUR)), None)
    assert verdict.standing is Standing.FIRST_SEEN
    assert ids(verdict) == ["TELEFOON", "LAPTOP"]
    assert [found.device_id for found in verdict.devices] == ["TELEFOON", "LAPTOP", "ZWERVER"]


def test_a_pinned_identity_is_known_again() -> None:
    published = seen(key_query(WIJKAGENT))
    verdict = judge(published, first_pin(published, AT))
    assert verdict.standing is Standing.KNOWN
    assert ids(verdict) == ["TELEFOON", "LAPTOP"]


def test_a_replaced_identity_gets_nothing_until_a_person_decides() -> None:
    published = seen(key_query(FORGED))
    verdict = judge(published, pin_of(WIJKAGENT))
    assert verdict.standing is Standing.CHANGED
    assert not verdict.recipients
    decided = confirmed_pin(WIJKAGENT.user_id, FORGED.identity.master_key, AT, OPERATOR)
    assert judge(published, decided).standing is Standing.KNOWN
    assert decided.state is PinState.VERIFIED


def test_what_the_operator_compared_does_not_come_to_rest_on_a_colleagues_word() -> None:
    user, key, colleague = WIJKAGENT.user_id, WIJKAGENT.identity.master_key, "@coordinator:voorbeeld.nl"
    compared = confirmed_pin(user, key, AT, OPERATOR)
    assert confirmed_pin(user, key, AT, colleague, compared).vouched_by == OPERATOR
    assert confirmed_pin(user, FORGED.identity.master_key, AT, colleague, compared).vouched_by == colleague
    vouched = confirmed_pin(user, key, AT, colleague)
    assert vouched.vouched_by == colleague
    assert confirmed_pin(user, key, AT, OPERATOR, vouched).vouched_by == OPERATOR


def test_confirming_one_key_does_not_confirm_the_next_one_the_server_shows() -> None:
    decided = confirmed_pin(WIJKAGENT.user_id, FORGED.identity.master_key, AT, OPERATOR)
    third = person(WIJKAGENT.user_id, 4, device("TELEFOON", 41))
    assert judge(seen(key_query(third)), decided).standing is Standing.CHANGED


@pytest.mark.parametrize("left", [None, {}, [], "x"], ids=["null", "empty", "a list", "text"])
def test_a_pinned_identity_that_vanishes_is_a_change(left: object) -> None:
    answer = key_query(WIJKAGENT)
    answer["master_keys"][WIJKAGENT.user_id] = left
    verdict = judge(seen(answer), pin_of(WIJKAGENT))
    assert verdict.standing is Standing.CHANGED
    assert not verdict.recipients


def test_a_user_shown_without_devices_is_still_held_to_the_pin() -> None:
    answer = key_query(FORGED)
    del answer["device_keys"]
    assert judge(seen(answer), pin_of(WIJKAGENT)).standing is Standing.CHANGED


@pytest.mark.parametrize("standing", [Standing.NOT_CROSS_SIGNED, Standing.CHANGED])
def test_a_signed_device_of_a_doubtful_user_gets_nothing(standing: Standing) -> None:
    signed = judge(seen(key_query(WIJKAGENT)), None).recipients
    assert Verdict(WIJKAGENT.user_id, standing, signed).recipients == ()


def test_a_user_whose_server_did_not_answer_is_not_judged() -> None:
    assert read_key_query({"device_keys": {}, "failures": {"politie.example": {}}}) == {}


def test_no_identity_means_no_keys() -> None:
    answer = key_query(WIJKAGENT)
    del answer["master_keys"], answer["self_signing_keys"]
    verdict = judge(seen(answer), None)
    assert verdict.standing is Standing.NOT_CROSS_SIGNED
    assert not verdict.recipients


def test_half_an_identity_is_never_pinned() -> None:
    answer = key_query(WIJKAGENT)
    del answer["self_signing_keys"]
    published = seen(answer)
    assert judge(published, None).standing is Standing.NOT_CROSS_SIGNED
    with pytest.raises(ValueError, match="no complete identity"):
        first_pin(published, AT)


def test_without_its_self_signing_key_a_known_identity_has_no_devices() -> None:
    answer = key_query(WIJKAGENT)
    del answer["self_signing_keys"]
    verdict = judge(seen(answer), pin_of(WIJKAGENT))
    assert verdict.standing is Standing.KNOWN
    assert not verdict.recipients


def test_a_pin_never_judges_another_user() -> None:
    with pytest.raises(ValueError, match="another user's"):
        judge(seen(key_query(WIJKAGENT)), pin_of(REGISSEUR))


PARTS = {"master": "master_keys", "self_signing": "self_signing_keys"}


def one_more_key(bare: JsonObject) -> JsonObject:
    return {**bare["keys"], f"ed25519:{PHONE.ed25519}": PHONE.ed25519}


@pytest.mark.parametrize("usage", PARTS)
@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("usage", lambda _bare: ["user_signing"]),
        ("usage", lambda bare: bare["usage"][0]),
        ("usage", lambda _bare: None),
        ("user_id", lambda _bare: REGISSEUR.user_id),
        ("keys", one_more_key),
        ("keys", lambda _bare: {}),
        ("keys", lambda _bare: {"ed25519:[]": []}),
        ("keys", lambda bare: {"ed25519:ANDERS": next(iter(bare["keys"].values()))}),
        ("keys", lambda bare: {f"{key}=": f"{value}=" for key, value in bare["keys"].items()}),
    ],
    ids=[
        "for another usage",
        "usage as text",
        "without usage",
        "in another user's name",
        "two keys",
        "no key",
        "a key that is no text",
        "a key under another id",
        "a key in another spelling",
    ],
)
def test_a_key_of_the_wrong_form_is_no_link_even_when_signed(usage: str, field: str, changed: Any) -> None:
    answer = key_query(WIJKAGENT)
    bare = {k: v for k, v in answer[PARTS[usage]][WIJKAGENT.user_id].items() if k != "signatures"}
    bare[field] = changed(bare)
    owner = WIJKAGENT.identity
    answer[PARTS[usage]][WIJKAGENT.user_id] = with_signature(
        bare, owner.user_id, owner.master_key, sign(owner.master_seed, bare)
    )
    assert getattr(seen(answer), f"{usage}_key") is None
    assert not judge(seen(answer), None).recipients


def test_a_self_signing_key_that_the_master_did_not_sign_signs_nothing() -> None:
    answer = key_query(WIJKAGENT)
    answer["self_signing_keys"] = key_query(FORGED)["self_signing_keys"]
    answer["device_keys"] = key_query(FORGED)["device_keys"]
    assert not judge(seen(answer), pin_of(WIJKAGENT)).recipients


def test_a_device_of_somebody_else_is_not_ours_to_show() -> None:
    # The owner's other signature would be genuine too: only the device's own signature names its owner.
    answer = key_query(WIJKAGENT, REGISSEUR)
    stolen = answer["device_keys"][REGISSEUR.user_id]["WERKPLEK"]
    adopted = {k: v for k, v in stolen.items() if k != "signatures"} | {"user_id": WIJKAGENT.user_id}
    owner = WIJKAGENT.identity
    adopted = with_signature(
        adopted, owner.user_id, owner.self_signing_key, sign(owner.self_signing_seed, adopted)
    )
    adopted["signatures"] |= stolen["signatures"]
    answer["device_keys"][WIJKAGENT.user_id] = {"WERKPLEK": adopted}
    assert seen(answer).devices == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"user_id": REGISSEUR.user_id},
        {"user_id": None},
        {"device_id": "LAPTOP"},
        {"algorithms": ["m.olm.v1.curve25519-aes-sha2", 1]},
        {"algorithms": None},
        {"keys": {"curve25519:TELEFOON": "AAAA", "ed25519:TELEFOON": PHONE.ed25519}},
        {"keys": {"curve25519:TELEFOON": None, "ed25519:TELEFOON": PHONE.ed25519}},
        {"keys": {"ed25519:TELEFOON": PHONE.ed25519}},
        {"keys": {"curve25519:TELEFOON": PHONE.curve25519}},
        {"keys": []},
    ],
    ids=[
        "in another user's name",
        "in nobody's name",
        "with another device id",
        "an algorithm that is no text",
        "without algorithms",
        "a short key",
        "a key that is no text",
        "nothing to encrypt to",
        "nothing to sign with",
        "keys as a list",
    ],
)
def test_a_device_of_the_wrong_form_is_no_device_even_when_signed(changes: dict[str, object]) -> None:
    answer = key_query(WIJKAGENT)
    assert device_object(WIJKAGENT.identity, PHONE) == answer["device_keys"][WIJKAGENT.user_id]["TELEFOON"]
    answer["device_keys"][WIJKAGENT.user_id] = {
        "TELEFOON": device_object(WIJKAGENT.identity, PHONE, **changes)
    }
    assert seen(answer).devices == ()


def test_a_device_under_another_id_is_not_that_device() -> None:
    answer = key_query(WIJKAGENT)
    devices = answer["device_keys"][WIJKAGENT.user_id]
    devices["LAPTOP"] = devices.pop("TELEFOON")
    assert [found.device_id for found in seen(answer).devices] == ["ZWERVER"]


# -- whose session is it ---------------------------------------------------------------------------


def verdicts(*people: Person, pinned: Person = WIJKAGENT) -> dict[str, Verdict]:
    published = read_key_query(key_query(*people))
    pins = {pinned.user_id: pin_of(pinned)}
    return {user_id: judge(user, pins.get(user_id)) for user_id, user in published.items()}


HONEST = verdicts(WIJKAGENT, REGISSEUR)


@pytest.mark.parametrize("shown", [PHONE, LAPTOP], ids=lambda shown: shown.device_id)
def test_a_signed_device_speaks_for_its_owner(shown: Device) -> None:
    assert origin(shown.claim(WIJKAGENT.user_id), HONEST) is Origin.TRUSTED


def mixed(curve: Device, signing: Device) -> Device:
    return Device(curve.device_id, signing.seed, curve.curve25519)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        (STRAY.claim(WIJKAGENT.user_id), Origin.UNSIGNED_DEVICE),
        (REGISSEUR.devices[0].claim(WIJKAGENT.user_id), Origin.UNKNOWN_DEVICE),
        (PHONE.claim(REGISSEUR.user_id), Origin.UNKNOWN_DEVICE),
        (mixed(PHONE, LAPTOP).claim(WIJKAGENT.user_id), Origin.UNKNOWN_DEVICE),
        (mixed(REGISSEUR.devices[0], PHONE).claim(WIJKAGENT.user_id), Origin.UNKNOWN_DEVICE),
        (PHONE.claim("@nooit:gezien.example"), Origin.UNKNOWN_DEVICE),
        (PHONE.claim(WIJKAGENT.user_id, forwarded=True), Origin.FORWARDED_KEY),
    ],
    ids=[
        "a device its owner did not sign",
        "the server put another sender on somebody's message",
        "somebody's device in the name of another member",
        "keys of two devices",
        "a signing key copied from a public device",
        "a sender whose devices we never saw",
        "a forwarded key",
    ],
)
def test_no_other_session_speaks_for_anybody(claim: Any, reason: Origin) -> None:
    assert origin(claim, HONEST) is reason


def test_a_changed_identity_gives_no_commands() -> None:
    claim = FORGED.devices[0].claim(WIJKAGENT.user_id)
    assert origin(claim, verdicts(FORGED)) is Origin.IDENTITY_CHANGED
    assert origin(PHONE.claim(WIJKAGENT.user_id), verdicts(FORGED)) is Origin.IDENTITY_CHANGED


def test_a_user_without_identity_gives_no_commands() -> None:
    verdict = Verdict(REGISSEUR.user_id, Standing.NOT_CROSS_SIGNED, HONEST[REGISSEUR.user_id].devices)
    claim = REGISSEUR.devices[0].claim(REGISSEUR.user_id)
    assert origin(claim, {REGISSEUR.user_id: verdict}) is Origin.NOT_CROSS_SIGNED


# -- a hostile server ------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.sampled_from(["keys", "signatures"]), inner, max_size=3)
    ),
    max_leaves=6,
)
MATERIAL = {
    **key_query(WIJKAGENT, REGISSEUR),
    "forged": {
        **key_query(FORGED),
        "cross": {"NIEUW": device_object(WIJKAGENT.identity, FORGED.devices[1]) | {"signatures": {}}},
    },
}
"""All a hostile server has: what people uploaded, and what it makes in their name."""


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield way
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from places(inner, (*way, step))


def at(value: Any, way: tuple[Any, ...]) -> Any:
    for step in way:
        value = value[step]
    return value


@st.composite
def tampered(draw: st.DrawFn) -> Any:
    answer = copy.deepcopy(MATERIAL)
    for _ in range(draw(st.integers(1, 6))):
        *way, last = draw(st.sampled_from([way for way in places(answer) if way]))
        other = st.sampled_from(list(places(MATERIAL))).map(
            lambda source: copy.deepcopy(at(MATERIAL, source))
        )
        kind = draw(st.sampled_from(["transplant", "transplant", "replace", "delete"]))
        place = at(answer, tuple(way))
        if kind == "delete":
            del place[last]
        else:
            place[last] = draw(other if kind == "transplant" else JSON)
    return answer


GENUINE = {
    one.user_id: {
        (shown.device_id, shown.curve25519, shown.ed25519) for shown in one.devices if shown.signed_by_owner
    }
    for one in (WIJKAGENT, REGISSEUR)
}


@settings(max_examples=400, deadline=None)
@given(tampered())
def test_no_rearrangement_of_what_a_server_has_adds_a_device(answer: Any) -> None:
    published = read_key_query(answer)
    for one in (WIJKAGENT, REGISSEUR):
        if one.user_id not in published:
            continue
        verdict = judge(published[one.user_id], pin_of(one))
        got = {(found.device_id, found.curve25519, found.ed25519) for found in verdict.recipients}
        assert got <= GENUINE[one.user_id]


@settings(max_examples=200, deadline=None)
@given(tampered())
def test_no_rearrangement_makes_a_stranger_speak_for_the_wijkagent(answer: Any) -> None:
    pins = {one.user_id: pin_of(one) for one in (WIJKAGENT, REGISSEUR)}
    judged = {user_id: judge(user, pins.get(user_id)) for user_id, user in read_key_query(answer).items()}
    for shown in (STRAY, REGISSEUR.devices[0], *FORGED.devices):
        assert origin(shown.claim(WIJKAGENT.user_id), judged) is not Origin.TRUSTED


@settings(max_examples=200, deadline=None)
@given(JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(MATERIAL, JSON)))
def test_garbage_is_never_trusted_and_never_stops_us(answer: Any) -> None:
    for published in read_key_query(answer).values():
        verdict = judge(published, None)
        assert verdict.standing is Standing.NOT_CROSS_SIGNED
        assert not verdict.recipients
