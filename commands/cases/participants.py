"""`deelnemer` and `deelnemers`: who belongs to a case, in which role. Power levels of the room grant none."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.effects import Effects, Invite, Logged, Remove, ToCase
from bot.core.records.actions import DOMAIN_NAMES, LifeDomain
from bot.core.records.cases import Function, Participant
from bot.core.records.people import DigestPlan
from bot.core.region import FUNCTION_LABELS
from bot.core.reminding.digest_plan import next_due_at
from bot.core.text import Text, listed
from commands.conversation.command import EVERYBODY, SEATING, Command, Kind, Parameter, Where
from commands.conversation.parsing import USER_ID, folded
from commands.conversation.reading import find_label, nearest_label
from commands.conversation.replies import AND, FUNCTION_NAMES, changed, met, refuse, say

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile
    from commands.conversation.command import Request

_AWAY = re.compile(r"(?:^|\s)(?:weg|verwijder|eruit|remove|out)(?=\s|$)", re.IGNORECASE)

HOW = Text(
    "Noem iemand en een rol: !deelnemer @naam:server leerplicht, of een rol uit het adresboek.",
    "Name somebody and a role: !participant @name:server leerplicht, or a role from the address book.",
)
NO_ROLE = Text(
    "Welke rol heeft {user}? Bijv. !deelnemer {user} {example}.",
    "Which role has {user}? For example !participant {user} {example}.",
)
UNKNOWN_ROLE = Text(
    "Die rol ken ik niet. {hint}Nieuwe rollen zet de coördinator in het adresboek.",
    "I do not know that role. {hint}The coordinator puts new roles in the address book.",
)
DO_YOU_MEAN = Text("Bedoel je {label}? ", "Do you mean {label}? ")
NO_ACCOUNT = Text(
    "{label} heeft in het adresboek geen account. Noem de persoon: !deelnemer @naam:server {label}.",
    "{label} has no account in the address book. Name the person: !participant @name:server {label}.",
)
NOT_WELCOME = Text(
    "Van de server {server} mag ik niemand uitnodigen. Vraag de coördinator of die server erbij mag.",
    "I may not invite anybody from the server {server}. Ask the coordinator whether it may be added.",
)
REGION_ONLY = Text(
    "Coördinator ben je voor de hele regio; dat regelt het beheer. Kies een andere rol.",
    "Somebody is a coordinator for the whole region; the operators arrange that. Choose another role.",
)
ADDED = Text(
    "{user} is {role} in {ref}. Ik stuur een uitnodiging voor deze ruimte en een voor een gesprek met mij.",
    "{user} is {role} in {ref}. I send an invitation for this room and one for a chat with me.",
)
CHANGED = Text("{user} is nu {role} in {ref}.", "{user} is now {role} in {ref}.")
ALREADY = Text("{user} is al {role} in {ref}.", "{user} is already {role} in {ref}.")
AS = Text("{label} ({function})", "{label} ({function})")
GONE = Text("{label} hoort niet meer bij {ref}.", "{label} no longer belongs to {ref}.")
LEFT_OPEN = Text(
    "Nog open bij {label}: {ids}. Spreek af wie dat overneemt.",
    "Still open with {label}: {ids}. Agree who takes over.",
)
NOBODY_DIRECTS = Text(
    "{ref} heeft nu geen casusregisseur. Wie neemt de regie over? !casus regie <rol>.",
    "{ref} has no case coordinator now. Who takes over? !case coordinator <role>.",
)
MYSELF = Text(
    "Dat ben ik zelf; ik hoor bij elke ruimte die ik maak. Noem een ander account.",
    "That is me; I belong to every room I make. Name another account.",
)
NOT_HERE = Text(
    "Wie moet er weg uit {ref}? Noem één persoon: !deelnemer weg @naam:server. Kijk met !deelnemers.",
    "Who has to leave {ref}? Name one person: !participant remove @name:server. Try !participants.",
)
MOST_SUGGESTED = 3
CHECK = frozenset({"check", "controle", "wie mist", "missing"})
WHICH_LIST = Text(
    "Dat ken ik niet. Kies: !deelnemers, of !deelnemers check voor wie nog ontbreekt.",
    "I do not know that. Choose: !participants, or !participants check for who is missing.",
)
NOBODY_MISSING = Text("Iedereen van {ref} is bereikbaar.", "Everybody of {ref} can be reached.")
NO_DEVICE = Text(
    "Nog geen geverifieerd apparaat, dus leest hier niets: {labels}.",
    "No verified device yet, so reads nothing here: {labels}.",
)
NO_CHAT = Text(
    "Nog niet in gesprek met mij, dus krijgt geen herinneringen: {labels}.",
    "Not in a chat with me yet, so gets no reminders: {labels}.",
)
NO_PARTNER = Text(
    "Er lopen acties over {domain}, en niemand in de casus werkt daaraan. Denk aan: {labels}.",
    "Actions are about {domain}, and nobody in the case works on that. Think of: {labels}.",
)
LIST = Text("In {ref}: {seats}.", "In {ref}: {seats}.")
WITHOUT = Text("Zonder account, wel met acties: {labels}.", "Without account, but with actions: {labels}.")


def _participant(request: Request) -> Effects:
    file = request.file
    if _AWAY.search(request.text):
        return _away(request, file, _AWAY.sub(" ", request.text).strip())
    user, role = _user_and_role(request, file)
    server = user.partition(":")[2]
    if user == request.bot:
        refuse(request, MYSELF(request.language))
    if server not in request.region.servers:
        refuse(request, NOT_WELCOME(request.language, server=server))
    function, label = _seat(request, file, user, role)
    before = file.seat_of(user)
    said = _described(request, function, label)
    if before and (before.function, before.label) == (function, label):
        refuse(request, ALREADY(request.language, user=user, role=said, ref=file.ref))
    now = request.now.astimezone(UTC)
    seat = Participant(file.ref, user, function, label, since=now, added_by=request.sender)
    text = (CHANGED if before else ADDED)(request.language, user=user, role=said, ref=file.ref)
    effects = say(request, text) + changed(request, file, seat, event="participant.added", thing=user)
    effects += _overview_for(request, user, function)
    return (
        effects if before else effects + Effects(send=(Invite(ToCase(file.ref), user),)) + met(request, user)
    )


def _overview_for(request: Request, user: str, function: Function) -> Effects:
    """A chair gets a weekly overview of their own cases, until they say otherwise."""
    if function is not Function.CHAIR or user in request.plans:
        return Effects()
    return Effects(keep=(DigestPlan(user, next_due_at(request.region, request.now.astimezone(UTC))),))


def _user_and_role(request: Request, file: CaseFile) -> tuple[str, str]:
    text = request.text.strip()
    if found := USER_ID.search(text):
        user, role = found.group(), f"{text[: found.start()]} {text[found.end() :]}".strip(" ,:")
        if not role:
            refuse(request, NO_ROLE(request.language, user=user, example=next(iter(request.region.labels))))
        return user, role
    if not text:
        refuse(request, HOW(request.language))
    label = find_label(request, file, text) or _unknown(request, file, text)
    user = request.region.address_book.get(label) or ""
    if not user:
        refuse(request, NO_ACCOUNT(request.language, label=label))
    return user, label


def _seat(request: Request, file: CaseFile, user: str, role: str) -> tuple[Function, str]:
    """The function and the label in 'voorzitter', 'casusregisseur GI', 'deelnemer leerplicht' or 'leerplicht'."""
    first, _, rest = role.partition(" ")
    if label := find_label(request, file, role):
        function = FUNCTION_LABELS.get(label, Function.PARTICIPANT)
    elif found := _function(first):
        function = found
        label = find_label(request, file, rest) or _unknown(request, file, rest or role)
    else:
        label = _unknown(request, file, role)
        function = Function.PARTICIPANT
    if function is Function.COORDINATOR and user not in request.region.coordinators:
        refuse(request, REGION_ONLY(request.language))
    return function, label


def _function(word: str) -> Function | None:
    seats = [(f, name) for f, name in FUNCTION_NAMES.items() if f is not Function.CONTACT_POINT]
    spelt = {folded(text): f for f, name in seats for text in (name.nl, name.en)}
    return spelt.get(folded(word.strip(",:")))


def _unknown(request: Request, file: CaseFile, role: str) -> str:
    near = nearest_label(request, file, role)
    hint = DO_YOU_MEAN(request.language, label=near) if near else ""
    refuse(request, UNKNOWN_ROLE(request.language, hint=hint))


def _described(request: Request, function: Function, label: str) -> str:
    if label in FUNCTION_LABELS or function is Function.PARTICIPANT:
        return label
    return AS(request.language, label=label, function=FUNCTION_NAMES[function](request.language))


def _away(request: Request, file: CaseFile, who: str) -> Effects:
    found = USER_ID.search(who)
    label = None if found else find_label(request, file, who)
    seats = [p for p in file.seated if (found and p.user_id == found.group()) or p.label == label]
    if len(seats) != 1:
        refuse(request, NOT_HERE(request.language, ref=file.ref))
    seat = seats[0]
    lines = [GONE(request.language, label=seat.label, ref=file.ref)]
    others = [p for p in file.seated if p.label == seat.label and p is not seat]
    held = [a.id for a in file.running if a.holder == seat.label]
    if held and not others:
        ids = listed(held, AND(request.language))
        lines.append(LEFT_OPEN(request.language, label=seat.label, ids=ids))
    if file.with_function(Function.CASE_COORDINATOR) == (seat,):
        lines.append(NOBODY_DIRECTS(request.language, ref=file.ref))
    left = replace(seat, left_at=request.now.astimezone(UTC))
    return (
        say(request, *lines)
        + changed(request, file, left, event="participant.removed", thing=seat.user_id)
        + Effects(send=(Remove(ToCase(file.ref), seat.user_id),))
    )


def _participants(request: Request) -> Effects:
    file = request.file
    choice = folded(request.text).strip(" .?")
    if choice and choice not in CHECK:
        refuse(request, WHICH_LIST(request.language))
    if choice:
        lines = _missing(request, file) or [NOBODY_MISSING(request.language, ref=file.ref)]
        lines += _without_partner(request, file)
        return say(request, *lines) + Effects(log=(Logged("participants.checked", file.ref),))
    seats = [f"{_described(request, p.function, p.label)} {p.user_id}" for p in file.seated]
    lines = [LIST(request.language, ref=file.ref, seats=", ".join(seats))]
    absent = dict.fromkeys(a.holder for a in file.running if not file.holding(a.holder))
    if absent:
        lines.append(WITHOUT(request.language, labels=", ".join(absent)))
    return say(request, *lines) + Effects(log=(Logged("participants.listed", file.ref),))


def _missing(request: Request, file: CaseFile) -> list[str]:
    """Who belongs here and cannot be reached, by role; never why."""
    keyless, silent = [], []
    for seat in file.seated:
        person = request.people.get(seat.user_id)
        if person is not None and person.keyless:
            keyless.append(seat.label)
        elif seat.unreached is not None or person is None or person.direct_room is None:
            silent.append(seat.label)
    absent = [a.holder for a in file.running if not file.holding(a.holder)]
    found = ((NO_DEVICE, keyless), (NO_CHAT, silent), (WITHOUT, absent))
    return [
        text(request.language, labels=", ".join(dict.fromkeys(labels))) for text, labels in found if labels
    ]


def _without_partner(request: Request, file: CaseFile) -> list[str]:
    """Areas of life that actions are about and nobody here works on, with who usually does (domain A24)."""
    works_on = request.region.domains
    present = frozenset[LifeDomain]().union(*(works_on.get(p.label, frozenset()) for p in file.seated))
    wanted = {action.life_domain for action in file.running} - present
    usual = dict.fromkeys((*request.region.address_book, *works_on))
    return [
        NO_PARTNER(
            request.language,
            domain=DOMAIN_NAMES[domain](request.language),
            labels=", ".join(
                [label for label in usual if domain in works_on.get(label, ())][:MOST_SUGGESTED]
            ),
        )
        for domain in LifeDomain
        if domain in wanted
    ]


PARTICIPANT = Command(
    name=Text("deelnemer", "participant"),
    who=SEATING,
    where=Where.CASE,
    closed=True,
    help=Text(
        "zet iemand in de casus, met een rol; met 'weg' eruit",
        "seats somebody in the case, with a role; 'remove' takes them out",
    ),
    examples=(
        Text("deelnemer @leerplicht:voorbeeld.nl voorzitter", "participant @leerplicht:voorbeeld.nl chair"),
        Text("deelnemer weg leerplicht", "participant remove leerplicht"),
    ),
    parameters=(
        Parameter(Text("@id:server", "@id:server"), Kind.PERSON),
        Parameter(Text("rol", "role"), Kind.ROLE),
        Parameter(Text("partner", "partner"), Kind.ROLE, optional=True),
    ),
    execute=_participant,
)

PARTICIPANTS = Command(
    name=Text("deelnemers", "participants"),
    who=EVERYBODY,
    where=Where.CASE,
    closed=True,
    help=Text("laat zien wie bij de casus hoort", "shows who belongs to the case"),
    examples=(Text("deelnemers", "participants"), Text("deelnemers check", "participants check")),
    parameters=(Parameter(Text("check", "check"), Kind.CHOICE, optional=True),),
    execute=_participants,
)
