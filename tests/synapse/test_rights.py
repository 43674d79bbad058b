"""The rights of whom a case is about, over a real homeserver: access, correction, restriction, and who hears what."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator
from pypdf import PdfReader

import config
from tests.synapse.test_documents import opened
from tests.synapse.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.synapse.homeserver import Homeserver
    from tests.synapse.person import Heard

REF = "Z-2026-114"
POINT = "contactpunt"
SEATS = {"voorzitter": "voorzitter", "leerplicht": "leerplicht"}
CANARY = "besluitkanarie"


@pytest.fixture
async def world(homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[World]:
    built = await World.build(homeserver, tmp_path, (*SEATS, POINT))
    with built.config.open("a") as file:
        file.write(
            f'controller: {{name: college, contact: privacy@x.example}}\ncontact_point: ["{built.user_id(POINT)}"]\n'
        )
    try:
        yield built
    finally:
        await built.close()


async def met(world: World) -> tuple[str, str]:
    """A case with an action and a decision; its room, and the chat of the contact point."""
    world.start()
    room_id = await world.case_room(REF, SEATS)
    await world.ask("voorzitter", room_id, "!actie leerplicht: verzuim uitvragen, uiterlijk 15 december 2027")
    await world.ask("voorzitter", room_id, f"!besluit {CANARY}, reden: school meldt verzuim")
    return room_id, await world.direct_chat(POINT)


async def files(world: World, chat: str, typed: str) -> list[Heard]:
    point = world.people[POINT]
    event_id = await point.say(chat, typed)

    def sent(heard: list[Heard]) -> list[Heard]:
        return [h for h in heard if h.in_reply_to == event_id and "file" in h.content]

    await point.until(lambda heard: len(sent(heard)) == 2, what="both files")
    return sent(point.heard)


async def test_only_a_compared_contact_point_gets_all_that_is_kept_and_nobody_else_sees_it(
    world: World,
) -> None:
    _, chat = await met(world)
    refused = await world.ask(POINT, chat, f"inzage {REF}")
    assert "nog niet vergeleken" in refused.body
    assert world.stop() == 0
    await world.compare(POINT)
    world.start()

    found = {h.content["filename"].rpartition(".")[2]: h for h in await files(world, chat, f"inzage {REF}")}
    written = json.loads(await opened(world.people[POINT], found["json"]))
    Draft202012Validator(json.loads(config.read("access-export.schema.json"))).validate(written)
    assert CANARY in written["records"]["decisions"][0]["text"]
    assert "@" not in json.dumps(written["records"])
    pdf = await opened(world.people[POINT], found["pdf"])
    assert CANARY in "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)

    for name in (*SEATS, "coordinator"):
        own = await world.direct_chat(name)
        assert "contactpunt" in (await world.ask(name, own, f"inzage {REF}")).body
        assert not [h for h in world.people[name].heard if "file" in h.content]


async def test_a_restricted_case_stands_still_and_a_correction_takes_the_old_words_back(world: World) -> None:
    room_id, chat = await met(world)
    assert world.stop() == 0
    await world.compare(POINT)
    world.start()

    assert "is beperkt" in (await world.ask(POINT, chat, f"beperking {REF} aan juistheid wordt betwist")).body
    stopped = await world.ask("leerplicht", room_id, "!klaar A1")
    assert "niet vastgelegd" in stopped.body
    assert "open" in (await world.ask("voorzitter", room_id, "!wat A1")).body

    await world.ask(POINT, chat, f"correctie {REF} B1 er was geen verzuim")
    assert "gecorrigeerd" in (await world.ask(POINT, chat, "ja")).body
    assert "niet meer beperkt" in (await world.ask(POINT, chat, f"beperking {REF} uit is hersteld")).body
    assert "A1" in (await world.ask("leerplicht", room_id, "!klaar A1")).body

    shown = {h.content["filename"].rpartition(".")[2]: h for h in await files(world, chat, f"inzage {REF}")}
    records = json.loads(await opened(world.people[POINT], shown["json"]))["records"]
    assert CANARY not in json.dumps(records)
    assert records["remarks"][0]["text"] == "er was geen verzuim"
    assert records["restrictions"][0]["until"]


async def test_who_lost_the_seat_hears_nothing_of_the_case_any_more(world: World) -> None:
    room_id, _ = await met(world)
    chat = await world.direct_chat("leerplicht")
    assert REF in (await world.ask("leerplicht", chat, "acties")).body
    await world.ask("voorzitter", room_id, "!deelnemer weg leerplicht")
    for typed in ("acties", f"wat {REF} A1", f"verslag {REF}", f"privacy {REF}", f"casus status {REF}"):
        answer = await world.ask("leerplicht", chat, typed)
        assert "verzuim" not in answer.body, typed
