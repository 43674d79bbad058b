"""A handover: who is responsible when, and what never happens out of order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.handovers import (
    RUNNING,
    STATE_NAMES,
    TRANSITIONS,
    WAITING,
    HandoverState,
    HandoverStep,
    after,
)

S, T = HandoverState, HandoverStep


def reached(steps: list[HandoverStep]) -> list[HandoverState]:
    """The states that these steps lead through; what may not be taken changes nothing."""
    states = [S.PROPOSED]
    for step in steps:
        states.append(after(states[-1], step) or states[-1])
    return states


each_way = given(st.lists(st.sampled_from(HandoverStep), max_size=12))


@each_way
def test_the_sender_stays_responsible_until_the_receiver_accepts(steps: list[HandoverStep]) -> None:
    states = reached(steps)
    if T.ACCEPT not in steps:
        assert set(states) <= WAITING | {S.REFUSED}


@each_way
def test_a_case_that_was_accepted_never_comes_back_by_itself(steps: list[HandoverStep]) -> None:
    states = reached(steps)
    if S.ACCEPTED in states:
        assert set(states[states.index(S.ACCEPTED) :]) <= {S.ACCEPTED, S.TALKED, S.COMPLETED}


@each_way
def test_nothing_is_completed_before_the_two_sides_have_talked(steps: list[HandoverStep]) -> None:
    states = reached(steps)
    if S.COMPLETED in states:
        assert states.index(S.TALKED) < states.index(S.COMPLETED)


@pytest.mark.parametrize("end", sorted(set(S) - RUNNING))
def test_what_has_ended_stays_as_it_is(end: HandoverState) -> None:
    assert all(after(end, step) is None for step in HandoverStep)


@each_way
def test_the_same_letters_again_change_nothing_more(steps: list[HandoverStep]) -> None:
    """A step that is repeated right away leaves the state where it is."""
    twice = [step for step in steps for _ in range(2)]
    assert reached(twice)[-1] is reached(steps)[-1]


def test_every_state_has_a_name_and_can_be_reached() -> None:
    assert set(STATE_NAMES) == set(S)
    assert set(TRANSITIONS.values()) | {S.PROPOSED} == set(S)
