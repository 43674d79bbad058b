"""`cijfers`: counts of a quarter over the region, small ones hidden. For coordinators, in the chat with the bot alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.core.effects import Effects, Logged
from bot.core.figures import THRESHOLD, Quarter, figures
from bot.core.records.actions import DOMAIN_NAMES, OUTCOME_NAMES, REASON_NAMES
from bot.core.records.cases import Function
from bot.core.text import Text
from commands.conversation.command import Command, Kind, Parameter, Where
from commands.conversation.planning import CLOSING
from commands.conversation.replies import refuse, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.figures import Counts
    from bot.core.text import Language
    from commands.conversation.command import Request

ALONE = Text(
    "Cijfers gaan over meer casussen en horen niet in deze ruimte. Vraag ze in een gesprek met mij alleen.",
    "Figures are about more cases and do not belong in this room. Ask for them in a chat with me alone.",
)
WHICH = Text(
    "Dat kwartaal ken ik niet. Kies: !cijfers, of !cijfers {year} kwartaal {number}.",
    "I do not know that quarter. Choose: !stats, or !stats {year} quarter {number}.",
)
NOT_OVER = Text(
    "Dat kwartaal loopt nog. Twee tellingen ervan zouden samen één casus verraden. Het laatste dat voorbij is: "
    "!cijfers {year} kwartaal {number}.",
    "That quarter is not over. Two counts of it would together give away one case. The last that is over: "
    "!stats {year} quarter {number}.",
)
TITLE = Text(
    "Cijfers {region} · kwartaal {number} van {year}", "Figures {region} · quarter {number} of {year}"
)
CLOSED = Text("Gesloten casussen: {total}", "Closed cases: {total}")
DONE = Text("Afgeronde acties: {total}", "Finished actions: {total}")
EFFECT = Text("Effect op het doel", "Effect on the purpose")
DOMAINS = Text("Leefgebied", "Area of life")
STALLS = Text(
    "Acties die vastliepen: {total} (kwartaal ervoor: {before})",
    "Actions that were stuck: {total} (quarter before: {before})",
)
WHY = Text("Waardoor", "Why")
NOT_SAID = Text("niet gezegd", "not said")
TOO_FEW = Text("te weinig om te tonen", "too few to show")
HIDDEN = Text("niet getoond: {kinds}", "not shown: {kinds}")
FOOT = Text(
    "Aantallen onder {threshold} blijven weg, en zo nodig andere, zodat niemand ze kan narekenen. Niets hiervan gaat "
    "over een medewerker, een partner of een groep.",
    "Counts under {threshold} are left out, and others where it takes that to keep them from being worked out. None of "
    "this is about a worker, a partner or a group.",
)


def _show(request: Request) -> Effects:
    if not request.direct:
        refuse(request, ALONE(request.language))
    language, today = request.language, request.now.date()
    last = Quarter.of(today).before
    asked = Quarter.read(request.text, today) if request.text else last
    if asked is None:
        refuse(request, WHICH(language, year=last.year, number=last.number))
    if asked > last:
        refuse(request, NOT_OVER(language, year=last.year, number=last.number))
    log = Effects(log=(Logged("figures.read", thing=f"{asked.year}-Q{asked.number}"),))
    return say(request, *_lines(request, asked), headed=True) + log


def _lines(request: Request, asked: Quarter) -> list[str]:
    language, lists = request.language, request.region.protocols[CLOSING].lists
    questions = lists["questions"]
    found = figures(request.cases, asked, {key: lists[key] for key in questions})
    total = next((counts.total for counts in found.closed.values()), None)
    return [
        TITLE(language, region=request.region.name, number=asked.number, year=asked.year),
        CLOSED(language, total=_number(total, language)),
        *(
            _line(question(language), found.closed[key], lists[key], language)
            for key, question in questions.items()
            if total is not None
        ),
        DONE(language, total=_number(found.effects.total, language)),
        *(
            _line(head(language), counts, names, language)
            for head, counts, names in (
                (EFFECT, found.effects, _by_code(OUTCOME_NAMES)),
                (DOMAINS, found.domains, _by_code(DOMAIN_NAMES)),
            )
            if counts.total is not None
        ),
        STALLS(
            language,
            total=_number(found.stalls.total, language),
            before=_number(found.stalls_before, language),
        ),
        *(
            [_line(WHY(language), found.stalls, _by_code(REASON_NAMES), language)]
            if found.stalls.total is not None
            else []
        ),
        FOOT(language, threshold=THRESHOLD),
    ]


def _line(head: str, counts: Counts, names: Mapping[str, Text], language: Language) -> str:
    """The shown ones, most first, then the kinds of which the number is hidden; what did not occur is left out."""

    def name(kind: str) -> str:
        return names[kind](language) if kind in names else kind or NOT_SAID(language)

    shown = sorted(((count, kind) for kind, count in counts.shown.items() if count), reverse=True)
    parts = [f"{name(kind)} {count}" for count, kind in shown]
    hidden = [name(kind) for kind, count in counts.shown.items() if count is None]
    parts += [HIDDEN(language, kinds=", ".join(hidden))] if hidden else []
    return f"{head.rstrip('?')}: {' · '.join(parts)}."


def _by_code(names: Mapping[Any, Text]) -> Mapping[str, Text]:
    return {str(kind): name for kind, name in names.items()}


def _number(total: int | None, language: Language) -> str:
    return TOO_FEW(language) if total is None else str(total)


FIGURES = Command(
    name=Text("cijfers", "stats"),
    aliases=(Text("patronen", "patterns"),),
    who=frozenset({Function.COORDINATOR}),
    where=Where.ANYWHERE,
    looks_back=True,
    help=Text(
        "telt een kwartaal: gesloten casussen, effect van acties en waardoor ze vastliepen; kleine aantallen blijven weg",
        "counts a quarter: closed cases, effect of actions and why they were stuck; small counts are left out",
    ),
    examples=(Text("cijfers", "stats"), Text("cijfers 2025 kwartaal 4", "stats 2025 quarter 4")),
    parameters=(Parameter(Text("kwartaal", "quarter"), Kind.CHOICE, optional=True),),
    execute=_show,
)
