"""How a case is put together from its records, and taken apart again: one way, for everybody who keeps records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

from bot.core.casefile import CaseFile, Numbered, SignalFile
from bot.core.records.actions import Action
from bot.core.records.cases import Case, Closing, Participant
from bot.core.records.handovers import Handover
from bot.core.records.inquiries import Inquiry
from bot.core.records.kinds import REPLACED, Record, key_of
from bot.core.records.meetings import AgendaItem, Decision, Meeting
from bot.core.records.out_of_sight import OutOfSight
from bot.core.records.retention import Retention
from bot.core.records.rights import CaseBasis, Remark, Restriction
from bot.core.records.signals import Signal, SignalFact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from _typeshed import DataclassInstance

    from bot.core.effects import Effects

N = TypeVar("N", bound=Numbered)

PARTS: tuple[type[Record], ...] = (
    Participant,
    Meeting,
    AgendaItem,
    Decision,
    Action,
    OutOfSight,
    Signal,
    SignalFact,
    Inquiry,
    Closing,
    Handover,
    Retention,
    CaseBasis,
    Remark,
    Restriction,
)
"""The kinds of records that are part of a case; each names its case in `case_ref`."""


def put_together(case: Case, records: Iterable[Record]) -> CaseFile:
    """The case with these records of it, given in any order; kinds that are no part of a case are passed over."""
    found: dict[type, list[Any]] = defaultdict(list)
    for record in records:
        found[type(record)].append(record)

    def numbered(kind: type[N]) -> tuple[N, ...]:
        return tuple(sorted(found[kind], key=lambda one: one.number))

    return CaseFile(
        case,
        participants=tuple(sorted(found[Participant], key=lambda one: (one.since, one.user_id))),
        meetings=numbered(Meeting),
        agenda=numbered(AgendaItem),
        decisions=numbered(Decision),
        actions=numbered(Action),
        sights=numbered(OutOfSight),
        signals=signal_files(numbered(Signal), numbered(SignalFact)),
        inquiries=numbered(Inquiry),
        closings=numbered(Closing),
        handovers=tuple(sorted(found[Handover], key=lambda one: (one.proposed_at, one.id))),
        retention=next(iter(found[Retention]), None),
        bases=numbered(CaseBasis),
        remarks=numbered(Remark),
        restrictions=numbered(Restriction),
    )


def signal_files(signals: Iterable[Signal], facts: Iterable[SignalFact]) -> tuple[SignalFile, ...]:
    """Each of these signals with what was said of it, in the order in which both are given."""
    said: dict[int, list[SignalFact]] = defaultdict(list)
    for fact in facts:
        said[fact.signal].append(fact)
    return tuple(SignalFile(signal, tuple(said[signal.number])) for signal in signals)


def taken_apart(file: CaseFile) -> tuple[Record, ...]:
    """Every record that the case was put together from, the case itself first."""
    return (
        file.case,
        *file.participants,
        *file.meetings,
        *file.agenda,
        *file.decisions,
        *file.actions,
        *file.sights,
        *(record for one in file.signals for record in (one.signal, *one.facts)),
        *file.inquiries,
        *file.closings,
        *file.handovers,
        *((file.retention,) if file.retention else ()),
        *file.bases,
        *file.remarks,
        *file.restrictions,
    )


def new_apart(effects: Effects, snapshot: DataclassInstance, *more: object) -> Effects:
    """The effects, where what is kept without having been shown is made.

    `snapshot` and `more` are all that whoever returned them was given: they cannot have seen that it was not there.
    """
    if not effects.keep:
        return effects
    values = (*(getattr(snapshot, field.name) for field in fields(snapshot)), *more)
    known = {key_of(record) for record in (*_records_in(values), *effects.make)}
    make, keep = list(effects.make), []
    for record in effects.keep:
        key = key_of(record)
        if key in known or type(record) in REPLACED:
            keep.append(record)
        else:
            make.append(record)
            known.add(key)
    return replace(effects, keep=tuple(keep), make=tuple(make))


def _records_in(value: object) -> Iterator[Record]:
    if isinstance(value, CaseFile):
        yield from taken_apart(value)
    elif isinstance(value, SignalFile):
        yield value.signal
        yield from value.facts
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _records_in(one)
    elif isinstance(value, tuple):
        for one in value:
            yield from _records_in(one)
    elif isinstance(value, Record):
        yield value


def with_records(file: CaseFile, *records: Record) -> CaseFile:
    """The case after these records of it were kept: each in the place of the one with its key, else added."""
    kept = {key_of(record): record for record in (*taken_apart(file), *records)}
    case = kept[Case, file.ref]
    assert isinstance(case, Case)
    return put_together(case, kept.values())
