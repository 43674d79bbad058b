"""A handover: who is responsible when, and what never happens out of order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.guard import KeptText
from bot.core.records.handovers import (
    RUNNING,
    STATE_NAMES,
    TRANSITIONS,
    WAITING,
    Answer,
    HandedAction,
    HandedDecision,
    Handover,
    HandoverState,
    HandoverStep,
    Proposal,
    Side,
    after,
    written,
)
from bot.core.reminding.digest import weekly
from bot.core.reminding.digest_layout import LINES, WIDTH
from tests.core.cases import REGION, case, local

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile

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


# The letters

ID = "a" * 32


def words(text: str) -> KeptText:
    return KeptText.from_store(text)


def test_a_proposal_carries_agreements_and_nothing_that_is_not_named_here() -> None:
    letter = Proposal(
        ID,
        "Z-2026-003",
        words("verhuisd"),
        (words("leerplicht"),),
        (HandedAction("A4", words("bellen"), words("leerplicht"), date(2026, 3, 20)),),
        (HandedDecision("B1", words("overdragen"), words("verhuisd")),),
    )
    assert written(letter) == {
        "version": 1,
        "handover": ID,
        "sequence": 1,
        "step": "propose",
        "reference": "Z-2026-003",
        "reason": "verhuisd",
        "contacts": ["leerplicht"],
        "actions": [{"id": "A4", "text": "bellen", "holder": "leerplicht", "due": "2026-03-20"}],
        "decisions": [{"id": "B1", "text": "overdragen", "reason": "verhuisd"}],
    }


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param({}, {}, id="nothing"),
        pytest.param({"reference": "Z-2026-101"}, {"reference": "Z-2026-101"}, id="its own reference"),
        pytest.param({"reason": words("geen plek")}, {"reason": "geen plek"}, id="why not"),
        pytest.param({"call": date(2026, 3, 20)}, {"call": "2026-03-20"}, id="the day of the call"),
    ],
)
def test_an_answer_holds_only_what_was_said(given: dict[str, Any], told: dict[str, str]) -> None:
    """What is left out stays as it was at the other side; nothing is said to be empty."""
    expected = {"version": 1, "handover": ID, "sequence": 7, "step": "plan"} | told
    assert written(Answer(ID, 7, T.PLAN, **given)) == expected


def test_a_fresh_handover_has_sent_and_heard_nothing() -> None:
    """The first letter of the other side has number 1: none is taken for one that was used."""
    [one] = going().handovers
    assert (one.sent, one.heard, one.handed, one.actions, one.decisions, one.contacts) == (
        0,
        0,
        (),
        (),
        (),
        (),
    )
    assert Proposal(ID, "Z-2026-003", words("verhuisd"), (), (), ()).sequence == 1


# In the weekly digest

MONDAY = date(2026, 3, 16)


def going(
    state: HandoverState = S.RECEIVED, *, side: Side = Side.SENDER, ref: str = "Z-2026-003", days: int = 6
) -> CaseFile:
    since = local("2026-03-16 10:00") - timedelta(days=days)
    one = Handover("a" * 32, side, "Elders", "@bot:elders.nl", state, since, "@v:voorbeeld.nl", ref)
    return replace(case(ref=ref), handovers=(one,))


def section(*files: CaseFile) -> list[str]:
    parts = weekly(files, REGION, today=MONDAY).body.split("\n\n")
    return next((part.split("\n") for part in parts if part.startswith("OVERDRACHT")), [])


def test_a_coordinator_reads_each_week_who_is_responsible_for_a_case_that_goes() -> None:
    """The example of domain 7.2."""
    assert section(going()) == [
        "OVERDRACHT (1)",
        "Z-2026-003 → regio Elders: ontvangen, nog",
        "  niet geaccepteerd (4 wd). Wij blijven",
        "  verantwoordelijk.",
    ]


def test_after_acceptance_the_digest_asks_for_the_call_and_no_longer_says_that_it_is_ours() -> None:
    said = " ".join(" ".join(section(going(S.ACCEPTED))).split())
    assert "nog geen gesprek" in said
    assert "verantwoordelijk" not in said
    came = " ".join(section(going(S.TALKED, side=Side.RECEIVER))).split()
    assert " ".join(came).endswith("Z-2026-003 ← regio Elders: gesprek gevoerd, nog niet afgerond (4 wd).")


@pytest.mark.parametrize("state", sorted(set(S) - RUNNING))
def test_what_has_ended_takes_no_line(state: HandoverState) -> None:
    assert section(going(state)) == []


@settings(max_examples=30, deadline=None)
@given(size=st.integers(1, 60))
def test_many_handovers_are_all_counted_and_still_fit_a_phone(size: int) -> None:
    files = [going(ref=f"Z-2026-{n:03d}", days=n) for n in range(size)]
    lines = weekly(tuple(files), REGION, today=MONDAY).body.split("\n")
    assert len(lines) <= LINES
    assert max(map(len, lines)) <= WIDTH
    assert section(*files)[0] == f"OVERDRACHT ({size})"
