"""All commands, and the one way in: is this message for the bot, may its sender do that, and what follows."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from bot.core.assembly import new_apart
from bot.core.effects import Effects, Logged
from bot.core.guard import Kept
from bot.core.records.trail import Question
from bot.core.text import Text, listed
from commands.actions.new import ACTION
from commands.actions.what import WHAT
from commands.addressing import addressed
from commands.catalogue import COMMANDS
from commands.conversation.answers import draft, is_no, is_yes
from commands.conversation.command import ASKS_CASE, ASKS_EDITED, ASKS_SUGGESTION
from commands.conversation.parsing import Addressed, Invocation, folded, parse, plain
from commands.conversation.reading import CASE_REF, reference
from commands.conversation.remembering import remembered
from commands.conversation.replies import OR, Answered, ask, say
from commands.editing import RUN_EDITED, UNCHANGED, confirmed, edited
from commands.inquiries.answer import ANSWER, NONE_WAITS, is_answer, is_plain_answer, spoken_in
from commands.inquiries.ask import INQUIRY
from commands.meetings.voting import answered
from commands.out_of_sight.kept_open import with_review
from commands.permitting import refusal, unfrozen
from commands.signals.finding import with_discussed
from commands.unfinished import typed_again, with_unfinished

if TYPE_CHECKING:
    from commands.conversation.command import Asks, Command, Request
    from commands.conversation.parsing import Listener

_BY_NAME = {command.name.nl: command for command in COMMANDS}

ANSWER_WITHIN = timedelta(minutes=2)
"""How long a plain next message may be the answer to a question; a reply may come at any time."""
ANSWER_ALONE_WITHIN = timedelta(hours=1)
"""The same in a direct chat for what is no command: all that is said there is said to the bot, and a question about
purpose or lawful basis takes thought."""
MOST_CHARACTERS = 4000
"""Of a message: what is longer holds a report, not an agreement."""
_CLOCKS_DIFFER = timedelta(seconds=10)
_UNDER_WAY = timedelta(minutes=1)
_BARE_ACTION = re.compile(rf"(?:{CASE_REF.pattern}[\s·,]+)?A\d{{1,5}}\.?", re.IGNORECASE | re.ASCII)
"""What a nudge shows, typed back: 'A4', or 'Z-2026-014 · A4'."""
_BARE_INQUIRY = re.compile(rf"(?:{CASE_REF.pattern}[\s·,]+)?N\d{{1,5}}\.?", re.IGNORECASE | re.ASCII)
_NAMED = re.compile(rf"(?:{CASE_REF.pattern}|[ANS]\d{{1,5}})\b", re.IGNORECASE | re.ASCII)
_SIGNS = frozenset({"!", "/"})
_DRAFT_LENGTH = 1000

UNKNOWN = Text(
    "Dat ken ik niet. Typ !hulp, dan zie je wat ik kan.",
    "I do not know that. Type !help to see what I can do.",
)
DO_YOU_MEAN = Text("Bedoel je {names}?", "Do you mean {names}?")
DO_YOU_MEAN_THIS = Text(
    "Dat ken ik niet. Bedoel je {names}? (ja / !hulp)",
    "I do not know that. Do you mean {names}? (yes / !help)",
)
TOO_LONG = Text(
    "Dat bericht is te lang voor mij. Stuur één korte opdracht; !hulp laat zien hoe.",
    "That message is too long for me. Send one short command; !help shows how.",
)
ONE_COMMAND = Text(
    "Eén opdracht per bericht, dan gaat er niets verloren. Stuur ze na elkaar.",
    "One command per message, so that nothing gets lost. Send them one by one.",
)
WAS_IT_FOR_ME = Text(
    "Ik was even weg en weet niet of dit voor mij was. Zo ja: antwoord op mijn vraag zelf. Tot dan is er niets vastgelegd.",
    "I was away for a moment and cannot tell whether that was for me. If so, reply to my question itself. Until then "
    "nothing was recorded.",
)
NOT_AN_ANSWER = Text(
    "Dat lees ik niet als antwoord op mijn vraag. Antwoord kort, of typ de opdracht opnieuw.",
    "I cannot read that as an answer to my question. Answer briefly, or type the command again.",
)


class Reply(Enum):
    """What a message replies to."""

    NOTHING = "nothing"
    QUESTION = "the bot's message that asked the sender's open question"
    ELSEWHERE = "any other message"


@dataclass(frozen=True, slots=True)
class Invoked:
    """A command as a client sent it beside the words: its name, and what was filled in."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Heard:
    """A message as it came into the room. `formatted` is its HTML, `previous` the event id of the last message
    that anybody but the bot sent in this room before it (None when that is not known)."""

    body: str
    listener: Listener
    formatted: str | None = None
    reply: Reply = Reply.NOTHING
    previous: str | None = None
    edits: str | None = None
    """The event that this message takes the place of."""
    invoked: Invoked | None = None

    @cached_property
    def text(self) -> str:
        """What was typed, cleaned once: everybody reads this, and nobody the body."""
        return plain(self.body, self.formatted)


