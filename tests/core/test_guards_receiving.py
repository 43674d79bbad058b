"""Who may receive what, function by function: a right that one of them gains or loses is told here, in letters and all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.core.access.receiving import Standing, may_receive
from bot.core.effects import (
    Invite,
    Say,
    SendAudit,
    SendLetter,
    SendPoll,
    SendWeeks,
    ToCase,
    ToHandover,
    ToPerson,
)
from bot.core.permissions import RIGHTS, SEATED, Right, functions_of
from bot.core.records.cases import Function
from bot.core.records.people import PinState
from bot.core.region import Neighbour, Region
from bot.core.text import Language
from tests.core.cases import MARCH_2
from tests.core.test_permissions import COMPARED, REF, WHO, WORDS, file, seat

if TYPE_CHECKING:
    from bot.core.effects import Outgoing

F = Function
COLUMNS = (
    F.CHAIR,
    F.PROCESS_COORDINATOR,
    F.CASE_COORDINATOR,
    F.PARTICIPANT,
    F.COORDINATOR,
    F.CONTACT_POINT,
)
TABLE = {
    Right.TAKE_PART: "yyyyy-",
    Right.LEAD: "yy----",
    Right.DECIDE: "y-----",
    Right.SEAT: "yy--y-",
    Right.OPEN_CASES: "----y-",
    Right.SERVE_RIGHTS: "-----y",
    Right.INCIDENT: "----yy",
    Right.CASE_ROOM: "yyyy--",
    Right.CASE_WORDS: "yyyyyy",
    Right.CASE_FILE: "yyyy--",
    Right.ACCESS_EXPORT: "-----y",
    Right.OWN_DIGEST: "y-----",
    Right.REGION_DIGEST: "----y-",
    Right.REGION_PICTURE: "----y-",
    Right.TELL_OTHERS: "yy--yy",
}
"""Stated by hand, a letter for each of `COLUMNS`: what changes in the rules has to be changed here too."""
ASKED = "@vrager:x"


def being(function: Function, user_id: str = WHO) -> Standing:
    """One person in one function, in a case where nobody else is seated."""
    seats = [seat(REF, user_id, function)] if function in SEATED else []
    region = Region(
        "R",
        frozenset({user_id} if function is F.COORDINATOR else ()),
        contact_points=frozenset({user_id} if function is F.CONTACT_POINT else ()),
    )
    return Standing(region, {REF: file(REF, *seats)}, {user_id: replace(COMPARED, user_id=user_id)})


def allowed(thing: Outgoing) -> str:
    """Who of `COLUMNS` may have this."""
    return "".join("y" if may_receive(thing, WHO, being(function)) else "-" for function in COLUMNS)


def test_no_right_is_left_out_of_the_table() -> None:
    assert set(TABLE) == set(Right)
    assert set(COLUMNS) == set(F)


@pytest.mark.parametrize("right", Right)
def test_nobody_gains_or_loses_a_right_unseen(right: Right) -> None:
    assert allowed(Say(ToPerson(WHO), WORDS, about=(REF,), right=right)) == TABLE[right]


@pytest.mark.parametrize("right", Right)
def test_what_is_of_the_region_is_not_had_by_a_seat(right: Right) -> None:
    """A message that names no case is about its reader alone, but for one that has a right of its own."""
    of_region = f"----{TABLE[right][4:]}"
    expected = "yyyyyy" if right is Right.CASE_WORDS else of_region
    assert allowed(Say(ToPerson(WHO), WORDS, right=right)) == expected


@pytest.mark.parametrize(
    ("thing", "who"),
    [
        pytest.param(SendWeeks(ToPerson(WHO), (), date(2026, 3, 2), Language.NL), "----y-", id="the picture"),
        pytest.param(SendAudit(ToPerson(WHO), 1, MARCH_2, Language.NL), "----yy", id="the audit log"),
        pytest.param(Invite(ToCase(REF), WHO), "yyyy--", id="an invitation to the room of a case"),
        pytest.param(Invite(ToPerson(WHO), WHO), "yyyyyy", id="an invitation to their own chat"),
    ],
)
def test_what_is_no_message_has_its_own_readers(thing: Outgoing, who: str) -> None:
    assert allowed(thing) == who


def test_a_vote_in_the_room_of_a_case_is_not_kept_from_who_is_seated_there() -> None:
    assert allowed(SendPoll(ToCase(REF), "?", ("ja",), "k", Language.NL)) == "yyyyyy"


@pytest.mark.parametrize(("function", "may"), [*zip(COLUMNS, TABLE[Right.TELL_OTHERS], strict=True)])
def test_nobody_has_the_bot_tell_an_outsider_who_may_not(function: Function, may: str) -> None:
    told = Say(ToPerson(WHO), WORDS, about=(REF,), asked_by=ASKED)
    assert may_receive(told, WHO, being(function, ASKED)) is (may == "y")


@pytest.mark.parametrize("state", PinState)
@pytest.mark.parametrize("function", [F.COORDINATOR, F.CONTACT_POINT])
def test_a_coordinator_is_no_contact_point_nor_the_other_way_round(
    function: Function, state: PinState
) -> None:
    region = being(function).region
    held = functions_of(WHO, None, region, replace(COMPARED, state=state))
    assert held == ({function} if state is PinState.VERIFIED else set())


def test_a_coordinator_who_is_seated_has_what_a_participant_has() -> None:
    region = being(F.COORDINATOR).region
    held = functions_of(WHO, seat(REF, WHO, F.COORDINATOR), region, COMPARED)
    assert held == {F.PARTICIPANT, F.COORDINATOR}
    assert not held & RIGHTS[Right.LEAD]


# Letters to another region

BOT, PERSON = "@bot:daar", "@overleg:ginds"
BY_BOT = Neighbour("Daar", bot=BOT, fingerprint="F")
BY_HAND = Neighbour("Ginds", contact=PERSON)


def letter(reader: str) -> SendLetter:
    return SendLetter(ToHandover("O1"), WORDS, {}, reader)


def leaves(reader: str, *neighbours: Neighbour) -> bool:
    region = Region("R", frozenset(), neighbours=neighbours)
    return may_receive(letter(reader), reader, Standing(region, {}, {}))


@pytest.mark.parametrize("reader", [BOT, PERSON], ids=["to its bot", "to who answers by hand"])
def test_a_letter_does_not_leave_to_a_region_that_was_taken_out_of_the_configuration(reader: str) -> None:
    kept = {BOT: BY_HAND, PERSON: BY_BOT}[reader]
    assert leaves(reader, BY_BOT, BY_HAND)
    assert not leaves(reader, kept)
    assert not leaves(reader)


def test_a_letter_does_not_leave_to_a_bot_that_no_longer_answers_there() -> None:
    assert not leaves(BOT, replace(BY_BOT, bot="@ander:daar"))
    assert not leaves(PERSON, replace(BY_HAND, bot="@nieuw:ginds"))


def test_no_function_here_lets_a_letter_out_to_a_region_that_is_gone() -> None:
    """Whoever answered there may be known here as anything: a letter goes to a neighbour or nowhere."""
    assert allowed(letter(WHO)) == "------"
