"""The story that the demo plays: a fictional case, from opening to weekly digest. Roles only, no persons."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bot.core.dates.calendar import AMSTERDAM

if TYPE_CHECKING:
    from tests.demo.stage import Stage

REF = "Z-2026-014"
ROLES = (
    "voorzitter",
    "procesregisseur",
    "GI",
    "leerplicht",
    "burgerzaken",
    "wijkagent",
    "woningcorporatie",
    "Veilig Thuis",
)
SEATS = {
    "voorzitter": "voorzitter",
    "procesregisseur": "procesregisseur",
    "GI": "casusregisseur GI",
    "leerplicht": "leerplicht",
    "burgerzaken": "burgerzaken",
    "wijkagent": "wijkagent",
    "woningcorporatie": "woningcorporatie",
    "Veilig Thuis": "Veilig Thuis",
}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in March 2026."""
    return datetime(2026, 3, day, hour, minute, tzinfo=AMSTERDAM)


BEGINS = at(2, 9, 30)


async def play(stage: Stage) -> None:
    await opening(stage)
    await meeting(stage)
    await the_week_after(stage)
    await escalation(stage)
    await digest(stage)
    await silence(stage)


async def opening(stage: Stage) -> None:
    stage.paper.scene("1. De coördinator opent een casus (maandag 2 maart 2026)")
    await stage.tells("coordinator", f'casus nieuw {REF} doel "weer naar school, en veilig thuis"', REF)
    stage.case = await stage.world.room_named(REF, "coordinator")
    for name, seat in SEATS.items():
        await stage.says("coordinator", f"!deelnemer {stage.world.user_id(name)} {seat}", seat.split()[-1])
        await stage.world.joins(name, stage.case)
        await stage.world.direct_chat(name)


async def meeting(stage: Stage) -> None:
    says = stage.says
    await stage.move_to(at(2, 10, 2), scene="2. Het overleg")
    await says(
        "voorzitter",
        '!overleg start "afspraken herijken na schoolverzuim"',
        "gestart, 10:02",
        "Vertrouwelijk",
    )
    await says("voorzitter", "!aanwezig allen behalve wijkagent", "wijkagent")
    await says("procesregisseur", "!agenda vorige acties; beeldvorming; besluiten; wie informeert", "Nu: 1")
    await stage.move_to(at(2, 10, 12))
    await says("voorzitter", "!agenda volgende", "2) beeldvorming")
    await stage.talks("leerplicht", "de jongste is al 8 dagen niet op school, vage afmelding")
    await stage.talks("woningcorporatie", "woning lijkt leeg")
    stage.paper.aside("(gewoon gesprek: niet aan de bot gericht, dus niet opgeslagen)")
    await says("voorzitter", "!agenda volgende", "3) besluiten")
    await stage.move_to(at(2, 10, 18))
    await says(
        "voorzitter",
        "!actie leerplicht: verzuimoverzicht en afmelding uitvragen, uiterlijk vrijdag 12:00",
        "A1 leerplicht: verzuimoverzicht en afmelding uitvragen",
        "vrijdag 6 maart 2026, 12:00",
    )
    await says(
        "voorzitter",
        "!actie burgerzaken: BRP-check en adresonderzoek starten, over 3 werkdagen",
        "donderdag 5 maart 2026",
    )
    await says("voorzitter", "!actie woningcorporatie: passende woning zoeken, uiterlijk 11 maart", "A3")
    await says("GI", "!actie GI: veiligheidsplan bijwerken, volgende vrijdag", "6 maart", "13 maart")
    await says("GI", "de 13e", "vrijdag 13 maart 2026", "akkoord")
    await says("voorzitter", "ja", "A4")
    await says("voorzitter", "!actie casusregisseur: ouders informeren zodra er contact is", "geen datum")
    await says("voorzitter", "16 mrt", "A5", "maandag 16 maart 2026")
    await says(
        "voorzitter", "!besluit wekelijks kort overleg, reden: 8 dagen niet op school, geen contact", "B1"
    )
    await says("leerplicht", "!akties", "Bedoel je !acties")
    await says("wijkagent", "!vervallen A1 is al gedaan", "voorzitter")
    await stage.move_to(at(2, 10, 28))
    await says("voorzitter", "!overleg stop, volgend overleg 16 maart 10:00", "Afsprakenlijst", "16 maart")
    stage.promise(
        all(stage.silent_about(name, "de jongste is al 8 dagen") for name in ROLES),
        "de bot zwijgt over gewoon gesprek",
    )


async def the_week_after(stage: Stage) -> None:
    await stage.move_to(at(3, 9), scene="3. De week erna: herinneringen onder vier ogen")
    await stage.hears("burgerzaken", f"{REF} · A2 · donderdag 5 maart 2026")
    await stage.move_to(at(4, 9))
    await stage.hears("leerplicht", f"{REF} · A1 · vrijdag 6 maart 2026, 12:00")
    await stage.move_to(at(4, 14))
    await stage.tells("burgerzaken", "klaar A2 adresonderzoek loopt", "A2 gereed")
    await stage.move_to(at(6, 9))
    await stage.hears("leerplicht", "A1")
    await stage.move_to(at(6, 11, 40))
    await stage.tells("leerplicht", "later A1 ma 9 mrt school reageert niet", "maandag 9 maart 2026")
    await stage.move_to(at(9, 9))
    await stage.hears("coordinator", "Weekbericht ma 9 mrt", explained=False)
    await stage.hears("leerplicht", f"{REF} · A1 · maandag 9 maart 2026")
    await stage.hears("woningcorporatie", f"{REF} · A3 · woensdag 11 maart 2026")
    await stage.tells(
        "woningcorporatie", "vast A3 wachtlijst passende woning", "wachtlijst", "Wanneer kijken we opnieuw"
    )
    await stage.tells("woningcorporatie", "over 2 weken", "maandag 23 maart 2026")


async def escalation(stage: Stage) -> None:
    await stage.move_to(at(10, 9), scene="4. Het blijft stil: eerst hulp, dan de casusregisseur")
    await stage.hears("leerplicht", "A1")
    await stage.move_to(at(11, 9))
    await stage.hears("GI", "A4")
    await stage.move_to(at(12, 9))
    await stage.hears("leerplicht", "A1")
    await stage.hears("GI", "A5")
    await stage.move_to(at(13, 9))
    poll = await stage.hears("GI", "A4")
    await stage.taps("GI", poll, "klaar", "A4 gereed")
    await stage.move_to(at(16, 9))
    message = await stage.hears("GI", f"{REF} · A1 · maandag 9 maart 2026")
    stage.promise("leerplicht" not in message.body, "wat klinkt noemt niemand")


async def digest(stage: Stage) -> None:
    stage.paper.scene("5. Het weekbericht van de coördinator")
    message = await stage.hears("coordinator", "Weekbericht ma 16 mrt", explained=False)
    lines = message.body.split("\n")
    stage.promise(len(lines) <= 25 and max(map(len, lines)) <= 45, "het weekbericht past op een telefoon")


async def silence(stage: Stage) -> None:
    """What must not have happened."""
    for name in ROLES:
        chat = await stage.world.direct_chat(name)
        said = stage.from_bot(name, chat)
        nudges = [h for h in said if h.rings]
        if name == "woningcorporatie":
            stage.promise(
                "Tot dan vraag ik er niet naar" in said[-1].body, "na 'vast' is het stil tot de kijkdatum"
            )
        for nudge in nudges:
            stage.promise(
                all(line.startswith(f"{REF} · A") for line in nudge.body.split("\n")),
                "een herinnering toont alleen referentie, nummer en datum",
            )
