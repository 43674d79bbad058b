"""`thema nieuw` and `thema status`: a room for a subject, with the commands of a meeting and no case in it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.effects import Effects, Invite, Logged, OpenCaseRoom, ToCase
from bot.core.guard import Kept
from bot.core.records.cases import Case, CaseState, Function, Participant
from bot.core.records.themes import REFERENCE, STATE_NAMES, ThemeState, reachable
from bot.core.text import Text, listed
from commands.cases.case import EXISTS
from commands.conversation.command import SEATING, Command, Kind, Parameter, Where
from commands.conversation.parsing import folded
from commands.conversation.reading import find_case, reference
from commands.conversation.replies import OR, PURPOSE_LENGTH, changed, met, refuse, say

if TYPE_CHECKING:
    from commands.conversation.command import Request

_SUBJECT = re.compile(r"^(?:onderwerp|subject|over|about)\b\s*+[:=]?\s*+", re.IGNORECASE)

NO_REFERENCE = Text(
    'Begin met T, jaar en nummer: !thema nieuw T-2026-001 onderwerp "…".',
    'Begin with T, year and number: !theme new T-2026-001 subject "…".',
)
NOT_HERE = Text("Stuur dit in een gesprek met mij alleen.", "Send this in a chat with me alone.")
NO_SUBJECT = Text(
    'Waar gaat het over? !thema nieuw {ref} onderwerp "…". Noem geen casus.',
    'What is it about? !theme new {ref} subject "…". Name no case.',
)
NOT_GENERAL = Text(
    "Niet opgeslagen. In een themaruimte hoort niets dat over een casus of een persoon gaat. Schrijf het algemeen.",
    "Not stored. Nothing about a case or a person belongs in a theme room. Write it in general.",
)
OPENED = Text(
    "Themaruimte {ref} is open: {subject}.\nIk maak de ruimte en nodig je uit. Daar hoort niets in over een casus; "
    "wat naar een casus wijst, bewaar ik niet. Zet er eerst een voorzitter in: !deelnemer @naam:server voorzitter.",
    "Theme room {ref} is open: {subject}.\nI make the room and invite you. Nothing about a case belongs there; what "
    "points at a case I do not keep. Add a chair first: !participant @name:server chair.",
)
NO_THEME = Text("Dit is geen themaruimte. Typ !casus status.", "This is no theme room. Type !case status.")
STANDS = Text(
    "{ref}: {subject}. Stand: {state}. Wordt het {next}? Typ !thema status <stand>.",
    "{ref}: {subject}. State: {state}. Does it become {next}? Type !theme status <state>.",
)
CANNOT = Text(
    "Van {state} kan het naar {next}. Typ !thema status <stand>.",
    "From {state} it can go to {next}. Type !theme status <state>.",
)
STILL_RUNNING = Text(
    "Afsluiten kan als alle acties klaar zijn. Nog open: {ids}. Gebruik !klaar of !vervallen.",
    "It can be closed once all actions are done. Still open: {ids}. Use !done or !void.",
)
NOW = Text("{ref} is nu: {state}.", "{ref} is now: {state}.")


def _open(request: Request) -> Effects:
    language = request.language
    if request.case:
        refuse(request, NOT_HERE(language))
    word, _, rest = request.text.partition(" ")
    ref = reference(word)
    if ref is None or not REFERENCE.fullmatch(ref):
        refuse(request, NO_REFERENCE(language))
    if find_case(request, ref):
        refuse(request, EXISTS(language, ref=ref))
    typed = _SUBJECT.sub("", rest.strip()).strip(" \"'“”")
    if not typed:
        refuse(request, NO_SUBJECT(language, ref=ref))
    subject = request.guard.keep(typed, max_length=PURPOSE_LENGTH, theme=True)
    if not isinstance(subject, Kept):
        refuse(request, NOT_GENERAL(language), event="guard.refused")
    now, sender = request.now.astimezone(UTC), request.sender
    theme = Case(
        ref, subject.text, None, CaseState.OPEN, now, sender, moved_at=now, theme=ThemeState.PREPARATION
    )
    seat = Participant(ref, sender, Function.COORDINATOR, "coördinator", since=now, added_by=sender)
    return (
        say(request, OPENED(language, ref=ref, subject=subject.text.rstrip(".")))
        + Effects(
            keep=(theme, seat),
            send=(OpenCaseRoom(ref), Invite(ToCase(ref), sender)),
            log=(Logged("theme.opened", ref),),
        )
        + met(request, sender)
    )


def _status(request: Request) -> Effects:
    file, language = request.file, request.language
    state = file.case.theme
    if state is None:
        refuse(request, NO_THEME(language))
    following = listed([STATE_NAMES[to](language) for to in reachable(state)], OR(language))
    named = STATE_NAMES[state](language)
    typed = folded(request.text).strip(" .")
    if not typed:
        subject = file.case.purpose.rstrip(".")
        text = STANDS(language, ref=file.ref, subject=subject, state=named, next=following)
        return say(request, text) + Effects(log=(Logged("theme.read", file.ref),))
    wanted = next((to for to in reachable(state) if typed in _spoken(to)), None)
    if wanted is None:
        refuse(request, CANNOT(language, state=named, next=following))
    if wanted is ThemeState.CLOSED and file.running:
        refuse(request, STILL_RUNNING(language, ids=", ".join(action.id for action in file.running)))
    case = replace(file.case, theme=wanted)
    kept_ = changed(request, file, case, event="theme.state", thing=wanted.value)
    return say(request, NOW(language, ref=file.ref, state=STATE_NAMES[wanted](language))) + kept_


def _spoken(state: ThemeState) -> frozenset[str]:
    return frozenset({folded(STATE_NAMES[state].nl), folded(STATE_NAMES[state].en)})


THEME_NEW = Command(
    name=Text("thema nieuw", "theme new"),
    who=frozenset({Function.COORDINATOR}),
    where=Where.ANYWHERE,
    help=Text(
        "begint een ruimte over een onderwerp, zonder casus", "begins a room about a subject, without a case"
    ),
    examples=(
        Text(
            'thema nieuw T-2026-001 onderwerp "aansluiting onderwijs en zorg"',
            'theme new T-2026-001 subject "schools and care together"',
        ),
    ),
    parameters=(
        Parameter(Text("referentie", "reference"), Kind.CASE),
        Parameter(Text("onderwerp", "subject"), Kind.TEXT, before=Text(" onderwerp ", " subject ")),
    ),
    execute=_open,
)

THEME_STATUS = Command(
    name=Text("thema status", "theme status"),
    aliases=(Text("thema", "theme"),),
    who=SEATING,
    where=Where.CASE,
    help=Text("laat zien of zet hoe ver een themaruimte is", "shows or sets how far a theme room is"),
    examples=(Text("thema status", "theme status"),),
    parameters=(Parameter(Text("stand", "state"), Kind.CHOICE, optional=True),),
    execute=_status,
)
