"""What reading a date can give: a moment people agreed, or a question to put to them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, time


class Note(Enum):
    """What the echo of a date must mention, because the writer may not have meant or seen it."""

    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    EQUATED = "equated"  # closed by decree, like the Friday after Ascension Day
    PERIOD = "period"  # the last working day of a week, month or year that was named
    DAY_BEFORE = "day before"  # "vóór vrijdag" is Thursday
    OFFICE_HOURS = "office hours"  # "3 uur" is taken as 15:00
    PART_OF_DAY = "part of day"  # "vrijdagochtend" is kept as Friday
    NEXT_YEAR = "next year"  # no year was written and the date of this year is long past
    CLOCK_CHANGE = "clock change"  # the wall time is skipped or repeated that night


class AskReason(Enum):
    """Why no single date can be read."""

    NO_DATE = "no date"  # z.s.m., spoed, binnenkort
    TODAYS_NAME = "today's name"  # "maandag", written on a Monday
    NEXT = "next"  # "volgende vrijdag": the coming one or the one after
    SEVERAL = "several"  # "13 of 14 maart", or two deadlines in one sentence
    MISMATCH = "mismatch"  # the weekday is not that of the date
    PAST = "past"
    IMPOSSIBLE = "impossible"  # 31 februari, week 54, 25:00
    TOO_FAR = "too far"  # more than five years ahead
    VAGUE = "vague"  # begin maart, rond vrijdag, over een week of twee
    UNTIL = "until"  # "tot vrijdag": is Friday itself included?
    OPEN_ENDED = "open ended"  # "na vrijdag", "vanaf maart": no last day
    RECURRING = "recurring"
    EVENT = "event"  # "na de zitting": nobody has said when that is
    TIME = "time"  # a time without a day, or one that can be morning or evening
    UNREAD = "unread"  # there is a date, and something beside it that was not understood


@dataclass(frozen=True, slots=True)
class When:
    """A local date in Amsterdam, with a wall time if one was given."""

    day: date
    wall: time | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """
    A date that must be asked for.

    `suggestions` are at most three moments in the future, earliest first; `phrase` is what was written.
    """

    reason: AskReason
    suggestions: tuple[When, ...]
    phrase: str


@dataclass(frozen=True, slots=True)
class Found:
    """The deadline in a sentence, and the sentence without it."""

    text: str
    when: When | Ask
