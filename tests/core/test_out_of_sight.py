"""What can happen while somebody is out of sight, and what never does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.dates.calendar import next_working_day
from bot.core.protocols import Flow
from bot.core.records.actions import ActionState
from bot.core.records.out_of_sight import (
    OPEN,
    STATE_NAMES,
    TRANSITIONS,
    OutOfSight,
    SightState,
    SightStep,
    after,
)
from bot.core.reminding.digest import weekly
from bot.core.reminding.digest_layout import LINES, WIDTH
from bot.core.reminding.sight_reviews import ended, first_review, latest_review, standing
from bot.settings import protocols
from tests.core.cases import MARCH_2, REGION, WRITTEN, action, case, local, user

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile

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


@pytest.mark.parametrize("state", sorted(OPEN))
def test_a_child_who_is_seen_again_ends_it_in_every_state(state: SightState) -> None:
    assert after(state, T.COME_BACK) is S.BACK


def test_a_closing_decision_does_not_stand_in_for_the_answer_about_danger() -> None:
    assert after(S.DANGER_ASKED, T.CLOSE) is None
    assert after(S.DANGER_ASKED, T.HAND_OVER) is None


def test_every_state_has_a_name_and_can_be_reached() -> None:
    assert set(STATE_NAMES) == set(S)
    assert set(TRANSITIONS.values()) | {S.DANGER_ASKED} == set(S)


# A case with somebody out of sight

MONDAY = date(2026, 3, 16)


def out_of_sight(
    state: SightState = S.FOLLOWED, *, ref: str = "Z-2026-014", since: date = date(2026, 3, 2)
) -> CaseFile:
    """The example of domain 7.2 after two weeks: five of six steps done, the review today."""
    states = [ActionState.DONE] * 5 + [ActionState.OPEN]
    steps = [action(n, due=date(2026, 3, 20), state=state) for n, state in enumerate(states, 1)]
    file = case(*steps, action(7, "procesregisseur", MONDAY), ref=ref)
    numbers = tuple((f"step{n}", n) for n in range(1, 7))
    sight = OutOfSight(ref, 1, "uit-beeld", state, since, MARCH_2, user("voorzitter"), 1, 7, (), numbers)
    file = replace(file, case=replace(file.case, moved_at=local("2026-03-12 10:00")))
    return replace(file, sights=(sight,))


def section(*files: CaseFile) -> list[str]:
    body = weekly(files, REGION, today=MONDAY).body
    return next(part.split("\n") for part in body.split("\n\n") if part.startswith("UIT BEELD"))


def test_a_coordinator_sees_each_week_who_is_out_of_sight() -> None:
    assert section(out_of_sight()) == [
        "UIT BEELD (1)",
        "Z-2026-014 dag 14 · 5 van 6 stappen klaar ·",
        "  beoordeling vandaag",
    ]


def test_a_danger_that_nobody_answered_for_stands_in_the_digest() -> None:
    fresh = replace(out_of_sight(S.DANGER_ASKED), actions=())
    fresh = replace(fresh, sights=(replace(fresh.sights[0], steps=()),))
    assert section(fresh)[1:] == ["Z-2026-014 dag 14 ·", "  acuut gevaar nog niet beantwoord"]
    (sight,) = fresh.sights
    waiting = replace(fresh, sights=(replace(sight, state=S.PROPOSED),))
    assert section(waiting)[1:] == ["Z-2026-014 dag 14 ·", "  stappen nog zonder akkoord"]


@settings(max_examples=30, deadline=None)
@given(size=st.integers(1, 60), days=st.integers(0, 700))
def test_many_out_of_sight_are_all_counted_and_still_fit_a_phone(size: int, days: int) -> None:
    files = [
        out_of_sight(ref=f"Z-2026-{n:03d}", since=MONDAY - timedelta(days=days + n)) for n in range(size)
    ]
    lines = weekly(tuple(files), REGION, today=MONDAY).body.split("\n")
    assert len(lines) <= LINES
    assert max(map(len, lines)) <= WIDTH
    assert WRITTEN not in " ".join(lines)
    heading, *shown = section(*files)
    assert heading == f"UIT BEELD ({size})"
    named = sum(" dag " in line for line in shown)
    more = sum(int(line.split()[-1]) for line in shown if line.startswith("en nog"))
    assert named <= 5
    assert not shown or named + more == size


def test_nobody_who_is_back_stands_in_the_digest() -> None:
    assert "UIT BEELD" not in weekly((out_of_sight(S.BACK),), REGION, today=MONDAY).body


def test_a_step_that_was_dropped_does_not_keep_the_count_from_getting_full() -> None:
    file = out_of_sight()
    dropped = tuple(replace(a, state=ActionState.VOID) if a.number in {5, 6} else a for a in file.actions)
    found = standing(file.sights[0], replace(file, actions=dropped), MONDAY)
    assert (found.done, found.steps) == (4, 4)


@pytest.mark.parametrize("step", [T.COME_BACK, T.HAND_OVER, T.CLOSE])
def test_however_it_ends_only_the_review_ends_with_it(step: SightStep) -> None:
    file = out_of_sight()
    over, gone = ended(file.sights[0], file, step, MARCH_2)
    assert not over.is_open
    assert over.ended_at == MARCH_2
    assert [a.number for a in gone] == [7]


def test_nobody_is_asked_for_a_review_of_who_is_back() -> None:
    """Also not on the day to which it was put off."""
    file = out_of_sight()
    stuck = replace(action(7, state=ActionState.BLOCKED, look_back=date(2026, 3, 20)), updated_at=MARCH_2)
    file = replace(file, actions=(*file.actions[:-1], stuck))
    now = local("2026-03-16 11:00")
    _, (review,) = ended(file.sights[0], file, T.COME_BACK, now)
    assert (review.number, review.state, review.look_back) == (7, ActionState.VOID, None)
    assert review.updated_at == now


def test_it_can_end_where_the_review_was_ended_already() -> None:
    file = out_of_sight()
    done = tuple(replace(a, state=ActionState.DONE) for a in file.actions)
    over, gone = ended(file.sights[0], replace(file, actions=done), T.COME_BACK, MARCH_2)
    assert (over.state, gone) == (S.BACK, ())
    assert standing(file.sights[0], replace(file, actions=done), MONDAY).review is None


def test_a_review_that_is_stuck_shows_the_day_on_which_it_is_looked_at_again() -> None:
    file = out_of_sight()
    stuck = replace(file.actions[-1], state=ActionState.BLOCKED, look_back=date(2026, 3, 20))
    found = standing(file.sights[0], replace(file, actions=(*file.actions[:-1], stuck)), MONDAY)
    assert (found.day, found.review) == (14, date(2026, 3, 20))


def test_a_step_whose_action_cannot_be_found_is_not_counted_as_one() -> None:
    file = out_of_sight()
    sight = replace(file.sights[0], steps=(*file.sights[0].steps, ("step9", 99)))
    assert standing(sight, file, MONDAY).steps == 6


@pytest.mark.parametrize("protocol", [p for p in protocols.load().values() if p.flow is Flow.OUT_OF_SIGHT])
@given(today=st.dates(date(2026, 1, 1), date(2030, 1, 1)))
def test_a_review_comes_within_its_term_and_sooner_for_a_minor(
    protocol: protocols.Protocol, today: date
) -> None:
    review = latest_review(protocol, S.FOLLOWED, today, minor=False)
    assert timedelta(days=20) <= review - today <= timedelta(days=protocol.terms["review"])
    assert today < latest_review(protocol, S.FOLLOWED, today, minor=True) <= review
    assert today < first_review(protocol, today, minor=False) <= review
    assert latest_review(protocol, S.DANGER_ASKED, today, minor=False) == next_working_day(today)


@pytest.mark.parametrize("protocol", [p for p in protocols.load().values() if p.flow is Flow.OUT_OF_SIGHT])
def test_what_may_be_the_matter_stands_with_a_step_that_looks_into_it(protocol: protocols.Protocol) -> None:
    assert set(protocol.lists) <= {step.id for step in protocol.steps}
