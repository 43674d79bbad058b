from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import vodozemac
from hypothesis import given
from hypothesis import strategies as st

from bot.matrix import sas
from bot.matrix.emoji import EMOJI
from bot.matrix.sas import TABLE, Code, Move, Party, State, Verification
from tests.matrix.counterpart import Counterpart
from tests.matrix.people import device, person

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.matrix.sas import Send

ASKED = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
BOT = person("@casusbot:zvh.example", 1, device("BOT", 2))
PARTNER = person("@leerplicht:zvh.example", 3, device("PARTNER", 4))


def party(who: Any) -> Party:
    return Party(who.user_id, who.devices[0].device_id, who.devices[0].ed25519, who.identity.master_key)


class Talk:
    """A verification and the person at its other end."""

    def __init__(self, **changes: Any) -> None:
        ours, theirs = party(BOT), replace(party(PARTNER), **changes)
        self.verification = Verification("t1", ours, theirs, ASKED)
        self.anna = Counterpart(
            theirs.user_id, theirs.device_id, theirs.ed25519, theirs.master_key,
            ours.user_id, ours.device_id, ours.ed25519, ours.master_key,
        )  # fmt: skip
        self.on_annas_screen: Any = None

    def take(self, kind: str, content: Any) -> tuple[Send, ...]:
        self.verification, sends = sas.receive(self.verification, kind, content, vodozemac.Sas())
        return sends

    def decide(self, *, same: bool) -> tuple[Send, ...]:
        self.verification, sends = sas.decide(self.verification, same=same)
        return sends

    def until(self, state: State) -> Talk:
        """Everything right, up to this state."""
        if state is State.READY:
            return self
        [(kind, accept)] = self.take("start", self.anna.start())
        assert kind == "accept"
        self.anna.accepted(accept)
        if state is State.STARTED:
            return self
        [(kind, key)] = self.take("key", self.anna.key())
        assert kind == "key"
        self.on_annas_screen = self.anna.keyed(key)
        if state is State.WE_CONFIRMED:
            self.decide(same=True)
        elif state in {State.THEY_CONFIRMED, State.VERIFIED}:
            self.take("mac", self.anna.mac())
        if state is State.VERIFIED:
            self.decide(same=True)
        return self


OPEN = [state for state in State if not state.final]


def test_both_sides_see_the_same_seven_emoji_and_three_numbers() -> None:
    talk = Talk().until(State.COMPARING)
    sign = talk.verification.sign
    assert sign is not None
    assert (list(sign.emoji), sign.decimals) == talk.on_annas_screen
    assert len(sign.emoji) == 7


@pytest.mark.parametrize(
    "bot_first", [True, False], ids=["the bot confirms first", "the person confirms first"]
)
def test_both_confirm_and_each_proves_its_device_and_its_identity(bot_first: bool) -> None:
    talk = Talk().until(State.COMPARING)
    sends: tuple[Send, ...] = ()
    for ours in (bot_first, not bot_first):
        sends += talk.decide(same=True) if ours else talk.take("mac", talk.anna.mac())
    assert [kind for kind, _ in sends] == ["mac", "done"]
    talk.anna.maced(sends[0][1])
    assert talk.verification.state is State.VERIFIED
    talk.take("done", {})
    assert (talk.verification.state, talk.verification.identity_compared) == (State.DONE, True)


def test_nothing_is_confirmed_before_somebody_has_looked() -> None:
    talk = Talk().until(State.THEY_CONFIRMED)
    assert talk.take("mac", talk.anna.mac())[0][0] == "cancel"
    assert talk.verification.state is State.CANCELLED


def test_other_emoji_end_it_and_a_later_yes_changes_nothing() -> None:
    talk = Talk().until(State.COMPARING)
    [(kind, content)] = talk.decide(same=False)
    assert (kind, content["code"]) == ("cancel", "m.mismatched_sas")
    assert talk.decide(same=True) == ()
    assert talk.verification.state is State.CANCELLED


def test_somebody_in_between_cannot_make_both_screens_show_the_same() -> None:
    """The homeserver keeps its promises to both with keys of its own; the two people still see other emoji."""
    talk = Talk().until(State.STARTED)
    towards_bot, towards_anna = vodozemac.Sas().public_key.to_base64(), vodozemac.Sas().public_key.to_base64()
    talk.take("key", {"key": towards_bot})
    talk.anna.key()
    talk.anna.commitment = talk.anna.committed(towards_anna)
    sign = talk.verification.sign
    assert sign is not None
    assert list(sign.emoji) != talk.anna.keyed({"key": towards_anna})[0]


