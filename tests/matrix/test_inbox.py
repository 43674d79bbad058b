from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from bot.matrix import inbox
from bot.matrix.homeserver import Unreachable
from tests.matrix.fake import BOT, NOW, PARTNER, Answer, Fault, bot_on, joined, message

if TYPE_CHECKING:
    from pathlib import Path

    from tests.matrix.fake import Bot, FakeHomeserver

ROOM, OTHER_ROOM = "!overleg:zvh.example", "!ander:zvh.example"


def member(
    user_id: str, membership: str, *, event_id: str = "$m", sender: str | None = None
) -> dict[str, Any]:
    return {
        "type": "m.room.member",
        "event_id": event_id,
        "sender": sender or user_id,
        "state_key": user_id,
        "content": {"membership": membership},
    }


async def waiting(bot: Bot) -> list[str]:
    """The ids of what waits to be handled, in order; what the bot makes up itself by its kind."""
    rows = await bot.database.read(lambda t: t.next_events(NOW))
    return [row.event_id if row.event_id.startswith("$") else row.event_id.partition(":")[0] for row in rows]


async def in_room(bot: Bot, server: FakeHomeserver) -> None:
    """The bot has been in ROOM for a while; nothing waits."""
    server.syncs = [
        {"next_batch": "s1"},
        {"next_batch": "s2", "rooms": joined(ROOM, member(BOT, "join"))},
    ]
    await bot.inbox.sync(wait=0)
    await bot.inbox.sync(wait=0)
    (arrival,) = await bot.database.read(lambda t: t.next_events(NOW))
    await bot.database.write(lambda t: t.done(arrival.event_id, NOW))


async def test_a_sync_that_comes_twice_is_taken_in_once(bot: Bot, server: FakeHomeserver) -> None:
    await in_room(bot, server)
    repeated = {"next_batch": "s3", "rooms": joined(ROOM, message("$a"), message("$b"))}
    server.syncs = [repeated, repeated]
    await bot.inbox.sync(wait=0)
    await bot.database.write(lambda t: t.done("$a", NOW))
    await bot.inbox.sync(wait=0)
    assert await waiting(bot) == ["$b"]


async def test_an_event_in_a_sync_and_in_a_page_of_history_is_taken_in_once(
    bot: Bot, server: FakeHomeserver
) -> None:
    await in_room(bot, server)
    server.pages["p1"] = {"chunk": [message("$b"), message("$a")]}
    rooms = joined(ROOM, message("$b"), message("$c"), limited=True, prev_batch="p1")
    server.syncs = [{"next_batch": "s3", "rooms": rooms}]
    await bot.inbox.sync(wait=0)
    assert await waiting(bot) == ["$a", "$b", "$c"]


async def test_a_timeline_cut_short_is_filled_from_every_page_in_order(
    bot: Bot, server: FakeHomeserver
) -> None:
    await in_room(bot, server)
    # Newest first within a page, and the newest page first.
    server.pages = {
        "p3": {"chunk": [message("$6"), message("$5")], "end": "p2"},
        "p2": {"chunk": [], "end": "p1"},
        "p1": {"chunk": [message("$4"), message("$3")], "end": "p0"},
        "p0": {"chunk": [message("$2"), message("$1")]},
    }
    rooms = joined(ROOM, message("$7"), limited=True, prev_batch="p3")
    server.syncs = [{"next_batch": "s3", "rooms": rooms}]
    await bot.inbox.sync(wait=0)
    assert await waiting(bot) == [f"${number}" for number in range(1, 8)]
    assert {call.query["to"] for call in server.calls_to("messages")} == {"s2"}


async def test_a_gap_whose_pages_fail_keeps_the_token_so_that_it_is_filled_later(
    bot: Bot, server: FakeHomeserver
) -> None:
    await in_room(bot, server)
    server.pages = {"p1": {"chunk": [message("$1")]}}
    sync = {"next_batch": "s3", "rooms": joined(ROOM, message("$2"), limited=True, prev_batch="p1")}
    server.syncs = [sync, sync]
    server.plan["messages"] = [Answer(502)]
    with pytest.raises(Unreachable):
        await bot.inbox.sync(wait=0)
    assert await bot.database.read(lambda t: t.sync_token()) == "s2"
    await bot.inbox.sync(wait=0)
    assert await waiting(bot) == ["$1", "$2"]


