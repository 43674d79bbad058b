"""`uitbeeld pauzeer`, `terug` and `afsluiten`: an action waits, a child was seen, or a chair decides otherwise.

Out of sight ends in no other way, but for a handover that was accepted; and with none of them an action ends.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.casefile import new_decision
from bot.core.dates import Ask, When, say_weekday_short
from bot.core.effects import Effects, Logged
from bot.core.records.actions import ActionStep, BlockReason
from bot.core.records.cases import Function
from bot.core.records.out_of_sight import SightState, SightStep
from bot.core.reminding.sight_reviews import ended
from bot.core.text import Text
from commands.conversation.acting import next_state, stepped
from commands.conversation.answers import ASKS_REASON, draft, is_no, is_yes
from commands.conversation.command import CHAIRS, Asks, Command, Kind, Parameter, Where
from commands.conversation.dating import LOOK_AGAIN, echo, pick, question_for, read, suggested
from commands.conversation.reading import find_action
from commands.conversation.reasons import bare_reason, given_reason
from commands.conversation.replies import Answered, ask, changed, kept, refuse, say, warned
from commands.out_of_sight.start import NOBODY_IS
from commands.out_of_sight.status import UNANSWERED
from commands.out_of_sight.steps import THE_CHILD, going_on_now

if TYPE_CHECKING:
    from bot.core.records.out_of_sight import OutOfSight
    from bot.core.records.trail import Question
    from commands.conversation.command import Request
    from commands.conversation.reading import Target

_ASKS_DATE, _ASKS_WHO, _ASKS_SURE = Asks("date"), Asks("who"), Asks("sure", weighs=True)
_UNTIL = re.compile(r"^(?:tot|until|till)\s+", re.IGNORECASE)

PAUSED = Text(
    "{id} staat stil. Kijkdatum: {when} De actie blijft open; tot dan vraag ik er niet naar.",
    "{id} is paused. Look again: {when} The action stays open; until then I do not ask about it.",
)
WHO_SAW = Text(
    'Wie heeft het kind gezien of gesproken, en wanneer? Noem de rol. Antwoord met "reden: …".',
    'Who has seen the child or spoken with them, and when? Name the role. Answer with "reason: …".',
)
IS_BACK = Text("terug in beeld", "back in sight")
BACK = Text(
    "B{number} vastgelegd: terug in beeld na {days} dagen.",
    "B{number} recorded: back in sight after {days} days.",
)
GO_ON = Text(
    "Deze acties lopen door: {ids}. Wat niet meer nodig is, vervalt per actie, met een reden: !vervallen {first} <reden>.",
    "These actions go on: {ids}. What is no longer needed ends one by one, with a reason: !void {first} <reason>.",
)
STANDS_STILL = Text(
    "{id} staat stil tot {day}. Weer verder: !loopt {id}.",
    "{id} is paused until {day}. To go on: !on track {id}.",
)
REVIEW_OVER = Text("De beoordeling {id} is niet meer nodig.", "Review {id} is no longer needed.")
WHO_SPEAKS = Text(
    "Spreek af wie het kind spreekt, en wanneer: !actie <rol>: <wat>, uiterlijk <wanneer>.",
    "Agree who speaks with the child, and when: !action <role>: <what>, by <when>.",
)
WHY_CLOSE = Text(
    'Waarom stopt het protocol terwijl niemand het kind zag? Antwoord met "reden: …".',
    'Why does the protocol end while nobody saw the child? Answer with "reason: …".',
)
IS_SURE = Text(
    "Niemand heeft het kind gezien. Zeker dat het protocol stopt, met deze reden: {reason}? De acties lopen door. (ja / nee)",
    "Nobody has seen the child. Are you sure the protocol ends, with this reason: {reason}? The actions go on. (yes / no)",
)
STAYS = Text("Goed, het protocol loopt door.", "Fine, the protocol goes on.")
CLOSING = Text(
    "uit-beeldprotocol afsluiten, niet teruggezien", "close the out-of-sight protocol, not seen again"
)
CLOSED = Text(
    "B{number} vastgelegd: het protocol stopt na {days} dagen. Reden: {reason}.",
    "B{number} recorded: the protocol ends after {days} days. Reason: {reason}.",
)


# One action waits


def _pause(request: Request) -> Effects:
    _answered(request)
    target = find_action(request, PAUSE_ACTION)
    next_state(request, target.action, ActionStep.BLOCK)
    typed = _UNTIL.sub("", target.rest)
    return _paused(target, read(request, typed) if typed else None)


def _paused(target: Target, when: When | Ask | None) -> Effects:
    request, action = target.request, target.action
    if not isinstance(when, When):
        asked = ask(request, PAUSE_ACTION.name, _ASKS_DATE, action=target.named, options=suggested(when))
        raise Answered(say(request, question_for(request, when, LOOK_AGAIN)) + asked)
    state = next_state(request, action, ActionStep.BLOCK)
    new = replace(action, state=state, reason=BlockReason.OUT_OF_SIGHT, look_back=when.day)
    text = PAUSED(request.language, id=action.id, when=echo(when, request.language))
    return stepped(target, new, ActionStep.BLOCK, text)


def _paused_until(request: Request, question: Question) -> Effects | None:
    half = draft(question)
    found = pick(request, _UNTIL.sub("", request.text), half["options"])
    if found is None:
        return None
    _answered(request)
    return _paused(find_action(replace(request, text=half["action"]), PAUSE_ACTION), found)


# Somebody was seen


def _back(request: Request) -> Effects:
    sight, typed = _sight(request), bare_reason(request.text)
    if not typed:
        return say(request, WHO_SAW(request.language)) + ask(request, BACK_COMMAND.name, _ASKS_WHO)
    language, file = request.language, request.file
    number, words, effects = _over(request, sight, SightStep.COME_BACK, IS_BACK, typed)
    lines = [BACK(language, number=number, days=_days(request, sight)), *words, WHO_SPEAKS(language)]
    lines += [THE_CHILD(language)] if file.case.minor else []
    return say(request, *lines) + effects


def _who_saw(request: Request, question: Question) -> Effects | None:  # noqa: ARG001  one question
    typed = given_reason(request)
    return _back(replace(request, text=typed)) if typed else None


# The chair decides


def _close(request: Request) -> Effects:
    typed = bare_reason(request.text)
    _answered(request)
    if not typed:
        return say(request, WHY_CLOSE(request.language)) + ask(request, CLOSE.name, ASKS_REASON)
    reason = kept(request, typed)
    question = IS_SURE(request.language, reason=reason.text.rstrip("."))
    asked = ask(request, CLOSE.name, _ASKS_SURE, reason=reason.text)
    log = Effects(log=(Logged("out_of_sight.close_asked", request.file.ref),))
    return say(request, question, *warned(reason, request.language)) + asked + log


def _closed(request: Request, question: Question) -> Effects | None:
    if question.asks == ASKS_REASON.name:
        typed = given_reason(request)
        return _close(replace(request, text=typed)) if typed else None
    if is_no(request.text):
        return say(request, STAYS(request.language))
    if not is_yes(request.text):
        return None
    sight, reason = _answered(request), draft(question)["reason"]
    number, words, effects = _over(request, sight, SightStep.CLOSE, CLOSING, reason)
    days = _days(request, sight)
    line = CLOSED(request.language, number=number, days=days, reason=reason.rstrip("."))
    return say(request, line, *words) + effects


# How it ends


def _sight(request: Request) -> OutOfSight:
    sight = request.file.out_of_sight
    if sight is None:
        refuse(request, NOBODY_IS(request.language))
    return sight


def _answered(request: Request) -> OutOfSight:
    """Nothing is done before somebody answered whether there is acute danger."""
    sight = _sight(request)
    if sight.state is SightState.DANGER_ASKED:
        refuse(request, UNANSWERED(request.language))
    return sight


def _days(request: Request, sight: OutOfSight) -> int:
    return (request.now.date() - sight.day_zero).days


def _over(
    request: Request, sight: OutOfSight, step: SightStep, words: Text, typed: str
) -> tuple[int, list[str], Effects]:
    """The decision that ends it, what is said of the actions, and what is kept. Nothing but the review ends."""
    file, language, now = request.file, request.language, request.now.astimezone(UTC)
    reason = kept(request, typed)
    decision = new_decision(
        request.file, kept(request, words(language)).text, reason.text, at=request.now, by=request.sender
    )
    over, gone = ended(sight, file, step, now)
    over = replace(over, closing=decision.number)
    going_on = going_on_now(file)
    lines = [GO_ON(language, ids=", ".join(going_on), first=going_on[0])] if going_on else []
    lines += [
        STANDS_STILL(language, id=a.id, day=say_weekday_short(a.look_back, language=language.code))
        for a in file.running
        if a.reason is BlockReason.OUT_OF_SIGHT and a.look_back
    ]
    lines += [REVIEW_OVER(language, id=action.id) for action in gone]
    lines += warned(reason, language)
    return (
        decision.number,
        lines,
        changed(request, file, decision, over, *gone, event=f"out_of_sight.{over.state}"),
    )


PAUSE_ACTION = Command(
    name=Text("uitbeeld pauzeer", "outofsight pause"),
    aliases=(Text("uitbeeld pauze", "outofsight wait"),),
    who=CHAIRS,
    where=Where.CASE,
    in_theme=False,
    help=Text(
        "zet een actie stil tot een kijkdatum, terwijl iemand uit beeld is",
        "pauses an action until a day to look again, while somebody is out of sight",
    ),
    examples=(Text("uitbeeld pauzeer A3 tot 16 maart", "outofsight pause A3 until 16 March"),),
    parameters=(
        Parameter(Text("actie", "action"), Kind.ACTION),
        Parameter(Text("kijkdatum", "day"), Kind.WHEN, before=Text(" tot ", " until ")),
    ),
    execute=_pause,
    answer=_paused_until,
    waits_for=(_ASKS_DATE,),
)

BACK_COMMAND = Command(
    name=Text("uitbeeld terug", "outofsight back"),
    aliases=(Text("uitbeeld gezien", "outofsight seen"),),
    who=CHAIRS,
    where=Where.CASE,
    in_theme=False,
    help=Text("het kind is gezien: door wie en wanneer", "the child was seen: by whom and when"),
    examples=(
        Text(
            "uitbeeld terug vanochtend op school gesproken door leerplicht",
            "outofsight back seen at school today",
        ),
    ),
    parameters=(Parameter(Text("wie en wanneer", "who and when"), Kind.TEXT),),
    execute=_back,
    answer=_who_saw,
    waits_for=(_ASKS_WHO,),
)

CLOSE = Command(
    name=Text("uitbeeld afsluiten", "outofsight close"),
    aliases=(Text("uitbeeld stop", "outofsight stop"),),
    who=frozenset({Function.CHAIR}),
    where=Where.CASE,
    in_theme=False,
    help=Text(
        "stopt het protocol zonder dat het kind is gezien, met de reden; de acties lopen door",
        "ends the protocol although the child was not seen, with the reason; the actions go on",
    ),
    examples=(
        Text(
            "uitbeeld afsluiten reden: politie en jeugdbescherming nemen het over",
            "outofsight close reason: police and youth protection take over",
        ),
    ),
    parameters=(Parameter(Text("reden", "reason"), Kind.TEXT),),
    execute=_close,
    answer=_closed,
    waits_for=(ASKS_REASON, _ASKS_SURE),
)
