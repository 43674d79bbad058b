"""An answer that was tapped instead of typed: it is counted, or it is the command that the answer stands for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.effects import Effects, Say, ToCase, ToRoom
from bot.core.records.actions import Action
from commands.meetings.voting import cast
from commands.registry import Heard, handle

if TYPE_CHECKING:
    from bot.core.records.meetings import Poll
    from commands.conversation.command import Request
    from commands.conversation.parsing import Listener


def tapped(request: Request, listener: Listener, poll: Poll, choice: int | None) -> Effects:
    """Somebody chose the option at this place, or took their answer back (None). `request.case` is the poll's."""
    if not poll.means and request.file.restriction:
        return Effects()  # the room was told; what was tapped shows in nobody's case
    if not poll.means:
        return cast(request, poll, choice)
    if choice is None or choice >= len(poll.means) or poll.asked_of not in {None, request.sender}:
        return Effects()
    effects = handle(request, Heard(f"!{poll.means[choice]}", replace(listener, direct=request.direct)))
    if not (request.direct and any(isinstance(record, Action) for record in effects.records)):
        return effects
    if poll.opened_by == poll.asked_of or any(
        out.to == ToCase(poll.case_ref) for out in effects.send if isinstance(out, Say)
    ):
        return effects
    # What a chair settles in a chat of two, the room of the case hears too.
    return effects + Effects(
        send=tuple(
            Say(ToCase(poll.case_ref), out.message)
            for out in effects.send
            if isinstance(out, Say) and out.to == ToRoom(request.room_id)
        )
    )