def handle(request: Request, heard: Heard) -> Effects:
    """What a message causes; nothing at all where it is ordinary talk.

    The app fills in `request` except for `text` and `language`, which come from the message itself.
    """
    return new_apart(addressed(request, _handled(request, heard)), request)


def _handled(request: Request, heard: Heard) -> Effects:
    if request.sender == heard.listener.user_id:
        return Effects()
    text = heard.text
    said = _said(text[:MOST_CHARACTERS], heard)
    if len(text) > MOST_CHARACTERS:
        return say(request, TOO_LONG(request.language)) if said else Effects()
    if heard.edits is not None:
        return _settled(_edited(request, said)) if isinstance(said, Invocation) else Effects()
    if isinstance(said, Invocation) and said.prefixed:
        return _finished(request, _invoked(request, said, heard.listener))
    effects = _answered(request, heard, said.text if said and said.prefixed else text, said)
    if effects is not None:
        return effects
    match said:
        case Invocation():
            return _finished(request, _invoked(request, said, heard.listener))
        case Addressed() if request.direct and is_plain_answer(request, said.text):
            request = replace(request, language=spoken_in(said.text, request.language))
            return _finished(request, run(ANSWER, request, said.text))
        case Addressed():
            return _settled(_unknown(request, said))
        case None:
            return Effects()


def _said(text: str, heard: Heard) -> Invocation | Addressed | None:
    """What the words say to the bot. A structured command only makes them addressed, and only where both agree.

    Otherwise people would read one thing and the bot another.
    """
    said = parse(text, heard.listener, COMMANDS)
    if heard.invoked is None or (said and said.prefixed):
        return said
    read = parse(f"!{text}", heard.listener, COMMANDS)
    if isinstance(read, Invocation) and read.command.name(read.language) == heard.invoked.name:
        shown = folded(text)
        return read if all(folded(value) in shown for value in heard.invoked.arguments) else said
    return said


def is_addressed(heard: Heard) -> bool:
    """Whether a message names the bot or one of its commands, whoever sent it."""
    return parse(heard.text, heard.listener, COMMANDS, guess=False) is not None


def _finished(request: Request, effects: Effects, *, answer: bool = False) -> Effects:
    effects = with_discussed(request, with_review(request, effects))
    effects = with_unfinished(request, effects, _BY_NAME)
    return _settled(remembered(request, effects + answered(request, effects), answer=answer))


def _settled(effects: Effects) -> Effects:
    """A new question to somebody replaces the old one, which then needs no dropping."""
    kept = {(q.room_id, q.user_id) for q in effects.keep if isinstance(q, Question)}
    gone = tuple(r for r in effects.drop if not (isinstance(r, Question) and (r.room_id, r.user_id) in kept))
    return replace(effects, drop=gone)


def _invoked(request: Request, said: Invocation, listener: Listener) -> Effects:
    request = replace(request, language=said.language)
    for line in said.text.splitlines()[1:]:
        other = parse(line.strip(), replace(listener, direct=False), COMMANDS, guess=False)
        if isinstance(other, Invocation) and not (said.command is ACTION is other.command):
            return say(request, ONE_COMMAND(said.language))
    effects = run(said.command, request, said.text)
    return typed_again(request, effects, said.command, said.text)


def _edited(request: Request, said: Invocation) -> Effects:
    """A command that was typed over another message: offered, never carried out at once."""
    request = replace(request, language=said.language, text=_spaced(said.command, said.text))
    if why_not := refusal(said.command, request):
        return say(request, why_not)
    try:
        if (offer := edited(request, said)) is not None:
            return offer
    except Answered as answered:
        return answered.effects
    half = request.keep(said.text, max_length=_DRAFT_LENGTH)
    if not isinstance(half, Kept):
        return Effects()
    name = said.command.name
    text = RUN_EDITED(said.language, command=f"{name(said.language)} {half.text}".strip())
    return say(request, text) + ask(request, name, ASKS_SUGGESTION, text=half.text)


def _spaced(command: Command, text: str) -> str:
    return text if command.by_line else " ".join(text.split())


def run(command: Command, request: Request, text: str) -> Effects:
    """Carry out one command, or say who may and where."""
    request = replace(request, text=_spaced(command, text))
    why_not = refusal(command, request)
    if why_not:
        log = Logged("refused", request.ref, command.name.nl)
        return say(request, why_not) + Effects(log=(log,))
    try:
        return unfrozen(command, request, command.execute(request))
    except Answered as answered:
        return answered.effects


