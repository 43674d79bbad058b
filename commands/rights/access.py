"""`inzage`: everything that is kept of one case, as a file for who it is about (AVG 15). For the contact point alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.effects import Effects, FileKind, Logged, SendFile, ToRoom
from bot.core.permissions import Right
from bot.core.text import Text
from bot.documents import typesetting
from commands.conversation.command import CONTACT_POINTS, Command, Kind, Parameter, Where
from commands.conversation.parsing import folded
from commands.conversation.replies import refuse, say
from commands.rights.serving import served

if TYPE_CHECKING:
    from commands.conversation.command import Request

FORMS = {"pdf": FileKind.PDF, "json": FileKind.JSON}

SENT = Text(
    "Dit is alles wat ik van {ref} bewaar, zonder accounts en zonder wie wat typte. Lees het na voordat je het geeft: "
    "in een afspraak kan iets over een ander staan.",
    "This is all that I keep of {ref}, without accounts and without who typed what. Read it before you hand it over: "
    "an agreement may say something of somebody else.",
)
NO_PDF = Text(
    "Een PDF kan ik hier niet maken; vraag de beheerder om dat onderdeel. Het JSON-bestand heeft dezelfde inhoud.",
    "I cannot make a PDF here; ask the operator for that part. The JSON file holds the same.",
)
WHICH = Text(
    "Kies pdf of json, of laat het weg: dan krijg je beide.", "Choose pdf or json, or leave it out for both."
)


def _access(request: Request) -> Effects:
    file, rest = served(request, ACCESS)
    language, choice = request.language, folded(rest).strip(" .")
    if choice and choice not in FORMS:
        refuse(request, WHICH(language))
    kinds = [FORMS[choice]] if choice else [FileKind.JSON, FileKind.PDF]
    lines = [SENT(language, ref=file.ref)]
    if FileKind.PDF in kinds and not typesetting.installed():
        kinds = [FileKind.JSON]
        lines.append(NO_PDF(language))
    files = tuple(
        SendFile(
            ToRoom(request.room_id),
            kind,
            file.ref,
            request.sender,
            on=request.now.date(),
            language=language,
            in_reply_to=request.event_id,
            right=Right.ACCESS_EXPORT,
        )
        for kind in kinds
    )
    log = tuple(Logged("access.exported", file.ref, kind.value) for kind in kinds)
    return say(request, *lines) + Effects(send=files, log=log)


ACCESS = Command(
    name=Text("inzage", "access"),
    who=CONTACT_POINTS,
    where=Where.DIRECT,
    help=Text(
        "alles wat van een casus bewaard wordt, als PDF en JSON (contactpunt)",
        "all that is kept of a case, as PDF and JSON (contact point)",
    ),
    examples=(Text("inzage Z-2026-014", "access Z-2026-014"),),
    parameters=(
        Parameter(Text("referentie", "reference"), Kind.CASE),
        Parameter(Text("pdf | json", "pdf | json"), Kind.CHOICE, optional=True),
    ),
    execute=_access,
)
