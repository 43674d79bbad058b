"""Every command in conversation: what people type and what the bot says, in both languages, as golden files."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.core.effects import Effects, Say, ToPerson
from bot.core.records.people import Person, Pin, PinState
from commands.actions.overview import for_latecomer
from commands.catalogue import COMMANDS
from commands.registry import Reply
from tests.commands.closing import CLOSING
from tests.commands.documents import DOCUMENTS
from tests.commands.follow_through import FOLLOW_THROUGH, TALKS
from tests.commands.handling import HANDLING, editing
from tests.commands.incidents import INCIDENTS
from tests.commands.inquiries import INQUIRIES
from tests.commands.inquiries import TALKS as INQUIRY_TALKS
from tests.commands.retention import RETENTION
from tests.commands.rights import RIGHTS
from tests.commands.sight import SIGHT, kept_open
from tests.commands.signals import SIGNAL_TALKS, SIGNALS
from tests.commands.stage import BOT, MONDAY, REF, Stage, holding, opened, scene, user
from tests.commands.test_handover import BETWEEN_REGIONS
from tests.commands.theme_rooms import THEMES
from tests.golden import check

if TYPE_CHECKING:
    from collections.abc import Callable

CHAIR = "voorzitter"
LONG = "verzuimoverzicht uitvragen en daarna met school, ouders en de wijkagent bespreken wat er nodig is om de komende weken weer naar school te gaan"


def meeting() -> Stage:
    """The case meeting of domain 7.2, as far as these commands go."""
    stage = opened()
    holding(
        stage,
        "wijkagent: langsgaan, vandaag",
        "corporatie: passende woning zoeken, 10 maart",
        "GI: plan bespreken, 20 maart",
    )
    stage.transcript.clear()
    stage.now = MONDAY + timedelta(minutes=1, seconds=40)
    stage.say(CHAIR, '!overleg start "afspraken herijken na schoolverzuim"')
    stage.say("procesregisseur", "!agenda vorige acties; beeldvorming; besluiten; wie informeert")
    stage.say(CHAIR, "!aanwezig allen behalve onderwijs")
    stage.say("wijkagent", "!klaar A1 twee keer langs geweest, deur niet opengedaan")
    stage.say("wijkagent", "deels", later=timedelta(0))
    stage.say("corporatie", "!vast A2 wachtlijst passende woning")
    stage.say("corporatie", "over 2 weken")
    stage.say(CHAIR, "!agenda volgende")
    stage.say("leerplicht", "de jongste is al 8 dagen niet op school, vage afmelding")
    stage.say("corporatie", "woning lijkt leeg")
    stage.say(CHAIR, "!agenda volgende")
    stage.say(CHAIR, "!actie leerplicht: verzuimoverzicht en afmelding uitvragen, uiterlijk vrijdag 12:00")
    stage.say(CHAIR, "ja")
    stage.say(CHAIR, "!actie burgerzaken: BRP-check en adresonderzoek starten, over 3 werkdagen")
    stage.say(CHAIR, "ja")
    stage.say("gi", "!actie GI: veiligheidsplan bijwerken, volgende vrijdag")
    stage.say("gi", "de 13e")
    stage.say(CHAIR, "ja")
    stage.say(CHAIR, "!besluit uit-beeldprotocol starten, reden: 8 dagen niet op school, geen contact")
    stage.say("veiligthuis", "!oke niet acuut")
    stage.say(CHAIR, "1 samen met A4, 2 samen met A5")
    stage.say(CHAIR, "ja")
    stage.say(CHAIR, "!agenda volgende")
    stage.say(CHAIR, "!actie casusregisseur: ouders informeren over dit overleg zodra er contact is")
    stage.say(CHAIR, "16 mrt")
    stage.say(CHAIR, "!overleg stop, volgend overleg 16 maart 10:00")
    stage.now = stage.now.replace(day=6, hour=11, minute=40)
    stage.note("vrijdag 6 maart, in het gesprek met de bot alleen")
    stage.say("leerplicht", "!later A4 ma 9 mrt school reageert niet", direct=True)
    return stage


def case_new() -> Stage:
    stage = Stage()
    room = stage.direct("coordinator")
    stage.say("coordinator", 'casus nieuw Z-2026-014 doel "afspraken herijken"', direct=True)
    stage.say("coordinator", 'casus nieuw Z-2026-014 doel "nog een keer"', direct=True)
    stage.say("coordinator", "casus nieuw familie Jansen", direct=True)
    stage.say("coordinator", "casus nieuw z-2026-015", direct=True)
    stage.say("coordinator", "eens denken", room=room, reply=Reply.ELSEWHERE)
    stage.say("coordinator", "doel: weer naar school", direct=True)
    stage.say("coordinator", "casus nieuw Z-2026-016 doel BSN 111222333 uitzoeken", direct=True)
    stage.say("coordinator", 'case new Z-2026-017 purpose "back to school"', direct=True)
    stage.say(
        "coordinator", 'casus nieuw Z-2026-020 doel "weer naar school", minderjarige betrokken', direct=True
    )
    stage.say("coordinator", "casus nieuw Z-2026-021 minderjarig", direct=True)
    stage.say("coordinator", "doel: een veilige plek", direct=True)
    stage.say("coordinator", 'case new Z-2026-022 purpose "a safe place" minor involved', direct=True)
    stage.say("coordinator", "!casus nieuw Z-2026-018 doel iets")
    stage.say(CHAIR, "casus nieuw Z-2026-018 doel iets", direct=True)
    return stage


def case_status() -> Stage:
    stage = holding(opened(), "leerplicht: bellen met school, vrijdag", "GI: plan maken, 3 maart")
    stage.say("gi", "!vast A2 geen capaciteit")
    stage.say("leerplicht", "!casus status")
    stage.say("leerplicht", "!casus")
    stage.say("leerplicht", "!case status")
    stage.say("leerplicht", "casus status", direct=True)
    stage.say("leerplicht", "casus status Z-2026-099", direct=True)
    stage.say("passant", "!casus status")
    return stage


def case_minor() -> Stage:
    stage = holding(opened(), "leerplicht: bellen met school, vrijdag 6 maart")
    stage.say(CHAIR, "!casus minderjarig")
    stage.say(CHAIR, "!casus minderjarig nee")
    stage.say(CHAIR, "!casus minderjarig ja")
    stage.say(CHAIR, "!casus minderjarig ja")
    stage.say(CHAIR, "!case minor")
    stage.say("leerplicht", "!casus minderjarig nee")
    stage.say("leerplicht", "!casus status")
    stage.say("procesregisseur", "!case minor no")
    return stage


def participant() -> Stage:
    stage = opened(seats=(("voorzitter", "voorzitter"),))
    stage.say(CHAIR, f"!deelnemer {user('leerplicht')} leerplicht")
    stage.say(CHAIR, f"!deelnemer {user('gi')} casusregisseur GI")
    stage.say(CHAIR, "!deelnemer wijkagent")
    stage.say(CHAIR, "!deelnemer schuldhulp")
    stage.say(CHAIR, f"!deelnemer {user('x')}")
    stage.say(CHAIR, f"!deelnemer {user('x')} leerpligt")
    stage.say(CHAIR, f"!deelnemer {user('x')} tante Bep")
    stage.say(CHAIR, "!deelnemer @x:elders.example onderwijs")
    stage.say(CHAIR, f"!deelnemer {user('x')} coördinator")
    stage.say(CHAIR, f"!deelnemer {user('gi')} GI")
    stage.say(CHAIR, f"!deelnemer {user('gi')} GI")
    stage.say(
        CHAIR,
        "!deelnemer Veilig Thuis Noord Veilig Thuis",
        formatted=f'!deelnemer <a href="https://matrix.to/#/{user("vt")}">Veilig Thuis Noord</a> Veilig Thuis',
    )
    stage.say(CHAIR, "!actie wijkagent: langsgaan, vrijdag")
    stage.say(CHAIR, f"!deelnemer weg {user('wijkagent')}")
    stage.say(CHAIR, "!deelnemer leerplicht weg")
    stage.say(CHAIR, "!deelnemer weg niemand")
    stage.say(CHAIR, "!deelnemer")
    stage.say(CHAIR, f"!participant {user('onderwijs')} onderwijs")
    stage.say(CHAIR, f"!participant remove {user('onderwijs')}")
    stage.say("gi", f"!deelnemer {user('x')} onderwijs")
    return stage


def participants() -> Stage:
    stage = holding(
        opened(seats=(("voorzitter", "voorzitter"), ("gi", "casusregisseur GI"))),
        "schuldhulp: bellen, vrijdag",
    )
    stage.say("gi", "!deelnemers")
    stage.say("gi", "!participants")
    stage.say("gi", "!deelnemers check")
    stage.apply(
        Effects(keep=(Person(user("gi"), stage.direct("gi"), keyless=True), Person(user("voorzitter"))))
    )
    stage.say("gi", "!deelnemers check")
    stage.say("gi", "!participants check")
    stage.say("gi", "!deelnemers alles")
    stage.note("wie mist er, gezien waar de acties over gaan")
    holding(
        stage,
        "GI: huurachterstand nagaan, vrijdag #wonen",
        "GI: veiligheidsplan maken, vrijdag #veiligheid",
    )
    stage.say("gi", "!deelnemers check")
    stage.say("gi", "!participants check")
    return stage


def meeting_start() -> Stage:
    stage = opened()
    stage.say(CHAIR, "!agenda vorige acties; beeldvorming")
    stage.say(CHAIR, "!overleg start")
    stage.say(CHAIR, "!overleg start “afspraken herijken”")
    stage.say(CHAIR, "!overleg start nog een keer")
    stage.say("gi", "!overleg start plan maken")
    stage.say(CHAIR, "!overleg")
    stage.say(CHAIR, "!overleg stop")
    stage.say(CHAIR, "!meeting start review")
    return stage


def meeting_stop() -> Stage:
    stage = opened()
    stage.say(CHAIR, "!overleg stop")
    stage.say(CHAIR, "!overleg start afspraken herijken")
    stage.say(CHAIR, "!agenda beeldvorming; besluiten; rondvraag")
    stage.say(CHAIR, "!agenda volgende")
    stage.say("gi", "!actie GI: plan bijwerken, 13 maart")
    stage.say(CHAIR, "!overleg stop")
    stage.say(CHAIR, "volgende week maandag")
    stage.say(CHAIR, "!overleg start kort")
    stage.say(CHAIR, "!overleg stop volgend overleg volgende vrijdag")
    stage.say(CHAIR, "de 13e")
    stage.say(CHAIR, "!meeting start short")
    stage.say(CHAIR, "!meeting stop, next meeting 16 March 10:00")
    return stage


def present() -> Stage:
    stage = opened()
    stage.say(CHAIR, "!aanwezig allen")
    stage.say(CHAIR, "!overleg start afspraken herijken")
    stage.say(CHAIR, "!aanwezig allen behalve onderwijs en de wijkagent")
    stage.say(CHAIR, "!aanwezig leerplicht, GI, voorzitter")
    stage.say(CHAIR, "!aanwezig")
    stage.say(CHAIR, "!aanwezig halt")
    stage.say(CHAIR, "!present all except onderwijs")
    return stage


def agenda() -> Stage:
    stage = opened()
    stage.say("gi", "!agenda")
    stage.say("gi", "!agenda 1) vorige acties; 2) beeldvorming")
    stage.say(CHAIR, "!overleg start afspraken herijken")
    stage.say("gi", "!agenda rondvraag")
    stage.say("gi", "!agenda")
    stage.say("gi", "!agenda bellen met 06-12345678")
    return stage


def agenda_next() -> Stage:
    stage = opened()
    stage.say(CHAIR, "!agenda volgende")
    stage.say(CHAIR, "!overleg start afspraken herijken")
    stage.say(CHAIR, "!agenda volgende")
    stage.say(CHAIR, "!agenda vorige acties; besluiten")
    stage.say(CHAIR, "!agenda next")
    stage.say(CHAIR, "!agenda volgende")
    stage.say("gi", "!agenda volgende")
    return stage


def decision() -> Stage:
    stage = opened()
    stage.say(CHAIR, "!besluit gezinsgesprek plannen, reden: geen contact sinds januari")
    stage.say(CHAIR, "!besluit gezinsgesprek verzetten")
    stage.say(CHAIR, "wat vinden jullie")
    stage.say(CHAIR, "reden: school kan niet")
    stage.say(CHAIR, "!besluit voorlopig niets doen, reden: school is in gesprek")
    stage.say(CHAIR, "volgende vrijdag")
    stage.say(CHAIR, "13")
    stage.say(CHAIR, "!besluit niets doen omdat school in gesprek is, opnieuw kijken over 2 weken")
    stage.say(CHAIR, "!besluit")
    stage.say(CHAIR, "!besluit gesprek, reden: ze zijn Turks")
    stage.say(CHAIR, "!decision plan a talk, reason: no contact")
    stage.say("gi", "!besluit plan maken, reden: nodig")
    return stage


def action() -> Stage:
    stage = opened()
    stage.say(CHAIR, "!actie leerplicht: verzuimoverzicht uitvragen, uiterlijk vrijdag 12:00")
    stage.say(CHAIR, "wijzig")
    stage.say(CHAIR, "burgerzaken")
    stage.say(CHAIR, "wijzig naar ma 9 mrt")
    stage.say(CHAIR, "wijzig de tekst")
    stage.say(CHAIR, "ja")
    stage.say(CHAIR, "!actie de Wijkagent: langsgaan")
    stage.say("gi", "ik kan vrijdag ook")
    stage.say(CHAIR, "morgen")
    stage.say(CHAIR, "!actie leerpligt: bellen met school, vrijdag")
    stage.say(CHAIR, "ja")
    stage.say(CHAIR, "!actie tandarts: bellen, vrijdag")
    stage.say(CHAIR, "!actie jeugdbescherming: plan bijwerken zsm")
    stage.say(CHAIR, "zaterdag")
    stage.say(CHAIR, "!actie schuldhulp: overzicht maken, eind van de maand")
    stage.say(CHAIR, f"!actie leerplicht: {LONG}, vrijdag")
    stage.say(CHAIR, "!actie leerplicht: bellen met 06-12345678, vrijdag")
    stage.say(CHAIR, "!actie leerplicht: gesprek over verslaving plannen, vrijdag")
    stage.say(CHAIR, "!actie")
    stage.say(CHAIR, "!actie leerplicht:, vrijdag")
    stage.say(CHAIR, "!actie bellen met school, vrijdag")
    stage.say(CHAIR, "!actie leerplicht bellen met school, vrijdag")
    stage.say(
        CHAIR,
        "!actie GI: plan maken, vrijdag\n!actie wijkagent: langsgaan\nonderwijs: rooster sturen, 9 maart",
    )
    stage.say(
        CHAIR,
        "!actie Noord: rooster sturen, vrijdag",
        formatted=f'!actie <a href="https://matrix.to/#/{user("onderwijs")}">Noord</a>: rooster sturen, vrijdag',
    )
    stage.note("een deelnemer stelt voor")
    stage.say("gi", "!actie GI: plan bespreken, vrijdag")
    stage.say("leerplicht", "kun jij vrijdag, voorzitter?")
    stage.say(CHAIR, "ja")
    stage.say(CHAIR, "ja", reply=Reply.QUESTION)
    stage.say("gi", "!actie GI: verslag sturen, vrijdag")
    stage.say(CHAIR, "nee")
    stage.say("gi", "!actie GI: verslag maken, vrijdag")
    stage.say(CHAIR, "wijzig ma 9 mrt")
    stage.say("gi", "!action GI: send the report, Friday")
    stage.say("gi", "!action GI: send the report, next Friday")
    stage.say("passant", "!actie GI: verslag maken, vrijdag")
    return stage


def agree() -> Stage:
    stage = opened()
    stage.hear(CHAIR, "!overleg start afspraken herijken", later=timedelta(0))
    stage.say(CHAIR, "!akkoord")
    stage.say("gi", "!actie GI: plan bespreken, vrijdag")
    stage.say("leerplicht", "!actie leerplicht: school bellen, vrijdag")
    stage.say(CHAIR, "ja")
    stage.say(CHAIR, "ja A1")
    stage.say("procesregisseur", "!akkoord A2")
    stage.say(CHAIR, "!akkoord A2")
    stage.say("gi", "!actie GI: verslag maken, vrijdag")
    stage.say("gi", "!akkoord A3")
    stage.say(CHAIR, "!agree")
    return stage


def actions() -> Stage:
    stage = holding(
        opened(),
        "leerplicht: school bellen, vrijdag 12:00",
        "GI: plan maken, 3 maart",
        "wijkagent: langsgaan, vandaag",
    )
    stage.say("gi", "!actie GI: verslag maken, vrijdag")
    stage.say("wijkagent", "!vast A3 niet bereikbaar")
    stage.say("gi", "!acties")
    stage.say("gi", "!acties mijn")
    stage.say("gi", "!acties te laat")
    stage.say("gi", "!acties morgen")
    stage.say("burgerzaken", "!acties mijn")
    stage.now += timedelta(days=2)
    stage.say("gi", "!acties te laat")
    stage.say("gi", "!actions late")
    opened("Z-2026-020", (("voorzitter", "voorzitter"), ("gi", "GI")), stage=stage)
    holding(stage, "GI: gesprek plannen, 12 maart", ref="Z-2026-020")
    stage.say("gi", "acties", direct=True)
    stage.say("gi", "actions", direct=True)
    stage.say("passant", "acties", direct=True)
    return stage


@scene
def two_cases() -> Stage:
    stage = holding(opened(), "GI: plan maken, vrijdag", "leerplicht: school bellen, vrijdag")
    opened("Z-2026-020", (("voorzitter", "voorzitter"), ("gi", "GI")), stage=stage)
    return holding(stage, "GI: gesprek plannen, 12 maart", ref="Z-2026-020")


def acknowledge() -> Stage:
    stage = two_cases()
    stage.transcript.clear()
    stage.say("gi", "!oke A1")
    stage.say("gi", "!oke A1")
    stage.say("gi", "!oke")
    stage.say("gi", "!oké A9")
    stage.say("gi", "!oke A2")
    stage.say("leerplicht", "!oke A2 begin morgen")
    stage.say("leerplicht", "!actie leerplicht: verslag maken, vrijdag")
    stage.say("leerplicht", "!oke A3")
    stage.say("gi", "!ack A1")
    stage.say("gi", "ok a1", direct=True)
    stage.say("gi", "Z-2026-020", direct=True)
    stage.say("gi", "oke A1 Z-2026-099", direct=True)
    return stage


def done() -> Stage:
    stage = two_cases()
    stage.say("gi", "!klaar")
    stage.say("wijkagent", "!klaar A2")
    stage.say("leerplicht", "!klaar A2 mevrouw Jansen is gebeld")
    stage.say("leerplicht", "!klaar A2 gebeld, verslag volgt")
    stage.say("leerplicht", "!klaar A2")
    stage.say("leerplicht", "!klaar A1, A2")
    stage.say("gi", "klaar A1 besproken met het gezin", direct=True)
    stage.say("gi", "z-2026-020", direct=True)
    stage.say("gi", "klaar Z-2026-014 A1", direct=True)
    stage.say("leerplicht", "klaar A7", direct=True)
    stage.say(CHAIR, "!actie wijkagent: langsgaan, vrijdag")
    stage.say(CHAIR, "!done A3 all fine")
    stage.say(CHAIR, "!klaar Z-2026-020 A1")
    return stage


def snooze() -> Stage:
    stage = holding(opened(), "leerplicht: school bellen, vrijdag 12:00")
    stage.say("leerplicht", "!later A1 ma 9 mrt school reageert niet")
    stage.say("leerplicht", "!later A1")
    stage.say("leerplicht", "di 10 maart")
    stage.say("leerplicht", "geen contact")
    stage.say("leerplicht", "!later A1 volgende vrijdag")
    stage.say("leerplicht", "de 13e")
    stage.say("leerplicht", "overslaan")
    stage.say("leerplicht", "!later A1 16 maart")
    stage.say("leerplicht", "ik bel straks nog even")
    stage.say("leerplicht", "reden: directeur is met verlof")
    stage.say("leerplicht", "!later A1 gisteren")
    stage.say("leerplicht", "!later A1 11 maart")
    stage.say("gi", "!later A1 18 maart")
    stage.say("wijkagent", "!later A1 18 maart")
    stage.say("leerplicht", "!snooze A1 Friday 20 March school is closed")
    stage.say("leerplicht", "later A1 23 maart", direct=True)
    stage.note("om middernacht: 'morgen' is niet meer zeker")
    stage.now = stage.now.replace(hour=23, minute=59, second=50)
    stage.say("leerplicht", "!later A1 morgen", at=stage.now)
    stage.say("leerplicht", "ja")
    return stage


def blocked() -> Stage:
    stage = holding(opened(), "GI: plan maken, vrijdag", "leerplicht: school bellen, vrijdag")
    stage.say("gi", "!vast A1 wachtlijst specialistische hulp")
    stage.say("leerplicht", "dat duurt lang")
    stage.say("gi", "over 2 weken")
    stage.say("leerplicht", "!vast A2")
    stage.say("leerplicht", "hoe bedoel je")
    stage.say("leerplicht", "3")
    stage.say("leerplicht", "volgende vrijdag")
    stage.say("leerplicht", "de 13e")
    stage.say("leerplicht", "!vast A2 de directeur is met verlof")
    stage.say("leerplicht", "geen capasiteit")
    stage.say("gi", "!vast A2 wachtlijst")
    stage.say("gi", "!blocked A1 waiting list")
    stage.say("gi", "in 2 weeks")
    stage.say("gi", "!klaar A1")
    stage.say("gi", "!vast A1 wachtlijst")
    return stage


def void() -> Stage:
    stage = holding(opened(), "GI: plan maken, vrijdag", "leerplicht: school bellen, vrijdag")
    stage.say(CHAIR, "!vervallen A1 overgenomen door het wijkteam")
    stage.say(CHAIR, "!vervallen A1 nog eens")
    stage.say(CHAIR, "!vervallen A2")
    stage.say(CHAIR, "tja")
    stage.say(CHAIR, "reden: niet meer nodig")
    stage.say("gi", "!vervallen A1 klaar mee")
    stage.say(CHAIR, "!void A1 reason")
    return stage


def pause() -> Stage:
    stage = opened()
    stage.say(CHAIR, "!overleg pauze")
    stage.say(CHAIR, '!overleg start "afspraken herijken"')
    stage.say(CHAIR, "!agenda vorige acties; besluiten")
    stage.say("leerplicht", "!overleg pauze")
    stage.say(CHAIR, "!overleg verder")
    stage.say(CHAIR, "!overleg pauze")
    stage.say(CHAIR, "!overleg pauze")
    stage.say(CHAIR, '!overleg start "nog eens"')
    stage.say(CHAIR, "!overleg verder")
    stage.say(CHAIR, "!meeting pause")
    stage.say(CHAIR, "!meeting resume")
    stage.say(CHAIR, "!overleg stop")
    return stage


def verify() -> Stage:
    stage = opened()
    stage.say(CHAIR, "verificatie K7M2QP ja", direct=True)
    stage.say("coordinator", "verificatie K7M2QP ja", direct=True)
    stage.say("coordinator", "verificatie k7m2qp, nee", direct=True)
    stage.say("coordinator", "verificatie ja", direct=True)
    stage.say("coordinator", "verificatie 3 ja", direct=True)
    stage.say("coordinator", "verificatie K7M2QP misschien", direct=True)
    stage.say("coordinator", "verification K7M2QP yes", direct=True)
    stage.say("coordinator", "!verificatie K7M2QP ja")
    return stage


def trust() -> Stage:
    stage = opened()
    first = Pin(user(CHAIR), "AAAABBBBCCCC", MONDAY, PinState.FIRST_USE)
    known = replace(first, user_id=user("leerplicht"), master_key="LLLL")
    changed = replace(first, user_id=user("gi"), master_key="GGGG", changed_to="NNNNMMMMKKKK")
    stage.apply(Effects(keep=(first, known, changed)))
    stage.say("leerplicht", "!vertrouwen")
    stage.say(CHAIR, "!vertrouwen")
    stage.say(CHAIR, "!vertrouwen iemand")
    stage.say(CHAIR, f"!vertrouwen {user('onbekend')}")
    stage.say(CHAIR, f"!vertrouwen {user(CHAIR)}")
    stage.say(CHAIR, f"!vertrouwen {user('gi')}")
    stage.note("de voorzitter is nu geverifieerd")
    stage.apply(Effects(keep=(replace(first, state=PinState.VERIFIED),)))
    stage.say(CHAIR, f"!vertrouwen {user('leerplicht')}")
    stage.say(CHAIR, f"!vertrouwen {user('gi')}")
    stage.say(CHAIR, "ja")
    stage.say(CHAIR, "nee", reply=Reply.QUESTION)
    stage.say(CHAIR, f"!trust {user('gi')}")
    stage.apply(Effects(keep=(replace(changed, changed_to="another"),)))
    stage.say(CHAIR, "yes", reply=Reply.QUESTION)
    stage.say(CHAIR, f"!vertrouwen {user('gi')}")
    stage.say(CHAIR, "ja", reply=Reply.QUESTION)
    stage.apply(Effects(keep=(replace(first, state=PinState.VERIFIED), replace(known, changed_to="-"))))
    stage.say(CHAIR, f"!vertrouwen {user('leerplicht')}")
    stage.say(CHAIR, "!trust")
    stage.note("de vorige identiteit was vergeleken")
    stage.apply(Effects(keep=(replace(changed, user_id=user("wijkagent"), state=PinState.VERIFIED),)))
    stage.say(CHAIR, f"!vertrouwen {user('wijkagent')}")
    stage.say(CHAIR, "!vertrouwen")
    stage.note("iemand die ook in een casus van anderen zit")
    opened("Z-2026-020", (("voorzitter2", "voorzitter"), ("corporatie", "woningcorporatie")), stage)
    stage.apply(Effects(keep=(replace(changed, user_id=user("corporatie")),)))
    stage.say(CHAIR, f"!vertrouwen {user('corporatie')}")
    stage.say("coordinator", f"!vertrouwen {user('corporatie')}")
    stage.say("coordinator", "ja", reply=Reply.QUESTION)
    return stage


def help_() -> Stage:
    stage = opened()
    stage.say("leerplicht", "!hulp")
    stage.say(CHAIR, "!hulp")
    stage.say("coordinator", "hulp", direct=True)
    stage.say("leerplicht", "!hulp actie")
    stage.say("leerplicht", "!hulp overleg start")
    stage.say("leerplicht", "!hulp koffie")
    stage.say("leerplicht", "!help")
    stage.say("leerplicht", "!help done")
    stage.note("wat geen opdracht is")
    stage.say("leerplicht", "!akties")
    stage.say("leerplicht", "ja")
    stage.say("leerplicht", "!koffie")
    stage.say("leerplicht", "!actons")
    stage.say("leerplicht", "/acties")
    stage.say("leerplicht", f"{BOT} acties")
    stage.say("leerplicht", "casusbot: acties mijn")
    stage.say("leerplicht", "hoi", direct=True)
    stage.say("leerplicht", "!klaar A1\n!klaar A2")
    stage.say("leerplicht", "!besluit x, reden: y", direct=True)
    stage.say("coordinator", "!acties", room="!elders:voorbeeld.nl")
    return stage


SCRIPTS: dict[str, Callable[[], Stage]] = {
    "casus nieuw": case_new,
    "casus status": case_status,
    "casus minderjarig": case_minor,
    "deelnemer": participant,
    "deelnemers": participants,
    "overleg start": meeting_start,
    "overleg stop": meeting_stop,
    "aanwezig": present,
    "agenda": agenda,
    "agenda volgende": agenda_next,
    "besluit": decision,
    "actie": action,
    "akkoord": agree,
    "acties": actions,
    "oke": acknowledge,
    "klaar": done,
    "later": snooze,
    "vast": blocked,
    "vervallen": void,
    "overleg pauze": pause,
    "overleg verder": pause,
    "vertrouwen": trust,
    "verificatie": verify,
    "hulp": help_,
    **FOLLOW_THROUGH,
    **HANDLING,
    **DOCUMENTS,
    **RIGHTS,
    **CLOSING,
    **SIGHT,
    **INQUIRIES,
    **THEMES,
    **SIGNALS,
    **RETENTION,
    **INCIDENTS,
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_the_bot_says_does_not_change_unseen(name: str) -> None:
    check(f"commands/golden/{name.replace(' ', '-')}.txt", SCRIPTS[name]().text)


BETWEEN = {**TALKS, **INQUIRY_TALKS, **SIGNAL_TALKS}


@pytest.mark.parametrize("name", BETWEEN)
def test_what_is_said_between_meetings_does_not_change_unseen(name: str) -> None:
    check(f"commands/golden/{name}.txt", BETWEEN[name]().text)


def test_every_command_has_its_conversation() -> None:
    assert set(SCRIPTS) | BETWEEN_REGIONS == {command.name.nl for command in COMMANDS}


def test_a_complete_meeting_reads_like_the_example_of_the_field() -> None:
    check("commands/golden/meeting.txt", meeting().text)


def test_who_comes_late_reads_the_open_actions_alone() -> None:
    stage = holding(opened(), "GI: plan maken, vrijdag", "leerplicht: school bellen (informatie), 10 maart")
    nothing = Effects()
    now = stage.now
    assert for_latecomer(stage.file(), user("gi"), event_id="$join", now=now) == nothing
    stage.hear(CHAIR, "!overleg start afspraken herijken")
    assert for_latecomer(stage.file(), user("passant"), event_id="$join", now=now) == nothing
    effects = for_latecomer(stage.file(), user("gi"), event_id="$join", now=now)
    stage.apply(effects)
    told = [out for out in effects.send if isinstance(out, Say)]
    assert [out.to for out in told] == [ToPerson(user("gi"))]
    check("commands/golden/latecomer.txt", "\n".join(line for out in told for line in out.message.lines))


def test_nothing_ends_because_a_child_is_gone_and_the_review_comes_back() -> None:
    check("commands/golden/kept-open.txt", kept_open().text)


def test_a_changed_message_changes_nothing_by_itself() -> None:
    check("commands/golden/editing.txt", editing().text)


def test_the_tone_stays_factual() -> None:
    said = [line for script in SCRIPTS.values() for line in script().transcript if " bot | " in line]
    for line in said:
        words = line.split(" bot | ")[1]
        commands = [word for word in words.replace("'", " ").split() if "!" in word]
        assert all(word.startswith(("!", "(!")) for word in commands), line


def test_a_case_reference_is_all_that_a_room_is_called() -> None:
    assert opened().file().case.room_id == f"!{REF}:voorbeeld.nl"
