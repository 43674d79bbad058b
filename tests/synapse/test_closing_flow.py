"""The end of a case on a real homeserver: up, down, closed, looked after months later, and open again."""

from __future__ import annotations

import sys
from datetime import date, time
from typing import TYPE_CHECKING

import pytest

from bot.core.dates.calendar import add_working_days, at_local
from bot.core.effects import Loudness
from bot.settings.protocols import load
from commands.conversation.planning import AFTERCARE
from tests.synapse.clocked import set_clock
from tests.synapse.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.synapse.homeserver import Homeserver
    from tests.synapse.person import Heard

REF = "Z-2026-402"
SEATS = {"voorzitter": "voorzitter", "gi": "casusregisseur GI", "leerplicht": "leerplicht"}
CLOSED_ON = date(2026, 3, 16)
OPENS = time(9)


@pytest.fixture
async def world(homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[World]:
    built = await World.build(homeserver, tmp_path, tuple(SEATS))
    built.command = (sys.executable, "-m", "tests.synapse.clocked")
    set_clock(built.config, at_local(CLOSED_ON, OPENS))
    built.start()
    try:
        yield built
    finally:
        await built.close()


async def test_a_case_ends_is_looked_after_months_later_and_begins_again(world: World) -> None:
    room = await world.case_room(REF, SEATS)

    async def chair(text: str) -> str:
        return (await world.ask("voorzitter", room, text)).body

    await chair("!actie leerplicht: verzuim uitvragen, over 2 weken")
    assert "AVE-fase 2" in await chair("!opschalen samenwerking stagneert")
    await chair("niemand")
    assert "Is dat met leerplicht afgesproken?" in await chair(
        "!afschalen naar leerplicht, reden: het gaat beter"
    )
    assert "laten nagaan hoe het gaat" in await chair("ja")
    assert "A2 leerplicht: nazorg" in await chair("ja")

    refused = await chair("!casus sluit de kinderen gaan weer naar school")
    assert "kan nog niet dicht" in refused
    assert "!klaar A1" in refused
    assert "A2 leerplicht" in refused
    await world.ask("leerplicht", room, "!klaar A1")
    await world.ask("leerplicht", room, "ja")
    await chair("!vervallen A2 gaat met de casus mee")

    await chair("!casus sluit de kinderen gaan weer naar school")
    await chair("geïnformeerd: moeder, door de GI")
    await chair("niemand nodig")
    await chair("gehaald")
    await chair("overslaan")
    closed = await chair("overslaan")
    assert f"{REF} is gesloten (B3)" in closed
    assert "ja 1" in closed
    assert "A3 casusregisseur" in closed
    assert "is gesloten" in await chair("!actie leerplicht: nog iets doen, vrijdag")
    assert (
        f"{REF} bestaat al"
        in (
            await world.ask(
                "coordinator", await world.direct_chat("coordinator"), f'casus nieuw {REF} doel "opnieuw"'
            )
        ).body
    )

    world.kill()
    step = load()[AFTERCARE].steps[0]
    set_clock(world.config, at_local(add_working_days(CLOSED_ON, step.within), OPENS))
    chat = await world.direct_chat("gi")
    world.start()

    def nudged(heard: list[Heard]) -> bool:
        return any(
            h.room_id == chat and h.content["msgtype"] == Loudness.NUDGE and f"{REF} · A3" in h.body
            for h in heard
        )

    await world.people["gi"].until(nudged, what="the aftercare of a closed case")
    assert "A3 gereed" in (await world.ask("gi", chat, "klaar A3 gaat goed op school")).body
    assert f"{REF} · gesloten sinds maandag 16 maart 2026" in await chair("!casus status")
    assert f"{REF} is weer open (B4)" in await chair("!casus heropen nieuwe zorgen van school")
    assert "A5 leerplicht" in await chair("!actie leerplicht: verzuim uitvragen, vrijdag")
