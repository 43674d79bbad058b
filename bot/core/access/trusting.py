"""What is said about people's identities and devices: to whom, once, and what to do about it.

Source of the rules: MSC4153 (devices that their owner did not sign are excluded); rule 8 of the design.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.core.dates import say_day
from bot.core.dates.calendar import AMSTERDAM
from bot.core.effects import Effects, Logged, React, Say, ToCase, ToPerson
from bot.core.permissions import Right
from bot.core.records.cases import Function
from bot.core.records.people import OPERATOR, PinState
from bot.core.text import Language, Message, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.core.casefile import CaseFile
    from bot.core.records.cases import Participant
    from bot.core.records.people import Pin

HOW_TO_VERIFY = Text(
    "Open op dat apparaat de instellingen, kies 'Sessies' of 'Beveiliging' en verifieer het met een ander "
    "apparaat of met de herstelsleutel.",
    "Open the settings on that device, choose 'Sessions' or 'Security' and verify it with another device or "
    "with the recovery key.",
)
REACTION = "apparaat niet geverifieerd"
"""Fixed words that a device without keys can see: reactions are not encrypted."""
REFUSED = Text(
    "Een opdracht van {user} in {place} is niet uitgevoerd: het apparaat is niet geverifieerd. {how} Typ de "
    "opdracht daarna opnieuw.",
    "A command from {user} in {place} was not carried out: the device is not verified. {how} Then type the "
    "command again.",
)
NOT_COMPARED = Text(
    "Je staat in mijn instellingen, maar jouw identiteit is nog niet vergeleken. Verifieer mij in je app, samen met de "
    "beheerder; of laat de beheerder casusbot identity trust {user} uitvoeren.",
    "You are in my settings, but your identity has not been compared yet. Verify me in your client together with "
    "the operator; or have the operator run casusbot identity trust {user}.",
)
OUR_CHAT = Text("ons gesprek", "our chat")
CHANGED = Text(
    "De identiteit van {user} ({label}, {ref}) is veranderd. Dat kan een nieuw toestel zijn, of iemand anders. "
    "Ik stuur dit account niets en doe niets wat het vraagt. Bel {label}, en typ daarna in de ruimte van {ref}: "
    "!vertrouwen {user}",
    "The identity of {user} ({label}, {ref}) has changed. That may be a new device, or somebody else. I send this "
    "account nothing and do nothing it asks. Call {label}, then type in the room of {ref}: !trust {user}",
)
GONE = "-"
"""In place of a key: the server shows no identity at all any more."""
CHANGED_AFTER_COMPARING = Text(
    "De identiteit van {user} ({label}, {ref}) is veranderd, en die was vergeleken. Ik stuur dit account niets en doe "
    "niets wat het vraagt. Bel {label}. Klopt het? Laat {label} mij dan opnieuw verifiëren, met een coördinator of de "
    "beheerder.",
    "The identity of {user} ({label}, {ref}) has changed, and it had been compared. I send this account nothing and do "
    "nothing it asks. Call {label}. If it is right, have {label} verify me again, with a coordinator or the operator.",
)
VANISHED = Text(
    "De server toont van {user} ({label}, {ref}) geen identiteit meer. Ik stuur dit account niets en doe niets wat "
    "het vraagt, tot die weer te zien is. Bel {label}.",
    "The server no longer shows an identity of {user} ({label}, {ref}). I send this account nothing and do nothing "
    "it asks until it is shown again. Call {label}.",
)
KNOWN_BY: Mapping[PinState, Text] = MappingProxyType(
    {
        PinState.FIRST_USE: Text("op het eerste gezicht", "at first sight"),
        PinState.CONFIRMED: Text("op het woord van een collega", "on a colleague's word"),
        PinState.VERIFIED: Text("vergeleken", "compared"),
    }
)
ANOTHER = Text(
    "Let op: dit is een andere identiteit dan ik van {user} ken. Die kende ik sinds {day}, {how}. Vraag eerst wat er is "
    "veranderd.",
    "Mind: this is another identity than the one I know {user} by, since {day}, {how}. First ask what has changed.",
)
RENEWED = Text(
    "{label} heeft een nieuwe identiteit en doet weer mee. Nagevraagd door de {by}. Weet {label} hier niets van? Bel dan "
    "meteen de beheerder.",
    "{label} has a new identity and takes part again. Checked by the {by}. If {label} knows nothing of it, call the "
    "operator at once.",
)
BY_OPERATOR = Text("beheerder", "operator")
BY_COORDINATOR = Text("coördinator", "coordinator")
UNSIGNED = Text(
    "Een van je apparaten is niet geverifieerd. Daarop kun je niet lezen wat ik zeg, en opdrachten ervan voer ik "
    "niet uit. {how}",
    "One of your devices is not verified. It cannot read what I say, and I carry out no commands from it. {how}",
)


def identity_changed(pin: Pin, shown: str | None, cases: tuple[CaseFile, ...]) -> Effects:
    """Another identity than the pinned one, or none (`shown` is None): kept apart, and the chairs and coordinators
    of this person's cases are told once."""
    if pin.changed_to == (shown or GONE):
        return Effects()
    language = Language.NL
    changed = CHANGED_AFTER_COMPARING if pin.state is PinState.VERIFIED else CHANGED
    words = changed if shown else VANISHED
    says = tuple(
        Say(
            ToPerson(chair.user_id),
            Message.of(words(language, user=pin.user_id, label=seat.label, ref=file.ref)),
            key=f"changed:{pin.user_id}:{shown}:{file.ref}:{chair.user_id}",
            about=(file.ref,),
        )
        for file in cases
        if (seat := file.seat_of(pin.user_id)) is not None
        for chair in file.with_function(Function.CHAIR, Function.PROCESS_COORDINATOR, Function.COORDINATOR)
        if chair.user_id != pin.user_id
    )
    return Effects(
        keep=(replace(pin, changed_to=shown or GONE),),
        send=says,
        log=(Logged("identity.changed", None, pin.user_id),),
    )


