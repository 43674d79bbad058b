"""Who may give which command, and where; and that a restricted case stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.access.restricting import is_frozen
from bot.core.access.trusting import NOT_COMPARED
from bot.core.effects import Effects, Logged
from bot.core.text import Text, listed
from commands.conversation.command import CONTACT_POINTS, EVERYBODY, Where
from commands.conversation.reading import NOT_IN_THEME, closed_for
from commands.conversation.replies import FUNCTION_NAMES, OR, say

if TYPE_CHECKING:
    from commands.conversation.command import Command, Request

ONLY_IN_CASE = Text(
    "!{command} werkt in de ruimte van de casus. Stuur het daar.",
    "!{command} works in the room of the case. Send it there.",
)
ONLY_IN_CASE_OR_DIRECT = Text(
    "!{command} werkt in de ruimte van de casus, of in een gesprek met mij alleen.",
    "!{command} works in the room of the case, or in a chat with me alone.",
)
ONLY_DIRECT = Text(
    "!{command} werkt alleen in een gesprek met mij alleen. Stuur het daar.",
    "!{command} works in a chat with me alone only. Send it there.",
)
STRANGER = Text(
    "Ik ken je rol in deze casus nog niet. Vraag de voorzitter: !deelnemer {sender} <rol>.",
    "I do not know your role in this case yet. Ask the chair: !participant {sender} <role>.",
)
FROZEN = Text(
    "{ref} is beperkt, op verzoek van wie deze casus gaat. Tot het contactpunt dat opheft verandert er niets, behalve wat "
    "voor de veiligheid is. Dit is dus niet vastgelegd. Vragen: !privacy.",
    "{ref} is restricted, at the request of whom this case is about. Until the contact point lifts it nothing changes, "
    "except what is for safety. So this was not recorded. Questions: !privacy.",
)
FOR_OTHERS = Text(
    "!{command} is voor de {who}. Vraag het daar, of typ !hulp voor wat jij kunt doen.",
    "!{command} is for the {who}. Ask there, or type !help for what you can do.",
)


def refusal(command: Command, request: Request) -> str | None:
    """Why the sender may not give this command here; None where they may."""
    language, name = request.language, command.name(request.language)
    if request.case is None and command.where is Where.CASE:
        return ONLY_IN_CASE(language, command=name)
    if command.where is Where.DIRECT and not request.direct and request.functions & command.who:
        return ONLY_DIRECT(language, command=name)
    if request.case is None and command.where is Where.CASE_OR_DIRECT and not request.direct:
        return ONLY_IN_CASE_OR_DIRECT(language, command=name)
    if request.case and request.case.is_theme and not command.in_theme:
        return NOT_IN_THEME(language, command=name)
    if not request.verified and request.appointed & command.who - request.functions:
        return NOT_COMPARED(language, user=request.sender)
    if request.functions & command.who or (request.case is None and command.who == EVERYBODY):
        return closed_for(command, request.case, language) if request.case else None
    if request.case and not request.functions:
        return STRANGER(language, sender=request.sender)
    names = [name(language) for function, name in FUNCTION_NAMES.items() if function in command.who]
    return FOR_OTHERS(language, command=name, who=listed(names, OR(language)))


def unfrozen(command: Command, request: Request, effects: Effects) -> Effects:
    """The effects, unless they would change a case that is restricted: the contact point alone may (AVG 18)."""
    files = (*request.cases, *([request.case] if request.case else []))
    for file in () if command.who == CONTACT_POINTS else files:
        if is_frozen(file, effects, request.region.protocols):
            log = Logged("refused", file.ref, "restricted")
            return say(request, FROZEN(request.language, ref=file.ref)) + Effects(log=(log,))
    return effects
