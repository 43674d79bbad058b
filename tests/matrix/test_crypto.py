from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import vodozemac

from bot.matrix.crypto import MEGOLM, OLM, Crypto, Machine, Malformed, Undecryptable
from bot.matrix.keystore import CipherStore
from bot.matrix.trust import DeviceKeys

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOM, OTHER_ROOM = "!overleg:zvh.example", "!ander:zvh.example"
BOT, PARTNER, OTHER = "@casusbot:zvh.example", "@leerplicht:zvh.example", "@wijkteam:zvh.example"
WEEK = timedelta(days=7)
KEY = bytes(range(32))


class Device:
    """One device with its own key file."""

    def __init__(self, user_id: str, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.user_id = user_id
        self._folder = folder
        self.open(create=True)

    def open(self, *, create: bool = False) -> None:
        self.store = CipherStore(KEY, self.user_id, "APPARAAT", self._folder, create=create)
        self.crypto = Crypto(Machine(self.user_id, "APPARAAT", self.store))

    def restart(self) -> None:
        self.store.close()
        self.open()

    @property
    def keys(self) -> DeviceKeys:
        own = self.crypto
        return DeviceKeys(
            self.user_id, "APPARAAT", own.curve25519, own.ed25519, (OLM, MEGOLM), signed_by_owner=True
        )

    def greet(self, other: Device, one_time_key: dict[str, Any]) -> None:
        """Open a channel from a key that the homeserver handed out."""
        self.crypto.open_channel(other.keys, one_time_key["key"])

    def share(self, other: Device, room_id: str = ROOM) -> dict[str, Any]:
        """The to-device event that brings `other` the key of this device's session in the room."""
        session = self.crypto.outbound(room_id, frozenset(), max_age=WEEK, max_messages=100)
        content = self.crypto.room_key_for(other.keys, room_id, session)
        return {"type": "m.room.encrypted", "sender": self.user_id, "content": content}

    def say(self, words: str, room_id: str = ROOM) -> dict[str, Any]:
        sealed = self.crypto.seal(room_id, "m.room.message", {"msgtype": "m.text", "body": words})
        return {"type": "m.room.encrypted", "sender": self.user_id, "content": sealed}


@pytest.fixture
def devices(tmp_path: Path) -> Iterator[tuple[Device, Device, Device]]:
    made = (
        Device(BOT, tmp_path / "bot"),
        Device(PARTNER, tmp_path / "partner"),
        Device(OTHER, tmp_path / "other"),
    )
    yield made
    for device in made:
        device.store.close()


def uploaded(device: Device) -> dict[str, Any]:
    """What the homeserver has of a device after its first upload."""
    body = device.crypto.keys_to_upload()
    assert body is not None
    device.crypto.uploaded({"one_time_key_counts": {"signed_curve25519": len(body["one_time_keys"])}})
    return body


def conversing(bot: Device, partner: Device) -> None:
    """The partner shared a session with the bot."""
    (first, *_) = uploaded(bot)["one_time_keys"].values()
    partner.greet(bot, first)
    bot.crypto.receive(partner.share(bot))


# Keys for people who come


def test_the_fallback_key_carries_whoever_comes_when_all_one_time_keys_are_gone(
    devices: tuple[Device, Device, Device],
) -> None:
    bot, partner, other = devices
    (fallback,) = uploaded(bot)["fallback_keys"].values()
    for person in (partner, other):
        person.greet(bot, fallback)
        bot.crypto.receive(person.share(bot))
        assert bot.crypto.open(ROOM, person.say("goedemorgen")).content["body"] == "goedemorgen"


def test_a_used_fallback_key_is_replaced_and_still_opens_what_is_under_way(
    devices: tuple[Device, Device, Device],
) -> None:
    bot, partner, other = devices
    (fallback,) = uploaded(bot)["fallback_keys"].values()
    partner.greet(bot, fallback)
    other.greet(bot, fallback)
    bot.crypto.receive(partner.share(bot))
    bot.crypto.note_counts({"signed_curve25519": 50}, [])
    (replacement,) = (bot.crypto.keys_to_upload() or {})["fallback_keys"].values()
    bot.crypto.uploaded({"one_time_key_counts": {"signed_curve25519": 50}})
    assert replacement["key"] != fallback["key"]
    bot.crypto.receive(other.share(bot))
    assert bot.crypto.open(ROOM, other.say("onderweg")).content["body"] == "onderweg"


def test_keys_that_were_offered_are_on_disk_before_the_offer(devices: tuple[Device, Device, Device]) -> None:
    bot, partner, _ = devices
    body = bot.crypto.keys_to_upload()
    assert body is not None
    bot.restart()
    assert bot.crypto.keys_to_upload() == body
    # The first process died after sending: what the homeserver hands out must still open.
    (first, *_) = body["one_time_keys"].values()
    partner.greet(bot, first)
    bot.crypto.receive(partner.share(bot))
    assert bot.crypto.open(ROOM, partner.say("na de val")).content["body"] == "na de val"


@pytest.mark.parametrize("count", [-1, -(10**12), 0])
def test_a_count_below_zero_makes_no_more_keys_than_an_empty_shelf(
    devices: tuple[Device, Device, Device], count: int
) -> None:
    bot, *_ = devices
    uploaded(bot)
    bot.crypto.note_counts({"signed_curve25519": count}, None)
    assert len((bot.crypto.keys_to_upload() or {})["one_time_keys"]) == 50


def test_a_server_that_does_not_say_how_many_keys_it_has_gets_none(
    devices: tuple[Device, Device, Device],
) -> None:
    bot, *_ = devices
    uploaded(bot)
    bot.crypto.note_counts(None, None)
    assert bot.crypto.keys_to_upload() is None


# Room keys


def test_a_message_is_readable_as_soon_as_its_key_is_there_and_after_a_restart(
    devices: tuple[Device, Device, Device],
) -> None:
    bot, partner, _ = devices
    conversing(bot, partner)
    event = partner.say("goedemorgen")
    bot.restart()
    found = bot.crypto.open(ROOM, event)
    assert (found.sender_key, found.signing_key) == (partner.crypto.curve25519, partner.crypto.ed25519)
    assert not found.forwarded


def test_a_message_whose_key_is_not_here_yet_is_kept_for_later(
    devices: tuple[Device, Device, Device],
) -> None:
    bot, partner, _ = devices
    (first, *_) = uploaded(bot)["one_time_keys"].values()
    partner.greet(bot, first)
    key, event = partner.share(bot), partner.say("eerder dan de sleutel")
    with pytest.raises(Undecryptable):
        bot.crypto.open(ROOM, event)
    bot.crypto.receive(key)
    assert bot.crypto.open(ROOM, event).content["body"] == "eerder dan de sleutel"


def test_a_message_carried_to_another_room_is_not_read_there(devices: tuple[Device, Device, Device]) -> None:
    bot, partner, _ = devices
    conversing(bot, partner)
    event = partner.say("hier gezegd")
    with pytest.raises(Undecryptable):
        bot.crypto.open(OTHER_ROOM, event)


def test_a_message_whose_inside_names_another_room_is_not_read(
    devices: tuple[Device, Device, Device],
) -> None:
    bot, partner, _ = devices
    conversing(bot, partner)
    session = partner.crypto.machine.outbound_group_sessions[ROOM]
    inside = {"type": "m.room.message", "content": {"body": "x"}, "room_id": OTHER_ROOM}
    event = partner.say("x")
    event["content"]["ciphertext"] = session._session.encrypt(json.dumps(inside).encode()).to_base64()
    with pytest.raises(Malformed):
        bot.crypto.open(ROOM, event)


@pytest.mark.parametrize(
    "inside",
    [
        b"geen json",
        b"[]",
        b"7",
        b'{"type": "m.room.message"}',
        b'{"type": "m.room.message", "room_id": "!overleg:zvh.example", "content": "tekst"}',
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"n": ' + b"9" * 5000 + b"}",
    ],
    ids=[
        "no json",
        "a list",
        "a number",
        "no content",
        "content that is text",
        "a deep well",
        "no text",
        "long number",
    ],
)
def test_what_a_member_encrypts_in_place_of_a_message_is_never_readable_and_stops_nothing(
    devices: tuple[Device, Device, Device], inside: bytes
) -> None:
    bot, partner, _ = devices
    conversing(bot, partner)
    event = partner.say("x")
    session = partner.crypto.machine.outbound_group_sessions[ROOM]
    event["content"]["ciphertext"] = session._session.encrypt(inside).to_base64()
    with pytest.raises(Malformed):
        bot.crypto.open(ROOM, event)


@pytest.mark.parametrize(
    "changes",
    [
        {"algorithm": "m.megolm.v2"},
        {"algorithm": None},
        {"ciphertext": None},
        {"ciphertext": 7},
        {"ciphertext": ""},
        {"ciphertext": "é" * 100},
        {"ciphertext": "A" * 65_536},
        {"ciphertext": {"type": 0}},
    ],
    ids=str,
)
def test_a_damaged_message_is_told_apart_from_one_that_waits_for_its_key(
    devices: tuple[Device, Device, Device], changes: dict[str, Any]
) -> None:
    bot, partner, _ = devices
    conversing(bot, partner)
    event = partner.say("x")
    event["content"] |= changes
    with pytest.raises(Malformed):
        bot.crypto.open(ROOM, event)


def test_a_message_without_the_senders_key_is_found_by_its_session(
    devices: tuple[Device, Device, Device],
) -> None:
    bot, partner, _ = devices
    conversing(bot, partner)
    event = partner.say("zonder sender_key (MSC4381)")
    del event["content"]["sender_key"], event["content"]["device_id"]
    assert bot.crypto.open(ROOM, event).sender_key == partner.crypto.curve25519


def test_a_colleagues_room_key_passed_on_later_takes_nothing_away(
    devices: tuple[Device, Device, Device],
) -> None:
    """A member may hand the bot a copy of somebody else's key: it speaks for the member, and pushes nothing out."""
    bot, partner, other = devices
    one_time_keys = iter(uploaded(bot)["one_time_keys"].values())
    partner.greet(bot, next(one_time_keys))
    other.greet(bot, next(one_time_keys))
    bot.crypto.receive(partner.share(bot))
    first = partner.say("het eerste")
    session = partner.crypto.machine.outbound_group_sessions[ROOM]
    copy = {
        "algorithm": MEGOLM,
        "room_id": ROOM,
        "session_id": session.id,
        "session_key": session.session_key,
    }
    content = other.crypto._to_device(bot.keys, "m.room_key", copy)
    bot.crypto.receive({"type": "m.room.encrypted", "sender": OTHER, "content": content})
    second = partner.say("het tweede")
    theirs = {**second, "content": {**second["content"], "sender_key": other.crypto.curve25519}}
    assert bot.crypto.open(ROOM, theirs).sender_key == other.crypto.curve25519
    bot.restart()
    for event in (first, second):
        assert bot.crypto.open(ROOM, event).sender_key == partner.crypto.curve25519


# To-device events


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        "tekst",
        {},
        {"algorithm": OLM},
        {"algorithm": OLM, "ciphertext": 7, "sender_key": "x"},
        {"algorithm": OLM, "ciphertext": {}, "sender_key": "x"},
        {"algorithm": ["x"], "ciphertext": {}},
        {"algorithm": MEGOLM, "ciphertext": "x"},
    ],
    ids=str,
)
def test_a_to_device_event_that_is_none_is_passed_over(
    devices: tuple[Device, Device, Device], content: object
) -> None:
    bot, *_ = devices
    bot.crypto.receive({"type": "m.room.encrypted", "sender": PARTNER, "content": content})
    bot.crypto.receive({"type": ["m.room.encrypted"], "content": content})
    bot.crypto.receive({})


