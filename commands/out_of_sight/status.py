"""`uitbeeld stand`: how it stands with who is out of sight, and what may be the matter, side by side.

No explanation is chosen, by the bot or for it (domain A2): each stands with the step that looks into it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.dates import say_day, say_short
from bot.core.effects import Effects, Logged
from bot.core.protocols import Flow
from bot.core.records.actions import RUNNING, STATE_NAMES
from bot.core.records.out_of_sight import STATE_NAMES as SIGHT_NAMES
from bot.core.records.out_of_sight import SightState
from bot.core.records.signals import STATE_NAMES as SIGNAL_NAMES
from bot.core.reminding.sight_reviews import review_of, standing
from bot.core.text import Text
from commands.conversation.command import EVERYBODY, Command, Where
from commands.conversation.replies import say
from commands.out_of_sight.steps import ORDINARY, THE_CHILD, protocol_of

if TYPE_CHECKING:
    from datetime import date

    from bot.core.casefile import CaseFile
    from bot.core.protocols import Protocol
    from bot.core.records.actions import Action
    from bot.core.records.out_of_sight import OutOfSight
    from bot.core.text import Language
    from commands.conversation.command import Request

DAY = Text("Uit beeld, dag {day}.", "Out of sight, day {day}.")
UNANSWERED = Text(
    "Nog niet beantwoord: is er acuut gevaar? Bel dan 112 of Veilig Thuis. Anders: !niet acuut.",
    "Not answered yet: is there acute danger? Then call 112 or Veilig Thuis. Otherwise: !not acute.",
)
NOT_AGREED = Text(
    "De stappen wachten op de voorzitter: !uitbeeld start laat ze zien.",
    "The steps wait for the chair: !outofsight start shows them.",
)
DONE = Text("{done} van {steps} stappen klaar.", "{done} of {steps} steps done.")
NEXT = Text("Beoordeling: {day}.", "Review: {day}.")
TITLE = Text("Uit beeld, dag {day}{title} · sinds {since}", "Out of sight, day {day}{title} · since {since}")
STEPS = Text(
    "Stappen: {done} van {steps} klaar. {steps_listed}", "Steps: {done} of {steps} done. {steps_listed}"
)
REVIEW = Text("Volgende beoordeling: {id} {holder}, {day}.", "Next review: {id} {holder}, {day}.")
MAY_BE = Text(
    "Wat er aan de hand kan zijn. Niets is gekozen; elk punt staat bij wie het nagaat:",
    "What may be the matter. Nothing is chosen; each stands with who looks into it:",
)
LOOKED_INTO = Text("{what}: {who}", "{what}: {who}")
BY_NOBODY = Text("nog niemand", "nobody yet")
NOBODY_IS = Text(
    "In deze casus is niemand uit beeld. Beginnen kan een voorzitter met !uitbeeld start <reden>.",
    "In this case nobody is out of sight. A chair begins with !outofsight start <reason>.",
)
SIGNALS = Text("Eerdere signalen blijven erbij: {signals}.", "Earlier signals stay with it: {signals}.")
ONE_SIGNAL = Text("{id} {source} ({state})", "{id} {source} ({state})")
BEFORE = Text("Eerder: {times}.", "Before: {times}.")
TIME = Text("{since} t/m {until}, {how}", "{since} to {until}, {how}")


def sight_lines(file: CaseFile, today: date, language: Language) -> list[str]:
    """One neutral line for whoever comes to the case; none where nobody is out of sight."""
    sight = file.out_of_sight
    if sight is None:
        return []
    found = standing(sight, file, today)
    parts = [DAY(language, day=found.day)]
    if sight.state is SightState.DANGER_ASKED:
        parts.append(UNANSWERED(language))
    elif sight.state is SightState.PROPOSED:
        parts.append(NOT_AGREED(language))
    if found.steps:
        parts.append(DONE(language, done=found.done, steps=found.steps))
    if found.review:
        parts.append(NEXT(language, day=say_day(found.review, language=language.code)))
    return [" ".join(parts)]


def _stand(request: Request) -> Effects:
    file, language = request.file, request.language
    log = Effects(log=(Logged("out_of_sight.read", file.ref),))
    sight = file.out_of_sight
    if sight is None:
        return say(request, NOBODY_IS(language), *_before(request)) + log
    if sight.state is not SightState.FOLLOWED:
        return say(request, *sight_lines(file, request.now.date(), language)) + log
    return say(request, *_standing(request, sight)) + log


def _standing(request: Request, sight: OutOfSight) -> list[str]:
    file, language, followed = request.file, request.language, _followed(request, sight)
    titles = "".join(f" · {p.title(language)}" for p in followed if p.name != ORDINARY)
    found = standing(sight, file, request.now.date())
    since = say_day(sight.day_zero, language=language.code)
    steps = [_short(action, language) for _, number in sight.steps if (action := file.action(number))]
    review = review_of(sight, file)
    listed = "; ".join(dict.fromkeys(steps))
    lines = [
        TITLE(language, day=found.day, title=titles, since=since),
        STEPS(language, done=found.done, steps=found.steps, steps_listed=f"{listed}." if listed else ""),
    ]
    if review and found.review:
        day = say_day(found.review, language=language.code)
        lines.append(REVIEW(language, id=review.id, holder=review.holder, day=day))
    if any(protocol.lists for protocol in followed):
        lines += [MAY_BE(language), *_side_by_side(request, sight)]
    lines += [THE_CHILD(language)] if file.case.minor else []
    return [*lines, *_signals(request), *_before(request)]


def _side_by_side(request: Request, sight: OutOfSight) -> list[str]:
    file, language = request.file, request.language
    followed = _followed(request, sight)
    return [
        LOOKED_INTO(
            language,
            what=" / ".join(text(language) for text in texts.values()),
            who=_short(action, language) if action else BY_NOBODY(language),
        )
        for protocol in followed
        for step, texts in protocol.lists.items()
        for action in (_looks_into(file, sight, protocol, step, followed),)
    ]


def _followed(request: Request, sight: OutOfSight) -> tuple[Protocol, ...]:
    """The protocols of which steps are taken, the first begun first: with another, no explanation falls away."""
    made = (action.protocol for _, number in sight.steps if (action := request.file.action(number)))
    known = (request.region.protocols.get(name) for name in made if name)
    earlier = [p.name for p in known if p and p.flow is Flow.OUT_OF_SIGHT]
    names = dict.fromkeys((*earlier, protocol_of(request, sight).name))
    return tuple(request.region.protocols[name] for name in names)


def _looks_into(
    file: CaseFile, sight: OutOfSight, protocol: Protocol, step: str, followed: tuple[Protocol, ...]
) -> Action | None:
    """The action of a step; one that was there before it may do the step of any protocol."""
    found = [action for id_, number in sight.steps if id_ == step and (action := file.action(number))]
    own = [action for action in found if action.protocol == protocol.name]
    names = {p.name for p in followed}
    return next(reversed(own or [action for action in found if action.protocol not in names]), None)


def _short(action: Action, language: Language) -> str:
    """'A4 leerplicht vr 6/3', or what became of it."""
    if action.state not in RUNNING:
        return f"{action.id} {action.holder} {STATE_NAMES[action.state](language)}"
    return f"{action.id} {action.holder} {say_short(action.look_back or action.due_date, language=language.code)}"


def _signals(request: Request) -> list[str]:
    """What was shared before, and how far it came: why nothing followed can be asked (domain 2.8)."""
    language = request.language
    listed = [
        ONE_SIGNAL(language, id=s.id, source=s.source, state=SIGNAL_NAMES[s.state](language))
        for s in (found.signal for found in request.file.signals)
    ]
    return [SIGNALS(language, signals=", ".join(listed))] if listed else []


def _before(request: Request) -> list[str]:
    """Earlier times: a child who goes missing again is not a new story."""
    language, zone = request.language, request.now.tzinfo
    times = [
        TIME(
            language,
            since=say_short(sight.day_zero, language=language.code),
            until=say_short(sight.ended_at.astimezone(zone).date(), language=language.code),
            how=SIGHT_NAMES[sight.state](language),
        )
        for sight in request.file.sights
        if sight.ended_at
    ]
    return [BEFORE(language, times="; ".join(times))] if times else []


STAND = Command(
    name=Text("uitbeeld stand", "outofsight status"),
    aliases=(Text("uitbeeld", "outofsight"),),
    who=EVERYBODY,
    where=Where.CASE,
    in_theme=False,
    closed=True,
    help=Text(
        "dag, stappen, volgende beoordeling en wat er aan de hand kan zijn",
        "day, steps, next review and what may be the matter",
    ),
    examples=(Text("uitbeeld stand", "outofsight status"),),
    execute=_stand,
)
