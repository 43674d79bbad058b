"""The steps of a signal: `signaal S2 onderzocht …`, `niet te toetsen`, `niets doen`, or simply one more fact."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core.dates import Ask, When, say_day
from bot.core.records.signals import STATE_NAMES, STEP_NAMES, SignalStep
from bot.core.text import Text, listed
from commands.actions.new import Whole, proposal
from commands.actions.wording import read_action
from commands.conversation.answers import ASKS_REASON, draft
from commands.conversation.command import CHAIRS, Asks
from commands.conversation.dating import (
    LOOK_AGAIN,
    base,
    doubted,
    from_draft,
    pick,
    question_for,
    read,
    suggested,
    written,
)
from commands.conversation.reading import IN_CHARGE
from commands.conversation.reasons import REASON_IS, bare_reason
from commands.conversation.replies import FUNCTION_NAMES, NOTE_LENGTH, OR, Answered, ask, kept, refuse, say
from commands.meetings.decision import decide, read_decision, read_review
from commands.signals.finding import (
    Found,
    comes_back,
    keeping,
    must_be_able,
    must_be_open,
    observed,
    role_named,
    stepped,
)

if TYPE_CHECKING:
    from bot.core.effects import Effects
    from bot.core.records.trail import Question
    from commands.conversation.command import Request

_ASKS_TEXT, _ASKS_REVIEW = Asks("text"), Asks("review")
_ASKS_WHAT, _ASKS_WHO, _ASKS_WHEN = Asks("what"), Asks("who"), Asks("when")
ASKED_BY_STEPS = (_ASKS_TEXT, ASKS_REASON, _ASKS_REVIEW, _ASKS_WHAT, _ASKS_WHO, _ASKS_WHEN)
T = SignalStep
_WORDS: tuple[tuple[SignalStep, str], ...] = (
    (T.CANNOT_TEST, "niet te toetsen|niet toetsbaar|not testable|cannot be tested"),
    (T.WAIT, "(?:voor nu |voorlopig )?(?:niets|niks) doen|afwachten|do nothing|wait and see"),
    (T.INVESTIGATE, "onderzocht|getoetst|investigated|tested"),
    (T.DISCUSS, "besproken|discussed"),
    (T.APPROACH, "aanpak|approach"),
    (T.CONTINUE, "doorlopend|continuing"),
    (T.ADD, "aanvulling|feit|erbij|addition|fact"),
)
_STEPS = tuple((step, re.compile(rf"(?:{words})\b[\s,.:;–-]*", re.IGNORECASE)) for step, words in _WORDS)
_OF_THE_MEETING = {T.DISCUSS: IN_CHARGE, T.APPROACH: IN_CHARGE, T.CONTINUE: IN_CHARGE, T.WAIT: CHAIRS}
"""In a case these are for who directs it; doing nothing is a decision."""

SIGNAL_COMMAND = Text("signaal", "signal")
WHAT: dict[SignalStep, Text] = {
    T.INVESTIGATE: Text("Wat kwam eruit?", "What came out of it?"),
    T.DISCUSS: Text("Wat is besproken?", "What was discussed?"),
    T.APPROACH: Text("Wat is de aanpak?", "What is the approach?"),
    T.CONTINUE: Text("Wie houdt het in het oog, en hoe?", "Who keeps an eye on it, and how?"),
    T.ADD: Text("Wat is er bekend geworden, en wanneer?", "What became known, and when?"),
    T.CANNOT_TEST: Text(
        "Dat kan. Wat zou {id} toetsbaar maken?", "That happens. What would make {id} testable?"
    ),
}
WHO = Text("Wie kijkt of dat al kan? Noem een rol.", "Who looks whether that is possible yet? Name a role.")
WHY = Text("Niets doen mag, met een reden. Welke?", "Doing nothing is fine, with a reason. Which?")
AND_A_DAY = Text(
    "Niets doen mag, met een dag om opnieuw te kijken. {question}",
    "Doing nothing is fine, with a day to look again. {question}",
)
FOR_OTHERS = Text(
    "Dat zegt de {who}. Iets toevoegen kan wel: !signaal {id} <wat je weet>.",
    "That is for the {who}. You can add: !signal {id} <what you know>.",
)
ELSEWHERE = Text(
    "{id} is opgepakt in een casus waar je geen plaats in hebt. Vraag de coördinator het door te geven.",
    "{id} was taken up in a case in which you have no seat. Ask the coordinator to pass it on.",
)
AS_A_REPLY = Text("{question} Antwoord op dit bericht.", "{question} Reply to this message.")
TAKEN = Text("{id}: {step} vastgelegd. Stand: {state}.", "{id}: recorded ({step}). State: {state}.")
NOT_TESTED = Text(
    "{id} is niet te toetsen. Wat het toetsbaar zou maken: {text}. Opnieuw kijken: {role}, {day}.",
    "{id} cannot be tested. What would make it testable: {text}. Looks again: {role}, {day}.",
)
LOOK = Text("opnieuw bekijken of {id} te toetsen is", "look again whether {id} can be tested")
NOTHING = Text("niets doen", "do nothing")


def take_step(found: Found, typed: str) -> Effects:
    """The step that the words begin with; words without one are a fact that is added."""
    step, rest = _read(typed)
    request = found.request
    if found.elsewhere:
        refuse(request, ELSEWHERE(request.language, id=found.signal.id))
    allowed = _OF_THE_MEETING.get(step)
    if allowed and found.file and not request.functions & allowed:
        names = [name(request.language) for function, name in FUNCTION_NAMES.items() if function in allowed]
        who = listed(names, OR(request.language))
        refuse(request, FOR_OTHERS(request.language, id=found.signal.id, who=who))
    must_be_open(request)
    must_be_able(found, step)
    match step:
        case T.CANNOT_TEST:
            return _cannot_test(found, _read_half(found, rest))
        case T.WAIT:
            return _wait(found, rest)
        case _ if not rest:
            raise Answered(_ask_words(found, WHAT[step], _ASKS_TEXT, step=step.value))
        case _:
            return _taken(found, step, rest)


def _read(typed: str) -> tuple[SignalStep, str]:
    for step, words in _STEPS:
        if said := words.match(typed):
            return step, typed[said.end() :].strip()
    return T.ADD, typed.strip()


def answered(found: Found, question: Question) -> Effects | None:
    """The answer to what a step still missed."""
    request, half = found.request, draft(question)
    must_be_open(request)
    match question.asks:
        case _ASKS_TEXT.name:
            return _taken(found, SignalStep(half["step"]), request.text) if _is_said(request) else None
        case ASKS_REASON.name:
            return _wait(found, f"{REASON_IS}{bare_reason(request.text)}") if _is_said(request) else None
        case _ASKS_REVIEW.name:
            when = pick(request, request.text, half["options"])
            return None if when is None else _waited(found, half["reason"], when)
        case _:
            return _more(found, question.asks, half)


def _is_said(request: Request) -> bool:
    """Free words count only when they are meant for the bot: a reply, or in the chat with it alone."""
    return request.replies or request.direct


def _ask(found: Found, words: str, asks: Asks, **half: str) -> Effects:
    request = found.request
    asked = ask(request, SIGNAL_COMMAND, asks, signal=str(found.signal.number), **half)
    return say(request, words) + asked


def _ask_words(found: Found, words: Text, asks: Asks, **half: str) -> Effects:
    """Ask for free words: in a room they must be a reply, or they would be talk."""
    language = found.request.language
    question = words(language, id=found.signal.id)
    return _ask(
        found, question if found.request.direct else AS_A_REPLY(language, question=question), asks, **half
    )


def _taken(found: Found, step: SignalStep, typed: str) -> Effects:
    request, language = found.request, found.request.language
    signal, fact = stepped(found, step, observed(request, typed))
    values = {
        "id": signal.id,
        "step": STEP_NAMES[step](language),
        "state": STATE_NAMES[signal.state](language),
    }
    event = "signal.added" if step is T.ADD else f"signal.{signal.state.value}"
    lines = (TAKEN(language, **values), *comes_back(request, signal))
    return say(request, *lines) + keeping(found, signal, fact, event=event)


# What cannot be tested yet: what would make it testable, who looks, and when


@dataclass(frozen=True, slots=True)
class _Half:
    what: str = ""
    who: str = ""
    when: When | Ask | None = None


def _read_half(found: Found, typed: str) -> _Half:
    request = found.request
    if not typed:
        return _Half()
    said = read_action(typed, lambda spoken: role_named(request, spoken), at=base(request))
    return _Half(observed(request, said.text), said.holder or "", doubted(request, said.when))


def _cannot_test(found: Found, half: _Half) -> Effects:
    """Asks what is missing, one thing at a time; nothing is recorded before all three are there."""
    request, language = found.request, found.request.language
    kept_half = {"text": half.what, "who": half.who}
    if isinstance(half.when, When):
        kept_half["when"] = written(half.when)
    if not half.what:
        raise Answered(_ask_words(found, WHAT[T.CANNOT_TEST], _ASKS_WHAT, **kept_half))
    if not half.who:
        raise Answered(_ask(found, WHO(language), _ASKS_WHO, **kept_half))
    if not isinstance(half.when, When):
        question = question_for(request, half.when, LOOK_AGAIN)
        raise Answered(_ask(found, question, _ASKS_WHEN, options=suggested(half.when), **kept_half))
    return _not_tested(found, half.what, half.who, half.when)


def _more(found: Found, asks: str, drafted: dict[str, str]) -> Effects | None:
    request = found.request
    when = from_draft(drafted["when"]) if "when" in drafted else None
    half = _Half(drafted["text"], drafted["who"], when)
    match asks:
        case _ASKS_WHAT.name if _is_said(request):
            said = _read_half(found, request.text)
            return _cannot_test(found, _Half(said.what, said.who or half.who, said.when or half.when))
        case _ASKS_WHO.name:
            named = read_action(
                f"{request.text.strip(' .')}: x", lambda spoken: role_named(request, spoken), at=base(request)
            )
            if named.holder is None:
                return None
            when_said = half.when or doubted(request, named.when)
            return _cannot_test(found, replace(half, who=named.holder, when=when_said))
        case _ASKS_WHEN.name:
            picked = pick(request, request.text, drafted["options"])
            return None if picked is None else _cannot_test(found, replace(half, when=picked))
        case _:
            return None


def _not_tested(found: Found, what: str, who: str, when: When) -> Effects:
    request, language = found.request, found.request.language
    text = observed(request, what)
    signal, fact = stepped(found, T.CANNOT_TEST, text, tester=who, day=when.day)
    day = say_day(when.day, language=language.code)
    said = NOT_TESTED(language, id=signal.id, text=text.rstrip("."), role=who, day=day)
    effects = keeping(found, signal, fact, event="signal.not_testable")
    if found.file is None:
        return say(request, said) + effects
    look = kept(request, LOOK(language, id=signal.id)).text
    lines, proposed = proposal(request, Whole(who, look, when, looked_back=True))
    return say(request, said, *lines) + effects + proposed


# Nothing for now: a decision, with a reason and a day


def _wait(found: Found, rest: str) -> Effects:
    request = found.request
    if found.file:
        words = f"{found.signal.id} {NOTHING(request.language)}"
        return decide(replace(request, text=f"{words}, {rest}" if rest else words))
    text, review = read_review(rest)
    _, reason = read_decision(f"{NOTHING(request.language)}, {text}")
    if not reason:
        raise Answered(_ask(found, WHY(request.language), ASKS_REASON))
    reason = kept(request, reason).text
    return _waited(found, reason, read(request, kept(request, review, NOTE_LENGTH).text) if review else None)


def _waited(found: Found, reason: str, when: When | Ask | None) -> Effects:
    request, language = found.request, found.request.language
    if not isinstance(when, When):
        words = AND_A_DAY(language, question=question_for(request, when, LOOK_AGAIN))
        raise Answered(_ask(found, words, _ASKS_REVIEW, reason=reason, options=suggested(when)))
    signal, fact = stepped(
        found, T.WAIT, kept(request, NOTHING(language)).text, reason=kept(request, reason).text, day=when.day
    )
    values = {
        "id": signal.id,
        "step": STEP_NAMES[T.WAIT](language),
        "state": STATE_NAMES[signal.state](language),
    }
    lines = (TAKEN(language, **values), *comes_back(request, signal))
    return say(request, *lines) + keeping(found, signal, fact, event="signal.discussed")