def test_the_bot_cannot_choose_its_key_after_seeing_the_other() -> None:
    talk = Talk().until(State.STARTED)
    talk.anna.key()
    with pytest.raises(AssertionError, match="changed its key"):
        talk.anna.keyed({"key": vodozemac.Sas().public_key.to_base64()})


@pytest.mark.parametrize("state", OPEN, ids=[f"while {state.value}" for state in OPEN])
@pytest.mark.parametrize("move", list(Move), ids=lambda move: move.value)
def test_what_the_table_does_not_allow_ends_a_verification(state: State, move: Move) -> None:
    talk = Talk().until(state)
    contents: dict[Move, Callable[[], dict[str, Any]]] = {
        Move.START: talk.anna.start, Move.KEY: talk.anna.key, Move.CANCEL: lambda: {"code": "m.user"},
    }  # fmt: skip
    if move is Move.MAC and state in {State.COMPARING, State.WE_CONFIRMED}:
        contents[Move.MAC] = talk.anna.mac
    before = talk.verification
    if move in {Move.SAME, Move.DIFFERENT}:
        talk.decide(same=move is Move.SAME)
    elif move is Move.TIMEOUT:
        talk.verification, _ = sas.time_out(before, ASKED + sas.TIME_LIMIT + timedelta(seconds=1))
    else:
        talk.take(move.value, contents.get(move, dict)())
    if move in {Move.SAME, Move.DIFFERENT} and not state.ours_to_decide:
        assert talk.verification is before, "a second answer of the operator has no effect"
    else:
        assert talk.verification.state is TABLE.get((state, move), State.CANCELLED)


@pytest.mark.parametrize("state", [State.DONE, State.CANCELLED])
@pytest.mark.parametrize("move", list(Move), ids=lambda move: move.value)
def test_what_has_ended_stays_as_it_ended(state: State, move: Move) -> None:
    ended = replace(Talk().verification, state=state)
    assert sas.receive(ended, move.value, {}, vodozemac.Sas()) == (ended, ())
    assert sas.decide(ended, same=True) == (ended, ())
    assert sas.time_out(ended, ASKED + timedelta(days=1)) == (ended, ())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"method": "m.qr_code.scan.v1"}, Code.UNKNOWN_METHOD),
        ({"key_agreement_protocols": ["curve25519"]}, Code.UNKNOWN_METHOD),
        ({"hashes": ["md5"]}, Code.UNKNOWN_METHOD),
        ({"message_authentication_codes": ["hkdf-hmac-sha256"]}, Code.UNKNOWN_METHOD),
        ({"short_authentication_string": []}, Code.UNKNOWN_METHOD),
        ({"hashes": "sha256"}, Code.INVALID_MESSAGE),
        ({"from_device": None}, Code.INVALID_MESSAGE),
        ({"extra": 1.5}, Code.INVALID_MESSAGE),
        ({"extra": 2**60}, Code.INVALID_MESSAGE),
    ],
    ids=[
        "another method", "the key agreement that leaves out the keys", "a broken hash",
        "the MAC with the wrong base64", "nothing to show", "a text for a list", "no device",
        "a number that cannot be signed", "a number too large to be signed",
    ],
)  # fmt: skip
def test_an_older_or_broken_way_is_refused(changes: dict[str, Any], code: Code) -> None:
    talk = Talk()
    [(kind, content)] = talk.take("start", talk.anna.start(**changes))
    assert (kind, content["code"]) == ("cancel", code.value)
    assert (talk.verification.ended, talk.verification.ended_by_us) == (code, True)


@pytest.mark.parametrize(
    "key",
    [None, 7, "", "AAAA", "A" * 43, "é" * 43, "AQ" + "A" * 41],
    ids=["none", "a number", "empty", "short", "all zeros", "not base64", "of small order"],
)
def test_a_key_under_which_everybody_knows_the_secret_is_refused(key: object) -> None:
    talk = Talk().until(State.STARTED)
    [(kind, content)] = talk.take("key", {"key": key})
    assert (kind, content["code"]) == ("cancel", "m.invalid_message")
    assert talk.verification.secret is None


def without_device(talk: Talk) -> dict[str, Any]:
    return talk.anna.mac({f"ed25519:{talk.anna.master_key}": talk.anna.master_key})


def other_master(talk: Talk) -> dict[str, Any]:
    stranger = person("@leerplicht:zvh.example", 9, device("PARTNER", 10)).identity.master_key
    keys = {
        f"ed25519:{talk.anna.device_id}": talk.anna.device_key,
        f"ed25519:{talk.anna.master_key}": stranger,
    }
    return talk.anna.mac(keys)


