"""Theme rooms: their states, and that nothing of a case is kept there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.guard import Kept
from bot.core.records.themes import TRANSITIONS, ThemeState, ThemeStep, reachable
from tests.commands.stage import guard

ABOUT_A_CASE = [
    "lessen uit Z-2026-014 delen",
    "zie z-2026-014",
    "de broer is veroordeeld",
    "vader is verslaafd",
    "bsn 111222333",
]


@given(st.lists(st.sampled_from(ThemeStep)))
def test_no_theme_ends_in_a_state_that_nothing_leads_out_of(steps: list[ThemeStep]) -> None:
    state = ThemeState.PREPARATION
    for step in steps:
        state = TRANSITIONS.after(state, step) or state
    assert reachable(state)


def test_every_state_can_be_reached_and_closed() -> None:
    assert set(TRANSITIONS.values()) == set(ThemeState) - {ThemeState.PREPARATION}
    assert all(
        ThemeState.CLOSED in reachable(state) for state in ThemeState if state is not ThemeState.CLOSED
    )


@pytest.mark.parametrize("text", ABOUT_A_CASE)
def test_what_points_at_a_case_is_not_kept_in_a_theme_room(text: str) -> None:
    assert not isinstance(guard().keep(text, max_length=200, theme=True), Kept)


@pytest.mark.parametrize(
    "text", ["handreiking verzuim rondsturen", "zie T-2026-001", "wachtlijsten vergelijken in 2026-2027"]
)
def test_ordinary_work_goes_on_in_a_theme_room(text: str) -> None:
    assert isinstance(guard().keep(text, max_length=200, theme=True), Kept)
