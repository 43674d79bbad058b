"""Times of the day as they are written and said in Dutch and English."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Final

from bot.core.dates.grammar import Grammar
from bot.core.dates.lexicon import Part
from bot.core.dates.values import Note

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.dates.tokens import Token


@dataclass(frozen=True, slots=True)
class Clock:
    """
    A time as written: hour and minute, and whether that hour may be one of the afternoon.

    `half drie` and `3 uur` may; `03:00`, `15 uur` and `3 pm` may not. `certain` is false for "around three".
    """

    hour: int
    minute: int = 0
    either_half: bool = True
    certain: bool = True

    def walls(self, part: Part | None) -> tuple[time, ...]:
        """The times meant: one if it is clear, two to choose from, none if there is no such time."""
        if not (0 <= self.hour < 24 and 0 <= self.minute < 60) or (self.hour, self.minute) == (0, 0):
            return ()
        if not self.either_half or self.hour > 12:
            return (time(self.hour, self.minute),)
        morning, afternoon = self.hour % 12, self.hour % 12 + 12
        if part is not None:
            first, last = part.value
            return tuple(time(h, self.minute) for h in (morning, afternoon) if first <= h <= last)
        if morning == 7:
            return time(7, self.minute), time(19, self.minute)
        return (time(morning if morning > 7 else afternoon, self.minute),)

    def notes(self, part: Part | None) -> tuple[Note, ...]:
        """That office hours were assumed, for one to six o'clock without more."""
        return (Note.OFFICE_HOURS,) if self.either_half and part is None and self.hour <= 6 else ()


def _written(_context: object, clock: tuple[str, int]) -> Clock:
    hour, minute = clock
    return Clock(int(hour), minute, either_half=not hour.startswith("0") and hour != "24")


def _hour(_context: object, hour: int, minute: int = 0) -> Clock:
    return Clock(hour, minute)


def _twelve_hour(_context: object, clock: tuple[int, int, bool]) -> Clock:
    hour, minute, afternoon = clock
    if not 1 <= hour <= 12:
        return Clock(24)
    return Clock(hour % 12 + 12 * afternoon, minute, either_half=False)


def _half(_context: object, hour: int) -> Clock:
    """`half drie` is thirty minutes before three."""
    return Clock((hour - 1) or 12, 30) if 1 <= hour <= 12 else Clock(24)


def _past(minutes: int | None = None) -> Callable[..., Clock]:
    def meaning(_context: object, *caught: int) -> Clock:
        minute, hour = caught if minutes is None else (minutes, *caught)
        return Clock(hour, minute) if 1 <= hour <= 12 else Clock(24)

    return meaning


def _to(minutes: int | None = None) -> Callable[..., Clock]:
    def meaning(_context: object, *caught: int) -> Clock:
        minute, hour = caught if minutes is None else (minutes, *caught)
        return Clock((hour - 1) or 12, 60 - minute) if 1 <= hour <= 12 and 0 < minute < 60 else Clock(24)

    return meaning


def _to_half(_context: object, minute: int, hour: int) -> Clock:
    return Clock((hour - 1) or 12, 30 - minute) if 1 <= hour <= 12 and 0 < minute < 30 else Clock(24)


def _past_half(_context: object, minute: int, hour: int) -> Clock:
    return Clock((hour - 1) or 12, 30 + minute) if 1 <= hour <= 12 and 0 < minute < 30 else Clock(24)


def _at(hour: int) -> Callable[..., Clock]:
    return lambda _context: Clock(hour, either_half=False)


_NOT_CERTAIN: Final = Clock(24, certain=False)

CLOCKS: Final = Grammar(
    (
        ("om|at|@? CLOCK uur|u|h?", _written),
        ("om|at HOUR $", _hour),
        ("om|at? HOUR uur|u|h|o'clock $", _hour),
        ("om|at? HOUR uur COUNT $", _hour),
        ("om|at? TWELVEHOUR", _twelve_hour),
        ("om|at? HOUR am|a.m", lambda _, hour: _twelve_hour(_, (hour, 0, False))),
        ("om|at? HOUR pm|p.m", lambda _, hour: _twelve_hour(_, (hour, 0, True))),
        ("om|at? half HOUR", _half),
        ("om|at? kwart|kwartier over HOUR", _past(15)),
        ("om|at? kwart|kwartier voor|vóór HOUR", _to(15)),
        ("om|at? half past COUNT", _past(30)),
        ("om|at? a? quarter past COUNT", _past(15)),
        ("om|at? a? quarter to COUNT", _to(15)),
        ("om|at? COUNT over|past COUNT", _past()),
        ("om|at? COUNT voor|vóór|to COUNT", _to()),
        ("om|at? COUNT voor|vóór half HOUR", _to_half),
        ("om|at? COUNT over half HOUR", _past_half),
        ("at? noon|midday", _at(12)),
        ("om|at? middernacht|midnight", _at(24)),
        (
            "rond|omstreeks|ongeveer|circa|around|about|tussen|between|na|after|vanaf|from CLOCK|HOUR",
            lambda *_: _NOT_CERTAIN,
        ),
    )
)

PARTS: Final = Grammar[Part | None](
    (
        ("'s? PART", lambda _, part: part),
        ("in|op de|the PART", lambda _, part: part),
        ("PART", lambda _, part: part),
        ("at night", lambda _: Part.EVENING),
    )
)


def end_of_day(tokens: tuple[Token, ...], at: int) -> int:
    """Where `einde dag`, `eind van de werkdag` or `end of the day` ends: the day itself, without a time."""
    match = _END_OF_DAY.match(tokens, at, None)
    return match.end if match else at


_END_OF_DAY: Final = Grammar(
    (
        ("aan? het|the? eind|einde van? de|het? dag|werkdag|middag|ochtend", lambda _: None),
        ("by|at? end|close of the? day|business|play", lambda _: None),
        ("eod|cob", lambda _: None),
    )
)
