"""`stemming`, `stem` and `stemming sluit`: a vote in the case. It is counted by role, never by name.

Clients announce a poll with its question, so the poll itself carries only its number (rule 7); what it is about
stands in the message before it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.casefile import next_number
from bot.core.effects import Effects, EndPoll, Logged, SendPoll, ToCase
from bot.core.records.actions import Action
from bot.core.records.meetings import Ballot, Poll
from bot.core.reminding.taps import closed
from bot.core.text import Text
from commands.conversation.command import CHAIRS, EVERYBODY, Command, Kind, Parameter, Where
from commands.conversation.parsing import folded
from commands.conversation.reading import unique
from commands.conversation.replies import changed, kept, refuse, say, warned

if TYPE_CHECKING:
    from commands.conversation.command import Request

QUESTION_LENGTH, OPTION_LENGTH = 140, 40
MOST_OPTIONS = 6
_QUOTED = re.compile(r"^[\"'“”„«]([^\"“”„«»]+)[\"'”“»]\s*+[:,;]?\s*+(.*)", re.DOTALL)
_ASKED = re.compile(r"^([^?]++\?)\s*+(.*)", re.DOTALL)

HOW = Text(
    'Schrijf de vraag en de antwoorden: !stemming "Nu opschalen?" ja; nee; later.',
    'Write the question and its answers: !vote "Escalate now?" yes; no; later.',
)
HOW_MANY = Text(
    "Geef twee tot zes verschillende antwoorden, met ; ertussen.",
    "Give two to six different answers, with ; between them.",
)
STILL_OPEN = Text(
    "Stemming {number} loopt nog. Eerst afronden: !stemming sluit.",
    "Vote {number} is still open. End it first: !vote close.",
)
OPENED = Text(
    "Stemming {number}: {question}\nTik hieronder een antwoord aan, of typ !stem {option}. Mogelijk: {options}.",
    "Vote {number}: {question}\nTap an answer below, or type !cast {option}. Possible: {options}.",
)
TITLE = Text("{ref} · stemming {number}", "{ref} · vote {number}")
NONE_OPEN = Text(
    "Er loopt geen stemming. De voorzitter begint er een met !stemming.",
    "No vote is open. The chair begins one with !vote.",
)
CAST = Text("Genoteerd: {option}. Je laatste antwoord telt.", "Noted: {option}. Your last answer counts.")
NO_SUCH_ANSWER = Text(
    "Kies uit: {options}. Bijv. !stem {option}.", "Choose from: {options}. For example !cast {option}."
)
RESULT = Text(
    "Stemming {number}: {question}\n{counts}.\nGestemd: {voted}.",
    "Vote {number}: {question}\n{counts}.\nVoted: {voted}.",
)
NOBODY = Text("niemand", "nobody")
CLOSED = Text("De stemming is gesloten.", "The vote is closed.")


def _open(request: Request) -> Effects:
    file, language = request.file, request.language
    if running := request.vote:
        refuse(request, STILL_OPEN(language, number=running.number))
    found = _QUOTED.match(request.text) or _ASKED.match(request.text)
    if found is None:
        refuse(request, HOW(language))
    options = [part.strip(" .") for part in re.split(r"[;|\n]", found[2]) if part.strip(" .")]
    if not 2 <= len(options) <= MOST_OPTIONS or len({folded(option) for option in options}) != len(options):
        refuse(request, HOW_MANY(language))
    question = kept(request, found[1], QUESTION_LENGTH)
    number = next_number(poll for poll in request.polls if poll.case_ref == file.ref)
    poll = Poll(
        case_ref=file.ref,
        number=number,
        text=question.text,
        options=tuple(kept(request, option, OPTION_LENGTH).text for option in options),
        opened_at=request.now.astimezone(UTC),
        opened_by=request.sender,
    )
    line = OPENED(
        language,
        number=number,
        question=poll.text,
        option=poll.options[0],
        options=" · ".join(poll.options),
    )
    title = TITLE(language, ref=file.ref, number=number)
    return (
        say(request, line, *warned(question, language))
        + Effects(send=(SendPoll(ToCase(file.ref), title, poll.options, poll.key, language),))
        + changed(request, file, poll, event="vote.opened", thing=str(number))
    )


def _type(request: Request) -> Effects:
    """A vote that was typed, for clients without polls."""
    poll = request.vote
    if poll is None:
        refuse(request, NONE_OPEN(request.language))
    spoken = folded(request.text).strip(" .!\"'")
    places = [place for place, option in enumerate(poll.options) if folded(option) == spoken]
    if spoken.isdecimal() and 1 <= int(spoken) <= len(poll.options):
        places = places or [int(spoken) - 1]
    if not places:
        options = " · ".join(poll.options)
        refuse(request, NO_SUCH_ANSWER(request.language, options=options, option=poll.options[0]))
    text = CAST(request.language, option=poll.options[places[0]])
    return say(request, text) + cast(request, poll, places[0])


def cast(request: Request, poll: Poll, choice: int | None) -> Effects:
    """Count somebody's last answer, None to take it back. Who is not seated has no vote."""
    log = Effects(log=(Logged("vote.cast", poll.case_ref, str(poll.number)),))
    if request.seat is None or poll.closed_at is not None:
        return Effects()
    ballot = Ballot(poll.case_ref, poll.number, request.sender, choice or 0)
    if choice is None:
        return Effects(drop=(ballot,)) + log
    return Effects(keep=(ballot,)) + log if choice < len(poll.options) else Effects()


