"""What goes wrong without ill will, on a real homeserver: wrong rooms, wrong devices, kills and limits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from bot.matrix.homeserver import RateLimited, segment
from tests.synapse.homeserver import Homeserver
from tests.synapse.person import Person, new_id
from tests.synapse.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.synapse.person import Heard

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEATS = {"voorzitter": "voorzitter", "leerplicht": "leerplicht"}
REACTION = "apparaat niet geverifieerd"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(homeserver: Homeserver, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One bot for all tests that only add rooms and devices."""
    built = await World.build(homeserver, tmp_path_factory.mktemp("wereld"), tuple(SEATS))
    built.start()
    yield built
    assert built.stop() == 0
    await built.close()


async def create_room(person: Person, invite: str, *, encrypted: bool) -> str:
    """A room that a person makes and the bot is invited to."""
    encryption = {
        "type": "m.room.encryption",
        "state_key": "",
        "content": {"algorithm": "m.megolm.v1.aes-sha2"},
    }
    body = {"preset": "private_chat", "invite": [invite], "initial_state": [encryption] if encrypted else []}
    return str((await person.homeserver.post("/v3/createRoom", body))["room_id"])


async def events_of(person: Person, room_id: str) -> list[dict[str, Any]]:
    """The last events of a room as the homeserver has them."""
    path = f"/v3/rooms/{segment(room_id)}/messages"
    return list((await person.homeserver.get(path, dir="b", limit="50"))["chunk"])


async def gone(person: Person, room_id: str, user_id: str) -> None:
    """Wait until somebody has left, or declined the invitation, and this person's client knows it."""

    async def left() -> bool:
        members = await person.database.read(lambda t: t.state_of(room_id, "m.room.member"))
        return any(m.state_key == user_id and m.content["membership"] == "leave" for m in members)

    await person.sync_until(left, what=f"{user_id} leaving")


def said_by_bot(world: World, person: Person, words: str) -> list[Heard]:
    return [h for h in person.heard if h.sender == world.bot_id and words in h.body]


async def hears(world: World, person: Person, words: str) -> None:
    await person.until(lambda _: said_by_bot(world, person, words), what=words)


# Rooms where the bot does not belong


async def test_in_a_room_without_encryption_the_bot_says_once_why_and_leaves(world: World) -> None:
    coordinator = world.people["coordinator"]
    room_id = await create_room(coordinator, world.bot_id, encrypted=False)
    await gone(coordinator, room_id, world.bot_id)
    said = [e for e in await events_of(coordinator, room_id) if e["type"] == "m.room.message"]
    assert [e["sender"] for e in said] == [world.bot_id]
    assert "alleen in" in said[0]["content"]["body"]
    assert said[0]["content"]["msgtype"] == "m.notice"


async def test_a_command_in_a_room_without_encryption_is_not_carried_out(world: World) -> None:
    room_id = await world.case_room("Z-2026-301", {"voorzitter": "voorzitter"})
    chair = world.people["voorzitter"]
    content = {"msgtype": "m.text", "body": "!actie voorzitter: platte tekst, uiterlijk 15 december 2027"}
    await chair.homeserver.put(f"/v3/rooms/{segment(room_id)}/send/m.room.message/{new_id()}", content)
    assert "platte tekst" not in (await world.ask("voorzitter", room_id, "!acties")).body


async def test_an_invitation_from_a_stranger_is_declined_and_logged(world: World) -> None:
    world.register("vreemde")
    stranger = await world.arrives("vreemde")
    room_id = await create_room(stranger, world.bot_id, encrypted=True)
    await gone(stranger, room_id, world.bot_id)
    assert "invitation declined" in world.log.read_text()


async def test_a_room_with_more_people_than_the_bot_asked_for_is_left(world: World) -> None:
    coordinator, chair = world.people["coordinator"], world.people["voorzitter"]
    room_id = await create_room(coordinator, chair.user_id, encrypted=True)

    async def seated() -> bool:
        return chair.user_id in (await chair.rooms()).get(room_id, set())

    await chair.sync_until(seated, what="the chair joining")
    await coordinator.homeserver.post(f"/v3/rooms/{segment(room_id)}/invite", {"user_id": world.bot_id})
    await gone(coordinator, room_id, world.bot_id)
    assert [e for e in await events_of(coordinator, room_id) if e["type"] == "m.room.encrypted"] == []


# Devices that their owner did not verify


async def unverified(world: World, name: str) -> Person:
    """A second device of somebody, on which they only logged in."""
    folder = world.folder / "people" / f"{name}-{new_id()[:6]}"
    return await Person.arrive(
        world.homeserver.url, world.user_id(name), world.passwords[name], folder, signed=False
    )


async def reactions_to(person: Person, room_id: str, event_id: str) -> list[tuple[str, str]]:
    relations = [
        (e["sender"], e["content"]["m.relates_to"])
        for e in await events_of(person, room_id)
        if e["type"] == "m.reaction"
    ]
    return [(sender, relation["key"]) for sender, relation in relations if relation["event_id"] == event_id]


