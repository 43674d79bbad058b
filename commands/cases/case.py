"""`casus nieuw` and `casus status`: a case begins, and what it is about."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.dates import When, say_day, say_when
from bot.core.effects import Effects, Invite, Logged, OpenCaseRoom, ToCase
from bot.core.records.cases import STATE_NAMES, Case, CaseState, Function, Participant
from bot.core.records.inquiries import InquiryState
from bot.core.records.rights import CaseBasis
from bot.core.records.themes import REFERENCE as THEME
from bot.core.text import Text
from commands.conversation.command import COORDINATORS, EVERYBODY, Asks, Command, Kind, Parameter, Where
from commands.conversation.reading import CASE_REF, find_case, reference
from commands.conversation.replies import PURPOSE_LENGTH, ask, kept, met, refuse, say, warned
from commands.out_of_sight.status import sight_lines

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile
    from bot.core.records.trail import Question
    from bot.core.text import Language
    from commands.conversation.command import Request

_ASKS_PURPOSE = Asks("purpose")
_MINOR = re.compile(
    r"(?<![\s,;])[\s,;]*+\b(?:minderjarig(?:e|en)?(?: betrokken)?|minor(?: involved)?)[\s.]*+$", re.IGNORECASE
)
_PURPOSE = re.compile(r"^(?:doel|purpose)\b\s*+[:=]?\s*+", re.IGNORECASE)

NO_REFERENCE = Text(
    'Geef de casusreferentie uit het eigen systeem: !casus nieuw Z-2026-014 doel "…". Geen naam.',
    'Give the reference from your own system: !case new Z-2026-014 purpose "…". No name.',
)
NOT_HERE = Text(
    "Een andere casus hoort niet in deze ruimte. Stuur dit in een gesprek met mij alleen.",
    "Another case does not belong in this room. Send this in a chat with me alone.",
)
EXISTS = Text(
    "{ref} bestaat al. Ga naar de ruimte {ref}, of kies een andere referentie.",
    "{ref} exists already. Go to the room {ref}, or choose another reference.",
)
WHICH_PURPOSE = Text(
    'Wat is het doel van {ref}? Antwoord met "doel: …".',
    'What is the purpose of {ref}? Answer with "purpose: …".',
)
OPENED = Text(
    "Casus {ref} is open. Doel: {purpose}.\nIk maak de ruimte {ref} en nodig je uit. Zet daar eerst een "
    "voorzitter in: !deelnemer @naam:server voorzitter.",
    "Case {ref} is open. Purpose: {purpose}.\nI make the room {ref} and invite you. Add a chair there first: "
    "!participant @name:server chair.",
)
SHORTER = Text(
    "Er is een minderjarige bij betrokken: bij stilte vraag ik eerder om hulp.",
    "A minor is involved: where it stays silent I ask for help sooner.",
)
STATUS = Text(
    "{ref} · {state} sinds {since} · AVE-fase {phase}\nDoel: {purpose}.\nIn de casus: {labels}.\n"
    "Lopende acties: {running}. Voorbij de termijn: {late}. Vast: {blocked}. Besluiten: {decisions}.\n"
    "Volgend overleg: {next}.",
    "{ref} · {state} since {since} · AVE phase {phase}\nPurpose: {purpose}.\nIn the case: {labels}.\n"
    "Running actions: {running}. Past their date: {late}. Blocked: {blocked}. Decisions: {decisions}.\n"
    "Next meeting: {next}.",
)
ASKED = Text(
    "Navragen zonder antwoord: {waiting}. Beantwoord: {answered}.",
    "Inquiries without an answer: {waiting}. Answered: {answered}.",
)
NO_MORE = Text("geen, tenzij de casus weer opengaat", "none, unless the case opens again")
NOT_PLANNED = Text("nog niet gepland", "not planned yet")
WHICH_STATUS = Text(
    "Van welke casus? Bijv. !casus status {ref}.", "Of which case? For example !case status {ref}."
)


def _open(request: Request) -> Effects:
    if request.case:
        refuse(request, NOT_HERE(request.language))
    word, _, rest = request.text.partition(" ")
    ref = reference(word)
    if ref is None or THEME.fullmatch(ref):
        refuse(request, NO_REFERENCE(request.language))
    if find_case(request, ref):
        refuse(request, EXISTS(request.language, ref=ref))
    minor = "yes" if _MINOR.search(rest) else ""
    purpose = _PURPOSE.sub("", _MINOR.sub("", rest).strip())
    if not purpose:
        question = WHICH_PURPOSE(request.language, ref=ref)
        return say(request, question) + ask(request, NEW.name, _ASKS_PURPOSE, ref=ref, minor=minor)
    return _opened(request, ref, purpose, minor=bool(minor))


def _purpose(request: Request, question: Question) -> Effects | None:
    """'doel: …', or any reply to the question."""
    purpose = _PURPOSE.sub("", request.text)
    if purpose == request.text and not request.replies:
        return None
    ref = dict(question.draft)["ref"]
    if find_case(request, ref):
        refuse(request, EXISTS(request.language, ref=ref))
    return _opened(request, ref, purpose, minor=bool(dict(question.draft).get("minor")))


def _opened(request: Request, ref: str, typed: str, *, minor: bool) -> Effects:
    purpose = kept(request, typed, PURPOSE_LENGTH)
    now = request.now.astimezone(UTC)
    sender = request.sender
    case = Case(
        ref, purpose.text, None, CaseState.OPEN, opened_at=now, opened_by=sender, moved_at=now, minor=minor
    )
    basis = CaseBasis(ref, 1, purpose.text, None, since=now, stated_by=sender)
    seat = Participant(ref, sender, Function.COORDINATOR, "coördinator", since=now, added_by=sender)
    text = OPENED(request.language, ref=ref, purpose=purpose.text.rstrip("."))
    shorter = (SHORTER(request.language),) if minor else ()
    return (
        say(request, text, *shorter, *warned(purpose, request.language))
        + Effects(
            keep=(case, basis, seat),
            send=(OpenCaseRoom(ref), Invite(ToCase(ref), sender)),
            log=(Logged("case.opened", ref),),
        )
        + met(request, sender)
    )


def _status(request: Request) -> Effects:
    file = request.case or _named_case(request)
    language, today = request.language, request.now.date()
    case = file.case
    since = case.opened_at if file.is_open else file.closings[-1].closed_at
    following = case.next_meeting and say_when(
        When(case.next_meeting, case.next_meeting_time), language=language.code
    )
    text = STATUS(
        language,
        ref=file.ref,
        state=STATE_NAMES[case.state](language),
        since=say_day(since.astimezone(request.now.tzinfo).date(), language=language.code),
        purpose=case.purpose.rstrip("."),
        phase=case.phase,
        labels=", ".join(p.label for p in file.seated),
        running=len(file.running),
        late=sum((a.look_back or a.due_date) < today for a in file.running),
        blocked=sum(a.look_back is not None for a in file.running),
        decisions=len(file.decisions),
        next=following or (NOT_PLANNED if file.is_open else NO_MORE)(language),
    )
    shorter = (SHORTER(language),) if case.minor else ()
    seen = sight_lines(file, today, language)
    return say(request, text, *_asked(file, language), *seen, *shorter) + Effects(
        log=(Logged("case.read", file.ref),)
    )


def _asked(file: CaseFile, language: Language) -> tuple[str, ...]:
    waiting = sum(i.state is InquiryState.ASKED for i in file.inquiries)
    answered = sum(i.state is InquiryState.ANSWERED for i in file.inquiries)
    return (ASKED(language, waiting=waiting, answered=answered),) if waiting or answered else ()


def _named_case(request: Request) -> CaseFile:
    """In a direct chat: the case that was named, or the only one the sender sits in."""
    found = CASE_REF.match(request.text)
    if found:
        file = find_case(request, found.group())
    else:
        current = [case for case in request.cases if case.is_open] or request.cases
        file = current[0] if len(current) == 1 else None
    if file is None:
        refuse(
            request,
            WHICH_STATUS(request.language, ref=request.cases[0].ref if request.cases else "Z-2026-014"),
        )
    return file


NEW = Command(
    name=Text("casus nieuw", "case new"),
    aliases=(Text("nieuwe casus", "new case"),),
    who=COORDINATORS,
    where=Where.ANYWHERE,
    help=Text("begint een casus en maakt de ruimte", "begins a case and makes its room"),
    examples=(
        Text(
            'casus nieuw Z-2026-014 doel "weer naar school"', 'case new Z-2026-014 purpose "back to school"'
        ),
    ),
    parameters=(
        Parameter(Text("referentie", "reference"), Kind.CASE),
        Parameter(Text("doel", "purpose"), Kind.TEXT, before=Text(" doel ", " purpose ")),
    ),
    execute=_open,
    answer=_purpose,
    asks=(_ASKS_PURPOSE,),
)

STATUS_COMMAND = Command(
    name=Text("casus status", "case status"),
    aliases=(Text("casus", "case"),),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text(
        "laat doel, deelnemers en stand van de casus zien",
        "shows purpose, participants and state of the case",
    ),
    examples=(Text("casus status", "case status"),),
    parameters=(Parameter(Text("referentie", "reference"), Kind.CASE, optional=True),),
    execute=_status,
)
