"""Every state table but those of actions and signals, stated by hand: state, step, where it leads.

What does not stand here is refused. Whoever changes a table says so here too, and somebody reads it.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from bot.core import records
from bot.core.records import cases, handovers, inquiries, out_of_sight
from bot.core.records.states import StateTable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

STATED = {
    "cases": """
        open    close   closed
        closed  reopen  open
    """,
    "handovers": """
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
    "incidents": """
        running  stop  ended
    """,
    "inquiries": """
        draft     ask       asked
        draft     withdraw  withdrawn
        asked     answer    answered
        asked     withdraw  withdrawn
        answered  answer    answered
    """,
    "meetings": """
        running  pause   paused
        running  end     ended
        paused   resume  running
        paused   end     ended
    """,
    "meetings.AGENDA_TRANSITIONS": """
        waiting  take_up  current
        current  treat    treated
    """,
    "out_of_sight": """
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
    "retention": """
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
    "themes": """
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
ELSEWHERE = {"actions", "signals"}
"""Stated in the tests of their own."""


def found() -> dict[str, tuple[ModuleType, StateTable[Any, Any]]]:
    """Every state table of a record, with its module: the first of a module by its name, another by its own too."""
    modules = [
        import_module(one.name) for one in pkgutil.walk_packages(records.__path__, f"{records.__name__}.")
    ]
    return {
        module.__name__.rpartition(".")[2] + ("" if name == "TRANSITIONS" else f".{name}"): (module, table)
        for module in modules
        for name, table in vars(module).items()
        if isinstance(table, StateTable)
    }


def entries(stated: str) -> set[tuple[str, ...]]:
    return {tuple(line.split()) for line in stated.strip().splitlines()}


FOUND = found()
each_table = pytest.mark.parametrize("name", STATED)


@each_table
def test_no_step_leads_where_nobody_said_it_should(name: str) -> None:
    _, table = FOUND[name]
    assert {(*pair, to) for pair, to in table.items()} == entries(STATED[name])


@each_table
def test_a_step_that_is_not_stated_is_refused(name: str) -> None:
    _, table = FOUND[name]
    states, steps = ({type(pair[n]) for pair in table}.pop() for n in (0, 1))
    stated = {(state, step): to for state, step, to in entries(STATED[name])}
    for state in states:
        for step in steps:
            assert table.after(state, step) == stated.get((state, step))


def test_no_state_table_is_stated_nowhere() -> None:
    assert set(FOUND) == {*STATED, *ELSEWHERE}


@each_table
def test_every_state_and_step_has_its_words(name: str) -> None:
    module, table = FOUND[name]
    worded = [set(words) for words in vars(module).values() if isinstance(words, dict)]
    for n in (0, 1):
        assert set({type(pair[n]) for pair in table}.pop()) in worded


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
