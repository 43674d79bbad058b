"""The audit log: who did what for whom to which thing and when, never the content (NEN 7513).

Each line carries a hash over itself and the line before. The chain shows a line that was changed, left out or
moved; not that its end was cut off. So the number and the hash of the last line stand elsewhere in the file too, under
a MAC. Against somebody with the key of the file, who can make all of it anew, and against an older file as a whole,
only what is elsewhere helps: the head, the last hash, stands in every weekly digest.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, astuple, dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from bot.store.sql import written
from bot.store.surroundings import Settings

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.effects import Logged

BEGINNING = "0" * 64
"""What the first line takes for the hash of the line before."""
END = "audit_end"
"""The setting that tells which line is the last."""
HEAD = 16
"""Characters of a hash that are shown to people: as long as can be compared by eye, too long to be made to fit."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it stands in the file. `on_behalf_of` is the role that the actor had or spoke for."""

    seq: int
    at: str
    actor: str
    on_behalf_of: str | None
    event: str
    case_ref: str | None
    thing: str | None
    previous: str
    hash: str

    @property
    def is_sealed(self) -> bool:
        """Whether the line is as it was written."""
        return self.hash == sealed(self)

    @property
    def as_json(self) -> str:
        """On one line, as every export of the log has it."""
        return json.dumps(asdict(self), ensure_ascii=False)


class Audit(Settings):
    """The log: adding a line, reading them, checking them all."""

    async def log(self, line: Logged, *, actor: str, at: datetime) -> Line:
        last = await self.first("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        seq, previous = last or (0, BEGINNING)
        role = line.on_behalf_of or await self.value(ROLE, line.case_ref, actor)
        new = Line(seq + 1, written(at), actor, role, line.event, line.case_ref, line.thing, previous, "")
        new = replace(new, hash=sealed(new))
        await self.rows(
            f"INSERT INTO audit ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            *astuple(new),
        )
        await self.put_setting(END, self._end(new.seq, new.hash))
        return new

    async def is_cut_off(self) -> bool:
        """Whether the last line is not the one that this program added last."""
        last = await self.first("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        noted = await self.setting(END)
        if last is None or noted is None:
            return last is not None or noted is not None
        return not hmac.compare_digest(noted, self._end(*last))

    def _end(self, seq: int, last: str) -> str:
        stated = f"{seq} {last}"
        return f"{stated} {hmac.digest(self._sealing, stated.encode(), 'sha256').hex()}"

    async def audit_head(self) -> str:
        """The hash of the last line."""
        head = await self.value("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1")
        return str(head or BEGINNING)

    async def audit_lines(self, case_ref: str | None = None) -> tuple[Line, ...]:
        """The whole log, or all that happened to one case; in order."""
        found = await self.rows(
            f"SELECT {COLUMNS} FROM audit WHERE ?1 IS NULL OR case_ref = ?1 ORDER BY seq",  # noqa: S608
            case_ref,
        )
        return tuple(Line(*row) for row in found)

    async def audit_lines_since(self, moment: datetime) -> tuple[Line, ...]:
        """What happened at or after this moment, in order."""
        found = await self.rows(f"SELECT {COLUMNS} FROM audit WHERE at >= ? ORDER BY seq", written(moment))  # noqa: S608
        return tuple(Line(*row) for row in found)

    async def broken_line(self) -> int | None:
        """The number of the first line that is not as it was written, or None where the chain is whole."""
        expected = BEGINNING
        for number, line in enumerate(await self.audit_lines(), start=1):
            if line.seq != number or line.previous != expected or not line.is_sealed:
                return number
            expected = line.hash
        return None


def sealed(line: Line) -> str:
    """The hash of a line: SHA-256 over its other fields as canonical JSON."""
    named: dict[str, Any] = {name: getattr(line, name) for name in FIELDS}
    return sha256(json.dumps(named, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


FIELDS = ("seq", "at", "actor", "on_behalf_of", "event", "case_ref", "thing", "previous")
COLUMNS = ", ".join((*FIELDS, "hash"))

ROLE = "SELECT label FROM participants WHERE case_ref = ? AND user_id = ? AND left_at IS NULL"
