"""`casus regie`: who directs the case. One family, one plan, one case coordinator.

On a change of staff what the case coordinator still has to do goes along, and its new holder is asked whether they saw
it: regie that nobody took over is a common reason why agreements stall (domain 2.6 and B9).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.effects import Effects, Logged
from bot.core.records.actions import ActionStep, after
from bot.core.records.cases import Function
from bot.core.region import FUNCTION_LABELS
from bot.core.text import Text, listed
from commands.conversation.command import SEATING, Command, Kind, Parameter, Where
from commands.conversation.reading import find_label, person_named
from commands.conversation.replies import AND, FUNCTION_NAMES, changed, refuse, say

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action
    from bot.core.records.cases import Participant
    from commands.conversation.command import Request

LABEL = next(label for label, function in FUNCTION_LABELS.items() if function is Function.CASE_COORDINATOR)

IS = Text("{label} is casusregisseur van {ref}.", "{label} is case coordinator of {ref}.")
NOBODY = Text(
    "{ref} heeft geen casusregisseur. Kies iemand die in de casus zit: !casus regie <rol>. In de casus: {labels}.",
    "{ref} has no case coordinator. Choose somebody in the case: !case coordinator <role>. In the case: {labels}.",
)
NOT_SEATED = Text(
    "Die rol zit niet in deze casus. In de casus: {labels}. Toevoegen kan met !deelnemer.",
    "That role is not in this case. In the case: {labels}. Add with !participant.",
)
IS_ALREADY = Text("{label} is al casusregisseur van {ref}.", "{label} is case coordinator of {ref} already.")
HAS_ANOTHER = Text(
    "{label} is in deze casus {function}; dat samen kan niet. Kies een ander.",
    "{label} is {function} in this case; both at once does not go. Choose somebody else.",
)
NO_OTHER_ROLE = Text(
    "{user} zit hier alleen als casusregisseur. Geef eerst een eigen rol, of neem afscheid: "
    "!deelnemer {user} <rol>, of !deelnemer weg {user}.",
    "{user} sits here as case coordinator only. First give them a role of their own, or say goodbye: "
    "!participant {user} <role>, or !participant remove {user}.",
)
WHICH_PERSON = Text(
    "Er zijn {count} personen als {label}, en één houdt de regie. Noem die persoon: !casus regie {user}.",
    "There are {count} people as {label}, and one directs. Name that person: !case coordinator {user}.",
)
NOW = Text("{label} is nu casusregisseur van {ref}.", "{label} is case coordinator of {ref} now.")
BEFORE = Text("Tot nu toe: {labels}.", "Until now: {labels}.")
GO_ALONG = Text("Gaat mee over: {ids}.", "Goes along: {ids}.")


def _direct(request: Request) -> Effects:
    file, language = request.file, request.language
    present = file.with_function(Function.CASE_COORDINATOR)
    spoken = request.text.strip(" .")
    if not spoken:
        labels = listed([seat.label for seat in present], AND(language))
        line = (IS if present else NOBODY)(language, ref=file.ref, label=labels, labels=_labels(file))
        return say(request, line) + Effects(log=(Logged("case.read", file.ref),))
    seat = _seat(request, file, spoken)
    if present == (seat,):
        refuse(request, IS_ALREADY(language, label=seat.label, ref=file.ref))
    if seat.function not in {Function.PARTICIPANT, Function.CASE_COORDINATOR}:
        function = FUNCTION_NAMES[seat.function](language)
        refuse(request, HAS_ANOTHER(language, label=seat.label, function=function))
    leaving = [other for other in present if other is not seat]
    for other in leaving:
        if other.label == LABEL:
            refuse(request, NO_OTHER_ROLE(language, user=other.user_id))
    seats = {s.user_id: replace(s, function=Function.PARTICIPANT) for s in leaving}
    seats[seat.user_id] = replace(seat, function=Function.CASE_COORDINATOR)
    after_it = replace(file, participants=tuple(seats.get(p.user_id, p) for p in file.participants))
    actions = _handed_on(request, file)
    lines = [NOW(language, label=seat.label, ref=file.ref)]
    lines += [BEFORE(language, labels=", ".join(other.label for other in leaving))] if leaving else []
    lines += [GO_ALONG(language, ids=", ".join(a.id for a in actions))] if actions else []
    return say(request, " ".join(lines)) + changed(
        request, after_it, *seats.values(), *actions, event="case.directed", thing=seat.user_id
    )


def _seat(request: Request, file: CaseFile, spoken: str) -> Participant:
    person = person_named(file, spoken)
    label = find_label(request, file, spoken)
    seats = [p for p in file.seated if (p.user_id == person if person else p.label == label)]
    if not seats:
        refuse(request, NOT_SEATED(request.language, labels=_labels(file)))
    if len(seats) > 1:
        first, count = seats[0], len(seats)
        refuse(request, WHICH_PERSON(request.language, count=count, label=first.label, user=first.user_id))
    return seats[0]


def _handed_on(request: Request, file: CaseFile) -> list[Action]:
    """What the case coordinator as such still has to do, as it is with who comes after."""
    now = request.now.astimezone(UTC)
    return [
        replace(action, state=state, holder_user=None, seen_asked=None, updated_at=now)
        for action in file.running
        if action.holder == LABEL and (state := after(action.state, ActionStep.ASSIGN))
    ]


def _labels(file: CaseFile) -> str:
    return ", ".join(dict.fromkeys(p.label for p in file.seated))


DIRECT = Command(
    name=Text("casus regie", "case coordinator"),
    aliases=(Text("regie", "coordinator"),),
    who=SEATING,
    where=Where.CASE,
    in_theme=False,
    closed=True,
    help=Text(
        "laat zien wie casusregisseur is, of geeft de regie aan een ander",
        "shows who is case coordinator, or makes it somebody else",
    ),
    examples=(Text("casus regie leerplicht", "case coordinator leerplicht"),),
    parameters=(Parameter(Text("rol", "role"), Kind.ROLE, optional=True),),
    execute=_direct,
)
