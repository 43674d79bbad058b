"""Shorter terms: for a child, and for the steps of a protocol. Sooner, never louder, and never later than for others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.protocols import Flow, Protocol
from bot.core.records.explanations import Receiver
from bot.core.region import Timing
from bot.core.reminding.ladder import COORDINATORS, StallReason, is_stalled, on_other_terms
from bot.core.text import Text
from tests.core.cases import REGION, action, case, local
from tests.core.world import World

TIMING = Timing()


def test_where_a_child_is_involved_help_comes_sooner_and_never_later() -> None:
    minor = TIMING.where(minor=True)
    assert (minor.offer_help, minor.case_coordinator, minor.process_coordinator) == (2, 3, 5)
    assert minor.stalled == 3
    assert TIMING.where(minor=False) == TIMING


TERMS = st.fixed_dictionaries(
    {},
    optional={name: st.integers(1, 60) for name in ("offer_help", "case_coordinator", "process_coordinator")},
)


@given(
    st.builds(
        Timing,
        after=st.integers(1, 5),
        offer_help=st.integers(6, 10),
        case_coordinator=st.integers(11, 20),
        process_coordinator=st.integers(21, 40),
        minor_offer_help=st.integers(1, 60),
        minor_case_coordinator=st.integers(1, 60),
        minor_process_coordinator=st.integers(1, 60),
    ),
    st.booleans(),
    TERMS,
)
def test_no_child_and_no_protocol_waits_longer_or_turns_the_ladder_round(
    timing: Timing, minor: bool, terms: dict[str, int]
) -> None:
    protocol = Protocol("uit-beeld", Flow.OUT_OF_SIGHT, Text("Uit beeld", "Out of sight"), timing=terms)
    sooner = timing.where(minor=minor, protocol=protocol)
    steps = (sooner.after, sooner.offer_help, sooner.case_coordinator, sooner.process_coordinator)
    assert list(steps) == sorted(set(steps))
    for other in (timing, timing.where(minor=minor), timing.where(minor=False, protocol=protocol)):
        ordinary = (other.after, other.offer_help, other.case_coordinator, other.process_coordinator)
        assert all(one <= later for one, later in zip(steps, ordinary, strict=True))


def test_the_steps_of_a_protocol_reach_the_coordinators_sooner_than_another_action() -> None:
    """Where somebody is out of sight, five days of silence about a step is too long; what else runs goes on as agreed."""
    terms = {"offer_help": 2, "case_coordinator": 3, "process_coordinator": 4, "stalled": 3}
    protocol = Protocol("uit-beeld", Flow.OUT_OF_SIGHT, Text("Uit beeld", "Out of sight"), timing=terms)
    region = replace(REGION, protocols={"uit-beeld": protocol})
    file = case(replace(action(4), protocol="uit-beeld"), action(5, "wijkagent"))
    world = World.of(file, region=region).run(local("2026-03-16 09:00"))
    told = {(one.about, one.receiver): one.step for one in world.explained if one.receiver in COORDINATORS}
    assert told == {
        ("A4", Receiver.CASE_COORDINATOR): 3,
        ("A4", Receiver.PROCESS_COORDINATOR): 4,
        ("A5", Receiver.CASE_COORDINATOR): 5,
    }
    stalling = [a.id for a in file.actions if is_stalled(a, file, region, date(2026, 3, 11))]
    assert stalling == ["A4"]


def test_the_case_coordinator_hears_sooner_of_an_action_about_a_child() -> None:
    one = action(1, due=date(2026, 3, 6))
    plain = case(one)
    with_child = replace(plain, case=replace(plain.case, minor=True))
    late = local("2026-03-11 12:00")
    assert is_stalled(one, plain, REGION, late.date()) is None
    assert is_stalled(one, with_child, REGION, late.date()) is StallReason.OVERDUE


@pytest.mark.parametrize(
    ("now", "told"),
    [
        pytest.param("2026-03-10 11:00", ["2026-03-11", "2026-03-13"], id="before their day"),
        pytest.param("2026-03-11 11:00", ["2026-03-12", "2026-03-13"], id="on it, after help was offered"),
    ],
)
def test_a_child_that_turns_up_later_shortens_what_runs_already(now: str, told: list[str]) -> None:
    """The coordinators would hear on 13 and 20 March; where a child is involved that was to be 11 and 13 March."""
    world = World.of(case(action(4))).run(local(now))
    change(world, local(now), minor=True)
    world.run(local("2026-06-01 09:00"))
    assert [*world.days("casusregisseur"), *world.days("procesregisseur")] == told


def test_whoever_was_asked_on_short_terms_is_not_asked_again_on_the_ordinary_ones() -> None:
    file = case(action(4))
    world = World.of(replace(file, case=replace(file.case, minor=True))).run(local("2026-03-12 11:00"))
    assert world.days("casusregisseur") == ["2026-03-11"]
    change(world, local("2026-03-12 11:00"), minor=False)
    world.run(local("2026-06-01 09:00"))
    assert world.days("casusregisseur") == ["2026-03-11"]
    assert world.days("procesregisseur") == ["2026-03-20"]


def change(world: World, now: datetime, *, minor: bool) -> None:
    """As a command does it: the case changes, and with it the next nudge of what runs."""
    ((ref, before),) = world.files.items()
    file = world.files[ref] = replace(before, case=replace(before.case, minor=minor))
    for one in before.running:
        world.keep(on_other_terms(one, before, file, world.roster, now=now))
