"""Every column of the file has a class, and what somebody typed gets in by the guard or not at all."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import pytest

from bot.core.guard import KeptText
from bot.store import columns, schema
from bot.store.columns import Holds
from bot.store.records import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator


def text_columns() -> Iterator[tuple[str, str]]:
    """Table and name of every column that can hold words, of the schema as it is made."""
    file = sqlite3.connect(":memory:")
    for step in schema.released():
        file.executescript(step)
    tables = [
        name
        for (name,) in file.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
    ]
    for table in tables:
        for _, name, kind, *_ in file.execute(f"PRAGMA table_info({table})"):
            if kind != "INTEGER":
                yield table, name
    file.close()


def test_no_column_of_words_is_without_a_class() -> None:
    """A new one fails here: give its field the type KeptText and let the guard make it, or say what else it holds."""
    assert [
        f"{table}.{name}" for table, name in text_columns() if columns.of_column(table, name) is None
    ] == []


def test_a_column_that_is_gone_leaves_no_class_behind() -> None:
    there = {f"{table}.{name}" for table, name in text_columns()}
    assert columns.named() <= there


def guarded_by_type(hint: Any) -> bool:
    return hint is KeptText or any(guarded_by_type(part) for part in get_args(hint))


@pytest.mark.parametrize("kind", list(TABLES), ids=lambda kind: kind.__name__)
def test_what_is_called_guarded_is_made_by_the_guard_alone(kind: type) -> None:
    for name, hint in get_type_hints(kind).items():
        is_guarded = columns.of_field(kind, name) is Holds.GUARDED
        if f"{TABLES[kind].name}.{name}" != "questions.draft":
            assert is_guarded == guarded_by_type(hint), f"{kind.__name__}.{name}"


def test_a_plain_string_cannot_pass_for_a_text_that_was_kept() -> None:
    with pytest.raises(TypeError):
        KeptText("familie Jansen")  # type: ignore[call-arg]
