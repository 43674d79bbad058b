"""The state table of an inquiry: nothing leads back, and an answer stays an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import protocols
from bot.configuration import partner_types
from bot.core.guard import Kept
from bot.core.inquiries import (
    ANSWER_NAMES,
    ANSWERS,
    ANSWERS_IN_OWN_SYSTEM,
    PROTOCOL,
    STATE_NAMES,
    TRANSITIONS,
    InquiryAnswer,
    InquiryState,
    InquiryStep,
    after,
)
from bot.core.text import Language
from bot.resources import load_guard

THIRTEEN = (
    *("DJI", "gemeente", "GGZ", "GI", "jeugdhulp", "OM", "politie", "RvdK", "reclassering"),
    *("slachtofferhulp", "halt", "Veilig Thuis", "woningcorporatie"),
)
"""Partners with a regime of their own in the legal handbook (domain 1.3)."""


@given(st.lists(st.sampled_from(InquiryStep)))
def test_no_order_of_steps_asks_twice_or_asks_again_after_an_end(steps: list[InquiryStep]) -> None:
    state, seen = InquiryState.DRAFT, [InquiryState.DRAFT]
    for step in steps:
        if (reached := after(state, step)) is not None:
            state = reached
            seen.append(state)
    assert seen.count(InquiryState.DRAFT) == 1, "another purpose or basis is another inquiry"
    assert seen.count(InquiryState.ASKED) <= 1
    assert seen.count(InquiryState.WITHDRAWN) <= 1
    ends = [place for place, one in enumerate(seen) if one in {InquiryState.ANSWERED, InquiryState.WITHDRAWN}]
    assert all(seen[place] is seen[-1] for place in ends)
    if InquiryState.ANSWERED in seen:
        assert InquiryState.ASKED in seen, "nobody answers what was not asked"


def test_every_state_can_be_reached_and_every_word_is_named() -> None:
    reached = {InquiryState.DRAFT} | set(TRANSITIONS.values())
    assert reached == set(InquiryState) == set(STATE_NAMES)
    assert set(InquiryAnswer) == set(ANSWER_NAMES) == set(ANSWERS)


def test_nobody_can_ever_be_asked_without_not_provided_among_the_answers() -> None:
    assert InquiryAnswer.NOT_PROVIDED in ANSWERS
    assert set(ANSWERS_IN_OWN_SYSTEM) == {InquiryAnswer.NOT_PROVIDED, InquiryAnswer.SHARED}


@pytest.mark.parametrize("partner", THIRTEEN)
def test_a_partner_with_rules_of_its_own_has_a_basis_and_a_check_of_its_own(partner: str) -> None:
    lists = protocols.load()[PROTOCOL].lists
    assert partner in lists["own_task"]
    assert partner in lists["check"]


def test_every_list_speaks_of_partners_that_exist() -> None:
    known = {it.label for it in partner_types()} | {"default"}
    lists = protocols.load()[PROTOCOL].lists
    for name in ("own_task", "check", "own_system"):
        assert set(lists[name]) <= known
    assert "default" in lists["own_task"]
    assert "default" in lists["check"]


@pytest.mark.parametrize("language", Language)
def test_every_lawful_basis_may_be_kept_as_it_reads(language: Language) -> None:
    lists = protocols.load()[PROTOCOL].lists
    for name in ("basis", "own_task", "own_system"):
        for text in lists[name].values():
            found = load_guard().keep(text(language), max_length=200)
            assert isinstance(found, Kept)
            assert not found.warnings
