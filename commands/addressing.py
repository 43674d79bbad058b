"""Which cases somebody's own chat hears of: noted with each message, for the check when it leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.effects import EndPoll, Say, SendPoll, ToCase, ToRoom
from commands.conversation.reading import CASE_REF

if TYPE_CHECKING:
    from bot.core.effects import Effects, Outgoing
    from commands.conversation.command import Request


def addressed(request: Request, effects: Effects) -> Effects:
    """The effects, each message to a chat of two with the cases that it is about.

    What leaves the room of a case is about that case. In a chat of two only a case that the sender may see counts: a
    reference that they made up is answered like any other.
    """
    noted = tuple(_noted(request, out) for out in effects.send)
    gone = {case.case_ref for case in effects.destroyed}
    return replace(effects, send=tuple(_without(out, gone) for out in noted) if gone else noted)


def _without(out: Outgoing, gone: set[str]) -> Outgoing:
    """That a case was destroyed is for who said so: nobody has a place in it any more."""
    if not isinstance(out, Say | SendPoll | EndPoll):
        return out
    return replace(out, about=tuple(ref for ref in out.about if ref not in gone))


def _noted(request: Request, out: Outgoing) -> Outgoing:
    if not isinstance(out, Say | SendPoll | EndPoll) or out.about or isinstance(out.to, ToCase):
        return out
    if request.case is not None:
        here = out.to == ToRoom(request.room_id) and not request.direct
        return out if here else replace(out, about=(request.case.ref,))
    named = {found.upper() for found in CASE_REF.findall(_body(out))}
    files = (*request.cases, *([request.served] if request.served else []))
    return replace(out, about=tuple(dict.fromkeys(file.ref for file in files if file.ref in named)))


def _body(out: Say | SendPoll | EndPoll) -> str:
    match out:
        case Say(message=message):
            return message.body
        case SendPoll(question=question, key=key):
            return f"{question} {key}"
        case EndPoll(words=words, key=key):
            return f"{words} {key}"
