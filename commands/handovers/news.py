"""What people hear of a handover unasked from the other side: that one is offered, that a letter was refused.

Only coordinators whose identity was compared hear of an offer: first sight is trust in a homeserver.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.access.trusting import is_verified
from bot.core.effects import Effects, Logged, Say, ToPerson
from bot.core.records.handovers import Fault, Handover, HandoverState, Proposal, Side
from bot.core.reminding.handover_terms import RINGS, coordinators_told
from bot.core.text import Language, Message, Text, listed
from commands.conversation.replies import AND
from commands.handovers.offer import NONE, overdue_at, proposal_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.region import Neighbour
    from commands.conversation.command import Request

LANGUAGE = Language.NL

OFFERED = Text(
    "Regio {region} vraagt of jullie {peer_ref} overnemen. Reden: {reason}.",
    "Region {region} asks you to take over {peer_ref}. Reason: {reason}.",
)
REACH = Text("Daar te bereiken: {contacts}.", "To be reached there: {contacts}.")
HOW = Text(
    "Zij blijven verantwoordelijk tot jullie accepteren. Typ hier: overdracht ontvangen {peer_ref}. Daarna: overdracht "
    "gesprek <datum>, overdracht accepteer {peer_ref} als <eigen referentie>, of overdracht weiger {peer_ref} <reden>.",
    "They stay responsible until you accept. Type here: handover received {peer_ref}. Then: handover call <date>, "
    "handover accept {peer_ref} as <own reference>, or handover refuse {peer_ref} <reason>.",
)
NOT_TAKEN = Text(
    "Een bericht van regio {region} over een overdracht{about} heb ik niet aangenomen: {why}. Er is niets veranderd. "
    "Bel hun coördinator.",
    "I did not take a message from region {region} about a handover{about}: {why}. Nothing has changed. Call their "
    "coordinator.",
)
ABOUT = Text(" van {ref}", " of {ref}")
FAULTS: Mapping[Fault, Text] = {
    Fault.UNTRUSTED: Text(
        "ik kan niet vaststellen dat het van hun bot komt; laat de beheerders de vingerafdruk vergelijken",
        "I cannot tell that it comes from their bot; have the operators compare the fingerprint",
    ),
    Fault.UNREADABLE: Text("ik kan het nog niet lezen", "I cannot read it yet"),
    Fault.VERSION: Text(
        "hun bot gebruikt een andere versie van de overdracht dan de mijne",
        "their bot uses another version of the handover than mine",
    ),
    Fault.MALFORMED: Text("het heeft niet de afgesproken vorm", "it does not have the agreed form"),
    Fault.GUARDED: Text(
        "er staat iets in dat hier niet bewaard mag worden", "it holds something that may not be kept here"
    ),
    Fault.OUT_OF_ORDER: Text(
        "het past niet bij hoe de overdracht nu staat", "it does not fit how the handover stands"
    ),
}
"""Why, where a person is waiting; what is repeated or comes from a stranger is only logged."""


def offered(request: Request, neighbour: Neighbour, proposal: Proposal) -> Effects:
    """Another region's bot offers a case: kept until somebody answers, and told to the coordinators."""
    handover = Handover(
        proposal.handover,
        Side.RECEIVER,
        neighbour.name,
        request.sender,
        HandoverState.PROPOSED,
        proposed_at=request.now.astimezone(UTC),
        proposed_by=request.sender,
        room_id=request.room_id,
        reason=proposal.reason,
        peer_ref=proposal.reference,
        actions=proposal.actions,
        decisions=proposal.decisions,
        contacts=proposal.contacts,
        heard=proposal.sequence,
        overdue_at=overdue_at(request, request.now.date()),
    )
    rings = RINGS(LANGUAGE, peer_ref=handover.peer_ref, region=handover.region)
    lines = [
        OFFERED(
            LANGUAGE, region=handover.region, peer_ref=handover.peer_ref, reason=proposal.reason.rstrip(".")
        ),
        *proposal_lines(proposal.actions, proposal.decisions, LANGUAGE),
        REACH(LANGUAGE, contacts=listed([*proposal.contacts], AND(LANGUAGE)) or NONE(LANGUAGE)),
        HOW(LANGUAGE, peer_ref=handover.peer_ref),
    ]
    log = Logged("handover.offered", None, handover.region)
    told = coordinators_told(request.region, request.pins, f"offer:{handover.id}", rings, lines)
    return Effects(make=(handover,), log=(log,)) + told


def refused(
    request: Request, neighbour: Neighbour | None, handover: Handover | None, fault: Fault
) -> Effects:
    """A letter that was not taken: always a line in the audit log, and a sentence where a person is waiting.

    Said once a day for each kind of fault, however often it comes.
    """
    ref = handover.case_ref if handover else None
    effects = Effects(log=(Logged("handover.letter_refused", ref, fault.value),))
    region = handover.region if handover else neighbour.name if neighbour else None
    if fault not in FAULTS or region is None:
        return effects
    about = ABOUT(LANGUAGE, ref=ref) if ref else ""
    words = NOT_TAKEN(LANGUAGE, region=region, about=about, why=FAULTS[fault](LANGUAGE))
    waiting = (
        {handover.proposed_by}
        if handover and handover.side is Side.SENDER
        else {user for user in request.region.coordinators if is_verified(request.pins.get(user))}
    )
    key = f"letter:{handover.id if handover else region}:{fault}:{request.now.date()}"
    says = tuple(Say(ToPerson(user), Message.of(words), key=f"{key}:{user}") for user in sorted(waiting))
    return effects + Effects(send=says)
