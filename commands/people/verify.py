"""`verificatie`: a coordinator who compared the emoji by phone says whether they were the same."""

from __future__ import annotations

import re

from bot.core.effects import Effects, Logged, Vouch
from bot.core.text import Text
from commands.conversation.answers import is_no, is_yes
from commands.conversation.command import COORDINATORS, Command, Kind, Parameter, Request, Where
from commands.conversation.replies import refuse, say

_ANSWER = re.compile(r"(\d{1,6})[\s,:]+(\S.*)")

ALONE = Text("Dit werkt alleen in ons gesprek met z'n tweeën.", "This works in our direct chat only.")
HOW = Text(
    "Typ het nummer en ja of nee, bijv. verificatie 3 ja.",
    "Type the number and yes or no, for example verification 3 yes.",
)
SAME = Text(
    "Genoteerd: verificatie {number} is vergeleken en gelijk. De ander bevestigt in de eigen app.",
    "Noted: verification {number} was compared and is the same. The other confirms in their own client.",
)
DIFFERENT = Text(
    "Genoteerd: verificatie {number} is afgebroken. Meld dit de beheerder: er luistert misschien iemand mee.",
    "Noted: verification {number} was broken off. Tell the operator: somebody may be listening in.",
)


def _verify(request: Request) -> Effects:
    if not request.direct:
        refuse(request, ALONE(request.language))
    found = _ANSWER.fullmatch(request.text.strip())
    if found is None or not (is_yes(found[2]) or is_no(found[2])):
        refuse(request, HOW(request.language))
    number, same = int(found[1]), is_yes(found[2])
    text = (SAME if same else DIFFERENT)(request.language, number=number)
    return say(request, text) + Effects(
        send=(Vouch(request.room_id, number, same, request.sender),),
        log=(Logged("verification.compared", None, str(number)),),
    )


VERIFY = Command(
    name=Text("verificatie", "verification"),
    who=COORDINATORS,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text(
        "zegt of de emoji aan de telefoon gelijk waren", "says whether the emoji were the same by phone"
    ),
    examples=(Text("verificatie 3 ja", "verification 3 yes"),),
    parameters=(
        Parameter(Text("nummer", "number"), Kind.TEXT),
        Parameter(Text("ja of nee", "yes or no"), Kind.CHOICE),
    ),
    execute=_verify,
)
