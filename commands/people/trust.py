"""`vertrouwen`: whose identity is pinned since when, and a named person's word for one that changed.

There is one pin for each person, so a word given here holds in every case. A chair's is therefore taken only where they
lead every case in which that person sits; otherwise a coordinator of the region has to give it. What was compared is never
replaced by a word, only by comparing again. Who gives it must have a verified identity: otherwise whoever runs the
homeserver could confirm its own forgery. Nobody gives their word for themselves. All cases of that person are told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.access.trusting import GONE, renewed
from bot.core.dates import say_day
from bot.core.dates.calendar import AMSTERDAM
from bot.core.effects import Effects, Logged
from bot.core.records.cases import Function
from bot.core.records.people import PinState
from bot.core.text import Text
from commands.conversation.answers import draft, is_no, is_yes
from commands.conversation.command import CHAIRS, SEATING, Asks, Command, Kind, Parameter, Where
from commands.conversation.parsing import USER_ID
from commands.conversation.replies import VERIFY_FIRST, ask, refuse, say

if TYPE_CHECKING:
    from bot.core.records.cases import Participant
    from bot.core.records.people import Pin
    from bot.core.records.trail import Question
    from commands.conversation.command import Request

_ASKS_CONFIRM = Asks("confirm", weighs=True)
HEADING = Text("Vertrouwen in {ref}", "Trust in {ref}")
KNOWN = Text(
    "{label}: apparaten ondertekend, bekend sinds {day}", "{label}: devices signed, known since {day}"
)
VERIFIED = Text("{known}, geverifieerd", "{known}, verified")
CONFIRMED = Text("{known}, nagevraagd door {by}", "{known}, confirmed by {by}")
UNKNOWN = Text(
    "{label}: nog geen ondertekend apparaat gezien; krijgt geen sleutels",
    "{label}: no signed device seen yet; gets no keys",
)
CHANGED = Text(
    "{label}: identiteit gewijzigd; krijgt niets tot iemand dit navraagt. Daarna: !vertrouwen {user}",
    "{label}: identity changed; gets nothing until somebody checks. Then: !trust {user}",
)
CHANGED_AFTER_COMPARING = Text(
    "{label}: identiteit gewijzigd, en die was vergeleken; krijgt niets tot iemand opnieuw vergelijkt",
    "{label}: identity changed, and it was compared; gets nothing until somebody compares again",
)
WHO = Text(
    "Over wie gaat het? Noem één account: !vertrouwen @naam:server.",
    "Who? Name one account: !trust @name:server.",
)
NOT_SEATED = Text("{user} hoort niet bij {ref}.", "{user} does not belong to {ref}.")
NOT_CHANGED = Text(
    "De identiteit van {label} is niet veranderd; er is niets te doen.", "{label}'s identity has not changed."
)
NO_IDENTITY = Text(
    "De server toont van {label} geen identiteit; er is niets om op te vertrouwen. Bel {label}.",
    "The server shows no identity of {label}; there is nothing to trust. Call {label}.",
)
NOT_YOURSELF = Text(
    "Dit gaat over jouzelf. Vraag een andere voorzitter of een coördinator.",
    "This is about yourself. Ask another chair or a coordinator.",
)
COMPARE_AGAIN = Text(
    "De identiteit van {label} was vergeleken. Daarvoor is een woord niet genoeg. Bel {label}, en laat {label} mij opnieuw "
    "verifiëren, met een coördinator of de beheerder.",
    "The identity of {label} had been compared. For that a word is not enough. Call {label}, and have {label} verify me "
    "again, with a coordinator or the operator.",
)
SITS_ELSEWHERE = Text(
    "{label} doet ook mee in een casus die jij niet leidt, en jouw woord zou daar ook gelden. Vraag een coördinator, of "
    "laat {label} mij verifiëren.",
    "{label} also takes part in a case that you do not lead, and your word would hold there too. Ask a coordinator, or "
    "have {label} verify me.",
)
ASKED = Text(
    "Nieuwe vingerafdruk van {label}: {fingerprint}. Heb je {label} zelf gesproken over een nieuw toestel of een "
    "reset? Antwoord op dit bericht met ja of nee.",
    "New fingerprint of {label}: {fingerprint}. Did you speak to {label} about a new device or a reset? Reply to this message with yes or no.",
)
TAKEN = Text(
    "{label} doet weer mee. Vastgelegd dat jij dit hebt nagevraagd.",
    "{label} takes part again. Your word is recorded.",
)
LEFT_OUT = Text(
    "Goed. {label} blijft buiten tot dit is nagevraagd.", "Good. {label} stays out until this is checked."
)
CHANGED_AGAIN = Text(
    "De identiteit is intussen nog eens veranderd. Begin opnieuw: !vertrouwen {user}.",
    "The identity has changed again meanwhile. Start again: !trust {user}.",
)


def fingerprint(key: str) -> str:
    """A key in groups of four, for reading aloud."""
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))


def _trust(request: Request) -> Effects:
    if not request.text:
        return _overview(request)
    found = USER_ID.fullmatch(request.text.strip())
    if not found:
        refuse(request, WHO(request.language))
    seat, pin = _seat(request, found.group())
    if seat.user_id == request.sender:
        refuse(request, NOT_YOURSELF(request.language))
    if not request.verified:
        refuse(request, VERIFY_FIRST(request.language))
    if pin is None or pin.changed_to is None:
        refuse(request, NOT_CHANGED(request.language, label=seat.label))
    if pin.changed_to == GONE:
        refuse(request, NO_IDENTITY(request.language, label=seat.label))
    _may_vouch(request, seat, pin)
    question = ASKED(request.language, label=seat.label, fingerprint=fingerprint(pin.changed_to))
    return (
        say(request, question)
        + ask(request, TRUST.name, _ASKS_CONFIRM, user=seat.user_id, key=pin.changed_to)
        + Effects(log=(Logged("trust.asked", request.ref, seat.user_id),))
    )


def _answer(request: Request, question: Question) -> Effects | None:
    user, key = draft(question)["user"], draft(question)["key"]
    seat, pin = _seat(request, user)
    if not request.replies or not request.verified:
        return None  # a passing "ja" is no word for somebody's identity
    if is_no(request.text):
        return say(request, LEFT_OUT(request.language, label=seat.label))
    if not is_yes(request.text):
        return None
    if pin is None or pin.changed_to != key:
        return say(request, CHANGED_AGAIN(request.language, user=user))
    _may_vouch(request, seat, pin)
    taken = replace(
        pin,
        master_key=key,
        pinned_at=request.now.astimezone(UTC),
        state=PinState.CONFIRMED,
        changed_to=None,
        vouched_by=request.sender,
    )
    log = Logged("trust.confirmed", request.ref, user)
    told = renewed(taken, pin, request.seats, said_in=request.ref)
    return say(request, TAKEN(request.language, label=seat.label)) + Effects(keep=(taken,), log=(log,)) + told


def _may_vouch(request: Request, seat: Participant, pin: Pin) -> None:
    """Refuse a word that is not enough for this identity, or that would reach into a case of others."""
    if pin.state is PinState.VERIFIED:
        refuse(request, COMPARE_AGAIN(request.language, label=seat.label))
    led = {one.case_ref for one in request.seats if one.user_id == request.sender and one.function in CHAIRS}
    sits = {one.case_ref for one in request.seats if one.user_id == seat.user_id}
    if Function.COORDINATOR not in request.functions and not sits <= led:
        refuse(request, SITS_ELSEWHERE(request.language, label=seat.label))


def _overview(request: Request) -> Effects:
    heading = HEADING(request.language, ref=request.file.ref)
    lines = (_line(request, seat) for seat in request.file.seated)
    return say(request, heading, *lines, headed=True) + Effects(log=(Logged("trust.listed", request.ref),))


def _line(request: Request, seat: Participant) -> str:
    language, pin = request.language, request.pins.get(seat.user_id)
    if pin is None:
        return UNKNOWN(language, label=seat.label)
    if pin.changed_to is not None:
        changed = CHANGED_AFTER_COMPARING if pin.state is PinState.VERIFIED else CHANGED
        return changed(language, label=seat.label, user=seat.user_id)
    day = say_day(pin.pinned_at.astimezone(AMSTERDAM).date(), language=language.code)
    known = KNOWN(language, label=seat.label, day=day)
    if pin.state is PinState.VERIFIED:
        return VERIFIED(language, known=known)
    if pin.state is PinState.CONFIRMED:
        by = request.file.seat_of(pin.vouched_by or "")
        return CONFIRMED(language, known=known, by=by.label if by else pin.vouched_by)
    return known


def _seat(request: Request, user_id: str) -> tuple[Participant, Pin | None]:
    seat = request.file.seat_of(user_id)
    if seat is None:
        refuse(request, NOT_SEATED(request.language, user=user_id, ref=request.file.ref))
    return seat, request.pins.get(user_id)


TRUST = Command(
    name=Text("vertrouwen", "trust"),
    who=SEATING,
    where=Where.CASE,
    closed=True,
    help=Text(
        "laat zien wiens identiteit bekend is; geeft je woord bij een wijziging",
        "shows whose identity is known; gives your word for a change",
    ),
    examples=(Text("vertrouwen", "trust"),),
    parameters=(Parameter(Text("@naam:server", "@name:server"), Kind.PERSON, optional=True),),
    execute=_trust,
    answer=_answer,
    asks=(_ASKS_CONFIRM,),
)
