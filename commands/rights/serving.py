"""What the commands of the contact point share: which case is meant, and what in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core.text import Text
from commands.conversation.reading import CASE_REF
from commands.conversation.replies import refuse

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action
    from bot.core.records.inquiries import Inquiry
    from bot.core.records.meetings import Decision
    from commands.conversation.command import Command, Request

_THING = re.compile(r"([ABN])(\d{1,5})", re.IGNORECASE | re.ASCII)

WHICH_CASE = Text(
    "Van welke casus? Zet de referentie erbij: !{example}.", "Of which case? Add the reference: !{example}."
)
NO_CASE = Text(
    "{ref} ken ik niet. Controleer de referentie; vernietigd is hij misschien ook.",
    "I do not know {ref}. Check the reference; it may have been destroyed too.",
)


def served(request: Request, command: Command) -> tuple[CaseFile, str]:
    """The case that the contact point names, and the rest of the text."""
    language = request.language
    found = CASE_REF.search(request.text)
    if found is None:
        refuse(request, WHICH_CASE(language, example=command.examples[0](language)))
    ref = found.group().upper()
    if request.served is None or request.served.ref != ref:
        refuse(request, NO_CASE(language, ref=ref))
    return request.served, f"{request.text[: found.start()]} {request.text[found.end() :]}".strip(" ,.:")


def thing_in(file: CaseFile, word: str) -> Action | Decision | Inquiry | None:
    """The action, decision or inquiry of this id."""
    found = _THING.fullmatch(word)
    if found is None:
        return None
    number = int(found[2])
    if found[1].upper() == "A":
        return file.action(number)
    if found[1].upper() == "N":
        return file.inquiry(number)
    return next((d for d in file.decisions if d.number == number), None)
