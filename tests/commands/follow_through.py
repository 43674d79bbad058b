"""What people and the bot say to each other between meetings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.core.effects import Effects
from bot.core.records.explanations import Receiver, Rule
from commands.registry import Reply
from tests.commands.stage import Stage, holding, opened, user

if TYPE_CHECKING:
    from collections.abc import Callable

CHAIR = "voorzitter"
OTHER = "Z-2026-015"


def away() -> Stage:
    stage = opened(OTHER, (("voorzitter", "voorzitter"), ("leerplicht", "leerplicht")), stage=opened())
    holding(stage, "leerplicht: school bellen, vrijdag 13 maart")
    stage.say("leerplicht", "afwezig t/m 20 maart", direct=True)
    stage.say("leerplicht", "werktijden", direct=True)
    stage.say("leerplicht", "afwezig van 9 maart t/m 20 maart wijkagent", direct=True)
    stage.say("leerplicht", f"!afwezig t/m vrijdag {user('wijkagent')}")
    stage.say("leerplicht", "afwezig", direct=True)
    stage.say("leerplicht", "t/m 13 maart", direct=True)
    stage.say("leerplicht", "afwezig tot vrijdag", direct=True)
    stage.say("leerplicht", "vrijdag", direct=True)
    stage.say("leerplicht", "afwezig van 20 maart t/m 13 maart", direct=True)
    stage.say("leerplicht", "afwezig t/m 2 april 2028", direct=True)
    stage.say("leerplicht", "afwezig t/m 20 maart tante Bep", direct=True)
    stage.say("leerplicht", "afwezig t/m 20 maart @x:elders.example", direct=True)
    stage.say("leerplicht", "afwezig t/m 20 maart leerplicht", direct=True)
    stage.say("leerplicht", "away through 20 March", direct=True)
    stage.say("leerplicht", "terug", direct=True)
    stage.say("leerplicht", "afwezig terug", direct=True)
    stage.say("leerplicht", "away no", direct=True)
    stage.say("leerplicht", f"away from 9 March through 20 March {user('onderwijs')}", direct=True)
    return stage


def hours() -> Stage:
    stage = opened()
    stage.say("leerplicht", "werktijden", direct=True)
    stage.say("leerplicht", "werktijden ma di do 9:00-15:00", direct=True)
    stage.say("leerplicht", "werktijden ma t/m wo", direct=True)
    stage.say("leerplicht", "werktijden niet op woensdag", direct=True)
    stage.say("leerplicht", "werktijden van 10 tot 14 uur", direct=True)
    stage.say("leerplicht", "werktijden alleen in de ochtend", direct=True)
    stage.say("leerplicht", "werktijden 18:00-22:00", direct=True)
    stage.say("leerplicht", "werktijden 9:00-25:00", direct=True)
    stage.say("leerplicht", "werktijden niet ma t/m vr", direct=True)
    stage.say("leerplicht", "!hours always")
    stage.say("leerplicht", "hours Mon Tue, 9-12", direct=True)
    return stage


def why() -> Stage:
    stage = holding(opened(), "leerplicht: school bellen, vrijdag 6 maart", "GI: plan maken, vrijdag 6 maart")
    stage.say("leerplicht", "waarom", direct=True)
    told = (
        ("leerplicht", 4, "nudge:1:leerplicht", Receiver.HOLDER, -2),
        ("leerplicht", 9, "nudge:2:leerplicht", Receiver.HOLDER, 1),
        ("leerplicht", 11, "nudge:3:leerplicht", Receiver.HOLDER_WITH_HELP, 3),
        ("gi", 13, "nudge:4:gi", Receiver.CASE_COORDINATOR, 5),
        ("procesregisseur", 20, "nudge:5:procesregisseur", Receiver.PROCESS_COORDINATOR, 10),
    )
    for name, day, key, receiver, step in told:
        stage.nudged(name, day, key, "A1", date(2026, 3, 6), receiver, step)
    stage.nudged("gi", 13, "nudge:4:gi", "A2", date(2026, 3, 17), Receiver.HOLDER_STATUS, None, place=1)
    stage.nudged("gi", 5, "nudge:0:gi", "A2", date(2026, 3, 2), Receiver.HOLDER_SEEN, None)
    stage.nudged("voorzitter", 9, "unreached", None, None, None, None, rule=Rule.UNREACHED)
    stage.now = stage.now.replace(day=20, hour=11)
    stage.say("leerplicht", "waarom", direct=True)
    stage.replied_to = "nudge:1:leerplicht"
    stage.say("leerplicht", "waarom", direct=True)
    stage.replied_to = None
    stage.say("gi", "waarom", direct=True)
    stage.replied_to = "nudge:0:gi"
    stage.say("gi", "why", direct=True)
    stage.replied_to = None
    stage.say("procesregisseur", "why", direct=True)
    stage.say("voorzitter", "waarom", direct=True)
    stage.note("in de ruimte van de casus")
    stage.say("leerplicht", "!waarom")
    stage.replied_to = ""
    stage.say("leerplicht", "!waarom")
    stage.replied_to = None
    stage.nudged("leerplicht", 20, "mention", None, None, None, None, rule=Rule.MENTION)
    stage.say("wijkagent", "!waarom")
    stage.say("wijkagent", "!why")
    stage.note("wat de bot meer uit zichzelf zegt")
    stage.hear("leerplicht", "vast A1 ik weet niet hoe verder", room=stage.direct("leerplicht"))
    stage.say("gi", "waarom", direct=True)
    stage.hear(CHAIR, "!toewijzen A1 wijkagent")
    stage.say("wijkagent", "waarom", direct=True)
    stage.hear("wijkagent", "!actie wijkagent: langsgaan, maandag 23 maart")
    stage.say(CHAIR, "why", direct=True)
    stage.hear(CHAIR, "!opschalen samenwerking stagneert")
    stage.hear(CHAIR, "onderwijs")
    stage.say("onderwijs", "waarom", direct=True)
    stage.note("het weekbericht")
    stage.nudged("coordinator", 16, "digest", None, None, None, None, rule=Rule.DIGEST, ref=None)
    stage.say("coordinator", "waarom", direct=True)
    return stage


def digest() -> Stage:
    stage = holding(
        opened(), "leerplicht: school bellen, vrijdag 6 maart", "GI: plan maken, dinsdag 10 maart"
    )
    stage.now = stage.now.replace(day=4)
    for name in (CHAIR, "coordinator"):
        stage.say(name, "weekbericht", direct=True)
        stage.say(name, "weekbericht nu", direct=True)
    stage.say(CHAIR, "weekbericht dag dinsdag 10:00", direct=True)
    stage.say(CHAIR, "weekbericht vrijdag", direct=True)
    stage.say(CHAIR, "weekbericht uit", direct=True)
    stage.say(CHAIR, "weekbericht", direct=True)
    stage.say(CHAIR, "weekbericht aan", direct=True)
    stage.say(CHAIR, "weekbericht zondag", direct=True)
    stage.say(CHAIR, "weekbericht dinsdag 25:00", direct=True)
    stage.say(CHAIR, "digest day Thursday at 8:30", direct=True)
    stage.say(CHAIR, "digest off", direct=True)
    stage.say("leerplicht", "weekbericht nu", direct=True)
    stage.say(CHAIR, "!weekbericht nu")
    stage.note("als beeld")
    stage.now = stage.now.replace(day=9)
    stage.say("coordinator", "weekbericht beeld", direct=True)
    stage.say("coordinator", "digest picture", direct=True)
    stage.say(CHAIR, "weekbericht beeld", direct=True)
    stage.say("leerplicht", "weekbericht beeld", direct=True)
    stage.say("coordinator", "!weekbericht beeld")
    return stage


def on_track() -> Stage:
    stage = holding(opened(), "GI: plan maken, vrijdag 6 maart", "leerplicht: bellen, vrijdag 6 maart")
    stage.say("gi", "loopt A1", direct=True)
    stage.say("gi", "!loopt A1 gesprek gepland")
    stage.say("leerplicht", "!vast A2 wachtlijst")
    stage.say("leerplicht", "!on track A2")
    stage.say("leerplicht", "!loopt A1")
    stage.say("leerplicht", "!klaar A2")
    stage.say("leerplicht", "overslaan")
    stage.say("leerplicht", "!loopt A2")
    return stage


def not_done() -> Stage:
    lines = [
        f"leerplicht: bellen over {n}, vrijdag 6 maart"
        for n in ("verzuim", "verlof", "vervoer", "de bijlessen")
    ]
    stage = holding(opened(), *lines)
    stage.say("leerplicht", "niet uitgevoerd A1 geen capaciteit", direct=True)
    stage.say("leerplicht", "!niet uitgevoerd A2")
    stage.say("leerplicht", "tja")
    stage.say("leerplicht", "reden: collega is uitgevallen")
    stage.say("leerplicht", "!niet gelukt A3 omstandigheden gewijzigd")
    stage.say("leerplicht", "!not done A3 waiting list, nothing before summer")
    stage.say("leerplicht", "!niet uitgevoerd A3 nog eens")
    stage.say("gi", "!niet uitgevoerd A4 nooit begonnen")
    stage.say("wijkagent", "!niet uitgevoerd A4 nooit begonnen")
    stage.note("het volgende overleg")
    stage.say("voorzitter", "!overleg start hoe verder")
    return stage


def effect() -> Stage:
    """Not a command of its own: the question that follows 'klaar'."""
    stage = holding(opened(), *(f"leerplicht: stap {n} zetten, vrijdag 6 maart" for n in "abcde"))
    stage.say("leerplicht", "klaar A1", direct=True)
    stage.say("leerplicht", "deels", direct=True)
    stage.say("leerplicht", "klaar A2", direct=True)
    stage.say("leerplicht", "te vroeg", direct=True)
    stage.say("leerplicht", "!done A3")
    stage.say("leerplicht", "ik denk het wel, ja")
    stage.say("leerplicht", "yes")
    stage.say("leerplicht", "!klaar A4")
    stage.say("gi", "nee")
    stage.say("leerplicht", "overslaan")
    stage.say("gi", "!actie GI: plan maken, vrijdag")
    stage.say("voorzitter", "!klaar A5")
    stage.say("voorzitter", "ja A6")
    return stage


def plain() -> Stage:
    """In one's own chat a number is needed only where there is a choice."""
    stage = holding(opened(), "leerplicht: bellen, vrijdag 6 maart", "GI: plan maken, vrijdag 6 maart")
    stage.say("leerplicht", "oke", direct=True)
    stage.say("leerplicht", "later maandag school reageert niet", direct=True)
    stage.say("leerplicht", "vast wachtlijst", direct=True)
    stage.say("leerplicht", "over 2 weken", direct=True)
    stage.say("leerplicht", "wat", direct=True)
    stage.say("gi", "!klaar")
    stage.hear(CHAIR, "!actie leerplicht: langsgaan, vrijdag")
    stage.say("leerplicht", "klaar", direct=True)
    stage.say("leerplicht", "klaar A1", direct=True)
    stage.say("leerplicht", "te vroeg", direct=True)
    stage.say("leerplicht", "klaar samen met school gedaan", direct=True)
    stage.say("leerplicht", "klaar", direct=True)
    return stage


