"""The 72 hours of AVG article 33, by the clock on the wall, and who is reminded of them when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.dates.calendar import AMSTERDAM
from bot.core.effects import Effects, Loudness, Say, ToPerson
from bot.core.permissions import Right
from bot.core.records.explanations import Rule
from bot.core.records.incidents import (
    NOTIFY_WITHIN,
    IncidentState,
    IncidentStep,
    after,
    next_reminder,
    say_left,
    say_moment,
    started,
)
from bot.core.region import Region
from bot.core.reminding.incident_terms import wake
from bot.core.text import Language

NL, EN = Language.NL, Language.EN
ONE, TWO, POINT = "@a:voorbeeld.nl", "@b:voorbeeld.nl", "@p:voorbeeld.nl"
REGION = Region("R", frozenset({ONE, TWO}), contact_points=frozenset({POINT}))
HOUR = timedelta(hours=1)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def local(words: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=AMSTERDAM, fold=fold)


@pytest.mark.parametrize(
    ("began", "by"),
    [
        (local("2026-03-03 10:00"), "vrijdag 6 maart 2026 om 10:00"),
        (local("2026-03-27 10:00"), "maandag 30 maart 2026 om 11:00"),
        (local("2026-10-23 10:00"), "maandag 26 oktober 2026 om 09:00"),
        (local("2026-12-23 23:59"), "zaterdag 26 december 2026 om 23:59"),
        (local("2026-03-26 02:30"), "zondag 29 maart 2026 om 03:30"),
        (local("2026-10-22 02:30"), "zondag 25 oktober 2026 om 02:30 (zomertijd)"),
        (local("2026-10-22 03:30"), "zondag 25 oktober 2026 om 02:30 (wintertijd)"),
    ],
    ids=[
        "an ordinary week",
        "over the change to summer time",
        "over the change to winter time",
        "Boxing Day and a Saturday count like any other",
        "into the hour that is skipped",
        "into the hour that comes twice, the first",
        "into the hour that comes twice, the second",
    ],
)
def test_the_last_moment_is_72_real_hours_on_as_the_wall_shows_it(began: datetime, by: str) -> None:
    assert say_moment(started(1, began, ONE).notify_by, NL) == by


def test_the_moment_is_said_in_english_too() -> None:
    by = started(1, local("2026-10-22 03:30"), ONE).notify_by
    assert say_moment(by, EN) == "Sunday 25 October 2026 at 02:30 (winter time)"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (72 * HOUR, "72 uur"),
        (24 * HOUR - timedelta(seconds=1), "23 uur"),
        (HOUR, "1 uur"),
        (HOUR - timedelta(seconds=1), "59 minuten"),
        (timedelta(seconds=61), "1 minuut"),
        (timedelta(0), "0 minuten"),
    ],
)
def test_nobody_is_told_of_more_time_than_there_is(left: timedelta, words: str) -> None:
    assert say_left(left, NL) == words


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(hours=100)))
def test_a_reminder_always_lies_ahead_and_within_the_term(began: datetime, passed: timedelta) -> None:
    found = next_reminder(began, began + passed)
    if passed >= 66 * HOUR:
        assert found is None
    else:
        assert found is not None
        assert began + passed < found < began + NOTIFY_WITHIN


def test_it_rings_twice_and_to_everybody_whom_the_region_names_with_nothing_but_number_and_moment() -> None:
    began = local("2026-03-27 10:00").astimezone(UTC)
    incident = started(3, began, ONE)
    rung = []
    while incident.remind_at is not None:
        effects = wake(incident.remind_at, (incident,), REGION)
        [incident] = [record for record in effects.records if isinstance(record, type(incident))]
        says = [out for out in effects.send if isinstance(out, Say)]
        rung.append({say.to: say.message.body for say in says if say.loudness is Loudness.NUDGE})
        assert [log.event for log in effects.log] == ["incident.reminded"]
        assert {e.rule for e in effects.records if hasattr(e, "rule")} == {Rule.INCIDENT}
    assert [len(one) for one in rung] == [3, 3]
    assert {words for one in rung for words in one.values()} == {
        "Incident 3: uiterlijk maandag 30 maart 2026 om 11:00"
    }


@pytest.mark.parametrize(
    ("late", "words"),
    [(20 * HOUR, "Nog 4 uur om dit"), (24 * HOUR, "is voorbij"), (100 * HOUR, "is voorbij")],
)
def test_after_downtime_it_is_said_once_with_what_is_left_then(late: timedelta, words: str) -> None:
    incident = started(1, local("2026-03-03 10:00").astimezone(UTC), ONE)
    assert incident.remind_at is not None
    effects = wake(incident.remind_at + late, (incident,), REGION)
    kept = [record for record in effects.records if isinstance(record, type(incident))]
    assert kept == [replace(incident, remind_at=None)]
    quiet = [o for o in effects.send if isinstance(o, Say) and o.loudness is Loudness.NOTICE]
    assert len(quiet) == 3
    assert all(words in say.message.body for say in quiet)


@pytest.mark.parametrize("state", IncidentState)
@pytest.mark.parametrize("step", IncidentStep)
def test_an_incident_stops_once_and_is_not_taken_up_again(state: IncidentState, step: IncidentStep) -> None:
    assert after(state, step) is (None if state is IncidentState.ENDED else IncidentState.ENDED)


def says(effects: Effects) -> list[Say]:
    return [out for out in effects.send if isinstance(out, Say)]


def test_nothing_of_an_incident_goes_to_who_is_no_longer_named_for_it() -> None:
    """Of what rings and of what explains it: both need the right when they leave."""
    incident = started(1, local("2026-03-03 10:00").astimezone(UTC), ONE)
    effects = wake(local("2026-03-05 10:00").astimezone(UTC), (incident,), REGION)
    assert len(says(effects)) == 6
    assert {say.right for say in says(effects)} == {Right.INCIDENT}
    assert {say.about for say in says(effects)} == {()}


def test_the_term_does_not_wait_for_the_morning_nor_for_monday() -> None:
    for at in ("2026-03-07 03:30", "2026-03-08 14:00", "2026-04-06 23:00"):
        incident = started(1, local(at).astimezone(UTC) - 48 * HOUR, ONE)
        effects = wake(local(at).astimezone(UTC), (incident,), REGION)
        rung = {say.to for say in says(effects) if say.loudness is Loudness.NUDGE}
        assert rung == {ToPerson(ONE), ToPerson(TWO), ToPerson(POINT)}


def test_at_the_very_moment_of_the_term_there_is_no_time_left() -> None:
    incident = started(1, local("2026-03-03 10:00").astimezone(UTC), ONE)
    words = " ".join(say.message.body for say in says(wake(incident.notify_by, (incident,), REGION)))
    assert "is voorbij" in words
    assert "Nog 0" not in words


def test_two_reminders_and_two_incidents_are_not_taken_for_one_message() -> None:
    incident = started(1, local("2026-03-03 10:00").astimezone(UTC), ONE)
    assert incident.remind_at is not None
    later = replace(incident, remind_at=incident.remind_at + HOUR)
    keys = [
        say.key
        for one in (incident, later, replace(incident, number=2))
        for say in says(wake(incident.notify_by, (one,), REGION))
    ]
    assert len(set(keys)) == len(keys) == 18
