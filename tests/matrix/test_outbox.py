from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.effects import (
    Invite,
    Leave,
    Loudness,
    OpenCaseRoom,
    OpenDirect,
    Say,
    SayPlain,
    ToCase,
    ToPerson,
    ToRoom,
)
from bot.core.records.people import Person
from bot.core.text import Message
from bot.matrix.rooms import KEY_FIELD
from tests.matrix.fake import BOT, CHAIR, NOW, PARTNER, Answer, Fault, Partner, a_case, bot_on, room_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.core.effects import Outgoing
    from bot.store.transaction import Transaction
    from tests.matrix.fake import Bot, FakeHomeserver

REF, OTHER_REF = "Z-2026-014", "Z-2026-015"
ROOM, OTHER_ROOM = "!overleg:zvh.example", "!ander:zvh.example"
GHOST = "@spook:zvh.example"
MESSAGE = Message(("Vastgelegd.",))


@pytest.fixture
async def people(server: FakeHomeserver, tmp_path: Path) -> AsyncIterator[dict[str, Partner]]:
    for user_id in (CHAIR, PARTNER, GHOST):
        server.people[user_id] = Partner(user_id, tmp_path / user_id.partition(":")[0])
    yield server.people
    for person in server.people.values():
        person.store.close()


async def two_cases(bot: Bot) -> None:
    """CHAIR and PARTNER in one case, only CHAIR in the other."""

    async def work(transaction: Transaction) -> None:
        await a_case(transaction, REF, ROOM, CHAIR, PARTNER)
        await a_case(transaction, OTHER_REF, OTHER_ROOM, CHAIR)
        await room_of(transaction, ROOM, CHAIR, PARTNER)
        await room_of(transaction, OTHER_ROOM, CHAIR)

    await bot.database.write(work)


async def queue(bot: Bot, *things: Outgoing, source: str = "$bron") -> None:
    await bot.database.write(lambda t: t.queue(things, source, NOW))


def say(to: str = REF, **changes: Any) -> Say:
    return Say(ToCase(to), MESSAGE, Loudness.NOTICE, **changes)


async def states(bot: Bot) -> list[str]:
    return [
        row[0] for row in await bot.database.read(lambda t: t.rows("SELECT state FROM outbox ORDER BY seq"))
    ]


async def tried(bot: Bot) -> None:
    """A first try, after which the row still waits; and the time after which the next may come."""
    pause = await bot.outbox.send_waiting()
    assert "waiting" in await states(bot)
    bot.clock.forward(timedelta(seconds=pause or 60))


async def sent_at_second_try(bot: Bot) -> None:
    await tried(bot)
    await bot.outbox.send_waiting()


# A message goes once


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param([Fault.DROP, Fault.DROP], id="it is stored, and the answer is lost"),
        pytest.param([Answer(500)], id="a server error"),
        pytest.param([Answer(200, {})], id="an answer without an event id"),
        pytest.param([Answer(200, {"event_id": 7})], id="an event id that is a number"),
    ],
)
async def test_a_message_whose_answer_is_lost_is_in_the_room_once(
    bot: Bot, server: FakeHomeserver, people: dict[str, Partner], trouble: list[Answer | Fault]
) -> None:
    await two_cases(bot)
    await queue(bot, say())
    server.plan["send"] = trouble
    await sent_at_second_try(bot)
    assert len(server.events) == 1
    assert len({call.path for call in server.calls_to("send")}) == 1
    assert await states(bot) == ["sent"]


async def test_a_message_cut_off_by_a_crash_is_in_the_room_once(
    server: FakeHomeserver, people: dict[str, Partner], tmp_path: Path
) -> None:
    async with bot_on(server.url, tmp_path) as bot:
        await two_cases(bot)
        await queue(bot, say())
        server.plan["send"] = [Fault.DROP, Fault.DROP]
        await tried(bot)
    async with bot_on(server.url, tmp_path) as bot:
        await bot.outbox.send_waiting()
    assert len(server.events) == 1


