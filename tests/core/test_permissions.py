"""Who may do and receive what: nothing has no rule, and nothing of a case goes to who lost the right to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.access.receiving import RULES, Standing, may_receive
from bot.core.effects import (
    EndPoll,
    FileKind,
    Invite,
    Outgoing,
    Say,
    SendFile,
    SendPoll,
    SendWeeks,
    ToCase,
    ToPerson,
)
from bot.core.permissions import DOING, MEANINGS, REGION_WIDE, RIGHTS, SEATED, Right, functions_of
from bot.core.records.cases import Function, Participant
from bot.core.records.people import Pin, PinState
from bot.core.region import Region
from bot.core.text import Language, Message
from commands.catalogue import COMMANDS
from tests.core.cases import MARCH_2, case
from tests.core.cases import seat as sitting

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile

WHO = "@iemand:x"
CHAIR = "@voorzitter:x"
REF, OTHER = "Z-2026-014", "Z-2026-015"
REGION = Region("R", frozenset({WHO}), contact_points=frozenset({WHO}))
NOBODY = Region("R", frozenset())
WORDS = Message(("Iets.",))
COMPARED = Pin(WHO, "AAAA", MARCH_2, PinState.VERIFIED)


def seat(ref: str, user_id: str, function: Function = Function.PARTICIPANT) -> Participant:
    return replace(sitting("leerplicht", ref), user_id=user_id, function=function)


def file(ref: str, *seats: Participant) -> CaseFile:
    return replace(case(ref=ref), participants=seats)


def standing(region: Region = NOBODY, pin: Pin | None = None, **changes: object) -> Standing:
    """Somebody seated in REF (changed by `changes`), not in OTHER; a chair in both."""
    own = replace(seat(REF, WHO), **changes)
    chairs = {ref: seat(ref, CHAIR, Function.CHAIR) for ref in (REF, OTHER)}
    files = {REF: file(REF, own, chairs[REF]), OTHER: file(OTHER, chairs[OTHER])}
    return Standing(region, files, {WHO: pin} if pin else {})


def test_no_type_of_message_leaves_without_a_rule_for_who_may_receive_it() -> None:
    assert set(RULES) == set(get_args(Outgoing))


def test_every_row_of_the_table_says_what_it_is_and_names_somebody() -> None:
    assert set(RIGHTS) == set(MEANINGS) == set(Right)
    assert all(RIGHTS.values())
    assert set(Function) == SEATED | REGION_WIDE


def test_no_command_makes_up_a_right_of_its_own() -> None:
    rows = {RIGHTS[right] for right in DOING}
    assert [c.name.nl for c in COMMANDS if c.who not in rows] == []
    assert len(rows) == len(DOING), "two rows that say the same cannot be told apart in the documentation"


THINGS = [
    Say(ToPerson(WHO), WORDS, about=(REF,)),
    Say(ToPerson(WHO), WORDS, about=(REF,), right=Right.CASE_FILE),
    SendPoll(ToPerson(WHO), "?", ("ja",), "k", Language.NL, about=(REF,)),
    EndPoll(ToPerson(WHO), "k", "ja", about=(REF,)),
    SendFile(ToPerson(WHO), FileKind.PDF, REF, WHO, date(2026, 3, 2), Language.NL),
    Invite(ToCase(REF), WHO),
]
EACH = pytest.mark.parametrize("thing", THINGS, ids=lambda thing: type(thing).__name__)


@EACH
def test_who_left_the_case_receives_nothing_of_it_any_more(thing: Outgoing) -> None:
    assert may_receive(thing, WHO, standing())
    assert not may_receive(thing, WHO, standing(left_at=MARCH_2))


@EACH
def test_about_a_case_that_is_gone_nothing_is_said(thing: Outgoing) -> None:
    everybody = Standing(REGION, {}, {WHO: COMPARED})
    assert not may_receive(thing, WHO, everybody)


@pytest.mark.parametrize(
    ("thing", "allowed"),
    [
        (Say(ToPerson(WHO), WORDS, right=Right.REGION_DIGEST), True),
        (SendWeeks(ToPerson(WHO), (), date(2026, 3, 2), Language.NL), True),
        (Say(ToPerson(WHO), WORDS, about=(OTHER,)), True),
        (SendFile(ToPerson(WHO), FileKind.JSON, OTHER, WHO, date(2026, 3, 2), Language.NL), False),
        (
            SendFile(
                ToPerson(WHO),
                FileKind.JSON,
                OTHER,
                WHO,
                date(2026, 3, 2),
                Language.NL,
                right=Right.ACCESS_EXPORT,
            ),
            True,
        ),
    ],
)
def test_what_goes_over_all_cases_is_lost_with_the_configuration_or_the_identity(
    thing: Outgoing, allowed: bool
) -> None:
    assert may_receive(thing, WHO, standing(REGION, COMPARED)) is allowed
    for region, pin in (
        (NOBODY, COMPARED),
        (REGION, None),
        (REGION, replace(COMPARED, state=PinState.FIRST_USE)),
        (REGION, replace(COMPARED, state=PinState.CONFIRMED)),
        (REGION, replace(COMPARED, changed_to="BBBB")),
    ):
        assert not may_receive(thing, WHO, standing(region, pin))


def test_a_bundle_goes_only_where_every_case_in_it_may_be_heard_of() -> None:
    assert not may_receive(Say(ToPerson(WHO), WORDS, about=(REF, OTHER)), WHO, standing())


def test_a_chairs_digest_stops_with_the_chair() -> None:
    digest = Say(ToPerson(WHO), WORDS, about=(REF,), right=Right.OWN_DIGEST)
    assert may_receive(digest, WHO, standing(function=Function.CHAIR))
    assert not may_receive(digest, WHO, standing())


def test_who_has_no_seat_hears_something_only_on_the_word_of_somebody_who_may_give_it() -> None:
    told = Say(ToPerson("@buiten:x"), WORDS, about=(REF,))
    assert not may_receive(told, "@buiten:x", standing())
    assert may_receive(replace(told, asked_by=CHAIR), "@buiten:x", standing())
    assert not may_receive(replace(told, asked_by=WHO), "@buiten:x", standing())
    assert not may_receive(replace(told, asked_by="@buiten:x"), "@buiten:x", standing())


def test_what_names_no_case_is_about_its_reader() -> None:
    assert may_receive(Say(ToPerson("@buiten:x"), WORDS), "@buiten:x", Standing(NOBODY, {}, {}))


@given(
    st.sampled_from(Function),
    st.booleans(),
    st.sampled_from([None, *PinState]),
    st.sampled_from([None, "BBBB"]),
)
def test_a_seat_never_gives_a_function_of_the_region(
    function: Function, left: bool, state: PinState | None, changed_to: str | None
) -> None:
    """Whatever was stored as the function of a seat."""
    own = replace(seat(REF, WHO, function), left_at=MARCH_2 if left else None)
    pin = replace(COMPARED, state=state, changed_to=changed_to) if state else None
    held = functions_of(WHO, own, NOBODY, pin)
    assert not held & REGION_WIDE
    assert bool(held) is not left