@pytest.mark.parametrize(
    "part", [None, 7, {}, {"type": 0}, {"type": 0, "body": "x"}, {"type": 1, "body": 7}], ids=str
)
@pytest.mark.parametrize("sender_key", [None, 7, "x", "A" * 43], ids=str)
def test_an_olm_message_that_is_none_is_passed_over(
    devices: tuple[Device, Device, Device], part: object, sender_key: object
) -> None:
    bot, *_ = devices
    content = {"algorithm": OLM, "ciphertext": {bot.crypto.curve25519: part}, "sender_key": sender_key}
    bot.crypto.receive({"type": "m.room.encrypted", "sender": PARTNER, "content": content})


def test_the_same_to_device_event_again_keeps_what_was_readable(
    devices: tuple[Device, Device, Device],
) -> None:
    bot, partner, _ = devices
    (first, *_) = uploaded(bot)["one_time_keys"].values()
    partner.greet(bot, first)
    key = partner.share(bot)
    bot.crypto.receive(key)
    bot.crypto.receive(key)
    assert bot.crypto.open(ROOM, partner.say("x")).content["body"] == "x"


def test_a_room_key_from_another_than_the_server_says_is_not_taken(
    devices: tuple[Device, Device, Device],
) -> None:
    bot, partner, _ = devices
    (first, *_) = uploaded(bot)["one_time_keys"].values()
    partner.greet(bot, first)
    bot.crypto.receive({**partner.share(bot), "sender": OTHER})
    with pytest.raises(Undecryptable):
        bot.crypto.open(ROOM, partner.say("x"))


