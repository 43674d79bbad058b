"""Files from an encrypted room of a real homeserver: downloaded, decrypted and read as a participant's client does."""

from __future__ import annotations

import asyncio
import json
import random
from io import BytesIO
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from icalendar import Calendar
from jsonschema import Draft202012Validator
from nio.crypto.attachments import decrypt_attachment
from pypdf import PdfReader

import config
from tests.synapse.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.synapse.homeserver import Homeserver
    from tests.synapse.person import Heard, Person

REF = "Z-2026-104"
SEATS = {"voorzitter": "voorzitter", "leerplicht": "leerplicht"}
CANARY = "actiekanarie"
MEETING = (
    '!overleg start "afspraken herijken"',
    "!aanwezig allen",
    f"!actie leerplicht: {CANARY} uitvragen, uiterlijk 15 december 2027",
    "!besluit plan bijstellen, reden: nieuwe school",
    "!overleg stop, volgend overleg 16 december 2027 10:00",
)


@pytest.fixture
async def world(homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[World]:
    built = await World.build(homeserver, tmp_path, tuple(SEATS))
    try:
        yield built
    finally:
        await built.close()


async def met(world: World) -> str:
    """A case after its meeting; the room id."""
    world.start()
    room_id = await world.case_room(REF, SEATS)
    for line in MEETING:
        await world.ask("voorzitter", room_id, line)
    return room_id


async def stored(person: Person, heard: Heard) -> bytes:
    """What the homeserver has of a file."""
    server, _, media_id = heard.content["file"]["url"].removeprefix("mxc://").partition("/")
    address = f"{person.homeserver.url}/_matrix/client/v1/media/download/{server}/{media_id}"
    headers = {"Authorization": f"Bearer {person.homeserver.access_token}"}
    async with aiohttp.ClientSession(headers=headers) as session, session.get(address) as response:
        assert response.status == 200
        return await response.read()


async def opened(person: Person, heard: Heard) -> bytes:
    """The file itself. Raises where a byte was changed on the way."""
    file: Any = heard.content["file"]
    ciphertext = await stored(person, heard)
    content: bytes = decrypt_attachment(ciphertext, file["key"]["k"], file["hashes"]["sha256"], file["iv"])
    assert heard.content["info"]["size"] == len(content)
    return content


async def test_a_participant_can_read_every_file_and_the_homeserver_none(world: World) -> None:
    room_id = await met(world)
    person = world.people["leerplicht"]

    async def file(typed: str) -> tuple[Heard, bytes]:
        heard = await world.ask("leerplicht", room_id, typed)
        return heard, await opened(person, heard)

    heard, pdf = await file("!verslag pdf")
    assert heard.content["filename"] == f"{REF}-afsprakenlijst-1.pdf"
    words = " ".join(PdfReader(BytesIO(pdf), strict=True).pages[0].extract_text().split())
    assert f"A1 leerplicht {CANARY} uitvragen woensdag 15 december 2027" in words
    assert b"%PDF" not in await stored(person, heard)

    _, markdown = await file("!verslag markdown")
    assert CANARY in markdown.decode()

    _, written = await file("!verslag json")
    agreements = json.loads(written)
    Draft202012Validator(json.loads(config.read("agreement-list.schema.json"))).validate(agreements)
    assert agreements["actions"][0]["due_date"] == "2027-12-15"

    _, ics = await file("!verslag agenda")
    found = Calendar.from_ical(ics)
    titles = {str(part["summary"]) for part in found.walk() if part.name in {"VEVENT", "VTODO"}}
    assert titles == {REF, f"{REF} A1"}

    heard, png = await file("!tijdlijn")
    assert heard.content["msgtype"] == "m.image"
    assert png.startswith(b"\x89PNG")
    assert "A1 leerplicht: open, start" in heard.body
    assert CANARY not in heard.body


async def test_a_private_report_reaches_its_reader_and_nobody_else(world: World) -> None:
    room_id = await met(world)
    chat = await world.direct_chat("leerplicht")
    reader, other = world.people["leerplicht"], world.people["voorzitter"]
    await world.ask("leerplicht", room_id, "!verslag pdf prive")
    heard = await reader.until(
        lambda heard: next((h for h in heard if "file" in h.content), None),
        what="the report in the direct chat",
    )
    assert heard.room_id == chat
    assert (await opened(reader, heard)).startswith(b"%PDF")
    await world.ask("voorzitter", room_id, "!acties")
    assert not [h for h in other.heard if "file" in h.content]


async def test_a_bot_killed_while_it_sends_files_sends_each_once(world: World) -> None:
    room_id = await met(world)
    person = world.people["leerplicht"]
    chance = random.Random(20260302)
    asked = []
    for number in range(12):
        asked.append(await person.say(room_id, ("!verslag pdf", "!tijdlijn", "!verslag agenda")[number % 3]))
        if number % 2:
            await asyncio.sleep(chance.uniform(0, 1.0))
            world.kill()
            world.start()
    for event_id in asked:
        await world.reply_to("leerplicht", event_id)
    await world.ask("leerplicht", room_id, "!acties")
    files = [h for h in person.heard if "file" in h.content]
    assert sorted(h.in_reply_to or "" for h in files) == sorted(asked)
    for heard in files:
        assert await opened(person, heard)
    assert world.stop() == 0
    for path in (*world.data.rglob("*"), world.log):
        if path.is_file():
            content = path.read_bytes()
            assert CANARY.encode() not in content
            assert b"%PDF" not in content