@pytest.mark.parametrize("hours", [22, 24])
@pytest.mark.parametrize("arrived", [False, True])
async def test_a_row_older_than_the_memory_of_the_homeserver_looks_in_the_room_first(
    bot: Bot, server: FakeHomeserver, people: dict[str, Partner], hours: int, arrived: bool
) -> None:
    await two_cases(bot)
    await queue(bot, say())
    server.plan["send"] = [Answer(502)]
    await tried(bot)
    txn_id = server.calls_to("send")[0].path[-1]
    stamp = int(NOW.timestamp() * 1000)
    noise: list[Any] = [
        "geen gebeurtenis",
        {"sender": GHOST, "event_id": "$fake", "content": {KEY_FIELD: txn_id}, "origin_server_ts": stamp},
        {"sender": BOT, "event_id": "$odd", "content": "tekst", "origin_server_ts": "gisteren"},
        {"sender": BOT, "event_id": "$other", "content": {KEY_FIELD: "een ander"}, "origin_server_ts": stamp},
    ]
    mine = {"sender": BOT, "event_id": "$mine", "content": {KEY_FIELD: txn_id}, "origin_server_ts": stamp}
    server.pages = {"": {"chunk": noise, "end": "p1"}, "p1": {"chunk": [mine] if arrived else []}}
    bot.clock.forward(timedelta(hours=hours))
    await bot.outbox.send_waiting()
    looks = hours > 23
    assert len(server.calls_to("messages")) == (2 if looks else 0)
    assert len(server.events) == (0 if looks and arrived else 1)
    assert await states(bot) == ["sent"]
    if looks and arrived:
        assert await bot.database.read(lambda t: t.event_of(txn_id)) == "$mine"


async def test_a_refused_message_does_not_hold_up_the_next(
    bot: Bot, server: FakeHomeserver, people: dict[str, Partner]
) -> None:
    await two_cases(bot)
    await queue(bot, say(), say())
    server.plan["send"] = [Answer(403, {"errcode": "M_FORBIDDEN"})]
    await bot.outbox.send_waiting()
    assert await states(bot) == ["failed", "sent"]


async def test_a_limit_makes_its_own_room_wait_as_long_as_it_says_and_costs_no_row(
    bot: Bot, server: FakeHomeserver, people: dict[str, Partner]
) -> None:
    await two_cases(bot)
    await queue(bot, say(), say(OTHER_REF))
    server.plan["send"] = [Answer(429, {}, {"Retry-After": "90"})]
    assert await bot.outbox.send_waiting() == 90
    assert await states(bot) == ["waiting", "sent"]
    bot.clock.forward(timedelta(seconds=89))
    await bot.outbox.send_waiting()
    assert await states(bot) == ["waiting", "sent"]
    bot.clock.forward(timedelta(seconds=1))
    await bot.outbox.send_waiting()
    assert await states(bot) == ["sent", "sent"]


async def test_a_dead_homeserver_is_not_asked_for_every_room(bot: Bot, server: FakeHomeserver) -> None:
    await bot.database.write(two_hundred_cases)
    await queue(bot, *(OpenCaseRoom(f"Z-2026-{number:03}") for number in range(200)))
    server.plan["createRoom"] = [Answer(502)] * 200
    await bot.outbox.send_waiting()
    assert len(server.calls_to("createRoom")) < 10


async def two_hundred_cases(transaction: Transaction) -> None:
    for number in range(200):
        await a_case(transaction, f"Z-2026-{number:03}", None, CHAIR)


# A room is made once


@pytest.mark.parametrize(
    "thing",
    [
        pytest.param(OpenCaseRoom(REF), id="a case room"),
        pytest.param(OpenDirect(PARTNER), id="a direct chat"),
    ],
)
async def test_a_room_that_was_made_without_an_answer_is_found_by_its_key(
    bot: Bot, server: FakeHomeserver, thing: Outgoing
) -> None:
    await bot.database.write(lambda t: a_case(t, REF, None, CHAIR))
    await queue(bot, thing)
    server.plan["createRoom"] = [Fault.DROP]
    server.rooms["!vreemd:zvh.example"] = {"creation_content": {}}
    await sent_at_second_try(bot)
    assert len(server.calls_to("createRoom")) == 1
    made = [room for room, body in server.rooms.items() if body["creation_content"]]
    assert await bot.database.read(lambda t: t.bound_rooms()) == frozenset(made)


async def test_a_room_that_was_never_made_is_made_at_the_next_try(bot: Bot, server: FakeHomeserver) -> None:
    await bot.database.write(lambda t: a_case(t, REF, None, CHAIR))
    await queue(bot, OpenCaseRoom(REF))
    server.plan["createRoom"] = [Answer(500)]
    await sent_at_second_try(bot)
    assert len(server.rooms) == 1


