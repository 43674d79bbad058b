"""`herstel`: takes back the sender's last step in the running meeting. What was taken back is said, and logged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.dates import When, say_when
from bot.core.effects import Effects
from bot.core.records import actions, inquiries
from bot.core.records.actions import STATE_NAMES, Action, ActionStep
from bot.core.records.cases import Participant
from bot.core.records.inquiries import Inquiry, InquiryStep, said
from bot.core.records.meetings import AgendaItem, Decision, Meeting
from bot.core.records.out_of_sight import OutOfSight
from bot.core.records.signals import Signal, SignalFact
from bot.core.text import Text
from commands.conversation.command import EVERYBODY, Command, Where
from commands.conversation.remembering import everything, key
from commands.conversation.replies import changed, refuse, say

if TYPE_CHECKING:
    from bot.core.records.trail import CaseRecord, Step
    from commands.conversation.command import Request

NOT_RUNNING = Text(
    "Er loopt geen overleg. Een actie haal je weg met !vervallen, een tekst met !wis.",
    "No meeting is running. Take out an action with !void, a text with !redact.",
)
NOTHING = Text(
    "Van jou is er in dit overleg niets om terug te draaien.",
    "There is nothing of yours to take back in this meeting.",
)
CHANGED_SINCE = Text(
    "{id} is daarna nog veranderd. Terugdraaien zou dat ongedaan maken; pas {id} zelf aan.",
    "{id} was changed after that. Taking it back would undo that too; change {id} itself.",
)
NOT_A_SEAT = Text(
    "Je laatste stap ging over wie erbij hoort; dat wijzig je met !deelnemer. "
    "Nog een keer !herstel gaat naar je stap daarvoor.",
    "Your last step was about who belongs here; change that with !participant. "
    "Another !undo goes to your step before that.",
)
NOT_OUT_OF_SIGHT = Text(
    "Je laatste stap ging over uit beeld. Dat draai ik niet stil terug: gebruik !uitbeeld terug of !uitbeeld afsluiten, of begin opnieuw met !uitbeeld start. "
    "Nog een keer !herstel gaat naar je stap daarvoor.",
    "Your last step was about being out of sight. I do not take that back quietly: use !outofsight back or "
    "!outofsight close, or begin again with !outofsight start. Another !undo goes to your step before that.",
)
UNDONE = Text("Teruggedraaid.", "Taken back.")
WITHDRAWN = Text("{id} vervalt weer: {holder}: {text}.", "{id} is void again: {holder}: {text}.")
INQUIRY_WITHDRAWN = Text("{id} is ingetrokken.", "{id} is withdrawn.")
GONE = Text("{id} is weer weg: {text}.", "{id} is gone again: {text}.")
FACT_GONE = Text("Van {id} is weer weg: {text}.", "Gone again from {id}: {text}.")
AS_IT_WAS = Text("{id} is weer zoals het was: {text}.", "{id} is as it was: {text}.")
PRESENT_AS_IT_WAS = Text("Aanwezig is weer: {present}.", "Present is again: {present}.")
NOT_SAID = Text("nog niet gezegd", "not said yet")
ATTENDANCE = Text("Wie er zijn", "Who is present")
ITEM = Text("Agendapunt", "Agenda item")


def _undo(request: Request) -> Effects:
    file, language = request.file, request.language
    if file.meeting is None:
        refuse(request, NOT_RUNNING(language))
    own = [step for step in request.steps if step.user_id == request.sender]
    if not own:
        refuse(request, NOTHING(language))
    step = own[-1]
    if any(isinstance(record, Participant) for record in step.after):
        return say(request, NOT_A_SEAT(language)) + changed(request, file, event="undo.refused") + _over(step)
    if any(isinstance(record, OutOfSight) for record in step.after):
        refused = changed(request, file, event="undo.refused")
        return say(request, NOT_OUT_OF_SIGHT(language)) + refused + _over(step)
    current = everything(file)
    for record in step.after:
        if _compared(current.get(key(record))) != _compared(record):
            refuse(request, CHANGED_SINCE(language, id=_name(record, request)))
    was = {key(record): record for record in step.before}
    made = [record for record in step.after if key(record) not in was]
    withdrawn = [_withdrawn(record) for record in made if isinstance(record, Action | Inquiry)]
    gone = tuple(record for record in made if not isinstance(record, Action | Inquiry))
    ids = " ".join(dict.fromkeys(_name(record, request) for record in step.after))
    # Of a signal its facts are told: what it says about itself follows from them.
    lines = [_told(record, was, request) for record in step.after if not isinstance(record, Signal)]
    return (
        say(request, UNDONE(language), *lines)
        + changed(request, file, *step.before, *withdrawn, event="undone", thing=ids)
        + Effects(drop=(*gone, *(q for q in request.questions if q.asked_in == step.event_id)))
        + _over(step)
    )


def _over(step: Step) -> Effects:
    return Effects(drop=(step,))


def _withdrawn(record: Action | Inquiry) -> Action | Inquiry:
    """Its number is not given to another: it stands in the room already."""
    if isinstance(record, Inquiry):
        withdrawn = inquiries.after(record.state, InquiryStep.WITHDRAW)
        assert withdrawn is not None, "an answer would have changed it since"
        return replace(record, state=withdrawn)
    void = actions.after(record.state, ActionStep.WITHDRAW)
    assert void is not None, "what was just recorded can be withdrawn"
    return replace(record, state=void, look_back=None)


def _compared(record: CaseRecord | None) -> CaseRecord | None:
    """What people see of it: the clock plans its nudges meanwhile."""
    if isinstance(record, Action):
        return replace(record, nudge_step=None, nudge_at=None, seen_asked=None, status_asked=None)
    return record


def _name(record: CaseRecord, request: Request) -> str:
    match record:
        case Action() | Decision() | Inquiry() | Signal() | SignalFact():
            return record.id
        case AgendaItem():
            return f"{ITEM(request.language)} {record.number}"
        case _:
            return ATTENDANCE(request.language)


def _told(record: CaseRecord, was: dict[tuple[object, ...], CaseRecord], request: Request) -> str:
    language, name = request.language, _name(record, request)
    before = was.get(key(record))
    match before or record:
        case Action(holder=holder, text=text) as action:
            if before is None:
                return WITHDRAWN(language, id=name, holder=holder, text=text.rstrip("."))
            when = say_when(When(action.due_date, action.due_time), language=language.code)
            state = STATE_NAMES[action.state](language)
            return AS_IT_WAS(language, id=name, text=f"{holder}: {text.rstrip('.')}, {when} ({state})")
        case Inquiry(partner=partner, question=question) as inquiry:
            if before is None:
                return INQUIRY_WITHDRAWN(language, id=name)
            return AS_IT_WAS(language, id=name, text=f"{partner}: {question} ({said(inquiry, language)})")
        case Decision(text=text) | AgendaItem(text=text):
            return (AS_IT_WAS if before else GONE)(language, id=name, text=text.rstrip("."))
        case SignalFact(text=text):
            return (AS_IT_WAS if before else FACT_GONE)(language, id=name, text=text.rstrip("."))
        case Meeting(present=present):
            return PRESENT_AS_IT_WAS(language, present=", ".join(present or ()) or NOT_SAID(language))
        case _:
            raise AssertionError("only things of a case are stepped")


UNDO = Command(
    name=Text("herstel", "undo"),
    who=EVERYBODY,
    where=Where.CASE,
    help=Text("draait je laatste stap in dit overleg terug", "takes back your last step in this meeting"),
    examples=(Text("herstel", "undo"),),
    execute=_undo,
)
