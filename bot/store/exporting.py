"""All that is kept of one case, for a request for access (AVG 15): every record of it, without the third parties.

Roles stay, for they say who received what; accounts and who typed what do not. What a field holds decides
(`bot.store.columns`), so a record that is added later is in the export without anybody thinking of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.core.records.cases import Case
from bot.core.records.explanations import Explanation
from bot.core.records.exporting import Part
from bot.core.records.meetings import Ballot
from bot.core.records.retention import Destruction
from bot.core.records.trail import Source, Step
from bot.store import columns
from bot.store.columns import Holds
from bot.store.records import TABLES, Records

if TYPE_CHECKING:
    from bot.core.records.exporting import Row

SHOWN = frozenset(
    {Holds.GUARDED, Holds.CODE, Holds.NUMBER, Holds.MOMENT, Holds.CASE, Holds.THING, Holds.LABEL}
)
"""What a field may hold to be in the export; an account, a room, an event or a key is none of these."""
LEFT_OUT = frozenset({Ballot, Destruction, Explanation, Source, Step})
"""Who chose what in a vote, who was told what, which message said it, the way back: all of them are about who works
on the case. That a case was destroyed outlives it, and holds nothing of it."""


class Exporting(Records):
    """Reads."""

    async def exported(self, ref: str) -> tuple[Part, ...]:
        """Every kind of record that the case has, in the order in which the store declares them."""
        parts = []
        for kind, table in TABLES.items():
            where = "ref" if kind is Case else "case_ref"
            if kind in LEFT_OUT or where not in table.columns:
                continue
            names = tuple(name for name in table.columns if columns.of_field(kind, name) in SHOWN)
            records: tuple[Any, ...] = await self.load(
                kind, f"WHERE {where} = ? ORDER BY {', '.join(table.keys)}", ref
            )
            rows: list[Row] = [tuple((name, getattr(record, name)) for name in names) for record in records]
            if rows:
                parts.append(Part(table.name, tuple(rows)))
        return tuple(parts)
