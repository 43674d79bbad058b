"""What people and the bot say to each other while somebody is out of sight."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.effects import Effects
from bot.core.records.signals import Signal, SignalState
from commands.registry import Reply
from tests.commands.stage import MONDAY, REF, Stage, holding, opened, scene, user

if TYPE_CHECKING:
    from collections.abc import Callable

CHAIR = "voorzitter"
COORDINATOR = "procesregisseur"
ANSWER = Reply.QUESTION


@scene
def agreeing() -> Stage:
    """A case with some actions, in the morning on which a child was not seen."""
    lines = (
        "leerplicht: verzuimoverzicht uitvragen, vrijdag 6 maart",
        "corporatie: woning bekijken, 10 maart",
    )
    stage = holding(opened(), *lines, "GI: plan bespreken, 20 maart")
    stage.transcript.clear()
    return stage


@scene
def following(stage: Stage | None = None, *, minor: bool = False) -> Stage:
    """With the protocol followed from day 0 on."""
    stage = stage or agreeing()
    if minor:
        stage.apply(Effects(keep=(replace(stage.file().case, minor=True),)))
    for name, text in (
        (CHAIR, "!uitbeeld start 8 dagen niet op school, geen contact"),
        ("veiligthuis", "!niet acuut"),
        (CHAIR, "1 samen met A1"),
        (CHAIR, "ja"),
    ):
        stage.hear(name, text)
    assert stage.file().out_of_sight
    return stage


def start() -> Stage:
    stage = agreeing()
    stage.say("leerplicht", "!uitbeeld start ik zie het kind niet meer")
    stage.say(CHAIR, "!uitbeeld start familie Jansen is weg")
    stage.say(CHAIR, "!uitbeeld start 8 dagen niet op school, geen contact")
    stage.say(CHAIR, "nee")
    stage.say(CHAIR, "ja")
    stage.say(COORDINATOR, "!later A4 vrijdag")
    stage.say(CHAIR, "!uitbeeld start")
    stage.say(CHAIR, "!uitbeeld pauzeer A1 tot 16 maart")
    stage.say(CHAIR, "!uitbeeld afsluiten reden: klaar")
    stage.say(CHAIR, "nee", reply=ANSWER)
    stage.note("de stappen, en wat de voorzitter anders wil")
    stage.say("leerplicht", "ja")
    stage.say(CHAIR, "ja")
    stage.say(CHAIR, "ik overleg even", reply=ANSWER)
    stage.say(CHAIR, "1 samen met A1, zonder 4")
    stage.say(CHAIR, "5 wijkagent en 6 samen met A9")
    stage.say(CHAIR, "5 tante Bep", reply=ANSWER)
    stage.say(CHAIR, "zonder 12")
    stage.say(CHAIR, "5 wijkagent")
    stage.say(CHAIR, "!uitbeeld start")
    stage.say(COORDINATOR, "ja", reply=ANSWER)
    stage.say(CHAIR, "ja", reply=ANSWER)
    stage.say(CHAIR, "!uitbeeld start")
    stage.note("er komt een protocol bij")
    stage.say(COORDINATOR, "!outofsight start forced marriage the family speaks of a journey")
    stage.say(COORDINATOR, "not acute")
    stage.say(COORDINATOR, "without 3, 5 with A5")
    stage.say(COORDINATOR, "yes")
    stage.say(CHAIR, "!uitbeeld start verhuizing")
    stage.note("het overleg begint")
    stage.say(CHAIR, '!overleg start "afspraken herijken"')
    stage.say(CHAIR, "!herstel")
    stage.say(CHAIR, "!niet acuut")
    stage.say(CHAIR, "!herstel")
    stage.say(CHAIR, "1 samen met A4, zonder 2, zonder 3, zonder 4, zonder 5, zonder 6")
    stage.say(CHAIR, "ja")
    stage.say(CHAIR, "!herstel")
    return stage


def not_acute() -> Stage:
    stage = agreeing()
    stage.say("leerplicht", "!niet acuut")
    stage.say(CHAIR, "!besluit uit-beeldprotocol starten, reden: 8 dagen niet op school, geen contact")
    stage.say("leerplicht", "!oke niet A1")
    stage.say("veiligthuis", "!oke niet acuut")
    stage.say(CHAIR, "ja")
    stage.say("leerplicht", "!not acute")
    return stage


def pause() -> Stage:
    stage = agreeing()
    stage.say(CHAIR, "!uitbeeld pauzeer A1 tot 16 maart")
    stage = following(stage)
    stage.say("leerplicht", "!uitbeeld pauzeer A1 tot 16 maart")
    stage.say(CHAIR, "!uitbeeld pauzeer A1 tot 16 maart")
    stage.say(CHAIR, "!uitbeeld pauzeer A2")
    stage.say(CHAIR, "over twee weken")
    stage.say(COORDINATOR, "!outofsight pause A3 until 16 March")
    stage.note("de beoordeling wacht nooit langer dan het protocol zegt")
    stage.say(CHAIR, "!uitbeeld pauzeer A4 tot 1 juli")
    stage.say(CHAIR, "!later A4 1 juli")
    stage.say(COORDINATOR, "!later A4 vrijdag 20 maart")
    return stage


def stand() -> Stage:
    stage = agreeing()
    stage.say("leerplicht", "!uitbeeld stand")
    stage = following(stage, minor=True)
    seen = Signal(2, REF, SignalState.NOTED, "leerplicht", MONDAY, user("leerplicht"), MONDAY)
    stage.apply(Effects(keep=(seen,)))
    stage.now = stage.now.replace(day=9)
    stage.hear("leerplicht", "!klaar A1")
    stage.hear("burgerzaken", "!klaar A5 geen verhuizing aangegeven")
    stage.hear("corporatie", "!vast A7 wachtlijst")
    stage.say("leerplicht", "!uitbeeld stand")
    stage.say("leerplicht", "!outofsight status")
    stage.say(CHAIR, "!casus status")
    return stage


def back() -> Stage:
    stage = agreeing()
    stage.say(CHAIR, "!uitbeeld terug")
    stage = following(stage, minor=True)
    stage.now = stage.now.replace(day=12)
    stage.say(CHAIR, "!uitbeeld terug")
    stage.say(CHAIR, "dat is mooi")
    stage.say(CHAIR, "reden: vanochtend op school gesproken door leerplicht")
    stage.say("leerplicht", "!uitbeeld stand")
    stage.say(CHAIR, "!vervallen A6 het kind is niet meer weg")
    stage.note("twee maanden later opnieuw")
    stage.now = stage.now.replace(month=5, day=11)
    stage.say(CHAIR, "!outofsight start moving the home is empty")
    stage.say(CHAIR, "!outofsight back seen at home today by wijkagent")
    stage.say(CHAIR, "!uitbeeld stand")
    return stage


def close() -> Stage:
    stage = agreeing()
    stage.say(CHAIR, "!uitbeeld afsluiten")
    stage = following(stage)
    stage.now = stage.now.replace(month=6)
    stage.say(COORDINATOR, "!uitbeeld afsluiten reden: politie neemt het over")
    stage.say(CHAIR, "!uitbeeld afsluiten")
    stage.say(CHAIR, "reden: politie en jeugdbescherming nemen het over")
    stage.say(CHAIR, "nee")
    stage.say(CHAIR, "!uitbeeld afsluiten reden: politie en jeugdbescherming nemen het over")
    stage.say(CHAIR, "ja")
    stage.say(CHAIR, "!outofsight close reason: done")
    return stage


def kept_open() -> Stage:
    """Nothing ends because a child is gone."""
    stage = agreeing()
    stage.say(CHAIR, "!vervallen A1 kind is spoorloos")
    stage = following(stage)
    stage.say(CHAIR, "!vervallen A1 uit beeld")
    stage.say(CHAIR, "!vervallen A1 gezin is verhuisd")
    stage.say(CHAIR, "!vervallen A2 al gedaan door het wijkteam")
    stage.say(CHAIR, "ja")
    stage.say(CHAIR, "!vervallen A2 al gedaan door het wijkteam")
    stage.say(CHAIR, "nee")
    stage.say("gi", "!niet uitgevoerd A3 geen contact")
    stage.say("gi", "!not done A3 no capacity")
    stage.say("gi", "no")
    stage.note("de beoordeling komt terug, hoe zij ook eindigt")
    stage.say(COORDINATOR, "!klaar A4 nog niemand gezien")
    stage.say(CHAIR, "!vervallen A10 dubbel")
    stage.say(CHAIR, "nee")
    stage.say(COORDINATOR, "done A11", direct=True)
    return stage


SIGHT: dict[str, Callable[[], Stage]] = {
    "uitbeeld start": start,
    "niet acuut": not_acute,
    "uitbeeld pauzeer": pause,
    "uitbeeld stand": stand,
    "uitbeeld terug": back,
    "uitbeeld afsluiten": close,
}
"""The conversation of each command."""
