"""What people say when things change: who does it, another date, a vote, taking back, removing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.records.meetings import Poll
from tests.commands.stage import Stage, holding, opened, user

if TYPE_CHECKING:
    from collections.abc import Callable

CHAIR = "voorzitter"


def assign() -> Stage:
    stage = holding(opened(), "leerplicht: school bellen, vrijdag", "wijkagent: langsgaan, vrijdag")
    stage.say(CHAIR, "!toewijzen")
    stage.say(CHAIR, "!toewijzen A1")
    stage.say(CHAIR, "!toewijzen A1 wijkagnet")
    stage.say(CHAIR, "ja")
    stage.say(CHAIR, "!toewijzen A1 onderwijz")
    stage.say(CHAIR, "nee")
    stage.say(CHAIR, "!toewijzen A1 schuldhulp")
    stage.say(CHAIR, "!toewijzen A1 wijkagent")
    stage.say("gi", "!toewijzen A1 GI")
    stage.note("er zijn twee wijkagenten")
    stage.hear("coordinator", f"!deelnemer {user('jan')} wijkagent")
    stage.say(CHAIR, "!toewijzen A1 wijkagent")
    stage.say(CHAIR, "eens even denken")
    stage.say(CHAIR, "jan")
    stage.say(CHAIR, f"!toewijzen A1 {user('wijkagent')}")
    stage.say(CHAIR, "!actie wijkagent: buurtonderzoek doen, vrijdag")
    stage.say(CHAIR, "2")
    stage.say(CHAIR, "!actie wijkagent: verslag maken")
    stage.say(CHAIR, "samen")
    stage.say(CHAIR, "vrijdag")
    stage.say(CHAIR, "!acties")
    stage.say(CHAIR, "!assign A2 GI")
    stage.say(CHAIR, "!assign A2 wijkagent")
    stage.say(CHAIR, "together")
    stage.say("gi", "!actie GI: plan maken, vrijdag")
    stage.say(CHAIR, "!toewijzen A5 wijkagent")
    stage.note("wat de een niet mag vertellen, kan een ander wel vragen")
    stage.say(CHAIR, "!actie GI: gezondheid uitvragen, vrijdag 20 maart")
    stage.say("gi", "!vast A6 niet verstrekt")
    stage.say(CHAIR, "!toewijzen A6 onderwijs")
    stage.say(CHAIR, "!acties")
    return stage


def take() -> Stage:
    stage = holding(opened(), "leerplicht: school bellen, vrijdag", "wijkagent: langsgaan, vrijdag")
    stage.hear("wijkagent", "!vast A2 wachtlijst")
    stage.say("procesregisseur", "!overnemen A1")
    stage.say("procesregisseur", "!overnemen A1")
    stage.say("gi", "overnemen A2", direct=True)
    stage.say("gi", "overnemen A9", direct=True)
    stage.hear(CHAIR, "!klaar A1")
    stage.say("gi", "!overnemen A1")
    stage.say("gi", "!overnemen")
    stage.say("gi", "!take A1")
    stage.say("leerplicht", "!take A2")
    return stage


def deputise() -> Stage:
    stage = holding(opened(), "leerplicht: school bellen, vrijdag")
    stage.say("leerplicht", "!vervanger A1")
    stage.say("leerplicht", "!vervanger A1 schuldhulp")
    stage.say("leerplicht", "!vervanger A1 onderwijz")
    stage.say("leerplicht", "ja")
    stage.say("leerplicht", "!vervanger A1 leerplicht")
    stage.say("leerplicht", "!vervanger A1 onderwijs")
    stage.say("gi", "!vervanger A1 GI")
    stage.say(CHAIR, f"!vervanger A1 {user('wijkagent')}")
    stage.say("leerplicht", "!vervanger A1 weg")
    stage.say("leerplicht", "!deputy A1 onderwijs")
    stage.say("leerplicht", "!deputy A1")
    return stage


def reject() -> Stage:
    stage = opened()
    stage.say(CHAIR, "!afwijzen")
    stage.say("gi", "!actie GI: plan maken, vrijdag")
    stage.say("gi", "!afwijzen A1")
    stage.say(CHAIR, "!afwijzen A1")
    stage.say("gi", "!action GI: make a plan, Friday")
    stage.say(CHAIR, "!reject A2")
    stage.say(CHAIR, "!reject A2")
    stage.note("met één tik, in het gesprek met de bot alleen")
    stage.say("gi", "!actie GI: verslag maken, vrijdag")
    (asked,) = stage.rows(Poll, about="A3")
    stage.tap("gi", asked, 0)
    stage.tap(CHAIR, asked, 2)
    stage.tap(CHAIR, asked, 0)
    return stage


def change() -> Stage:
    stage = holding(opened(), "leerplicht: school bellen, vrijdag")
    stage.say(CHAIR, "!wijzig")
    stage.say(CHAIR, "!wijzig A1 ma 9 mrt")
    stage.say(CHAIR, "!wijzig di 10 maart")
    stage.say(CHAIR, "!wijzig A1")
    stage.say(CHAIR, "wijkagent")
    stage.say(CHAIR, "!wijzig A1 blauw")
    stage.say(CHAIR, "!wijzig A9 ma 9 mrt")
    stage.say("gi", "!wijzig A1 ma 9 mrt")
    stage.say(CHAIR, "!change A1 Thursday 12 March")
    stage.say(CHAIR, "!change A1 blue")
    return stage


def vote() -> Stage:
    stage = opened()
    stage.say(CHAIR, "!stemming")
    stage.say(CHAIR, '!stemming "Nu opschalen?" ja')
    stage.say(CHAIR, '!stemming "Nu opschalen?" ja; nee; later')
    stage.say(CHAIR, '!stemming "Nog iets?" ja; nee')
    (poll,) = stage.rows(Poll)
    stage.tap("gi", poll, 0)
    stage.tap("leerplicht", poll, 1)
    stage.tap("leerplicht", poll, 2)
    stage.tap("wijkagent", poll, 1)
    stage.tap("wijkagent", poll, None)
    stage.tap("passant", poll, 1)
    stage.say("onderwijs", "!stem nee")
    stage.say(CHAIR, "!stemming sluit")
    stage.tap("gi", replace(poll, closed_at=stage.now), 1)
    stage.say("gi", '!stemming "Nu opschalen?" ja; nee')
    stage.say(CHAIR, "!stemming Wie begint? school; GI")
    stage.say(CHAIR, "!vote close")
    stage.say(CHAIR, '!vote "Escalate now?" yes; no')
    return stage


def cast_vote() -> Stage:
    stage = opened()
    stage.say("gi", "!stem ja")
    stage.hear(CHAIR, '!stemming "Nu opschalen?" ja; nee; later')
    stage.say("gi", "!stem misschien")
    stage.say("gi", "!stem 2")
    stage.say("gi", "!stem Ja.")
    stage.say("gi", "!cast maybe")
    stage.say("gi", "!cast later")
    return stage


def close_vote() -> Stage:
    stage = opened()
    stage.say(CHAIR, "!stemming sluit")
    stage.hear(CHAIR, '!stemming "Nu opschalen?" ja; nee')
    stage.say("gi", "!stemming sluit")
    stage.say(CHAIR, "!stemming sluit")
    stage.hear(CHAIR, '!stemming "Nu opschalen?" ja; nee')
    stage.hear("gi", "!stem nee")
    stage.say(CHAIR, "!vote close")
    return stage


def undo() -> Stage:
    stage = opened()
    stage.say(CHAIR, "!herstel")
    stage.hear(CHAIR, "!overleg start afspraken herijken")
    stage.say(CHAIR, "!herstel")
    stage.say(CHAIR, "!actie leerplicht: school bellen, vrijdag")
    stage.say(CHAIR, "!later A1 ma 9 mrt")
    stage.say(CHAIR, "!herstel")
    stage.say(CHAIR, "!herstel")
    stage.say("gi", "!actie GI: plan maken, vrijdag")
    stage.say("leerplicht", "!herstel")
    stage.say("gi", "!herstel")
    stage.say(CHAIR, "ja")
    stage.say(CHAIR, "!besluit plan maken, reden: nodig")
    stage.say(CHAIR, "!agenda besluiten; afronden")
    stage.say(CHAIR, "!aanwezig allen")
    stage.say(CHAIR, "!herstel")
    stage.say(CHAIR, "!herstel")
    stage.say(CHAIR, "!undo")
    stage.note("een ander heeft er daarna iets mee gedaan")
    stage.say("gi", "!actie GI: verslag maken, vrijdag")
    stage.say(CHAIR, "!akkoord A3")
    stage.say("gi", "!undo")
    stage.say(CHAIR, "!herstel")
    stage.say(CHAIR, f"!deelnemer {user('x')} burgerzaken")
    stage.say(CHAIR, "!herstel")
    stage.hear(CHAIR, "!overleg stop")
    stage.say("gi", "!herstel")
    return stage


def wipe() -> Stage:
    stage = holding(opened(), "leerplicht: school bellen, vrijdag", "GI: plan maken, vrijdag")
    stage.hear(CHAIR, "!besluit gezinsgesprek plannen, reden: geen contact")
    stage.hear("gi", "!agenda besluiten; afronden")
    stage.hear("leerplicht", "!klaar A1 twee keer gebeld")
    stage.say(CHAIR, "!wis")
    stage.say("gi", "!wis A1")
    stage.say("leerplicht", "!wis A1 toelichting")
    stage.say("leerplicht", "!wis A1 toelichting")
    stage.say(CHAIR, "!wis A1")
    stage.say("gi", "!wis agenda 2")
    stage.say(CHAIR, "!wis B1")
    stage.say(CHAIR, "!wis A9")
    stage.say(CHAIR, "!agenda")
    stage.say(CHAIR, "!acties")
    stage.say(CHAIR, "!redact A2")
    stage.say("gi", "!redact B1")
    return stage


def editing() -> Stage:
    """Edited and removed messages: always asked, never just carried out."""
    stage = opened()
    stage.say(CHAIR, "!actie leerplicht: school bellen, vrijdag")
    typed = stage.last
    stage.say(CHAIR, "!actie leerplicht: school en ouders bellen, ma 9 mrt", edits=typed)
    stage.say(CHAIR, "ja")
    stage.say(CHAIR, "!actie leerplicht: school en ouders bellen, ma 9 mrt", edits=typed)
    stage.say(CHAIR, "!actie leerplicht: school en ouders bellen, zsm", edits=typed)
    stage.say(CHAIR, "!actie leerplicht: bellen, dinsdag", edits=typed)
    stage.say(CHAIR, "nee")
    stage.say("gi", "!actie GI: plan maken, volgende vrijdag")
    typed = stage.last
    stage.say("gi", "de 13e")
    stage.say("gi", "!actie GI: veiligheidsplan maken, vrijdag 13 maart", edits=typed)
    stage.say("gi", "ja")
    stage.say(CHAIR, "!akkoord A2")
    stage.say("gi", "!actie GI: plan maken, vrijdag 20 maart", edits=typed)
    stage.say(CHAIR, "!besluit gesprek plannen, reden: geen contact")
    typed = stage.last
    stage.say(CHAIR, "!besluit gezinsgesprek plannen, reden: geen contact sinds januari", edits=typed)
    stage.say(CHAIR, "ja")
    stage.say("gi", "!agenda besluiten; afronden")
    typed = stage.last
    stage.say("gi", "!agenda besluiten; wie informeert", edits=typed)
    stage.say("gi", "ja")
    stage.say("gi", "!agenda besluiten", edits=typed)
    stage.say("leerplicht", "!later A1 di 10 mrt")
    typed = stage.last
    stage.say("leerplicht", "!later A1 wo 11 mrt", edits=typed)
    stage.say("leerplicht", "ja")
    stage.say("leerplicht", "ik bel morgen", edits=typed)
    stage.say(CHAIR, "!actie GI: een, vrijdag\n!actie GI: twee, vrijdag")
    stage.say(CHAIR, "!actie GI: een en twee, vrijdag", edits=stage.last)
    stage.note("een opdracht wordt verwijderd")
    stage.say(CHAIR, "!action GI: send the report, Friday")
    typed = stage.last
    stage.say(CHAIR, "!action GI: send the full report, Friday", edits=typed)
    stage.say(CHAIR, "yes")
    stage.remove(CHAIR, typed)
    stage.remove(CHAIR, "$zomaar")
    return stage


HANDLING: dict[str, Callable[[], Stage]] = {
    "toewijzen": assign,
    "overnemen": take,
    "vervanger": deputise,
    "afwijzen": reject,
    "wijzig": change,
    "stemming": vote,
    "stem": cast_vote,
    "stemming sluit": close_vote,
    "herstel": undo,
    "wis": wipe,
}