async def test_pages_without_end_do_not_hold_the_bot_for_ever(
    bot: Bot, server: FakeHomeserver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(inbox, "PAGES_AT_MOST", 5)
    await in_room(bot, server)
    names = count()
    pages = {
        f"p{number}": {"chunk": [message(f"$old{number}")], "end": f"p{number + 1}"} for number in range(9)
    }
    server.pages = {**pages, "p9": {"chunk": [message(f"${next(names)}")], "end": "p0"}}
    rooms = joined(ROOM, message("$new"), limited=True, prev_batch="p0")
    server.syncs = [{"next_batch": "s3", "rooms": rooms}]
    await bot.inbox.sync(wait=0)
    assert len(server.calls_to("messages")) == 5
    assert (await waiting(bot))[-1] == "$new"
    assert "the oldest are lost" in caplog.text


async def test_a_sync_that_never_answers_is_given_up_and_asked_again_from_the_same_place(
    bot: Bot, server: FakeHomeserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "GRACE", 0.2)
    await in_room(bot, server)
    server.plan["sync"] = [Fault.HANG]
    with pytest.raises(Unreachable):
        await bot.inbox.sync(wait=0)
    server.syncs = [{"next_batch": "s3", "rooms": joined(ROOM, message("$a"))}]
    await bot.inbox.sync(wait=0)
    assert [call.query["since"] for call in server.calls_to("sync")[-2:]] == ["s2", "s2"]
    assert await waiting(bot) == ["$a"]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"next_batch": None}, id="a token that is null"),
        pytest.param({"next_batch": 7, "rooms": {"join": {ROOM: {}}}}, id="a token that is a number"),
    ],
)
async def test_a_sync_without_a_token_changes_nothing(
    bot: Bot, server: FakeHomeserver, answer: dict[str, Any]
) -> None:
    await in_room(bot, server)
    server.plan["sync"] = [Answer(200, answer)]
    with pytest.raises(Unreachable):
        await bot.inbox.sync(wait=0)
    assert await bot.database.read(lambda t: t.sync_token()) == "s2"


@pytest.mark.parametrize("word", ["rooms", "to_device", "device_lists"])
@pytest.mark.parametrize(
    "value", [None, 7, "tekst", [], [1], {"join": 7}, {"join": {ROOM: [1]}}, {"events": 7}]
)
async def test_a_part_of_a_sync_that_is_not_what_it_should_be_is_passed_over(
    bot: Bot, server: FakeHomeserver, word: str, value: object
) -> None:
    await in_room(bot, server)
    server.syncs = [{"next_batch": "s3", word: value}]
    await bot.inbox.sync(wait=0)
    assert await bot.database.read(lambda t: t.sync_token()) == "s3"
    assert await waiting(bot) == []


NESTED: list[Any] = []
for _ in range(200):
    NESTED = [NESTED]


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({**message("$x"), "event_id": 7}, id="an id that is a number"),
        pytest.param({**message("$x"), "event_id": None}, id="an id that is null"),
        pytest.param({**message("$x"), "sender": None}, id="no sender"),
        pytest.param({**message("$x"), "sender": {"@": 1}}, id="a sender that is an object"),
        pytest.param({**message("$x"), "sender": "leerplicht"}, id="a sender that is no user"),
        pytest.param(
            message("$x", sender="@a:b\nINFO connected"), id="a sender that writes a line in our log"
        ),
        pytest.param(message("$x", sender="@a\x1b[2J:b"), id="a sender that clears the operator's screen"),
        pytest.param({**message("$x"), "type": ["m.room.encrypted"]}, id="a type that is a list"),
        pytest.param({**message("$x"), "type": {}}, id="a type that is an object"),
        pytest.param({**message("$x"), "content": NESTED}, id="content two hundred levels deep"),
        pytest.param({**message("$x"), "state_key": ""}, id="a message with a state key"),
        pytest.param(
            message("$x", sender=f"@{'a' * 300}:b"), id="a sender longer than the specification allows"
        ),
        pytest.param(member("Klik hier", "join", sender=PARTNER), id="a member whose name is a sentence"),
        pytest.param({**member(PARTNER, "join"), "state_key": {}}, id="a member that is an object"),
        pytest.param(
            {**member(PARTNER, "join"), "content": {"membership": ["join"]}}, id="a list of memberships"
        ),
        pytest.param({**member(PARTNER, "join"), "content": None}, id="a member without any content"),
        pytest.param(
            {"type": "m.reaction", "event_id": "$x", "sender": PARTNER}, id="a reaction, never encrypted"
        ),
        pytest.param(message("$x", sender=BOT), id="what the bot said itself"),
        pytest.param({}, id="nothing at all"),
    ],
)
async def test_what_can_never_be_handled_is_not_kept_and_holds_nothing_up(
    bot: Bot, server: FakeHomeserver, event: dict[str, Any]
) -> None:
    await in_room(bot, server)
    server.syncs = [{"next_batch": "s3", "rooms": joined(ROOM, event, message("$after"))}]
    await bot.inbox.sync(wait=0)
    assert await waiting(bot) == ["$after"]


async def test_an_invitation_without_a_sender_is_not_kept(bot: Bot, server: FakeHomeserver) -> None:
    await in_room(bot, server)
    stripped = {**member(BOT, "invite"), "sender": None}
    sound = member(BOT, "invite", sender=PARTNER)
    rooms = {"invite": {"!a:x": {"invite_state": {"events": [stripped]}}}}
    rooms["invite"]["!b:x"] = {"invite_state": {"events": [sound]}}
    server.syncs = [{"next_batch": "s3", "rooms": rooms}]
    await bot.inbox.sync(wait=0)
    assert await waiting(bot) == ["invite"]


