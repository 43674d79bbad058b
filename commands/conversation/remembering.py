"""What is kept of a message besides what it asked for: what it made, what it showed, and how to take it back.

For an edit or a removal of the message later, for `wis`, and for `herstel` while the meeting runs.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.effects import Effects, Say, SendFile
from bot.core.records.actions import Action
from bot.core.records.inquiries import Inquiry
from bot.core.records.kinds import KEYS
from bot.core.records.meetings import AgendaItem, Decision, Meeting, MeetingState
from bot.core.records.signals import SignalFact
from bot.core.records.trail import ANY_FILE, CaseRecord, Source, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.casefile import CaseFile
    from bot.core.records.kinds import Record
    from commands.conversation.command import Request

Thing = Action | Decision | AgendaItem | Inquiry | SignalFact


def remembered(request: Request, effects: Effects, *, answer: bool) -> Effects:
    """The effects with what is to be remembered of them. `answer`: the message answered a question."""
    for file in (request.case,) if request.case else _concerned(request, effects):
        before = everything(file) | _taken_in(request, effects)
        after = {**before, **{key(r): r for r in _kept(effects, file)}}
        effects += Effects(keep=tuple(_sources(request, file, effects, before, after, answer=answer)))
        effects += _step(request, file, effects, before)
    return effects


def _concerned(request: Request, effects: Effects) -> list[CaseFile]:
    """In a direct chat: the cases that are touched or named; a coordinator may sit in hundreds."""
    said = "\n".join(out.message.body for out in effects.send if isinstance(out, Say))
    return [file for file in request.cases if file.ref in said or _kept(effects, file)]


def _kept(effects: Effects, file: CaseFile) -> list[CaseRecord]:
    return [r for r in effects.keep if isinstance(r, CaseRecord) and r.case_ref == file.ref]


def _taken_in(request: Request, effects: Effects) -> dict[tuple[object, ...], CaseRecord]:
    """Signals as they were before a case took them in: to take that back is not to lose them."""
    changed = {key(r) for r in effects.keep}
    records: list[CaseRecord] = [found.signal for found in request.signals]
    records += [fact for found in request.signals for fact in found.facts]
    return {key(r): r for r in records if key(r) in changed}


def key(record: Record) -> tuple[object, ...]:
    """What makes a record unique."""
    return (type(record), *(getattr(record, name) for name in KEYS[type(record)]))


def everything(file: CaseFile) -> dict[tuple[object, ...], CaseRecord]:
    """What is in a case, by key."""
    records: tuple[CaseRecord, ...] = (
        *file.participants,
        *file.meetings,
        *file.agenda,
        *file.decisions,
        *file.actions,
        *file.inquiries,
        *file.sights,
        *(found.signal for found in file.signals),
        *(fact for found in file.signals for fact in found.facts),
    )
    return {key(record): record for record in records}


def texts(thing: Thing) -> tuple[str, ...]:
    match thing:
        case Action(text=text, note=note):
            return (text, note) if note else (text,)
        case Decision(text=text, reason=reason):
            return (text, reason)
        case SignalFact(text=text, reason=reason):
            return (text, reason) if reason else (text,)
        case AgendaItem(text=text):
            return (text,)
        case Inquiry(question=question, purpose=purpose, basis_text=basis, uninformed=reason):
            return tuple(words for words in (question, purpose, basis, reason) if words)


def _sources(
    request: Request,
    file: CaseFile,
    effects: Effects,
    before: dict[tuple[object, ...], CaseRecord],
    after: dict[tuple[object, ...], CaseRecord],
    *,
    answer: bool,
) -> Iterator[Source]:
    said = [out.message.body for out in effects.send if isinstance(out, Say)]
    for place, record in after.items():
        if not isinstance(record, Thing):
            continue
        made = place not in before
        changed = made or (not answer and not isinstance(record, AgendaItem) and record != before[place])
        if changed:
            began = request.begun_in or request.event_id
            yield Source(file.ref, began, record.id, request.sender, made=True)
        if (not changed or answer) and any(_shows(body, record, file, request) for body in said):
            yield Source(file.ref, request.event_id, record.id, request.sender, made=False)
    if any(isinstance(out, SendFile) and out.ref == file.ref for out in effects.send):
        yield Source(file.ref, request.event_id, ANY_FILE, request.sender, made=False)


def _shows(body: str, thing: Thing, file: CaseFile, request: Request) -> bool:
    """Whether a message of the bot holds a text of this thing; agenda items are shown without their number."""
    named = isinstance(thing, AgendaItem) or thing.id in body
    placed = request.case is not None or file.ref in body
    return named and placed and any(text.rstrip(".") in body for text in texts(thing))


def _step(
    request: Request, file: CaseFile, effects: Effects, before: dict[tuple[object, ...], CaseRecord]
) -> Effects:
    """The way back, while a meeting runs; its end closes all ways back."""
    kept = _kept(effects, file)
    if any(isinstance(r, Meeting) and r.state is MeetingState.ENDED for r in kept):
        return Effects(drop=request.steps)
    taken_back = effects.wiped or any(isinstance(r, Step) for r in effects.drop)
    after = tuple(r for r in kept if before.get(key(r)) != r)
    if file.meeting is None or taken_back or not after:
        return Effects()
    was = tuple(before[key(r)] for r in after if key(r) in before)
    now = request.now.astimezone(UTC)
    return Effects(keep=(Step(file.ref, request.event_id, request.sender, now, was, after),))