def other_device(talk: Talk) -> dict[str, Any]:
    return talk.anna.mac({f"ed25519:{talk.anna.device_id}": device("PARTNER", 11).ed25519})


def one_left_out(talk: Talk) -> dict[str, Any]:
    content = talk.anna.mac()
    content["mac"].pop(f"ed25519:{talk.anna.master_key}")
    return content


def not_text(talk: Talk) -> dict[str, Any]:
    content = talk.anna.mac()
    content["mac"][f"ed25519:{talk.anna.device_id}"] = 7
    return content


def of_another_conversation(talk: Talk) -> dict[str, Any]:
    return Talk().until(State.COMPARING).anna.mac()


def our_own_sent_back(talk: Talk) -> dict[str, Any]:
    _, [(_, content)] = sas.decide(talk.verification, same=True)
    return content


@pytest.mark.parametrize(
    "forge",
    [
        without_device,
        other_master,
        other_device,
        one_left_out,
        not_text,
        of_another_conversation,
        our_own_sent_back,
    ],
)
def test_keys_that_the_compared_secret_does_not_cover_are_not_believed(
    forge: Callable[[Talk], dict[str, Any]],
) -> None:
    talk = Talk().until(State.COMPARING)
    [(kind, content)] = talk.take("mac", forge(talk))
    assert (kind, content["code"]) == ("cancel", "m.key_mismatch")


def test_a_device_named_as_a_master_key_does_not_pass_for_that_identity() -> None:
    talk = Talk(device_id=PARTNER.identity.master_key).until(State.COMPARING)
    [(kind, content)] = talk.take("mac", talk.anna.mac())
    assert (kind, content["code"]) == ("cancel", "m.key_mismatch")


def test_somebody_who_vouches_for_their_device_alone_is_not_signed_as_a_person() -> None:
    talk = Talk().until(State.COMPARING)
    talk.take("mac", talk.anna.mac({f"ed25519:{talk.anna.device_id}": talk.anna.device_key}))
    talk.decide(same=True)
    talk.take("done", {})
    assert (talk.verification.state, talk.verification.identity_compared) == (State.DONE, False)


@pytest.mark.parametrize("kind", ["same", "different", "timeout", "ready", "accept", "request", "", "xyz"])
def test_the_other_side_cannot_answer_for_the_operator(kind: str) -> None:
    talk = Talk().until(State.THEY_CONFIRMED)
    before = talk.verification
    assert talk.take(kind, {}) == ()
    assert talk.verification is before


@pytest.mark.parametrize("code", ["m.user", "\x1b[2Jwaarschuwing", 7, None, ["m.user"]])
def test_the_words_of_the_other_side_never_reach_a_terminal(code: object) -> None:
    talk = Talk()
    assert talk.take("cancel", {"code": code, "reason": "\x1b[2J"}) == ()
    expected = Code.USER if code == "m.user" else Code.OTHER
    assert (talk.verification.ended, talk.verification.ended_by_us) == (expected, False)


@pytest.mark.parametrize(("minutes", "counts"), [(0, True), (-9, True), (-11, False), (4, True), (6, False)])
def test_an_old_request_does_not_start_a_verification_after_a_restart(minutes: int, counts: bool) -> None:
    content = {"from_device": "PARTNER", "methods": ["m.sas.v1"]}
    assert sas.is_request(content, ASKED + timedelta(minutes=minutes), ASKED) is counts


def test_a_request_for_something_else_than_emoji_is_declined() -> None:
    declined, [(kind, content)] = sas.answer({"methods": ["m.reciprocate.v1"]}, Talk().verification)
    assert (kind, content["code"], declined.state) == ("cancel", "m.unknown_method", State.CANCELLED)


def test_there_are_64_different_emoji_with_64_different_names() -> None:
    pictures, names = zip(*EMOJI, strict=True)
    assert len(set(pictures)) == len(set(names)) == 64
    assert EMOJI[0] == ("🐶", "Hond")
    assert EMOJI[63] == ("📌", "Punaise")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = (
    "from_device", "method", "key_agreement_protocols", "hashes", "message_authentication_codes",
    "short_authentication_string", "key", "mac", "keys", "code",
)  # fmt: skip


@given(
    state=st.sampled_from(OPEN),
    kind=st.sampled_from(["start", "key", "mac", "done", "cancel"]),
    content=st.dictionaries(st.sampled_from(FIELDS), json_values),
)
def test_no_content_whatever_breaks_the_machine(state: State, kind: str, content: dict[str, Any]) -> None:
    talk = Talk().until(state)
    talk.take(kind, content)
    assert talk.verification.state is not State.VERIFIED or state is State.VERIFIED
