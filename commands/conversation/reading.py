"""What commands read from their text: an action, a case, a role, a person."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from bot.core.records.cases import REFERENCE, Function
from bot.core.region import FUNCTION_LABELS
from bot.core.text import Text, listed
from commands.conversation.command import ASKS_CASE, CHAIRS, Where
from commands.conversation.parsing import USER_ID, folded
from commands.conversation.replies import FUNCTION_NAMES, NOTE_LENGTH, OR, Answered, ask, kept, refuse, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action
    from bot.core.region import Region
    from bot.core.text import Language
    from commands.conversation.command import Command, Request

CASE_REF = REFERENCE
_ACTION_ID = re.compile(r"A(\d{1,5})", re.IGNORECASE | re.ASCII)
_EDGE = " ,.:;!?"
IN_CHARGE = CHAIRS | {Function.CASE_COORDINATOR}

WHICH_ACTION = Text(
    "Welke actie? {own}Zet het nummer erbij, bijv. !{command} A{example}.",
    "Which action? {own}Add its number, for example !{command} A{example}.",
)
OWN = Text("Van jou lopen: {ids}. ", "Yours are: {ids}. ")
ONE_AT_A_TIME = Text(
    "Eén actie per bericht: eerst !{command} {one}, daarna de volgende.",
    "One action per message: first !{command} {one}, then the next.",
)
NO_SUCH_ACTION = Text(
    "{id} ken ik niet in {ref}. Kijk met !acties.", "I do not know {id} in {ref}. Try !actions."
)
NOT_YOURS = Text(
    "{id} ken ik niet onder jouw acties. Kijk met !acties.",
    "I do not know {id} among your actions. Try !actions.",
)
NO_SUCH_CASE = Text(
    "{ref} ken ik niet als casus van jou. Kijk met !acties.", "{ref} is no case of yours. Try !actions."
)
OTHER_CASE = Text(
    "Dit is de ruimte van {here}. Doe dit in die van {ref}, of in ons gesprek met z'n tweeën.",
    "This is the room of {here}. Do this in that of {ref}, or in our direct chat.",
)
IS_CLOSED = Text(
    "{ref} is gesloten. Lezen kan: !casus status, !acties, !verslag. Melden over nazorg ook: !klaar, !later, !vast. "
    "Is er meer nodig, dan opent de voorzitter de casus weer: !casus heropen <reden>.",
    "{ref} is closed. It can be read: !case status, !actions, !report. Aftercare goes on: !done, !snooze, !blocked. "
    "If more is needed, the chair opens the case again: !case reopen <reason>.",
)
NOT_IN_THEME = Text(
    "!{command} gaat over een casus. Dit is een themaruimte; stuur het in de ruimte van de casus.",
    "!{command} is about a case. This is a theme room; send it in the room of the case.",
)
IS_THEME = Text(
    "{ref} is een themaruimte, en !{command} gaat over een casus. Noem een casus.",
    "{ref} is a theme room, and !{command} is about a case. Name a case.",
)
WHICH_CASE = Text("{id} in welke casus: {refs}?", "{id} of which case: {refs}?")
NOT_HOLDER = Text(
    "{id} is van {holder}. Alleen {holder} en wie de regie heeft (voorzitter, procesregisseur, casusregisseur) "
    "melden hierover. Vraag het een van hen.",
    "{id} is {holder}'s. Only {holder} and who directs (chair, process coordinator, case coordinator) report on "
    "it. Ask one of them.",
)


@dataclass(frozen=True, slots=True)
class Target:
    """The action a command is about, and what was typed after its number; `request` is placed in its case."""

    request: Request
    file: CaseFile
    action: Action
    rest: str

    @property
    def named(self) -> str:
        """How a half-made command names it, so that the answer finds it again in every room."""
        return f"{self.file.ref} {self.action.id}"


def find_action(request: Request, command: Command, *, ends: bool = True, anybodys: bool = False) -> Target:
    """The action named at the start of the text. Ends the command where there is none, or more than one.

    In a direct chat the number may be left out when the sender has one thing to do, and the case when only one of
    their running actions has the number; where `anybodys` may be meant, only one of all in their cases.
    """
    ref, number, rest = named_first(request.text, _ACTION_ID)
    if request.direct and ref is None and number is None:
        ref, number = _only_own(request)
    if number is None:
        own = [a.id for file in _files(request) for a in own_actions(request, file)]
        mine = OWN(request.language, ids=", ".join(dict.fromkeys(own))) if own else ""
        name = command.name(request.language)
        refuse(
            request, WHICH_ACTION(request.language, own=mine, command=name, example=own[0][1:] if own else 3)
        )
    if ends and _ACTION_ID.fullmatch(rest.split(maxsplit=1)[0].strip(_EDGE) if rest else ""):
        refuse(
            request, ONE_AT_A_TIME(request.language, command=command.name(request.language), one=f"A{number}")
        )
    file = _case_of(request, command, ref, number, rest, anybodys=anybodys)
    must_take(request, command, file)
    action = file.action(number)
    if action is None:
        refuse(request, NO_SUCH_ACTION(request.language, id=f"A{number}", ref=file.ref))
    return Target(replace(request, case=file), file, action, rest)


def must_report(target: Target) -> None:
    """Ends the command unless the sender holds the action, stands in for its holder or directs the case."""
    request, action = target.request, target.action
    if request.functions & IN_CHARGE or action in own_actions(request, target.file):
        return
    if request.seat in target.file.holding(action.holder):
        return
    refuse(request, NOT_HOLDER(request.language, id=action.id, holder=action.holder))


def own_actions(request: Request, file: CaseFile) -> tuple[Action, ...]:
    """What the sender has to do now: their own, and that of somebody who is away and named them."""
    roster, today = request.roster, request.now.date()
    held = file.held_by(request.sender)
    return tuple(a for a in file.running if a in held or request.sender in roster.acting(file, a, today))


def _only_own(request: Request) -> tuple[str | None, int | None]:
    """The one thing the sender has to do: in their own chat a bare 'klaar' can mean nothing else."""
    own = [(file.ref, action.number) for file in request.cases for action in own_actions(request, file)]
    return own[0] if len(own) == 1 else (None, None)


def reference(word: str) -> str | None:
    """The case reference that this word is. Upper case comes last: it makes A to Z of other letters too."""
    word = word.strip(_EDGE)
    return word.upper() if CASE_REF.fullmatch(word) else None


def find_case(request: Request, ref: str) -> CaseFile | None:
    return next((file for file in request.cases if file.ref == ref.upper()), None)


def must_take(request: Request, command: Command, file: CaseFile) -> None:
    """Ends a command that would go on with a closed case, or with a theme room where it is about a case."""
    if file.is_theme and not command.in_theme:
        name = command.name(request.language)
        refuse(request, IS_THEME(request.language, ref=file.ref, command=name))
    if why_not := closed_for(command, file, request.language):
        refuse(request, why_not)


def closed_for(command: Command, file: CaseFile, language: Language) -> str | None:
    """Why a case does not take this command; None where it does."""
    if file.is_open or command.closed or command.where is Where.ANYWHERE:
        return None
    return IS_CLOSED(language, ref=file.ref)


def _files(request: Request) -> tuple[CaseFile, ...]:
    return (request.case,) if request.case else request.cases


def named_first(text: str, numbered: re.Pattern[str]) -> tuple[str | None, int | None, str]:
    """Case reference and number (as `numbered` reads it) at the start, in either order, and the rest."""
    ref: str | None = None
    number: int | None = None
    while text:
        word, _, rest = text.partition(" ")
        word = word.strip(_EDGE)
        if number is None and (found := numbered.fullmatch(word)):
            number = int(found[1])
        elif ref is None and (found_ref := reference(word)):
            ref = found_ref
        else:
            break
        text = rest.lstrip(_EDGE)
    return ref, number, text


def _case_of(
    request: Request, command: Command, ref: str | None, number: int, rest: str, *, anybodys: bool
) -> CaseFile:
    if request.case:
        if ref not in {None, request.case.ref}:
            refuse(request, OTHER_CASE(request.language, here=request.case.ref, ref=ref))
        return request.case
    if ref:
        if (file := find_case(request, ref)) is None:
            refuse(request, NO_SUCH_CASE(request.language, ref=ref))
        return file
    numbered = [
        file
        for file in request.cases
        if number in {a.number for a in (file.running if anybodys else own_actions(request, file))}
    ]
    if not numbered:
        refuse(request, NOT_YOURS(request.language, id=f"A{number}"))
    if len(numbered) == 1:
        return numbered[0]
    # The half-made command is stored until the answer comes, so its text passes the guard first.
    text = f"A{number} {kept(request, rest, NOTE_LENGTH).text}".strip()
    refs = listed([file.ref for file in numbered], OR(request.language))
    question = WHICH_CASE(request.language, id=f"A{number}", refs=refs)
    raise Answered(say(request, question) + ask(request, command.name, ASKS_CASE, text=text))


def spellings(region: Region, here: Iterable[str] = ()) -> dict[str, str]:
    """Every role by the ways it may be spelt, those of a case (`here`) before the rest of the region."""
    known = dict.fromkeys((*here, *region.labels))
    spelt = {_spelling(FUNCTION_NAMES[function].en): label for label, function in FUNCTION_LABELS.items()}
    spelt |= {_spelling(other): label for other, label in region.spellings.items()}
    return spelt | {_spelling(label): label for label in reversed(known)}


def named_label(spoken: str, spelt: Mapping[str, str]) -> str | None:
    """The role that a name names, among these spellings."""
    return spelt.get(_spelling(spoken))


def find_label(request: Request, file: CaseFile, spoken: str) -> str | None:
    """The role meant by a name, an English name or a mention of somebody who is seated."""
    if USER_ID.fullmatch(spoken.strip()):
        seat = file.seat_of(spoken.strip())
        return seat.label if seat else None
    return named_label(spoken, _labels(request, file))


def person_named(file: CaseFile, spoken: str) -> str | None:
    """The user id in a mention of somebody who is seated."""
    found = USER_ID.fullmatch(spoken.strip())
    seat = file.seat_of(found.group()) if found else None
    return seat.user_id if seat else None


def nearest_label(request: Request, file: CaseFile, spoken: str) -> str | None:
    known = _labels(request, file)
    found = get_close_matches(_spelling(spoken), known, 1, 0.7)
    return known[found[0]] if found else None


def _labels(request: Request, file: CaseFile) -> dict[str, str]:
    return spellings(request.region, (p.label for p in file.seated))


def split_labels(text: str) -> tuple[str, ...]:
    """'a, b en c' as its parts."""
    parts = (part.strip() for part in re.split(r"[,;]|\ben\b|\band\b", text.strip(_EDGE)))
    return tuple(part for part in parts if part)


def _spelling(label: str) -> str:
    """One form for all ways to write a role: "De Veilig-Thuis" is @veiligthuis."""
    bare = re.sub(r"^(?:de|het|the)\s+", "", folded(label).strip(_EDGE + "@\"'"))
    return re.sub(r"[\s\-_.]+", "", bare)


def unique(items: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(items))
