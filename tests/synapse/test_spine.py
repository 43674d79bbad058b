"""The promises of the main job, against a real homeserver with real encryption and real kills."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import pytest

from bot.store.database import Database
from tests.synapse.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.core.casefile import CaseFile
    from tests.synapse.homeserver import Homeserver
    from tests.synapse.person import Heard

KILLS = 25
COMMANDS_PER_ROOM = 100
SEATS = {"voorzitter": "voorzitter", "leerplicht": "leerplicht"}
ROOMS = ("Z-2026-101", "Z-2026-102")


@pytest.fixture
async def world(homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[World]:
    built = await World.build(homeserver, tmp_path, ("voorzitter", "leerplicht"))
    try:
        yield built
    finally:
        await built.close()


async def two_rooms(world: World) -> dict[str, str]:
    world.start()
    return {ref: await world.case_room(ref, SEATS) for ref in ROOMS}


def command(number: int) -> str:
    return f"!actie leerplicht: stap {number} bespreken, uiterlijk 15 december 2027"


async def kept(world: World) -> dict[str, CaseFile]:
    """What the stopped bot has in its encrypted file."""
    key = bytes.fromhex((world.folder / "key").read_text())
    async with await Database.open(world.data / "casusbot.db", key, create=False) as database:
        return {
            ref: file for ref in ROOMS if (file := await database.read(lambda t, ref=ref: t.case_file(ref)))
        }


async def answers(world: World, name: str, sent: dict[str, list[str]]) -> dict[str, list[Heard]]:
    """Wait until every event has an answer; the bot's answers by event id."""
    wanted = {event_id for events in sent.values() for event_id in events}
    person = world.people[name]

    def answered() -> set[str]:
        return {h.in_reply_to for h in person.heard if h.sender == world.bot_id and h.in_reply_to}

    await person.until(lambda _: wanted <= answered(), what="an answer to every command")
    # One more turn of talk in every room: what was answered twice has arrived by then.
    for room_id in sent:
        await world.ask(name, room_id, "!acties")
    found: dict[str, list[Heard]] = {event_id: [] for event_id in wanted}
    for heard in person.heard:
        if heard.sender == world.bot_id and heard.in_reply_to in found:
            found[heard.in_reply_to].append(heard)
    return found


def assert_each_once(files: dict[str, CaseFile], rooms: dict[str, str], sent: dict[str, list[str]]) -> None:
    for ref, room_id in rooms.items():
        texts = [str(action.text) for action in files[ref].actions]
        assert texts == [f"stap {number} bespreken" for number in range(len(sent[room_id]))]


async def test_a_bot_killed_at_any_moment_loses_nothing_and_repeats_nothing(world: World) -> None:
    rooms = await two_rooms(world)
    chair = world.people["voorzitter"]
    sent: dict[str, list[str]] = {room_id: [] for room_id in rooms.values()}
    chance = random.Random(20260302)

    async def talk() -> None:
        for number in range(COMMANDS_PER_ROOM):
            if number % 20 == 10:
                # A new Megolm session: its key travels while the bot is being killed.
                chair.crypto.machine.outbound_group_sessions.clear()
            for room_id in rooms.values():
                sent[room_id].append(await chair.say(room_id, command(number)))
                await asyncio.sleep(chance.uniform(0, 0.5))

    async def strike() -> None:
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.4, 3.5))
            world.kill()
            world.start()

    await asyncio.gather(talk(), strike())
    found = await answers(world, "voorzitter", sent)
    assert world.stop() == 0
    assert {event_id: len(heard) for event_id, heard in found.items() if len(heard) != 1} == {}
    assert_each_once(await kept(world), rooms, sent)


async def test_five_hundred_commands_sent_while_the_bot_was_down_are_carried_out_in_order(
    world: World,
) -> None:
    rooms = await two_rooms(world)
    world.stop()
    chair = world.people["voorzitter"]
    sent: dict[str, list[str]] = {
        room_id: [await chair.say(room_id, command(number)) for number in range(250)]
        for room_id in rooms.values()
    }
    world.start()
    found = await answers(world, "voorzitter", sent)
    assert world.stop() == 0
    assert {event_id: len(heard) for event_id, heard in found.items() if len(heard) != 1} == {}
    assert_each_once(await kept(world), rooms, sent)


async def test_no_word_of_a_case_is_readable_on_the_disk_or_in_the_log(world: World) -> None:
    world.start()
    room_id = await world.case_room("Z-2026-103", SEATS)
    chair = world.people["voorzitter"]
    lines = (
        '!overleg start "doelkanarie"',
        "!agenda agendakanarie",
        "!actie leerplicht: actiekanarie nalopen, uiterlijk 15 december 2027",
        "!besluit besluitkanarie, reden: redenkanarie",
        "!klaar A1 toelichtingkanarie",
        "!praatkanarie",
        "!overleg stop",
    )
    await chair.say(room_id, "gewone praat over een stilkanarie")
    for line in lines:
        await world.ask("voorzitter", room_id, line)
    world.kill()
    world.start()
    await world.ask("voorzitter", room_id, "!casus status")
    assert world.stop() == 0
    files = [path for path in world.data.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"casusbot.db", "keys.db"}
    for path in (*files, world.log):
        content = path.read_bytes().lower()
        for canary in (b"kanarie", b"z-2026-103", world.homeserver.server_name.encode()):
            if canary == world.homeserver.server_name.encode() and path in {world.config, world.log}:
                continue
            assert canary not in content, f"{canary!r} in {path.name}"