def before_meeting() -> Stage:
    """The round before a meeting, and what the meeting opens with."""
    stage = holding(
        opened(),
        *(
            f"{who}: iets uitzoeken, dinsdag 10 maart"
            for who in ("leerplicht", "GI", "wijkagent", "corporatie", "burgerzaken")
        ),
        "Veilig Thuis: iets uitzoeken, dinsdag 10 maart",
        "onderwijs: iets uitzoeken, dinsdag 10 maart",
        "leerplicht: iets anders uitzoeken, dinsdag 10 maart",
    )
    stage.hear("voorzitter", "!overleg start afspraken")
    stage.hear("voorzitter", "!overleg stop, volgend overleg 9 maart 10:00")
    for number in range(1, 9):
        stage.apply(Effects(keep=(replace(stage.action(number), status_asked=date(2026, 3, 5)),)))
    stage.now = stage.now.replace(day=5)
    stage.say("leerplicht", "loopt A1", direct=True)
    stage.say("gi", "klaar A2", direct=True)
    stage.say("wijkagent", "niet uitgevoerd A3 geen capaciteit", direct=True)
    stage.say("corporatie", "vast A4 wachtlijst", direct=True)
    stage.say("veiligthuis", "vast A6 niet verstrekt", direct=True)
    stage.say("onderwijs", "niet uitgevoerd A7 omstandigheden gewijzigd", direct=True)
    for _ in range(2):
        stage.hear("leerplicht", "later A8 over een week wacht op partner", room=stage.direct("leerplicht"))
        stage.now = stage.now.replace(hour=stage.now.hour + 1)
    stage.hear("leerplicht", "later A8 over twee weken", room=stage.direct("leerplicht"))
    stage.now = stage.now.replace(day=9, hour=10)
    stage.say("voorzitter", "!overleg start hoe verder")
    stage.say("veiligthuis", "!acties")
    stage.say("voorzitter", "!overleg stop, volgend overleg 23 maart")
    stage.note("een overleg later is het geen nieuws meer")
    stage.now = stage.now.replace(day=23)
    stage.say("voorzitter", "!meeting start next steps")
    return stage


