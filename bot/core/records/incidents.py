"""Incident mode: reminders pause, and the clock of AVG article 33 is watched. No word of what happened is kept.

A personal data breach is notified to the Autoriteit Persoonsgegevens "not later than 72 hours after having become
aware of it" (AVG art. 33(1)). These are hours of the calendar, nights, weekends and holidays included. Regulation
1182/71, by which a term in hours can end later (art. 3), is not applied: who keeps to the earlier moment is in time
either way. Whether a breach must be notified at all is for people to decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.core.dates import say_day
from bot.core.dates.calendar import AMSTERDAM
from bot.core.records.states import StateTable
from bot.core.text import Language, Text

NOTIFY_WITHIN = timedelta(hours=72)
REMIND_LEFT = (timedelta(hours=24), timedelta(hours=6))
"""How much of the term is left when it is reminded of, in order of time."""
LOOKED_BACK = timedelta(days=30)
"""How long before its start the timeline of an incident begins."""


class IncidentState(StrEnum):
    RUNNING = "running"
    ENDED = "ended"


class IncidentStep(StrEnum):
    STOP = "stop"


S, T = IncidentState, IncidentStep

TRANSITIONS = StateTable[IncidentState, IncidentStep]({(S.RUNNING, T.STOP): S.ENDED})
"""What has ended is not taken up again: a new incident has a term of its own."""
after = TRANSITIONS.after

STATE_NAMES: dict[IncidentState, Text] = {
    S.RUNNING: Text("loopt", "running"),
    S.ENDED: Text("gestopt", "ended"),
}

STEP_NAMES: dict[IncidentStep, Text] = {T.STOP: Text("stop", "stop")}


@dataclass(frozen=True, slots=True)
class Incident:
    """That one was declared, when and by whom; instants in UTC.

    `remind_at` is when the term is next reminded of, None once there is nothing to remind of. Stopping leaves it: reminders
    of actions go on then, and the term does not end by that.
    """

    number: int
    started_at: datetime
    started_by: str
    remind_at: datetime | None
    ended_at: datetime | None = None
    ended_by: str | None = None

    @property
    def state(self) -> IncidentState:
        return S.RUNNING if self.ended_at is None else S.ENDED

    @property
    def is_running(self) -> bool:
        return self.state is S.RUNNING

    @property
    def notify_by(self) -> datetime:
        """The last moment to notify, in UTC: to the second 72 hours, whatever the clocks on the wall do meanwhile."""
        return self.started_at.astimezone(UTC) + NOTIFY_WITHIN


def started(number: int, at: datetime, by: str) -> Incident:
    return Incident(number, at, by, next_reminder(at, at))


def next_reminder(started_at: datetime, now: datetime) -> datetime | None:
    """When the term is next reminded of, strictly after `now`, in UTC."""
    end = started_at.astimezone(UTC) + NOTIFY_WITHIN
    return next((end - left for left in REMIND_LEFT if end - left > now), None)


HOURS = Text("{n} uur", "{n} hours")
ONE_HOUR = Text("1 uur", "1 hour")
MINUTES = Text("{n} minuten", "{n} minutes")
ONE_MINUTE = Text("1 minuut", "1 minute")
MOMENT = Text("{day} om {time}", "{day} at {time}")
SUMMER, WINTER = Text("zomertijd", "summer time"), Text("wintertijd", "winter time")


def say_left(left: timedelta, language: Language) -> str:
    """'23 uur' or, in the last hour, '40 minuten'; rounded down, so that nobody counts on time that is not there."""
    minutes = max(0, int(left.total_seconds()) // 60)
    if minutes < 60:
        return (ONE_MINUTE if minutes == 1 else MINUTES)(language, n=minutes)
    hours = minutes // 60
    return (ONE_HOUR if hours == 1 else HOURS)(language, n=hours)


def say_moment(instant: datetime, language: Language) -> str:
    """'donderdag 5 maart 2026 om 10:00', as the clocks in Amsterdam show; an hour that comes twice says which it is."""
    local = instant.astimezone(AMSTERDAM)
    said = MOMENT(language, day=say_day(local.date(), language=language.code), time=f"{local:%H:%M}")
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return said
    return f"{said} ({(SUMMER if local.dst() else WINTER)(language)})"
