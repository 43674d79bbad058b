"""`afwezig`: until when somebody wants to hear nothing, and who may be asked meanwhile."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING

from bot.core.dates import Ask, When, leading_when, read_when, say_day
from bot.core.effects import Effects, Logged
from bot.core.records.cases import Function
from bot.core.records.explanations import Rule
from bot.core.reminding.hours import Roster, is_away
from bot.core.reminding.ladder import schedule
from bot.core.reminding.telling import told
from bot.core.text import Language, Message, Text, listed
from commands.conversation.answers import draft
from commands.conversation.command import EVERYBODY, Asks, Command, Kind, Parameter, Where
from commands.conversation.dating import base, doubted, pick, question_for, suggested
from commands.conversation.parsing import USER_ID, folded
from commands.conversation.reading import named_label, spellings
from commands.conversation.replies import AND, Answered, ask, refuse, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.casefile import CaseFile
    from bot.core.records.people import Person
    from bot.core.records.trail import Question
    from commands.conversation.command import Request

_ASKS_UNTIL = Asks("until")
LONGEST = timedelta(days=366)
_BACK = frozenset({"nee", "stop", "terug", "niet meer", "weer aanwezig", "no", "back"})
_SINCE = re.compile(r"(?:van(?:af)?|from)\s++", re.IGNORECASE)
_UP_TO = re.compile(r"\s(?:t/m|tot en met|through)\s++", re.IGNORECASE)
_THROUGH = re.compile(r"(?:t/m|tot en met|through)\s+", re.IGNORECASE)
_DEPUTY = re.compile(r"(?:vervanger|vervangen door|met|deputy|with)\b[\s:]*+", re.IGNORECASE)

UNTIL_WHEN = Text("Tot en met wanneer ben je afwezig?", "Up to and including when are you away?")
TOO_LONG = Text(
    "Dat is langer dan een jaar. Vraag de voorzitter om de acties aan een ander te geven.",
    "That is more than a year. Ask the chair to give the actions to somebody else.",
)
ENDS_FIRST = Text(
    "De laatste dag ligt voor de eerste. Bijv. !afwezig van 9 maart t/m 20 maart.",
    "The last day is before the first. For example !away from 9 March through 20 March.",
)
AWAY = Text(
    "Je bent afwezig {since}t/m {until}. In die tijd stuur ik je niets over acties.",
    "You are away {since}through {until}. In that time I send you nothing about actions.",
)
SINCE = Text("van {day} ", "from {day} ")
NO_DEPUTY = Text(
    "Wat intussen blijft liggen, hoort de casusregisseur.",
    "What stays undone meanwhile goes to the case coordinator.",
)
DEPUTY = Text("{deputy} vervangt je in {refs}.", "{deputy} stands in for you in {refs}.")
DEPUTY_ASKED = Text(
    "{deputy} hoort nog niet bij {refs}. Ik vraag het de voorzitter en deel er tot dan niets over.",
    "{deputy} does not belong to {refs} yet. I ask the chair and share nothing about it until then.",
)
NO_CASES = Text("Je zit nu in geen casus.", "You are in no case now.")
ASK_CHAIR = Text(
    "{ref}: {label} is afwezig t/m {until} en noemt {deputy} als vervanger. Mag die erbij? Dan typ je in de ruimte van "
    "{ref}: !deelnemer {deputy} <rol>. Tot dan krijgt de vervanger niets.",
    "{ref}: {label} is away through {until} and names {deputy} as deputy. May they join? Then type in the room of "
    "{ref}: !participant {deputy} <role>. Until then the deputy gets nothing.",
)
UNKNOWN_DEPUTY = Text(
    "Die vervanger ken ik niet. Noem een account of een rol uit het adresboek: !afwezig t/m 20 maart @naam:server.",
    "I do not know that deputy. Name an account or a role from the address book: !away through 20 March @name:server.",
)
NOT_YOURSELF = Text(
    "Je kunt jezelf niet vervangen. Noem een ander, of laat de vervanger weg.",
    "You cannot stand in for yourself. Name somebody else, or leave the deputy out.",
)
BACK = Text("Welkom terug. Ik stuur je weer berichten.", "Welcome back. I send you messages again.")
NOT_AWAY = Text(
    "Je staat niet als afwezig. Melden kan zo: !afwezig t/m 20 maart.",
    "You are not marked as away. Say so with: !away through 20 March.",
)


def _away(request: Request) -> Effects:
    text = request.text.strip()
    me = request.person
    if folded(text).strip(" .") in _BACK:
        if me.away_until is None or me.away_until < request.now.date():
            refuse(request, NOT_AWAY(request.language))
        back = replace(me, away_from=None, away_until=None, deputy=None)
        return say(request, BACK(request.language)) + kept_person(request, back, "person.back")
    first, rest = None, _THROUGH.sub("", text, count=1) if _THROUGH.match(text) else text
    if (begins := _SINCE.match(text)) and (ends := _UP_TO.search(text, begins.end())):
        since = doubted(request, read_when(text[begins.end() : ends.start()], at=base(request)))
        if not isinstance(since, When):
            refuse(request, question_for(request, since, UNTIL_WHEN))
        first, rest = since.day, text[ends.end() :]
    leading = leading_when(rest, at=base(request))
    when, deputy = leading or (read_when(rest, at=base(request)), "")
    return _until(request, doubted(request, when), first, _deputy(request, deputy))


def _until(request: Request, when: When | Ask | None, first: date | None, deputy: str | None) -> Effects:
    if not isinstance(when, When):
        half = {"first": first.isoformat() if first else "", "deputy": deputy or ""}
        asked = ask(request, AWAY_COMMAND.name, _ASKS_UNTIL, options=suggested(when), **half)
        raise Answered(say(request, question_for(request, when, UNTIL_WHEN)) + asked)
    today = request.now.date()
    if first and when.day < first:
        refuse(request, ENDS_FIRST(request.language))
    if when.day - (first or today) > LONGEST:
        refuse(request, TOO_LONG(request.language))
    me = replace(request.person, away_from=first or today, away_until=when.day, deputy=deputy)
    language = request.language
    since = SINCE(language, day=say_day(first, language=language.code)) if first else ""
    line = AWAY(language, since=since, until=say_day(when.day, language=language.code))
    kept = kept_person(request, me, "person.away")
    if deputy is None:
        return say(request, line, NO_DEPUTY(language)) + kept
    return say(request, line, *_deputy_lines(request, deputy)) + kept + _chairs_asked(request, me, deputy)


def _answer(request: Request, question: Question) -> Effects | None:
    half = draft(question)
    text = _THROUGH.sub("", request.text, count=1)
    found = pick(request, text, half["options"])
    if found is None:
        return None
    first = date.fromisoformat(half["first"]) if half["first"] else None
    return _until(request, found, first, half["deputy"] or None)


def _deputy(request: Request, text: str) -> str | None:
    """The account that is named, by id or by its role in the address book."""
    typed = text.strip(" ,;(")
    announced = _DEPUTY.match(typed)
    typed = typed[announced.end() if announced else 0 :].rstrip(" ).")
    if not typed:
        return None
    user = USER_ID.fullmatch(typed)
    label = None if user else named_label(typed, spellings(request.region))
    named = user.group() if user else request.region.address_book.get(label or "")
    if named is None or named == request.bot or named.partition(":")[2] not in request.region.servers:
        refuse(request, UNKNOWN_DEPUTY(request.language))
    if named == request.sender:
        refuse(request, NOT_YOURSELF(request.language))
    return named


def _own_cases(request: Request) -> tuple[CaseFile, ...]:
    """The cases in which the sender sits; in the room of one, no other is named."""
    files = (request.case,) if request.case else request.cases
    return tuple(file for file in files if file.seat_of(request.sender))


def _deputy_lines(request: Request, deputy: str) -> Iterator[str]:
    files = _own_cases(request)
    inside = [file.ref for file in files if file.seat_of(deputy)]
    outside = [file.ref for file in files if not file.seat_of(deputy)]
    last = AND(request.language)
    if not files:
        yield NO_CASES(request.language)
    if inside:
        yield DEPUTY(request.language, deputy=deputy, refs=listed(inside, last))
    if outside:
        yield DEPUTY_ASKED(request.language, deputy=deputy, refs=listed(outside, last))


def _chairs_asked(request: Request, me: Person, deputy: str) -> Effects:
    """Who may confirm a deputy is asked, in every case where the deputy is not seated."""
    effects = Effects()
    for file in request.cases:
        seat = file.seat_of(request.sender)
        if seat is None or file.seat_of(deputy):
            continue
        chairs = {p.user_id for p in file.with_function(Function.CHAIR, Function.PROCESS_COORDINATOR)}
        assert me.away_until is not None, "somebody who is away is so until a day"
        until = say_day(me.away_until)
        words = ASK_CHAIR(Language.NL, ref=file.ref, label=seat.label, until=until, deputy=deputy)
        effects += told(
            chairs - {request.sender},
            Message((words,), links=file.links),
            Rule.DEPUTY,
            cause=f"{file.ref}:{request.sender}:{me.away_until}:{deputy}",
            now=request.now,
            ref=file.ref,
        )
    return effects


def kept_person(request: Request, me: Person, event: str) -> Effects:
    """Somebody's hours, and with them the next nudge of everything they hold."""
    now, roster = (
        request.now.astimezone(UTC),
        Roster(request.region, {**request.people, me.user_id: me}),
    )
    actions = [
        schedule(action, file, roster, now=now)
        for file in request.cases
        for action in file.held_by(me.user_id)
    ]
    return Effects(keep=(me, *actions), log=(Logged(event),))


def absence_line(request: Request) -> str | None:
    """That the sender is away now, for who asks about their hours."""
    me = request.person
    if me.away_until is None or not is_away(me, request.now.date()):
        return None
    return AWAY(request.language, since="", until=say_day(me.away_until, language=request.language.code))


AWAY_COMMAND = Command(
    name=Text("afwezig", "away"),
    aliases=(Text("vakantie", "leave"),),
    who=EVERYBODY,
    where=Where.ANYWHERE,
    help=Text(
        "je bent een tijd weg: tot dan geen berichten; een vervanger mag erbij",
        "you are away for a while: no messages until then; you may name a deputy",
    ),
    examples=(
        Text("afwezig t/m 20 maart", "away through 20 March"),
        Text("afwezig van 9 maart t/m 20 maart wijkagent", "away from 9 March through 20 March wijkagent"),
    ),
    parameters=(
        Parameter(Text("datum", "date"), Kind.WHEN, before=Text(" t/m ", " through ")),
        Parameter(Text("vervanger", "deputy"), Kind.PERSON, optional=True),
    ),
    execute=_away,
    answer=_answer,
    waits_for=(_ASKS_UNTIL,),
)
