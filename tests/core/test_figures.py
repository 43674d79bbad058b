"""Figures of a quarter: what is hidden stays hidden, whoever sits down with the totals and a pencil."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.figures import THRESHOLD, Counts, Quarter, figures, suppressed
from bot.core.records.actions import ActionState, BlockReason, LifeDomain, Outcome
from bot.core.records.cases import Closing
from bot.core.records.themes import ThemeState
from tests.core.cases import action, case

Q1 = Quarter(2026, 1)
IN_MARCH = datetime(2026, 3, 10, 12, tzinfo=UTC)
IN_APRIL = datetime(2026, 4, 1, 12, tzinfo=UTC)
KINDS = "abcdefgh"
ANSWERS = {"goal": ("reached", "partly")}


def counts(*numbers: int) -> dict[str, int]:
    return dict(zip(KINDS, numbers, strict=False))


def published(numbers: tuple[int, ...], threshold: int) -> tuple[int | None, ...]:
    found = suppressed(counts(*numbers), threshold)
    return (found.total, *found.shown.values())


@pytest.mark.parametrize(("threshold", "kinds"), [(3, 2), (3, 3), (3, 4), (4, 3), (4, 4)])
def test_no_total_gives_back_a_hidden_count_even_to_who_knows_the_rule(threshold: int, kinds: int) -> None:
    """Every table there is, by what is published of it: a hidden count that is the same in all of them is no secret.

    The highest counts are left out of the question, for their company lies outside what is tried.
    """
    most = 3 * threshold
    tables: dict[tuple[int | None, ...], list[tuple[int, ...]]] = defaultdict(list)
    for numbers in product(range(most + 1), repeat=kinds):
        tables[published(numbers, threshold)].append(numbers)
    for (total, *shown), possible in tables.items():
        if total is None or max(map(max, possible)) == most:
            continue
        for place, number in enumerate(shown):
            if number is None:
                assert len({numbers[place] for numbers in possible}) > 1, (total, shown)


@given(st.lists(st.integers(0, 3 * THRESHOLD), min_size=1, max_size=len(KINDS)))
def test_a_small_count_is_never_shown_and_never_hidden_alone(numbers: list[int]) -> None:
    found = suppressed(counts(*numbers))
    shown = [number for number in found.shown.values() if number]
    hidden = sum(number is None for number in found.shown.values())
    assert all(number >= THRESHOLD for number in shown)
    if found.total is None:
        assert hidden == len(numbers)
    else:
        assert found.total == sum(numbers) >= THRESHOLD
        assert hidden != 1
        assert not hidden or found.total - sum(shown) >= THRESHOLD


@given(st.permutations([0, 3, 9, 10, 10, 14, 30]))
def test_which_kind_it_is_makes_no_difference_to_what_is_hidden(numbers: list[int]) -> None:
    found = suppressed(counts(*numbers)).shown.values()
    assert {n for n, shown in zip(numbers, found, strict=True) if shown is None} == {3, 9}


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        pytest.param((28, 28, 0), (28, 28, 0), id="a count of nothing is about nobody"),
        pytest.param(
            (14, 11, 3), (14, None, None), id="the next one up covers a count that the total would tell"
        ),
        pytest.param((14, 14, 3), (None, None, None), id="equal ones go together"),
        pytest.param((9, 9, 0), (None, None, None), id="two of the highest small ones would tell each other"),
        pytest.param((5, 4, 0), (None, None, None), id="too few in all"),
    ],
)
def test_what_is_hidden(numbers: tuple[int, ...], shown: tuple[int | None, ...]) -> None:
    assert tuple(suppressed(counts(*numbers)).shown.values()) == shown


def test_large_counts_are_shown_as_they_are() -> None:
    assert suppressed(counts(10, 25)) == Counts({"a": 10, "b": 25}, 35)


def a_quarter(closings: int, *, done: int = 0, stuck: int = 0, at: datetime = IN_MARCH) -> tuple[object, ...]:
    finished = replace(
        action(1, state=ActionState.DONE), outcome=Outcome.YES, life_domain=LifeDomain.HOUSING, updated_at=at
    )
    blocked = replace(action(1, state=ActionState.BLOCKED), updated_at=at)
    closing = Closing("Z-1", 1, at, "@chair:x", 1, None, (("goal", "reached"),))
    file = case(*[finished] * done, *[blocked] * stuck)
    return (*(replace(case(), closings=(closing,)) for _ in range(closings)), file)


def test_a_quarter_counts_its_own_days_and_no_others() -> None:
    before = a_quarter(12, done=11, stuck=13)
    found = figures((*before, *a_quarter(50, done=50, stuck=50, at=IN_APRIL)), Q1, ANSWERS)
    assert found.closed["goal"] == Counts({"reached": 12, "partly": 0, "": 0}, 12)
    assert found.effects.total == found.domains.total == 11
    assert found.stalls.total == 13
    following = figures(before, Quarter(2026, 2), ANSWERS)
    assert following.stalls == Counts(dict.fromkeys(BlockReason), None)
    assert following.stalls_before == 13


def test_an_answer_that_the_protocol_no_longer_has_is_counted_all_the_same() -> None:
    found = figures(a_quarter(12), Q1, {"goal": ("won",)})
    assert found.closed["goal"].total == 12
    assert set(found.closed["goal"].shown) == {"won", "", "reached"}


def test_one_count_never_tells_the_total_that_another_of_the_same_whole_hides() -> None:
    both = [*a_quarter(9), *(replace(file, closings=()) for file in a_quarter(1))]
    other = Closing("Z-1", 1, IN_MARCH, "@chair:x", 1, None, (("goal", "partly"),))
    both += [replace(case(), closings=(other,)) for _ in range(9)]
    found = figures(both, Q1, {"goal": ("reached", "partly"), "helped": ("sharing",)})
    assert found.closed["goal"].total is None
    assert found.closed["helped"] == Counts({"sharing": None, "": None}, None)


def test_a_theme_room_is_no_case_to_count() -> None:
    themes = tuple(
        replace(file, case=replace(file.case, theme=ThemeState.ACTIVE))
        for file in a_quarter(12, done=12, stuck=12)
    )
    found = figures(themes, Q1, ANSWERS)
    assert found.closed["goal"].total is found.effects.total is found.stalls.total is None
    assert figures(themes, Quarter(2026, 2), ANSWERS).stalls_before is None
    both = figures((*themes, *a_quarter(10, done=11, stuck=13)), Q1, ANSWERS)
    assert (both.closed["goal"].total, both.effects.total, both.stalls.total) == (10, 11, 13)


@pytest.mark.parametrize(
    ("state", "reason", "counts"),
    [
        pytest.param(ActionState.BLOCKED, BlockReason.FUNDING, True, id="stuck"),
        pytest.param(ActionState.NOT_DONE, BlockReason.FUNDING, True, id="not done"),
        pytest.param(ActionState.DONE, BlockReason.FUNDING, True, id="done after all"),
        pytest.param(ActionState.BLOCKED, None, False, id="stuck, and nobody said why"),
        pytest.param(ActionState.ACCEPTED, None, False, id="going on"),
    ],
)
def test_an_action_counts_as_stuck_where_a_reason_stands_and_nowhere_else(
    state: ActionState, reason: BlockReason | None, *, counts: bool
) -> None:
    stuck = [replace(action(n, state=state), reason=reason, updated_at=IN_MARCH) for n in range(12)]
    found = figures((case(*stuck),), Q1, ANSWERS).stalls
    assert found.total == (12 if counts else None)
    assert found.shown[BlockReason.FUNDING] == (12 if counts else None)


def test_only_what_is_done_had_an_effect() -> None:
    others = [
        replace(action(1, state=state), outcome=Outcome.YES, updated_at=IN_MARCH)
        for state in ActionState
        if state is not ActionState.DONE
    ]
    assert figures((case(*others * 12),), Q1, ANSWERS).effects.total is None


@pytest.mark.parametrize(
    ("at", "quarter"),
    [
        pytest.param(datetime(2026, 3, 31, 21, 59, tzinfo=UTC), Q1, id="a minute before midnight"),
        pytest.param(datetime(2026, 3, 31, 22, 0, tzinfo=UTC), Quarter(2026, 2), id="midnight in Amsterdam"),
    ],
)
def test_a_quarter_ends_at_midnight_in_amsterdam(at: datetime, quarter: Quarter) -> None:
    found = figures(a_quarter(12, done=12, stuck=12, at=at), quarter, ANSWERS)
    totals = [found.closed["goal"].total, found.effects.total, found.stalls.total]
    assert totals == [12, 12, 12]
    following = Quarter(quarter.year, quarter.number + 1)
    assert figures(a_quarter(12, done=12, stuck=12, at=at), following, ANSWERS).stalls_before == 12


def test_what_finished_actions_did_does_not_tell_what_they_were_about() -> None:
    """Nine and nine of effects would give each other away, so their total hides; the areas of life have the same."""
    done = [
        replace(
            action(n, state=ActionState.DONE),
            outcome=Outcome.YES if n % 2 else Outcome.NO,
            life_domain=LifeDomain.HOUSING,
            updated_at=IN_MARCH,
        )
        for n in range(18)
    ]
    found = figures((case(*done),), Q1, ANSWERS)
    assert found.effects.total is None
    assert found.domains == Counts(dict.fromkeys((*LifeDomain, "")), None)


def test_too_few_of_the_quarter_before_is_not_shown_as_none() -> None:
    assert figures(a_quarter(0, stuck=9), Quarter(2026, 2), ANSWERS).stalls_before is None
    assert figures(a_quarter(0, stuck=10), Quarter(2026, 2), ANSWERS).stalls_before == 10


def test_nothing_counts_by_person_or_partner() -> None:
    found = repr(figures(a_quarter(40, done=40, stuck=40), Q1, ANSWERS))
    assert "leerplicht" not in found
    assert "@" not in found


@pytest.mark.parametrize(
    ("text", "quarter"),
    [
        ("kwartaal 1", Q1),
        ("Q1 2026", Q1),
        ("2026-Q1", Q1),
        ("2025 kwartaal 4", Quarter(2025, 4)),
        ("quarter 3", Quarter(2025, 3)),
        ("kwartaal 2", Quarter(2025, 2)),
        ("kwartaal 5", None),
        ("2026", None),
        ("2025 q1 2026", None),
    ],
)
def test_a_quarter_is_read_as_people_write_it(text: str, quarter: Quarter | None) -> None:
    assert Quarter.read(text, date(2026, 5, 4)) == quarter


def test_the_quarter_before_the_first_is_the_last_of_the_year_before() -> None:
    assert Quarter.of(date(2026, 3, 31)) == Q1
    assert Q1.before == Quarter(2025, 4)
    assert Q1.before < Q1
