"""`overleg pauze` and `overleg verder`: a break in a meeting; everything stays as it is until it goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.effects import Effects, Logged
from bot.core.records.meetings import MeetingStep, after
from bot.core.text import Text
from commands.conversation.command import CHAIRS, Command, Where
from commands.conversation.replies import changed, refuse, say
from commands.meetings.agenda import agenda_line
from commands.meetings.meeting import NOT_RUNNING

if TYPE_CHECKING:
    from bot.core.records.meetings import Meeting, MeetingState
    from commands.conversation.command import Request

PAUSED = Text(
    "Pauze vanaf {time}. Verder gaan: !overleg verder.", "Break from {time}. To go on: !meeting resume."
)
ALREADY = Text(
    "Het is al pauze. Verder gaan: !overleg verder.", "It is a break already. To go on: !meeting resume."
)
RESUMED = Text("Het overleg gaat verder, {time}.", "The meeting goes on, {time}.")
NO_BREAK = Text(
    "Het overleg loopt gewoon door. Pauze: !overleg pauze.",
    "The meeting is not paused. A break: !meeting pause.",
)


def _pause(request: Request) -> Effects:
    meeting = _meeting(request)
    state = after(meeting.state, MeetingStep.PAUSE)
    if state is None:
        refuse(request, ALREADY(request.language))
    text = PAUSED(request.language, time=f"{request.now:%H:%M}")
    return say(request, text) + _turned(request, meeting, state, "meeting.paused")


def _resume(request: Request) -> Effects:
    meeting = _meeting(request)
    state = after(meeting.state, MeetingStep.RESUME)
    if state is None:
        log = Logged("meeting.read", request.ref, str(meeting.number))
        return say(request, NO_BREAK(request.language)) + Effects(log=(log,))
    agenda = request.file.agenda
    lines = [RESUMED(request.language, time=f"{request.now:%H:%M}")]
    lines += [agenda_line(agenda, request.language)] if agenda else []
    return say(request, *lines) + _turned(request, meeting, state, "meeting.resumed")


def _meeting(request: Request) -> Meeting:
    meeting = request.file.meeting
    if meeting is None:
        refuse(request, NOT_RUNNING(request.language))
    return meeting


def _turned(request: Request, meeting: Meeting, state: MeetingState, event: str) -> Effects:
    record = replace(meeting, state=state)
    return changed(request, request.file, record, event=event, thing=str(meeting.number))


PAUSE = Command(
    name=Text("overleg pauze", "meeting pause"),
    aliases=(Text("pauze", "pause"),),
    who=CHAIRS,
    where=Where.CASE,
    help=Text("onderbreekt het overleg", "breaks off the meeting for a while"),
    examples=(Text("overleg pauze", "meeting pause"),),
    execute=_pause,
)
RESUME = Command(
    name=Text("overleg verder", "meeting resume"),
    aliases=(Text("overleg hervat", "meeting continue"),),
    who=CHAIRS,
    where=Where.CASE,
    help=Text("gaat na een pauze verder", "goes on after a break"),
    examples=(Text("overleg verder", "meeting resume"),),
    execute=_resume,
)
