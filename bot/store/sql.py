"""Statements of the one open transaction, and how instants are written in its tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import aiosqlite


class Sql:
    """What every part of a transaction is made of."""

    def __init__(self, connection: aiosqlite.Connection, sealing: bytes) -> None:
        """`sealing` is the key under which the file states what a page of it alone cannot show."""
        self._connection = connection
        self._sealing = sealing

    async def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement and give all its rows; one that changes rows tells with RETURNING which."""
        return [tuple(row) for row in await self._connection.execute_fetchall(sql, values)]

    async def first(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        found = await self.rows(sql, *values)
        return found[0] if found else None

    async def value(self, sql: str, *values: object) -> Any:
        """The first column of the first row; None where there is no row."""
        row = await self.first(sql, *values)
        return None if row is None else row[0]


def written(moment: datetime) -> str:
    """An instant as UTC text of fixed width, so that the order of the texts is the order in time.

    Raises ValueError without a time zone: a guess here would move somebody's deadline.
    """
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def instant_or_none(text: str | None) -> datetime | None:
    return None if text is None else instant(text)
