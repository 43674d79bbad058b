"""The rules of an inquiry: nothing leads back, an answer stays one, and no reminder presses anybody to tell."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.effects import Loudness, SendPoll, ToPerson
from bot.core.guard import Kept, KeptText
from bot.core.records.actions import ActionState, BlockReason
from bot.core.records.inquiries import (
    ANSWER_NAMES,
    ANSWERS,
    ANSWERS_IN_OWN_SYSTEM,
    PROTOCOL,
    STATE_NAMES,
    TRANSITIONS,
    Inquiry,
    InquiryAnswer,
    InquiryState,
    InquiryStep,
    after,
)
from bot.core.text import Language
from bot.settings import protocols
from bot.settings.configuration import partner_types
from bot.settings.resources import load_guard
from tests.core.cases import MARCH_2, WRITTEN, action, case, local, user
from tests.core.world import World
from tests.golden import check

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile

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


def inquired(partner: str, state: ActionState, *, own_system: bool, reason: BlockReason | None) -> CaseFile:
    """A case in which a partner was asked something, its action due on 6 March."""
    kept = KeptText.from_store
    look_back = date(2026, 3, 16) if state is ActionState.BLOCKED else None
    asking = replace(action(1, partner, state=state, look_back=look_back), protocol=PROTOCOL, reason=reason)
    inquiry = Inquiry(
        *("Z-2026-014", 1, kept(WRITTEN), partner, "leerplicht", user("leerplicht"), InquiryState.ASKED),
        made_at=MARCH_2,
        own_system=kept("het politiesysteem") if own_system else None,
        action=1,
    )
    return replace(case(asking), inquiries=(inquiry,))


PRESSES = re.compile(
    r"lukt het|kan iemand helpen|hoe staat het|gezien\?|nog zo\?|even bellen|klaar A|kom er niet uit",
    re.IGNORECASE,
)


@given(
    st.sampled_from(("wijkagent", "woningcorporatie")),
    st.sampled_from((ActionState.OPEN, ActionState.ACCEPTED, ActionState.BLOCKED)),
    st.booleans(),
    st.booleans(),
    st.sampled_from((None, date(2026, 3, 9))),
)
def test_no_reminder_ever_presses_a_partner_to_tell(
    partner: str, state: ActionState, own_system: bool, minor: bool, meeting: date | None
) -> None:
    reason = BlockReason.NO_CAPACITY if state is ActionState.BLOCKED else None
    file = inquired(partner, state, own_system=own_system, reason=reason)
    file = replace(file, case=replace(file.case, minor=minor, next_meeting=meeting))
    world = World.of(file).run(local("2026-04-30 12:00"))
    told = [say for _, say in world.said if say.to == ToPerson(user(partner))]
    assert told, "it is an ordinary action: its holder is reminded"
    for say in told:
        assert WRITTEN not in say.message.body, "a reminder holds no word of the question"
        if isinstance(say, SendPoll):
            assert "niet verstrekt" in say.options
            assert set(say.options) <= {name.nl for name in ANSWER_NAMES.values()}
        elif say.loudness is not Loudness.NUDGE:
            assert "Niet verstrekt is een volledig antwoord." in say.message.body
            assert not PRESSES.search(say.message.body), say.message.body


def test_who_asks_by_phone_can_tap_what_they_heard_in_the_partners_name() -> None:
    file = inquired("wijkagent", ActionState.OPEN, own_system=False, reason=None)
    [asking], [inquiry] = file.actions, file.inquiries
    file = replace(file, actions=(replace(asking, holder="leerplicht"),))
    world = World.of(file).run(local("2026-03-06 12:00"))
    polls = [poll for poll in world.polls.values() if poll.asked_of == user("leerplicht")]
    assert polls
    for poll in polls:
        assert all(means.startswith("antwoord Z-2026-014 N1 namens wijkagent ") for means in poll.means)
        assert len(poll.means) == len(inquiry.answers)


def test_an_inquiry_reads_like_this_in_the_weeks_without_an_answer() -> None:
    file = inquired("wijkagent", ActionState.OPEN, own_system=True, reason=None)
    check("core/golden/nudge_inquiry.txt", World.of(file).run(local("2026-04-30 12:00")).transcript())
