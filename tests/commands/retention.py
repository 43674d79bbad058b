"""How long a case is kept, and how two people destroy it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.core.dates.calendar import AMSTERDAM
from bot.core.effects import Effects
from bot.core.records.people import Pin, PinState
from tests.commands.closing import CHAIR, closed
from tests.commands.stage import REF, Stage, opened, scene, user

if TYPE_CHECKING:
    from collections.abc import Callable

COORDINATOR = "coordinator"
NEAR_THE_END = datetime(2027, 8, 2, 10, 0, tzinfo=AMSTERDAM)


def compared(stage: Stage, *names: str) -> Stage:
    """These people's identities were compared with the operator."""
    stage.apply(Effects(keep=tuple(Pin(user(n), f"{n}-key", stage.now, PinState.VERIFIED) for n in names)))
    return stage


@scene
def kept_for_long(stage: Stage | None = None, *, verified: tuple[str, ...] = (CHAIR,)) -> Stage:
    """A case that was closed in March 2026, in August 2027."""
    stage = compared(closed(stage), *verified)
    stage.now = NEAR_THE_END
    return stage


def extend() -> Stage:
    stage = opened()
    stage.say(CHAIR, "!bewaar verleng 1 maart 2028, reden: er loopt nog een klacht")
    kept_for_long(stage)
    stage.say("leerplicht", "!bewaar verleng 1 maart 2028, reden: zomaar")
    stage.say(CHAIR, "!bewaar verleng")
    stage.say(CHAIR, "1 maart 2028")
    stage.say(CHAIR, "reden: er loopt nog een klacht")
    stage.say(CHAIR, "!bewaar verleng 1 februari 2028, reden: er loopt nog een klacht")
    stage.say(CHAIR, "!bewaar verleng 1 maart 2032, reden: er loopt nog een klacht")
    stage.say(CHAIR, "!bewaar verleng 1 april 2028, reden: bsn 111222333")
    stage.say(COORDINATOR, "bewaar verleng", direct=True)
    stage.say(COORDINATOR, f"bewaar verleng {REF} 1 april 2028, reden: de klacht loopt nog", direct=True)
    stage.say(CHAIR, "!retention extend 1 June 2028, reason: the complaint is still pending")
    stage.say(CHAIR, "!casus status")
    return stage


def destroy() -> Stage:
    stage = opened()
    stage.say(CHAIR, f"!vernietig {REF}")
    kept_for_long(stage, verified=())
    stage.note("wie niet is vergeleken")
    stage.say("leerplicht", f"!vernietig {REF}")
    stage.say(CHAIR, f"!vernietig {REF}")
    stage.note("vergeleken")
    compared(stage, CHAIR)
    stage.say(CHAIR, f"!vernietig {REF} akkoord")
    stage.say(CHAIR, f"!vernietig {REF}")
    stage.say(CHAIR, f"!vernietig {REF} akkoord")
    stage.say(COORDINATOR, "vernietig", direct=True)
    stage.say(COORDINATOR, f"vernietig {REF}", direct=True)
    stage.say(COORDINATOR, f"vernietig {REF} misschien", direct=True)
    stage.say(COORDINATOR, f"vernietig {REF} nee", direct=True)
    stage.note("opnieuw gevraagd, en te laat geantwoord")
    stage.say(CHAIR, f"!vernietig {REF}")
    stage.now += timedelta(days=15)
    stage.say(COORDINATOR, f"vernietig {REF} akkoord", direct=True)
    stage.note("opnieuw")
    stage.say(COORDINATOR, f"vernietig {REF}", direct=True)
    stage.say(CHAIR, f"!vernietig {REF} akkoord")
    stage.say(COORDINATOR, f"casus status {REF}", direct=True)
    stage.note("de een is vergeleken op het woord van de ander")
    stage.transcript += destroy_on_one_word().transcript
    stage.note("the same in English")
    stage.transcript += destroy_in_english().transcript
    return stage


def destroy_on_one_word() -> Stage:
    stage = kept_for_long(verified=())
    by = Pin(user(CHAIR), "key", stage.now, PinState.VERIFIED, vouched_by=user(COORDINATOR))
    stage.apply(Effects(keep=(by,)))
    stage.say(CHAIR, f"!vernietig {REF}")
    stage.say(COORDINATOR, f"vernietig {REF} akkoord", direct=True)
    return stage


def destroy_in_english() -> Stage:
    stage = kept_for_long()
    stage.say(CHAIR, f"!destroy {REF}")
    stage.say(COORDINATOR, f"destroy {REF} agree", direct=True)
    return stage


RETENTION: dict[str, Callable[[], Stage]] = {"bewaar verleng": extend, "vernietig": destroy}
