"""`wat`: what an action is about. A nudge shows its number only; here, inside the chat, is its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core.dates import When, say_day, say_when
from bot.core.effects import Effects, Logged, ToRoom
from bot.core.records.actions import REASON_NAMES, RUNNING, STATE_NAMES, ActionState
from bot.core.reminding.nudge_words import announced
from bot.core.reminding.taps import answers_to, asked
from bot.core.text import Text
from bot.documents.agreements import remarked
from commands.conversation.command import EVERYBODY, Command, Kind, Parameter, Where
from commands.conversation.reading import find_action, own_actions
from commands.conversation.replies import refuse, say
from commands.inquiries.finding import answers_for_partner, how_to_answer, told

if TYPE_CHECKING:
    from bot.core.records.actions import Action
    from commands.conversation.command import Request
    from commands.conversation.reading import Target

_NUMBER = re.compile(r"\bA(\d{1,5})\b", re.IGNORECASE | re.ASCII)

NO_SEAT = Text(
    "Je hebt geen plaats in {ref}, dus de tekst laat ik niet zien. Vraag het de voorzitter.",
    "You have no seat in {ref}, so I do not show the text. Ask the chair.",
)
IS = Text("{ref} {id} {holder}: {text}.", "{ref} {id} {holder}: {text}.")
DATED = Text("Termijn: {when}. Stand: {state}.", "Date: {when}. It is {state}.")
STUCK = Text("Vast: {reason}. Kijkdatum: {day}.", "Blocked: {reason}. Look again: {day}.")
ENDED = Text("Stand: {state}.", "It is {state}.")
ANSWER = Text(
    "Antwoord: klaar {it} · later {it} <datum> · vast {it} <reden>",
    "Answer: done {it} · snooze {it} <date> · blocked {it} <reason>",
)


def _what(request: Request) -> Effects:
    target = find_action(request, WHAT, anybodys=not _is_own(request))
    action, language = target.action, request.language
    if target.request.seat is None:
        refuse(request, NO_SEAT(language, ref=target.file.ref))
    lines = [
        IS(language, ref=target.file.ref, id=action.id, holder=action.holder, text=action.text.rstrip(".")),
        *remarked((r for r in target.file.remarks if r.thing == action.id), language),
        _standing(request, action),
    ]
    log = Effects(log=(Logged("action.read", target.file.ref, action.id),))
    if asked_about := target.file.inquiry_of(action):
        lines += [*told(target.file, asked_about, language), *how_to_answer(target.request, asked_about)]
    if asked_about and not answers_for_partner(request, target.file, asked_about):
        return say(request, *lines) + log
    if action not in own_actions(target.request, target.file):
        return say(request, *lines) + log
    if not asked_about:
        lines.append(ANSWER(language, it=action.id if request.case else target.named))
    return say(request, *lines) + log + (_answers_to_tap(request, target) if request.direct else Effects())


def _answers_to_tap(request: Request, target: Target) -> Effects:
    """The same answers as a poll: the newest message is the one to tap."""
    inquiry = target.file.inquiry_of(target.action)
    _, effects = asked(
        request.polls,
        target.action,
        request.sender,
        announced(target.action, request.language),
        answers_to(None, inquiry),
        it=f"{target.file.ref} {inquiry.id}" if inquiry else target.named,
        by=request.sender,
        to=ToRoom(request.room_id),
        now=request.now,
        language=request.language,
    )
    return effects


def _is_own(request: Request) -> bool:
    """Whether the number is that of something the sender has to do; else it may be anybody's in their cases."""
    found = _NUMBER.search(request.text)
    return found is not None and any(
        action.number == int(found[1]) for file in request.cases for action in own_actions(request, file)
    )


def _standing(request: Request, action: Action) -> str:
    language = request.language
    state = STATE_NAMES[action.state](language)
    if action.state is ActionState.BLOCKED and action.reason and action.look_back:
        day = say_day(action.look_back, language=language.code)
        return STUCK(language, reason=REASON_NAMES[action.reason](language), day=day)
    if action.state not in RUNNING:
        return ENDED(language, state=state)
    when = say_when(When(action.due_date, action.due_time), language=language.code)
    return DATED(language, when=when, state=state)


WHAT = Command(
    name=Text("wat", "what"),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text("laat zien wat een actie inhoudt", "shows what an action is about"),
    examples=(Text("wat A3", "what A3"),),
    parameters=(Parameter(Text("actie", "action"), Kind.ACTION),),
    execute=_what,
)
