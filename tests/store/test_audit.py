"""The audit log: it only grows, and a change behind its back shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.effects import Logged
from bot.store import driver
from bot.store.audit import BEGINNING, COLUMNS
from tests.store.samples import NOW, a_case, a_participant, keep

if TYPE_CHECKING:
    from bot.store.database import Database
    from bot.store.transaction import Transaction


@pytest.fixture
async def logged(db: Database) -> Database:
    """A store with five lines in its log."""
    for number in range(1, 6):
        line = Logged("action_added", "Z-1", f"A{number}")
        await db.write(lambda t, line=line: t.log(line, actor="@chair:x", at=NOW))
    return db


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = '@other:x' WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 5",
        "DELETE FROM audit",
        "REPLACE INTO audit SELECT 3, at, '@other:x', on_behalf_of, event, case_ref, thing, previous, hash FROM audit WHERE seq = 3",
        "INSERT INTO audit SELECT 9, at, actor, on_behalf_of, event, case_ref, thing, previous, hash FROM audit WHERE seq = 5",
    ],
    ids=["changed", "deleted", "emptied", "replaced", "with a gap"],
)
async def test_no_statement_of_ours_can_rewrite_the_log(logged: Database, statement: str) -> None:
    before = await logged.read(lambda t: t.rows("SELECT * FROM audit"))
    with pytest.raises(driver.IntegrityError, match="only grows"):
        await logged.write(lambda t: t.rows(statement))
    assert await logged.read(lambda t: t.rows("SELECT * FROM audit")) == before


async def test_a_whole_chain_is_found_whole(logged: Database) -> None:
    assert await logged.read(lambda t: t.broken_line()) is None
    first = await logged.read(lambda t: t.value("SELECT previous FROM audit WHERE seq = 1"))
    assert first == BEGINNING


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE audit SET actor = '@other:x' WHERE seq = 3", 3),
        ("UPDATE audit SET at = '2020-01-01T00:00:00.000000+00:00' WHERE seq = 1", 1),
        ("UPDATE audit SET thing = NULL WHERE seq = 5", 5),
        ("UPDATE audit SET hash = previous WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 1", 1),
    ],
    ids=[
        "another actor",
        "another time",
        "last line",
        "another hash",
        "a line left out",
        "the first left out",
    ],
)
async def test_a_change_by_somebody_who_removed_the_lock_shows(
    logged: Database, tampering: str, broken: int
) -> None:
    for trigger in ("audit_never_changes", "audit_never_shrinks"):
        await logged.write(lambda t, trigger=trigger: t.rows(f"DROP TRIGGER {trigger}"))
    await logged.write(lambda t: t.rows(tampering))
    assert await logged.read(lambda t: t.broken_line()) == broken


UNLOCK = ("audit_only_grows", "audit_never_changes", "audit_never_shrinks")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    row=st.integers(1, 5),
    column=st.sampled_from(COLUMNS.split(", ")),
    value=st.one_of(st.none(), st.text(max_size=20), st.integers(-5, 10)),
)
async def test_tampering_with_any_value_of_any_row_is_found(
    logged: Database, row: int, column: str, value: object
) -> None:
    """By somebody who has the key and took the triggers away; each change on its own, then undone."""

    class Undone(Exception):
        """Nothing of it stays for the next example."""

    async def tampered(t: Transaction) -> None:
        for trigger in UNLOCK:
            await t.rows(f"DROP TRIGGER {trigger}")
        before = await t.rows(f"SELECT {COLUMNS} FROM audit ORDER BY seq")
        try:
            await t.rows(f"UPDATE audit SET {column} = ? WHERE seq = ?", value, row)
        except driver.IntegrityError:
            raise Undone from None  # the table itself does not take it
        same = await t.rows(f"SELECT {COLUMNS} FROM audit ORDER BY seq") == before
        assert (await t.broken_line() is None) == same
        raise Undone

    with pytest.raises(Undone):
        await logged.write(tampered)


async def test_a_line_says_for_whom_its_actor_acted(db: Database) -> None:
    await db.write(lambda t: keep(t, a_case("Z-1"), a_participant("@a:x", "Z-1", label="leerplicht")))
    for actor, ref in (("@a:x", "Z-1"), ("@a:x", None), ("@b:x", "Z-1")):
        await db.write(lambda t, actor=actor, ref=ref: t.log(Logged("case.read", ref), actor=actor, at=NOW))
    spoken = Logged("inquiry.on_behalf", "Z-1", "N1", on_behalf_of="Veilig Thuis")
    await db.write(lambda t: t.log(spoken, actor="@a:x", at=NOW))
    lines = await db.read(lambda t: t.audit_lines())
    assert [line.on_behalf_of for line in lines] == ["leerplicht", None, None, "Veilig Thuis"]
