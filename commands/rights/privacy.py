"""`privacy`: who answers for this case, how long it is kept, why it is talked about, and who is there (domain L20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.dates import say_day
from bot.core.dates.calendar import AMSTERDAM
from bot.core.effects import Effects, Logged
from bot.core.text import Text
from commands.conversation.command import EVERYBODY, Command, Kind, Parameter, Where
from commands.conversation.reading import CASE_REF, NO_SUCH_CASE, find_case
from commands.conversation.replies import refuse, say
from commands.rights.purpose import described

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from bot.core.casefile import CaseFile
    from bot.core.records.cases import Participant
    from commands.conversation.command import Request

NOT_FILLED_IN = Text("nog niet ingevuld door het ZVH", "not filled in by the house yet")
CONTROLLER = Text("Verantwoordelijk: {name}.", "Controller: {name}.")
CONTACT = Text(
    "Contactpunt voor inzage, correctie, beperking of bezwaar: {address}.",
    "Contact point for access, correction, restriction or objection: {address}.",
)
RESTRICTED = Text(
    "Deze casus is sinds {since} beperkt, op verzoek. Er verandert niets; wat voor de veiligheid is, loopt door.",
    "This case is restricted since {since}, at request. Nothing changes; what is for safety goes on.",
)
REMARKS = Text(
    "Het contactpunt zette iets bij: {things}. Bekijk het met !wat of !verslag.",
    "The contact point put something beside: {things}. See it with !what or !report.",
)
RETENTION = Text(
    "Bewaren: {months} maanden na het sluiten van een casus. Vernietigen is het besluit van twee mensen; verlengen kan "
    "alleen met een reden.",
    "Kept for {months} months after a case is closed. Two people decide to destroy it; extending takes a reason.",
)
EXTENDED = Text(
    "Van deze casus is de termijn verlengd tot {day}.", "The period of this case was extended to {day}."
)
SEATS = Text(
    "Wie hier zit, sinds wanneer, en wie die plaats gaf:", "Who is here, since when, and who seated them:"
)
SEAT = Text("{labels}: sinds {since}, door {by}.", "{labels}: since {since}, by {by}.")
COORDINATOR = Text("coördinator", "coordinator")
GONE = Text("iemand die er niet meer bij hoort", "somebody who left")
KEPT = Text(
    "Ik bewaar afspraken, rollen en datums; nooit het gesprek, een naam of herkomst.",
    "I keep agreements, roles and dates; never the conversation, a name or an origin.",
)


def _privacy(request: Request) -> Effects:
    file = request.case or _named(request)
    language, controller = request.language, request.region.controller
    unknown = NOT_FILLED_IN(language)
    lines = [
        CONTROLLER(language, name=controller.name or unknown),
        CONTACT(language, address=controller.contact or unknown),
        KEPT(language),
        RETENTION(language, months=request.region.retention.closed),
    ]
    if file:
        lines += described(request.region, file, language)
        lines += _of_case(request, file)
    return say(request, *lines) + Effects(log=(Logged("privacy.read", file.ref if file else None),))


def _named(request: Request) -> CaseFile | None:
    """In a direct chat: the case that is named; without one, what holds for all of them."""
    found = CASE_REF.search(request.text)
    if found is None:
        return None
    file = find_case(request, found.group())
    if file is None:
        refuse(request, NO_SUCH_CASE(request.language, ref=found.group().upper()))
    return file


def _of_case(request: Request, file: CaseFile) -> Iterator[str]:
    language = request.language
    if file.retention and file.retention.until:
        yield EXTENDED(language, day=say_day(file.retention.until, language=language.code))
    if restriction := file.restriction:
        since = restriction.since.astimezone(AMSTERDAM).date()
        yield RESTRICTED(language, since=say_day(since, language=language.code))
    if file.remarks:
        yield REMARKS(language, things=", ".join(dict.fromkeys(r.thing for r in file.remarks)))
    yield SEATS(language)
    together: dict[tuple[date, str], list[str]] = {}
    for seat in file.seated:
        since = seat.since.astimezone(AMSTERDAM).date()
        together.setdefault((since, _role_of(request, file, seat)), []).append(seat.label)
    for (since, by), labels in together.items():
        yield SEAT(language, labels=", ".join(labels), since=say_day(since, language=language.code), by=by)


def _role_of(request: Request, file: CaseFile, seat: Participant) -> str:
    """By which role the seat was given: accounts are nobody's reason to be here."""
    giver = next((p for p in file.participants if p.user_id == seat.added_by), None)
    if giver is not None:
        return giver.label
    coordinates = seat.added_by in request.region.coordinators
    return (COORDINATOR if coordinates else GONE)(request.language)


PRIVACY = Command(
    name=Text("privacy", "privacy"),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text(
        "laat zien wie verantwoordelijk is, doel en grondslag, en wie er waarom bij zit",
        "shows who is responsible, purpose and lawful basis, and who is here and why",
    ),
    aliases=(Text("privacyverklaring", "privacy notice"),),
    examples=(Text("privacy", "privacy"),),
    parameters=(Parameter(Text("referentie", "reference"), Kind.CASE, optional=True),),
    execute=_privacy,
)
