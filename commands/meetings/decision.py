"""`besluit`: what the meeting decided, and why. Deciding to do nothing is a decision with a date to look again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core.casefile import new_action, new_decision
from bot.core.dates import Ask, When
from bot.core.effects import Effects, Logged
from bot.core.text import Text
from commands.conversation.answers import ASKS_REASON, draft
from commands.conversation.command import CHAIRS, Asks, Command, Kind, Parameter, Where
from commands.conversation.dating import echo, pick, question_for, read, suggested
from commands.conversation.reasons import given_reason, split_reason
from commands.conversation.replies import Answered, ask, changed, kept, refuse, say, warned
from commands.out_of_sight.start import begun_by_decision, named, opened

if TYPE_CHECKING:
    from bot.core.records.actions import Action
    from bot.core.records.meetings import Decision
    from bot.core.records.trail import Question
    from commands.conversation.command import Request

_ASKS_REVIEW = Asks("review")
DECISION_LENGTH = 200
_REVIEW = re.compile(
    r"(?<![\s,;.])[\s,;.]*+\b(?:opnieuw (?:be)?kijken|kijkdatum|look again|review)\b\s*+:?\s*+", re.IGNORECASE
)
_NOTHING = re.compile(
    r"^(?:S\d{1,6}\b[\s,.:;–-]*)?(?:(?:voor nu|voorlopig|nu)\s+)?(?:niets|niks|afwachten|geen actie|(?:do )?nothing|wait and see|no action)\b",
    re.IGNORECASE,
)

HOW = Text(
    "Schrijf het besluit en de reden: !besluit <tekst>, reden: <tekst>.",
    "Write the decision and its reason: !decision <text>, reason: <text>.",
)
WHY = Text('Wat is de reden? Antwoord met "reden: …".', 'What is the reason? Answer with "reason: …".')
NOTHING_NEEDS_A_DAY = Text(
    "Niets doen mag, met een dag om opnieuw te kijken. {question}",
    "Doing nothing is fine, with a day to look again. {question}",
)
WHICH_DAY = Text("Welke dag wordt dat?", "Which day will that be?")
RECORDED = Text(
    "B{number} vastgelegd: {text}.\nReden: {reason}.", "B{number} recorded: {text}.\nReason: {reason}."
)
LOOKED_AT = Text("besluit B{number} opnieuw bekijken", "look again at decision B{number}")
REVIEW = Text("{id} {holder}: {text}. Kijkdatum: {when}", "{id} {holder}: {text}. Look again: {when}")


def decide(request: Request) -> Effects:
    """Record the decision in the text, or ask for what it misses."""
    _, review = read_review(request.text)
    text, reason = read_decision(request.text)
    if not text:
        refuse(request, HOW(request.language))
    text = kept(request, text, DECISION_LENGTH).text
    review = kept(request, review).text if review else ""
    if not reason:
        return say(request, WHY(request.language)) + ask(
            request, DECISION.name, ASKS_REASON, text=text, review=review
        )
    return _reasoned(request, text, reason, review)


def does_nothing(text: str) -> bool:
    """Whether it was decided to do nothing for now."""
    return _NOTHING.match(text) is not None


def read_review(typed: str) -> tuple[str, str]:
    """What was decided, and when to look again ("" where it does not say)."""
    found = _REVIEW.search(typed)
    if found is None or not typed[: found.start()].strip():  # at the very start it is what was decided
        return typed.strip(" ,."), ""
    return typed[: found.start()].strip(" ,."), typed[found.end() :].strip(" ,.")


def read_decision(typed: str) -> tuple[str, str]:
    """What was decided and why, each "" where it is missing."""
    text = read_review(typed)[0]
    what, reason = split_reason(text)
    return (what, reason) if what else (text, "")


def _reasoned(request: Request, text: str, reason: str, review: str) -> Effects:
    kept(request, reason)
    if not does_nothing(text):
        return _recorded(request, text, reason, None)
    found = read(request, review) if review else None
    if isinstance(found, When):
        return _recorded(request, text, reason, found)
    raise Answered(_ask_review(request, found, text, reason))


def _ask_review(request: Request, asked: Ask | None, text: str, reason: str) -> Effects:
    question = question_for(request, asked, WHICH_DAY)
    return say(request, NOTHING_NEEDS_A_DAY(request.language, question=question)) + ask(
        request, DECISION.name, _ASKS_REVIEW, text=text, reason=reason, options=suggested(asked)
    )


def _answer(request: Request, question: Question) -> Effects | None:
    half = draft(question)
    if question.asks == ASKS_REASON.name:
        reason = given_reason(request)
        return _reasoned(request, half["text"], reason, half["review"]) if reason else None
    found = pick(request, request.text, half["options"])
    if found is None:
        return None
    if isinstance(found, Ask):
        return _ask_review(request, found, half["text"], half["reason"])
    return _recorded(request, half["text"], half["reason"], found)


def _recorded(request: Request, typed: str, why: str, review: When | None) -> Effects:
    language = request.language
    text, reason = kept(request, typed, DECISION_LENGTH), kept(request, why)
    decision = new_decision(request.file, text.text, reason.text, at=request.now, by=request.sender)
    number = decision.number
    lines = [RECORDED(language, number=number, text=text.text.rstrip("."), reason=reason.text.rstrip("."))]
    actions = [_look_again(request, decision, review)] if review else []
    lines += [
        REVIEW(language, id=a.id, holder=a.holder, text=a.text, when=echo(review, language))
        for a in actions
        if review
    ]
    lines += dict.fromkeys((*warned(text, language), *warned(reason, language)))
    if begun_by_decision(request, text.text):
        return _begun(request, decision, lines)
    return say(request, *lines) + changed(
        request, request.file, decision, *actions, event="decision.recorded", thing=decision.id
    )


def _begun(request: Request, decision: Decision, lines: list[str]) -> Effects:
    """A decision to begin the out-of-sight protocol begins it (domain 7.2)."""
    sight, review, danger, asked = opened(request, named(request, "")[0], decision.number)
    kept_ = changed(
        request, request.file, decision, sight, review, event="decision.recorded", thing=decision.id
    )
    log = Effects(log=(Logged("out_of_sight.started", request.ref, sight.protocol),))
    return say(request, *lines, *danger) + kept_ + asked + log


def _look_again(request: Request, decision: Decision, review: When) -> Action:
    """The review of a decision is an action, so that it is asked about like any other."""
    text = kept(request, LOOKED_AT(request.language, number=decision.number)).text
    return new_action(
        request.file,
        text,
        request.region.contact,
        review.day,
        at=request.now,
        by=request.sender,
        wall=review.wall,
    )


DECISION = Command(
    name=Text("besluit", "decision"),
    who=CHAIRS,
    where=Where.CASE,
    help=Text("legt een besluit vast, met de reden", "records a decision, with its reason"),
    examples=(
        Text(
            "besluit gezinsgesprek plannen, reden: geen contact sinds januari",
            "decision plan a family talk, reason: no contact since January",
        ),
        Text(
            "besluit niets doen, reden: school is in gesprek, opnieuw kijken over 2 weken",
            "decision do nothing, reason: school is talking, look again in 2 weeks",
        ),
    ),
    parameters=(
        Parameter(Text("tekst", "text"), Kind.TEXT),
        Parameter(Text("reden", "reason"), Kind.TEXT, before=Text(", reden: ", ", reason: ")),
    ),
    execute=decide,
    answer=_answer,
    waits_for=(ASKS_REASON, _ASKS_REVIEW),
)