async def test_a_command_from_an_unverified_device_is_refused_and_its_owner_and_the_chair_hear_why(
    world: World,
) -> None:
    room_id = await world.case_room("Z-2026-302", SEATS)
    chair, partner = world.people["voorzitter"], world.people["leerplicht"]
    for name in SEATS:
        await world.direct_chat(name)
    device = await unverified(world, "leerplicht")
    sent = [
        await device.say(room_id, f"!actie leerplicht: smokkelwaar {number}, uiterlijk 15 december 2027")
        for number in range(3)
    ]

    async def refused() -> bool:
        return all([await reactions_to(chair, room_id, event_id) for event_id in sent])

    await chair.sync_until(refused, what="three reactions")
    for event_id in sent:
        assert await reactions_to(chair, room_id, event_id) == [(world.bot_id, REACTION)]
    for person in (chair, partner):
        await hears(world, person, "is niet uitgevoerd")
    # One more turn of talk: what was told twice, or carried out, has arrived by then.
    assert "smokkelwaar" not in (await world.ask("voorzitter", room_id, "!acties")).body
    assert "smokkelwaar" not in (await world.ask("leerplicht", room_id, "!acties")).body
    for person in (chair, partner):
        assert len(said_by_bot(world, person, "is niet uitgevoerd")) == 1
        assert "smokkelwaar" not in said_by_bot(world, person, "is niet uitgevoerd")[0].body
    # The device itself was told nothing that it could read.
    await device.sync(wait=0)
    assert [h for h in device.heard if h.sender == world.bot_id] == []
    assert not [
        s for s in device.crypto.machine.inbound_group_store if s.sender_key == bot_key(partner, world)
    ]
    await device.leave_building()


def bot_key(person: Person, world: World) -> str:
    """The Curve25519 key of the bot, as this person's client knows it."""
    (device,) = person.keyring._verdicts[world.bot_id].devices
    return device.curve25519


async def test_a_second_unverified_device_is_told_apart_from_the_first(world: World) -> None:
    room_id = await world.case_room("Z-2026-303", SEATS)
    partner = world.people["leerplicht"]
    before = len(said_by_bot(world, partner, "is niet uitgevoerd"))
    for _ in range(2):
        device = await unverified(world, "leerplicht")
        await device.say(room_id, "!acties")
        await device.leave_building()
    await partner.until(
        lambda _: len(said_by_bot(world, partner, "is niet uitgevoerd")) >= before + 2, what="two reasons"
    )
    await world.ask("leerplicht", room_id, "!acties")
    assert len(said_by_bot(world, partner, "is niet uitgevoerd")) == before + 2


async def test_ordinary_talk_from_an_unverified_device_is_nobodys_business(world: World) -> None:
    room_id = await world.case_room("Z-2026-304", SEATS)
    device = await unverified(world, "leerplicht")
    event_id = await device.say(room_id, "goedemorgen allemaal")
    await world.ask("voorzitter", room_id, "!acties")
    assert await reactions_to(world.people["voorzitter"], room_id, event_id) == []
    await device.leave_building()


# The homeserver


async def each_answered_once(world: World, name: str, room_id: str, sent: list[str]) -> None:
    person = world.people[name]

    def answered() -> set[str]:
        return {h.in_reply_to for h in person.heard if h.sender == world.bot_id and h.in_reply_to}

    await person.until(lambda _: set(sent) <= answered(), what="every answer")
    last = await say_in_the_end(person, room_id, "!acties")
    await world.reply_to(name, last)
    replies = [h.in_reply_to for h in person.heard if h.sender == world.bot_id and h.in_reply_to in set(sent)]
    assert sorted(replies) == sorted(sent)


async def say_in_the_end(person: Person, room_id: str, words: str) -> str:
    """As a client does: the same message again until the homeserver took it."""
    txn_id = new_id()
    while True:
        try:
            return await person.say(room_id, words, txn_id=txn_id)
        except RateLimited as limit:
            await asyncio.sleep(limit.retry_after)
        except Exception:  # noqa: BLE001 - the homeserver is down just now
            await asyncio.sleep(0.2)


async def test_a_homeserver_killed_while_commands_flow_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with Homeserver() as homeserver:
        world = await World.build(homeserver, tmp_path, ("voorzitter",))
        try:
            world.start()
            room_id = await world.case_room("Z-2026-305", {"voorzitter": "voorzitter"})
            chair = world.people["voorzitter"]
            sent: list[str] = []

            async def talk() -> None:
                for number in range(30):
                    words = f"!actie voorzitter: stap {number}, uiterlijk 15 december 2027"
                    sent.append(await say_in_the_end(chair, room_id, words))

            async def strike() -> None:
                for _ in range(2):
                    seen = len(sent)
                    while len(sent) < min(seen + 8, 28):
                        await asyncio.sleep(0.02)  # between two looks
                    await asyncio.to_thread(homeserver.kill)
                    await asyncio.to_thread(homeserver.restart)

            await asyncio.gather(talk(), strike())
            await each_answered_once(world, "voorzitter", room_id, sent)
            listed = (await world.ask("voorzitter", room_id, "!acties")).body
            assert [listed.count(f"stap {number},") + listed.count(f"stap {number} ") for number in range(3)]
            assert world.stop() == 0
        finally:
            await world.close()


async def test_real_rate_limits_delay_answers_and_lose_none(tmp_path: Path) -> None:
    with Homeserver(rate_limits=True) as homeserver:
        world = await World.build(homeserver, tmp_path, ("voorzitter",))
        try:
            world.start()
            room_id = await world.case_room("Z-2026-306", {"voorzitter": "voorzitter"})
            chair = world.people["voorzitter"]
            await world.direct_chat("voorzitter")
            # Synapse lets everybody do ten things at once, and then one in five seconds. Setting up took the bot more.
            sent = [await say_in_the_end(chair, room_id, "!acties") for _ in range(3)]
            await each_answered_once(world, "voorzitter", room_id, sent)
            with pytest.raises(RateLimited):  # the limits are really on
                await asyncio.gather(*(chair.say(room_id, "praat") for _ in range(20)))
            assert world.stop() == 0
        finally:
            await world.close()
