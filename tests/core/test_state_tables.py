"""Every state table but those of actions and signals, stated by hand: state, step, where it leads.

What does not stand here is refused. Whoever changes a table says so here too, and somebody reads it.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from bot.core import records
from bot.core.records import cases, handovers, incidents, inquiries, out_of_sight, retention, themes
from bot.core.records.states import StateTable
from tests.core import test_actions, test_signals

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

STATED = {
    cases: """
        open    close   closed
        closed  reopen  open
    """,
    handovers: """
        proposed  receive   received
        proposed  plan      received
        proposed  accept    accepted
        proposed  refuse    refused
        received  plan      received
        received  accept    accepted
        received  refuse    refused
        accepted  plan      accepted
        accepted  talk      talked
        talked    complete  completed
    """,
    incidents: """
        running  stop  ended
    """,
    inquiries: """
        draft     ask       asked
        draft     withdraw  withdrawn
        asked     answer    answered
        asked     withdraw  withdrawn
        answered  answer    answered
    """,
    out_of_sight: """
        danger_asked  danger          danger_asked
        danger_asked  no_danger       proposed
        danger_asked  come_back       back
        proposed      agree           followed
        proposed      come_back       back
        proposed      close           closed
        followed      follow_another  danger_asked
        followed      come_back       back
        followed      hand_over       handed_over
        followed      close           closed
    """,
    retention: """
        kept    warn    warned
        kept    extend  kept
        kept    ask     asked
        warned  extend  kept
        warned  ask     asked
        asked   extend  kept
        asked   ask     asked
        asked   refuse  warned
        asked   agree   destroyed
        kept    reopen  kept
        warned  reopen  kept
        asked   reopen  kept
    """,
    themes: """
        preparation        start           active
        preparation        meet_regularly  structural
        preparation        meet_once       once
        preparation        close           closed
        active             meet_regularly  structural
        active             keep_watch      ongoing_attention
        active             close           closed
        structural         start           active
        structural         keep_watch      ongoing_attention
        structural         close           closed
        once               start           active
        once               close           closed
        ongoing_attention  start           active
        ongoing_attention  meet_regularly  structural
        ongoing_attention  close           closed
        closed             start           active
    """,
}
ELSEWHERE = {test_actions, test_signals}
"""Where the other two stand."""


def name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def entries(stated: str) -> set[tuple[str, ...]]:
    return {tuple(line.split()) for line in stated.strip().splitlines()}


each_table = pytest.mark.parametrize("module", STATED, ids=name)


@each_table
def test_no_step_leads_where_nobody_said_it_should(module: Any) -> None:
    assert {(*pair, to) for pair, to in module.TRANSITIONS.items()} == entries(STATED[module])


@each_table
def test_a_step_that_is_not_stated_is_refused(module: Any) -> None:
    table: StateTable[Any, Any] = module.TRANSITIONS
    states, steps = ({type(pair[n]) for pair in table}.pop() for n in (0, 1))
    stated = {(state, step): to for state, step, to in entries(STATED[module])}
    for state in states:
        for step in steps:
            assert table.after(state, step) == stated.get((state, step))


def test_no_state_table_is_stated_nowhere() -> None:
    modules = [
        import_module(f"{records.__name__}.{one.name}") for one in pkgutil.iter_modules(records.__path__)
    ]
    with_table = {name(one) for one in modules if isinstance(getattr(one, "TRANSITIONS", None), StateTable)}
    assert with_table == {name(module).removeprefix("test_") for module in (*STATED, *ELSEWHERE)}


@each_table
def test_every_state_and_step_has_its_words(module: Any) -> None:
    states, steps = ({type(pair[n]) for pair in module.TRANSITIONS}.pop() for n in (0, 1))
    assert set(module.STATE_NAMES) == set(states)
    assert set(module.STEP_NAMES) == set(steps)


@pytest.mark.parametrize(
    ("members", "stated"),
    [
        pytest.param(handovers.WAITING, "proposed received", id="who sends a case is answerable for it"),
        pytest.param(handovers.RUNNING, "proposed received accepted talked", id="a handover is not over yet"),
        pytest.param(out_of_sight.OPEN, "danger_asked proposed followed", id="nobody saw them yet"),
        pytest.param(
            cases.WITHOUT_END, "proposed open accepted blocked", id="a case cannot be closed over it"
        ),
        pytest.param(
            inquiries.ONLY_BY_THE_INQUIRY, "finish give_up withdraw assign", id="an answer alone does that"
        ),
        pytest.param(
            inquiries.ANSWERS_IN_OWN_SYSTEM, "shared not_provided", id="what may be kept of the police"
        ),
        pytest.param(
            inquiries.ANSWERS,
            "known not_known recognised unsure not_provided shared",
            id="what may be kept of everybody else",
        ),
    ],
)
def test_nothing_drops_out_of_what_the_rules_look_for(members: Iterable[str], stated: str) -> None:
    assert sorted(members) == sorted(stated.split())
