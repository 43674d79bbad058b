"""One date expression: bound, day and time, joined and held against the moment of writing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from dateutil.relativedelta import relativedelta

from bot.core.dates.bounds import Bound, Side, read_bound
from bot.core.dates.calendar import (
    at_local,
    holiday,
    next_working_day,
    previous_working_day,
    this_or_previous_working_day,
)
from bot.core.dates.lexicon import Part
from bot.core.dates.periods import monday_of
from bot.core.dates.senses import Kind, Sense
from bot.core.dates.table import DAY_PHRASES
from bot.core.dates.times import CLOCKS, PARTS, Clock, end_of_day
from bot.core.dates.values import Ask, AskReason, Note, When

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.core.dates.grammar import Match
    from bot.core.dates.tokens import Token

HORIZON: Final = relativedelta(years=5)
_MOST_SUGGESTIONS: Final = 3


@dataclass(frozen=True, slots=True)
class Expression:
    """What tokens[start:end] mean; `bare` when they count only where a date is expected ("ma", "2 weken")."""

    start: int
    end: int
    when: When | Ask
    kind: Kind
    bound: Bound
    bare: bool = False
    timed: bool = False


@dataclass(frozen=True, slots=True)
class _Timing:
    """The time of day beside a date, up to the token at `end`."""

    end: int
    clock: Clock | None = None
    part: Part | None = None
    day_end: bool = False  # "einde dag"

    def walls(self) -> tuple[time | None, ...]:
        return self.clock.walls(self.part) if self.clock else (None,)

    def notes(self) -> tuple[Note, ...]:
        if self.clock:
            return self.clock.notes(self.part)
        return (Note.PART_OF_DAY,) if self.part else ()


def read_expression(
    tokens: tuple[Token, ...], start: int, at: datetime, *, loose: bool = False
) -> Expression | None:
    """The longest expression that begins at token `start`; a `loose` one is always asked."""
    bound = read_bound(tokens, start)
    day = DAY_PHRASES.match(tokens, bound.end, at, loose=loose)
    unbound = DAY_PHRASES.match(tokens, start, at, loose=loose) if bound.end > start else None
    if unbound and (day is None or unbound.end >= day.end):
        bound, day = Bound(start), unbound
    if day:
        day = _with_apposition(tokens, day, at)
        timing = _timing(tokens, day.end, _glued_part(tokens[bound.end : day.end]))
        end = timing.end
    else:
        timing = _timing(tokens, bound.end, None, loose=True)
        if timing.clock is None:
            return None
        day = DAY_PHRASES.match(tokens, _over_link(tokens, timing.end), at)
        if day is None or day.value.kind not in {Kind.RELATIVE, Kind.EXPLICIT, Kind.FEAST}:
            return Expression(start, timing.end, _time_only(timing, at), Kind.SOFT, bound, timed=True)
        end = day.end
    when = _join(day.value, bound, timing, at)
    if not day.closed:
        when = asked(when, AskReason.UNREAD)
    timed = timing.clock is not None
    return Expression(start, end, when, day.value.kind, bound, day.value.bare and not timed, timed)


_OF_A_DAY: Final = frozenset({Kind.RELATIVE, Kind.EXPLICIT})


def _with_apposition(tokens: tuple[Token, ...], day: Match[Sense], at: datetime) -> Match[Sense]:
    """`morgen, dinsdag 3 maart`: the same day said twice, the second time clearly."""
    place = day.end + (day.end < len(tokens) and tokens[day.end].is_mark)
    again = DAY_PHRASES.match(tokens, place, at)
    if again is None or again.value.doubt or not {day.value.kind, again.value.kind} <= _OF_A_DAY:
        return day
    return again if again.value.days[0] in day.value.days else day


def _glued_part(tokens: tuple[Token, ...]) -> Part | None:
    """The part of the day that `vrijdagmiddag` carries along."""
    for token in tokens:
        part = token.senses.get("GLUED")
        if isinstance(part, Part):
            return part
    return None


def _over_link(tokens: tuple[Token, ...], at: int) -> int:
    """Past the comma or `op` between a time and its day."""
    linked = at < len(tokens) and not tokens[at].senses.keys().isdisjoint({",", "op", "on"})
    return at + linked


def _timing(tokens: tuple[Token, ...], start: int, part: Part | None, *, loose: bool = False) -> _Timing:
    found = _Timing(start, part=part)
    while (longer := _longer(tokens, found, loose=loose)) is not None:
        found = longer
    return found


def _longer(tokens: tuple[Token, ...], found: _Timing, *, loose: bool) -> _Timing | None:
    """One more piece of the time of day: its end, a part of it, or the clock."""
    at = found.end
    if at >= len(tokens):
        return None
    if found.clock is None:
        place = at + ("," in tokens[at].senses)
        limit = read_bound(tokens, place)
        for begin in (place, limit.end if limit.side <= Side.UNTIL else place):
            if clock := CLOCKS.match(tokens, begin, None, loose=loose):
                return _Timing(clock.end, clock.value, found.part)
    if found.part is None and (part := PARTS.match(tokens, at, None)):
        return _Timing(part.end, found.clock, part.value)
    end = end_of_day(tokens, at) if found.clock is None else at
    return _Timing(end, None, found.part, day_end=True) if end > at else None


def _time_only(timing: _Timing, at: datetime) -> Ask:
    days = (at.date(), next_working_day(at.date()))
    return _ask(AskReason.TIME, [(day, wall) for wall in timing.walls() for day in days], at)


def _join(sense: Sense, bound: Bound, timing: _Timing, at: datetime) -> When | Ask:
    walls: tuple[time | None, ...] = (sense.wall,) if sense.wall and not timing.clock else timing.walls()
    if bound.side in {Side.BEFORE, Side.UNTIL} and walls == (None,) and (timing.day_end or timing.part):
        # "voor vrijdag einde dag" is Friday; "voor vrijdagmiddag" may be noon, or the day before
        sense = sense if timing.day_end else replace(sense, doubt=sense.doubt or AskReason.VAGUE)
    elif walls in {(), (None,)}:
        sense = _bounded(sense, bound.side)
    elif bound.side > Side.UNTIL:
        sense = replace(sense, doubt=_UNBOUNDED[bound.side])
    moments = [(day, wall) for day in sense.days for wall in walls or (None,)]
    if sense.doubt:
        return _ask(sense.doubt, moments, at)
    if len(walls) != 1:
        return _ask(AskReason.TIME, moments, at)
    return _held_against(at, _when(*moments[0], *sense.notes, *timing.notes()), sense.kind, timing.part)


_UNBOUNDED: Final = {
    Side.UNTIL: AskReason.UNTIL,
    Side.AROUND: AskReason.VAGUE,
    Side.AFTER: AskReason.OPEN_ENDED,
    Side.NOT: AskReason.UNREAD,
}


def _bounded(sense: Sense, side: Side) -> Sense:
    """The days that are meant by `side` of a day without a time."""
    match side:
        case Side.BEFORE:
            return _before(sense)
        case Side.UNTIL if sense.kind is Kind.PERIOD and sense.first is None:
            return sense  # "tot eind maart"
        case Side.UNTIL:
            days = tuple(d for day in sense.days for d in (day - timedelta(days=1), day))
            return replace(sense, days=days, doubt=sense.doubt or AskReason.UNTIL)
        case Side.AFTER:
            reason = AskReason.EVENT if sense.kind is Kind.FEAST else AskReason.OPEN_ENDED
            return replace(sense, days=tuple(map(next_working_day, sense.days[-1:])), doubt=reason)
        case Side.AROUND | Side.NOT:
            return replace(sense, doubt=sense.doubt or _UNBOUNDED[side])
        case _:
            return sense


def _before(sense: Sense) -> Sense:
    """The day before; before a feast or a weekend, the day before it begins."""
    one = timedelta(days=1)
    if sense.kind is Kind.PERIOD and sense.first is None:
        return sense  # "voor het eind van de week" is by its end
    if sense.first is None:
        days = tuple(day - one for day in sense.days)
        return replace(sense, days=days, notes=(*sense.notes, Note.DAY_BEFORE))
    if len(sense.days) == 1 and sense.kind is Kind.PERIOD:
        days = (previous_working_day(sense.first), *sense.days)
        return replace(sense, days=days, doubt=sense.doubt or AskReason.VAGUE)
    kept = tuple(note for note in sense.notes if note is not Note.PERIOD)
    return replace(sense, days=(sense.first - one,), doubt=None, notes=(*kept, Note.DAY_BEFORE))


def _held_against(at: datetime, when: When, kind: Kind, part: Part | None) -> When | Ask:
    """The moment, unless it is past or beyond the horizon."""
    if when.day > at.date() + HORIZON:
        return _ask(AskReason.TOO_FAR, _anniversaries(when, at), at)
    over = part is not None and when.wall is None and when.day == at.date() and at.hour > part.value[1]
    if over or not _is_ahead(when.day, when.wall, at):
        later = [(next_working_day(at.date()), when.wall)] if when.wall else []
        return _ask(AskReason.PAST, _anniversaries(when, at) if kind is Kind.EXPLICIT else later, at)
    return when


def _anniversaries(when: When, at: datetime) -> list[tuple[date, time | None]]:
    """The same day and month this year and next: the year may have been mistyped."""
    years = (at.year - when.day.year, at.year - when.day.year + 1)
    days = (when.day + relativedelta(years=n) for n in years)
    return [(day, when.wall) for day in days if _is_ahead(day, when.wall, at)][:1]


def _is_ahead(day: date, wall: time | None, at: datetime) -> bool:
    if wall is None or day != at.date():
        return day >= at.date()
    return at_local(day, wall) > at


def _when(day: date, wall: time | None, *notes: Note) -> When:
    found = list(notes)
    if day.weekday() >= 5:
        found.append(Note.WEEKEND)
    if closed := holiday(day):
        found.append(Note.EQUATED if closed.equated else Note.HOLIDAY)
    if wall is not None and _clock_changes(day, wall):
        found.append(Note.CLOCK_CHANGE)
    return When(day, wall, tuple(dict.fromkeys(found)))


def _clock_changes(day: date, wall: time) -> bool:
    """Whether the clocks in Amsterdam skip or repeat this time."""
    moment = at_local(day, wall)
    return moment.time() != wall or moment.replace(fold=1).utcoffset() != moment.utcoffset()


def _ask(reason: AskReason, moments: Iterable[tuple[date, time | None]], at: datetime) -> Ask:
    last = at.date() + HORIZON
    ahead = {m for m in moments if _is_ahead(*m, at) and m[0] <= last}
    chosen = sorted(ahead or _usual(at.date()), key=lambda m: (m[0], m[1] or time.max))
    return Ask(reason, tuple(_when(*m) for m in chosen[:_MOST_SUGGESTIONS]), "")


def _usual(today: date) -> set[tuple[date, time | None]]:
    """What is offered when nothing better is known: the next working day, and the end of the week."""
    tomorrow = next_working_day(today)
    end_of_week = this_or_previous_working_day(monday_of(tomorrow) + timedelta(days=4))
    return {(tomorrow, None), (max(tomorrow, end_of_week), None)}


def asked(when: When | Ask, reason: AskReason, *others: When | Ask) -> Ask:
    """A question instead, that offers what was read; a doubt there was already stays the reason."""
    known = isinstance(when, Ask) and not others
    options = {
        w for found in (when, *others) for w in (found.suggestions if isinstance(found, Ask) else (found,))
    }
    chosen = sorted(options, key=lambda w: (w.day, w.wall or time.max))[:_MOST_SUGGESTIONS]
    return Ask(when.reason if known and isinstance(when, Ask) else reason, tuple(chosen), "")


def nothing_read(at: datetime) -> Ask:
    """There is to be a date, and it was not understood."""
    return _ask(AskReason.UNREAD, (), at)
