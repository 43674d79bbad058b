"""The second act: a child is out of sight, and the case goes to another region with a bot of its own."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.core.dates.calendar import AMSTERDAM

if TYPE_CHECKING:
    from tests.demo.stage import Stage

REF, THEIR_REF = "Z-2026-014", "Z-2026-101"
SEATS = {
    "voorzitter": "voorzitter",
    "procesregisseur": "procesregisseur",
    "GI": "casusregisseur GI",
    "leerplicht": "leerplicht",
    "burgerzaken": "burgerzaken",
    "woningcorporatie": "woningcorporatie",
}
ROLES = tuple(SEATS)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in April 2026."""
    return datetime(2026, 4, day, hour, minute, tzinfo=AMSTERDAM)


BEGINS = at(7, 9, 30)


async def play(ours: Stage, theirs: Stage) -> None:
    await out_of_sight(ours)
    await offered(ours, theirs)
    await taken_over(ours, theirs)
    await completed(ours, theirs)


async def out_of_sight(ours: Stage) -> None:
    ours.paper.scene("6. Een kind is uit beeld (dinsdag 7 april 2026)")
    await ours.tells("coordinator", f'casus nieuw {REF} doel "weer naar school, en veilig thuis"', REF)
    ours.case = await ours.world.room_named(REF, "coordinator")
    for name, seat in SEATS.items():
        await ours.says("coordinator", f"!deelnemer {ours.world.user_id(name)} {seat}", seat.split()[-1])
        await ours.world.joins(name, ours.case)
        await ours.world.direct_chat(name)
    await ours.says("voorzitter", "!actie leerplicht: verzuimoverzicht uitvragen, uiterlijk 17 april", "A1")
    await ours.says(
        "voorzitter", "!uitbeeld start 8 dagen niet op school, geen contact", "acuut gevaar", "112"
    )
    reply = await ours.says("leerplicht", "!niet acuut", "lopen door", "Stappen")
    ours.promise("A1" in reply.body, "de inspanning gaat door: A1 blijft open")
    await ours.says("voorzitter", "ja", "A3")
    await ours.says("voorzitter", "!uitbeeld stand", "dag 0")


async def offered(ours: Stage, theirs: Stage) -> None:
    await ours.move_to(
        at(9, 14), theirs, scene="7. Overdracht naar een regio met een eigen bot, op een eigen homeserver"
    )
    await ours.says(
        "voorzitter",
        "!overdracht naar Elders reden gezin woont nu in jullie regio",
        "en niets anders",
        "blijven wij verantwoordelijk",
    )
    await ours.says("voorzitter", "ja", "voorgesteld", "Wij blijven verantwoordelijk")
    await theirs.hears("coordinator", f"vraagt of jullie {REF} overnemen", "verzuimoverzicht")
    await theirs.tells("coordinator", "overdracht ontvangen", "Zij blijven verantwoordelijk")
    await ours.overhears("voorzitter", "heeft de overdracht", "Wij blijven verantwoordelijk")
    await theirs.tells("coordinator", "overdracht gesprek 14 april", "dinsdag 14 april 2026")
    await ours.overhears("voorzitter", "Overdrachtsgesprek", "dinsdag 14 april 2026")


async def taken_over(ours: Stage, theirs: Stage) -> None:
    await ours.move_to(at(10, 11), theirs, scene="8. Pas na de acceptatie is het van hen")
    await theirs.tells("coordinator", f"overdracht accepteer als {THEIR_REF}", "nu verantwoordelijk")
    await ours.overhears(
        "voorzitter", "neemt Z-2026-014 over", "Overgedragen: A1", "Uit beeld is hier voorbij"
    )
    theirs.case = await theirs.world.room_named(THEIR_REF, "coordinator")
    await theirs.overhears("coordinator", "Overgenomen van regio Voorbeeld", "verzuimoverzicht uitvragen")


async def completed(ours: Stage, theirs: Stage) -> None:
    await ours.move_to(at(14, 15), theirs, scene="9. Het gesprek, en klaar")
    await theirs.tells("coordinator", "overdracht gesprek gevoerd", "het gesprek is gevoerd")
    await ours.overhears("voorzitter", "is gevoerd")
    await theirs.tells("coordinator", "overdracht afgerond", "afgerond")
    await ours.overhears("voorzitter", "is afgerond")
    await ours.says("voorzitter", "!overdracht", "afgerond", THEIR_REF)
