"""A child is not seen any more, on a real homeserver and with the clock running: nobody forgets them.

From the first question, about danger, to the review that comes back after thirty days, with the bot killed where
something is made.
"""

from __future__ import annotations

import sys
from datetime import date, time
from typing import TYPE_CHECKING

import pytest

from bot.core.dates.calendar import at_local
from bot.core.effects import Loudness
from bot.core.records.actions import ActionState
from bot.core.records.out_of_sight import SightState
from bot.core.reminding.digest import weekly
from bot.core.reminding.sight_reviews import review_of
from bot.settings.configuration import load
from bot.store.database import Database
from tests.synapse.clocked import set_clock
from tests.synapse.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.core.casefile import CaseFile
    from tests.synapse.homeserver import Homeserver
    from tests.synapse.person import Heard

REF = "Z-2026-601"
SEATS = {
    "voorzitter": "voorzitter",
    "procesregisseur": "procesregisseur",
    "leerplicht": "leerplicht",
    "Veilig Thuis": "Veilig Thuis",
}
OPENS = time(9)
GONE, REVIEW, NEXT_REVIEW = date(2026, 3, 2), date(2026, 3, 16), date(2026, 4, 15)
"""A Monday, ten working days later, and thirty days after that."""


@pytest.fixture
async def world(homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[World]:
    built = await World.build(homeserver, tmp_path, tuple(SEATS))
    built.command = (sys.executable, "-m", "tests.synapse.clocked")
    try:
        yield built
    finally:
        await built.close()


async def kept(world: World) -> CaseFile:
    """The case as the killed bot has it in its encrypted file."""
    key = bytes.fromhex((world.folder / "key").read_text())
    async with await Database.open(world.data / "casusbot.db", key, create=False) as database:
        file = await database.read(lambda t: t.case_file(REF))
    assert file
    return file


async def rung(world: World, name: str, chat: str, id_: str) -> Heard:
    """The message that rings for somebody and names this action."""
    bot, person = world.bot_id, world.people[name]

    def found(heard: list[Heard]) -> Heard | None:
        rings = [
            h
            for h in heard
            if (h.sender, h.room_id) == (bot, chat) and h.content["msgtype"] == Loudness.NUDGE
        ]
        return next((h for h in rings if id_ in h.body.replace(",", " ").split()), None)

    message: Heard = await person.until(found, what=f"a reminder of {id_}")
    return message


async def hears(world: World, name: str, room_id: str, words: str) -> Heard:
    person = world.people[name]
    message: Heard = await person.until(
        lambda heard: next((h for h in heard if h.room_id == room_id and words in h.body), None), what=words
    )
    return message


async def test_a_child_out_of_sight_is_looked_for_until_somebody_has_seen_them(world: World) -> None:
    set_clock(world.config, at_local(GONE, time(10)))
    world.start()
    room = await world.case_room(REF, SEATS)
    chat = await world.direct_chat("procesregisseur")
    await world.ask("voorzitter", room, "!actie leerplicht: verzuimoverzicht uitvragen, 20 maart")

    # Danger first, and nothing before it was answered; not even over a kill.
    asked = await world.ask("voorzitter", room, "!uitbeeld start 8 dagen niet op school, geen contact")
    assert "112" in asked.body
    world.kill()
    assert [a.number for a in (await kept(world)).actions] == [1, 2]
    world.start()
    steps = await world.ask("Veilig Thuis", room, "!niet acuut")
    assert "Alle open acties lopen door: A1." in steps.body
    person = world.people["voorzitter"]
    await hears(world, "voorzitter", room, "Voorzitter, akkoord?")
    first = await person.say(room, "1 samen met A1", in_reply_to=steps.event_id)
    again = await world.reply_to("voorzitter", first)
    agreed = await person.say(room, "ja", in_reply_to=again.event_id)
    world.kill()  # wherever it was
    world.start()
    made = await world.reply_to("voorzitter", agreed)
    assert made.body.count("\nA") == 6

    # No action closes because a child is gone.
    refused = await world.ask("voorzitter", room, "!vervallen A1 kind is uit beeld")
    assert "A1 blijft open" in refused.body

    # The review rings, and when it is done there is another one.
    set_clock(world.config, at_local(REVIEW, OPENS))
    await rung(world, "procesregisseur", chat, "A2")
    await world.ask("procesregisseur", chat, f"klaar {REF} A2 nog niemand gezien")
    await hears(
        world, "voorzitter", room, "opnieuw een beoordeling: A8 procesregisseur, woensdag 15 april 2026"
    )
    world.kill()
    waiting = await kept(world)
    digest = weekly((waiting,), load(world.config).region, today=REVIEW).body
    assert "UIT BEELD (1)\nZ-2026-601 dag 14" in digest
    world.start()
    set_clock(world.config, at_local(NEXT_REVIEW, OPENS))
    await rung(world, "procesregisseur", chat, "A8")
    stand = await world.ask("leerplicht", room, "!uitbeeld stand")
    assert stand.body.startswith("Uit beeld, dag 44")

    # Somebody saw the child: the review ends, and nothing else.
    back = await world.ask("voorzitter", room, "!uitbeeld terug op school gesproken door leerplicht, vandaag")
    assert "terug in beeld na 44 dagen" in back.body
    world.kill()
    file = await kept(world)
    (sight,) = file.sights
    assert sight.state is SightState.BACK
    assert review_of(sight, file) is None
    ended = {a.number: a.state for a in file.actions if a not in file.running}
    assert ended == {2: ActionState.DONE, 8: ActionState.VOID}
