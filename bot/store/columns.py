"""What each column of the file may hold: one class for every column, so that no fact comes in by a side door.

Most follow from the type of the record's field: free text is `KeptText`, which only the guard makes. What is a plain
string there, or belongs to no record, is named here; a test walks the schema and fails on a column without a class.
"""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from types import MappingProxyType, NoneType, UnionType
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from bot.core.guard import KeptText
from bot.store.records import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping


class Holds(StrEnum):
    """A class of column."""

    GUARDED = "guarded"
    """What somebody typed, after the guard let it through."""
    CODE = "code"
    """One of a closed list."""
    NUMBER = "number"
    MOMENT = "moment"
    CASE = "case"
    """A reference of the case system: letters, a year, a number."""
    THING = "thing"
    """What the bot calls something: "A3", "poll:Z-2026-014:2"."""
    LABEL = "label"
    """A role, from the configuration or the list of partners."""
    PERSON = "person"
    """A Matrix user id: of who does the work, never of whom a case is about."""
    ROOM = "room"
    EVENT = "event"
    KEY = "key"
    """A public key, a hash, an id of a session or transaction."""
    RECORDS = "records"
    """Whole records, each field of its own class."""
    WIRE = "wire"
    """As the homeserver sent it: still encrypted, or never encrypted."""
    OUTGOING = "outgoing"
    """What waits to be said, made of guarded texts and the bot's own words; empty once it left."""
    SECRET = "secret"  # noqa: S105  a name of a class
    """Of the bot itself: token, identity."""


H = Holds

_BY_NAME: Mapping[str, Holds] = MappingProxyType(
    {
        "case_ref": H.CASE,
        "ref": H.CASE,
        "user_id": H.PERSON,
        "room_id": H.ROOM,
        **dict.fromkeys(("event_id", "caused_by"), H.EVENT),
        "txn_id": H.KEY,
        "holder_user": H.PERSON,
        **dict.fromkeys(("holder", "label", "source", "tester", "partner", "asker", "receiver"), H.LABEL),
        **dict.fromkeys(("protocol", "kind", "basis", "ground", "answers"), H.CODE),
    }
)
"""Plain strings that mean the same in every table; so does a name that ends in `_by`: who did it."""

_PLAIN: Mapping[str, Holds] = MappingProxyType(
    {
        "meetings.present": H.LABEL,
        "actions.deputy": H.LABEL,
        "handovers.id": H.KEY,
        "handovers.region": H.LABEL,
        "handovers.peer": H.PERSON,
        "handovers.peer_ref": H.CASE,
        "handovers.handed": H.NUMBER,
        "handovers.actions": H.RECORDS,
        "handovers.decisions": H.RECORDS,
        "out_of_sight.changes": H.LABEL,
        "out_of_sight.steps": H.CODE,
        "remarks.thing": H.THING,
        "persons.direct_room": H.ROOM,
        "persons.deputy": H.PERSON,
        "persons.free_days": H.NUMBER,
        "signal_facts.criteria": H.NUMBER,
        "destructions.counts": H.NUMBER,
        "destructions.certificate": H.CODE,
        "pins.master_key": H.KEY,
        "pins.changed_to": H.KEY,
        **dict.fromkeys(("comparisons.code", "comparisons.device_id"), H.KEY),
        **dict.fromkeys(("comparisons.device_key", "comparisons.master_key"), H.KEY),
        "comparisons.shown_to": H.PERSON,
        "digest_plans.last_week": H.MOMENT,
        "explanations.key": H.THING,
        "explanations.about": H.THING,
        "sources.thing": H.THING,
        "questions.command": H.CODE,
        "questions.asks": H.CODE,
        "questions.draft": H.GUARDED,
        "questions.asked_in": H.EVENT,
        "questions.begun_in": H.EVENT,
        "polls.about": H.THING,
        "steps.before": H.RECORDS,
        "steps.after": H.RECORDS,
        "polls.asked_of": H.PERSON,
        "polls.means": H.CODE,
        "inbox.event": H.WIRE,
        "inbox.received_at": H.MOMENT,
        "inbox.retry_at": H.MOMENT,
        "inbox.aside_at": H.MOMENT,
        "seen.at": H.MOMENT,
        "outbox.address_kind": H.CODE,
        "outbox.address": H.THING,
        "outbox.content": H.OUTGOING,
        "outbox.state": H.CODE,
        "outbox.queued_at": H.MOMENT,
        "outbox.first_tried_at": H.MOMENT,
        "outbox.retry_at": H.MOMENT,
        "outbox.sent_at": H.MOMENT,
        "settings.name": H.CODE,
        "settings.value": H.SECRET,
        "room_state.type": H.CODE,
        "room_state.state_key": H.WIRE,
        "room_state.sender": H.PERSON,
        "room_state.content": H.WIRE,
        "message_index.session_id": H.KEY,
        "audit.at": H.MOMENT,
        "audit.actor": H.PERSON,
        "audit.event": H.CODE,
        "audit.on_behalf_of": H.LABEL,
        "audit.thing": H.THING,
        "audit.previous": H.KEY,
        "audit.hash": H.KEY,
    }
)
"""Every other plain string. `questions.draft` keeps half a command until its answer: executors put what was typed
through the guard first, which `tests/commands/test_side_doors.py` tries with every command."""

_BY_TYPE: Mapping[object, Holds] = MappingProxyType(
    {
        KeptText: H.GUARDED,
        tuple[KeptText, ...]: H.GUARDED,
        datetime: H.MOMENT,
        date: H.MOMENT,
        time: H.MOMENT,
        int: H.NUMBER,
        bool: H.NUMBER,
    }
)


def of_field(kind: type, name: str) -> Holds | None:
    """The class of a record's field; None where it has none yet."""
    hint: Any = get_type_hints(kind)[name]
    if isinstance(hint, UnionType):
        parts = [part for part in get_args(hint) if part is not NoneType]
        hint = parts[0] if len(parts) == 1 else hint
    if hint in _BY_TYPE:
        return _BY_TYPE[hint]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return H.CODE
    return _PLAIN.get(f"{TABLES[kind].name}.{name}") or _by_name(name)


def _by_name(name: str) -> Holds | None:
    return Holds.PERSON if name.endswith("_by") else _BY_NAME.get(name)


def of_column(table: str, name: str) -> Holds | None:
    """The class of a column of the file; None where it has none yet."""
    kind = next((kind for kind, found in TABLES.items() if found.name == table), None)
    if kind is not None:
        return of_field(kind, name)
    return _PLAIN.get(f"{table}.{name}") or _by_name(name)


def named() -> frozenset[str]:
    """The columns that are named one by one, as `table.column`."""
    return frozenset(_PLAIN)