def test_no_key_is_given_out_on_request(devices: tuple[Device, Device, Device]) -> None:
    bot, partner, _ = devices
    conversing(bot, partner)
    request = {
        "action": "request",
        "body": {"algorithm": MEGOLM, "room_id": ROOM, "session_id": "s", "sender_key": "k"},
        "request_id": "r",
        "requesting_device_id": "APPARAAT",
    }
    bot.crypto.receive({"type": "m.room_key_request", "sender": BOT, "content": request})
    assert bot.crypto.machine.outgoing_to_device_messages == []


def test_a_worn_out_session_and_one_known_to_somebody_who_left_are_replaced(
    devices: tuple[Device, Device, Device],
) -> None:
    bot, *_ = devices
    allowed = frozenset({(PARTNER, "APPARAAT"), (OTHER, "APPARAAT")})
    first = bot.crypto.outbound(ROOM, allowed, max_age=WEEK, max_messages=2)
    first.users_shared_with.update(allowed)
    assert bot.crypto.outbound(ROOM, allowed, max_age=WEEK, max_messages=2) is first
    second = bot.crypto.outbound(ROOM, frozenset({(PARTNER, "APPARAAT")}), max_age=WEEK, max_messages=2)
    assert second.id != first.id
    for words in ("een", "twee"):
        bot.crypto.seal(ROOM, "m.room.message", {"body": words})
    assert bot.crypto.outbound(ROOM, allowed, max_age=WEEK, max_messages=2).id != second.id


def test_what_vodozemac_raises_is_among_what_is_caught() -> None:
    raised = [
        kind for kind in vars(vodozemac).values() if isinstance(kind, type) and issubclass(kind, Exception)
    ]
    assert raised
    assert all(issubclass(kind, ValueError) for kind in raised)
