"""Destroying a case takes two people: nobody is two by having vouched for an account of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.core.access.trusting import stand_apart
from bot.core.effects import Effects
from bot.core.records.cases import Case
from bot.core.records.people import OPERATOR, Pin, PinState
from tests.commands.retention import kept_for_long
from tests.commands.stage import MONDAY, REF, Stage, user

if TYPE_CHECKING:
    from collections.abc import Mapping

COORDINATOR = "coordinator"


def compared(user_id: str, by: str) -> Pin:
    return Pin(user_id, f"{user_id}-key", MONDAY, PinState.VERIFIED, vouched_by=by)


def asked(**vouched_by: str) -> Stage:
    """A case that may be destroyed; each of these people was compared, and on that word."""
    stage = kept_for_long(verified=())
    stage.apply(Effects(keep=tuple(compared(user(name), by) for name, by in vouched_by.items())))
    return stage


def is_destroyed(stage: Stage, first: str, second: str) -> bool:
    for name, word in ((first, ""), (second, " akkoord")):
        room = stage.direct(name) if name == COORDINATOR else stage.room()
        stage.hear(name, f"!vernietig {REF}{word}", room=room)
    return not stage.rows(Case, ref=REF)


@pytest.mark.parametrize(
    ("first", "second"),
    [(COORDINATOR, "voorzitter"), ("voorzitter", COORDINATOR), ("voorzitter", "procesregisseur")],
)
def test_one_coordinator_with_more_accounts_does_not_give_both_words(first: str, second: str) -> None:
    by = user(COORDINATOR)
    assert not is_destroyed(asked(coordinator=OPERATOR, voorzitter=by, procesregisseur=by), first, second)


def test_two_people_whom_the_operator_compared_destroy_a_case() -> None:
    stage = asked(coordinator=OPERATOR, voorzitter=OPERATOR, procesregisseur=user(COORDINATOR))
    assert is_destroyed(stage, "procesregisseur", "voorzitter")


@pytest.mark.parametrize(
    ("chain", "other", "apart"),
    [
        ({"a": OPERATOR, "b": OPERATOR}, "b", True),
        ({"a": OPERATOR, "b": "a"}, "b", False),
        ({"a": OPERATOR, "b": "a", "c": "b"}, "c", False),
        ({"a": OPERATOR, "b": "a", "c": "a"}, "c", False),
        ({"a": "d", "b": "e", "d": "f", "e": "f"}, "b", False),
        ({"a": OPERATOR, "b": "d", "d": OPERATOR}, "b", True),
        ({"a": "b", "b": "a"}, "b", False),
        ({"a": OPERATOR}, "b", True),
    ],
    ids=[
        "both the operator's",
        "a word",
        "a word on a word",
        "a third",
        "far below",
        "apart",
        "a circle",
        "nobody's",
    ],
)
def test_an_identity_rests_on_every_word_below_it(
    chain: Mapping[str, str], other: str, *, apart: bool
) -> None:
    pins = {name: compared(name, by) for name, by in chain.items()}
    assert stand_apart("a", other, pins) is stand_apart(other, "a", pins) is apart
