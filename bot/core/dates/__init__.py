"""
Dates in Dutch chat, and in English: read, asked about, and written.

A closed grammar: what it does not know it does not guess. A clear date becomes a `When`, anything less an `Ask`
with the reason and a few dates to choose from. The conventions are those of Dutch usage: a bare weekday is the
first one after today, numbers are day-month, *vóór* is the day before, *half drie* is 14:30.
"""

from bot.core.dates.past import seen_day
from bot.core.dates.phrases import leading_when, read_when, split_when
from bot.core.dates.rendering import say_day, say_short, say_weekday_short, say_when
from bot.core.dates.values import Ask, AskReason, Found, Note, When

__all__ = [
    "Ask",
    "AskReason",
    "Found",
    "Note",
    "When",
    "leading_when",
    "read_when",
    "say_day",
    "say_short",
    "say_weekday_short",
    "say_when",
    "seen_day",
    "split_when",
]
