"""What a step of the receiving region means at the sender, whether their bot wrote it or a person typed it.

Until they accept we stay responsible, and somebody here follows it: an ordinary action, reminded like any other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.dates import say_day
from bot.core.dates.calendar import add_working_days, local_day
from bot.core.effects import Effects, Say, ToCase
from bot.core.records import out_of_sight
from bot.core.records.actions import RUNNING, ActionStep, after
from bot.core.records.handovers import WAITING, Fault, HandoverStep, Side
from bot.core.records.handovers import after as state_after
from bot.core.records.out_of_sight import SightStep
from bot.core.reminding import sight_reviews
from bot.core.text import Language, Message, Text, listed
from commands.conversation.planning import planned
from commands.conversation.replies import AND, changed

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.core.casefile import CaseFile
    from bot.core.protocols import Protocol
    from bot.core.records.actions import Action
    from bot.core.records.handovers import Answer, Handover
    from bot.core.records.kinds import Record
    from bot.core.records.out_of_sight import OutOfSight
    from commands.conversation.command import Request

PROTOCOL = "overdracht"
LANGUAGE = Language.NL
"""Of what is said unasked."""

RESPONSIBLE = Text("Wij blijven verantwoordelijk.", "We stay responsible.")
RECEIVED = Text(
    "Regio {region} heeft de overdracht van {ref} ontvangen. Wij blijven verantwoordelijk tot zij accepteren.",
    "Region {region} has received the handover of {ref}. We stay responsible until they accept.",
)
PLANNED = Text(
    "Overdrachtsgesprek met regio {region} over {ref}: {day}.",
    "Handover call with region {region} about {ref}: {day}.",
)
ACCEPTED = Text(
    "Regio {region} neemt {ref} over{theirs}. Overgedragen: {handed}.",
    "Region {region} takes over {ref}{theirs}. Handed over: {handed}.",
)
THEIRS = Text(", daar {peer_ref}", ", there {peer_ref}")
NOTHING = Text("geen acties", "no actions")
SIGHT_OVER = Text(
    "Uit beeld is hier voorbij: die regio volgt het kind nu.",
    "Out of sight is over here: that region follows the child now.",
)
STILL_OURS = Text("Nog van ons: {ids}.", "Still ours: {ids}.")
CALL = Text(
    "{id} {holder}: {text}, uiterlijk {day}.",
    "{id} {holder}: {text}, by {day}.",
)
REFUSED = Text(
    "Regio {region} neemt {ref} niet over. Reden: {reason}.\nWij blijven verantwoordelijk.",
    "Region {region} does not take over {ref}. Reason: {reason}.\nWe stay responsible.",
)
TALKED = Text(
    "Het overdrachtsgesprek met regio {region} over {ref} is gevoerd.",
    "The handover call with region {region} about {ref} was held.",
)
COMPLETED = Text(
    "De overdracht van {ref} aan regio {region} is afgerond. Is de casus hier klaar? Dat beslist de voorzitter.",
    "The handover of {ref} to region {region} is completed. Whether the case ends here, the chair decides.",
)


def answered(request: Request, handover: Handover, answer: Answer) -> Effects | Fault:
    """A step of the receiver, in our case (`request.case`). The same answer a second time does nothing."""
    if answer.sequence <= handover.heard:
        return Fault.REPEATED
    state = state_after(handover.state, answer.step)
    if state is None or handover.side is not Side.SENDER or handover.id != answer.handover:
        return Fault.OUT_OF_ORDER
    new = replace(
        handover,
        state=state,
        heard=answer.sequence,
        peer_ref=answer.reference or handover.peer_ref,
        call=answer.call or handover.call,
        refusal=answer.reason,
        overdue_at=handover.overdue_at if state in WAITING else None,
    )
    match answer.step:
        case HandoverStep.RECEIVE:
            return _received(request, new)
        case HandoverStep.PLAN:
            return _planned(request, new)
        case HandoverStep.ACCEPT:
            return _accepted(request, new)
        case HandoverStep.REFUSE:
            return _refused(request, new)
        case HandoverStep.TALK:
            return _over(request, new, TALKED)
        case HandoverStep.COMPLETE:
            return _over(request, new, COMPLETED)


def protocol_of(request: Request) -> Protocol:
    return request.region.protocols[PROTOCOL]


def step_action(request: Request, step: str, start: date) -> tuple[Action, ...]:
    """The action of one step of the protocol; none where the region took that step out."""
    protocol = protocol_of(request)
    return planned(request, protocol, start, without={one.id for one in protocol.steps} - {step})


def call_by(request: Request, handover: Handover) -> tuple[Handover, tuple[Action, ...]]:
    """The action for the call, on the day that was agreed, or else within the days of the protocol."""
    known = request.file.action(handover.call_action or 0)
    found = (known,) if known else step_action(request, "call", request.now.date())
    if handover.call:
        found = tuple(replace(one, due_date=handover.call) for one in found)
    return replace(handover, call_action=found[0].number if found else None), found


def ended(request: Request, number: int | None) -> tuple[Action, ...]:
    """An action of the handover that has done its work, if somebody did not end it already."""
    action = request.file.action(number or 0)
    state = after(action.state, ActionStep.FINISH) if action else None
    if action is None or state is None:
        return ()
    return (replace(action, state=state, look_back=None, updated_at=request.now.astimezone(UTC)),)


def named(action: Action) -> str:
    return CALL(
        LANGUAGE,
        id=action.id,
        holder=action.holder,
        text=action.text,
        day=say_day(action.due_date, language=LANGUAGE.code),
    )


def _received(request: Request, new: Handover) -> Effects:
    follow = request.file.action(new.follow or 0)
    day = add_working_days(local_day(new.proposed_at), protocol_of(request).terms["acceptance"])
    moved = (replace(follow, due_date=day),) if follow and follow.state in RUNNING else ()
    words = RECEIVED(LANGUAGE, region=new.region, ref=request.file.ref)
    return _told(request, new, words) + _kept(request, new, *moved)


def _planned(request: Request, new: Handover) -> Effects:
    assert new.call, "the schema asks for the day"
    day = say_day(new.call, language=LANGUAGE.code)
    words = PLANNED(LANGUAGE, region=new.region, ref=request.file.ref, day=day)
    new, call = call_by(request, new)
    return _told(request, new, words, *map(named, call)) + _kept(request, new, *call)


def _accepted(request: Request, new: Handover) -> Effects:
    """Only now the actions that we offered are theirs, and a child out of sight is theirs to look for; what was agreed
    since stays ours."""
    file, now = request.file, request.now.astimezone(UTC)
    sight, review = _sight_over(file, now)
    handed = tuple(
        replace(one, state=state, look_back=None, updated_at=now)
        for one in file.actions
        if one.number in new.handed and (state := after(one.state, ActionStep.HAND_OVER))
    )
    followed = ended(request, new.follow)
    new, call = call_by(request, new)
    gone = {one.number for one in (*handed, *followed, *review, *call)}
    left = [one.id for one in file.running if one.number not in gone]
    ids = listed([one.id for one in handed], AND(LANGUAGE)) or NOTHING(LANGUAGE)
    theirs = THEIRS(LANGUAGE, peer_ref=new.peer_ref) if new.peer_ref else ""
    words = ACCEPTED(LANGUAGE, region=new.region, ref=file.ref, theirs=theirs, handed=ids)
    ours = (STILL_OURS(LANGUAGE, ids=listed(left, AND(LANGUAGE))),) if left else ()
    effects = _kept(request, new, *sight, *handed, *followed, *review, *call)
    seen_there = (SIGHT_OVER(LANGUAGE),) if sight else ()
    return _told(request, new, words, *seen_there, *ours, *map(named, call)) + effects


def _sight_over(file: CaseFile, now: datetime) -> tuple[tuple[OutOfSight, ...], tuple[Action, ...]]:
    """Being out of sight ends with the acceptance, and with it its review."""
    sight = file.out_of_sight
    if sight is None or out_of_sight.after(sight.state, SightStep.HAND_OVER) is None:
        return (), ()
    over, review = sight_reviews.ended(sight, file, SightStep.HAND_OVER, now)
    return (over,), review


def _refused(request: Request, new: Handover) -> Effects:
    assert new.refusal, "the schema asks for the reason"
    decide = step_action(request, "refused", request.now.date())
    reason = new.refusal.rstrip(".")
    words = REFUSED(LANGUAGE, region=new.region, ref=request.file.ref, reason=reason)
    effects = _kept(request, new, *ended(request, new.follow), *ended(request, new.call_action), *decide)
    return _told(request, new, words, *map(named, decide)) + effects


def _over(request: Request, new: Handover, text: Text) -> Effects:
    words = text(LANGUAGE, region=new.region, ref=request.file.ref)
    return _told(request, new, words) + _kept(request, new, *ended(request, new.call_action))


def _told(request: Request, new: Handover, *lines: str) -> Effects:
    """Said in the room of the case: everybody there must know who is responsible."""
    said = Say(ToCase(request.file.ref), Message.of(*lines), key=f"handover:{new.id}:{new.heard}")
    return Effects(send=(said,))


def _kept(request: Request, new: Handover, *records: Record) -> Effects:
    return changed(request, request.file, new, *records, event=f"handover.{new.state}", thing=new.region)
