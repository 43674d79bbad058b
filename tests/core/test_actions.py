"""The states of an action: each step stated by hand, so that none leads elsewhere without somebody saying so here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.records import actions
from bot.core.records.actions import (
    RUNNING,
    TRANSITIONS,
    ActionKind,
    ActionState,
    ActionStep,
    BlockReason,
    LifeDomain,
    Outcome,
    after,
    is_withheld,
)
from tests.core.cases import MARCH_2, action

S, T = ActionState, ActionStep

ENDS = (S.DONE, S.VOID, S.NOT_DONE, S.HANDED_OVER)
LEADS = {
    S.PROPOSED: {T.CONFIRM: S.OPEN, T.WITHDRAW: S.VOID},
    S.OPEN: {
        T.ACCEPT: S.ACCEPTED,
        T.REPORT: S.ACCEPTED,
        T.POSTPONE: S.OPEN,
        T.ASSIGN: S.OPEN,
        T.BLOCK: S.BLOCKED,
        T.FINISH: S.DONE,
        T.WITHDRAW: S.VOID,
        T.GIVE_UP: S.NOT_DONE,
        T.HAND_OVER: S.HANDED_OVER,
    },
    S.ACCEPTED: {
        T.REPORT: S.ACCEPTED,
        T.POSTPONE: S.ACCEPTED,
        T.ASSIGN: S.OPEN,
        T.BLOCK: S.BLOCKED,
        T.FINISH: S.DONE,
        T.WITHDRAW: S.VOID,
        T.GIVE_UP: S.NOT_DONE,
        T.HAND_OVER: S.HANDED_OVER,
    },
    S.BLOCKED: {
        T.ACCEPT: S.ACCEPTED,
        T.REPORT: S.ACCEPTED,
        T.POSTPONE: S.ACCEPTED,
        T.ASSIGN: S.BLOCKED,
        T.REROUTE: S.OPEN,
        T.BLOCK: S.BLOCKED,
        T.FINISH: S.DONE,
        T.WITHDRAW: S.VOID,
        T.GIVE_UP: S.NOT_DONE,
        T.HAND_OVER: S.HANDED_OVER,
    },
    **{end: {} for end in ENDS},
}
"""By state where each step leads; a step that does not stand here is refused."""

STEPS = st.lists(st.sampled_from(ActionStep), max_size=12)
each_state = pytest.mark.parametrize("state", ActionState)


def walked(steps: list[ActionStep]) -> list[ActionState]:
    """The states that a proposed action goes through; a step that may not be taken changes nothing."""
    states = [S.PROPOSED]
    for step in steps:
        states.append(after(states[-1], step) or states[-1])
    return states


@pytest.mark.parametrize("step", ActionStep)
@each_state
def test_no_step_leads_where_nobody_said_it_should(state: ActionState, step: ActionStep) -> None:
    assert after(state, step) is LEADS[state].get(step)


def test_nothing_stands_in_the_table_beside_what_is_stated_here() -> None:
    stated = {(state, step): to for state, steps in LEADS.items() for step, to in steps.items()}
    assert stated == TRANSITIONS


def test_what_somebody_still_has_to_do_is_not_lost_to_reminders_and_overviews() -> None:
    assert sorted(RUNNING) == ["accepted", "blocked", "open"]


@given(STEPS)
def test_nobody_has_to_do_what_nobody_confirmed(steps: list[ActionStep]) -> None:
    if T.CONFIRM not in steps:
        assert not RUNNING & set(walked(steps))


@given(STEPS)
def test_what_has_ended_is_not_begun_again_unseen(steps: list[ActionStep]) -> None:
    """An agreement that was kept, dropped or handed over stays so: what is to be done then is a new action."""
    states = walked(steps)
    ended = [n for n, state in enumerate(states) if state in ENDS]
    assert all(states[n] is states[-1] for n in ended)


@pytest.mark.parametrize("state", [S.OPEN, S.ACCEPTED])
def test_who_gets_an_action_is_asked_whether_they_saw_it_whatever_the_last_holder_said(
    state: ActionState,
) -> None:
    assert after(state, T.ASSIGN) is S.OPEN


def test_a_new_holder_does_not_make_an_action_come_loose() -> None:
    assert after(S.BLOCKED, T.ASSIGN) is S.BLOCKED


@each_state
def test_only_what_is_stuck_is_given_to_another_because_its_holder_may_not_tell(state: ActionState) -> None:
    assert (after(state, T.REROUTE) is not None) == (state is S.BLOCKED)


@each_state
@pytest.mark.parametrize("reason", [None, *BlockReason])
def test_only_a_stuck_action_under_secrecy_is_not_asked_about_again(
    state: ActionState, reason: BlockReason | None
) -> None:
    """A reason stays with an action that has come loose; it holds nobody back then."""
    one = replace(action(4, state=state), reason=reason)
    assert is_withheld(one) is (state is S.BLOCKED and reason is BlockReason.PROFESSIONAL_SECRECY)


def test_a_fresh_action_was_not_put_off_nor_asked_about() -> None:
    fresh = actions.Action(
        *("Z-2026-014", 4, action(4).text, "leerplicht", S.OPEN, date(2026, 3, 6), None),
        *(MARCH_2, "@voorzitter:voorbeeld.nl", MARCH_2),
    )
    assert (fresh.postponed, fresh.nudge_step, fresh.seen_asked, fresh.status_asked) == (0, None, None, None)
    assert fresh.id == "A4"


@pytest.mark.parametrize(
    ("names", "things"),
    [
        (actions.STATE_NAMES, ActionState),
        (actions.OUTCOME_NAMES, Outcome),
        (actions.REASON_NAMES, BlockReason),
        (actions.KIND_NAMES, ActionKind),
        (actions.DOMAIN_NAMES, LifeDomain),
    ],
)
def test_nothing_that_can_be_known_of_an_action_goes_without_words(names: object, things: object) -> None:
    assert set(names) == set(things)  # type: ignore[call-overload]
