"""A signal without a case comes back: who parked it is asked on its day, the coordinators when nothing was said.

The review of a signal that has a case is an ordinary action. Without one there is no case to hold an action, so the
signal carries its own day, and is asked about by the same clock, inside the same hours, at most once per person per
day. When nobody answered, every digest of a coordinator names it until somebody does: a worry has no dead end (A17).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from bot.core.dates import When, say_when
from bot.core.dates.calendar import add_working_days, at_local, local_day, this_or_next_working_day
from bot.core.effects import Effects, Logged, Loudness, Say, ToPerson
from bot.core.records.explanations import Explanation, Rule
from bot.core.reminding.hours import Roster, is_away
from bot.core.text import Language, Message, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.records.people import Person
    from bot.core.records.signals import Signal
    from bot.core.region import Region

LANGUAGE = Language.NL
"""Of messages that nobody asked for."""
ITS_DAY = 0

LOOK = Text(
    "{id}: de dag om opnieuw te kijken is gekomen. Wat is er sindsdien bekend?",
    "{id}: the day to look again has come. What is known since?",
)
NO_WORD = Text(
    "{id} van {source}: de kijkdatum is voorbij en er is nog niets gezegd. Wie kan hier verder mee?",
    "{id} of {source}: its day has passed and nothing was said yet. Who can take this further?",
)
ANSWER = Text(
    "Antwoord hier: signaal {id} · signaal {id} <wat je nu weet> · signaal {id} niets doen, reden: <reden>, opnieuw "
    "kijken <datum> · wis {id}",
    "Answer here: signal {id} · signal {id} <what you know now> · signal {id} do nothing, reason: <reason>, look "
    "again <date> · redact {id}",
)


def rescheduled(signal: Signal, roster: Roster) -> Signal:
    """The signal with its first nudge on the morning of its day, or of the first working day after it."""
    if signal.review is None:
        return replace(signal, nudge_step=None, nudge_at=None)
    return replace(signal, nudge_step=None, nudge_at=_morning(signal.review, roster))


def wake(
    now: datetime,
    due: tuple[Signal, ...],
    people: Mapping[str, Person],
    region: Region,
    joined: frozenset[str],
) -> Effects:
    """Ask about the signals that are due, bundled per person."""
    roster = Roster(region, people)
    today = local_day(now)
    kept: list[Signal] = []
    asked: dict[str, list[Signal]] = {}
    for signal in due:
        meant = _meant(signal, roster, region, joined, today)
        free = {
            user for user in meant if roster.may_ring(user, now) and roster.person(user).nudged_on != today
        }
        if (meant or not roster.may_ring("", now)) and not free:
            kept.append(replace(signal, nudge_at=roster.next_opening(meant, now)))
            continue
        for user in free:
            asked.setdefault(user, []).append(signal)
        kept.append(_taken(signal, roster, region, now))
    effects = Effects(keep=tuple(kept))
    for user, signals in sorted(asked.items()):
        effects += _nudged(user, signals, roster, now)
    return effects


def _meant(
    signal: Signal, roster: Roster, region: Region, joined: frozenset[str], today: date
) -> frozenset[str]:
    """Who parked it; where they cannot be reached, and after the first step, the coordinators of the region."""
    own = frozenset({signal.noted_by}) & joined
    if signal.nudge_step is None and own and not is_away(roster.person(signal.noted_by), today):
        return own
    return region.coordinators & joined


def _taken(signal: Signal, roster: Roster, region: Region, now: datetime) -> Signal:
    """After its day comes one more step; after that the digest names it."""
    if signal.nudge_step is not None:
        return replace(signal, nudge_step=region.timing.case_coordinator, nudge_at=None)
    following = add_working_days(local_day(now), region.timing.case_coordinator)
    return replace(signal, nudge_step=ITS_DAY, nudge_at=_morning(following, roster))


def _nudged(user: str, signals: list[Signal], roster: Roster, now: datetime) -> Effects:
    today = local_day(now)
    key = f"signal:{today}:{user}"
    because = (
        Explanation(key, place, user, now, Rule.SIGNAL, about=signal.id, day=signal.review)
        for place, signal in enumerate(signals)
    )
    rings = [f"{s.id} · {say_when(When(s.review))}" for s in signals if s.review]
    lines = [_line(user, signal) for signal in signals]
    return Effects(
        keep=(replace(roster.person(user), nudged_on=today), *because),
        send=(
            Say(ToPerson(user), Message.of(*rings), loudness=Loudness.NUDGE, key=key),
            Say(ToPerson(user), Message.of(*lines, ANSWER(LANGUAGE, id=signals[0].id)), key=f"why:{key}"),
        ),
        log=tuple(Logged("nudged", None, signal.id) for signal in signals),
    )


def _line(user: str, signal: Signal) -> str:
    text = LOOK if user == signal.noted_by else NO_WORD
    return text(LANGUAGE, id=signal.id, source=signal.source)


def _morning(day: date, roster: Roster) -> datetime:
    return at_local(this_or_next_working_day(day), roster.region.timing.opens).astimezone(UTC)
