"""`beperking`: freezes a case at the request of whom it is about, and lifts that again (AVG 18)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.access.restricting import is_safety
from bot.core.casefile import next_number
from bot.core.dates import say_day
from bot.core.effects import Effects, Logged, Say, ToCase
from bot.core.records.rights import Restriction
from bot.core.reminding.ladder import schedule
from bot.core.text import Language, Message, Text
from commands.conversation.command import CONTACT_POINTS, Command, Kind, Parameter, Where
from commands.conversation.parsing import folded
from commands.conversation.reasons import bare_reason
from commands.conversation.replies import kept, refuse, say, warned
from commands.rights.serving import served

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile
    from bot.core.guard import Kept
    from commands.conversation.command import Request

ON, OFF = frozenset({"aan", "on"}), frozenset({"uit", "op", "off"})

HOW = Text(
    "Zet erbij aan of uit, en waarom: !beperking {ref} aan juistheid wordt betwist.",
    "Add on or off, and why: !restriction {ref} on accuracy is contested.",
)
ALREADY = Text("{ref} is al beperkt, sinds {since}.", "{ref} is restricted already, since {since}.")
NOT_RESTRICTED = Text("{ref} is niet beperkt.", "{ref} is not restricted.")
FROZEN = Text(
    "{ref} is beperkt. Niemand kan er iets in veranderen en ik herinner er niemand aan, behalve aan wat voor de "
    "veiligheid is: {safety}. Dat vraag ik wie de casus leidt.",
    "{ref} is restricted. Nobody can change anything in it and I remind nobody, except of what is for safety: "
    "{safety}. That I ask who leads the case.",
)
LIFTED = Text(
    "{ref} is niet meer beperkt. Was degene om wie het gaat al ingelicht? Dat hoort vooraf (AVG 18(3)).",
    "{ref} is no longer restricted. Was the person told? That comes first (GDPR 18(3)).",
)
ROOM_FROZEN = Text(
    "Op verzoek van wie deze casus gaat is {ref} beperkt: tot het contactpunt dat opheft verandert er niets en "
    "herinner ik niemand. Wat voor de veiligheid is loopt door: {safety}. Vragen? Het contactpunt: !privacy.",
    "At the request of whom this case is about {ref} is restricted: until the contact point lifts it nothing changes "
    "and I remind nobody. What is for safety goes on: {safety}. Questions? The contact point: !privacy.",
)
ROOM_LIFTED = Text(
    "De beperking van {ref} is opgeheven. Alles loopt weer; kijk met !acties wat er openstaat.",
    "The restriction of {ref} is lifted. Everything goes on; see with !actions what is open.",
)
NONE = Text("geen actie", "no action")


def _restrict(request: Request) -> Effects:
    file, rest = served(request, RESTRICTION)
    word, _, typed = rest.partition(" ")
    choice, reason = folded(word).strip(" .,:"), bare_reason(typed.strip())
    if choice not in ON | OFF or not reason:
        refuse(request, HOW(request.language, ref=file.ref))
    written = kept(request, reason)
    return _frozen(request, file, written) if choice in ON else _lifted(request, file, written)


def _frozen(request: Request, file: CaseFile, reason: Kept) -> Effects:
    language, now = request.language, request.now.astimezone(UTC)
    if file.restriction:
        since = say_day(file.restriction.since.date(), language=language.code)
        refuse(request, ALREADY(language, ref=file.ref, since=since))
    restriction = Restriction(
        file.ref, next_number(file.restrictions), reason.text, since=now, set_by=request.sender
    )
    protocols = request.region.protocols
    safety = [a.id for a in file.running if is_safety(a, protocols)]
    silent = tuple(replace(a, nudge_at=None) for a in file.actions if a.nudge_at and a.id not in safety)
    return (
        say(request, FROZEN(language, ref=file.ref, safety=_ids(safety, language)), *warned(reason, language))
        + Effects(
            keep=(restriction, *silent), log=(Logged("restriction.set", file.ref, str(restriction.number)),)
        )
        + _told(file, ROOM_FROZEN(Language.NL, ref=file.ref, safety=_ids(safety, Language.NL)))
    )


def _lifted(request: Request, file: CaseFile, reason: Kept) -> Effects:
    language, now = request.language, request.now.astimezone(UTC)
    if file.restriction is None:
        refuse(request, NOT_RESTRICTED(language, ref=file.ref))
    lifted = replace(file.restriction, until=now, lifted_by=request.sender, lifted_because=reason.text)
    free = replace(file, restrictions=tuple(lifted if r.until is None else r for r in file.restrictions))
    again = tuple(schedule(a, free, request.roster, now=now) for a in file.running)
    return (
        say(request, LIFTED(language, ref=file.ref), *warned(reason, language))
        + Effects(keep=(lifted, *again), log=(Logged("restriction.lifted", file.ref, str(lifted.number)),))
        + _told(file, ROOM_LIFTED(Language.NL, ref=file.ref))
    )


def _told(file: CaseFile, words: str) -> Effects:
    return Effects(send=(Say(ToCase(file.ref), Message.of(words)),))


def _ids(ids: list[str], language: Language) -> str:
    return ", ".join(ids) or NONE(language)


RESTRICTION = Command(
    name=Text("beperking", "restriction"),
    who=CONTACT_POINTS,
    where=Where.DIRECT,
    help=Text(
        "zet een casus stil op verzoek, of heft dat op (contactpunt)",
        "freezes a case at request, or lifts that (contact point)",
    ),
    examples=(
        Text(
            "beperking Z-2026-014 aan juistheid wordt betwist",
            "restriction Z-2026-014 on accuracy is contested",
        ),
    ),
    parameters=(
        Parameter(Text("referentie", "reference"), Kind.CASE),
        Parameter(Text("aan | uit", "on | off"), Kind.CHOICE),
        Parameter(Text("reden", "reason"), Kind.TEXT),
    ),
    execute=_restrict,
)
