"""How people write an action: any order of parts, and what the parts then are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.dates import Ask, When
from bot.core.records.actions import ActionKind, LifeDomain
from commands.actions.wording import Wording, read_action
from commands.conversation.reading import named_label, spellings
from tests.commands.stage import MONDAY, REGION

SPELT = spellings(REGION)


def read(line: str) -> Wording:
    return read_action(line, lambda spoken: named_label(spoken, SPELT), at=MONDAY)


@pytest.mark.parametrize(
    "line",
    [
        "leerplicht: verzuim uitvragen, uiterlijk vrijdag",
        "Leerplicht: verzuim uitvragen voor zaterdag",
        "LEERPLICHT verzuim uitvragen vrijdag",
        "@leerplicht verzuim uitvragen, vr 6 mrt",
        "uiterlijk vrijdag: leerplicht: verzuim uitvragen",
        "uiterlijk vrijdag leerplicht: verzuim uitvragen",
        "leerplicht, uiterlijk vrijdag: verzuim uitvragen",
        "vrijdag leerplicht verzuim uitvragen",
        "verzuim uitvragen door leerplicht, uiterlijk vrijdag",
        "verzuim uitvragen, leerplicht, vrijdag",
        "verzuim uitvragen - leerplicht - vrijdag",
        "verzuim uitvragen (leerplicht), vrijdag",
        "verzuim uitvragen @leerplicht uiterlijk vrijdag",
        "de leerplicht: “verzuim uitvragen”, t/m vrijdag",
    ],
)
def test_the_order_of_the_parts_does_not_matter(line: str) -> None:
    found = read(line)
    assert (found.holder, found.text) == ("leerplicht", "verzuim uitvragen")
    assert isinstance(found.when, When)
    assert found.when.day.isoformat() == "2026-03-06"


@pytest.mark.parametrize(
    ("line", "holder", "text"),
    [
        ("GI: afspreken met leerplicht: tijd bepalen", "GI", "afspreken met leerplicht: tijd bepalen"),
        ("leerplicht overlegt met @wijkagent", "leerplicht", "overlegt met @wijkagent"),
        ("Veilig Thuis gaat bellen", "Veilig Thuis", "gaat bellen"),
        ("wijkagent: om 14:00 langsgaan bij school", "wijkagent", "om 14:00 langsgaan bij school"),
        ("jeugdbescherming: plan maken", "GI", "plan maken"),
    ],
)
def test_a_role_inside_the_text_stays_there(line: str, holder: str, text: str) -> None:
    found = read(line)
    assert (found.holder, found.text) == (holder, text)


def test_a_time_on_the_clock_is_no_role() -> None:
    found = read("uiterlijk vrijdag 12:00: leerplicht: verzuim uitvragen")
    assert found.holder == "leerplicht"
    assert isinstance(found.when, When)
    assert f"{found.when.wall:%H:%M}" == "12:00"


def test_a_date_on_both_sides_is_asked() -> None:
    found = read("leerplicht, uiterlijk vrijdag: verzuim uitvragen, uiterlijk donderdag")
    assert isinstance(found.when, Ask)


@pytest.mark.parametrize(
    ("line", "spoken"),
    [
        ("tante Bep: bellen, vrijdag", "tante Bep"),
        ("leerpligt: bellen", "leerpligt"),
        ("bellen, vrijdag", ""),
    ],
)
def test_a_role_nobody_knows_is_given_back_as_it_was_typed(line: str, spoken: str) -> None:
    found = read(line)
    assert found.holder is None
    assert found.spoken == spoken


@pytest.mark.parametrize(
    ("line", "kind", "domain", "text"),
    [
        ("GI (informatie, onderwijs): plan maken", ActionKind.INFORMATION, LifeDomain.DAYTIME, "plan maken"),
        ("GI: plan maken #informatie #onderwijs", ActionKind.INFORMATION, LifeDomain.DAYTIME, "plan maken"),
        ("GI: plan maken, vrijdag #Barriere", ActionKind.BARRIER, None, "plan maken"),
        ("GI (financiën): plan maken", None, LifeDomain.MONEY, "plan maken"),
        ("GI: plan maken (regie)", None, None, "plan maken (regie)"),
        ("GI: plan maken #spoed", None, None, "plan maken #spoed"),
    ],
)
def test_kind_and_area_of_life_are_read_only_where_they_are_marked(
    line: str, kind: ActionKind | None, domain: LifeDomain | None, text: str
) -> None:
    found = read(line)
    assert (found.kind, found.domain, found.text) == (kind, domain, text)


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from(["@a:b.c", "1:1", ":", "GI", ",", "vrijdag", "(", ")", " "])).map("".join)
)
def test_no_line_breaks_the_reading(line: str) -> None:
    found = read(line)
    assert found.holder is None or found.spoken


@pytest.mark.parametrize("piece", ["@a:b", "1:1", "a ", "(a", ", a", "@1:1.1"])
def test_no_line_keeps_the_bot_busy(piece: str) -> None:
    """A pattern that tries every way to split these would not end."""
    assert read(piece * 800).holder is None
