"""A case from its first word to its certificate, on a real homeserver; then the machine burns and a copy comes back."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from bot.data.ledger import NAME
from bot.matrix.homeserver import segment
from bot.store.audit import HEAD
from bot.store.database import Database
from tests.store.copies import bare
from tests.store.pages import decrypted
from tests.synapse.person import HOPELESS
from tests.synapse.world import BOT_COMMAND, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.synapse.homeserver import Homeserver

REF, OTHER = "Z-2026-301", "Z-2026-302"
SEATS = {"voorzitter": "voorzitter", "leerplicht": "leerplicht"}
LINES = (
    '!overleg start "doelkanarie"',
    "!actie voorzitter: actiekanarie nalopen, uiterlijk 15 december 2027",
    "!besluit besluitkanarie, reden: redenkanarie",
    "!verslag markdown",
    "!overleg stop",
    "!vervallen A1 toelichtingkanarie",
    "!casus sluit slotkanarie",
    "geïnformeerd: moeder, door de voorzitter",
    "niemand nodig",
    "gehaald",
    "overslaan",
    "overslaan",
)
CANARY = b"kanarie"


@pytest.fixture
async def world(homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[World]:
    built = await World.build(homeserver, tmp_path, ("voorzitter", "leerplicht"))
    await built.compare("voorzitter")
    try:
        yield built
    finally:
        await built.close()


def casusbot(world: World, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(BOT_COMMAND), *map(str, arguments), "--config", str(world.config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HOPELESS, check=False)
    assert "Traceback" not in done.stderr
    return done


async def heard(world: World, name: str, words: str) -> str:
    """What the bot said to somebody that has these words in it."""
    body: str = await world.people[name].until(
        lambda said: next((h.body for h in said if h.sender == world.bot_id and words in h.body), None),
        what=f"a message with {words!r}",
    )
    return body


async def of_the_bot(world: World, name: str, room_id: str) -> list[dict[str, Any]]:
    """Everything but state that the bot ever sent to a room, as the homeserver shows it to somebody."""
    person, start, found = world.people[name], "", []
    while True:
        query = {"dir": "b", "limit": "100"} | ({"from": start} if start else {})
        page = await person.homeserver.get(f"/v3/rooms/{segment(room_id)}/messages", **query)
        found += [e for e in page["chunk"] if e["sender"] == world.bot_id and "state_key" not in e]
        if "end" not in page:
            return [event for event in found if event["type"] != "m.room.redaction"]
        start = page["end"]


async def closed_case(world: World) -> str:
    room_id = await world.case_room(REF, SEATS)
    for line in LINES:
        await world.ask("voorzitter", room_id, line)
    return room_id


async def destroyed(world: World, room_id: str) -> str:
    """Two people say so; the code of the certificate that the coordinator gets."""
    chat = await world.direct_chat("coordinator")
    await world.ask("voorzitter", room_id, f"!vernietig {REF}")
    await heard(world, "coordinator", f"wil {REF} vernietigen")
    await world.people["coordinator"].say(chat, f"vernietig {REF} akkoord")
    certificate = await heard(world, "coordinator", f"{REF} is vernietigd op")
    [code] = re.findall(r"code ([0-9a-f]+)", certificate)
    return str(code)


async def test_a_destroyed_case_is_gone_everywhere_and_stays_gone(world: World) -> None:
    world.start()
    room_id = await closed_case(world)
    copied = casusbot(world, "backup")
    assert copied.returncode == 0, copied.stderr
    [copy] = (world.data / "backups").glob("casusbot-*.db")
    said = await of_the_bot(world, "coordinator", room_id)
    assert len(said) > len(LINES)

    code = await destroyed(world, room_id)

    left = await of_the_bot(world, "coordinator", room_id)
    assert len(left) >= len(said)
    assert [event for event in left if event["content"]] == []

    async def bot_left() -> bool:
        return world.bot_id not in (await world.people["leerplicht"].rooms())[room_id]

    await world.people["leerplicht"].sync_until(bot_left, what="the bot leaving")
    assert world.stop() == 0
    key = bytes.fromhex((world.folder / "key").read_text())
    assert CANARY in decrypted(bare(copy), key)
    for name in ("casusbot.db", "keys.db"):
        assert CANARY not in decrypted(world.data / name, key)
    assert room_id.encode() not in decrypted(world.data / "keys.db", key)
    for path in (world.log, *(path for path in world.data.rglob("*") if path.is_file())):
        assert REF.encode() not in path.read_bytes(), path.name
    verified = casusbot(world, "audit", "verify")
    assert verified.returncode == 0, verified.stderr

    await comes_back_without_it(world, copy, code, key)


async def comes_back_without_it(world: World, copy: Path, code: str, key: bytes) -> None:
    """The machine is gone; the copies, the key and what the coordinator has are left."""
    for path in (*world.data.glob("casusbot.db*"), *world.data.glob("keys.db*")):
        path.unlink()
    password = world.folder / "password"
    password.write_text(world.passwords["casusbot"])
    restore = ("restore", "--from", copy, "--password-file", password, "--head")
    for wrong in ("geen", "0" * HEAD):
        refused = casusbot(world, *restore, wrong)
        assert refused.returncode == 3
        assert "vernietigingsregister" in refused.stderr
        assert not (world.data / "casusbot.db").exists()
    back = casusbot(world, *restore, code)
    assert back.returncode == 0, back.stderr
    assert REF in back.stdout
    assert casusbot(world, "check").returncode == 0
    assert CANARY not in decrypted(world.data / "casusbot.db", key)
    async with await Database.look(world.data / "casusbot.db", key) as database:
        assert await database.read(lambda t: t.case_file(REF)) is None
    world.start()
    await heard(world, "coordinator", "Ik ben teruggezet")
    chat = await world.direct_chat("coordinator")
    answer = await world.ask("coordinator", chat, f"casus status {REF}")
    assert "doel" not in answer.body.lower()
    await world.case_room(OTHER, SEATS)
    assert world.stop() == 0
    verified = casusbot(world, "audit", "verify")
    assert verified.returncode == 0, verified.stderr
    assert len((world.data / "backups" / NAME).read_text().splitlines()) == 1


async def test_a_bot_killed_while_it_destroys_completes_it(world: World) -> None:
    world.start()
    room_id = await closed_case(world)
    chat = await world.direct_chat("coordinator")
    await world.ask("voorzitter", room_id, f"!vernietig {REF}")
    await heard(world, "coordinator", f"wil {REF} vernietigen")
    await world.people["coordinator"].say(chat, f"vernietig {REF} akkoord")

    async def begun() -> bool:
        return any(not event["content"] for event in await of_the_bot(world, "coordinator", room_id))

    for _ in range(3):
        await world.people["leerplicht"].sync_until(begun, what="the first message taken back")
        world.kill()
        world.start()
    await heard(world, "coordinator", f"{REF} is vernietigd op")
    assert [e for e in await of_the_bot(world, "coordinator", room_id) if e["content"]] == []
    assert world.stop() == 0
    assert len((world.data / "backups" / NAME).read_text().splitlines()) == 1
    certificates = [
        h
        for h in world.people["coordinator"].heard
        if h.sender == world.bot_id and "is vernietigd op" in h.body
    ]
    assert len(certificates) == 1
    assert casusbot(world, "audit", "verify").returncode == 0
