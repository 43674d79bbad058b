"""The schema, as numbered SQL files that are never changed once released.

`PRAGMA user_version` counts the steps a file has had; its `compat` row names the first step whose release can
still work with it. A step that an older release would trip over updates that row. Steps only go forward.
"""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from bot.store.errors import StoreDamagedError, StoreTooNewError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import aiosqlite


def released() -> tuple[str, ...]:
    """Every step of this release, in order."""
    files = sorted(
        (f for f in resources.files(__name__).iterdir() if f.name.endswith(".sql")), key=lambda f: f.name
    )
    assert [int(f.name[:4]) for f in files] == list(range(1, len(files) + 1)), "a step is missing"
    return tuple(f.read_text(encoding="utf-8") for f in files)


async def bring_up_to_date(
    connection: aiosqlite.Connection, steps: Sequence[str], *, fresh: bool = False
) -> None:
    """Take the steps a file has not had, all in one transaction.

    Raises StoreTooNewError where the file says that a release with these steps cannot work with it, and
    StoreDamagedError for a file without any step that is not `fresh`: an emptied file opens with every key.
    """
    [(taken,)] = await connection.execute_fetchall("PRAGMA user_version")
    if taken == 0 and not fresh:
        raise StoreDamagedError("leeg bestand")
    if taken > len(steps):
        [(needed,)] = await connection.execute_fetchall("SELECT step FROM compat")
        if needed > len(steps):
            raise StoreTooNewError(f"stap {taken}; deze versie kent er {len(steps)}")
    elif taken < len(steps):
        pending = "\n".join(steps[taken:])
        await connection.executescript(
            f"BEGIN IMMEDIATE;\n{pending}\nPRAGMA user_version = {len(steps)};\nCOMMIT;"
        )
