"""An inquiry goes out: to the room, and to the partner alone with the answers to tap.

No word here may urge anybody to breach secrecy (domain L6): the partner decides, and not providing is an answer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.casefile import new_action
from bot.core.dates import say_day
from bot.core.dates.calendar import add_working_days
from bot.core.effects import Effects, Say, ToCase, ToPerson
from bot.core.records.actions import Action, ActionKind
from bot.core.records.inquiries import ANSWER_NAMES, PROTOCOL, InquiryStep, after, offered
from bot.core.reminding.nudge_words import FULL_ANSWER, announced
from bot.core.reminding.taps import answers_to, asked
from bot.core.text import Message, Text
from commands.conversation.replies import changed, kept, refuse, say
from commands.inquiries.finding import grounds, protocol_of

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile
    from bot.core.records.inquiries import Inquiry
    from commands.conversation.command import Request

ALREADY = Text("{id} is al gesteld. Kijk met !navraag {id}.", "{id} was asked already. Try !inquiry {id}.")
TO_ROOM = Text(
    "{id} aan {partner}: {question}\nGevraagd door {asker}. Antwoord: {answers}. {full}\n"
    "Graag uiterlijk {day} ({action}).",
    "{id} to {partner}: {question}\nAsked by {asker}. Answer: {answers}. {full}\n"
    "Preferably by {day} ({action}).",
)
SENT = Text(
    "{id} is gesteld aan {partner} en staat in de ruimte.", "{id} was put to {partner} and is in the room."
)
ASK_THEM = Text(
    "Vraag het zelf aan {partner}, en zeg erbij dat niet verstrekt een volledig antwoord is. "
    "Leg vast met: antwoord {id} namens {partner} <antwoord>.",
    "Ask {partner} yourself, and tell them that not provided is a full answer. "
    "Record it with: answer {id} on behalf of {partner} <answer>.",
)
TO_PARTNER = Text(
    "{ref} {id}: {asker} vraagt {partner}: {question}\n{grounds}\n"
    "Jij bepaalt of je mag antwoorden. {full} Je hoeft niets uit te leggen en ik vraag het niet nog eens.",
    "{ref} {id}: {asker} asks {partner}: {question}\n{grounds}\n"
    "You decide whether you may answer. {full} You need not explain anything and I do not ask again.",
)
HOW_TO_ANSWER = Text(
    "Tik hieronder, of typ hier: {answers}. Geen inhoud: die deel je in je eigen systeem. Graag uiterlijk {day}.",
    "Tap below, or type here: {answers}. No content: share that in your own system. Preferably by {day}.",
)
ONLY_SHARED = Text(
    "Van {partner} bewaar ik alleen of er gedeeld is in {system}, en wanneer.",
    "Of {partner} I keep only whether it was shared in {system}, and when.",
)
DO = Text("navraag {id} beantwoorden", "answer inquiry {id}")
DO_BY_PHONE = Text(
    "navraag {id} stellen aan {partner} en het antwoord vastleggen",
    "put inquiry {id} to {partner} and record the answer",
)


def sent(request: Request, file: CaseFile, inquiry: Inquiry) -> Effects:
    """The inquiry is asked: an action with a date for who answers, and the question itself."""
    language = request.language
    state = after(inquiry.state, InquiryStep.ASK)
    if state is None:
        refuse(request, ALREADY(language, id=inquiry.id))
    action = _action(request, file, inquiry)
    put = replace(
        inquiry,
        state=state,
        action=action.number,
        asked_at=request.now.astimezone(UTC),
        meeting=file.meeting.number if file.meeting else None,
    )
    day = say_day(action.due_date, language=language.code)
    room = TO_ROOM(
        language,
        id=put.id,
        partner=put.partner,
        question=put.question,
        asker=put.asker,
        answers=", ".join(ANSWER_NAMES[answer](language) for answer in put.answers),
        full=FULL_ANSWER(language),
        day=day,
        action=action.id,
    )
    by_phone = [ASK_THEM(language, id=put.id, partner=put.partner)] if _by_phone(file, put) else []
    if request.direct:
        said = say(request, SENT(language, id=put.id, partner=put.partner), *by_phone)
        said += Effects(send=(Say(ToCase(file.ref), Message.of(room)),))
    else:
        said = say(request, room, *by_phone)
    return (
        said
        + changed(request, file, put, action, event="inquiry.asked", thing=put.id)
        + _to_partner(request, file, put, action, day)
    )


def _by_phone(file: CaseFile, inquiry: Inquiry) -> bool:
    return not file.holding(inquiry.partner)


def _action(request: Request, file: CaseFile, inquiry: Inquiry) -> Action:
    """An ordinary action, so that reminders, lists and the digest carry the inquiry. It holds no word of the question."""
    by_phone = _by_phone(file, inquiry)
    words = (DO_BY_PHONE if by_phone else DO)(request.language, id=inquiry.id, partner=inquiry.partner)
    shared = by_phone and len(file.holding(inquiry.asker)) > 1
    return new_action(
        file,
        kept(request, words).text,
        inquiry.asker if by_phone else inquiry.partner,
        add_working_days(request.now.date(), protocol_of(request.region).terms["answer"]),
        at=request.now,
        by=request.sender,
        person=inquiry.asked_by if shared else None,
        kind=ActionKind.INFORMATION,
        protocol=PROTOCOL,
    )


def _to_partner(request: Request, file: CaseFile, inquiry: Inquiry, action: Action, day: str) -> Effects:
    """Everybody in the role reads the question alone, and can answer with one tap."""
    language, effects = request.language, Effects()
    words = TO_PARTNER(
        language,
        ref=file.ref,
        id=inquiry.id,
        asker=inquiry.asker,
        partner=inquiry.partner,
        question=inquiry.question,
        grounds=grounds(inquiry, language),
        full=FULL_ANSWER(language),
    )
    lines = [words]
    if inquiry.own_system:
        lines.append(ONLY_SHARED(language, partner=inquiry.partner, system=inquiry.own_system))
    lines.append(HOW_TO_ANSWER(language, answers=offered(inquiry, language), day=day))
    message = replace(Message.of(*lines), links=file.links)
    polls = request.polls
    for seat in file.holding(inquiry.partner):
        poll, tapped = asked(
            polls,
            action,
            seat.user_id,
            announced(action, language),
            answers_to(None, inquiry),
            it=f"{file.ref} {inquiry.id}",
            by=request.sender,
            to=ToPerson(seat.user_id),
            now=request.now,
            language=language,
        )
        polls = (*polls, poll)
        effects += Effects(send=(Say(ToPerson(seat.user_id), message),)) + tapped
    return effects
