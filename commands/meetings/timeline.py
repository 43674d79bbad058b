"""`tijdlijn`: the actions of a case against time, as a picture that also says itself in words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.effects import FileKind
from bot.core.text import Text
from commands.conversation.command import EVERYBODY, Command, Kind, Parameter, Where
from commands.conversation.replies import refuse
from commands.meetings.report import must_be_installed, read, send

if TYPE_CHECKING:
    from bot.core.effects import Effects
    from commands.conversation.command import Request

WHICH = Text(
    "Dat ken ik niet. Kies: !tijdlijn, of !tijdlijn prive; dan stuur ik het alleen aan jou.",
    "I do not know that. Choose: !timeline, or !timeline private to get it alone.",
)
NO_ACTIONS = Text(
    "In {ref} zijn nog geen acties om te tekenen. Een actie maken: !actie leerplicht: verzuim uitvragen, vrijdag.",
    "There are no actions in {ref} to draw yet. Make one: !action leerplicht: ask for the absences, Friday.",
)


def _timeline(request: Request) -> Effects:
    asked = replace(read(request, TIMELINE, WHICH), kind=FileKind.TIMELINE)
    must_be_installed(request)
    if not asked.file.actions:
        refuse(request, NO_ACTIONS(request.language, ref=asked.file.ref))
    return send(request, asked)


TIMELINE = Command(
    name=Text("tijdlijn", "timeline"),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text(
        "een plaatje van de acties in de tijd, ook in woorden",
        "a picture of the actions against time, also in words",
    ),
    examples=(Text("tijdlijn", "timeline"), Text("tijdlijn prive", "timeline private")),
    parameters=(Parameter(Text("prive", "private"), Kind.CHOICE, optional=True),),
    execute=_timeline,
)
