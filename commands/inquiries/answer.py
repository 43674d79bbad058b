"""`antwoord`: what a partner says to an inquiry. Only the answer is kept; what is known stays in the partner's own system.

"Not provided" is a full answer: it needs no reason, none is kept, and nobody is asked again (domain L6, B24).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from bot.core.dates import When, read_when
from bot.core.dates.lexicon import DAY_NAMES
from bot.core.effects import Effects, Logged, Say, ToCase, ToPerson
from bot.core.records.actions import RUNNING, ActionStep
from bot.core.records.actions import after as action_after
from bot.core.records.inquiries import (
    ANSWER_NAMES,
    InquiryAnswer,
    InquiryState,
    InquiryStep,
    after,
    offered,
    said,
)
from bot.core.reminding.nudge_words import FULL_ANSWER
from bot.core.text import Language, Message, Text
from commands.conversation.command import EVERYBODY, Command, Kind, Parameter, Where
from commands.conversation.parsing import folded
from commands.conversation.reading import find_label
from commands.conversation.replies import changed, refuse, say
from commands.inquiries.finding import answers_for_partner, find_inquiry, may_record, named

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action
    from bot.core.records.inquiries import Inquiry
    from commands.conversation.command import Request
    from commands.inquiries.finding import Found

_BEHALF = re.compile(r"^(?:namens|on behalf of|for)\s++(.+)", re.IGNORECASE)
_LONGEST_LABEL = 5
_FAR_BACK = timedelta(days=180)
_WEEKDAYS = {folded(name): n for names in DAY_NAMES.values() for n, name in enumerate(names)}
_DAYS_AGO = {"": 0, "vandaag": 0, "today": 0, "gisteren": 1, "yesterday": 1, "eergisteren": 2}

A = InquiryAnswer
_ALSO: dict[InquiryAnswer, tuple[str, ...]] = {
    A.KNOWN: ("wel bekend", "ja bekend"),
    A.NOT_KNOWN: ("onbekend", "nee niet bekend", "unknown"),
    A.RECOGNISED: ("herken ik", "recognise"),
    A.UNSURE: ("weet ik niet", "weet het niet", "niet zeker", "do not know", "not sure"),
    A.NOT_PROVIDED: (
        *("verstrek ik niet", "geen toestemming", "geen grondslag", "beroepsgeheim", "geheimhouding"),
        *("mag niet", "mag ik niet zeggen", "mag niet delen", "zeg ik niet", "geen antwoord"),
        *("no consent", "no legal basis", "secrecy", "may not", "may not say", "no answer"),
    ),
    A.SHARED: ("gedeeld", "gedeeld in eigen systeem", "gedeeld in het eigen systeem", "shared"),
}


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", folded(text)))


_SPELT: dict[str, InquiryAnswer] = {
    _words(spelling): answer
    for answer, name in ANSWER_NAMES.items()
    for spelling in (name.nl, name.en, *_ALSO[answer])
}
_LONGEST_ANSWER = max(len(spelling.split()) for spelling in _SPELT)

WHICH = Text(
    "Antwoord met: {answers}. {full}\nBijv. antwoord {it} {example}.",
    "Answer with: {answers}. {full}\nFor example answer {it} {example}.",
)
NO_CONTENT = Text(
    "Niet opgeslagen. Ik bewaar alleen het antwoord, geen inhoud; die deel je in je eigen systeem. "
    "Daarna kan: antwoord {it} gedeeld <datum>. Of zonder toelichting: antwoord {it} {answer}.",
    "Not stored. I keep the answer alone, no content; share that in your own system. "
    "After that: answer {it} shared <date>. Or without more words: answer {it} {answer}.",
)
NOT_HERE = Text(
    "Niet opgeslagen. Ook of iets bekend is, blijft bij {partner} in {system}. Wat wel kan: antwoord {it} gedeeld <datum>, "
    "of antwoord {it} niet verstrekt.",
    "Not stored. Whether something is known stays with {partner} in {system} too. What can be said: "
    "answer {it} shared <date>, or answer {it} not provided.",
)
SHARED_WHEN = Text(
    "Die dag lees ik niet, of hij moet nog komen. Bijv. antwoord {it} gedeeld vandaag.",
    "I cannot read that day, or it is still to come. For example answer {it} shared today.",
)
NOT_YOURS = Text(
    "{id} is aan {partner}. Alleen {partner} antwoordt; wie de vraag stelde of de regie heeft, kan een antwoord vastleggen "
    "namens {partner}: antwoord {id} namens {partner} <antwoord>.",
    "{id} is for {partner}. Only {partner} answers; who asked it or directs the case can record an answer "
    "on behalf of {partner}: answer {id} on behalf of {partner} <answer>.",
)
THEIR_OWN = Text(
    "{id}: {partner} heeft zelf geantwoord. Alleen {partner} kan daar iets anders van maken.",
    "{id}: {partner} answered in person. Only {partner} can make that something else.",
)
NOT_ASKED: dict[InquiryState, Text] = {
    InquiryState.DRAFT: Text(
        "{id} is nog niet gesteld. Er is niets te antwoorden.",
        "{id} was not asked yet. There is nothing to answer.",
    ),
    InquiryState.WITHDRAWN: Text(
        "{id} is ingetrokken. Je hoeft niets te doen.", "{id} was withdrawn. You need not do anything."
    ),
}
NONE_WAITS = Text(
    "Er wacht geen navraag op jouw antwoord. Een antwoord wijzigen kan met het nummer: antwoord N1 niet bekend.",
    "No inquiry waits for your answer. To change an answer, give its number: answer N1 not known.",
)
ANSWERED = Text("{id} {partner}: {answer}.", "{id} {partner}: {answer}.")
THAT_IS_ALL = Text(
    "Dat is een volledig antwoord. Ik vraag er niet meer naar.", "That is a full answer. I do not ask again."
)
REASON_NOT_KEPT = Text(
    "Je toelichting bewaar ik niet; die is niet nodig.", "I do not keep your explanation; none is needed."
)
RECORDED_FOR_YOU = Text(
    "{ref} {id}: {by} legde namens {partner} vast: {answer}. Klopt het niet? Typ: antwoord {ref} {id} <antwoord>.",
    "{ref} {id}: {by} recorded on behalf of {partner}: {answer}. Not right? Type: answer {ref} {id} <answer>.",
)


def _answer(request: Request) -> Effects:
    found = find_inquiry(request, ANSWER, lambda file, i: _waits_for(request, file, i))
    request, inquiry = found.request, found.inquiry
    typed, behalf = _on_behalf(found)
    own = answers_for_partner(request, found.file, inquiry)
    if not own and not (behalf and may_record(request, inquiry)):
        refuse(request, NOT_YOURS(request.language, id=inquiry.id, partner=inquiry.partner))
    if not own and inquiry.answer and not inquiry.on_behalf:
        # Who spoke for themselves is not spoken for: "not provided" would become "known".
        refuse(request, THEIR_OWN(request.language, id=inquiry.id, partner=inquiry.partner))
    state = after(inquiry.state, InquiryStep.ANSWER)
    if state is None:
        refuse(request, NOT_ASKED[inquiry.state](request.language, id=inquiry.id))
    answer, day, lines = _read(found, typed)
    answered = replace(
        inquiry,
        state=state,
        answer=answer,
        answered_at=request.now.astimezone(UTC),
        answered_by=request.sender,
        on_behalf=not own,
        shared_on=day,
    )
    return recorded(request, found.file, answered, *lines)


def withhold(request: Request, file: CaseFile, inquiry: Inquiry) -> Effects:
    """'vast A9 beroepsgeheim' says the same as 'niet verstrekt'."""
    state = after(inquiry.state, InquiryStep.ANSWER)
    assert state is not None, "an inquiry whose action runs was asked"
    answered = replace(
        inquiry,
        state=state,
        answer=A.NOT_PROVIDED,
        answered_at=request.now.astimezone(UTC),
        answered_by=request.sender,
        on_behalf=not answers_for_partner(request, file, inquiry),
    )
    return recorded(request, file, answered)


def recorded(request: Request, file: CaseFile, answered: Inquiry, *lines: str) -> Effects:
    """An answer is kept: its action is over, and the room hears of it."""
    language = request.language
    line = ANSWERED(language, id=answered.id, partner=answered.partner, answer=said(answered, language))
    if answered.answer is InquiryAnswer.NOT_PROVIDED:
        line = f"{line} {THAT_IS_ALL(language)}"
    effects = say(request, line, *lines) + changed(
        request, file, answered, *_ended(request, file, answered), event="inquiry.answered", thing=answered.id
    )
    if request.direct:
        effects += Effects(send=(Say(ToCase(file.ref), Message.of(line)),))
    return effects + _on_behalf_told(request, file, answered) if answered.on_behalf else effects


def _ended(request: Request, file: CaseFile, answered: Inquiry) -> tuple[Action, ...]:
    """Its action is done, whatever the answer: nobody is asked about it again, and it stalls nowhere."""
    action = file.action(answered.action) if answered.action else None
    if action is None or action.state not in RUNNING:
        return ()
    state = action_after(action.state, ActionStep.FINISH)
    assert state is not None, "what runs can be finished"
    now = request.now.astimezone(UTC)
    return (replace(action, state=state, look_back=None, reason=None, updated_at=now),)


def _on_behalf_told(request: Request, file: CaseFile, answered: Inquiry) -> Effects:
    """Who is spoken for hears it, where they can be reached; the log says for whom it was (NEN 7513)."""
    language = request.language
    words = RECORDED_FOR_YOU(
        language,
        ref=file.ref,
        id=answered.id,
        by=request.seat.label if request.seat else "",
        partner=answered.partner,
        answer=said(replace(answered, on_behalf=False), language),
    )
    log = Logged("inquiry.on_behalf", file.ref, answered.id, on_behalf_of=answered.partner)
    told = (Say(ToPerson(seat.user_id), Message.of(words)) for seat in file.holding(answered.partner))
    return Effects(send=tuple(told), log=(log,))


def _waits_for(request: Request, file: CaseFile, inquiry: Inquiry) -> bool:
    return inquiry.state is InquiryState.ASKED and answers_for_partner(request, file, inquiry)


def _on_behalf(found: Found) -> tuple[str, bool]:
    """What was answered, and whether somebody speaks for the partner that was asked."""
    behalf = _BEHALF.match(found.rest)
    if behalf is None:
        return found.rest, False
    words = behalf[1].split()
    for count in range(min(len(words), _LONGEST_LABEL), 0, -1):
        label = find_label(found.request, found.file, " ".join(words[:count]).strip(" ,:"))
        if label == found.inquiry.partner:
            return " ".join(words[count:]), True
    return "", False


def _read(found: Found, typed: str) -> tuple[InquiryAnswer, date | None, tuple[str, ...]]:
    """The answer, the day of sharing, and what is said about it. Ends the command on anything that is no answer."""
    request, inquiry, language = found.request, found.inquiry, found.request.language
    it = inquiry.id if not request.direct else found.named
    answer, rest = _leading(typed)
    if answer is None:
        options, example = offered(inquiry, language), ANSWER_NAMES[A.NOT_PROVIDED](language)
        refuse(request, WHICH(language, answers=options, full=FULL_ANSWER(language), it=it, example=example))
    if answer is A.NOT_PROVIDED:
        return answer, None, (REASON_NOT_KEPT(language),) if rest else ()
    if answer not in inquiry.answers:
        names = {"partner": inquiry.partner, "system": inquiry.own_system}
        refuse(request, NOT_HERE(language, it=it, **names))
    if answer is A.SHARED:
        day = past_day(rest, request.now)
        if day is None:
            refuse(request, SHARED_WHEN(language, it=it))
        return answer, day, ()
    if rest:
        refuse(
            request,
            NO_CONTENT(language, it=it, answer=ANSWER_NAMES[answer](language)),
            event="inquiry.content",
        )
    return answer, None, ()


def _leading(text: str) -> tuple[InquiryAnswer | None, str]:
    """The answer a text begins with, and what comes after it."""
    words = list(re.finditer(r"\S+", text))
    for count in range(min(len(words), _LONGEST_ANSWER), 0, -1):
        end = words[count - 1].end()
        if answer := _SPELT.get(_words(text[:end])):
            return answer, text[end:].strip(" ,.;:-")
    return None, text


def past_day(text: str, now: datetime) -> date | None:
    """The day that is named, today or before; None where none can be read, or it is still to come.

    The date grammar reads forward, as deadlines want; here it is started far enough back. What then depends on where
    it started ("over een week") is no day in the past.
    """
    bare = re.sub(r"^(?:op|on)\s+", "", folded(text).strip(" ."))
    if bare in _DAYS_AGO:
        return now.date() - timedelta(days=_DAYS_AGO[bare])
    if bare in _WEEKDAYS:
        return now.date() - timedelta(days=(now.weekday() - _WEEKDAYS[bare]) % 7)
    found, again = (read_when(bare, at=now - _FAR_BACK - timedelta(days=n)) for n in (0, 1))
    return found.day if isinstance(found, When) and found == again and found.day <= now.date() else None


def is_plain_answer(request: Request, text: str) -> bool:
    """Whether these words, alone in the chat with the bot, answer what their sender was asked."""
    waiting = [i for file in request.cases for i in file.inquiries if _waits_for(request, file, i)]
    rest = named(text)[2]
    return bool(waiting) and _leading(rest)[0] is not None


def is_answer(text: str) -> bool:
    """Whether these words are an answer to an inquiry and nothing else, whoever was asked."""
    return _words(text) in _SPELT


def spoken_in(text: str, language: Language) -> Language:
    """English where the answer is, as no command word tells the language."""
    answer = _leading(named(text)[2])[0]
    return Language.EN if answer and _words(ANSWER_NAMES[answer].en) in _words(text) else language


ANSWER = Command(
    name=Text("antwoord", "answer"),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    in_theme=False,
    help=Text(
        "beantwoordt een navraag; niet verstrekt is een volledig antwoord",
        "answers an inquiry; not provided is a full answer",
    ),
    examples=(
        Text("antwoord N1 niet bekend", "answer N1 not known"),
        Text(
            "antwoord N2 namens Veilig Thuis niet verstrekt",
            "answer N2 on behalf of Veilig Thuis not provided",
        ),
    ),
    parameters=(
        Parameter(Text("navraag", "inquiry"), Kind.TEXT),
        Parameter(Text("antwoord", "answer"), Kind.CHOICE),
    ),
    execute=_answer,
)
