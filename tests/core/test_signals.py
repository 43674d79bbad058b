"""The states of a signal: no worry comes to a dead end, and none passes for tested that nobody looked at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.records.signals import (
    STATE_NAMES,
    STEP_NAMES,
    TRANSITIONS,
    WAITING,
    SignalState,
    SignalStep,
    after,
)

STEPS = st.lists(st.sampled_from(SignalStep), max_size=20)
each_state = pytest.mark.parametrize("state", SignalState)


def walked(steps: list[SignalStep]) -> list[SignalState]:
    """The states that a signal goes through; a step that may not be taken changes nothing."""
    states = [SignalState.NOTED]
    for step in steps:
        states.append(after(states[-1], step) or states[-1])
    return states


@each_state
def test_a_worry_never_comes_to_a_dead_end(state: SignalState) -> None:
    assert {to for (origin, _), to in TRANSITIONS.items() if origin is state} - {state}


@given(STEPS)
def test_from_wherever_a_signal_stands_an_approach_is_in_reach(steps: list[SignalStep]) -> None:
    to_approach = [SignalStep.DISCUSS, SignalStep.APPROACH]
    assert walked([*steps, *to_approach])[-1] is SignalState.APPROACH


@given(STEPS)
def test_nothing_becomes_an_approach_that_was_not_discussed(steps: list[SignalStep]) -> None:
    states = walked(steps)
    for n, state in enumerate(states):
        if state is SignalState.APPROACH:
            assert SignalState.DISCUSSED in states[:n]


@each_state
def test_a_fact_can_be_added_at_any_time_and_moves_nothing(state: SignalState) -> None:
    for step in (SignalStep.ADD, SignalStep.TRIAGE, SignalStep.LINK):
        assert after(state, step) is state


@each_state
def test_a_signal_is_noted_once(state: SignalState) -> None:
    assert after(state, SignalStep.NOTE) is None


@pytest.mark.parametrize("state", sorted(WAITING))
def test_what_waits_for_the_meeting_can_be_discussed_or_left_for_now(state: SignalState) -> None:
    assert after(state, SignalStep.DISCUSS) is after(state, SignalStep.WAIT) is SignalState.DISCUSSED


def test_every_state_and_step_has_its_words() -> None:
    assert set(STATE_NAMES) == set(SignalState)
    assert set(STEP_NAMES) == set(SignalStep)