def _answered(
    request: Request, heard: Heard, text: str, said: Invocation | Addressed | None
) -> Effects | None:
    """The message as the answer to the sender's open question; None when it is no answer to it."""
    question = next((q for q in request.questions if q.user_id == request.sender), None)
    if question is None:
        return None
    command = _BY_NAME.get(question.command)
    asks = command.question(question.asks) if command else None
    if command is None or asks is None:  # asked by another release
        return None
    addressed = heard.reply is Reply.QUESTION or (said is not None and said.prefixed)
    if not addressed and isinstance(said, Invocation) and _is_whole(said, text):
        return None
    mistyped = isinstance(said, Addressed) and said.prefixed and heard.text[:1] in _SIGNS
    if mistyped and heard.reply is not Reply.QUESTION and _meant_else(said, text):
        return None
    if not addressed and not _in_time(request, heard, question, said):
        return None
    if not addressed and _may_be_a_colleagues(request, heard, text, question, asks):
        return None if heard.previous else say(request, WAS_IT_FOR_ME(question.language))
    request = replace(
        request,
        text=" ".join(text.split()),
        language=question.language,
        replies=(addressed and not mistyped) or heard.reply is Reply.QUESTION,
        begun_in=question.begun_in,
    )
    if why_not := refusal(command, request):
        return say(request, why_not) if addressed else None
    try:
        effects = _answer(command, request, question)
    except Answered as answered:
        return _settled(answered.effects)
    if effects is None:
        return say(request, NOT_AN_ANSWER(request.language)) if heard.reply is Reply.QUESTION else None
    effects = unfrozen(command, request, effects)
    return _finished(request, effects + Effects(drop=(question,)), answer=True)


def _is_whole(said: Invocation, text: str) -> bool:
    """Whether words alone with the bot are plainly a command, also while a question is open there: 'klaar A3'."""
    return bool(_NAMED.match(said.text)) or not (said.text or is_yes(text))


def _meant_else(said: Invocation | Addressed | None, text: str) -> bool:
    """Whether what was typed behind a sign is a command with a slip in it: "!overleg" is no reason to escalate."""
    return isinstance(said, Addressed) and bool(said.nearest) and not (is_yes(text) or is_no(text))


def _in_time(request: Request, heard: Heard, question: Question, said: Invocation | Addressed | None) -> bool:
    """Whether a plain message can be an answer: soon enough after the question, and no reply to somebody else."""
    since, waited = request.at - question.asked_at, request.now - question.asked_at
    within = ANSWER_ALONE_WITHIN if request.direct and isinstance(said, Addressed) else ANSWER_WITHIN
    if heard.reply is not Reply.NOTHING or not -_CLOCKS_DIFFER <= since <= within:
        return False
    # The homeserver states when a message was sent; our own clock has the last word.
    return waited <= within + _UNDER_WAY


def _may_be_a_colleagues(request: Request, heard: Heard, text: str, question: Question, asks: Asks) -> bool:
    """Whether a bare yes or no may be said to a colleague: where it weighs, it counts only as the very next message.

    After a start nobody knows what was said before it: then it needs to be a reply, and whoever typed it is told so.
    """
    bare = is_yes(text) or is_no(text)
    return asks.weighs and bare and not request.direct and heard.previous != question.asked_in


def _answer(command: Command, request: Request, question: Question) -> Effects | None:
    match question.asks:
        case ASKS_CASE.name:
            ref = reference(request.text)
            return run(command, request, f"{ref} {draft(question)['text']}") if ref else None
        case ASKS_SUGGESTION.name:
            if is_no(request.text):
                return say(request, UNCHANGED(request.language))
            return run(command, request, draft(question)["text"]) if is_yes(request.text) else None
        case ASKS_EDITED.name:
            return confirmed(request, question)
        case _:
            return command.answer(request, question) if command.answer else None


def _unknown(request: Request, said: Addressed) -> Effects:
    """No command: a bare action is looked at; else the nearest command is offered, and a yes runs it."""
    if request.direct and _BARE_ACTION.fullmatch(said.text):
        return run(WHAT, request, said.text.replace("·", " "))
    if request.direct and _BARE_INQUIRY.fullmatch(said.text):
        return run(INQUIRY, request, said.text.replace("·", " "))
    if request.direct and is_answer(said.text):
        return say(request, NONE_WAITS(spoken_in(said.text, request.language)))
    language = said.nearest[0].language if said.nearest else request.language
    request = replace(request, language=language)
    names = listed([f"!{near.command.name(language)}" for near in said.nearest], OR(language))
    if len(said.nearest) != 1:
        return say(request, DO_YOU_MEAN(language, names=names) if names else UNKNOWN(language))
    near = said.nearest[0]
    # What was typed is stored until the yes, so it passes the guard like everything that is stored.
    half = request.keep(near.text, max_length=_DRAFT_LENGTH)
    if not isinstance(half, Kept):
        return say(request, DO_YOU_MEAN(language, names=names))
    return say(request, DO_YOU_MEAN_THIS(language, names=names)) + ask(
        request, near.command.name, ASKS_SUGGESTION, text=half.text
    )