@pytest.mark.parametrize(
    "thing",
    [
        pytest.param(OpenCaseRoom(OTHER_REF), id="for another case"),
        pytest.param(OpenDirect(PARTNER), id="for a direct chat"),
    ],
)
@pytest.mark.parametrize("again", [False, True], ids=["at the first try", "when asked which rooms there are"])
async def test_a_homeserver_that_hands_out_a_room_twice_does_not_mix_their_readers(
    bot: Bot, server: FakeHomeserver, thing: Outgoing, again: bool
) -> None:
    async def work(transaction: Transaction) -> None:
        await a_case(transaction, REF, ROOM, CHAIR)
        await a_case(transaction, OTHER_REF, None, CHAIR)
        await transaction.keep(Person(PARTNER))

    await bot.database.write(work)
    await queue(bot, thing)
    if again:
        server.plan["createRoom"] = [Answer(500)]
        await tried(bot)
        key = server.calls_to("createRoom")[0].body["creation_content"][KEY_FIELD]
        server.rooms[ROOM] = {"creation_content": {KEY_FIELD: key}}
    server.plan["createRoom"] = [Answer(200, {"room_id": ROOM})]
    await tried(bot)
    assert await bot.database.read(lambda t: t.bound_rooms()) == {ROOM}
    assert await states(bot) == ["waiting"]


@pytest.mark.parametrize("rooms", [None, 7, ["!a:x", None, ["!b:x"], {}], {"a": 1}])
async def test_a_list_of_rooms_that_is_none_stops_nothing(
    bot: Bot, server: FakeHomeserver, rooms: object
) -> None:
    await bot.database.write(lambda t: a_case(t, REF, None, CHAIR))
    await queue(bot, OpenCaseRoom(REF))
    server.plan["createRoom"] = [Answer(500)]
    server.plan["joined_rooms"] = [Answer(200, {"joined_rooms": rooms})]
    server.rooms["!a:x"] = {"creation_content": {}}
    await sent_at_second_try(bot)
    assert await states(bot) == ["sent"]


# Who gets the key


def key_recipients(server: FakeHomeserver) -> set[str]:
    return {user for call in server.calls_to("sendToDevice") for user in call.body["messages"]}


async def test_a_member_whom_nobody_seated_gets_no_key(
    bot: Bot, server: FakeHomeserver, people: dict[str, Partner]
) -> None:
    await two_cases(bot)
    await bot.database.write(
        lambda t: t.put_state(ROOM, "m.room.member", GHOST, GHOST, {"membership": "join"})
    )
    await queue(bot, say())
    await bot.outbox.send_waiting()
    assert key_recipients(server) == {CHAIR, PARTNER}


