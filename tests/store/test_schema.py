"""Schema steps: an older release keeps off a newer file, and a step that fails was never taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.store import driver, schema
from bot.store.database import Database
from bot.store.errors import StoreTooNewError
from tests.store.samples import KEY, a_case, opens

if TYPE_CHECKING:
    from pathlib import Path


def of_a_later_release(path: Path, *, step: int, readable_from: int) -> None:
    connection = driver.connect(path, KEY)
    connection.execute(f"PRAGMA user_version = {step}")
    connection.execute("UPDATE compat SET step = ?", (readable_from,))
    connection.close()


async def test_an_older_release_never_writes_into_a_newer_file(path: Path) -> None:
    await opens(path, create=True)
    of_a_later_release(path, step=99, readable_from=99)
    with pytest.raises(StoreTooNewError):
        await opens(path)


async def test_a_newer_file_that_stayed_compatible_is_opened(path: Path) -> None:
    await opens(path, create=True)
    of_a_later_release(path, step=99, readable_from=1)
    async with await Database.open(path, KEY, create=False) as db:
        assert await db.read(lambda t: t.value("PRAGMA user_version")) == 99


async def test_a_step_that_fails_leaves_the_file_as_it_was(db: Database) -> None:
    steps = (*schema.released(), "CREATE TABLE half (a TEXT) STRICT;", "this is no statement;")

    with pytest.raises(driver.OperationalError):
        await schema.bring_up_to_date(db._connection, steps)
    await db._connection.rollback()

    assert await db.read(lambda t: t.value("PRAGMA user_version")) == len(schema.released())
    assert await db.read(lambda t: t.first("SELECT 1 FROM sqlite_master WHERE name = 'half'")) is None


async def test_pending_steps_are_taken_once_and_keep_what_was_there(db: Database) -> None:
    await db.write(lambda t: t.keep(a_case()))
    steps = (*schema.released(), "CREATE TABLE added (a TEXT) STRICT;")

    await schema.bring_up_to_date(db._connection, steps)
    await schema.bring_up_to_date(db._connection, steps)

    assert await db.read(lambda t: t.value("PRAGMA user_version")) == len(steps)
    assert len(await db.read(lambda t: t.cases())) == 1