def another_identity(pin: Pin, language: Language) -> str:
    """That what is shown is not what somebody is held to, and since when and how they are."""
    day = say_day(pin.pinned_at.astimezone(AMSTERDAM).date(), language=language.code)
    return ANOTHER(language, user=pin.user_id, day=day, how=KNOWN_BY[pin.state](language))


def renewed(
    pin: Pin, before: Pin | None, seats: Iterable[Participant], said_in: str | None = None
) -> Effects:
    """Where somebody is held to another identity than `before`: every case in which they sit hears on whose word.

    `said_in` is the case in whose room that was said.
    """
    if before is None or before.master_key == pin.master_key:
        return Effects()
    seats = tuple(seats)
    says = tuple(
        Say(
            ToCase(seat.case_ref),
            Message.of(RENEWED(Language.NL, label=seat.label, by=_voucher(pin, seats, seat.case_ref))),
            key=f"renewed:{pin.user_id}:{pin.master_key}:{pin.pinned_at.isoformat()}:{seat.case_ref}",
        )
        for seat in seats
        if seat.user_id == pin.user_id and seat.case_ref != said_in
    )
    return Effects(send=says)


def _voucher(pin: Pin, seats: Iterable[Participant], ref: str) -> str:
    """Who gave their word, as a case calls them: by their seat there, else they are of the region."""
    if pin.vouched_by == OPERATOR:
        return BY_OPERATOR(Language.NL)
    seat = next((one for one in seats if (one.user_id, one.case_ref) == (pin.vouched_by, ref)), None)
    return seat.label if seat else BY_COORDINATOR(Language.NL)


def stand_apart(one: str, other: str, pins: Mapping[str, Pin]) -> bool:
    """Whether these two count as two: neither identity rests on the other's word, nor both on that of a third.

    Whoever vouched for an account may have made it up; the operator is nobody's colleague.
    """
    return not _vouched_for(one, pins) & _vouched_for(other, pins)


def _vouched_for(user_id: str, pins: Mapping[str, Pin]) -> frozenset[str]:
    """Somebody, who vouched for them, who vouched for those, and so on."""
    found: set[str] = set()
    somebody: str | None = user_id
    while somebody not in {None, OPERATOR, *found}:
        assert somebody is not None
        found.add(somebody)
        pin = pins.get(somebody)
        somebody = pin.vouched_by if pin else None
    return frozenset(found)


def unsigned_device(user_id: str, device_key: str) -> Effects:
    """A device of somebody we talk to that its owner did not sign: they are told once how to verify it."""
    words = UNSIGNED(Language.NL, how=HOW_TO_VERIFY(Language.NL))
    key = f"unsigned:{user_id}:{device_key}"
    return Effects(send=(Say(ToPerson(user_id), Message.of(words), key=key),))


def command_refused(
    user_id: str, room_id: str, event_id: str, device_key: str, file: CaseFile | None
) -> Effects:
    """A command from a device that its owner did not sign: fixed words under it, and once per device and room
    one sentence to the sender's signed devices and to the chair."""
    language = Language.NL
    place = file.ref if file else OUR_CHAT(language)
    words = Message.of(REFUSED(language, user=user_id, place=place, how=HOW_TO_VERIFY(language)))
    told = {user_id} | ({p.user_id for p in file.with_function(Function.CHAIR)} if file else set())
    says = tuple(
        Say(
            ToPerson(somebody),
            words,
            key=f"refused:{device_key}:{room_id}:{somebody}",
            about=(file.ref,) if file else (),
        )
        for somebody in sorted(told)
    )
    return Effects(
        send=(React(room_id, event_id, REACTION), *says),
        log=(Logged("command.refused", file.ref if file else None, user_id),),
    )


def is_verified(pin: Pin | None) -> bool:
    """Whether somebody's identity was compared, by emoji or by fingerprint, and is still the one that is shown."""
    return pin is not None and pin.is_verified


def uncompared(digest: Effects, user_id: str) -> Effects:
    """A digest for a coordinator whom nobody compared: it says what to do first, and nothing of any case."""
    words = Message.of(NOT_COMPARED(Language.NL, user=user_id))
    return replace(
        digest,
        send=tuple(
            replace(one, message=words, right=Right.CASE_WORDS, about=()) if isinstance(one, Say) else one
            for one in digest.send
        ),
        log=tuple(line for line in digest.log if line.case_ref is None),
    )
