"""What the commands about inquiries (navraag) share: which one is meant, its texts, and how it is told."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core.dates import say_weekday_short
from bot.core.guard import Category
from bot.core.records.inquiries import PROTOCOL, InquiryState, offered, said
from bot.core.reminding.nudge_words import FULL_ANSWER
from bot.core.text import Text, listed
from commands.conversation.reading import (
    IN_CHARGE,
    NO_SUCH_CASE,
    OTHER_CASE,
    find_case,
    must_take,
    named_first,
    own_actions,
)
from commands.conversation.replies import OR, kept, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.casefile import CaseFile
    from bot.core.guard import KeptText
    from bot.core.protocols import Protocol
    from bot.core.records.inquiries import Inquiry
    from bot.core.region import Region
    from bot.core.text import Language
    from commands.conversation.command import Command, Request

QUESTION_LENGTH = 140
_NUMBER = re.compile(r"N(\d{1,5})", re.IGNORECASE | re.ASCII)
_EDGE = " ,.:;"
_PURPOSE = re.compile(r"[^\W\d_]{5}")
_ASKS_BACK = re.compile(
    r"\?[^\w?]*+$|^(?:wat|hoe|waarom|waarvoor|wie|what|how|why|who)\b|^(?:weet|geen idee|no idea|do not know)\b",
    re.IGNORECASE,
)
_SPECIAL = frozenset({Category.HEALTH, Category.CRIMINAL})

WHICH = Text(
    "Welke navraag? {ids}Zet het nummer erbij, bijv. !{command} N{example}.",
    "Which inquiry? {ids}Add its number, for example !{command} N{example}.",
)
THESE = Text("Het kan zijn: {ids}. ", "It may be: {ids}. ")
NO_SUCH = Text("{id} ken ik niet als navraag. Kijk met !navragen.", "I know no inquiry {id}. Try !inquiries.")
WHICH_CASE = Text(
    "{id} in welke casus? Zet de referentie ervoor: !{command} {ref} {id}.",
    "{id} of which case? Put the reference first: !{command} {ref} {id}.",
)
ELSEWHERE = Text(
    "Niet opgeslagen: dit gaat over gezondheid of strafbare feiten, en dat blijft in het systeem van de partner zelf. "
    "Vraag alleen of er iets te delen is, zonder de inhoud te noemen.",
    "Not stored: this is about health or offences, and that stays in the partner's own system. "
    "Ask only whether there is anything to share, without naming the content.",
)
NO_CHAT = Text(
    "Eerst stel ik je een paar vragen in ons gesprek met z'n tweeën. Neem die uitnodiging aan, en typ het dan opnieuw.",
    "First I ask you a few things in our direct chat. Accept that invitation, then type this again.",
)
NO_PURPOSE = Text(
    "Dat is nog geen doel. De partner leest het mee, bijv. zicht op de veiligheid van de kinderen.",
    "That is no purpose yet. The partner reads it too, for example to see whether the children are safe.",
)
HEAD = Text("{ref} {id} {asker} aan {partner}: {question}", "{ref} {id} {asker} to {partner}: {question}")
GROUNDS = Text(
    "Doel: {purpose}. Grondslag volgens de vrager: {basis}. Met minder kan het niet, zegt de vrager. "
    "De betrokkene weet ervan: {informed}.",
    "Purpose: {purpose}. Lawful basis, says the asker: {basis}. Less would not do, says the asker. "
    "The person knows of it: {informed}.",
)
INFORMED, UNINFORMED = Text("ja", "yes"), Text("nee ({reason})", "no ({reason})")
STANDS = Text("Stand: {state}.", "It is: {state}.")
UNTIL = Text("{state}, graag {day}", "{state}, preferably {day}")
HOW_TO_ANSWER = Text("Antwoord: antwoord {it} {answers}.", "Answer: answer {it} {answers}.")


@dataclass(frozen=True, slots=True)
class Found:
    """The inquiry a command is about, and what was typed after its number; `request` is placed in its case."""

    request: Request
    file: CaseFile
    inquiry: Inquiry
    rest: str

    @property
    def named(self) -> str:
        return f"{self.file.ref} {self.inquiry.id}"


def find_inquiry(request: Request, command: Command, meant: Callable[[CaseFile, Inquiry], bool]) -> Found:
    """The inquiry named at the start of the text. Ends the command where none is, or more than one may be.

    The number may be left out where one inquiry only is `meant`, the case where one only has the number.
    """
    ref, number, rest = named(request.text)
    files = _files(request, ref)
    here = [(file, i) for file in files for i in file.inquiries if number in {None, i.number}]
    if len(here) > 1 or number is None:
        here = [(file, i) for file, i in here if meant(file, i)]
    if len(here) != 1:
        refuse(request, _which(request, command, number, here))
    file, inquiry = here[0]
    must_take(request, command, file)
    return Found(replace(request, case=file), file, inquiry, rest)


def _which(
    request: Request, command: Command, number: int | None, here: list[tuple[CaseFile, Inquiry]]
) -> str:
    name = command.name(request.language)
    if number is None:
        ids = listed(list(dict.fromkeys(i.id for _, i in here)), OR(request.language))
        these = THESE(request.language, ids=ids) if ids else ""
        example = here[0][1].number if here else 3
        return WHICH(request.language, ids=these, command=name, example=example)
    if not here:
        return NO_SUCH(request.language, id=f"N{number}")
    return WHICH_CASE(request.language, id=f"N{number}", command=name, ref=here[0][0].ref)


def named(text: str) -> tuple[str | None, int | None, str]:
    """Case reference and inquiry number at the start, in either order, and the rest."""
    return named_first(text, _NUMBER)


def _files(request: Request, ref: str | None) -> tuple[CaseFile, ...]:
    """The cases that may be meant: in a direct chat those in which the sender has a seat."""
    if request.case:
        if ref not in {None, request.case.ref}:
            refuse(request, OTHER_CASE(request.language, here=request.case.ref, ref=ref))
        return (request.case,)
    if ref and ((file := find_case(request, ref)) is None or file.seat_of(request.sender) is None):
        refuse(request, NO_SUCH_CASE(request.language, ref=ref))
    seated = tuple(file for file in request.cases if file.seat_of(request.sender))
    return tuple(file for file in seated if ref in {None, file.ref})


def answers_for_partner(request: Request, file: CaseFile, inquiry: Inquiry) -> bool:
    """Whether the sender is the partner that was asked, or stands in for it."""
    placed = replace(request, case=file)
    if placed.seat in file.holding(inquiry.partner):
        return True
    action = file.action(inquiry.action) if inquiry.action else None
    return action is not None and action.holder == inquiry.partner and action in own_actions(placed, file)


def may_record(request: Request, inquiry: Inquiry) -> bool:
    """Whether the sender may record what the partner said elsewhere: whoever asked, and who directs the case."""
    return request.sender == inquiry.asked_by or bool(request.functions & IN_CHARGE)


def bare(request: Request, text: str, most: int = QUESTION_LENGTH) -> KeptText:
    """A text of an inquiry as it may be stored: the guard's, and nothing of health or offences at all (domain L19)."""
    found = kept(request, text.strip(" .,;"), most)
    if _SPECIAL & set(found.warnings):
        refuse(request, ELSEWHERE(request.language), event="guard.refused")
    return found.text