async def test_what_was_said_before_the_bot_came_in_is_no_command_to_it(
    bot: Bot, server: FakeHomeserver
) -> None:
    await in_room(bot, server)
    events = (message("$before"), member(BOT, "join"), message("$after"))
    server.syncs = [{"next_batch": "s3", "rooms": joined(OTHER_ROOM, *events)}]
    await bot.inbox.sync(wait=0)
    assert await waiting(bot) == ["arrival", "$after"]


async def test_the_first_sync_of_all_is_history(bot: Bot, server: FakeHomeserver) -> None:
    server.syncs = [{"next_batch": "s1", "rooms": joined(ROOM, member(BOT, "join"), message("$old"))}]
    await bot.inbox.sync(wait=0)
    assert await waiting(bot) == ["arrival"]


async def test_a_room_the_bot_left_is_forgotten(bot: Bot, server: FakeHomeserver) -> None:
    await in_room(bot, server)
    server.syncs = [{"next_batch": "s3", "rooms": {"leave": {ROOM: {}}}}]
    await bot.inbox.sync(wait=0)
    assert await bot.database.read(lambda t: t.known_rooms()) == frozenset()


async def test_a_restart_goes_on_where_the_last_stored_sync_ended(
    server: FakeHomeserver, tmp_path: Path
) -> None:
    async with bot_on(server.url, tmp_path) as bot:
        await in_room(bot, server)
    async with bot_on(server.url, tmp_path) as bot:
        server.syncs = [{"next_batch": "s3", "rooms": joined(ROOM, message("$a"))}]
        await bot.inbox.sync(wait=0)
        assert await waiting(bot) == ["$a"]
    assert server.calls_to("sync")[-1].query["since"] == "s2"


# Our own keys on the server


async def test_keys_whose_upload_got_no_answer_are_offered_again_as_they_were(
    bot: Bot, server: FakeHomeserver
) -> None:
    server.plan["upload"] = [Fault.DROP]
    with pytest.raises(Unreachable):
        await bot.inbox.sync(wait=0)
    stored = dict(server.one_time_keys)
    await bot.keyring.upload()
    assert len(stored) == 50
    assert server.one_time_keys == stored
    first, second = server.calls_to("upload")
    assert first.body == second.body


async def test_keys_whose_upload_was_cut_off_by_a_crash_are_offered_again_as_they_were(
    server: FakeHomeserver, tmp_path: Path
) -> None:
    async with bot_on(server.url, tmp_path) as bot:
        server.plan["upload"] = [Fault.DROP]
        with pytest.raises(Unreachable):
            await bot.keyring.upload()
    stored = dict(server.one_time_keys)
    async with bot_on(server.url, tmp_path) as bot:
        await bot.keyring.upload()
    assert server.one_time_keys == stored
    assert len(stored) == 50


async def test_claimed_keys_are_replaced_when_half_are_gone(bot: Bot, server: FakeHomeserver) -> None:
    await bot.keyring.upload()
    known = set(server.one_time_keys)
    for left, uploads in ((25, 1), (24, 2)):
        server.syncs = [{"next_batch": "s1", "device_one_time_keys_count": {"signed_curve25519": left}}]
        await bot.inbox.sync(wait=0)
        assert len(server.calls_to("upload")) == uploads
    assert len(server.calls_to("upload")[-1].body["one_time_keys"]) == 26
    assert known.isdisjoint(server.calls_to("upload")[-1].body["one_time_keys"])


async def test_a_used_fallback_key_is_replaced_and_an_unused_one_is_not(
    bot: Bot, server: FakeHomeserver
) -> None:
    await bot.keyring.upload()
    first = server.fallback_keys
    enough = {"signed_curve25519": 50}
    for unused, replaced in ((["signed_curve25519"], False), ([], True)):
        server.syncs = [
            {
                "next_batch": "s1",
                "device_one_time_keys_count": enough,
                "device_unused_fallback_key_types": unused,
            }
        ]
        await bot.inbox.sync(wait=0)
        assert (server.fallback_keys != first) == replaced


@pytest.mark.parametrize("number", [-(10**12), 10**30, True, None, "veel", [], {"a": 1}])
async def test_a_made_up_number_of_keys_never_makes_more_than_a_full_set(
    bot: Bot, server: FakeHomeserver, number: object
) -> None:
    await bot.keyring.upload()
    server.syncs = [{"next_batch": "s1", "device_one_time_keys_count": {"signed_curve25519": number}}]
    await bot.inbox.sync(wait=0)
    assert all(len(call.body.get("one_time_keys", {})) <= 50 for call in server.calls_to("upload"))


@pytest.mark.parametrize("counts", [None, [], 7, {"one_time_key_counts": [1]}])
async def test_an_upload_that_is_answered_with_nonsense_is_still_an_upload(
    bot: Bot, server: FakeHomeserver, counts: object
) -> None:
    server.plan["upload"] = [
        Answer(200, counts if isinstance(counts, dict) else {"one_time_key_counts": counts})
    ]
    await bot.keyring.upload()
    assert bot.crypto.machine.account.shared
