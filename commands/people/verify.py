"""`verificatie`: a coordinator who compared the emoji by phone says whether they were the same.

Whether the word still counts depends on the comparison that runs now (`bot.running.witness`), which answers.
"""

from __future__ import annotations

from bot.core.effects import Effects, Logged, Vouch
from bot.core.records.people import CODE_LENGTH, CODE_SIGNS
from bot.core.text import Text
from commands.conversation.answers import is_no, is_yes
from commands.conversation.command import COORDINATORS, Command, Kind, Parameter, Request, Where
from commands.conversation.replies import refuse

ALONE = Text("Dit werkt alleen in ons gesprek met z'n tweeën.", "This works in our direct chat only.")
HOW = Text(
    "Typ de code uit mijn bericht met de emoji, en ja of nee. Bijv. verificatie K7M2QP ja.",
    "Type the code of my message with the emoji, and yes or no. For example verification K7M2QP yes.",
)


def _verify(request: Request) -> Effects:
    if not request.direct:
        refuse(request, ALONE(request.language))
    code, _, said = request.text.replace(",", " ").strip().partition(" ")
    code = code.upper()
    if not _is_code(code) or not (is_yes(said) or is_no(said)):
        refuse(request, HOW(request.language))
    word = Vouch(request.room_id, request.event_id, code, is_yes(said), request.sender, request.language)
    return Effects(send=(word,), log=(Logged("verification.said", None, code),))


def _is_code(word: str) -> bool:
    return len(word) == CODE_LENGTH and set(word) <= set(CODE_SIGNS)


VERIFY = Command(
    name=Text("verificatie", "verification"),
    who=COORDINATORS,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text(
        "zegt of de emoji aan de telefoon gelijk waren", "says whether the emoji were the same by phone"
    ),
    examples=(Text("verificatie K7M2QP ja", "verification K7M2QP yes"),),
    parameters=(
        Parameter(Text("code", "code"), Kind.TEXT),
        Parameter(Text("ja of nee", "yes or no"), Kind.CHOICE),
    ),
    execute=_verify,
)