def says_what_for(text: str) -> bool:
    """Whether it can be a purpose: a bare "ja" or a number was meant for another question, "wat bedoel je" for the bot."""
    return bool(_PURPOSE.search(text)) and not _ASKS_BACK.search(text.strip())


def protocol_of(region: Region) -> Protocol:
    return region.protocols[PROTOCOL]


def of_partner(region: Region, name: str, partner: str) -> Text | None:
    """What a list of the protocol says for this partner: for its label, else for its sort, else for all."""
    texts = protocol_of(region).lists[name]
    keys = (partner, region.regimes.get(partner, ""), "default")
    return next((texts[key] for key in keys if key in texts), None)


def in_chat(request: Request) -> Request:
    """The same request in the sender's chat with the bot, where the questions are put."""
    if request.direct:
        return request
    chat = request.person.direct_room
    if chat is None:
        refuse(request, NO_CHAT(request.language))
    return replace(request, room_id=chat)


def bases(request: Request, inquiry: Inquiry) -> tuple[tuple[str, Text], ...]:
    """The lawful bases that are offered, by code: those for all, and the partner's own task."""
    own = of_partner(request.region, "own_task", inquiry.partner)
    common = tuple(protocol_of(request.region).lists["basis"].items())
    return (*common, ("own_task", own)) if own else common


def told(file: CaseFile, inquiry: Inquiry, language: Language) -> list[str]:
    """An inquiry in full, as those of its case may read it."""
    lines = [
        HEAD(
            language,
            ref=file.ref,
            id=inquiry.id,
            asker=inquiry.asker,
            partner=inquiry.partner,
            question=inquiry.question,
        )
    ]
    if inquiry.state is not InquiryState.DRAFT and inquiry.purpose:
        lines.append(grounds(inquiry, language))
    return [*lines, STANDS(language, state=standing(file, inquiry, language))]


def grounds(inquiry: Inquiry, language: Language) -> str:
    informed = (
        INFORMED(language) if inquiry.informed else UNINFORMED(language, reason=inquiry.uninformed or "?")
    )
    purpose = (inquiry.purpose or "?").rstrip(".")
    return GROUNDS(language, purpose=purpose, basis=inquiry.basis_text or "?", informed=informed)


def standing(file: CaseFile, inquiry: Inquiry, language: Language) -> str:
    """Its answer, or what it waits for."""
    state = said(inquiry, language)
    action = file.action(inquiry.action) if inquiry.action else None
    if inquiry.state is not InquiryState.ASKED or action is None:
        return state
    return UNTIL(language, state=state, day=say_weekday_short(action.due_date, language=language.code))


def how_to_answer(request: Request, inquiry: Inquiry) -> list[str]:
    """The line that says how, for whom was asked; `request` is placed in its case."""
    file = request.file
    if inquiry.state is not InquiryState.ASKED or not answers_for_partner(request, file, inquiry):
        return []
    it = f"{file.ref} {inquiry.id}" if request.direct else inquiry.id
    line = HOW_TO_ANSWER(request.language, it=it, answers=offered(inquiry, request.language))
    return [f"{line} {FULL_ANSWER(request.language)}"]
