"""Records and rows: nothing is lost, changed or silently made up on the way to disk and back."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.effects import Effects, Logged, Say, ToCase
from bot.core.guard import KeptText
from bot.core.records.cases import Case
from bot.core.records.kinds import KEYS, Record
from bot.core.records.trail import Question
from bot.core.text import Message
from bot.store import driver
from bot.store.carrying import carry_out
from bot.store.errors import TakenError
from bot.store.records import TABLES
from bot.store.sql import written
from tests.store.samples import NOW, a_case, a_participant, an_action, keep

if TYPE_CHECKING:
    from bot.store.database import Database
    from bot.store.transaction import Transaction

KINDS = pytest.mark.parametrize("kind", list(KEYS), ids=lambda kind: kind.__name__)

INSTANTS = st.datetimes(
    datetime(1990, 1, 1),  # noqa: DTZ001  hypothesis adds the zone
    datetime(2190, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-11))]),
)
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(),
    int: st.integers(-(2**63), 2**63 - 1),
    bool: st.booleans(),
    datetime: INSTANTS,
    date: st.dates(),
    KeptText: st.text().map(KeptText.from_store),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    if isinstance(hint, UnionType):
        return st.one_of(*(values_of(part) for part in get_args(hint)))
    if hint is NoneType:
        return st.none()
    if get_origin(hint) is tuple:
        first, *rest = get_args(hint)
        if rest == [...]:
            return st.lists(values_of(first), max_size=3).map(tuple)
        return st.tuples(values_of(first), *(values_of(part) for part in rest))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    if is_dataclass(hint):
        return records_of(hint)
    return VALUES[hint] if hint in VALUES else st.from_type(hint)


def records_of(kind: type[Record]) -> st.SearchStrategy[Any]:
    return st.builds(kind, **{name: values_of(hint) for name, hint in get_type_hints(kind).items()})


@KINDS
async def test_no_field_is_forgotten_in_the_schema(db: Database, kind: type[Record]) -> None:
    hints = get_type_hints(kind)
    rows = await db.read(lambda t: t.rows(f"PRAGMA table_info({TABLES[kind].name})"))
    columns = {name: (sort, bool(needed), place) for _, name, sort, needed, _, place in rows}

    assert list(columns) == [field.name for field in fields(kind)]
    for name, (sort, needed, place) in columns.items():
        parts = set(get_args(hints[name])) if isinstance(hints[name], UnionType) else {hints[name]}
        assert sort == ("INTEGER" if parts & {int, bool} else "TEXT"), name
        assert needed == (NoneType not in parts), name
        assert (KEYS[kind][place - 1] == name) if place else (name not in KEYS[kind]), name


async def test_no_table_takes_a_value_of_another_type(db: Database) -> None:
    tables = await db.read(lambda t: t.rows("PRAGMA table_list"))
    loose = {name for _, name, kind, _, _, strict in tables if kind == "table" and not strict}
    assert {name for name in loose if not name.startswith("sqlite_")} == set()


@KINDS
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_every_record_comes_back_as_it_was_kept(
    db: Database, kind: type[Record], data: st.DataObject
) -> None:
    record = data.draw(records_of(kind))

    async def there_and_back(transaction: Transaction) -> tuple[Any, ...]:
        await transaction.keep(record)
        found = await transaction.load(kind, "")
        await transaction.drop(record)
        assert await transaction.load(kind, "") == ()
        return found

    [found] = await db.write(there_and_back)
    assert found == record
    for field in fields(kind):
        assert type(getattr(found, field.name)) is type(getattr(record, field.name)), field.name


@KINDS
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_what_is_new_never_takes_the_place_of_what_is_there(
    db: Database, kind: type[Record], data: st.DataObject
) -> None:
    first, second = data.draw(records_of(kind)), data.draw(records_of(kind))
    second = replace(second, **{key: getattr(first, key) for key in KEYS[kind]})

    async def twice(transaction: Transaction) -> tuple[Any, ...]:
        await transaction.make(first)
        with pytest.raises(TakenError):
            await transaction.make(second)
        found = await transaction.load(kind, "")
        await transaction.drop(first)
        return found

    assert await db.write(twice) == (first,)


async def test_where_one_thing_is_there_already_nothing_of_it_all_is_done(db: Database) -> None:
    await db.write(lambda t: t.keep(a_case("Z-1")))
    effects = Effects(
        make=(a_case("Z-2"), a_case("Z-1", minor=True)),
        keep=(an_action(1, "Z-1"),),
        send=(Say(ToCase("Z-1"), Message.of("begonnen")),),
        log=(Logged("case.opened", "Z-2"),),
    )
    with pytest.raises(TakenError):
        await db.write(lambda t: carry_out(t, effects, actor="@a:x", at=NOW, source="$1"))
    [file] = await db.read(lambda t: t.cases())
    assert (file.case, file.actions) == (a_case("Z-1"), ())
    for table in ("outbox", "audit"):
        assert await db.read(lambda t, table=table: t.rows(f"SELECT * FROM {table}")) == []


async def test_keeping_a_record_again_changes_its_row_and_no_other(db: Database) -> None:
    await db.write(lambda t: keep(t, a_case("Z-1"), an_action(1, "Z-1"), an_action(2, "Z-1")))
    changed = an_action(1, "Z-1", postponed=2, nudge_at=NOW)

    await db.write(lambda t: t.keep(changed))

    file = await db.read(lambda t: t.case_file("Z-1"))
    assert file is not None
    assert file.actions == (changed, an_action(2, "Z-1"))


async def test_keeping_a_case_again_does_not_lose_what_is_in_it(db: Database) -> None:
    await db.write(lambda t: keep(t, a_case("Z-1"), a_participant("@a:x", "Z-1"), an_action(1, "Z-1")))
    await db.write(lambda t: t.keep(a_case("Z-1", next_meeting=date(2026, 3, 20))))
    file = await db.read(lambda t: t.case_file("Z-1"))
    assert file is not None
    assert (len(file.participants), len(file.actions)) == (1, 1)


async def test_a_dropped_case_leaves_nothing_of_itself_and_all_of_the_others(db: Database) -> None:
    for ref in ("Z-1", "Z-2"):
        await db.write(lambda t, ref=ref: keep(t, a_case(ref), a_participant("@a:x", ref), an_action(1, ref)))

    await db.write(lambda t: t.drop(a_case("Z-1")))

    for table in ("participants", "actions"):
        assert await db.read(lambda t, table=table: t.rows(f"SELECT case_ref FROM {table}")) == [("Z-2",)]


async def test_records_may_be_kept_in_any_order_within_one_transaction(db: Database) -> None:
    await db.write(lambda t: keep(t, an_action(1, "Z-1"), a_case("Z-1")))
    assert await db.read(lambda t: t.case_file("Z-1")) is not None


async def test_an_action_never_floats_without_its_case(db: Database) -> None:
    with pytest.raises(driver.IntegrityError):
        await db.write(lambda t: t.keep(an_action(1, "Z-1")))
    assert await db.read(lambda t: t.rows("SELECT * FROM actions")) == []


async def test_one_room_is_never_the_room_of_two_cases(db: Database) -> None:
    await db.write(lambda t: t.keep(a_case("Z-1", room_id="!r:x")))
    with pytest.raises(driver.IntegrityError):
        await db.write(lambda t: t.keep(a_case("Z-2", room_id="!r:x")))


async def test_an_instant_without_a_zone_is_never_guessed(db: Database) -> None:
    with pytest.raises(ValueError, match="time zone"):
        await db.write(lambda t: t.keep(a_case(opened_at=NOW.replace(tzinfo=None))))


@given(INSTANTS, INSTANTS)
def test_the_order_of_stored_instants_is_their_order_in_time(one: datetime, other: datetime) -> None:
    assert (written(one) < written(other)) == (one < other)


def test_the_two_half_past_twos_of_october_stay_an_hour_apart() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
    assert written(first) == "2026-10-25T00:30:00.000000+00:00"
    assert written(first.replace(fold=1)) == "2026-10-25T01:30:00.000000+00:00"


async def test_what_is_read_back_is_still_guarded_text(db: Database) -> None:
    await db.write(lambda t: t.keep(a_case()))
    [case] = await db.read(lambda t: t.load(Case, ""))
    assert type(case.purpose) is KeptText


def test_every_kind_of_record_has_a_table_and_every_table_name_one_kind() -> None:
    assert set(TABLES) == set(KEYS) == set(get_args(Record))
    assert len({table.name for table in TABLES.values()}) == len(TABLES)
    assert TABLES[Question].name == "questions"
