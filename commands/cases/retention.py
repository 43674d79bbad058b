"""`bewaar verleng` and `vernietig`: what people decide when the period of a closed case ends (domain L10).

Extending takes one person and a reason, which stands among the decisions of the case. Destroying takes the word of two
people whose identities were compared apart from each other, so that neither a mistake nor one stolen account can do it, nor
one person with two.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date
from typing import TYPE_CHECKING, Never

from dateutil.relativedelta import relativedelta

from bot.core.access.trusting import is_verified, stand_apart
from bot.core.casefile import new_decision
from bot.core.dates import Ask, When, say_day
from bot.core.dates.calendar import AMSTERDAM
from bot.core.effects import Destroyed, Effects, Logged, Say, ToPerson
from bot.core.records.actions import ActionStep
from bot.core.records.actions import after as action_after
from bot.core.records.cases import Function
from bot.core.records.retention import WORD_COUNTS, Retention, RetentionState, RetentionStep, after
from bot.core.reminding.retention_ends import PROTOCOL, ends_on, state_of
from bot.core.text import Language, Message, Text
from commands.conversation.answers import ASKS_REASON, draft, is_no, is_yes
from commands.conversation.command import SEATING, Asks, Command, Kind, Parameter, Where
from commands.conversation.dating import pick, question_for, read, suggested
from commands.conversation.reading import CASE_REF, NO_SUCH_CASE, OTHER_CASE, find_case
from commands.conversation.reasons import given_reason, split_reason
from commands.conversation.replies import VERIFY_FIRST, ask, changed, kept, met, refuse, say, warned

if TYPE_CHECKING:
    from bot.core.records.trail import Question
    from commands.conversation.command import Request

_ASKS_DATE = Asks("date")
_AGREE = frozenset({"akkoord", "agree"})
_UNTIL = re.compile(r"^(?:tot en met|t/m|tot|until)\s+", re.IGNORECASE)

WHICH = Text(
    "Welke casus? Noem de referentie: !{command} Z-2026-014. In de ruimte van de casus hoeft dat niet.",
    "Which case? Name its reference: !{command} Z-2026-014. In the room of the case there is no need to.",
)
IS_OPEN = Text(
    "{ref} is nog open. De bewaartermijn begint als de casus dicht is: !casus sluit <reden>.",
    "{ref} is still open. Its period begins when it is closed: !case close <reason>.",
)
RESTRICTED = Text(
    "{ref} is beperkt, op verzoek van wie het betreft. Tot het contactpunt dat opheft, wordt er niets vernietigd.",
    "{ref} is restricted, at the request of whom it is about. Until the contact point lifts that, nothing is destroyed.",
)
UNTIL = Text("Bewaren tot wanneer?", "Keep it until when?")
WHY = Text(
    'Waarom langer bewaren tot {day}? Antwoord met "reden: …". Het komt bij de besluiten.',
    'Why keep it until {day}? Answer with "reason: …". It goes among the decisions.',
)
NOT_LATER = Text(
    "{ref} blijft al tot {day}. Noem een latere dag.", "{ref} is kept until {day} already. Name a later day."
)
TOO_LONG = Text(
    "Verder dan {day} kan niet in één keer. Kijk dan opnieuw of bewaren nog nodig is.",
    "Further than {day} is too long at once. Look again then whether keeping is still needed.",
)
KEEP_UNTIL = Text("bewaren tot {day}", "keep until {day}")
EXTENDED = Text(
    "{ref} blijft tot {day} ({id}). Reden: {reason}. Dit is verlenging {n}.",
    "{ref} is kept until {day} ({id}). Reason: {reason}. This is extension {n}.",
)
ASKED = Text(
    "Gevraagd: {ref} vernietigen. Uit mijn opslag gaat alles weg (acties: {actions}, besluiten: {decisions}), uit de "
    "ruimte wat ik daar zei. Terug kan niet.\n"
    "Staat wat bewaard moet blijven in het eigen systeem? Zo niet: eerst !verslag pdf.\n"
    "Nu moet een ander het ook zeggen, tot en met {day}: !vernietig {ref} akkoord. Ik heb het gevraagd aan: {asked}.",
    "Asked: destroy {ref}. Everything leaves my store (actions: {actions}, decisions: {decisions}), and what I said "
    "leaves the room. There is no way back.\n"
    "Is what must be kept in your own system? If not, first: !report pdf.\n"
    "Somebody else has to say so too, until {day}: !destroy {ref} agree. I asked: {asked}.",
)
NOBODY = Text(
    "niemand, want er is geen tweede die los van jou is vergeleken",
    "nobody: there is no second person whose identity was compared apart from you",
)
STILL_RUNNING = Text("Let op: er loopt nog iets: {ids}.", "Note: something is still running: {ids}.")
ASK_YOU = Text(
    "De {by} wil {ref} vernietigen. Ben jij het daarmee eens? Kijk eerst of alles wat bewaard moet blijven in het eigen "
    "systeem staat. {where}: !vernietig {ref} akkoord, of !vernietig {ref} nee. Jouw woord geldt tot en met {day}.",
    "The {by} wants to destroy {ref}. Do you agree? First see whether everything that must be kept is in your own "
    "system. {where}: !destroy {ref} agree, or !destroy {ref} no. Your word counts until {day}.",
)
HERE = Text("Antwoord hier", "Answer here")
IN_ROOM = Text("Antwoord in de ruimte van de casus", "Answer in the room of the case")
COORDINATOR = Text("coördinator", "coordinator")
WAITS = Text(
    "Dat is al gevraagd, door de {by} op {day}. {what}",
    "That was asked already, by the {by} on {day}. {what}",
)
YOURSELF = Text(
    "Het tweede woord moet van een ander komen.", "The second word has to come from somebody else."
)
SAY_AGREE = Text("Ben je het eens: !vernietig {ref} akkoord.", "If you agree: !destroy {ref} agree.")
NOT_APART = Text(
    "Dank, maar jullie twee tellen hier als één: een van jullie is vergeleken op het woord van de ander, of allebei op dat "
    "van dezelfde collega. Vraag een ander, of laat de beheerder een van jullie vergelijken.",
    "Thank you, but here you two count as one: one of you was compared on the other's word, or both on that of the same "
    "colleague. Ask somebody else, or have the operator compare one of you.",
)
NOT_ASKED = Text(
    "Niemand vroeg om {ref} te vernietigen, of het is te lang geleden. Begin met !vernietig {ref}.",
    "Nobody asked to destroy {ref}, or too long ago. Begin with !destroy {ref}.",
)
WORD_LOST = Text(
    "Wie dit vroeg, mag het niet meer vragen. Begin opnieuw: !vernietig {ref}.",
    "Whoever asked this may not ask it any more. Begin again: !destroy {ref}.",
)
KEPT = Text(
    "{ref} wordt niet vernietigd. Langer bewaren vraagt een reden: !bewaar verleng <datum>, reden: <tekst>.",
    "{ref} is not destroyed. Keeping it longer takes a reason: !retention extend <date>, reason: <text>.",
)
GOING = Text(
    "{ref} wordt vernietigd. Uit mijn opslag is alles al weg. Mijn berichten haal ik nu terug uit de ruimte, daarna ga "
    "ik daar weg. De coördinatoren krijgen een certificaat.",
    "{ref} is being destroyed. Everything is gone from my store. I now take my messages back from the room, then leave "
    "it. The coordinators get a certificate.",
)
HOW = Text(
    "Dat lees ik niet. Kies: !vernietig {ref}, !vernietig {ref} akkoord of !vernietig {ref} nee.",
    "I cannot read that. Choose: !destroy {ref}, !destroy {ref} agree or !destroy {ref} no.",
)


def _closed_case(request: Request, command: Command) -> tuple[Request, str]:
    """The request as in the room of the case that is meant, and what followed its reference."""
    word, _, rest = request.text.partition(" ")
    ref = word.upper() if CASE_REF.fullmatch(word) else None
    language, file = request.language, request.case
    if file and ref not in {None, file.ref}:
        refuse(request, OTHER_CASE(language, here=file.ref, ref=ref))
    if file is None:
        if ref is None:
            refuse(request, WHICH(language, command=command.name(language)))
        file = find_case(request, ref)
    if file is None:
        refuse(request, NO_SUCH_CASE(language, ref=ref))
    if file.is_open:
        refuse(request, IS_OPEN(language, ref=file.ref))
    return replace(request, case=file), rest if ref else request.text


# -- extending -------------------------------------------------------------------------------------


def _extend(request: Request) -> Effects:
    request, rest = _closed_case(request, EXTEND)
    when, reason = split_reason(rest)
    found = read(request, _UNTIL.sub("", when)) if when else None
    return _dated(request, found, reason)


def _dated(request: Request, found: When | Ask | None, reason: str) -> Effects:
    if not isinstance(found, When):
        half = kept(request, reason).text if reason else ""
        return say(request, question_for(request, found, UNTIL)) + ask(
            request, EXTEND.name, _ASKS_DATE, ref=request.file.ref, reason=half, options=suggested(found)
        )
    language, terms, file = request.language, request.region.retention, request.file
    end, most = ends_on(file, terms), request.now.date() + relativedelta(months=terms.closed)
    assert end is not None, "a closed case has an end"
    if found.day <= end or found.day <= request.now.date():
        refuse(request, NOT_LATER(language, ref=file.ref, day=_day(end, language)))
    if found.day > most:
        refuse(request, TOO_LONG(language, day=_day(most, language)))
    if not reason:
        return say(request, WHY(language, day=_day(found.day, language))) + ask(
            request, EXTEND.name, ASKS_REASON, ref=file.ref, until=found.day.isoformat()
        )
    return _extended(request, found.day, reason)


def _extended(request: Request, until: date, typed: str) -> Effects:
    file, language = request.file, request.language
    reason = kept(request, typed)
    words = kept(request, KEEP_UNTIL(language, day=_day(until, language))).text
    decision = new_decision(request.file, words, reason.text, at=request.now, by=request.sender)
    retention = _stepped(request, RetentionStep.EXTEND)
    n = retention.extended + 1
    retention = Retention(file.ref, retention.state, until, n)
    finished = [
        replace(action, state=state, look_back=None, updated_at=request.now.astimezone(UTC))
        for action in file.running
        if action.protocol == PROTOCOL and (state := action_after(action.state, ActionStep.FINISH))
    ]
    said = EXTENDED(
        language,
        ref=file.ref,
        day=_day(until, language),
        id=decision.id,
        reason=reason.text.rstrip("."),
        n=n,
    )
    return say(request, said, *warned(reason, language)) + changed(
        request, file, decision, retention, *finished, event="retention.extended", thing=decision.id
    )


def _answer(request: Request, question: Question) -> Effects | None:
    half, typed = draft(question), request.text
    request, _ = _closed_case(replace(request, text=half["ref"]), EXTEND)
    request = replace(request, text=typed)
    if question.asks == ASKS_REASON.name:
        reason = given_reason(request)
        return _extended(request, date.fromisoformat(half["until"]), reason) if reason else None
    found = pick(request, typed, half["options"])
    return None if found is None else _dated(request, found, half["reason"])


# -- destroying ------------------------------------------------------------------------------------


def _destroy(request: Request) -> Effects:
    request, rest = _closed_case(request, DESTROY)
    language, ref = request.language, request.file.ref
    if not request.verified:
        refuse(request, VERIFY_FIRST(language))
    if request.file.restriction:
        refuse(request, RESTRICTED(language, ref=ref))
    said = rest.strip(" .").lower()
    if not said:
        return _asked(request)
    if is_no(said):
        return _refused(request)
    if said not in _AGREE and not is_yes(said):
        refuse(request, HOW(language, ref=ref))
    return _agreed(request)


def _asked(request: Request) -> Effects:
    """The first word: who may give the second is asked for it, each alone."""
    file, language = request.file, request.language
    if first := _first_word(request):
        _waits(request, first)
    state = _stepped(request, RetentionStep.ASK)
    asked = replace(state, asked_at=request.now.astimezone(UTC), asked_by=request.sender)
    others = _who_may_agree(request)
    last = (request.now + WORD_COUNTS).date()
    effects = Effects(keep=(asked,), log=(Logged("destruction.asked", file.ref),))
    for user in others:
        here = HERE if user in request.region.coordinators else IN_ROOM
        words = ASK_YOU(
            Language.NL,
            by=_role(request, request.sender),
            ref=file.ref,
            where=here(Language.NL),
            day=_day(last, Language.NL),
        )
        effects += Effects(send=(Say(ToPerson(user), Message((words,), links=file.links)),))
    names = sorted({_role(request, user) for user in others})
    text = ASKED(
        language,
        ref=file.ref,
        actions=len(file.actions),
        decisions=len(file.decisions),
        day=_day(last, language),
        asked=", ".join(names) or NOBODY(language),
    )
    running = [action.id for action in file.running if action.protocol != PROTOCOL]
    note = [STILL_RUNNING(language, ids=", ".join(running))] if running else []
    return say(request, text, *note) + effects


def _agreed(request: Request) -> Effects:
    """The second word. What is said about it goes to people alone: nobody is left who may read in the room."""
    file, language = request.file, request.language
    first = _first_word(request)
    if first is None or first.asked_by is None:
        refuse(request, NOT_ASKED(language, ref=file.ref))
    if first.asked_by == request.sender:
        _waits(request, first)
    if first.asked_by not in _entitled(request):
        refuse(request, WORD_LOST(language, ref=file.ref))
    if not stand_apart(request.sender, first.asked_by, request.pins):
        refuse(request, NOT_APART(language))
    _stepped(request, RetentionStep.AGREE)
    words = Message.of(GOING(language, ref=file.ref))
    told = tuple(Say(ToPerson(user), words) for user in (request.sender, first.asked_by))
    log = Logged("destruction.agreed", file.ref)
    return met(request, request.sender) + Effects(send=told, log=(log,), destroyed=(Destroyed(file.ref),))


def _refused(request: Request) -> Effects:
    file, language = request.file, request.language
    first = _first_word(request)
    if first is None or first.asked_by is None:
        refuse(request, NOT_ASKED(language, ref=file.ref))
    text = KEPT(language, ref=file.ref)
    state = replace(_stepped(request, RetentionStep.REFUSE), asked_at=None, asked_by=None)
    back = () if first.asked_by == request.sender else (Say(ToPerson(first.asked_by), Message.of(text)),)
    log = Logged("destruction.refused", file.ref)
    return say(request, text) + Effects(keep=(state,), send=back, log=(log,))


def _waits(request: Request, first: Retention) -> Never:
    file, language = request.file, request.language
    assert first.asked_by is not None
    assert first.asked_at is not None
    own = first.asked_by == request.sender
    what = YOURSELF(language) if own else SAY_AGREE(language, ref=file.ref)
    day = _day(first.asked_at.astimezone(AMSTERDAM).date(), language)
    refuse(request, WAITS(language, by=_role(request, first.asked_by), day=day, what=what))


def _first_word(request: Request) -> Retention | None:
    """The first word, while it counts."""
    found = request.file.retention
    if found is None or found.asked_at is None or state_of(request.file) is not RetentionState.ASKED:
        return None
    return found if request.now - found.asked_at <= WORD_COUNTS else None


def _stepped(request: Request, step: RetentionStep) -> Retention:
    """What is recorded of keeping the case, in the state that the step leads to."""
    file = request.file
    state = after(state_of(file), step)
    assert state is not None, "the checks before it ask for what the table needs"
    return replace(file.retention or Retention(file.ref, state), state=state)


def _entitled(request: Request) -> frozenset[str]:
    """Who may say a word: coordinators, chairs and process coordinators whose identity was compared."""
    seats = request.file.with_function(Function.CHAIR, Function.PROCESS_COORDINATOR)
    people = request.region.coordinators | {seat.user_id for seat in seats}
    return frozenset(user for user in people if is_verified(request.pins.get(user)))


def _who_may_agree(request: Request) -> tuple[str, ...]:
    others = _entitled(request) - {request.sender}
    return tuple(sorted(user for user in others if stand_apart(user, request.sender, request.pins)))


def _role(request: Request, user: str) -> str:
    if user in request.region.coordinators:
        return COORDINATOR(request.language)
    seat = request.file.seat_of(user)
    return seat.label if seat else COORDINATOR(request.language)


def _day(day: date, language: Language) -> str:
    return say_day(day, language=language.code)


EXTEND = Command(
    name=Text("bewaar verleng", "retention extend"),
    who=SEATING,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text(
        "bewaart een gesloten casus langer dan de termijn, met de reden",
        "keeps a closed case longer than its period, with the reason",
    ),
    examples=(
        Text(
            "bewaar verleng 1 maart 2028, reden: er loopt nog een klacht",
            "retention extend 1 March 2028, reason: a complaint is pending",
        ),
    ),
    parameters=(
        Parameter(Text("datum", "date"), Kind.WHEN),
        Parameter(Text("reden", "reason"), Kind.TEXT, before=Text(", reden: ", ", reason: ")),
    ),
    execute=_extend,
    answer=_answer,
    waits_for=(_ASKS_DATE, ASKS_REASON),
)

DESTROY = Command(
    name=Text("vernietig", "destroy"),
    who=SEATING,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text(
        "vernietigt een gesloten casus, als een ander akkoord zegt",
        "destroys a closed case, once somebody else agrees",
    ),
    examples=(Text("vernietig Z-2026-014", "destroy Z-2026-014"),),
    parameters=(
        Parameter(Text("referentie", "reference"), Kind.CASE),
        Parameter(Text("akkoord | nee", "agree | no"), Kind.CHOICE, optional=True),
    ),
    execute=_destroy,
)