def _close(request: Request) -> Effects:
    file, language, poll = request.file, request.language, request.vote
    if poll is None:
        refuse(request, NONE_OPEN(language))
    seats = {p.user_id: p.label for p in file.seated}
    ballots = [b for b in request.ballots if b.poll == poll.number and b.user_id in seats]
    counts = [sum(b.choice == place for b in ballots) for place in range(len(poll.options))]
    text = RESULT(
        language,
        number=poll.number,
        question=poll.text,
        counts=" · ".join(f"{option}: {count}" for option, count in zip(poll.options, counts, strict=True)),
        voted=unique(seats[b.user_id] for b in ballots) or NOBODY(language),
    )
    done = replace(poll, closed_at=request.now.astimezone(UTC))
    return (
        say(request, text)
        + Effects(drop=tuple(ballots), send=(EndPoll(ToCase(file.ref), poll.key, CLOSED(language)),))
        + changed(request, file, done, event="vote.closed", thing=str(poll.number))
    )


def answered(request: Request, effects: Effects) -> Effects:
    """Close the polls about an action that has moved on: their answers mean nothing any more."""
    before = {(file.ref, a.id): a for file in (*request.cases, request.case) if file for a in file.actions}
    kept_ = {(r.case_ref, r.id): r for r in effects.keep if isinstance(r, Action)}
    moved = {key for key, action in kept_.items() if not _same(action, before.get(key))}
    return closed((p for p in request.polls if (p.case_ref, p.about) in moved), request.now)


def _same(action: Action, before: Action | None) -> bool:
    """Whether only its next nudge was planned anew."""
    return (
        before == replace(action, nudge_step=before.nudge_step, nudge_at=before.nudge_at) if before else False
    )


VOTE = Command(
    name=Text("stemming", "vote"),
    who=CHAIRS,
    where=Where.CASE,
    help=Text("legt een vraag met antwoorden voor", "puts a question with answers to everybody"),
    examples=(Text('stemming "Nu opschalen?" ja; nee; later', 'vote "Escalate now?" yes; no; later'),),
    parameters=(
        Parameter(Text("vraag", "question"), Kind.TEXT, before=Text(' "', ' "')),
        Parameter(Text("antwoord", "answer"), Kind.TEXT, before=Text('" ', '" ')),
        Parameter(Text("antwoord", "answer"), Kind.TEXT, before=Text("; ", "; ")),
    ),
    execute=_open,
    by_line=True,
)

CAST_COMMAND = Command(
    name=Text("stem", "cast"),
    who=EVERYBODY,
    where=Where.CASE,
    help=Text("geeft je stem in de stemming die loopt", "casts your vote in the vote that is open"),
    examples=(Text("stem ja", "cast ja"),),
    parameters=(Parameter(Text("antwoord", "answer"), Kind.CHOICE),),
    execute=_type,
)

CLOSE = Command(
    name=Text("stemming sluit", "vote close"),
    aliases=(Text("sluit stemming", "close vote"),),
    who=CHAIRS,
    where=Where.CASE,
    help=Text("sluit de stemming en telt per antwoord", "closes the vote and counts each answer"),
    examples=(Text("stemming sluit", "vote close"),),
    execute=_close,
)
