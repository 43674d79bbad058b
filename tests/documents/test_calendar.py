"""What goes into somebody's calendar, read back as a calendar reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from bot.core.dates.calendar import AMSTERDAM
from bot.core.records.cases import Function
from bot.core.records.meetings import MeetingState
from bot.documents.calendar import calendar
from tests.documents.cases import ACTIONS, CASE, FILE, GI, LEERPLICHT, MEETING, NOW, REF, SECRET, seat, user
from tests.golden import check


def entries(written: bytes) -> dict[str, Any]:
    """Events and tasks by their title."""
    found = Calendar.from_ical(written)
    assert not [part for part in found.walk() if part.errors]
    return {str(part["summary"]): part for part in found.walk() if part.name in {"VEVENT", "VTODO"}}


def test_the_calendar_of_one_holder() -> None:
    check("documents/golden/calendar.ics", calendar(FILE, LEERPLICHT).decode().replace("\r\n", "\n"))


def test_a_calendar_gets_the_deadlines_of_its_owner_and_of_nobody_else() -> None:
    assert set(entries(calendar(FILE, LEERPLICHT))) == {REF, f"{REF} A4", f"{REF} A5"}
    assert set(entries(calendar(FILE, GI))) == {REF, f"{REF} A3"}
    assert set(entries(calendar(FILE, user("passant")))) == {REF}


def test_a_locked_screen_shows_reference_and_id_and_nothing_more() -> None:
    written = calendar(FILE, LEERPLICHT).decode()
    for words in (SECRET, "leerplicht", "@", "voorbeeld", "kamer"):
        assert words not in written.replace("@casusbot", "")


def test_a_date_stays_that_date_and_a_time_is_dutch_time() -> None:
    found = entries(calendar(FILE, LEERPLICHT))
    assert found[f"{REF} A5"].decoded("due") == date(2026, 3, 9)
    assert found[f"{REF} A4"].decoded("due") == datetime(2026, 3, 6, 12, tzinfo=AMSTERDAM)
    assert found[f"{REF} A4"]["due"].params["TZID"] == "Europe/Amsterdam"
    assert found[REF].decoded("dtstart") == datetime(2026, 3, 16, 10, tzinfo=AMSTERDAM)


def test_a_blocked_action_is_due_when_it_is_looked_at_again() -> None:
    found = entries(calendar(FILE, user("corporatie")))
    assert found[f"{REF} A2"].decoded("due") == date(2026, 3, 16)


@pytest.mark.parametrize(
    "day",
    [date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25)],
    ids=["last of winter", "first of summer", "last of summer", "first of winter"],
)
def test_a_calendar_that_knows_no_zones_still_reads_the_right_hour(day: date) -> None:
    """The zone comes along; it is read here without any other source of zones."""
    [zone] = Calendar.from_ical(calendar(FILE, LEERPLICHT)).walk("VTIMEZONE")
    noon = datetime.combine(day, time(12))
    assert zone.to_tz().utcoffset(noon) == noon.replace(tzinfo=AMSTERDAM).utcoffset()


def uids(written: bytes) -> dict[str, str]:
    return {title: str(entry["uid"]) for title, entry in entries(written).items()}


def test_importing_again_replaces_instead_of_doubling() -> None:
    later = replace(
        FILE,
        case=replace(CASE, next_meeting=date(2026, 3, 17), moved_at=NOW + timedelta(days=1)),
        actions=tuple(
            replace(a, due_date=date(2026, 3, 12), due_time=time(9), updated_at=NOW) for a in ACTIONS
        ),
    )
    assert uids(calendar(later, LEERPLICHT)) == uids(calendar(FILE, LEERPLICHT))
    assert entries(calendar(later, LEERPLICHT))[f"{REF} A5"].decoded("due").day == 12


def test_the_meeting_after_the_next_is_another_entry() -> None:
    second = replace(MEETING, number=2)
    assert (
        uids(calendar(replace(FILE, meetings=(MEETING, second)), LEERPLICHT))[REF]
        != uids(calendar(FILE, LEERPLICHT))[REF]
    )


def test_two_regions_with_the_same_reference_do_not_overwrite_each_other() -> None:
    other = replace(FILE, case=replace(CASE, opened_at=CASE.opened_at + timedelta(seconds=1)))
    assert not set(uids(calendar(other, LEERPLICHT)).values()) & set(
        uids(calendar(FILE, LEERPLICHT)).values()
    )


def test_a_meeting_of_today_that_runs_is_not_planned_again() -> None:
    running = replace(MEETING, state=MeetingState.RUNNING, started_at=datetime(2026, 3, 16, 9, tzinfo=UTC))
    assert REF not in entries(calendar(replace(FILE, meetings=(running,)), LEERPLICHT))


def test_a_deputy_in_the_function_of_the_holder_gets_its_deadlines() -> None:
    chaired = replace(FILE, actions=(replace(ACTIONS[4], holder="voorzitter"),))
    second = replace(
        chaired, participants=(*FILE.participants, seat("tweede", "procesregisseur", Function.CHAIR))
    )
    assert f"{REF} A5" in entries(calendar(second, user("tweede")))
