"""How long a case is kept: said ahead, once, to people who decide; the clock destroys nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.effects import Effects, Loudness, Say
from bot.core.records.actions import Action, ActionState
from bot.core.records.cases import CaseState, Closing
from bot.core.records.explanations import Explanation
from bot.core.records.retention import TRANSITIONS, Retention, RetentionState, RetentionStep, Terms, after
from bot.core.reminding.digest import weekly
from bot.core.reminding.retention_ends import ends_on, first_day, next_wake, state_of, wake, warns_on
from bot.settings import protocols
from tests.core import cases
from tests.core.cases import case, local, user

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile

REF = "Z-2026-014"
REGION = replace(cases.REGION, protocols=protocols.load())
TERMS = REGION.retention
CLOSED = local("2026-03-02 11:00")
END = date(2027, 9, 2)
WARNED = local("2027-08-03 09:00")


def closed(at: datetime = CLOSED, **retention: object) -> CaseFile:
    file = case()
    closing = Closing(REF, 1, at, user("voorzitter"), 1, None, ())
    kept = Retention(REF, RetentionState.KEPT, **retention) if retention else None  # type: ignore[arg-type]
    state = replace(file.case, state=CaseState.CLOSED, moved_at=at)
    return replace(file, case=state, closings=(closing,), retention=kept)


def kept(effects: Effects, file: CaseFile) -> CaseFile:
    """The case as it is once the effects were carried out."""
    [retention] = [r for r in effects.keep if isinstance(r, Retention)]
    actions = tuple(r for r in effects.keep if isinstance(r, Action))
    return replace(file, retention=retention, actions=(*file.actions, *actions))


def says(effects: Effects) -> list[Say]:
    return [out for out in effects.send if isinstance(out, Say)]


def test_who_is_in_charge_hears_it_a_month_ahead_and_gets_an_ordinary_action() -> None:
    file = closed()
    assert (ends_on(file, TERMS), warns_on(file, TERMS)) == (END, END - timedelta(days=30))
    effects = wake(WARNED, (file,), REGION, {})
    [action] = [r for r in effects.keep if isinstance(r, Action)]
    assert (action.holder, action.due_date, action.state) == ("voorzitter", END, ActionState.OPEN)
    assert action.nudge_at is not None
    assert {say.to.user_id for say in says(effects)} == {user("voorzitter"), user("procesregisseur")}  # type: ignore[union-attr]
    assert all("donderdag 2 september 2027" in say.message.body for say in says(effects))


def test_what_is_said_of_a_period_rings_nobody_and_quotes_nothing() -> None:
    for say in says(wake(WARNED, (closed(),), REGION, {})):
        assert say.loudness is Loudness.NOTICE
        assert "schoolverzuim" not in say.message.body


def test_it_is_said_once() -> None:
    file = closed()
    told = kept(wake(WARNED, (file,), REGION, {}), file)
    assert state_of(told) is RetentionState.WARNED
    assert wake(WARNED + timedelta(days=20), (told,), REGION, {}) == Effects()


@pytest.mark.parametrize("moment", ["2027-08-03 08:59", "2027-08-03 16:31", "2027-08-07 10:00"])
def test_nothing_is_said_outside_working_hours(moment: str) -> None:
    assert wake(local(moment), (closed(),), REGION, {}) == Effects()


@given(st.datetimes(datetime(2026, 3, 2), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_clock_never_destroys_and_never_extends(now: datetime) -> None:
    for file in (closed(), closed(until=date(2028, 1, 1), extended=1), case()):
        effects = wake(now, (file,), REGION, {})
        assert effects.destroyed == effects.drop == ()
        assert all(
            r.until == (file.retention and file.retention.until)
            for r in effects.keep
            if isinstance(r, Retention)
        )


@given(st.lists(st.sampled_from(RetentionStep), max_size=12))
def test_nothing_is_destroyed_without_a_first_and_a_second_word(steps: list[RetentionStep]) -> None:
    state, asked = RetentionState.KEPT, False
    for step in steps:
        following = after(state, step)
        if following is RetentionState.DESTROYED:
            assert asked
            assert step is RetentionStep.AGREE
        asked = (
            (asked or step is RetentionStep.ASK) and following is RetentionState.ASKED if following else asked
        )
        state = following or state


def test_no_step_leads_away_from_destroyed() -> None:
    assert RetentionState.DESTROYED not in {state for state, _ in TRANSITIONS}


def test_an_extension_counts_and_is_warned_about_again() -> None:
    file = closed(until=date(2028, 3, 1), extended=1)
    assert ends_on(file, TERMS) == date(2028, 3, 1)
    assert wake(WARNED, (file,), REGION, {}) == Effects()
    assert wake(local("2028-01-31 09:00"), (file,), REGION, {}).keep


def test_a_case_that_was_opened_and_closed_again_begins_anew() -> None:
    again = replace(
        closed(WARNED + timedelta(days=5)),
        retention=Retention(REF, RetentionState.WARNED, warned_on=WARNED.date()),
    )
    assert state_of(again) is RetentionState.KEPT
    assert ends_on(again, TERMS) == date(2029, 2, 8)


def test_of_an_open_case_that_stands_still_it_is_only_asked_whether_it_can_be_closed() -> None:
    file = case()
    now = local("2026-09-02 09:00")
    effects = wake(now, (file,), REGION, {})
    assert "sluit" in says(effects)[0].message.body
    told = kept(effects, file)
    assert wake(now + timedelta(days=1), (told,), REGION, {}) == Effects()
    moved = replace(told, case=replace(told.case, moved_at=now + timedelta(days=2)))
    assert wake(now + timedelta(days=3), (moved,), REGION, {}) == Effects()
    assert wake(local("2027-03-24 10:00"), (moved,), REGION, {}).keep


def test_a_warning_can_be_explained() -> None:
    rows = [r for r in wake(WARNED, (closed(),), REGION, {}).keep if isinstance(r, Explanation)]
    assert {row.user_id for row in rows} == {user("voorzitter"), user("procesregisseur")}


@given(
    st.datetimes(datetime(2026, 3, 2), datetime(2029, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(0, 900),
)
def test_whoever_sleeps_until_the_next_moment_misses_no_case(now: datetime, ago: int) -> None:
    """What is due by then is said then, and the clock never wakes for nothing at once."""
    file = closed(now - timedelta(days=ago))
    if wake(now, (file,), REGION, {}).keep:
        return
    day = first_day(file.closings[-1].closed_at, None, None, TERMS)
    at = next_wake(day, REGION, now)
    assert at is not None
    assert at > now
    assert wake(at, (file,), REGION, {}).keep


@pytest.mark.parametrize(
    ("moment", "line"),
    [
        ("2027-08-03", "over 30 dagen vernietigen"),
        ("2027-09-02", "over 0 dagen vernietigen"),
        ("2027-09-12", "10 dagen voorbij"),
    ],
)
def test_the_digest_says_what_people_have_to_decide(moment: str, line: str) -> None:
    file = closed()
    told = replace(kept(wake(WARNED, (file,), REGION, {}), file), actions=())
    words = weekly((told,), REGION, today=date.fromisoformat(moment)).body
    assert "BEWAARTERMIJN (1)" in words
    assert line in " ".join(words.split())


def test_the_digest_says_that_a_second_word_is_waited_for_and_carries_the_head_of_the_log() -> None:
    asked = Retention(REF, RetentionState.ASKED, asked_at=WARNED, asked_by=user("voorzitter"))
    words = weekly(
        (replace(closed(), retention=asked),), REGION, today=WARNED.date(), head="0123456789abcdef"
    ).body
    assert "wacht op een tweede" in " ".join(words.split())
    assert "Logboek 0123456789abcdef" in words.splitlines()


def test_a_region_sets_its_own_periods() -> None:
    short = replace(REGION, retention=Terms(closed=3, unmoved=1, warn=7))
    assert ends_on(closed(), short.retention) == date(2026, 6, 2)
    assert wake(local("2026-05-26 09:00"), (closed(),), short, {}).keep
