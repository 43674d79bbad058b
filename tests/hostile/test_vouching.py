"""What one person's word for another's identity reaches: no case of others, and nothing that was compared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.effects import Effects, Say, ToCase
from bot.core.records.cases import Case
from bot.core.records.people import Pin, PinState
from commands.registry import Reply
from tests.commands.stage import MONDAY, REF, Stage, opened, user

MALLORY, VERA, COORDINATOR = "mallory", "vera", "coordinator"
ELSEWHERE = "Z-2026-020"
FORGED = "FFFFGGGG"


def held_to(name: str, state: PinState = PinState.FIRST_USE, **changes: str | None) -> Pin:
    return replace(Pin(user(name), f"{name}-key", MONDAY, state), **changes)


def two_cases(*, led_by_mallory: bool = False, vera: PinState = PinState.FIRST_USE) -> Stage:
    """Mallory, compared, chairs one case and has given Vera a seat in it; in another Vera takes part too."""
    stage = opened(REF, ((MALLORY, "voorzitter"), (VERA, "leerplicht")), Stage())
    chair = MALLORY if led_by_mallory else "voorzitter"
    opened(ELSEWHERE, ((chair, "voorzitter"), (VERA, "leerplicht")), stage)
    pins = held_to(MALLORY, PinState.VERIFIED), held_to(VERA, vera, changed_to=FORGED)
    stage.apply(Effects(keep=pins))
    return stage


def vouches(stage: Stage, name: str) -> Effects:
    """Somebody says in the first case that the forged identity is Vera's."""
    stage.hear(name, f"!vertrouwen {user(VERA)}")
    return stage.hear(name, "ja", reply=Reply.QUESTION)


def is_forged(stage: Stage) -> bool:
    [pin] = stage.rows(Pin, user_id=user(VERA))
    return bool(pin.master_key == FORGED)


def cases_told(effects: Effects) -> set[str]:
    return {out.to.ref for out in effects.send if isinstance(out, Say) and isinstance(out.to, ToCase)}


def test_a_chair_does_not_change_who_somebody_is_in_a_case_of_others() -> None:
    stage = two_cases()
    vouches(stage, MALLORY)
    assert not is_forged(stage)


def test_a_chair_does_not_reach_into_a_case_of_others_by_answering_a_question_of_before() -> None:
    stage = opened(REF, ((MALLORY, "voorzitter"), (VERA, "leerplicht")), Stage())
    stage.apply(Effects(keep=(held_to(MALLORY, PinState.VERIFIED), held_to(VERA, changed_to=FORGED))))
    stage.hear(MALLORY, f"!vertrouwen {user(VERA)}")
    opened(ELSEWHERE, (("voorzitter", "voorzitter"), (VERA, "leerplicht")), stage)
    stage.hear(MALLORY, "ja", reply=Reply.QUESTION)
    assert not is_forged(stage)


def test_a_closed_case_of_others_counts_too() -> None:
    """Who sits there can read what was agreed, closed or not."""
    stage = two_cases()
    [case] = stage.rows(Case, ref=ELSEWHERE)
    stage.apply(Effects(keep=(replace(case, state="closed"),)))
    vouches(stage, MALLORY)
    assert not is_forged(stage)


@pytest.mark.parametrize("who", [MALLORY, COORDINATOR])
def test_no_word_replaces_an_identity_that_was_compared(who: str) -> None:
    stage = two_cases(led_by_mallory=True, vera=PinState.VERIFIED)
    vouches(stage, who)
    assert not is_forged(stage)


@pytest.mark.parametrize("who", [MALLORY, COORDINATOR])
def test_every_case_of_somebody_hears_who_vouched_for_their_new_identity(who: str) -> None:
    stage = two_cases(led_by_mallory=True)
    effects = vouches(stage, who)
    assert is_forged(stage)
    assert cases_told(effects) == {ELSEWHERE}, "and the room in which it was said has the answer"
