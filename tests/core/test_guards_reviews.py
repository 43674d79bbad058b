"""When something is looked at again: on a working day, by who is there, and never so late that a term has passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.dates.calendar import add_working_days, is_working_day, next_working_day
from bot.core.effects import Loudness, Say
from bot.core.protocols import Flow
from bot.core.records.out_of_sight import SightState
from bot.core.records.people import Person
from bot.core.reminding.hours import Roster
from bot.core.reminding.sight_reviews import first_review, latest_review
from bot.core.reminding.signal_reviews import rescheduled
from bot.settings import protocols
from tests.core.cases import COORDINATOR, REGION, user
from tests.core.test_signal_reviews import JOINED, PARKER, kept, parked, rung, shown, woken

if TYPE_CHECKING:
    from bot.core.effects import Effects
    from bot.core.protocols import Protocol

SIGHT = pytest.mark.parametrize(
    "protocol", [one for one in protocols.load().values() if one.flow is Flow.OUT_OF_SIGHT]
)
ANY_DAY = given(today=st.dates(date(2026, 1, 1), date(2030, 1, 1)), minor=st.booleans())
SECOND = user("coordinator2")
AFTER_FIRST = replace(parked(), nudge_step=0)
"""Who parked it was asked, and said nothing."""


# While somebody is out of sight


@SIGHT
@ANY_DAY
def test_a_standing_review_is_on_no_day_on_which_nobody_works(
    protocol: Protocol, today: date, minor: bool
) -> None:
    for state in SightState:
        assert is_working_day(latest_review(protocol, state, today, minor=minor))
    assert is_working_day(first_review(protocol, today, minor=minor))


@SIGHT
@ANY_DAY
def test_a_standing_review_is_on_the_last_working_day_of_its_term(
    protocol: Protocol, today: date, minor: bool
) -> None:
    """A Sunday moves it forward, never past the term, and no further than it has to."""
    end = today + timedelta(days=protocol.terms["minor_review" if minor else "review"])
    review = latest_review(protocol, SightState.FOLLOWED, today, minor=minor)
    assert review <= end < next_working_day(review)


@SIGHT
def test_the_first_review_counts_working_days_and_waits_for_no_later_one(protocol: Protocol) -> None:
    before_easter = date(2026, 4, 2)
    own = replace(protocol, terms={**protocol.terms, "first_review": 3, "review": 21, "minor_review": 5})
    assert first_review(own, before_easter, minor=False) == date(2026, 4, 9)
    assert first_review(own, before_easter, minor=True) == date(2026, 4, 7)


@SIGHT
def test_a_term_for_minors_that_is_longer_makes_nothing_later(protocol: Protocol) -> None:
    odd = replace(protocol, terms={**protocol.terms, "review": 14, "minor_review": 28})
    monday = date(2026, 3, 16)
    assert latest_review(odd, SightState.FOLLOWED, monday, minor=True) == date(2026, 3, 30)


# Of a signal without a case


@pytest.mark.parametrize(
    ("review", "first"),
    [
        pytest.param(date(2026, 3, 29), "2026-03-30 09:00", id="a Sunday"),
        pytest.param(date(2026, 4, 5), "2026-04-07 09:00", id="Easter Sunday"),
        pytest.param(date(2026, 3, 31), "2026-03-31 09:00", id="a Tuesday"),
    ],
)
def test_a_signal_comes_back_on_a_working_day_and_not_before_its_own(review: date, first: str) -> None:
    assert shown(parked(review=review)) == first


def test_a_signal_without_a_day_asks_nobody_any_more() -> None:
    asked = replace(parked(), nudge_step=0, review=None)
    gone = rescheduled(asked, Roster(REGION, {}))
    assert (gone.nudge_step, gone.nudge_at) == (None, None)


def test_a_new_day_asks_who_parked_it_again_and_not_the_coordinators() -> None:
    asked = replace(parked(), nudge_step=0, review=date(2026, 4, 20))
    again = rescheduled(asked, Roster(REGION, {}))
    assert again.nudge_step is None
    assert list(rung(woken(again, at="2026-04-20 09:00"))) == [PARKER]


@pytest.mark.parametrize(
    ("person", "then"),
    [
        pytest.param(Person(PARKER, opens=time(13)), "2026-03-30 13:00", id="who begins later that day"),
        pytest.param(Person(PARKER, free_days=(0,)), "2026-03-31 09:00", id="on their free day"),
        pytest.param(Person(PARKER, closes=time(10)), "2026-03-31 09:00", id="after they stopped"),
    ],
)
def test_who_parked_it_is_not_asked_in_their_free_time(person: Person, then: str) -> None:
    effects = woken(parked(), at="2026-03-30 11:00", people={PARKER: person})
    assert rung(effects) == {}
    assert shown(kept(effects)[0]) == then


def test_of_two_coordinators_the_one_who_is_free_is_left_in_peace() -> None:
    region = replace(REGION, coordinators=frozenset({COORDINATOR, SECOND}))
    people = {SECOND: Person(SECOND, free_days=(0,))}
    effects = woken(
        AFTER_FIRST, at="2026-03-30 09:00", people=people, region=region, joined=JOINED | {SECOND}
    )
    assert list(rung(effects)) == [COORDINATOR]


def test_a_coordinator_who_cannot_be_reached_is_not_asked_in_place_of_one_who_can() -> None:
    region = replace(REGION, coordinators=frozenset({COORDINATOR, SECOND}))
    effects = woken(AFTER_FIRST, at="2026-03-30 09:00", region=region)
    assert list(rung(effects)) == [COORDINATOR]


def test_a_signal_that_nobody_can_be_asked_about_does_not_spin_the_clock_at_night() -> None:
    nobody = frozenset[str]()
    [night] = kept(woken(parked(), at="2026-03-30 03:00", joined=nobody))
    assert (night.nudge_step, shown(night)) == (None, "2026-03-30 09:00")
    effects = woken(parked(), at="2026-03-30 09:00", joined=nobody)
    assert rung(effects) == {}
    [day] = kept(effects)
    assert (day.nudge_step, shown(day)) == (0, "2026-04-08 09:00")


def test_after_downtime_the_coordinators_are_not_asked_before_its_parker_had_time_to_answer() -> None:
    [late] = kept(woken(parked(), at="2026-04-13 11:00"))
    assert shown(late) == f"{add_working_days(date(2026, 4, 13), 5)} 09:00"


def test_who_did_not_park_it_is_told_whose_it_is_and_who_did_is_asked_what_is_known() -> None:
    def quiet(effects: Effects) -> str:
        said = [out for out in effects.send if isinstance(out, Say) and out.loudness is Loudness.NOTICE]
        return "\n".join(say.message.lines[0] for say in said)

    assert quiet(woken(parked(), at="2026-03-30 09:00")).endswith("Wat is er sindsdien bekend?")
    assert quiet(woken(AFTER_FIRST, at="2026-03-30 09:00")).endswith("Wie kan hier verder mee?")


def test_a_signal_counts_as_the_nudge_of_that_day() -> None:
    people = [one for one in woken(parked(), at="2026-03-30 09:00").keep if isinstance(one, Person)]
    assert people == [Person(PARKER, nudged_on=date(2026, 3, 30))]
