"""`oke` and `loopt`: how an action goes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.dates import When
from bot.core.records.actions import ActionStep
from bot.core.text import Text
from commands.conversation.acting import next_state, noted, stepped
from commands.conversation.command import EVERYBODY, Command, Kind, Parameter, Where
from commands.conversation.dating import echo
from commands.conversation.reading import find_action, must_report

if TYPE_CHECKING:
    from bot.core.effects import Effects
    from commands.conversation.command import Request

IN_HAND = Text(
    "{id} is bij {holder} in behandeling. Termijn: {when}", "{holder} is at work on {id}. Date: {when}"
)
ON_TRACK = Text("{id} loopt bij {holder}. Termijn: {when}", "{id} is on track with {holder}. Date: {when}")


def _accept(request: Request) -> Effects:
    return _goes_on(request, OKAY, ActionStep.ACCEPT, IN_HAND)


def _on_track(request: Request) -> Effects:
    return _goes_on(request, ON_TRACK_COMMAND, ActionStep.REPORT, ON_TRACK)


def _goes_on(request: Request, command: Command, step: ActionStep, words: Text) -> Effects:
    """Whoever says that it goes on is stuck no longer: the reason and the day to look again are gone."""
    target = find_action(request, command)
    must_report(target)
    request, action = target.request, target.action
    state = next_state(request, action, step)
    note, warnings = noted(target)
    new = replace(action, state=state, look_back=None, reason=None, note=note.text if note else action.note)
    when = echo(When(action.due_date, action.due_time), request.language)
    text = words(request.language, id=action.id, holder=action.holder, when=when)
    return stepped(target, new, step, text, *warnings)


OKAY = Command(
    name=Text("oke", "ack"),
    aliases=(Text("ok", "okay"),),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text("ik heb deze actie gezien en ga ermee aan de slag", "I have seen this action and start on it"),
    examples=(Text("oke A3", "ack A3"),),
    parameters=(Parameter(Text("actie", "action"), Kind.ACTION),),
    execute=_accept,
    in_full=True,
)

ON_TRACK_COMMAND = Command(
    name=Text("loopt", "on track"),
    aliases=(Text("bezig", "running"),),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text("de actie loopt, zoals afgesproken", "the action is on track, as agreed"),
    examples=(
        Text("loopt A3", "on track A3"),
        Text("loopt A3 afspraak staat", "on track A3 appointment made"),
    ),
    parameters=(
        Parameter(Text("actie", "action"), Kind.ACTION),
        Parameter(Text("toelichting", "note"), Kind.TEXT, optional=True),
    ),
    execute=_on_track,
)
