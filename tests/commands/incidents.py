"""An incident as people declare it, follow it and end it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.core.effects import Effects
from bot.core.records.people import Pin, PinState
from tests.commands.stage import MONDAY, Stage, holding, opened, user

if TYPE_CHECKING:
    from collections.abc import Callable

COORDINATOR, COLLEAGUE, POINT = "coordinator", "collega", "contactpunt"


def office() -> Stage:
    """A case with an action, two coordinators and a contact point; it is Friday before the clocks go forward."""
    stage = holding(opened(), "leerplicht: school bellen, vrijdag 27 maart")
    stage.region = replace(stage.region, coordinators=stage.region.coordinators | {user(COLLEAGUE)})
    stage.apply(Effects(keep=(Pin(user(COLLEAGUE), "KKKK", MONDAY, PinState.VERIFIED),)))
    stage.logged.clear()
    stage.now = stage.now.replace(day=27, hour=10, minute=0, second=0)
    return stage


def start() -> Stage:
    stage = office()
    stage.say(COORDINATOR, "incident start", direct=True)
    stage.say(COLLEAGUE, "incident start", direct=True)
    stage.say("leerplicht", "incident start", direct=True)
    stage.say("leerplicht", "!incident start")
    stage.note("wat mensen typen werkt gewoon, en het weekbericht zegt dat herinneringen stilstaan")
    stage.say("leerplicht", "!klaar A1 gebeld, gesprek maandag")
    stage.say("leerplicht", "helemaal", later=timedelta(0))
    stage.say(COORDINATOR, "weekbericht nu", direct=True)
    stage.note("in het Engels, door het contactpunt, na een eerder incident")
    stage.say(POINT, "incident stop", direct=True)
    stage.say(POINT, "incident begin", direct=True)
    return stage


def stand() -> Stage:
    stage = office()
    stage.say(COORDINATOR, "incident", direct=True)
    stage.say(COORDINATOR, "incident status", direct=True)
    stage.say(COORDINATOR, "incident start", direct=True)
    stage.say(COLLEAGUE, "incident", direct=True)
    stage.say(COLLEAGUE, "incident status", direct=True, later=timedelta(hours=71, minutes=30))
    stage.say(COLLEAGUE, "incident", direct=True, later=timedelta(hours=1))
    stage.say(COLLEAGUE, "incident status", direct=True)
    stage.say(COLLEAGUE, "incident stop", direct=True)
    stage.say(COLLEAGUE, "incident", direct=True)
    stage.say("leerplicht", "incident", direct=True)
    return stage


def stop() -> Stage:
    stage = office()
    stage.say(COORDINATOR, "incident stop", direct=True)
    stage.say(COORDINATOR, "incident end", direct=True)
    stage.say(COORDINATOR, "incident start", direct=True)
    stage.say(COLLEAGUE, "incident stop", direct=True, later=timedelta(hours=5))
    stage.say(COORDINATOR, "waarom", direct=True)
    stage.say(COORDINATOR, "incident", direct=True)
    stage.say(COORDINATOR, "incident begin", direct=True)
    stage.say(COORDINATOR, "incident end", direct=True)
    stage.say(COLLEAGUE, "why", direct=True)
    return stage


INCIDENTS: dict[str, Callable[[], Stage]] = {
    "incident start": start,
    "incident": stand,
    "incident stop": stop,
}
