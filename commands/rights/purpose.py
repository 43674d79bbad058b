"""`casus doel`: for what a case is talked about, and on which ground. A change is a new record (AVG 5(1)(b), 6)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.casefile import next_number
from bot.core.dates import say_day
from bot.core.effects import Effects, Logged
from bot.core.protocols import Flow
from bot.core.records.rights import CaseBasis
from bot.core.text import Text
from commands.conversation.command import CHAIRS, Command, Kind, Parameter, Where
from commands.conversation.parsing import folded
from commands.conversation.replies import PURPOSE_LENGTH, changed, kept, refuse, say, warned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.core.casefile import CaseFile
    from bot.core.region import Region
    from bot.core.text import Language
    from commands.conversation.command import Request

_GROUND = re.compile(
    r"(?<![\s,;.])[\s,;.]*+\b(?:grondslag|ground)\b\s*+[:=]?\s*+(.*)", re.IGNORECASE | re.DOTALL
)
_QUOTES = " \t\"'“”„«»,;"

NOW = Text("Doel sinds {since}: {purpose}.", "Purpose since {since}: {purpose}.")
ON_GROUND = Text("Grondslag: {ground}.", "Lawful basis: {ground}.")
NO_GROUND = Text(
    "De grondslag is nog niet vastgelegd. De voorzitter doet dat met: !casus doel grondslag {code}.",
    "The lawful basis is not recorded yet. The chair does so with: !case purpose ground {code}.",
)
EARLIER = Text(
    "Van {since} tot {until}: {purpose}. Grondslag: {ground}.",
    "From {since} to {until}: {purpose}. Lawful basis: {ground}.",
)
UNKNOWN = Text("niet vastgelegd", "not recorded")
WHICH = Text(
    "Die grondslag ken ik niet. Kies uit de lijst van jullie ZVH: {known}.",
    "I do not know that lawful basis. Choose from the list of your house: {known}.",
)
SAME = Text("Dat is al zo. Er verandert niets.", "That is so already. Nothing changes.")
CHANGED = Text(
    "Vastgelegd. Het oude doel en de oude grondslag blijven te zien met hun datums: !privacy.",
    "Recorded. The earlier purpose and lawful basis stay visible with their dates: !privacy.",
)


def grounds(region: Region) -> Mapping[str, Text]:
    """The lawful bases that may be chosen: the list of the protocol for inquiries, which has no second home."""
    found = (p.lists.get("basis", {}) for p in region.protocols.values() if p.flow is Flow.INQUIRY)
    return next(found, {})


def described(region: Region, file: CaseFile, language: Language) -> Iterator[str]:
    """Purpose and ground as they are, then as they were."""
    *before, now = file.bases or (None,)
    if now is None:
        return
    yield NOW(language, since=_day(now, language), purpose=now.purpose.rstrip("."))
    code = next(iter(grounds(region)), "…")
    named = _named(region, now, language)
    yield ON_GROUND(language, ground=named) if named else NO_GROUND(language, code=code)
    for place in range(len(before) - 1, -1, -1):
        one = file.bases[place]
        yield EARLIER(
            language,
            since=_day(one, language),
            until=_day(file.bases[place + 1], language),
            purpose=one.purpose.rstrip("."),
            ground=_named(region, one, language) or UNKNOWN(language),
        )


def _named(region: Region, basis: CaseBasis, language: Language) -> str | None:
    """The words of a ground; a code that left the list is shown as it was stored."""
    if basis.ground is None:
        return None
    words = grounds(region).get(basis.ground)
    return words(language) if words else basis.ground


def _day(basis: CaseBasis, language: Language) -> str:
    return say_day(basis.since.date(), language=language.code)


def _purpose(request: Request) -> Effects:
    file, language = request.file, request.language
    if not request.text.strip():
        lines = described(request.region, file, language)
        return say(request, *lines) + Effects(log=(Logged("purpose.read", file.ref),))
    found = _GROUND.search(request.text)
    words = (request.text[: found.start()] if found else request.text).strip(_QUOTES)
    now = file.basis
    ground = _chosen(request, found[1]) if found else now.ground if now else None
    written = kept(request, words or file.case.purpose, PURPOSE_LENGTH)
    if now and (written.text, ground) == (now.purpose, now.ground):
        refuse(request, SAME(language))
    basis = CaseBasis(
        file.ref,
        next_number(file.bases),
        written.text,
        ground,
        since=request.now.astimezone(UTC),
        stated_by=request.sender,
    )
    lines = described(request.region, replace(file, bases=(*file.bases, basis)), language)
    case = replace(file.case, purpose=written.text)
    shown = say(request, *list(lines)[:2], CHANGED(language), *warned(written, language))
    return shown + changed(request, file, basis, case, event="case.purpose", thing=str(basis.number))


def _chosen(request: Request, typed: str) -> str:
    """The code of a ground by its code, or by words that are in one of them only."""
    known, words = grounds(request.region), folded(typed).strip(" .,\"'“”")
    if words in known:
        return words
    fits = [
        code for code, text in known.items() if words and any(words in folded(w) for w in (text.nl, text.en))
    ]
    if len(fits) != 1:
        language = request.language
        refuse(
            request,
            WHICH(language, known="; ".join(f"{code}: {text(language)}" for code, text in known.items())),
        )
    return fits[0]


PURPOSE = Command(
    name=Text("casus doel", "case purpose"),
    who=CHAIRS,
    where=Where.CASE,
    help=Text(
        "legt een ander doel of een grondslag vast; het oude blijft te zien",
        "records another purpose or a lawful basis; the earlier one stays visible",
    ),
    examples=(
        Text('casus doel "weer naar school" grondslag wgs', 'case purpose "back to school" ground wgs'),
    ),
    parameters=(
        Parameter(Text("doel", "purpose"), Kind.TEXT, optional=True),
        Parameter(
            Text("grondslag", "ground"), Kind.CHOICE, optional=True, before=Text(" grondslag ", " ground ")
        ),
    ),
    execute=_purpose,
)
