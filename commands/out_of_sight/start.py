"""`uitbeeld start`: somebody is out of sight. Danger comes first; then the steps of a protocol are put to the chair.

The order is that of the protocol in domain section 2.8. The bot chooses no explanation and ends no action: every step
becomes an ordinary action, and what was agreed before goes on.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.casefile import new_decision, next_number
from bot.core.dates import say_day
from bot.core.dates.calendar import next_working_day
from bot.core.effects import Effects, Logged
from bot.core.protocols import Flow
from bot.core.records.out_of_sight import OutOfSight, SightState, SightStep, after
from bot.core.text import Text
from commands.conversation.answers import ASKS_APPROVAL, is_no, is_yes
from commands.conversation.command import CHAIRS, EVERYBODY, Asks, Command, Kind, Parameter, Where
from commands.conversation.parsing import folded
from commands.conversation.reasons import bare_reason
from commands.conversation.replies import Answered, ask, changed, kept, refuse, say, warned
from commands.out_of_sight.steps import (
    ASK_AGAIN,
    ORDINARY,
    agreed,
    changed_by,
    proposal,
    review_action,
    review_on,
    what_goes_on,
)

if TYPE_CHECKING:
    from bot.core.protocols import Protocol
    from bot.core.records.actions import Action
    from bot.core.records.meetings import Decision
    from bot.core.records.trail import Question
    from commands.conversation.command import Request

_ASKS_DANGER = Asks("danger")
_LONG = 6
"""Letters from which a word of a title names the protocol by itself: "verhuizing", and not "uit" of "uit beeld"."""
_STARTS = re.compile(
    r"\buit[- ]?beeld(?:[- ]?protocol)? (?:starten|openen)\b|\bstart (?:the )?out[- ]of[- ]sight protocol\b",
    re.IGNORECASE,
)
_NOT_ACUTE = frozenset({"niet acuut", "geen acuut gevaar", "not acute", "no acute danger"})
_ACUTE = frozenset({"acuut", "acuut gevaar", "acute", "acute danger"})

IS_ACUTE = Text(
    "Uit beeld, dag {day}. Is er acuut gevaar? Bel dan nu 112, of Veilig Thuis (0800-2000). Eerst dit, dan de rest.\n"
    "Is er geen acuut gevaar? Dan typt iemand hier: !niet acuut.",
    "Out of sight, day {day}. Is there acute danger? Call 112 now, or Veilig Thuis (0800-2000). First this, then the rest.\n"
    "No acute danger? Then somebody types here: !not acute.",
)
COMES_BACK = Text(
    "Blijft dit liggen, dan vraag ik het {day} aan de {holder} ({id}).",
    "If this is left lying, I ask the {holder} on {day} ({id}).",
)
CALL_NOW = Text(
    "Bel nu 112, of Veilig Thuis (0800-2000). Ik doe verder niets tot iemand hier typt: !niet acuut.",
    "Call 112 now, or Veilig Thuis (0800-2000). I do nothing else until somebody types here: !not acute.",
)
DECIDED = Text("uit-beeldprotocol starten", "start the out-of-sight protocol")
DECIDED_FOR = Text("uit-beeldprotocol starten ({title})", "start the out-of-sight protocol ({title})")
OUT_OF_SIGHT = Text("uit beeld", "out of sight")
RECORDED = Text("B{number} vastgelegd: {text}.", "B{number} recorded: {text}.")
NOBODY_IS = Text(
    "In deze casus is niemand uit beeld. Beginnen kan met !uitbeeld start <reden>.",
    "In this case nobody is out of sight. Begin with !outofsight start <reason>.",
)
SAY_SO = Text(
    "Over acuut gevaar lees ik alleen: !niet acuut. Is er gevaar, bel dan 112 of Veilig Thuis.",
    "About acute danger I read only: !not acute. If there is danger, call 112 or Veilig Thuis.",
)
ANSWERED = Text(
    "Dat is al gezegd. Wordt het wel acuut: bel 112 of Veilig Thuis. Hoe het staat: !uitbeeld stand.",
    "That was said already. If it becomes acute: call 112 or Veilig Thuis. How it stands: !outofsight status.",
)
FOLLOWED = Text(
    "{title} wordt al gevolgd, dag {day}. Hoe het staat: !uitbeeld stand. Er kan een protocol bij, bijv. "
    "!uitbeeld start verhuizing ({others}).",
    "{title} is followed already, day {day}. How it stands: !outofsight status. A protocol can be added, for example "
    "!outofsight start moving ({others}).",
)


def _start(request: Request) -> Effects:
    file = request.file
    sight, (protocol, typed) = file.out_of_sight, named(request, request.text)
    if sight and sight.state is not SightState.FOLLOWED:
        return _waits(request, sight)
    if sight and protocol.name == sight.protocol:
        others = ", ".join(p.title(request.language) for p in templates(request) if p.name != sight.protocol)
        day = (request.now.date() - sight.day_zero).days
        refuse(
            request,
            FOLLOWED(request.language, title=protocol.title(request.language), day=day, others=others),
        )
    decision, extra = _decision(request, protocol, bare_reason(typed))
    recorded = RECORDED(request.language, number=decision.number, text=decision.text)
    begun, review, lines, asked = opened(request, protocol, decision.number)
    said = say(request, recorded, *extra, *lines)
    return (
        said
        + changed(request, file, decision, begun, review, event="out_of_sight.started", thing=protocol.name)
        + asked
    )


def _decision(request: Request, protocol: Protocol, typed: str) -> tuple[Decision, tuple[str, ...]]:
    """To begin is a decision like any other. Where its reason may not be kept, danger is asked about all the same."""
    language = request.language
    try:
        reason = kept(request, typed or OUT_OF_SIGHT(language))
    except Answered as stopped:
        raise Answered(stopped.effects + say(request, IS_ACUTE(language, day=0))) from None
    title = protocol.title(language).lower()
    words = DECIDED(language) if protocol.name == ORDINARY else DECIDED_FOR(language, title=title)
    text = kept(request, words).text
    decision = new_decision(request.file, text, reason.text, at=request.now, by=request.sender)
    return decision, warned(reason, language)


def opened(
    request: Request, protocol: Protocol, decision: int
) -> tuple[OutOfSight, Action, list[str], Effects]:
    """The time out of sight that begins (or the one that goes on, with another protocol), and its first question.

    With the review of it, on the next working day: a question that nobody answers comes back.
    """
    file, now, language = request.file, request.now, request.language
    sight, soon = file.out_of_sight, next_working_day(now.date())
    if sight is None:
        number = next_number(file.sights)
        place = next_number(file.actions)
        review = review_action(request, protocol.name, place, soon)
        state, day, at = SightState.DANGER_ASKED, now.date(), now.astimezone(UTC)
        sight = OutOfSight(file.ref, number, protocol.name, state, day, at, request.sender, decision, place)
    else:
        review = review_on(request, sight, soon)
        state = after(sight.state, SightStep.FOLLOW_ANOTHER) or sight.state
        sight = replace(sight, protocol=protocol.name, state=state, changes=())
    line = IS_ACUTE(language, day=(now.date() - sight.day_zero).days)
    again = COMES_BACK(
        language, holder=review.holder, day=say_day(soon, language=language.code), id=review.id
    )
    return sight, review, [*line.split("\n"), again], ask(request, START.name, _ASKS_DANGER)


def begun_by_decision(request: Request, text: str) -> bool:
    """Whether these words of a decision begin the protocol, in a case where nobody is out of sight yet."""
    return bool(_STARTS.search(text)) and request.file.out_of_sight is None


def templates(request: Request) -> tuple[Protocol, ...]:
    return tuple(p for p in request.region.protocols.values() if p.flow is Flow.OUT_OF_SIGHT)


def named(request: Request, text: str) -> tuple[Protocol, str]:
    """The protocol that a text begins with the name of, else the ordinary one, and the rest of the text."""
    typed = text.split()
    for protocol in templates(request):
        titles = (protocol.title.nl, protocol.title.en, protocol.name.replace("-", " "))
        words = {folded(word) for title in titles for word in title.split()}
        if typed and len(typed[0]) >= _LONG and folded(typed[0].strip(".,:;")) in words:
            rest = next(
                (n for n, word in enumerate(typed) if folded(word.strip(".,:;")) not in words), len(typed)
            )
            return protocol, " ".join(typed[rest:])
    return request.region.protocols[ORDINARY], text


# Danger first


def _waits(request: Request, sight: OutOfSight) -> Effects:
    """Ask again what is waited for: `start` typed twice finds the conversation where it was."""
    log = Effects(log=(Logged("out_of_sight.asked", request.file.ref),))
    if sight.state is SightState.PROPOSED:
        return _proposed(request, sight) + log
    day = (request.now.date() - sight.day_zero).days
    return say(request, IS_ACUTE(request.language, day=day)) + ask(request, START.name, _ASKS_DANGER) + log


def _not_acute(request: Request) -> Effects:
    sight = request.file.out_of_sight
    if folded(request.text).strip(" .") not in {"", "acuut", "acute"}:
        refuse(request, SAY_SO(request.language))
    if sight is None:
        refuse(request, NOBODY_IS(request.language))
    state = after(sight.state, SightStep.NO_DANGER)
    if state is None:
        refuse(request, ANSWERED(request.language))
    new = replace(sight, state=state)
    effects = _proposed(request, new, *what_goes_on(request))
    return effects + changed(request, request.file, new, event="out_of_sight.no_danger")


def _acute(request: Request) -> Effects:
    log = Logged("out_of_sight.danger", request.file.ref)
    again = ask(request, START.name, _ASKS_DANGER)
    return say(request, CALL_NOW(request.language)) + again + Effects(log=(log,))


def _answer(request: Request, question: Question) -> Effects | None:
    sight, said = request.file.out_of_sight, folded(request.text).strip(" .,")
    if sight is None:
        return None
    if question.asks == _ASKS_DANGER.name:
        if sight.state is not SightState.DANGER_ASKED:
            return None
        # A bare "nee" may be meant for a colleague; about danger it counts as a reply alone.
        if said in _NOT_ACUTE or (request.replies and is_no(said)):
            return _not_acute(replace(request, text=""))
        return _acute(request) if said in _ACUTE or is_yes(said) else None
    return _about_steps(request, sight) if sight.state is SightState.PROPOSED else None


# The steps


def _proposed(request: Request, sight: OutOfSight, *before: str) -> Effects:
    """Put the steps to every chair; the first who answers does so for all."""
    effects = say(request, *before, *proposal(request, sight))
    for seat in request.file.with_function(*CHAIRS):
        effects += ask(request, START.name, ASKS_APPROVAL, of=seat.user_id, number="")
    return effects


def _about_steps(request: Request, sight: OutOfSight) -> Effects | None:
    if is_yes(request.text):
        return agreed(request, sight) + _answered_for_all(request)
    new = changed_by(request, sight)
    if new is None:
        return say(request, ASK_AGAIN(request.language)) + _still_asked(request) if request.replies else None
    return _proposed(request, new) + changed(request, request.file, new, event="out_of_sight.changed")


def _still_asked(request: Request) -> Effects:
    return ask(request, START.name, ASKS_APPROVAL, number="")


def _answered_for_all(request: Request) -> Effects:
    asked = (q for q in request.questions if (q.command, q.asks) == (START.name.nl, ASKS_APPROVAL.name))
    return Effects(drop=tuple(asked))


START = Command(
    name=Text("uitbeeld start", "outofsight start"),
    aliases=(Text("uitbeeld begin", "outofsight begin"),),
    who=CHAIRS,
    where=Where.CASE,
    in_theme=False,
    help=Text(
        "iemand is uit beeld: eerst acuut gevaar, dan de stappen van het protocol",
        "somebody is out of sight: acute danger first, then the steps of the protocol",
    ),
    examples=(
        Text("uitbeeld start 8 dagen niet op school, geen contact", "outofsight start 8 days not at school"),
        Text("uitbeeld start verhuizing woning staat leeg", "outofsight start moving the home is empty"),
    ),
    parameters=(
        Parameter(Text("protocol", "protocol"), Kind.CHOICE, optional=True),
        Parameter(Text("reden", "reason"), Kind.TEXT, optional=True),
    ),
    execute=_start,
    answer=_answer,
    asks=(_ASKS_DANGER,),
    waits_for=(ASKS_APPROVAL,),
)

NOT_ACUTE = Command(
    name=Text("niet acuut", "not acute"),
    aliases=(Text("geen gevaar", "no danger"), Text("oke niet", "ack not")),
    who=EVERYBODY,
    where=Where.CASE,
    in_theme=False,
    help=Text(
        "zegt dat er geen acuut gevaar is; daarna stelt de bot de stappen voor",
        "says that there is no acute danger; then the bot proposes the steps",
    ),
    examples=(Text("niet acuut", "not acute"),),
    execute=_not_acute,
)
