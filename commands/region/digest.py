"""`weekbericht`: the weekly overview now, as a picture, on another day, or not at all. In the chat with the bot alone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, time
from typing import TYPE_CHECKING

from bot.core.access.trusting import NOT_COMPARED
from bot.core.dates.calendar import local_day
from bot.core.dates.lexicon import DAY_ABBREVIATIONS, DAY_NAMES
from bot.core.effects import Effects, Logged, Say, SendWeeks, ToRoom
from bot.core.records.people import DigestPlan
from bot.core.reminding.digest_plan import digest_of, next_due_at, replanned, shown
from bot.core.text import Text
from bot.core.weeks import quarter
from bot.documents import typesetting
from commands.conversation.command import EVERYBODY, Command, Kind, Parameter, Where
from commands.conversation.parsing import folded
from commands.conversation.replies import refuse, say

if TYPE_CHECKING:
    from commands.conversation.command import Request

NOW = frozenset({"nu", "now"})
PICTURE = frozenset({"beeld", "plaatje", "picture"})
OFF = frozenset({"uit", "off"})
ON = frozenset({"aan", "on"})
_DAY = re.compile(
    r"(?:dag|day)?\s*(?:op\s+|on\s+)?([^\W\d]+)(?:\s+(?:om\s+|at\s+)?(\d{1,2})(?:[:.](\d{2}))?(?:\s*(?:uur|u))?)?"
)
_DAYS = {
    folded(name): place
    for names in (*DAY_NAMES.values(), *DAY_ABBREVIATIONS.values())
    for place, name in enumerate(names[:5])
}

ALONE = Text(
    "Een weekbericht gaat over meer casussen en hoort niet in deze ruimte. Vraag het in een gesprek met mij alleen.",
    "A weekly digest is about more cases and does not belong in this room. Ask for it in a chat with me alone.",
)
NOT_FOR_YOU = Text(
    "Het weekbericht is er voor coördinatoren en voorzitters. Jouw eigen acties zie je met !acties.",
    "The weekly digest is for coordinators and chairs. Your own actions show with !actions.",
)
WHEN = Text(
    "Je krijgt het weekbericht op {day} om {time}. Anders kan ook: !weekbericht nu, dag dinsdag 10:00, of uit.",
    "You get the weekly digest on {day} at {time}. It can be changed: !digest now, day Tuesday 10:00, or off.",
)
IS_OFF = Text(
    "Je krijgt geen weekbericht. Weer aanzetten kan met !weekbericht aan.",
    "You get no weekly digest. Turn it on again with !digest on.",
)
THIS_WEEK_TOO = Text("Dat van deze week stuur ik je nu.", "I send you this week's now.")
HOW = Text(
    "Dat lees ik niet. Kies: !weekbericht nu, !weekbericht beeld, !weekbericht dag dinsdag 10:00, !weekbericht uit of aan.",
    "I cannot read that. Choose: !digest now, !digest picture, !digest day Tuesday 10:00, !digest off or on.",
)
PICTURE_NOT_FOR_YOU = Text(
    "Het beeld van de regio is er voor coördinatoren. Jouw casussen in woorden: !weekbericht nu.",
    "The picture of the region is for coordinators. Your cases in words: !digest now.",
)
NOT_INSTALLED = Text(
    "Een plaatje kan ik hier niet maken: dat onderdeel staat niet op deze server. Vraag de beheerder erom. "
    "In woorden kan wel: !weekbericht nu.",
    "I cannot make a picture here: that part is not on this server. Please ask the operator. "
    "In words it works: !digest now.",
)


def _digest(request: Request) -> Effects:
    if not request.direct:
        refuse(request, ALONE(request.language))
    if request.coordinates and not request.verified:
        refuse(request, NOT_COMPARED(request.language, user=request.sender))
    now = request.now.astimezone(UTC)
    parked = tuple(s.signal for s in request.signals if s.signal.case_ref is None)
    running = request.incident if request.incident and request.incident.is_running else None
    paused = local_day(running.started_at) if running else None
    words = digest_of(request.sender, request.cases, request.region, now, parked, paused=paused)
    if words is None:
        refuse(request, NOT_FOR_YOU(request.language))
    choice = folded(request.text).strip(" .")
    plan = request.plans.get(request.sender) or DigestPlan(request.sender, next_due_at(request.region, now))
    if choice in NOW:
        answer = Say(ToRoom(request.room_id), words, in_reply_to=request.event_id)
        read = shown(words, request.cases, request.sender)
        return Effects(send=(answer,), log=(Logged("digest.read"), *read))
    if choice in PICTURE:
        return _picture(request)
    if not choice:
        return say(request, _described(request, plan)) + Effects(log=(Logged("digest.plan.read"),))
    if choice in OFF:
        new = replace(plan, off=True)
    elif choice in ON:
        new = replace(plan, off=False)
        new = replace(new, due_at=next_due_at(request.region, now, new))
    else:
        new = replanned(_on_day(request, plan, choice), request.region, now)
    late = [THIS_WEEK_TOO(request.language)] if not new.off and new.due_at <= now else []
    return say(request, _described(request, new), *late) + Effects(
        keep=(new,), log=(Logged("digest.planned"),)
    )


def _picture(request: Request) -> Effects:
    if not request.coordinates:
        refuse(request, PICTURE_NOT_FOR_YOU(request.language))
    if not typesetting.installed():
        refuse(request, NOT_INSTALLED(request.language))
    today = request.now.date()
    weeks = quarter(request.cases, today)
    shown = SendWeeks(ToRoom(request.room_id), weeks, today, request.language, request.event_id)
    return Effects(send=(shown,), log=(Logged("digest.read", thing="picture"),))


def _on_day(request: Request, plan: DigestPlan, choice: str) -> DigestPlan:
    found = _DAY.fullmatch(choice)
    if found is None or found[1] not in _DAYS:
        refuse(request, HOW(request.language))
    try:
        at = time(int(found[2]), int(found[3] or 0)) if found[2] else plan.at
    except ValueError:
        refuse(request, HOW(request.language))
    return replace(plan, weekday=_DAYS[found[1]], at=at, off=False)


def _described(request: Request, plan: DigestPlan) -> str:
    if plan.off:
        return IS_OFF(request.language)
    own = request.region.digest
    weekday = own.weekday if plan.weekday is None else plan.weekday
    day = DAY_NAMES[request.language.code][weekday]
    return WHEN(request.language, day=day, time=f"{plan.at or own.at:%H:%M}")


DIGEST = Command(
    name=Text("weekbericht", "digest"),
    who=EVERYBODY,
    where=Where.ANYWHERE,
    looks_back=True,
    help=Text(
        "het weekbericht nu, als beeld, op een andere dag, of uit (coördinatoren en voorzitters)",
        "the weekly digest now, as a picture, on another day, or off (coordinators and chairs)",
    ),
    examples=(
        Text("weekbericht nu", "digest now"),
        Text("weekbericht dag dinsdag 10:00", "digest day Tuesday 10:00"),
    ),
    parameters=(
        Parameter(
            Text("nu | beeld | dag <dag> [tijd] | uit | aan", "now | picture | day <day> [time] | off | on"),
            Kind.CHOICE,
            optional=True,
        ),
    ),
    execute=_digest,
)
