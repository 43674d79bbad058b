"""An incident on a real homeserver: who is rung while it runs, what comes after it, and the log that goes with it."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time
from typing import TYPE_CHECKING

import pytest

from bot.core.dates.calendar import at_local
from tests.synapse.clocked import set_clock
from tests.synapse.test_documents import opened
from tests.synapse.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.synapse.homeserver import Homeserver
    from tests.synapse.person import Heard

REF = "Z-2026-502"
SEATS = {"voorzitter": "voorzitter", "leerplicht": "leerplicht"}
WORDS = "verzuimoverzicht uitvragen"
STARTED, FRIDAY, SUNDAY, MONDAY = (date(2026, 3, day) for day in (26, 27, 29, 30))
"""The clocks go forward within the 72 hours, on Sunday."""


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


def rung(world: World, name: str, words: str) -> list[Heard]:
    return [h for h in world.people[name].heard if h.rings and words in h.body]


async def test_a_nudge_due_during_an_incident_stays_away_through_a_kill_and_comes_once_after_it(
    world: World,
) -> None:
    set_clock(world.config, on(date(2026, 3, 23)))
    world.start()
    room_id = await world.case_room(REF, SEATS)
    chats = {name: await world.direct_chat(name) for name in ("coordinator", *SEATS)}
    agreed = await world.ask("voorzitter", room_id, f"!actie leerplicht: {WORDS}, dinsdag 31 maart")
    assert "A1" in agreed.body
    await world.ask("leerplicht", chats["leerplicht"], f"oke {REF} A1")

    set_clock(world.config, on(STARTED))
    answer = await world.ask("coordinator", chats["coordinator"], "incident start")
    assert "zondag 29 maart 2026 om 11:00" in answer.body
    await attached(world)

    # A question was due on Friday; six hours are left on Sunday at five; the bot is killed between.
    set_clock(world.config, on(FRIDAY, time(12)))
    still = await world.ask("leerplicht", chats["leerplicht"], "acties")
    assert "A1" in still.body, "what people type works as usual"
    world.kill()
    set_clock(world.config, on(SUNDAY, time(5, 1)))
    world.start()
    await world.people["coordinator"].until(
        lambda _: bool(rung(world, "coordinator", "Incident 1: uiterlijk zondag 29 maart 2026 om 11:00")),
        what="to be rung about the term at night",
    )
    stands = await world.ask("coordinator", chats["coordinator"], "incident")
    assert "nog 5 uur" in stands.body
    assert rung(world, "leerplicht", REF) == []

    set_clock(world.config, on(MONDAY))
    await world.ask("coordinator", chats["coordinator"], "incident stop")
    await world.people["leerplicht"].until(
        lambda _: bool(rung(world, "leerplicht", REF)), what="what waited for the end of the incident"
    )
    for name, chat in chats.items():
        await world.ask(name, chat, "!hulp")
    assert len(rung(world, "leerplicht", REF)) == 1
    assert len(rung(world, "coordinator", "Incident 1")) == 1, "after downtime once, with what is left then"


async def attached(world: World) -> None:
    """The log came as a file that only its reader can open, with references and things and no text."""
    coordinator = world.people["coordinator"]
    found: Heard = await coordinator.until(
        lambda heard: next((h for h in heard if "file" in h.content), None), what="the log of the incident"
    )
    content = await opened(coordinator, found)
    lines = [json.loads(line) for line in content.decode().splitlines()]
    assert {("incident.started", "1"), ("action.recorded", "A1")} <= {
        (line["event"], line["thing"]) for line in lines
    }
    assert {line["case_ref"] for line in lines} == {REF, None}
    assert WORDS.encode() not in content
