"""A signal without a case comes back: to who parked it, then to the coordinator, then every week in the digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.core.dates.calendar import AMSTERDAM
from bot.core.effects import Effects, Loudness, Say, ToPerson
from bot.core.records.people import Person
from bot.core.records.signals import Signal, SignalState
from bot.core.reminding.digest import weekly
from bot.core.reminding.hours import Roster
from bot.core.reminding.signal_reviews import rescheduled, wake
from tests.core.cases import COORDINATOR, MARCH_2, REGION, local, user

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.region import Region

PARKER = user("leerplicht")
JOINED = frozenset({PARKER, COORDINATOR})
REVIEW = date(2026, 3, 30)


def parked(number: int = 7, review: date = REVIEW, **changes: object) -> Signal:
    signal = Signal(number, None, SignalState.NOTED, "leerplicht", MARCH_2, PARKER, MARCH_2, review=review)
    return rescheduled(replace(signal, **changes), Roster(REGION, {}))  # type: ignore[arg-type]


def woken(
    *signals: Signal,
    at: str,
    joined: frozenset[str] = JOINED,
    people: Mapping[str, Person] | None = None,
    region: Region = REGION,
) -> Effects:
    return wake(local(at), signals, people or {}, region, joined)


def rung(effects: Effects) -> dict[str, str]:
    """Who was rung, and what their lock screen shows."""
    said = [out for out in effects.send if isinstance(out, Say) and out.loudness is Loudness.NUDGE]
    return {out.to.user_id: out.message.body for out in said if isinstance(out.to, ToPerson)}


def kept(effects: Effects) -> list[Signal]:
    return [record for record in effects.records if isinstance(record, Signal)]


def shown(signal: Signal) -> str:
    return "never" if signal.nudge_at is None else f"{signal.nudge_at.astimezone(AMSTERDAM):%Y-%m-%d %H:%M}"


def test_a_review_in_the_weekend_comes_on_the_first_working_day() -> None:
    assert shown(parked(review=date(2026, 3, 28))) == "2026-03-30 09:00"


def test_who_parked_it_is_asked_on_its_day_and_nobody_else() -> None:
    effects = woken(parked(), at="2026-03-30 09:00")
    assert rung(effects) == {PARKER: "S7 · maandag 30 maart 2026"}
    assert shown(kept(effects)[0]) == "2026-04-08 09:00", "Good Friday and Easter Monday are none"


def test_the_coordinator_is_asked_when_who_parked_it_said_nothing() -> None:
    [after_first] = kept(woken(parked(), at="2026-03-30 09:00"))
    effects = woken(after_first, at="2026-04-08 09:00")
    assert list(rung(effects)) == [COORDINATOR]
    assert shown(kept(effects)[0]) == "never"


def test_a_worry_never_falls_silent_because_its_parker_left() -> None:
    assert list(rung(woken(parked(), at="2026-03-30 09:00", joined=frozenset({COORDINATOR})))) == [
        COORDINATOR
    ]
    away = {PARKER: Person(PARKER, away_until=date(2026, 4, 20))}
    assert list(rung(woken(parked(), at="2026-03-30 09:00", people=away))) == [COORDINATOR]


def test_several_signals_of_one_person_are_one_message() -> None:
    effects = woken(parked(7), parked(9), at="2026-03-30 09:00")
    assert rung(effects) == {PARKER: "S7 · maandag 30 maart 2026\nS9 · maandag 30 maart 2026"}


def test_who_was_nudged_that_day_already_is_asked_the_next_morning() -> None:
    nudged = {PARKER: Person(PARKER, nudged_on=date(2026, 3, 30))}
    effects = woken(parked(), at="2026-03-30 09:00", people=nudged)
    assert rung(effects) == {}
    assert shown(kept(effects)[0]) == "2026-03-31 09:00"


def test_nobody_is_rung_outside_working_hours() -> None:
    effects = woken(parked(), at="2026-03-30 20:00")
    assert rung(effects) == {}
    assert shown(kept(effects)[0]) == "2026-03-31 09:00"


def test_the_digest_names_it_every_week_until_somebody_looks() -> None:
    silent = parked(nudge_step=5)
    for monday in (date(2026, 3, 30), date(2026, 4, 13), date(2026, 6, 1)):
        assert "SIGNALEN ZONDER CASUS (1)" in weekly((), REGION, today=monday, signals=(silent,)).body
    before = weekly((), REGION, today=date(2026, 3, 16), signals=(silent,)).body
    assert "SIGNALEN" not in before
