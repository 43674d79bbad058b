"""Reminds the coordinators that a handover was not accepted in its term: those of both sides, each from their own bot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.access.trusting import NOT_COMPARED, is_verified
from bot.core.effects import Effects, Logged, Loudness, Say, ToPerson
from bot.core.records.handovers import WAITING, Handover, Side
from bot.core.reminding.hours import Roster
from bot.core.reminding.nudge_words import LANGUAGE
from bot.core.text import Message, Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.core.records.people import Pin
    from bot.core.region import Region

RINGS = Text("{peer_ref} · overdracht · regio {region}", "{peer_ref} · handover · region {region}")
OVERDUE_OURS = Text(
    "{ref} → regio {region}: na {n} werkdagen nog niet geaccepteerd. Wij blijven verantwoordelijk. Bel hun coördinator.",
    "{ref} → region {region}: not accepted after {n} working days. We stay responsible. Call their coordinator.",
)
OVERDUE_THEIRS = Text(
    "Regio {region} wacht {n} werkdagen op antwoord over {peer_ref}. Typ: overdracht accepteer {peer_ref} als <eigen "
    "referentie>, of overdracht weiger {peer_ref} <reden>.",
    "Region {region} has waited {n} working days for an answer about {peer_ref}. Type: handover accept {peer_ref} as "
    "<own reference>, or handover refuse {peer_ref} <reason>.",
)


def wake(now: datetime, due: tuple[Handover, ...], region: Region, pins: Mapping[str, Pin]) -> Effects:
    """The days for acceptance are over: it is said once, in the hours of the region."""
    effects, roster = Effects(), Roster(region, {})
    for handover in due:
        if handover.state not in WAITING:
            effects += Effects(keep=(replace(handover, overdue_at=None),))
        elif not roster.may_ring("", now):
            effects += Effects(keep=(replace(handover, overdue_at=roster.next_opening((), now)),))
        else:
            effects += _overdue(handover, region, pins)
    return effects


def _overdue(handover: Handover, region: Region, pins: Mapping[str, Pin]) -> Effects:
    n = region.protocols["overdracht"].terms["acceptance"]
    ours = handover.side is Side.SENDER
    ref = handover.case_ref if ours else handover.peer_ref
    text = OVERDUE_OURS if ours else OVERDUE_THEIRS
    words = text(LANGUAGE, ref=ref, peer_ref=handover.peer_ref, region=handover.region, n=n)
    rings = RINGS(LANGUAGE, peer_ref=ref, region=handover.region)
    log = Logged("handover.overdue", handover.case_ref, handover.region)
    told = coordinators_told(region, pins, f"overdue:{handover.id}", rings, [words])
    return Effects(keep=(replace(handover, overdue_at=None),), log=(log,)) + told


def coordinators_told(
    region: Region, pins: Mapping[str, Pin], key: str, rings: str, lines: list[str]
) -> Effects:
    """A line that rings and shows a reference only, and what it is about without a sound."""
    effects = Effects()
    for user in sorted(region.coordinators):
        if not is_verified(pins.get(user)):
            words = Message.of(NOT_COMPARED(LANGUAGE, user=user))
            effects += Effects(send=(Say(ToPerson(user), words, key=f"{key}:{user}"),))
            continue
        loud = Say(ToPerson(user), Message.of(rings), loudness=Loudness.NUDGE, key=f"{key}:{user}")
        quiet = Say(ToPerson(user), Message.of(*lines), key=f"{key}:{user}:why")
        effects += Effects(send=(loud, quiet))
    return effects
