"""`wis`: removes a text for good. Number, date and state stay, and the log says only that it was removed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.effects import Effects, Logged, Wiped
from bot.core.model import Action, AgendaItem, Decision
from bot.core.text import Text
from commands.declaration import CHAIRS, EVERYBODY, Command, Kind, Parameter, Where
from commands.remembering import key, texts
from commands.replies import kept, refuse, say

if TYPE_CHECKING:
    from commands.declaration import Request
    from commands.remembering import Thing

_ACTION = re.compile(r"A(\d{1,5})(?:\s+(toelichting|notitie|opmerking|note))?", re.IGNORECASE)
_DECISION = re.compile(r"B(\d{1,5})", re.IGNORECASE)
_ITEM = re.compile(r"(?:agenda(?:punt)?|punt|item)\s+(\d{1,3})", re.IGNORECASE)

WHICH = Text(
    "Welke tekst moet weg? Bijv. !wis A3, !wis A3 toelichting, !wis B1 of !wis agenda 2.",
    "Which text has to go? For example !redact A3, !redact A3 note, !redact B1 or !redact agenda 2.",
)
NOT_THERE = Text(
    "{id} ken ik niet in {ref}. Kijk met !acties of !agenda.",
    "I do not know {id} in {ref}. Try !actions or !agenda.",
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
    thing, note = _meant(request)
    wiped = _without(request, thing, note=note)
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


def _meant(request: Request) -> tuple[Thing, bool]:
    """The thing that is named, and whether only its note is meant. Ends the command where it may not be wiped."""
    file, text = request.file, request.text.strip(" .")
    thing: Thing | None
    note = False
    if found := _ACTION.fullmatch(text):
        thing, note = file.action(int(found[1])), found[2] is not None
    elif found := _DECISION.fullmatch(text):
        thing = next((d for d in file.decisions if d.number == int(found[1])), None)
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


def _is_own(request: Request, thing: Thing, *, note: bool) -> bool:
    match thing:
        case Action(created_by=writer):
            return request.sender == writer or (note and request.seat in request.file.holding(thing.holder))
        case Decision(decided_by=writer) | AgendaItem(added_by=writer):
            return request.sender == writer


def _without(request: Request, thing: Thing, *, note: bool) -> Thing:
    gone = kept(request, GONE).text
    match thing:
        case Action():
            return replace(thing, note=None) if note else replace(thing, text=gone, note=None)
        case Decision():
            return replace(thing, text=gone, reason=gone)
        case AgendaItem():
            return replace(thing, text=gone)


def _shown(request: Request, thing: Thing) -> str:
    if isinstance(thing, AgendaItem):
        return f"agenda {request.file.agenda.index(thing) + 1}"
    return thing.id


WIPE = Command(
    name=Text("wis", "redact"),
    aliases=(Text("wissen", "wipe"),),
    who=EVERYBODY,
    where=Where.CASE,
    help=Text(
        "haalt een tekst voorgoed weg; van een ander alleen door de voorzitter",
        "removes a text for good; somebody else's only by the chair",
    ),
    examples=(Text("wis A3", "redact A3"), Text("wis agenda 2", "redact agenda 2")),
    parameters=(Parameter(Text("A3, B1 of agenda 2", "A3, B1 or agenda 2"), Kind.TEXT),),
    execute=_wipe,
)
