"""The pictures of the state tables are those of the tables; CASUSBOT_UPDATE_GOLDEN=1 draws them anew."""

from __future__ import annotations

import importlib
import os
import pkgutil

import pytest

import bot.core
from bot.core.records.states import StateTable
from tests.docs_states import PAGE, TABLES, States, page


def test_the_page_of_states_is_what_the_tables_say() -> None:
    if os.environ.get("CASUSBOT_UPDATE_GOLDEN") == "1":
        PAGE.write_text(page(), "utf-8")
    assert PAGE.read_text("utf-8") == page()


def test_no_state_table_is_without_a_picture() -> None:
    found = pkgutil.walk_packages(bot.core.__path__, "bot.core.")
    modules = [importlib.import_module(module.name) for module in found]
    tables = [one for module in modules for one in vars(module).values() if isinstance(one, StateTable)]
    assert len(tables) >= len(TABLES), "a room of the rules was not walked through"
    drawn = [id(table.transitions) for table in TABLES]
    assert [id(table) for table in tables if id(table) not in drawn] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_no_state_is_out_of_reach(table: States) -> None:
    reached = set(table.begin)
    for _ in table.names:
        reached |= {to for (state, _), to in table.transitions.items() if state in reached}
    assert reached == set(table.names)
