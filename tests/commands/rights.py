"""The rights of whom a case is about: what people type for them, and what they hear."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.effects import Effects
from bot.core.records.actions import LifeDomain
from bot.core.records.people import Pin, PinState
from bot.core.region import Controller
from commands.registry import Reply
from tests.commands.stage import MONDAY, REF, Stage, holding, opened, user

if TYPE_CHECKING:
    from collections.abc import Callable

CHAIR, POINT = "voorzitter", "contactpunt"


def with_actions() -> Stage:
    """A case with a decision, and an action for safety (A2) beside an ordinary one."""
    stage = holding(opened(), "leerplicht: school bellen, vrijdag", "GI: veiligheidsplan bijwerken, vrijdag")
    stage.hear(CHAIR, "!besluit plan bijstellen, reden: school meldt verzuim")
    stage.apply(Effects(keep=(replace(stage.action(2), life_domain=LifeDomain.SAFETY),)))
    stage.apply(Effects(keep=(Pin(user(POINT), "PPPP", MONDAY, PinState.VERIFIED),)))
    stage.logged.clear()
    return stage


def privacy() -> Stage:
    stage = opened(seats=((CHAIR, CHAIR), ("leerplicht", "leerplicht")))
    stage.say("leerplicht", "!privacy")
    stage.note("het ZVH heeft ingevuld wie verantwoordelijk is; de voorzitter legt de grondslag vast")
    stage.region = replace(
        stage.region,
        controller=Controller("college van B en W van Voorbeeldstad", "privacy@voorbeeld.example"),
    )
    stage.now += timedelta(days=9)
    stage.hear(CHAIR, '!casus doel "weer naar school" grondslag wgs')
    stage.say("leerplicht", "!privacy")
    stage.say("leerplicht", "!privacy notice")
    stage.say("leerplicht", "privacy", direct=True)
    stage.say("leerplicht", f"privacy {REF}", direct=True)
    stage.say("leerplicht", "privacy Z-2026-099", direct=True)
    stage.say("passant", f"privacy {REF}", direct=True)
    return stage


def purpose() -> Stage:
    stage = opened()
    stage.say(CHAIR, "!casus doel")
    stage.say(CHAIR, "!casus doel grondslag wgs")
    stage.say(CHAIR, "!casus doel grondslag wgs")
    stage.now += timedelta(days=20)
    stage.say(CHAIR, '!casus doel "een veilige plek" grondslag toestemming')
    stage.say(CHAIR, "!casus doel grondslag omdat het mag")
    stage.say(CHAIR, "!casus doel BSN 111222333 uitzoeken")
    stage.say(CHAIR, "!casus doel")
    stage.say(CHAIR, '!case purpose "back to school" ground wgs')
    stage.say("gi", "!casus doel iets anders")
    return stage


def access() -> Stage:
    stage = with_actions()
    stage.say(POINT, f"inzage {REF}", direct=True)
    stage.say(POINT, f"inzage {REF} json", direct=True)
    stage.say(POINT, f"inzage {REF} word", direct=True)
    stage.say(POINT, "inzage", direct=True)
    stage.say(POINT, "inzage Z-2026-099", direct=True)
    stage.say(POINT, f"access {REF} pdf", direct=True)
    stage.say(CHAIR, f"inzage {REF}", direct=True)
    stage.say(CHAIR, f"!inzage {REF}")
    stage.note("een andere identiteit dan die is vergeleken")
    stage.apply(Effects(keep=(Pin(user(POINT), "PPPP", MONDAY, PinState.FIRST_USE),)))
    stage.say(POINT, f"inzage {REF}", direct=True)
    return stage


def correction() -> Stage:
    stage = with_actions()
    stage.say(POINT, f"correctie {REF} B1 de school meldde geen verzuim", direct=True)
    stage.say(POINT, "ja", direct=True, reply=Reply.QUESTION)
    stage.say(POINT, f"correctie {REF} A1: volgens moeder is er al gebeld", direct=True)
    stage.say(POINT, "nee", direct=True, reply=Reply.QUESTION)
    stage.say("leerplicht", "!wat A1")
    stage.say("leerplicht", "!what A2")
    stage.say("leerplicht", "!privacy")
    stage.say(POINT, f"correctie {REF} A1", direct=True)
    stage.say(POINT, f"correctie {REF} A9 dat klopt niet", direct=True)
    stage.say(POINT, f"correctie {REF}", direct=True)
    stage.say(POINT, f"correctie {REF} A1 BSN 111222333 klopt niet", direct=True)
    stage.say(POINT, f"correction {REF} A2 the plan was ready", direct=True)
    stage.say(POINT, "no", direct=True, reply=Reply.QUESTION)
    stage.say("gi", f"correctie {REF} A2 iets", direct=True)
    return stage


def restriction() -> Stage:
    stage = with_actions()
    stage.say(POINT, f"beperking {REF}", direct=True)
    stage.say(POINT, f"beperking {REF} aan juistheid wordt betwist", direct=True)
    stage.say(POINT, f"beperking {REF} aan nog eens", direct=True)
    stage.note("de casus staat stil")
    stage.say(CHAIR, "!actie leerplicht: langsgaan, vrijdag")
    stage.say(CHAIR, "!besluit afsluiten, reden: klaar")
    stage.say("leerplicht", "!klaar A1")
    stage.say("leerplicht", f"klaar {REF} A1", direct=True)
    stage.say(CHAIR, "!opschalen samenwerking stagneert")
    stage.say("gi", "!done A1")
    stage.say("leerplicht", "!acties")
    stage.say("leerplicht", "!casus status")
    stage.note("wat voor de veiligheid is, loopt door")
    stage.say("gi", "!later A2 maandag")
    stage.say(CHAIR, f"!deelnemer weg {user('onderwijs')}")
    stage.note("het contactpunt heft de beperking op")
    stage.say(POINT, f"beperking {REF} uit juistheid is vastgesteld", direct=True)
    stage.say(POINT, f"beperking {REF} uit nog eens", direct=True)
    stage.say("leerplicht", "!klaar A1")
    stage.say(POINT, f"restriction {REF} on lawfulness is contested", direct=True)
    stage.say("gi", f"beperking {REF} uit ik wil door", direct=True)
    return stage


RIGHTS: dict[str, Callable[[], Stage]] = {
    "privacy": privacy,
    "casus doel": purpose,
    "inzage": access,
    "correctie": correction,
    "beperking": restriction,
}
