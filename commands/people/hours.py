"""`werktijden`: the days and times at which somebody may be written to. Outside them the bot keeps silent."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING

from bot.core.dates.lexicon import DAY_ABBREVIATIONS, DAY_NAMES
from bot.core.effects import Effects, Logged
from bot.core.reminding.hours import hours
from bot.core.text import Text, listed
from commands.conversation.command import EVERYBODY, Command, Kind, Parameter, Where
from commands.conversation.parsing import folded
from commands.conversation.replies import AND, refuse, say
from commands.people.absence import absence_line, kept_person

if TYPE_CHECKING:
    from bot.core.records.people import Person
    from commands.conversation.command import Request

WORKS = Text(
    "Ik stuur je alleen iets op {days}, tussen {opens} en {closes}.",
    "I only write to you on {days}, between {opens} and {closes}.",
)
CHANGE = Text(
    "Anders? Bijv. !werktijden ma di do 9:00-15:00, of !werktijden altijd.",
    "Different? For example !hours Mon Tue Thu 9:00-15:00, or !hours always.",
)
HOW = Text(
    "Dat lees ik niet als dagen of tijden. Bijv. !werktijden ma di do 9:00-15:00, of !werktijden niet wo.",
    "I cannot read days or times there. For example !hours Mon Tue Thu 9:00-15:00, or !hours not Wed.",
)
NO_HOURS = Text(
    "Dan blijft er geen moment over. Deze regio stuurt op werkdagen tussen {opens} en {closes}.",
    "That leaves no moment. This region sends on working days between {opens} and {closes}.",
)
_ALWAYS = frozenset({"altijd", "standaard", "always", "default"})
_NOT = frozenset({"niet", "vrij", "geen", "not", "off"})
_FILLERS = frozenset(
    {"op", "van", "en", "tot", "tussen", "uur", "alleen", "ook", "on", "from", "and", "to", "between", "only"}
)
_CLOCK = r"(\d{1,2})(?:[:.](\d{2}))?(?:\s*+(?:uur|u))?"
_TIMES = re.compile(rf"\b{_CLOCK}\s*+(?:-|–|tot|en|t/m|to|and|until)\s*+{_CLOCK}(?!\w)", re.IGNORECASE)
_DAY_RANGE = re.compile(
    r"\b([^\W\d]++)(?:\s*+[-–]\s*+|\s++(?:t/m|tot en met|through)\s++)([^\W\d]++)\b", re.IGNORECASE
)
_DAYS = {
    folded(name): place
    for names in (*DAY_NAMES.values(), *DAY_ABBREVIATIONS.values())
    for place, name in enumerate(names)
}


def _hours(request: Request) -> Effects:
    me, text = request.person, folded(request.text)
    if not text:
        lines = (absence_line(request), _described(request, me), CHANGE(request.language))
        return say(request, *filter(None, lines)) + Effects(log=(Logged("hours.read"),))
    if text.strip(" .") in _ALWAYS:
        new = replace(me, free_days=(), opens=None, closes=None)
    else:
        new = _with_hours(request, me, text)
    opens, closes = hours(new, request.region.timing)
    if opens >= closes or len(new.free_days) >= 5:
        timing = request.region.timing
        refuse(
            request,
            NO_HOURS(request.language, opens=f"{timing.opens:%H:%M}", closes=f"{timing.closes:%H:%M}"),
        )
    return say(request, _described(request, new)) + kept_person(request, new, "person.hours")


def _with_hours(request: Request, me: Person, text: str) -> Person:
    """Days and times, in any order; a word that is neither is not guessed at."""
    opens, closes = me.opens, me.closes
    if found := _TIMES.search(text):
        opens, closes = _wall(request, found[1], found[2]), _wall(request, found[3], found[4])
        text = f"{text[: found.start()]} {text[found.end() :]}"
    named: set[int] = set()
    rest, place = "", 0
    for days in _DAY_RANGE.finditer(text):
        if days[1] in _DAYS and days[2] in _DAYS:
            named |= set(range(_DAYS[days[1]], _DAYS[days[2]] + 1))
            rest, place = f"{rest} {text[place : days.start()]}", days.end()
    words = re.findall(r"[^\W_]+", f"{rest} {text[place:]}")
    named |= {_DAYS[word] for word in words if word in _DAYS}
    if any(word not in _DAYS and word not in _NOT | _FILLERS for word in words) or not (named or found):
        refuse(request, HOW(request.language))
    if not named:
        return replace(me, opens=opens, closes=closes)
    off = named if _NOT & set(words) else set(range(5)) - named
    return replace(me, free_days=tuple(sorted(off & set(range(5)))), opens=opens, closes=closes)


def _wall(request: Request, hour: str, minute: str) -> time:
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        refuse(request, HOW(request.language))


def _described(request: Request, person: Person) -> str:
    opens, closes = hours(person, request.region.timing)
    names = DAY_NAMES[request.language.code]
    days = [names[day] for day in range(5) if day not in person.free_days]
    return WORKS(
        request.language,
        days=listed(days, AND(request.language)),
        opens=f"{opens:%H:%M}",
        closes=f"{closes:%H:%M}",
    )


HOURS_COMMAND = Command(
    name=Text("werktijden", "hours"),
    who=EVERYBODY,
    where=Where.ANYWHERE,
    help=Text(
        "op welke dagen en tijden ik je mag schrijven", "on which days and at which times I may write to you"
    ),
    examples=(
        Text("werktijden ma di do 9:00-15:00", "hours Mon Tue Thu 9:00-15:00"),
        Text("werktijden", "hours"),
    ),
    parameters=(Parameter(Text("dagen en tijden", "days and times"), Kind.TEXT, optional=True),),
    execute=_hours,
)
