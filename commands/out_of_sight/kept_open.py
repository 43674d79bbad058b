"""No action ends because a child is gone, and the review of it never stays away (domain A18 and section 2.8).

The effort to help disappears most easily together with the child. What ends an action while somebody is out of sight
is therefore asked about, and the standing review is made again each time it ends.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.casefile import next_number
from bot.core.dates import say_day
from bot.core.effects import Effects, Logged, Say, ToCase
from bot.core.records.actions import RUNNING, Action, BlockReason
from bot.core.records.out_of_sight import OutOfSight
from bot.core.reminding.ladder import date_of, rescheduled
from bot.core.reminding.sight_reviews import latest_review
from bot.core.text import Message, Text
from commands.conversation.answers import draft, is_no, is_yes
from commands.conversation.command import Asks
from commands.conversation.reasons import leading_reason
from commands.conversation.replies import Answered, ask, kept, refuse, say
from commands.out_of_sight.steps import protocol_of, review_action

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from bot.core.casefile import CaseFile
    from bot.core.records.trail import Question
    from commands.conversation.command import Command, Request
    from commands.conversation.reading import Target

ASKS_BECAUSE = Asks("because", weighs=True)
_REASONS = frozenset({BlockReason.OUT_OF_SIGHT, BlockReason.NO_CONTACT, BlockReason.CONCERN_NOT_VERIFIABLE})
_SAYS_SO = re.compile(
    r"\buit[- ]?beeld\b|\bverdwenen\b|\bspoorloos\b|\bonvindbaar\b|\bvermist\b|\bonbekend waarheen\b|\bvow\b"
    r"|\bniet (?:meer )?te vinden\b|\bout of sight\b|\bdisappeared\b|\bmissing\b|\bnowhere to be found\b",
    re.IGNORECASE,
)
_MAY_SAY_SO = re.compile(
    r"\bweg\b|\bvertrokken\b|\bverhuisd\b|\bbuitenland\b|\b(?:niet (?:meer )?te bereiken|onbereikbaar)\b"
    r"|\bgone\b|\bleft\b|\bmoved\b|\babroad\b|\bunreachable\b",
    re.IGNORECASE,
)

NOT_BECAUSE = Text(
    "{id} blijft open: een actie sluit niet doordat een kind uit beeld is. Wat wel kan: een andere datum of houder "
    "(!wijzig {id}), stilzetten tot een kijkdatum (!vast {id} uit beeld), of het in het overleg bespreken.",
    "{id} stays open: an action does not close because a child is out of sight. What you can do: another date or holder "
    "(!change {id}), a pause until a day to look again (!blocked {id} out of sight), or discuss it in the meeting.",
)
BEGIN = Text(
    "Is iemand uit beeld, open dan het protocol: !uitbeeld start <reden>.",
    "If somebody is out of sight, open the protocol: !outofsight start <reason>.",
)
IS_IT = Text(
    "Er is iemand uit beeld. Sluit {id} om die reden? (ja / nee, het staat er los van)",
    "Somebody is out of sight. Does {id} close for that reason? (yes / no, it has nothing to do with it)",
)
AGAIN = Text(
    "Nog niet gezien, dus opnieuw een beoordeling: {id} {holder}, {day}.",
    "Not seen yet, so another review: {id} {holder}, {day}.",
)
TOO_LATE = Text(
    "{id} is de beoordeling zolang iemand uit beeld is. Die komt uiterlijk {day}. Kies een dag tot en met dan, of geef "
    "haar aan een ander: !toewijzen {id} <rol>.",
    "{id} is the review while somebody is out of sight. It comes on {day} at the latest. Choose a day up to then, or "
    "give it to somebody else: !assign {id} <role>.",
)


def must_go_on(target: Target, command: Command, reason: BlockReason | None = None) -> None:
    """Ends the command where the action would close because somebody is gone; asks where that is not plain.

    Why it would close was typed after the action; `reason` is the code in it, if any.
    """
    request, action, open_ = target.request, target.action, target.file.out_of_sight is not None
    typed = kept(request, target.rest).text
    said = reason or leading_reason(typed)[0]
    plain = said is BlockReason.OUT_OF_SIGHT or bool(_SAYS_SO.search(typed))
    if plain or (open_ and (said in _REASONS or _MAY_SAY_SO.search(typed))):
        begin = [] if open_ else [BEGIN(request.language)]
        refuse(request, NOT_BECAUSE(request.language, id=action.id), *begin, event="out_of_sight.kept_open")
    if open_:
        question = IS_IT(request.language, id=action.id)
        asked = ask(request, command.name, ASKS_BECAUSE, text=f"{target.named} {typed}")
        raise Answered(say(request, question) + asked)


def because_answered(
    request: Request, question: Question, close: Callable[[Request], Effects]
) -> Effects | None:
    """The answer: a person says whether the action closes because somebody is gone."""
    text = draft(question)["text"]
    ref, id_, _ = text.split(maxsplit=2)
    if is_no(request.text):
        log = Logged("out_of_sight.not_because", ref, id_)
        return close(replace(request, text=text)) + Effects(log=(log,))
    if not is_yes(request.text):
        return None
    return say(request, NOT_BECAUSE(request.language, id=id_))


def with_review(request: Request, effects: Effects) -> Effects:
    """The effects of any command, with the standing review made again where it ended.

    A command that would put it off for longer than the protocol allows is refused instead.
    """
    for file in (request.case,) if request.case else request.cases:
        sight = _sight_after(effects, file)
        changed = {r.number: r for r in effects.keep if isinstance(r, Action) and r.case_ref == file.ref}
        review = changed.get(sight.review) if sight else None
        if sight is None or review is None:
            continue
        here, before = replace(request, case=file), file.action(review.number)
        protocol, today = protocol_of(here, sight), request.now.date()
        latest = latest_review(protocol, sight.state, today, minor=file.case.minor)
        day = date_of(review)
        if review.state not in RUNNING:
            number = next_number((*file.actions, *changed.values()))
            effects += _again(here, sight, number, latest)
        elif before and day != date_of(before) and (day is None or day > latest):
            until = say_day(latest, language=request.language.code)
            return say(request, TOO_LATE(request.language, id=review.id, day=until))
    return effects


def _sight_after(effects: Effects, file: CaseFile) -> OutOfSight | None:
    """Who is still out of sight when these effects are carried out."""
    changed = [r for r in effects.keep if isinstance(r, OutOfSight) and r.case_ref == file.ref]
    sight = changed[-1] if changed else file.out_of_sight
    return sight if sight and sight.is_open else None


def _again(request: Request, sight: OutOfSight, number: int, day: date) -> Effects:
    """The room hears it, wherever the review before it was ended."""
    file, language, now = request.file, request.language, request.now.astimezone(UTC)
    review = review_action(request, protocol_of(request, sight).name, number, day)
    line = AGAIN(language, id=review.id, holder=review.holder, day=say_day(day, language=language.code))
    return Effects(
        keep=(rescheduled(review, file, request.roster, now=now), replace(sight, review=number)),
        send=(Say(ToCase(file.ref), Message.of(line)),),
        log=(Logged("out_of_sight.review", file.ref, review.id),),
    )
