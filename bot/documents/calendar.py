"""The next meeting and somebody's own deadlines for their calendar (RFC 5545).

A calendar is often synchronised to elsewhere and shown on a locked screen: it gets reference, id and date, no more.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, Todo

from bot.core.dates import When
from bot.core.dates.calendar import AMSTERDAM
from bot.documents.agreements import next_meeting

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action

E = TypeVar("E", Event, Todo)


def calendar(file: CaseFile, user_id: str) -> bytes:
    """Importing it again replaces what was imported before: every thing keeps its UID."""
    found = Calendar()
    found.add("version", "2.0")
    found.add("prodid", "-//casusbot//casusbot//NL")
    found.add_component(_amsterdam())
    following = next_meeting(file)
    if following:
        # A start without an end: nobody agreed how long the meeting takes.
        event = _entry(Event(), file, f"O{len(file.meetings) + 1}", file.case.moved_at)
        event.add("summary", file.ref)
        event.add("dtstart", _moment(following))
        found.add_component(event)
    for action in file.held_by(user_id):
        todo = _entry(Todo(), file, action.id, action.updated_at)
        todo.add("summary", f"{file.ref} {action.id}")
        todo.add("due", _moment(_due(action)))
        todo.add("status", "NEEDS-ACTION")
        found.add_component(todo)
    written: bytes = found.to_ical()
    return written


def _entry(entry: E, file: CaseFile, thing: str, revised: datetime) -> E:
    """What every entry has. The UID also holds when the case was opened: two regions may use the same reference."""
    uid = sha256(f"{file.ref} {thing} {file.case.opened_at.astimezone(UTC).isoformat()}".encode()).hexdigest()
    entry.add("uid", f"{uid[:32]}@casusbot")
    entry.add("dtstamp", revised.astimezone(UTC))
    entry.add("class", "CONFIDENTIAL")
    return entry


def _due(action: Action) -> When:
    """The day to look again where the action is blocked: until then nobody is asked."""
    return When(action.look_back) if action.look_back else When(action.due_date, action.due_time)


def _moment(when: When) -> date | datetime:
    return datetime.combine(when.day, when.wall, AMSTERDAM) if when.wall else when.day


def _amsterdam() -> Timezone:
    """The European rule, in force since 1996; a list of past changes would be longer than all the rest."""
    zone = Timezone()
    zone.add("tzid", AMSTERDAM.key)
    halves = (
        (TimezoneStandard(), "CET", 10, datetime(1996, 10, 27, 3), 2, 1),  # noqa: DTZ001  local by definition
        (TimezoneDaylight(), "CEST", 3, datetime(1996, 3, 31, 2), 1, 2),  # noqa: DTZ001
    )
    for half, name, month, start, before, after in halves:
        half.add("dtstart", start)
        half.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
        half.add("tzname", name)
        half.add("tzoffsetfrom", timedelta(hours=before))
        half.add("tzoffsetto", timedelta(hours=after))
        zone.add_component(half)
    return zone
