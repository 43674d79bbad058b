"""A restricted case (AVG 18): it is kept, and nothing else happens to it. Its safety deadlines still show.

The contact point restricts and lifts, at the request of whom the case is about. What protects somebody else goes on
(AVG 18(2)): an action for safety, or of the protocol for who is out of sight, is still asked about, of who leads the
case, and can still be reported on.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from bot.core.protocols import Flow
from bot.core.records.actions import Action, LifeDomain
from bot.core.records.cases import Case, Participant
from bot.core.records.explanations import Explanation
from bot.core.records.meetings import Poll
from bot.core.records.trail import CaseRecord, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.casefile import CaseFile
    from bot.core.effects import Effects
    from bot.core.protocols import Protocol
    from bot.core.records.kinds import Record

_REPORTED = frozenset(
    {
        "state", "due_date", "due_time", "updated_at", "look_back", "reason", "note", "outcome", "postponed",
        "nudge_step", "nudge_at", "seen_asked", "status_asked",
    }
)  # fmt: skip
"""What a report changes of an action; its text, its holder and what it is for stay as they were."""


def is_safety(action: Action, protocols: Mapping[str, Protocol]) -> bool:
    """Whether somebody's safety hangs on it, so that it is not frozen with its case."""
    if action.life_domain is LifeDomain.SAFETY:
        return True
    protocol = protocols.get(action.protocol) if action.protocol else None
    return protocol is not None and protocol.flow is Flow.OUT_OF_SIGHT


def still_shown(file: CaseFile, protocols: Mapping[str, Protocol]) -> CaseFile:
    """The case as overviews show it: while it is restricted, what is for safety and nothing else."""
    if file.restriction is None:
        return file
    return replace(file, actions=tuple(a for a in file.actions if is_safety(a, protocols)))


def is_frozen(file: CaseFile, effects: Effects, protocols: Mapping[str, Protocol]) -> bool:
    """Whether these effects would change a case that is restricted now."""
    if file.restriction is None:
        return False
    if any(gone.case_ref == file.ref for gone in effects.destroyed):
        return True  # who contests may need it (AVG 18(1)(b) and (c))
    changed = any(not _may(file, record, protocols) for record in effects.records)
    return changed or any(_of(file, record) and isinstance(record, CaseRecord) for record in effects.drop)


def _of(file: CaseFile, record: Record) -> bool:
    return getattr(record, "case_ref", None) == file.ref or (
        isinstance(record, Case) and record.ref == file.ref
    )


def _may(file: CaseFile, record: Record, protocols: Mapping[str, Protocol]) -> bool:
    """What is no change, takes somebody's access away, or reports on what is for safety."""
    match record:
        case _ if not _of(file, record):
            return True
        case Case():
            return replace(file.case, moved_at=record.moved_at) == record
        case Participant():
            return record.left_at is not None
        case Action():
            before = file.action(record.number)
            return before is not None and (before == record or _is_report(before, record, protocols))
        case Poll():
            return record.asked_of is not None
        case _:
            return isinstance(record, _TRACES)


_TRACES = (Source, Explanation)
"""Records that say what was shown or told; they change nothing of a case."""


def _is_report(before: Action, after: Action, protocols: Mapping[str, Protocol]) -> bool:
    same = (f.name for f in fields(Action) if f.name not in _REPORTED)
    return is_safety(before, protocols) and all(getattr(before, n) == getattr(after, n) for n in same)
