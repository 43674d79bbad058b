"""How the records of `bot.core.records.kinds` are written as rows: one table per kind, one column per field.

Nothing is mapped by hand, so a field that is added to a record and forgotten in the schema fails a test instead
of being lost.
"""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime, time
from enum import StrEnum
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from bot.core.guard import KeptText
from bot.core.records.actions import Action
from bot.core.records.cases import Case, Closing, Participant
from bot.core.records.explanations import Explanation
from bot.core.records.handovers import HandedAction, HandedDecision, Handover
from bot.core.records.incidents import Incident
from bot.core.records.inquiries import Inquiry
from bot.core.records.kinds import KEYS, Record
from bot.core.records.meetings import AgendaItem, Ballot, Decision, Meeting, Poll
from bot.core.records.out_of_sight import OutOfSight
from bot.core.records.people import Comparison, DigestPlan, Person, Pin
from bot.core.records.retention import Destruction, Retention
from bot.core.records.rights import CaseBasis, Remark, Restriction
from bot.core.records.signals import Signal, SignalFact, SignalShown
from bot.core.records.trail import CaseRecord, Question, Source, Step
from bot.store.errors import TakenError
from bot.store.sql import Sql, instant, written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

R = TypeVar("R", bound=Record)

Codec = tuple["Callable[[Any], object]", "Callable[[Any], Any]"]

NAMES: Mapping[type, str] = {
    Case: "cases",
    Participant: "participants",
    Meeting: "meetings",
    AgendaItem: "agenda_items",
    Decision: "decisions",
    Closing: "closings",
    Action: "actions",
    OutOfSight: "out_of_sight",
    Signal: "signals",
    SignalFact: "signal_facts",
    SignalShown: "signals_shown",
    Inquiry: "inquiries",
    Handover: "handovers",
    Question: "questions",
    Person: "persons",
    Pin: "pins",
    Comparison: "comparisons",
    DigestPlan: "digest_plans",
    Explanation: "explanations",
    Source: "sources",
    Step: "steps",
    Poll: "polls",
    Ballot: "ballots",
    Retention: "retentions",
    Destruction: "destructions",
    CaseBasis: "case_bases",
    Remark: "remarks",
    Restriction: "restrictions",
    Incident: "incidents",
}


def _same(value: Any) -> Any:
    return value


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _records_written(records: tuple[CaseRecord, ...]) -> str:
    return json.dumps([[NAMES[type(record)], *TABLES[type(record)].row(record)] for record in records])


def _records_read(text: str) -> tuple[CaseRecord, ...]:
    tables = {table.name: table for table in TABLES.values()}
    return tuple(tables[name].record(tuple(row)) for name, *row in json.loads(text))


def _handed_written(things: tuple[HandedAction | HandedDecision, ...]) -> str:
    return json.dumps([astuple(thing) for thing in things], default=date.isoformat)


def _actions_read(text: str) -> tuple[HandedAction, ...]:
    keep, day = KeptText.from_store, date.fromisoformat
    return tuple(HandedAction(id_, keep(it), keep(who), day(due)) for id_, it, who, due in json.loads(text))


def _decisions_read(text: str) -> tuple[HandedDecision, ...]:
    keep = KeptText.from_store
    return tuple(HandedDecision(id_, keep(it), keep(why)) for id_, it, why in json.loads(text))


_CODECS: Mapping[object, Codec] = {
    str: (_same, _same),
    int: (_same, _same),
    bool: (int, bool),
    datetime: (written, instant),
    date: (date.isoformat, date.fromisoformat),
    time: (time.isoformat, time.fromisoformat),
    KeptText: (str, KeptText.from_store),
    tuple: (json.dumps, lambda text: _tuples(json.loads(text))),
    tuple[KeptText, ...]: (json.dumps, lambda text: tuple(map(KeptText.from_store, json.loads(text)))),
    tuple[CaseRecord, ...]: (_records_written, _records_read),
    tuple[HandedAction, ...]: (_handed_written, _actions_read),
    tuple[HandedDecision, ...]: (_handed_written, _decisions_read),
}


def _codec(hint: Any) -> Codec:
    """How a field of this type is written and read back; None stays None."""
    if isinstance(hint, UnionType):
        [hint] = [part for part in get_args(hint) if part is not NoneType]
    if hint in _CODECS:
        return _CODECS[hint]
    hint = get_origin(hint) or hint
    if issubclass(hint, StrEnum):
        return str, hint
    return _CODECS[hint]


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """One kind of record and its rows."""

    kind: Callable[..., R]
    name: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    codecs: tuple[Codec, ...]

    @classmethod
    def of(cls, kind: Any) -> Table[R]:
        hints = get_type_hints(kind)
        columns = tuple(field.name for field in fields(kind))
        return cls(kind, NAMES[kind], columns, KEYS[kind], tuple(_codec(hints[name]) for name in columns))

    @property
    def select(self) -> str:
        return f"SELECT {', '.join(self.columns)} FROM {self.name}"  # noqa: S608  names of our own

    @property
    def upsert(self) -> str:
        # Not REPLACE: that deletes the old row first, and with a case everything in it.
        changed = ", ".join(f"{name} = excluded.{name}" for name in self.columns if name not in self.keys)
        return (
            f"INSERT INTO {self.name} ({', '.join(self.columns)})"  # noqa: S608
            f" VALUES ({', '.join('?' * len(self.columns))})"
            f" ON CONFLICT ({', '.join(self.keys)}) DO {f'UPDATE SET {changed}' if changed else 'NOTHING'}"
        )

    @property
    def insert(self) -> str:
        return (
            f"INSERT INTO {self.name} ({', '.join(self.columns)})"  # noqa: S608
            f" VALUES ({', '.join('?' * len(self.columns))})"
            f" ON CONFLICT ({', '.join(self.keys)}) DO NOTHING RETURNING 1"
        )

    @property
    def delete(self) -> str:
        return f"DELETE FROM {self.name} WHERE {' AND '.join(f'{key} = ?' for key in self.keys)}"  # noqa: S608

    def row(self, record: R) -> list[object]:
        values = (getattr(record, name) for name in self.columns)
        return [
            None if value is None else write(value)
            for value, (write, _) in zip(values, self.codecs, strict=True)
        ]

    def record(self, row: tuple[Any, ...]) -> R:
        return self.kind(
            *[
                None if value is None else read(value)
                for value, (_, read) in zip(row, self.codecs, strict=True)
            ]
        )


TABLES: Mapping[type, Table[Any]] = {kind: Table.of(kind) for kind in KEYS}


class Records(Sql):
    """Records in and out."""

    async def keep(self, record: Record) -> None:
        """Write a record, over the one with the same key if there is one."""
        table = TABLES[type(record)]
        await self.rows(table.upsert, *table.row(record))

    async def make(self, record: Record) -> None:
        """Write a record that is new. Raises TakenError where its key is there."""
        table = TABLES[type(record)]
        if not await self.rows(table.insert, *table.row(record)):
            raise TakenError(record)

    async def drop(self, record: Record) -> None:
        """Delete the row of this record; with a case goes everything in it. What is not there is no error."""
        table = TABLES[type(record)]
        await self.rows(table.delete, *(getattr(record, key) for key in table.keys))

    async def load(self, kind: type[R], rest: str, *values: object) -> tuple[R, ...]:
        """The records that `rest` (WHERE, ORDER BY) selects."""
        table: Table[R] = TABLES[kind]
        return tuple(table.record(row) for row in await self.rows(f"{table.select} {rest}", *values))