def what() -> Stage:
    stage = opened(
        OTHER, (("voorzitter", "voorzitter"), ("leerplicht", "leerplicht"), ("gi", "GI")), stage=opened()
    )
    holding(
        stage,
        "leerplicht: school bellen, vrijdag 12:00",
        "leerplicht: verlof nagaan, vrijdag",
        "GI: plan maken, vrijdag",
    )
    holding(stage, "leerplicht: thuis langsgaan, vrijdag", "GI: bellen, vrijdag", ref=OTHER)
    stage.say("leerplicht", "wat A2", direct=True)
    stage.say("leerplicht", "A2", direct=True)
    stage.say("leerplicht", "A1", direct=True)
    stage.say("leerplicht", "Z-2026-015", direct=True)
    stage.say("leerplicht", "Z-2026-014 · A1", direct=True)
    stage.say("gi", "A3", direct=True)
    stage.say("gi", "what A1", direct=True)
    stage.say("gi", "!vast A3 wachtlijst")
    stage.say("gi", "!wat A3")
    stage.say("wijkagent", "!wat A3")
    stage.say("gi", "!klaar A3")
    stage.say("wijkagent", "!what A3")
    stage.say("wijkagent", "!wat A9")
    stage.say("coordinator", "wat Z-2026-015 A1", direct=True)
    stage.say("wijkagent", "A7", direct=True)
    stage.say("wijkagent", "!wat")
    stage.note("met één tik")
    stage.tap("leerplicht", stage.poll("leerplicht", "A2"), 1)
    stage.say("leerplicht", "dinsdag", direct=True)
    stage.say("leerplicht", "A2", direct=True)
    stage.tap("leerplicht", stage.poll("leerplicht", "A2"), 3)
    stage.tap("leerplicht", stage.poll("leerplicht", "A1", OTHER), 0)
    stage.say("leerplicht", "deels", direct=True)
    return stage


