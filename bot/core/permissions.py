"""Who may see, do and receive what: one table (need to know, AVG 5(1)(c), 25 and 32).

A command takes its `who` from here, a message names the row that its reader must stand in when it leaves
(`bot.core.access.receiving`), and docs/privacy/wie-mag-wat.md is drawn from it. Power levels of a room never grant a
function, and one that is lost is lost at once: nothing here is remembered.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.core.records.cases import Function
from bot.core.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.records.cases import Participant
    from bot.core.records.people import Pin
    from bot.core.region import Region


class Right(StrEnum):
    """A row of the table: something to do, to see or to receive."""

    TAKE_PART = "take_part"
    LEAD = "lead"
    DECIDE = "decide"
    SEAT = "seat"
    OPEN_CASES = "open_cases"
    SERVE_RIGHTS = "serve_rights"
    INCIDENT = "incident"
    CASE_ROOM = "case_room"
    CASE_WORDS = "case_words"
    CASE_FILE = "case_file"
    ACCESS_EXPORT = "access_export"
    OWN_DIGEST = "own_digest"
    REGION_DIGEST = "region_digest"
    REGION_PICTURE = "region_picture"
    TELL_OTHERS = "tell_others"


F = Function

SEATED = frozenset({F.CHAIR, F.PROCESS_COORDINATOR, F.CASE_COORDINATOR, F.PARTICIPANT})
"""Functions that a seat in a case gives, in that case alone. A coordinator's seat is that of a participant."""
REGION_WIDE = frozenset({F.COORDINATOR, F.CONTACT_POINT})
"""Functions that the configuration gives, in every case, once somebody compared the person's identity."""

RIGHTS: Mapping[Right, frozenset[Function]] = MappingProxyType(
    {
        Right.TAKE_PART: SEATED | {F.COORDINATOR},
        Right.LEAD: frozenset({F.CHAIR, F.PROCESS_COORDINATOR}),
        Right.DECIDE: frozenset({F.CHAIR}),
        Right.SEAT: frozenset({F.CHAIR, F.PROCESS_COORDINATOR, F.COORDINATOR}),
        Right.OPEN_CASES: frozenset({F.COORDINATOR}),
        Right.SERVE_RIGHTS: frozenset({F.CONTACT_POINT}),
        Right.INCIDENT: REGION_WIDE,
        Right.CASE_ROOM: SEATED,
        Right.CASE_WORDS: SEATED | REGION_WIDE,
        Right.CASE_FILE: SEATED,
        Right.ACCESS_EXPORT: frozenset({F.CONTACT_POINT}),
        Right.OWN_DIGEST: frozenset({F.CHAIR}),
        Right.REGION_DIGEST: frozenset({F.COORDINATOR}),
        Right.REGION_PICTURE: frozenset({F.COORDINATOR}),
        Right.TELL_OTHERS: frozenset({F.CHAIR, F.PROCESS_COORDINATOR, F.COORDINATOR, F.CONTACT_POINT}),
    }
)

DOING = (
    Right.TAKE_PART,
    Right.LEAD,
    Right.DECIDE,
    Right.SEAT,
    Right.OPEN_CASES,
    Right.SERVE_RIGHTS,
    Right.INCIDENT,
)
"""The rows that a command may take its `who` from; the others are about receiving."""

MEANINGS: Mapping[Right, Text] = MappingProxyType(
    {
        Right.TAKE_PART: Text("meedoen in een casus", "take part in a case"),
        Right.LEAD: Text("een casus leiden", "lead a case"),
        Right.DECIDE: Text(
            "beslissen dat er niet meer wordt gezocht", "decide that nobody is looked for any more"
        ),
        Right.SEAT: Text("mensen een plaats geven of nemen", "give and take seats"),
        Right.OPEN_CASES: Text("een casus openen", "open a case"),
        Right.SERVE_RIGHTS: Text(
            "rechten uitvoeren van wie een casus gaat", "serve the rights of whom a case is about"
        ),
        Right.INCIDENT: Text(
            "een incident beginnen, volgen en stoppen; het logboek erbij krijgen",
            "start, follow and stop an incident; get the audit log of it",
        ),
        Right.CASE_ROOM: Text("de ruimte van een casus lezen", "read the room of a case"),
        Right.CASE_WORDS: Text(
            "in het eigen gesprek met de bot iets over een casus horen", "hear of a case in their own chat"
        ),
        Right.CASE_FILE: Text("afsprakenlijst, agenda, tijdlijn", "list of agreements, calendar, timeline"),
        Right.ACCESS_EXPORT: Text("het bestand voor een inzageverzoek", "the file for a request for access"),
        Right.OWN_DIGEST: Text("weekbericht over eigen casussen", "weekly digest of their own cases"),
        Right.REGION_DIGEST: Text("weekbericht over de regio", "weekly digest of the region"),
        Right.REGION_PICTURE: Text("beeld van de regio", "picture of the region"),
        Right.TELL_OTHERS: Text(
            "de bot iets laten vertellen aan wie geen plaats heeft",
            "have the bot tell something to somebody without a seat",
        ),
    }
)


def functions_of(
    user_id: str, seat: Participant | None, region: Region, pin: Pin | None
) -> frozenset[Function]:
    """What somebody is now: by `seat` in one case, and by the configuration with an identity that was compared.

    First sight is trust in the homeserver of that moment, which is not enough for what goes over all cases.
    """
    held: set[Function] = set()
    if seat is not None and seat.left_at is None:
        held.add(seat.function if seat.function in SEATED else Function.PARTICIPANT)
    if pin is not None and pin.is_verified:
        held |= {Function.COORDINATOR} if user_id in region.coordinators else set()
        held |= {Function.CONTACT_POINT} if user_id in region.contact_points else set()
    return frozenset(held)
