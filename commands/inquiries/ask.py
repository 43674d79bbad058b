"""`navraag`: one minimal question to a partner. Its asker says first, alone with the bot, why and on what basis.

The questions are those of the professional test lists: purpose, proportionality and subsidiarity, then inform,
motivate, document (domain 4.1). Whether an answer is allowed is for the partner to decide.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.casefile import next_number
from bot.core.effects import Effects, Logged, Say, ToPerson
from bot.core.records.inquiries import Inquiry, InquiryState
from bot.core.text import Message, Text
from commands.conversation.answers import draft, is_no, is_yes
from commands.conversation.command import EVERYBODY, Asks, Command, Kind, Parameter, Where
from commands.conversation.parsing import folded
from commands.conversation.reading import find_case, find_label, must_take, nearest_label, unique
from commands.conversation.reasons import bare_reason
from commands.conversation.replies import ask, changed, kept, refuse, say
from commands.inquiries.finding import (
    NO_PURPOSE,
    QUESTION_LENGTH,
    bare,
    bases,
    find_inquiry,
    how_to_answer,
    in_chat,
    named,
    of_partner,
    protocol_of,
    says_what_for,
    told,
)
from commands.inquiries.send import sent

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile
    from bot.core.records.trail import Question
    from commands.conversation.command import Request

_ASKS_PHONE = Asks("phone")
_ASKS_PURPOSE, _ASKS_BASIS, _ASKS_INFORMED = Asks("purpose"), Asks("basis"), Asks("informed")
_ASKS_LESS, _ASKS_SMALLER, _ASKS_UNINFORMED = Asks("less"), Asks("smaller"), Asks("uninformed")
_QUOTED = re.compile(r"([^\"“„«]*+)[\"“„«](.+)", re.DOTALL)
_NO = re.compile(r"^(?:nee|no)\b(.*)$", re.IGNORECASE)
_YES = re.compile(r"^(?:ja|yes)\b", re.IGNORECASE)
_OTHER = re.compile(r"^(?:anders|other)\b[\s,.:;]*+(?:namelijk\b)?\s*+(.*)", re.IGNORECASE)
_OF_THE_CASE = frozenset({"zelfde", "zelfde doel", "doel van de casus", "same", "purpose of the case"})
_UNSURE = frozenset({"weet niet", "weet ik niet", "geen idee", "not sure", "do not know"})
_LONGEST_LABEL = 5
OTHER_BASIS = "other"

HOW = Text(
    'Schrijf wie en wat: !navraag Veilig Thuis "bekend in een andere regio?". Eén vraag, zonder namen.',
    'Write who and what: !inquiry Veilig Thuis "known in another region?". One question, no names.',
)
ONE_QUESTION = Text(
    "Eén vraag per navraag, dan blijft het klein. Stel ze na elkaar.",
    "One question per inquiry keeps it small. Ask them one by one.",
)
NO_ROLE = Text(
    "Die rol ken ik niet. In de casus: {labels}.", "I do not know that role. In the case: {labels}."
)
MEANT_ROLE = Text(
    'Die rol ken ik niet. Bedoel je {label}? Typ: !navraag {label} "…".',
    'I do not know that role. Do you mean {label}? Type: !inquiry {label} "…".',
)
OWN_ROLE = Text(
    "{label} ben je zelf. Een navraag gaat naar een andere partner.",
    "{label} is you. An inquiry goes to another partner.",
)
WHICH_CASE = Text(
    'Over welke casus? Bijv. !navraag {ref} Veilig Thuis "…".',
    'About which case? For example !inquiry {ref} Veilig Thuis "…".',
)
BY_PHONE = Text(
    "{partner} zit niet in deze casus. Uitnodigen kan met !deelnemer; stel de vraag daarna opnieuw.\n"
    "Of vraag je het zelf, en leg je het antwoord vast namens {partner}? (ja / nee)",
    "{partner} is not in this case. Invite them with !participant and ask again after that.\n"
    "Or do you ask it yourself, and record the answer on behalf of {partner}? (yes / no)",
)
LEFT = Text("Goed, er is niets vastgelegd.", "Fine, nothing is recorded.")
BEGUN = Text(
    "{id} aan {partner} gaat nog niet weg. Ik vraag je in ons gesprek met z'n tweeën naar doel en grondslag.",
    "{id} to {partner} does not go yet. In our direct chat I ask you for purpose and lawful basis.",
)
CONCEPT = Text(
    "De lijst met grondslagen is een concept: jullie ZVH heeft haar nog niet vastgesteld.",
    "The list of lawful bases is a concept: your ZVH has not adopted it yet.",
)
PURPOSE = Text(
    "{ref} {id} aan {partner}: {question}\n"
    "Waarvoor is het antwoord nodig? Eén zin, zonder namen. Of typ: zelfde, voor het doel van de casus ({purpose}).",
    "{ref} {id} to {partner}: {question}\n"
    "What is the answer needed for? One sentence, no names. Or type: same, for the purpose of the case ({purpose}).",
)
BASIS = Text(
    "{id}: op welke grondslag? {options}. Een andere: typ anders: <welke>. Niet zeker? Typ: weet niet.",
    "{id}: on what lawful basis? {options}. Another: type other: <which>. Not sure? Type: not sure.",
)
ASK_SOMEBODY = Text(
    "Goed dat je het zegt. Leg het voor aan de procesregisseur of je privacyfunctionaris. {id} wacht; "
    "verder met !navraag {id}, weg met !navraag intrekken {id}.",
    "Good that you say so. Ask the process coordinator or your privacy officer. {id} waits; "
    "go on with !inquiry {id}, drop it with !inquiry withdraw {id}.",
)
LESS = Text(
    "{id}: kan het met minder? Een kleinere vraag, zonder de casus te noemen, of uit je eigen systeem. (nee / ja)",
    "{id}: would less do? A smaller question, without naming the case, or from your own system. (no / yes)",
)
SMALLER = Text(
    "Dan is de kleinere vraag beter. Typ haar nu, of: !navraag intrekken {id}.",
    "Then the smaller question is better. Type it now, or: !inquiry withdraw {id}.",
)
INFORMED = Text(
    "{id}: weet de betrokkene van deze navraag? (ja / nee, en waarom niet)",
    "{id}: does the person know of this inquiry? (yes / no, and why not)",
)
WHY_NOT = Text(
    "{id}: waarom weet de betrokkene het niet? Eén zin, bijv. geen contact gekregen.",
    "{id}: why does the person not know? One sentence, for example no contact.",
)
OVER = Text(
    "{id} is geen concept meer. Kijk met !navraag {id}.", "{id} is no draft any more. Try !inquiry {id}."
)


def _inquire(request: Request) -> Effects:
    _, number, rest = named(request.text)
    if number is not None and not rest:
        return _looked_at(request)
    request = _placed(request)
    partner, question = _read(request)
    words = _question(request, question)
    file, language = request.file, request.language
    if request.seat in file.holding(partner):
        refuse(request, OWN_ROLE(language, label=partner))
    if not file.holding(partner):
        asked = ask(request, INQUIRY.name, _ASKS_PHONE, ref=file.ref, partner=partner, question=words)
        return say(request, BY_PHONE(language, partner=partner)) + asked
    return _drafted(request, partner, words)


def _question(request: Request, typed: str) -> str:
    if typed.count("?") > 1:
        refuse(request, ONE_QUESTION(request.language))
    return bare(request, typed, QUESTION_LENGTH)


def _placed(request: Request) -> Request:
    """In a direct chat: the case that was named, or the only one the sender sits in."""
    if request.case:
        return request
    ref, _, rest = named(request.text)
    seated = [file for file in request.cases if file.seat_of(request.sender)]
    chosen = [file for file in seated if file.ref == ref] if ref else seated
    if len(chosen) != 1:
        example = seated[0].ref if seated else "Z-2026-014"
        refuse(request, WHICH_CASE(request.language, ref=example))
    must_take(request, INQUIRY, chosen[0])
    return replace(request, case=chosen[0], text=rest)


def _read(request: Request) -> tuple[str, str]:
    """The partner and the question. Ends the command where one of them is missing."""
    if quoted := _QUOTED.match(request.text):
        spoken, question = quoted[1].strip(" ,:"), _unquoted(quoted[2])
    else:
        spoken, question = _first_role(request)
    if not spoken or not question:
        refuse(request, HOW(request.language))
    label = find_label(request, request.file, spoken)
    if label is None:
        near = nearest_label(request, request.file, spoken)
        labels = unique(p.label for p in request.file.seated)
        refuse(
            request,
            MEANT_ROLE(request.language, label=near) if near else NO_ROLE(request.language, labels=labels),
        )
    return label, question


def _unquoted(text: str) -> str:
    """What stood behind the opening quotation mark, without the closing one."""
    text = text.rstrip()
    return (text[:-1] if len(text) > 1 and text[-1] in '"”“»' else text).strip()


def _first_role(request: Request) -> tuple[str, str]:
    """The words at the start that name a role, else the first word; and the rest."""
    words = request.text.split()
    for count in range(min(len(words) - 1, _LONGEST_LABEL), 0, -1):
        spoken = " ".join(words[:count]).strip(" ,:")
        if find_label(request, request.file, spoken):
            return spoken, " ".join(words[count:])
    return " ".join(words[:1]), " ".join(words[1:])


def _drafted(request: Request, partner: str, question: str) -> Effects:
    file, language, region = request.file, request.language, request.region
    there = in_chat(request)
    system = of_partner(region, "own_system", partner)
    inquiry = Inquiry(
        case_ref=file.ref,
        number=next_number(file.inquiries),
        question=bare(request, question, QUESTION_LENGTH),
        partner=partner,
        asker=request.seat.label if request.seat else "",
        asked_by=request.sender,
        state=InquiryState.DRAFT,
        made_at=request.now.astimezone(UTC),
        own_system=kept(request, system(language)).text if system else None,
    )
    lines = [CONCEPT(language)] if protocol_of(region).is_concept else []
    effects, asked = changed(request, file, inquiry, event="inquiry.drafted", thing=inquiry.id), Effects()
    line, asked = _next(there, inquiry)
    if request.direct:
        return say(request, line, *lines) + effects + asked
    alone = Say(ToPerson(request.sender), Message.of(line, *lines))
    return (
        say(request, BEGUN(language, id=inquiry.id, partner=partner))
        + effects
        + asked
        + Effects(send=(alone,))
    )


def _next(request: Request, inquiry: Inquiry) -> tuple[str, Effects]:
    """The first thing that is still to be said before the question may go, and its being asked."""
    language, file, id_ = request.language, request.file, inquiry.id

    def asking(asks: Asks) -> Effects:
        return ask(request, INQUIRY.name, asks, ref=file.ref, number=str(inquiry.number))

    if inquiry.purpose is None:
        purpose = file.case.purpose.rstrip(".")
        names = {"partner": inquiry.partner, "question": inquiry.question, "purpose": purpose}
        return PURPOSE(language, ref=file.ref, id=id_, **names), asking(_ASKS_PURPOSE)
    if inquiry.basis is None:
        check = of_partner(request.region, "check", inquiry.partner)
        options = " · ".join(
            f"{n} {text(language)}" for n, (_, text) in enumerate(bases(request, inquiry), 1)
        )
        line = BASIS(language, id=id_, options=options)
        return f"{check(language)}\n{line}" if check else line, asking(_ASKS_BASIS)
    if not inquiry.minimal:
        return LESS(language, id=id_), asking(_ASKS_LESS)
    return INFORMED(language, id=id_), asking(_ASKS_INFORMED)


def _looked_at(request: Request) -> Effects:
    """'navraag N3': what it is, and for its asker the next question where it is a draft."""
    found = find_inquiry(request, INQUIRY, lambda _file, _inquiry: True)
    inquiry, language = found.inquiry, request.language
    lines = told(found.file, inquiry, language)
    read = Effects(log=(Logged("inquiry.read", found.file.ref, inquiry.id),))
    if inquiry.state is InquiryState.DRAFT and inquiry.asked_by == request.sender:
        there = in_chat(found.request)
        line, asked = _next(there, inquiry)
        if request.direct:
            return say(request, line) + asked + read
        alone = Say(ToPerson(request.sender), Message.of(line))
        return say(request, *lines) + Effects(send=(alone,)) + asked + read
    return say(request, *lines, *how_to_answer(found.request, inquiry)) + read


# What the asker answers


def _answer(request: Request, question: Question) -> Effects | None:
    half = draft(question)
    file = request.case or find_case(request, half["ref"])
    if file is None or file.seat_of(request.sender) is None:
        return None
    must_take(request, INQUIRY, file)
    request = replace(request, case=file)
    if question.asks == _ASKS_PHONE.name:
        if is_no(request.text):
            return say(request, LEFT(request.language))
        return _drafted(request, half["partner"], half["question"]) if is_yes(request.text) else None
    inquiry = file.inquiry(int(half["number"]))
    if inquiry is None or inquiry.state is not InquiryState.DRAFT:
        refuse(request, OVER(request.language, id=f"N{half['number']}"))
    match question.asks:
        case _ASKS_PURPOSE.name:
            return _purpose(request, file, inquiry)
        case _ASKS_BASIS.name:
            return _basis(request, inquiry)
        case _ASKS_LESS.name:
            return _less(request, inquiry)
        case _ASKS_SMALLER.name:
            return _on(request, replace(inquiry, question=bare(request, _question(request, request.text))))
        case _:
            return _informed(request, inquiry, asks=question.asks)


def _on(request: Request, inquiry: Inquiry) -> Effects:
    """Keep what was said and go on: with the next question, or with the inquiry itself."""
    if inquiry.informed is not None:
        return sent(request, request.file, inquiry)
    line, asked = _next(request, inquiry)
    kept_ = changed(request, request.file, inquiry, event="inquiry.drafted", thing=inquiry.id)
    return say(request, line) + kept_ + asked


def _purpose(request: Request, file: CaseFile, inquiry: Inquiry) -> Effects:
    of_case = folded(request.text).strip(" .") in _OF_THE_CASE
    purpose = file.case.purpose if of_case else bare(request, request.text)
    if not of_case and not says_what_for(request.text):
        line, asked = _next(request, inquiry)
        return say(request, NO_PURPOSE(request.language), line) + asked
    return _on(request, replace(inquiry, purpose=purpose))


def _basis(request: Request, inquiry: Inquiry) -> Effects:
    language, said = request.language, folded(request.text).strip(" .)")
    if said in _UNSURE:
        return say(request, ASK_SOMEBODY(language, id=inquiry.id))
    if other := _OTHER.match(request.text):
        if not other[1].strip():
            return _again(request, inquiry)
        words = bare(request, other[1])
        return _on(request, replace(inquiry, basis=OTHER_BASIS, basis_text=words))
    for place, (code, text) in enumerate(bases(request, inquiry), 1):
        spelt = {folded(words) for words in (text.nl, text.en)}
        names = {str(place), code, *spelt, *(words.split(" (")[0] for words in spelt)}
        if said in names:
            words = kept(request, text(language)).text
            return _on(request, replace(inquiry, basis=code, basis_text=words))
    return _again(request, inquiry)


def _again(request: Request, inquiry: Inquiry) -> Effects:
    line, asked = _next(request, inquiry)
    return say(request, line) + asked


def _less(request: Request, inquiry: Inquiry) -> Effects:
    if is_no(request.text):
        return _on(request, replace(inquiry, minimal=True))
    if not is_yes(request.text):
        return _again(request, inquiry)
    asked = ask(request, INQUIRY.name, _ASKS_SMALLER, ref=request.file.ref, number=str(inquiry.number))
    return say(request, SMALLER(request.language, id=inquiry.id)) + asked


def _informed(request: Request, inquiry: Inquiry, *, asks: str) -> Effects:
    refused = _NO.match(request.text)
    reason = request.text if asks == _ASKS_UNINFORMED.name and not refused else refused[1] if refused else ""
    if asks == _ASKS_INFORMED.name and _YES.match(request.text):
        return _on(request, replace(inquiry, informed=True))
    if reason := bare_reason(reason):
        return _on(request, replace(inquiry, informed=False, uninformed=bare(request, reason)))
    if asks == _ASKS_INFORMED.name and not refused:
        return _again(request, inquiry)
    asked = ask(request, INQUIRY.name, _ASKS_UNINFORMED, ref=request.file.ref, number=str(inquiry.number))
    return say(request, WHY_NOT(request.language, id=inquiry.id)) + asked


INQUIRY = Command(
    name=Text("navraag", "inquiry"),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    in_theme=False,
    help=Text(
        "stelt een partner één kleine vraag, na doel en grondslag; met een nummer: laat haar zien",
        "asks a partner one small question, after purpose and lawful basis; with a number: shows it",
    ),
    examples=(
        Text(
            'navraag Veilig Thuis "bekend in een andere regio?"',
            'inquiry Veilig Thuis "known in another region?"',
        ),
        Text("navraag N1", "inquiry N1"),
    ),
    parameters=(
        Parameter(Text("rol", "role"), Kind.ROLE),
        Parameter(Text("vraag", "question"), Kind.TEXT),
    ),
    execute=_inquire,
    answer=_answer,
    waits_for=(_ASKS_PHONE,),
    asks=(
        _ASKS_PURPOSE,
        _ASKS_BASIS,
        _ASKS_LESS,
        _ASKS_SMALLER,
        _ASKS_INFORMED,
        _ASKS_UNINFORMED,
    ),
)
