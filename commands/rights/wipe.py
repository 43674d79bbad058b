"""`wis`: removes a text for good. Number, date and state stay, and the log says only that it was removed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.effects import Effects, Logged, Wiped
from bot.core.records.actions import Action
from bot.core.records.inquiries import Inquiry, InquiryState, InquiryStep, after
from bot.core.records.meetings import AgendaItem, Decision
from bot.core.text import Text
from commands.conversation.command import CHAIRS, EVERYBODY, Command, Kind, Parameter, Where
from commands.conversation.remembering import key, texts
from commands.conversation.replies import changed, kept, refuse, say

if TYPE_CHECKING:
    from bot.core.casefile import SignalFile
    from bot.core.records.trail import Question
    from commands.conversation.command import Request

Worded = Action | Decision | AgendaItem | Inquiry

_ACTION = re.compile(r"A(\d{1,5})(?:\s+(toelichting|notitie|opmerking|note))?", re.IGNORECASE)
_DECISION = re.compile(r"B(\d{1,5})", re.IGNORECASE)
_SIGNAL = re.compile(r"S(\d{1,6})", re.IGNORECASE)
_INQUIRY = re.compile(r"N(\d{1,5})", re.IGNORECASE)
_ITEM = re.compile(r"(?:agenda(?:punt)?|punt|item)\s+(\d{1,3})", re.IGNORECASE)

WHICH = Text(
    "Welke tekst moet weg? Bijv. !wis A3, !wis A3 toelichting, !wis B1, !wis N1, !wis S2 of !wis agenda 2.",
    "Which text has to go? For example !redact A3, !redact A3 note, !redact B1, !redact N1, !redact S2 or !redact agenda 2.",
)
NOT_THERE = Text(
    "{id} ken ik niet in {ref}. Kijk met !acties of !agenda.",
    "I do not know {id} in {ref}. Try !actions or !agenda.",
)
ONLY_SIGNALS = Text(
    "Hier kan ik alleen een signaal zonder casus wissen, bijv. !wis S7. Stuur dit in de ruimte van de casus.",
    "Here I can only remove a signal without a case, for example !redact S7. Send this in the room of the case.",
)
SIGNAL_NOT_THERE = Text(
    "{id} ken ik hier niet. Kijk met !signalen.", "I do not know {id} here. Try !signals."
)
SIGNAL_GONE = Text(
    "{id} is weg, met alles wat erbij stond. Mijn berichten met die tekst haal ik terug; verwijder je eigen "
    "bericht zelf.",
    "{id} is gone, with all that was said of it. I take back my messages that showed it; remove your own message "
    "yourself.",
)
NO_NOTE = Text("{id} heeft geen toelichting.", "{id} has no note.")
NOT_YOURS = Text(
    "Deze tekst is van een ander. Vraag het die persoon of de voorzitter.",
    "This text is somebody else's. Ask them or the chair.",
)
WIPED = Text(
    "{id}: de tekst is weg. Nummer, datum en stand blijven. Mijn berichten met die tekst haal ik terug; "
    "verwijder je eigen bericht zelf.",
    "{id}: the text is gone. Number, date and state stay. I take back my messages that showed it; "
    "remove your own message yourself.",
)
GONE = "(gewist)"
"""Stands in the place of the text, in every language."""


def _wipe(request: Request) -> Effects:
    if found := _SIGNAL.fullmatch(request.text.strip(" .")):
        return _wipe_signal(request, int(found[1]))
    if request.case is None:
        refuse(request, ONLY_SIGNALS(request.language))
    thing, note = _meant(request)
    wiped = without(request, thing, note=note)
    touched = {key(thing)}
    steps = (s for s in request.steps if touched & {key(r) for r in (*s.before, *s.after)})
    words = texts(thing)
    questions = (q for q in request.questions if any(text in value for _, value in q.draft for text in words))
    ref = request.file.ref
    return say(request, WIPED(request.language, id=_shown(request, thing))) + Effects(
        keep=(wiped,),
        drop=(*steps, *questions),
        log=(Logged("text.removed", ref, thing.id),),
        wiped=(Wiped(ref, thing.id),),
    )


def _wipe_signal(request: Request, number: int) -> Effects:
    """In a case its words go and its steps stay; without a case nothing else knows of it, so all of it goes."""
    language, id_ = request.language, f"S{number}"
    if request.case:
        found = request.case.signal(number)
        if found is None:
            refuse(request, SIGNAL_NOT_THERE(language, id=id_))
        if not request.functions & CHAIRS and any(f.added_by != request.sender for f in found.facts):
            refuse(request, NOT_YOURS(language))
        return _emptied(request, found)
    found = next((f for f in request.signals if f.signal.number == number), None)
    if found is None or found.signal.case_ref:
        refuse(request, SIGNAL_NOT_THERE(language, id=id_))
    return say(request, SIGNAL_GONE(language, id=id_)) + Effects(
        drop=(found.signal, *_asked_of(request, number)),
        log=(Logged("text.removed", None, id_),),
        wiped=(Wiped(None, id_),),
    )


def _emptied(request: Request, found: SignalFile) -> Effects:
    gone = kept(request, GONE).text
    facts = tuple(replace(fact, text=gone, reason=gone if fact.reason else None) for fact in found.facts)
    touched = {key(fact) for fact in facts}
    steps = (s for s in request.steps if touched & {key(r) for r in (*s.before, *s.after)})
    ref, id_ = request.file.ref, found.signal.id
    return (
        say(request, WIPED(request.language, id=id_))
        + changed(request, request.file, *facts, event="text.removed", thing=id_)
        + Effects(drop=(*steps, *_asked_of(request, found.signal.number)), wiped=(Wiped(ref, id_),))
    )


def _asked_of(request: Request, number: int) -> tuple[Question, ...]:
    """Questions about a signal hold half of what may be said of it."""
    return tuple(q for q in request.questions if ("signal", str(number)) in q.draft)


def _meant(request: Request) -> tuple[Worded, bool]:
    """The thing that is named, and whether only its note is meant. Ends the command where it may not be wiped."""
    file, text = request.file, request.text.strip(" .")
    thing: Worded | None
    note = False
    if found := _ACTION.fullmatch(text):
        thing, note = file.action(int(found[1])), found[2] is not None
    elif found := _DECISION.fullmatch(text):
        thing = next((d for d in file.decisions if d.number == int(found[1])), None)
    elif found := _INQUIRY.fullmatch(text):
        thing = file.inquiry(int(found[1]))
    elif found := _ITEM.fullmatch(text):
        thing = next((item for n, item in enumerate(file.agenda, 1) if n == int(found[1])), None)
    else:
        refuse(request, WHICH(request.language))
    if thing is None:
        refuse(request, NOT_THERE(request.language, id=text, ref=file.ref))
    if not request.functions & CHAIRS and not _is_own(request, thing, note=note):
        refuse(request, NOT_YOURS(request.language))
    if note and isinstance(thing, Action) and thing.note is None:
        refuse(request, NO_NOTE(request.language, id=thing.id))
    return thing, note


def _is_own(request: Request, thing: Worded, *, note: bool) -> bool:
    match thing:
        case Action(created_by=writer):
            return request.sender == writer or (note and request.seat in request.file.holding(thing.holder))
        case Decision(decided_by=writer) | AgendaItem(added_by=writer) | Inquiry(asked_by=writer):
            return request.sender == writer


def without(request: Request, thing: Worded, *, note: bool = False) -> Worded:
    """The thing with its text gone, or only its note."""
    gone = kept(request, GONE).text
    match thing:
        case Action():
            return replace(thing, note=None) if note else replace(thing, text=gone, note=None)
        case Decision():
            return replace(thing, text=gone, reason=gone)
        case AgendaItem():
            return replace(thing, text=gone)
        case Inquiry(state=state):
            withdrawn = after(state, InquiryStep.WITHDRAW) if state is InquiryState.DRAFT else None
            return replace(
                thing,
                state=withdrawn or state,
                question=gone,
                purpose=thing.purpose and gone,
                basis_text=thing.basis_text and gone,
                uninformed=thing.uninformed and gone,
            )


def _shown(request: Request, thing: Worded) -> str:
    if isinstance(thing, AgendaItem):
        return f"agenda {request.file.agenda.index(thing) + 1}"
    return thing.id


WIPE = Command(
    name=Text("wis", "redact"),
    aliases=(Text("wissen", "wipe"),),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text(
        "haalt een tekst voorgoed weg; van een ander alleen door de voorzitter",
        "removes a text for good; somebody else's only by the chair",
    ),
    examples=(Text("wis A3", "redact A3"), Text("wis agenda 2", "redact agenda 2")),
    parameters=(Parameter(Text("A3, B1, N1, S2 of agenda 2", "A3, B1, N1, S2 or agenda 2"), Kind.TEXT),),
    execute=_wipe,
)
