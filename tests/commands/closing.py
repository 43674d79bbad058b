"""How a case ends: what the chair is asked, what is left to do, and how it goes on after all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.effects import Effects
from bot.core.guard import KeptText
from bot.core.records.actions import Action, ActionState, BlockReason, LifeDomain, Outcome
from bot.core.records.cases import CaseState, Closing
from commands.registry import Reply
from tests.commands.stage import REF, Stage, holding, opened, scene, user

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

CHAIR = "voorzitter"
SAID = (
    ("reden: de kinderen gaan weer naar school", Reply.NOTHING),
    ("geïnformeerd: moeder, door de GI", Reply.NOTHING),
    ("wijkteam", Reply.QUESTION),
    ("gehaald", Reply.NOTHING),
    ("overslaan", Reply.NOTHING),
    ("overslaan", Reply.NOTHING),
)
"""The shortest answers to what the chair is asked."""


@scene
def closed(stage: Stage | None = None) -> Stage:
    """A case that was closed, by the commands themselves."""
    stage = stage or opened()
    stage.hear(CHAIR, "!casus sluit")
    for words, reply in SAID:
        stage.hear(CHAIR, words.replace("wijkteam", "onderwijs"), reply=reply)
    assert not stage.file().is_open
    return stage


def close() -> Stage:
    stage = holding(
        opened(),
        "leerplicht: school bellen, vrijdag",
        "GI: plan maken, vrijdag",
        "wijkagent: langsgaan, vrijdag",
    )
    stage.hear("gi", "!actie GI: bijlessen zoeken, vrijdag")
    stage.say("leerplicht", "!casus sluit het is klaar")
    stage.say(CHAIR, "!casus sluit het is klaar")
    stage.say(CHAIR, "!afwijzen A4")
    stage.say("leerplicht", "!klaar A1")
    stage.say("leerplicht", "ja")
    stage.say("gi", "!klaar A2")
    stage.say("gi", "deels")
    stage.say("wijkagent", "!klaar A3")
    stage.say(CHAIR, "!overleg start afronden")
    stage.say(CHAIR, "!casus sluit het is klaar")
    stage.hear(CHAIR, "!overleg stop")
    stage.hear(CHAIR, '!stemming "Sluiten?" ja; nee')
    stage.say(CHAIR, "!casus sluit het is klaar")
    stage.hear(CHAIR, "!stemming sluit")
    stage.note("nu kan het")
    stage.say(CHAIR, "!casus sluit")
    stage.say(CHAIR, "even denken")
    stage.say(CHAIR, "reden: de kinderen gaan weer naar school")
    stage.say(CHAIR, "geïnformeerd: niemand")
    stage.say(CHAIR, "geïnformeerd: moeder, door de GI")
    stage.say(CHAIR, "de buurvrouw", reply=Reply.QUESTION)
    stage.say(CHAIR, "onderwijs")
    stage.say(CHAIR, "overslaan")
    stage.say(CHAIR, "gehaald")
    stage.say(CHAIR, "contact met het gezin")
    stage.say(CHAIR, "overslaan")
    stage.note("in de gesloten casus")
    stage.say(CHAIR, "!casus status")
    stage.say(CHAIR, "!acties")
    stage.say(CHAIR, "!actie GI: nog iets, vrijdag")
    stage.say("gi", "!besluit toch nog iets, reden: zomaar")
    stage.say(CHAIR, "!besluit toch nog iets, reden: zomaar")
    stage.say(CHAIR, "!casus sluit")
    stage.say("coordinator", f'casus nieuw {REF} doel "opnieuw"', direct=True)
    stage.say("coordinator", f"casus status {REF}", direct=True)
    stage.now += timedelta(days=90)
    stage.note("drie maanden later")
    stage.say("gi", "later A5 over 2 weken", direct=True)
    stage.say("gi", "vast A5 geen contact", direct=True)
    stage.say("gi", "klaar A5 gaat goed op school", direct=True)
    stage.say("gi", "ja", direct=True)
    return stage


def close_in_english() -> Stage:
    stage = opened()
    stage.say(CHAIR, "!case close the children are back at school")
    stage.say(CHAIR, "informed: mother, by the GI")
    stage.say(CHAIR, "nobody needed")
    stage.say(CHAIR, "reached")
    stage.say(CHAIR, "skip")
    stage.say(CHAIR, "acting")
    stage.say(CHAIR, "!action GI: one more thing, Friday")
    return stage


def reopen() -> Stage:
    stage = opened()
    stage.say(CHAIR, "!casus heropen zomaar")
    closed(stage)
    stage.say("leerplicht", "!casus heropen nieuwe zorgen")
    stage.say(CHAIR, "!casus heropen")
    stage.say(CHAIR, "reden: nieuwe zorgen van school")
    stage.say(CHAIR, "!casus sluit toch klaar")
    stage.hear(CHAIR, "!vervallen A1 de casus is weer open")
    stage.hear(CHAIR, "!vervallen A2 de casus is weer open")
    closed(stage)
    stage.say(CHAIR, "!case reopen new concerns from school")
    return stage


def both() -> Stage:
    stage = close()
    stage.note("the same in English")
    stage.transcript += close_in_english().transcript
    return stage


def direct() -> Stage:
    stage = opened()
    stage.hear(CHAIR, "!actie casusregisseur: ouders informeren, vrijdag")
    stage.say("leerplicht", "!casus regie")
    stage.say(CHAIR, "!casus regie")
    stage.say(CHAIR, "!casus regie GI")
    stage.say(CHAIR, "!casus regie wijkteam")
    stage.say(CHAIR, "!casus regie procesregisseur")
    stage.say(CHAIR, "!casus regie leerplicht")
    stage.say("leerplicht", "!oke A1")
    stage.note("een wisseling van medewerker")
    stage.hear(CHAIR, f"!deelnemer {user('nieuw')} leerplicht")
    stage.say(CHAIR, "!casus regie leerplicht")
    stage.say(CHAIR, f"!casus regie {user('nieuw')}")
    stage.say(CHAIR, f"!deelnemer weg {user('nieuw')}")
    stage.say(CHAIR, "!case coordinator")
    stage.say(CHAIR, "!case coordinator GI")
    stage.note("wie alleen casusregisseur is, heeft daarna geen rol meer")
    stage.hear(CHAIR, f"!deelnemer {user('gi')} casusregisseur")
    stage.say(CHAIR, "!casus regie wijkagent")
    return stage


def figures() -> Stage:
    """A region of which a quarter is over."""
    stage = opened()
    stage.say("coordinator", "cijfers", direct=True)
    goals = ("reached",) * 14 + ("partly",) * 11 + ("handed_over",) * 3
    for number, goal in enumerate(goals):
        ref = f"Z-2025-{number:03}"
        case = replace(stage.file().case, ref=ref, room_id=None, state=CaseState.CLOSED)
        answers = (("goal", goal), ("sooner", "acting")) if number % 2 else (("goal", goal),)
        closing = Closing(ref, 1, stage.now, user(CHAIR), 1, None, answers)
        stage.apply(Effects(keep=(case, closing, *(_ended(ref, n, goal, stage.now) for n in (1, 2)))))
    stage.now = stage.now.replace(month=4, day=2)
    stage.say("coordinator", "cijfers", direct=True)
    stage.say("coordinator", "cijfers 2026 kwartaal 2", direct=True)
    stage.say("coordinator", "cijfers 2024 kwartaal 3", direct=True)
    stage.say("coordinator", "cijfers van vorig jaar", direct=True)
    stage.say("coordinator", "!cijfers")
    stage.say(CHAIR, "!cijfers")
    stage.say(CHAIR, "cijfers", direct=True)
    stage.say("coordinator", "stats 2026 quarter 1", direct=True)
    return stage


def _ended(ref: str, number: int, goal: str, at: datetime) -> Action:
    outcome = Outcome.YES if goal == "reached" else Outcome.PARTLY
    stuck = BlockReason.WAITING_LIST if goal == "reached" else BlockReason.NO_CONTACT
    return Action(
        case_ref=ref,
        number=number,
        text=KeptText.from_store("school bellen"),
        holder="leerplicht",
        state=ActionState.DONE,
        due_date=at.date(),
        due_time=None,
        created_at=at,
        created_by=user(CHAIR),
        updated_at=at,
        reason=stuck if number == 1 else None,
        life_domain=LifeDomain.DAYTIME,
        outcome=outcome,
    )


CLOSING: dict[str, Callable[[], Stage]] = {
    "casus regie": direct,
    "casus sluit": both,
    "casus heropen": reopen,
    "cijfers": figures,
}
