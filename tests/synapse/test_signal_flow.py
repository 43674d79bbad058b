"""A worry over a real homeserver: parked in private, back on its day, taken in by a case, and gone when wiped."""

from __future__ import annotations

import sys
from datetime import date, datetime, time
from typing import TYPE_CHECKING

import pytest

from bot.core.dates.calendar import at_local
from bot.core.effects import Loudness
from bot.matrix.homeserver import segment
from bot.store.database import Database
from tests.synapse.clocked import set_clock
from tests.synapse.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.synapse.homeserver import Homeserver
    from tests.synapse.person import Heard

REF = "Z-2026-501"
SEATS = {"voorzitter": "voorzitter", "leerplicht": "leerplicht", "wijkagent": "wijkagent"}
WORDS = "donderdag kwam een kind alleen en zonder jas op school"
PARKED_ON, REVIEW, LINKED_ON = date(2026, 3, 2), date(2026, 3, 30), date(2026, 3, 31)


@pytest.fixture
async def world(homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[World]:
    built = await World.build(homeserver, tmp_path, tuple(SEATS))
    built.command = (sys.executable, "-m", "tests.synapse.clocked")
    try:
        yield built
    finally:
        await built.close()


def on(day: date, wall: time = time(10)) -> datetime:
    return at_local(day, wall)


async def parked(world: World) -> dict[str, str]:
    """A case, and a worry that leerplicht parked outside it; everybody's direct chat."""
    set_clock(world.config, on(PARKED_ON))
    world.start()
    await world.case_room(REF, SEATS)
    chats = {name: await world.direct_chat(name) for name in ("coordinator", *SEATS)}
    answer = await world.ask("leerplicht", chats["leerplicht"], f"signaal {WORDS}")
    assert "Signaal S1 vastgelegd" in answer.body
    return chats


async def rung(world: World, name: str, words: str) -> Heard:
    """What rings in somebody's chat and says this."""
    found: Heard = await world.people[name].until(
        lambda heard: next(
            (h for h in heard if h.body == words and h.content["msgtype"] == Loudness.NUDGE.value), None
        ),
        what=f"to be rung about {words}",
    )
    return found


async def test_a_parked_worry_comes_back_through_a_kill_and_only_to_who_may_see_it(world: World) -> None:
    chats = await parked(world)
    world.kill()
    set_clock(world.config, on(REVIEW, time(9)))
    world.start()
    await rung(world, "leerplicht", "S1 · maandag 30 maart 2026")
    for name, sees in (("leerplicht", True), ("coordinator", True), ("wijkagent", False)):
        answer = await world.ask(name, chats[name], "signaal S1")
        assert (WORDS in answer.body) is sees, name
    assert WORDS not in (await world.ask("wijkagent", chats["wijkagent"], "signalen")).body


async def test_a_case_takes_a_worry_in_with_its_history_and_its_words_go_when_wiped(world: World) -> None:
    chats = await parked(world)
    shown = await world.ask("leerplicht", chats["leerplicht"], "signaal S1")
    world.kill()
    set_clock(world.config, on(LINKED_ON))
    world.start()
    await world.ask("leerplicht", chats["leerplicht"], f"signaal koppel S1 {REF}")
    room_id = await world.room_named(REF, "voorzitter")
    await world.people["voorzitter"].until(
        lambda heard: any(h.room_id == room_id and WORDS in h.body for h in heard),
        what="the worry in its case",
    )
    refused = await world.ask("wijkagent", room_id, "!signaal S1 gezin van het kamp")
    assert refused.body.startswith("Niet opgeslagen: dit beschrijft een groep")
    step = "!signaal S1 niet te toetsen: huisbezoek als er contact is, door wijkagent, over 2 weken"
    answer = await world.ask("voorzitter", room_id, step)
    assert "dinsdag 14 april 2026" in answer.body
    actions = await world.ask("voorzitter", room_id, "!acties")
    assert "A2 wijkagent: opnieuw bekijken of S1 te toetsen is" in actions.body
    history = await world.ask("wijkagent", room_id, "!signaal S1")
    assert "ma 2/3 leerplicht, opgevangen" in history.body
    assert "di 31/3 voorzitter, niet te toetsen: huisbezoek als er contact is" in history.body

    await world.ask("voorzitter", room_id, "!wis S1")
    await redacted(world, "leerplicht", chats["leerplicht"], shown.event_id)
    await redacted(world, "wijkagent", room_id, history.event_id)
    world.kill()
    assert await texts_kept(world) == {"(gewist)"}


async def redacted(world: World, name: str, room_id: str, event_id: str) -> None:
    person = world.people[name]

    async def gone() -> bool:
        event = await person.homeserver.get(f"/v3/rooms/{segment(room_id)}/event/{segment(event_id)}")
        return not event["content"]

    await person.sync_until(gone, what="the bot to take its words back")


async def texts_kept(world: World) -> set[str]:
    key = bytes.fromhex((world.folder / "key").read_text())
    async with await Database.open(world.data / "casusbot.db", key, create=False) as database:
        rows = await database.read(lambda t: t.rows("SELECT text FROM signal_facts"))
    return {text for (text,) in rows}
