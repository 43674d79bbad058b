"""`akkoord`, and what a chair answers about an action: yes, no, or another date or holder."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.dates import Ask, When
from bot.core.effects import Effects
from bot.core.records.actions import ActionStep, after
from bot.core.text import Text
from commands.actions.new import RECORDED, echoed, waiting
from commands.conversation.acting import refuse_for_inquiry
from commands.conversation.answers import (
    AGREEMENT,
    ASKS_APPROVAL,
    ASKS_CHANGE,
    ASKS_CHECK,
    change,
    draft,
    is_no,
    is_yes,
    with_action,
)
from commands.conversation.command import CHAIRS, Command, Kind, Parameter, Where
from commands.conversation.dating import pick, question_for, suggested
from commands.conversation.reading import find_label
from commands.conversation.replies import Answered, ask, changed, refuse, say

if TYPE_CHECKING:
    from bot.core.records.actions import Action
    from bot.core.records.trail import Question
    from commands.conversation.command import Request

WHAT_CHANGES = Text(
    "Wat moet er anders aan {id}? Antwoord met een datum of een rol.",
    "What should change in {id}? Answer with a date or a role.",
)
ONLY_DATE_OR_ROLE = Text(
    "Dat lees ik niet als datum of rol. Voor een andere tekst: !vervallen {id} anders verwoord, en dan opnieuw !actie.",
    "I read no date or role there. For other words: !void {id} reworded, and then !action again.",
)
WHICH_CHANGES = Text(
    "Welke actie, en wat wordt het? Bijv. !wijzig A3 maandag 9 maart, of !wijzig A3 wijkagent.",
    "Which action, and what will it be? For example !change A3 Monday 9 March, or !change A3 wijkagent.",
)
CHANGE_IN_ROOM = Text(
    "Typ in de ruimte van de casus wat het wordt, bijv. !wijzig {id} maandag 9 maart.",
    "Type in the room of the case what it will be, for example !change {id} Monday 9 March.",
)
AGREED = Text("{id} is afgesproken.", "{id} is agreed.")
REJECTED = Text("{id} is niet vastgelegd.", "{id} is not recorded.")
WHICH = Text(
    "Er wachten meer acties op akkoord: {ids}. Antwoord bijv. met 'ja {first}'.",
    "More actions wait for your yes: {ids}. Answer for example 'yes {first}'.",
)
NOTHING_WAITS = Text(
    "Er wacht geen actie op akkoord. Kijk met !acties.", "No action waits for a yes. Try !actions."
)
NOT_WAITING = Text(
    "{id} wacht niet op akkoord. Kijk met !acties.", "{id} does not wait for a yes. Try !actions."
)
ENDED = Text("{id} loopt niet meer. Kijk met !acties.", "{id} no longer runs. Try !actions.")


def _agree(request: Request) -> Effects:
    number = with_action(f" {request.text}")[1]
    return _settled(request, _proposal(request, number), ActionStep.CONFIRM)


def _reject(request: Request) -> Effects:
    number = with_action(f" {request.text}")[1]
    return _settled(request, _proposal(request, number), ActionStep.WITHDRAW)


def _change(request: Request) -> Effects:
    """'A6 ma 9 mrt'; without a number the action that the sender was just asked about."""
    found = _NUMBERED.match(request.text)
    if found is None:
        asked = (draft(q).get("number") for q in request.questions if q.user_id == request.sender)
        number, typed = next((n for n in asked if n), None), request.text
    else:
        number, typed = found[1], found[2]
    if number is None:
        refuse(request, WHICH_CHANGES(request.language))
    effects = _changed(replace(request, replies=True), int(number), typed.strip())
    assert effects is not None, "what is addressed to the bot gets an answer"
    return effects


def _proposal(request: Request, number: int | None) -> Action:
    """The proposal that is meant; without a number the only one there is."""
    proposed = waiting(request.file)
    if not proposed:
        refuse(request, NOTHING_WAITS(request.language))
    if number is None and len(proposed) > 1:
        ids = ", ".join(a.id for a in proposed)
        question = WHICH(request.language, ids=ids, first=proposed[0].id)
        again = ask(request, AGREEMENT, ASKS_APPROVAL, number=str(proposed[-1].number))
        raise Answered(say(request, question) + again)
    action = proposed[0] if number is None else request.file.action(number)
    if action not in proposed:
        refuse(request, NOT_WAITING(request.language, id=f"A{number}"))
    return action


def _settled(request: Request, action: Action, step: ActionStep) -> Effects:
    state = after(action.state, step)
    assert state is not None, "a proposal can be confirmed and withdrawn"
    new = replace(action, state=state, updated_at=request.now.astimezone(UTC))
    text = AGREED if step is ActionStep.CONFIRM else REJECTED
    return (
        say(request, text(request.language, id=action.id))
        + changed(request, request.file, new, event=f"action.{step}", thing=action.id)
        + _answered_for_all(request, action)
    )


def _answered_for_all(request: Request, action: Action) -> Effects:
    """The first chair who answers does so for the others: they are no longer asked about this proposal."""
    number = str(action.number)
    return Effects(
        drop=tuple(
            q
            for q in request.questions
            if (q.command, q.asks) == (AGREEMENT.nl, ASKS_APPROVAL.name) and draft(q)["number"] == number
        )
    )


def _answer(request: Request, question: Question) -> Effects | None:
    if question.asks == ASKS_APPROVAL.name:
        return _approved(request, question)
    number = int(draft(question)["number"])
    asked_for = change(request.text)
    if question.asks == ASKS_CHECK.name:
        if is_yes(request.text):
            return Effects()
        return None if asked_for is None else _changed(request, number, asked_for)
    return _changed(request, number, asked_for or request.text, draft(question)["options"])


def _approved(request: Request, question: Question) -> Effects | None:
    words, number = with_action(request.text)
    asked_for = change(words)
    if asked_for is None and not is_yes(words) and not is_no(words):
        return None
    if request.replies and number is None:
        number = int(draft(question)["number"])
    action = _proposal(request, number)
    if asked_for is None:
        return _settled(request, action, ActionStep.WITHDRAW if is_no(words) else ActionStep.CONFIRM)
    return _changed(request, action.number, asked_for)


def _changed(request: Request, number: int, typed: str, options: str = "") -> Effects | None:
    """Another date or another holder. A proposal that a chair changes is agreed with that."""
    action = request.file.action(number)
    step = ActionStep.CONFIRM if action in waiting(request.file) else ActionStep.POSTPONE
    state = after(action.state, step) if action else None
    if action is None or state is None:
        refuse(request, ENDED(request.language, id=f"A{number}"))
    if not typed and request.direct:
        refuse(request, CHANGE_IN_ROOM(request.language, id=action.id))
    if not typed:
        question = WHAT_CHANGES(request.language, id=action.id)
        return say(request, question) + ask(request, AGREEMENT, ASKS_CHANGE, number=str(number), options="")
    holder = find_label(request, request.file, typed)
    if holder:
        refuse_for_inquiry(request, action, ActionStep.ASSIGN)
    when = None if holder else pick(request, typed, options)
    if isinstance(when, Ask):
        again = ask(request, AGREEMENT, ASKS_CHANGE, number=str(number), options=suggested(when))
        return say(request, question_for(request, when)) + again
    if holder is None and when is None:
        if not request.replies and change(request.text) is None:
            return None
        refuse(request, ONLY_DATE_OR_ROLE(request.language, id=action.id))
    term = when or When(action.due_date, action.due_time)
    new = replace(
        action,
        holder=holder or action.holder,
        holder_user=None if holder else action.holder_user,
        due_date=term.day,
        due_time=term.wall,
        state=state,
        look_back=None,
        reason=None,
        updated_at=request.now.astimezone(UTC),
    )
    return (
        say(request, echoed(request, new, RECORDED, term))
        + changed(request, request.file, new, event="action.changed", thing=new.id)
        + ask(request, AGREEMENT, ASKS_CHECK, number=str(number))
        + _answered_for_all(request, action)
    )


_NUMBERED = re.compile(r"\s*+A(\d{1,5})\b[\s,:]*+(.*)", re.IGNORECASE | re.ASCII | re.DOTALL)

REJECT = Command(
    name=Text("afwijzen", "reject"),
    aliases=(Text("niet akkoord", "not agreed"),),
    who=CHAIRS,
    where=Where.CASE,
    help=Text("neemt een voorgestelde actie niet aan", "does not accept a proposed action"),
    examples=(Text("afwijzen A6", "reject A6"),),
    parameters=(Parameter(Text("actie", "action"), Kind.ACTION, optional=True),),
    execute=_reject,
)

CHANGE_COMMAND = Command(
    name=Text("wijzig", "change"),
    aliases=(Text("wijzigen", "alter"),),
    who=CHAIRS,
    where=Where.CASE,
    help=Text("geeft een actie een andere datum of rol", "gives an action another date or role"),
    examples=(
        Text("wijzig A1 maandag 9 maart", "change A1 Monday 9 March"),
        Text("wijzig A1 wijkagent", "change A1 wijkagent"),
    ),
    parameters=(
        Parameter(Text("actie", "action"), Kind.ACTION),
        Parameter(Text("datum of rol", "date or role"), Kind.TEXT),
    ),
    execute=_change,
)

AGREE = Command(
    name=AGREEMENT,
    who=CHAIRS,
    where=Where.CASE,
    help=Text("neemt een voorgestelde actie aan", "accepts a proposed action"),
    examples=(Text("akkoord A6", "agree A6"),),
    parameters=(Parameter(Text("actie", "action"), Kind.ACTION, optional=True),),
    execute=_agree,
    answer=_answer,
    asks=(ASKS_APPROVAL, ASKS_CHECK, ASKS_CHANGE),
)
