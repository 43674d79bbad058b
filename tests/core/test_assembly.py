"""A case is put together from its records: nothing that was kept of it stays out, whoever keeps it."""

from __future__ import annotations

from dataclasses import MISSING, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from bot.core.assembly import PARTS, put_together, taken_apart, with_records
from bot.core.guard import KeptText
from bot.core.records.people import Person
from bot.core.records.retention import Retention
from tests.core.cases import MARCH_2, action, case, seat

if TYPE_CHECKING:
    from bot.core.records.kinds import Record

REF = "Z-2026-014"
VALUES: dict[Any, Any] = {
    str: "x",
    int: 1,
    bool: False,
    datetime: MARCH_2,
    date: MARCH_2.date(),
    KeptText: KeptText.from_store("een tekst"),
}


def a(kind: type[Record], number: int = 1) -> Any:
    """A record of this kind in the case, with some value in each field that needs one."""
    hints = get_type_hints(kind)
    known = {
        "case_ref": REF,
        "number": number,
        "signal": number,
        "id": f"h{number}",
        "user_id": f"@{number}:x",
    }
    needed = [field.name for field in fields(kind) if field.default is MISSING]
    given = {name: known[name] for name in hints if name in known}
    return kind(**{name: _value(hints[name]) for name in needed} | given)


def _value(hint: Any) -> Any:
    if NoneType in get_args(hint):
        return None
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return next(iter(hint))
    return VALUES.get(hint, ())


def everything() -> list[Record]:
    once = {Retention}
    return [a(kind, number) for kind in PARTS for number in ((1,) if kind in once else (1, 2))]


def test_nothing_that_is_kept_of_a_case_stays_out_of_it() -> None:
    file = put_together(case().case, everything())
    assert all(getattr(file, field.name) for field in fields(file))
    assert all(len(one.facts) == 1 for one in file.signals)
    assert {type(record) for record in taken_apart(file)} == {type(file.case), *PARTS}


def test_in_whatever_order_its_records_come_it_is_the_same_case() -> None:
    records = [*everything(), Person("@elders:x")]
    file = put_together(case().case, records)
    for seed in range(5):
        Random(seed).shuffle(records)
        assert put_together(file.case, records) == file
    assert put_together(file.case, taken_apart(file)) == file


def test_who_came_first_stands_first_whatever_their_name() -> None:
    late, early = (
        seat("voorzitter", name="a"),
        replace(seat("leerplicht", name="b"), since=MARCH_2 - timedelta(1)),
    )
    assert put_together(case().case, (late, early)).participants == (early, late)


def test_what_is_kept_again_takes_the_place_of_what_it_was() -> None:
    file = case(action(1), action(2), labels=("voorzitter",))
    moved = replace(file.case, next_meeting=date(2026, 4, 1))
    after = with_records(file, replace(action(1), postponed=1), action(3), moved)
    assert [(one.number, one.postponed) for one in after.actions] == [(1, 1), (2, 0), (3, 0)]
    assert (after.case, after.participants) == (moved, file.participants)