@pytest.mark.parametrize(
    ("thing", "readers"),
    [
        pytest.param(say(OTHER_REF), {CHAIR}, id="what is said in the case is not for the owner of the chat"),
        pytest.param(
            Say(ToPerson(PARTNER), MESSAGE), {PARTNER}, id="what is said to one is not for the case"
        ),
    ],
)
async def test_a_case_room_passed_off_as_a_direct_chat_wins_no_reader(
    bot: Bot, server: FakeHomeserver, people: dict[str, Partner], thing: Say, readers: set[str]
) -> None:
    await two_cases(bot)

    async def passed_off(transaction: Transaction) -> None:
        await transaction.keep(Person(PARTNER, direct_room=OTHER_ROOM))
        await room_of(transaction, OTHER_ROOM, CHAIR, PARTNER)

    await bot.database.write(passed_off)
    await queue(bot, thing)
    await bot.outbox.send_waiting()
    assert key_recipients(server) == readers


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        pytest.param("m.room.encryption", {}, id="no encryption any more"),
        pytest.param("m.room.encryption", {"algorithm": "m.megolm.v0.none"}, id="another encryption"),
        pytest.param(
            "m.room.history_visibility", {"history_visibility": "world_readable"}, id="open history"
        ),
        pytest.param("m.room.join_rules", {"join_rule": "public"}, id="an open door"),
        pytest.param("m.room.power_levels", {"users": {GHOST: 100}}, id="another who decides"),
    ],
)
async def test_nothing_is_said_in_a_room_whose_protection_is_gone(
    bot: Bot, server: FakeHomeserver, people: dict[str, Partner], kind: str, content: dict[str, Any]
) -> None:
    await two_cases(bot)
    await bot.database.write(lambda t: t.put_state(ROOM, kind, "", GHOST, content))
    await queue(bot, say())
    await bot.outbox.send_waiting()
    assert server.events == {}
    assert server.calls_to("sendToDevice") == []
    assert await states(bot) == ["waiting"]


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("", id="an empty one"),
        pytest.param("A" * 43, id="the point at zero, which gives everybody the same secret"),
        pytest.param("geen sleutel", id="words"),
        pytest.param(7, id="a number"),
    ],
)
async def test_a_device_that_offers_a_key_that_is_none_does_not_stop_the_message_for_others(
    bot: Bot,
    server: FakeHomeserver,
    people: dict[str, Partner],
    key: object,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its owner signed that key: a member of the room can do this, without any help of the homeserver."""
    await two_cases(bot)
    poisoned = people[PARTNER].crypto._signed({"key": key})
    people[PARTNER].one_time_keys = iter([("signed_curve25519:AAAA", poisoned)] * 5)
    await queue(bot, say())
    await bot.outbox.send_waiting()
    assert await states(bot) == ["sent"]
    assert key_recipients(server) == {CHAIR}
    assert PARTNER in caplog.text


async def test_a_one_time_key_that_the_device_did_not_sign_opens_no_channel(
    bot: Bot, server: FakeHomeserver, people: dict[str, Partner]
) -> None:
    await two_cases(bot)
    people[PARTNER].one_time_keys = people[GHOST].one_time_keys
    await queue(bot, say())
    await bot.outbox.send_waiting()
    assert key_recipients(server) == {CHAIR}


async def test_somebody_who_could_not_be_reached_gets_the_key_with_the_next_message(
    bot: Bot, server: FakeHomeserver, people: dict[str, Partner]
) -> None:
    await two_cases(bot)
    keys, people[PARTNER].one_time_keys = people[PARTNER].one_time_keys, iter(())
    await queue(bot, say())
    await bot.outbox.send_waiting()
    assert key_recipients(server) == {CHAIR}
    people[PARTNER].one_time_keys = keys
    await queue(bot, say(), source="$daarna")
    await bot.outbox.send_waiting()
    assert len(server.events) == 2
    assert key_recipients(server) == {CHAIR, PARTNER}


async def test_a_message_that_nobody_could_read_waits_until_somebody_can(
    bot: Bot, server: FakeHomeserver, people: dict[str, Partner]
) -> None:
    await two_cases(bot)
    await queue(bot, say())
    server.plan["claim"] = [Answer(200, {"one_time_keys": {}})]
    await sent_at_second_try(bot)
    assert len(server.events) == 1
    assert key_recipients(server) == {CHAIR, PARTNER}


async def test_keys_that_may_not_have_arrived_are_sent_again(
    bot: Bot, server: FakeHomeserver, people: dict[str, Partner]
) -> None:
    await two_cases(bot)
    await queue(bot, say())
    server.plan["sendToDevice"] = [Answer(502)]
    await sent_at_second_try(bot)
    assert len(server.calls_to("sendToDevice")) == 2
    assert len(server.events) == 1


async def test_a_room_that_is_left_and_a_plain_sentence_need_no_reader(
    bot: Bot, server: FakeHomeserver
) -> None:
    await queue(bot, SayPlain(ROOM, "Ik ga."), Leave(ROOM))
    await bot.outbox.send_waiting()
    assert await states(bot) == ["sent", "sent"]
    assert [content["body"] for _, content in server.events.values()] == ["Ik ga."]


async def test_what_waits_for_a_room_does_not_hold_up_another_room(
    bot: Bot, server: FakeHomeserver, people: dict[str, Partner]
) -> None:
    await two_cases(bot)
    await bot.database.write(lambda t: t.forget_room(OTHER_ROOM))
    await queue(bot, say(OTHER_REF), say(REF), Say(ToRoom("!onbekend:x"), MESSAGE))
    await bot.outbox.send_waiting()
    assert await states(bot) == ["waiting", "sent", "waiting"]


@pytest.mark.parametrize("there", [True, False])
async def test_only_somebody_who_is_not_there_yet_is_invited(
    bot: Bot, server: FakeHomeserver, there: bool
) -> None:
    await two_cases(bot)
    server.members = {PARTNER} if there else set()
    await queue(bot, Invite(ToCase(REF), PARTNER))
    await bot.outbox.send_waiting()
    assert await states(bot) == ["sent"]
    assert [call.body for call in server.calls_to("invite")] == ([] if there else [{"user_id": PARTNER}])
