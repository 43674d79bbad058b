"""`overdracht`: what another region offers us, taken step by step; and how a handover stands.

In a region with a bot its coordinator decides, and the bot writes it to the sender's. In a region without one a person
types the same words in the room of the handover.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.casefile import CaseFile, new_action, new_decision, next_number
from bot.core.dates import When, say_day
from bot.core.effects import Effects, Invite, Logged, OpenCaseRoom, Say, SendLetter, ToCase, ToHandover
from bot.core.records.actions import Action, ActionState
from bot.core.records.cases import Case, CaseState, Function, Participant
from bot.core.records.handovers import (
    RUNNING,
    STATE_NAMES,
    WAITING,
    Answer,
    Fault,
    Handover,
    HandoverStep,
    Side,
    after,
    written,
)
from bot.core.records.themes import REFERENCE as THEME
from bot.core.text import Language, Message, Text, listed
from commands.conversation.answers import draft
from commands.conversation.command import SEATING, Asks, Command, Kind, Parameter, Where
from commands.conversation.dating import question_for
from commands.conversation.dating import read as read_day
from commands.conversation.parsing import folded
from commands.conversation.planning import NOBODY_FITS
from commands.conversation.reading import CASE_REF, NO_SUCH_CASE, find_case, find_label, must_take
from commands.conversation.reasons import bare_reason
from commands.conversation.replies import OR, ask, changed, kept, met, refuse, say, warned
from commands.handovers.follow import answered, call_by, ended, named
from commands.handovers.offer import proposal_lines
from commands.handovers.words import (
    CALL_ON,
    DONE,
    FROM_THEM,
    HERE,
    LETTER,
    NEW_ROOM,
    NONE_HERE,
    NOT_NOW,
    OURS,
    PROPOSED_HERE,
    STANDS,
    STANDS_HERE,
    TAKEN_OVER,
    THANKS,
    THEIR_TURN,
    THEIRS,
    THERE,
    UNDER_WHICH,
    WHAT,
    WHICH,
    WHICH_CALL,
    WHY_NOT,
)

if TYPE_CHECKING:
    from datetime import date

    from bot.core.guard import KeptText
    from bot.core.records.kinds import Record
    from bot.core.records.meetings import Decision
    from bot.core.records.trail import Question
    from commands.conversation.command import Request

_ASKS_OWN = Asks("own")
_STEPS = {
    **dict.fromkeys(("ontvangen", "received", "receive"), HandoverStep.RECEIVE),
    **dict.fromkeys(("accepteer", "accepteren", "geaccepteerd", "accept", "accepted"), HandoverStep.ACCEPT),
    **dict.fromkeys(("weiger", "weigeren", "geweigerd", "refuse"), HandoverStep.REFUSE),
    **dict.fromkeys(("gesprek", "call"), HandoverStep.PLAN),
    **dict.fromkeys(("afgerond", "afronden", "completed", "complete"), HandoverStep.COMPLETE),
}
_HELD = frozenset({"gevoerd", "gehouden", "gehad", "held", "done"})
_AS_OURS = re.compile(rf"\b(?:als|as)\s+({CASE_REF.pattern})", CASE_REF.flags)
_ORIGIN_LENGTH = 260


@dataclass(frozen=True, slots=True)
class Meant:
    """What somebody wants to do with a handover."""

    step: HandoverStep
    about: str | None = None
    """Their reference, or ours."""
    own: str | None = None
    reason: KeptText | None = None
    warnings: tuple[str, ...] = ()
    call: date | None = None


def _handover(request: Request) -> Effects:
    word, _, rest = request.text.partition(" ")
    step = _STEPS.get(folded(word).strip(" .:,"))
    if step is None:
        if word and folded(word) not in {"stand", "status"}:
            refuse(request, WHAT(request.language))
        return _stand(request)
    return _taken(request, _read(request, step, rest))


def by_contact(request: Request, handover: Handover) -> Effects:
    """A step that a person takes in the room of the handover, for a region without a bot."""
    word, _, rest = request.text.partition(" ")
    step = _STEPS.get(folded(word).strip(" .:,"))
    if step is None:
        refuse(request, WHAT(request.language))
    meant = _read(request, step, rest)
    answer = _answer_of(handover, meant, handover.heard + 1)
    effects = answered(request, handover, answer)
    if isinstance(effects, Fault):
        state = STATE_NAMES[handover.state](request.language)
        refuse(request, NOT_NOW(request.language, ref=handover.case_ref, state=state))
    text = THANKS[meant.step](request.language, own=request.region.name, day=_day(request, meant.call))
    return say(request, text, *meant.warnings) + effects


def _read(request: Request, step: HandoverStep, rest: str) -> Meant:
    """The references, the reason and the day in what was typed after the step."""
    own, about = None, None
    if found := _AS_OURS.search(rest):
        own, rest = found[1].upper(), f"{rest[: found.start()]} {rest[found.end() :]}"
    if found := CASE_REF.match(rest.strip()):
        about, rest = found.group().upper(), rest.strip()[found.end() :]
    rest = rest.strip(" .,:")
    if step is HandoverStep.REFUSE:
        typed = bare_reason(rest)
        if not typed:
            refuse(request, WHY_NOT(request.language, ref=about or "Z-2026-014"))
        reason = kept(request, typed)
        return Meant(step, about, own, reason.text, warned(reason, request.language))
    if step is HandoverStep.PLAN:
        if folded(rest) in _HELD:
            return Meant(HandoverStep.TALK, about, call=request.now.date())
        when = read_day(request, rest)
        if not isinstance(when, When):
            refuse(request, question_for(request, when, WHICH_CALL))
        return Meant(step, about, call=when.day)
    return Meant(step, about, own)


def _taken(request: Request, meant: Meant) -> Effects:
    handover = _which(request, meant)
    state = after(handover.state, meant.step)
    if state is None:
        said = STATE_NAMES[handover.state](request.language)
        refuse(request, NOT_NOW(request.language, ref=handover.peer_ref, state=said))
    if meant.step is HandoverStep.ACCEPT and (meant.own is None or THEME.fullmatch(meant.own)):
        question = UNDER_WHICH(request.language, peer_ref=handover.peer_ref)
        return say(request, question) + ask(request, HANDOVER.name, _ASKS_OWN, handover=handover.id)
    new = replace(
        handover,
        state=state,
        sent=handover.sent + 1,
        call=meant.call or handover.call,
        overdue_at=handover.overdue_at if state in WAITING else None,
    )
    match meant.step:
        case HandoverStep.ACCEPT:
            effects = _accepted(request, new, meant.own or "")
        case HandoverStep.REFUSE:
            # Of what we did not take over nothing stays here.
            bare = replace(new, reason=None, actions=(), decisions=(), contacts=())
            effects = Effects(keep=(bare,), log=(Logged("handover.refused", None, new.region),))
        case _:
            effects = _moved(request, new, meant.step)
    text = DONE[meant.step](
        request.language,
        region=new.region,
        peer_ref=new.peer_ref,
        ref=meant.own,
        day=_day(request, meant.call),
    )
    new_room = _room_is_new(request, meant)
    lines = (NEW_ROOM(request.language, ref=meant.own),) if new_room else ()
    return say(request, text, *lines, *meant.warnings) + effects + _letter(request, new, meant)


def _which(request: Request, meant: Meant) -> Handover:
    """The handover that is meant: the one of the room, the one that was named, or the only one."""
    files = (request.case,) if request.case else request.cases
    known = (*(h for file in files for h in file.handovers), *(() if request.case else request.handovers))
    running = [h for h in dict.fromkeys(known) if h.state in RUNNING]
    taking = [h for h in running if h.side is Side.RECEIVER]
    chosen = [h for h in taking if meant.about is None or meant.about in {h.peer_ref, h.case_ref}]
    fitting = chosen if len(chosen) == 1 else [h for h in chosen if after(h.state, meant.step)]
    if len(fitting) != 1:
        refuse(request, _none_or_several(request, chosen, running))
    return fitting[0]


def _none_or_several(request: Request, chosen: list[Handover], running: list[Handover]) -> str:
    language = request.language
    if chosen:
        return WHICH(language, refs=listed([f"{h.peer_ref} ({h.region})" for h in chosen], OR(language)))
    leaving = next((h for h in running if h.side is Side.SENDER), None)
    if leaving is None or request.case is None:
        return NONE_HERE(language)
    return THEIR_TURN(language, region=leaving.region, state=STATE_NAMES[leaving.state](language))


def _moved(request: Request, new: Handover, step: HandoverStep) -> Effects:
    """A step that keeps the responsibility where it is."""
    log = Logged(f"handover.{new.state}", new.case_ref, new.region)
    file = request.case or (find_case(request, new.case_ref) if new.case_ref else None)
    if file is None:
        return Effects(keep=(new,), log=(log,))
    request = replace(request, case=file)
    if step is HandoverStep.PLAN:
        new, actions = call_by(request, new)
    else:
        actions = ended(request, new.call_action)
    return changed(request, file, new, *actions, event=log.event, thing=new.region)


def _room_is_new(request: Request, meant: Meant) -> bool:
    return meant.step is HandoverStep.ACCEPT and find_case(request, meant.own or "") is None


def _accepted(request: Request, new: Handover, ref: str) -> Effects:
    """Their open actions become proposals here, which our chair agrees to one by one; their decisions are listed."""
    now, before = request.now.astimezone(UTC), find_case(request, ref)
    if before:
        if before.seat_of(request.sender) is None:
            refuse(request, NO_SUCH_CASE(request.language, ref=ref))
        must_take(request, HANDOVER, before)
    file = before or _opened(request, new, ref)
    here = replace(request, case=file)
    first = next_number(file.actions)
    proposed = tuple(
        replace(
            new_action(
                file,
                handed.text,
                find_label(here, file, handed.holder) or NOBODY_FITS,
                handed.due_date,
                at=now,
                by=request.sender,
                number=number,
                state=ActionState.PROPOSED,
            ),
            meeting=None,
        )
        for number, handed in enumerate(new.actions, first)
    )
    decisions = _their_decisions(here, new)
    with_actions = replace(here, case=replace(file, actions=(*file.actions, *proposed)))
    taken, call = call_by(with_actions, replace(new, case_ref=ref))
    bare = replace(taken, actions=(), decisions=())
    opening = Effects()
    if before is None:
        opening = Effects(
            keep=(file.case, *file.participants),
            send=(OpenCaseRoom(ref), Invite(ToCase(ref), request.sender)),
            log=(Logged("case.opened", ref),),
        ) + met(request, request.sender)
    records: tuple[Record, ...] = (bare, *decisions, *proposed, *call)
    return (
        opening
        + changed(here, file, *records, event="handover.accepted", thing=new.region)
        + _said_in_case(ref, new, proposed, decisions, call)
    )


def _opened(request: Request, new: Handover, ref: str) -> CaseFile:
    now, sender = request.now.astimezone(UTC), request.sender
    assert new.reason is not None, "a running handover has its reason"
    case = Case(ref, new.reason, None, CaseState.OPEN, opened_at=now, opened_by=sender, moved_at=now)
    seat = Participant(ref, sender, Function.COORDINATOR, "coördinator", since=now, added_by=sender)
    return CaseFile(case, (seat,))


def _their_decisions(request: Request, new: Handover) -> tuple[Decision, ...]:
    """Numbered on from ours, each saying whose it is."""
    file, language = request.file, Language.NL
    first = next_number(file.decisions)

    def whose(reason: str) -> KeptText:
        words = FROM_THEM(language, reason=reason.rstrip("."), region=new.region, peer_ref=new.peer_ref)
        return kept(request, words, _ORIGIN_LENGTH).text

    return tuple(
        replace(
            new_decision(file, handed.text, whose(handed.reason), at=request.now, by=new.peer, number=number),
            meeting=None,
        )
        for number, handed in enumerate(new.decisions, first)
    )


def _said_in_case(
    ref: str,
    new: Handover,
    proposed: tuple[Action, ...],
    decisions: tuple[Decision, ...],
    call: tuple[Action, ...],
) -> Effects:
    language = Language.NL
    reason = (new.reason or "").rstrip(".")
    lines = [TAKEN_OVER(language, region=new.region, peer_ref=new.peer_ref, reason=reason)]
    # By our own numbers: those of the sender mean something else here.
    actions = (replace(theirs, id=ours.id) for theirs, ours in zip(new.actions, proposed, strict=True))
    theirs_decided = (
        replace(theirs, id=ours.id) for theirs, ours in zip(new.decisions, decisions, strict=True)
    )
    lines += proposal_lines(tuple(actions), tuple(theirs_decided), language)
    if proposed:
        lines.append(PROPOSED_HERE(language, ids=", ".join(a.id for a in proposed)))
    said = Say(ToCase(ref), Message.of(*lines, *map(named, call)), key=f"handover:{new.id}:{new.sent}")
    return Effects(send=(said,))


def _letter(request: Request, new: Handover, meant: Meant) -> Effects:
    """The step as the bot of the sender reads it, and a person too."""
    words = LETTER[meant.step](
        request.language,
        own=request.region.name,
        peer_ref=new.peer_ref,
        ref=meant.own,
        reason=(meant.reason or "").rstrip("."),
        day=_day(request, meant.call),
    )
    answer = _answer_of(new, meant, new.sent)
    send = SendLetter(ToHandover(new.id), Message.of(words), written(answer), new.peer)
    return Effects(send=(send,))


def _answer_of(handover: Handover, meant: Meant, sequence: int) -> Answer:
    return Answer(handover.id, sequence, meant.step, meant.own, meant.reason, meant.call)


def _day(request: Request, day: date | None) -> str:
    return say_day(day, language=request.language.code) if day else ""


def _answer(request: Request, question: Question) -> Effects | None:
    found = CASE_REF.fullmatch(request.text.strip(" ."))
    handover = next((h for h in request.handovers if h.id == draft(question)["handover"]), None)
    if found is None or handover is None:
        return None
    return _taken(request, Meant(HandoverStep.ACCEPT, handover.peer_ref, found.group().upper()))


def _stand(request: Request) -> Effects:
    """How the handovers stand: those of this case, or all that we are asked to take over."""
    files = (request.case,) if request.case else request.cases
    known = (*(() if request.case else request.handovers), *(h for file in files for h in file.handovers))
    shown = [h for h in dict.fromkeys(known) if request.case or h.state in RUNNING]
    lines = [line for one in shown for line in handover_lines(request, one)]
    log = Effects(log=(Logged("handover.listed", request.ref),))
    return say(request, *(lines or [NONE_HERE(request.language)])) + log


def handover_lines(request: Request, handover: Handover) -> list[str]:
    language, state = request.language, STATE_NAMES[handover.state](request.language)
    if handover.side is Side.SENDER:
        there = THERE(language, ref=handover.peer_ref) if handover.peer_ref else ""
        words = STANDS(language, ref=handover.case_ref, region=handover.region, state=state, there=there)
        whose = OURS
    else:
        here = HERE(language, ref=handover.case_ref) if handover.case_ref else ""
        words = STANDS_HERE(
            language, peer_ref=handover.peer_ref, region=handover.region, state=state, here=here
        )
        whose = THEIRS
    lines = [f"{words} {whose(language)}" if handover.state in WAITING else words]
    if handover.call and handover.state in RUNNING:
        lines.append(CALL_ON(language, day=_day(request, handover.call)))
    return [*lines, *proposal_lines(handover.actions, handover.decisions, language)]


HANDOVER = Command(
    name=Text("overdracht", "handover"),
    who=SEATING,
    where=Where.CASE_OR_DIRECT,
    in_theme=False,
    help=Text(
        "neemt over wat een andere regio aanbiedt, stap voor stap; zonder stap: hoe het staat",
        "takes over what another region offers, step by step; without a step: how it stands",
    ),
    examples=(Text("overdracht", "handover"),),
    parameters=(Parameter(Text("stap", "step"), Kind.CHOICE, optional=True),),
    execute=_handover,
    all_open=True,
    answer=_answer,
    waits_for=(_ASKS_OWN,),
)
