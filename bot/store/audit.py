"""The audit log: who did what to which thing and when, never the content (NEN 7513).

Each line carries a hash over itself and the line before. The chain shows a line that was changed, left out or
moved; it does not show that the end was cut off, nor a chain made anew by somebody with the key of the file.
Against those, note the last hash elsewhere.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from bot.store.sql import Sql, written

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.effects import Logged

BEGINNING = "0" * 64
"""What the first line takes for the hash of the line before."""
FIELDS = ("seq", "at", "actor", "event", "case_ref", "thing", "previous")


class Audit(Sql):
    """The log's two ends: adding a line, checking them all."""

    async def log(self, line: Logged, *, actor: str, at: datetime) -> None:
        last = await self.first("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        seq, previous = last or (0, BEGINNING)
        fields = (seq + 1, written(at), actor, line.event, line.case_ref, line.thing, previous)
        await self.rows(
            "INSERT INTO audit (seq, at, actor, event, case_ref, thing, previous, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *fields,
            sealed(fields),
        )

    async def broken_line(self) -> int | None:
        """The number of the first line that is not as it was written, or None where the chain is whole."""
        expected = BEGINNING
        lines = await self.rows(
            "SELECT seq, at, actor, event, case_ref, thing, previous, hash FROM audit ORDER BY seq"
        )
        for number, (*fields, found) in enumerate(lines, start=1):
            if fields[0] != number or fields[-1] != expected or found != sealed(tuple(fields)):
                return number
            expected = found
        return None


def sealed(fields: tuple[Any, ...]) -> str:
    """The hash of a line: SHA-256 over its fields as canonical JSON."""
    named = dict(zip(FIELDS, fields, strict=True))
    return sha256(json.dumps(named, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
