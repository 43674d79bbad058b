"""From when a case is counted, and when the clock speaks of it: the edges, each of which keeps a case too long or too short."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.core.effects import Effects, Say, ToPerson
from bot.core.records.actions import Action
from bot.core.records.explanations import Explanation, Rule
from bot.core.records.retention import Retention, RetentionState, Terms
from bot.core.reminding.retention_ends import (
    bounds,
    closed_on,
    ends_on,
    first_day,
    next_wake,
    opens_on,
    state_of,
    wake,
    warns_on,
)
from tests.core.cases import case, local, seat, user
from tests.core.test_keeping import CLOSED, END, REF, REGION, TERMS, WARNED, closed
from tests.core.world import shown

R = RetentionState
STILL_SINCE = local("2026-03-02 10:20")


def still(**retention: object) -> object:
    """An open case in which nothing happened since 2 March."""
    file = replace(case(), retention=Retention(REF, R.KEPT, **retention) if retention else None)  # type: ignore[arg-type]
    return replace(file, case=replace(file.case, moved_at=STILL_SINCE))


# From which day


def test_a_case_that_was_closed_twice_counts_from_the_last_time() -> None:
    file = closed()
    [first] = file.closings
    again = replace(first, number=2, closed_at=local("2026-06-01 11:00"))
    assert closed_on(replace(file, closings=(first, again))) == date(2026, 6, 1)


def test_a_case_that_was_closed_before_closings_were_kept_counts_from_when_it_last_moved() -> None:
    file = replace(closed(), closings=())
    assert closed_on(file) == date(2026, 3, 2)
    assert closed_on(case()) is None


def test_a_case_closed_late_in_the_evening_counts_from_that_local_day() -> None:
    assert closed_on(closed(local("2026-06-01 00:30"))) == date(2026, 6, 1)


def test_an_extension_that_ends_sooner_than_the_usual_period_shortens_nothing() -> None:
    assert ends_on(closed(until=date(2026, 9, 1), extended=1), TERMS) == END
    assert ends_on(case(), TERMS) is None


# Where it is on its way


@pytest.mark.parametrize(
    ("retention", "state"),
    [
        pytest.param({"warned_on": date(2026, 3, 1)}, R.KEPT, id="warned about before it was closed"),
        pytest.param({"warned_on": date(2026, 3, 2)}, R.ASKED, id="warned about on the day it was closed"),
        pytest.param({}, R.ASKED, id="never warned about"),
        pytest.param(
            {"warned_on": date(2026, 2, 1), "asked_at": CLOSED}, R.ASKED, id="asked after an old warning"
        ),
        pytest.param(
            {"warned_on": date(2026, 3, 2), "asked_at": local("2026-02-01 10:00")},
            R.ASKED,
            id="warned about after an old question",
        ),
        pytest.param({"asked_at": local("2026-02-01 10:00")}, R.KEPT, id="asked before it was closed"),
    ],
)
def test_an_old_word_about_destroying_does_not_count_for_a_case_that_was_opened_since(
    retention: dict[str, object], state: RetentionState
) -> None:
    kept = Retention(REF, R.ASKED, **retention)  # type: ignore[arg-type]
    assert state_of(replace(closed(), retention=kept)) is state


def test_an_open_case_is_on_no_way_to_being_destroyed() -> None:
    assert state_of(replace(case(), retention=Retention(REF, R.ASKED))) is R.KEPT
    assert state_of(closed()) is R.KEPT


# When the clock speaks


def test_of_an_open_case_it_is_asked_again_only_when_something_happened_since() -> None:
    usual = date(2026, 9, 2)
    assert warns_on(still(), TERMS) == usual  # type: ignore[arg-type]
    assert warns_on(still(warned_on=date(2026, 3, 1)), TERMS) == usual  # type: ignore[arg-type]
    assert warns_on(still(warned_on=date(2026, 3, 2)), TERMS) is None  # type: ignore[arg-type]


def test_nothing_is_said_on_a_day_on_which_nobody_works() -> None:
    assert shown(opens_on(date(2026, 3, 7), REGION)) == "2026-03-09 09:00"
    assert shown(opens_on(date(2026, 3, 6), REGION)) == "2026-03-06 09:00"


@pytest.mark.parametrize(
    ("day", "now", "at"),
    [
        pytest.param("2026-03-06", "2026-03-02 10:00", "2026-03-06 09:00", id="lies ahead"),
        pytest.param("2026-03-06", "2026-03-06 09:00", "2026-03-09 09:00", id="is this very moment"),
        pytest.param("2026-03-06", "2026-03-06 08:59", "2026-03-06 09:00", id="comes in a minute"),
        pytest.param("2025-03-06", "2026-03-05 12:00", "2026-03-06 09:00", id="is long gone"),
    ],
)
def test_the_clock_neither_spins_nor_sleeps_past_a_case(day: str, now: str, at: str) -> None:
    assert shown(next_wake(date.fromisoformat(day), REGION, local(now))) == at


def test_without_a_case_the_clock_sleeps() -> None:
    assert next_wake(None, REGION, WARNED) is None
    assert first_day(None, None, None, TERMS) is None


@pytest.mark.parametrize(
    ("given", "day"),
    [
        pytest.param((CLOSED, None, None), "2027-08-03", id="closed: eighteen months, a month ahead"),
        pytest.param((None, date(2026, 5, 1), None), "2026-04-01", id="extended: a month ahead"),
        pytest.param((None, None, CLOSED), "2026-09-02", id="still: six months, and not ahead"),
        pytest.param((CLOSED, date(2026, 5, 1), CLOSED), "2026-04-01", id="the first of all"),
    ],
)
def test_the_clock_wakes_for_the_first_of_all_cases(
    given: tuple[datetime | None, date | None, datetime | None], day: str
) -> None:
    assert first_day(*given, TERMS) == date.fromisoformat(day)


def test_no_case_of_today_falls_outside_what_is_looked_through() -> None:
    """A month is not the same back and forth, so there are days to spare; but not months."""
    closed_by, until_by, moved_by = bounds(date(2027, 8, 3), TERMS)
    assert [shown(at) for at in (closed_by, moved_by)] == ["2026-03-05 00:00", "2027-02-06 00:00"]
    assert until_by == date(2027, 9, 2)


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("day", [1, 15, 28])
def test_whatever_the_month_a_case_is_found_on_its_day(month: int, day: int) -> None:
    at = local(f"2026-{month:02}-{day:02} 23:30")
    for terms in (TERMS, Terms(closed=1, unmoved=1, warn=0)):
        warned = warns_on(closed(at), terms)
        assert warned is not None
        assert at < bounds(warned, terms)[0]
        asked = first_day(None, None, at, terms)
        assert asked is not None
        assert at < bounds(asked, terms)[2]


# What is said


def actions(effects: Effects) -> list[Action]:
    return [row for row in effects.keep if isinstance(row, Action)]


def test_a_case_is_warned_about_on_its_day_and_not_the_day_before() -> None:
    assert wake(local("2027-08-02 09:00"), (closed(),), REGION, {}) == Effects()
    assert wake(local("2027-08-03 09:00"), (closed(),), REGION, {}).log[0].event == "retention.warned"


def test_a_warning_that_comes_late_still_leaves_somebody_a_day_to_decide() -> None:
    """After months of downtime the period is over; the action is due the next day on which anybody works."""
    [late] = actions(wake(local("2027-10-01 09:00"), (closed(),), REGION, {}))
    assert late.due_date == date(2027, 10, 1)


def test_a_warning_forgets_a_first_word_from_before() -> None:
    """Whoever agreed long ago did not agree to this."""
    reopened = replace(
        closed(local("2026-03-03 11:00")),
        retention=Retention(
            REF,
            R.ASKED,
            until=date(2026, 3, 5),
            extended=1,
            warned_on=date(2026, 1, 5),
            asked_at=local("2026-01-06 10:00"),
            asked_by=user("voorzitter"),
        ),
    )
    effects = wake(WARNED.replace(day=10), (reopened,), REGION, {})
    [kept] = [row for row in effects.keep if isinstance(row, Retention)]
    assert kept == Retention(REF, R.WARNED, until=date(2026, 3, 5), extended=1, warned_on=date(2027, 8, 10))


def test_who_leads_a_still_case_gets_some_days_to_say_whether_it_can_be_closed() -> None:
    effects = wake(local("2026-09-02 09:00"), (still(),), REGION, {})  # type: ignore[arg-type]
    [asked] = actions(effects)
    within = next(step.within for step in REGION.protocols["bewaartermijn"].steps if step.id == "review")
    assert within
    assert asked.due_date > date(2026, 9, 2)
    assert "6 maanden" in next(out.message.body for out in effects.send if isinstance(out, Say))


def test_who_is_asked_whether_a_case_can_be_closed_is_not_taken_to_be_warned_that_its_period_ends() -> None:
    """It may be closed that very day: its period begins then, and is warned about when it ends."""
    effects = wake(local("2026-09-02 09:00"), (still(),), REGION, {})  # type: ignore[arg-type]
    [kept] = [row for row in effects.keep if isinstance(row, Retention)]
    assert kept == Retention(REF, R.KEPT, warned_on=date(2026, 9, 2))
    assert warns_on(replace(closed(local("2026-09-02 15:00")), retention=kept), TERMS) == date(2028, 2, 1)


def test_a_region_that_left_the_steps_out_is_warned_without_an_action() -> None:
    protocol = replace(REGION.protocols["bewaartermijn"], steps=())
    region = replace(REGION, protocols={**REGION.protocols, "bewaartermijn": protocol})
    for file, now in ((closed(), WARNED), (still(), local("2026-09-02 09:00"))):
        effects = wake(now, (file,), region, {})  # type: ignore[arg-type]
        assert actions(effects) == []
        assert effects.send


def test_who_has_no_chair_decides_by_whoever_is_there() -> None:
    labels = ("procesregisseur", "leerplicht")
    file = replace(closed(), participants=tuple(seat(label) for label in labels))
    effects = wake(WARNED, (file,), REGION, {})
    assert actions(effects)[0].holder == "procesregisseur"
    [told] = [out for out in effects.send if isinstance(out, Say)]
    assert told.to == ToPerson(user("procesregisseur"))


def test_where_nobody_who_is_to_decide_has_a_seat_the_last_who_was_named_is_looked_for() -> None:
    """An action always has a holder: the digest shows that nobody is there for it."""
    protocol = REGION.protocols["bewaartermijn"]
    holders = ("voorzitter", "casusregisseur", "procesregisseur")
    steps = tuple(replace(step, holders=holders) for step in protocol.steps)
    region = replace(REGION, protocols={**REGION.protocols, "bewaartermijn": replace(protocol, steps=steps)})
    nobody = replace(closed(), participants=(seat("leerplicht"),))
    assert actions(wake(WARNED, (nobody,), region, {}))[0].holder == "procesregisseur"
    some = replace(closed(), participants=(seat("leerplicht"), seat("casusregisseur")))
    assert actions(wake(WARNED, (some,), region, {}))[0].holder == "casusregisseur"


def test_a_warning_is_explained_with_the_day_on_which_the_period_ends() -> None:
    effects = wake(WARNED, (closed(),), REGION, {})
    [first, _] = [row for row in effects.keep if isinstance(row, Explanation)]
    assert (first.place, first.rule, first.case_ref, first.day) == (0, Rule.RETENTION, REF, END)
    keys = {out.key for out in effects.send if isinstance(out, Say)}
    assert first.key in keys
    assert all(out.about == (REF,) for out in effects.send if isinstance(out, Say))
