"""What can happen while somebody is out of sight, and what never does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.out_of_sight import OPEN, STATE_NAMES, TRANSITIONS, SightState, SightStep, after

S, T = SightState, SightStep


def reached(steps: list[SightStep]) -> list[SightState]:
    """The states that these steps lead through; what may not be taken changes nothing."""
    states = [S.DANGER_ASKED]
    for step in steps:
        states.append(after(states[-1], step) or states[-1])
    return states


each_way = given(st.lists(st.sampled_from(SightStep), max_size=12))


@each_way
def test_no_step_is_proposed_before_somebody_answered_for_the_danger(steps: list[SightStep]) -> None:
    states = reached(steps)
    answered = T.NO_DANGER in steps
    assert answered or not {S.PROPOSED, S.FOLLOWED} & set(states)


@each_way
def test_a_time_out_of_sight_never_ends_by_itself(steps: list[SightStep]) -> None:
    """Only by a return, a handover that was accepted, or a decision of the chair; and then it stays so."""
    end = reached(steps)[-1]
    assert end in OPEN or {T.COME_BACK, T.HAND_OVER, T.CLOSE} & set(steps)
    if end not in OPEN:
        assert all(after(end, step) is None for step in SightStep)


@pytest.mark.parametrize("state", OPEN)
def test_a_child_who_is_seen_again_ends_it_in_every_state(state: SightState) -> None:
    assert after(state, T.COME_BACK) is S.BACK


def test_a_closing_decision_does_not_stand_in_for_the_answer_about_danger() -> None:
    assert after(S.DANGER_ASKED, T.CLOSE) is None
    assert after(S.DANGER_ASKED, T.HAND_OVER) is None


def test_every_state_has_a_name_and_can_be_reached() -> None:
    assert set(STATE_NAMES) == set(S)
    assert set(TRANSITIONS.values()) | {S.DANGER_ASKED} == set(S)
