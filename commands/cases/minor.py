"""`casus minderjarig`: whether a minor is involved. It may turn out later, and the terms of what runs follow at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.text import Text
from commands.cases.case import SHORTER
from commands.conversation.answers import is_no, is_yes
from commands.conversation.command import SEATING, Command, Kind, Parameter, Where
from commands.conversation.replies import changed, refuse, say

if TYPE_CHECKING:
    from bot.core.effects import Effects
    from commands.conversation.command import Request

ORDINARY = Text(
    "Er is geen minderjarige bij betrokken: de gewone termijnen gelden.",
    "No minor is involved: the ordinary terms hold.",
)
YES_OR_NO = Text(
    "{now} Verandert dat? Typ !casus minderjarig ja, of !casus minderjarig nee.",
    "{now} Has that changed? Type !case minor yes, or !case minor no.",
)


def _minor(request: Request) -> Effects:
    file, language = request.file, request.language
    minor = True if is_yes(request.text) else False if is_no(request.text) else None
    now = (SHORTER if file.case.minor else ORDINARY)(language)
    if minor is None:
        refuse(request, YES_OR_NO(language, now=now))
    if minor is file.case.minor:
        refuse(request, now)
    case = replace(file.case, minor=minor)
    text = SHORTER if minor else ORDINARY
    return say(request, text(language)) + changed(request, file, case, event="case.minor")


MINOR = Command(
    name=Text("casus minderjarig", "case minor"),
    who=SEATING,
    where=Where.CASE,
    help=Text(
        "of er een minderjarige bij betrokken is; dan vraagt de bot eerder om hulp",
        "whether a minor is involved; the bot then asks for help sooner",
    ),
    examples=(Text("casus minderjarig ja", "case minor yes"),),
    parameters=(Parameter(Text("ja | nee", "yes | no"), Kind.CHOICE),),
    execute=_minor,
)