def escalate() -> Stage:
    stage = opened()
    stage.say(CHAIR, "!opschalen")
    stage.say(CHAIR, "reden: samenwerking stagneert, school reageert niet")
    stage.say(CHAIR, "even denken")
    stage.say(CHAIR, "ketenregisseur, onderwijs en schuldhulp")
    stage.say("procesregisseur", "!opschalen afspraken worden niet nagekomen")
    stage.say("procesregisseur", "niemand buiten deze ruimte")
    stage.say(CHAIR, "!opschalen mevrouw Jansen werkt niet mee")
    stage.say(CHAIR, "!escalate safety is at stake")
    stage.say(CHAIR, "nobody")
    stage.say(CHAIR, "!opschalen het moet hoger")
    stage.say(CHAIR, "!casus status")
    stage.say("leerplicht", "!opschalen nog hoger")
    return stage


def deescalate() -> Stage:
    stage = opened()
    stage.say(CHAIR, "!afschalen naar leerplicht")
    for _ in range(2):
        stage.hear(CHAIR, "!opschalen samenwerking stagneert")
        stage.hear(CHAIR, "niemand")
    stage.say(CHAIR, "!afschalen")
    stage.say(CHAIR, "!afschalen naar leerpligt")
    stage.say(CHAIR, "!afschalen naar leerplicht, reden: het gaat beter")
    stage.say(CHAIR, "nee")
    stage.say(CHAIR, "!afschalen naar leerplicht, reden: het gaat beter")
    stage.say(CHAIR, "misschien")
    stage.say(CHAIR, "ja")
    stage.say(CHAIR, "ja", reply=Reply.QUESTION)
    stage.say(CHAIR, "ja")
    stage.say(CHAIR, "!deescalate to Veilig Thuis")
    stage.say(CHAIR, "yes")
    stage.say(CHAIR, "no")
    stage.say("gi", "!afschalen naar GI")
    return stage


FOLLOW_THROUGH: dict[str, Callable[[], Stage]] = {
    "afwezig": away,
    "werktijden": hours,
    "waarom": why,
    "weekbericht": digest,
    "loopt": on_track,
    "niet uitgevoerd": not_done,
    "opschalen": escalate,
    "afschalen": deescalate,
    "wat": what,
}
TALKS: dict[str, Callable[[], Stage]] = {"effect": effect, "kort": plain, "ronde": before_meeting}
"""Conversations that begin with no command of their own."""
