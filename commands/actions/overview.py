"""`acties`: what has been agreed and still has to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.effects import Effects, Logged
from bot.core.records.actions import REASON_NAMES, ActionState
from bot.core.records.explanations import Rule
from bot.core.records.trail import Source
from bot.core.reminding.telling import told
from bot.core.text import Language, Message, Text
from commands.actions.new import tags
from commands.actions.people import named
from commands.conversation.acting import short
from commands.conversation.command import EVERYBODY, Command, Kind, Parameter, Where
from commands.conversation.parsing import folded
from commands.conversation.reading import own_actions
from commands.conversation.replies import refuse, say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action
    from commands.conversation.command import Request

MINE = frozenset({"mijn", "van mij", "mine", "my"})
LATE = frozenset({"te laat", "telaat", "laat", "late", "overdue"})
ALL = frozenset({"", "alle", "all", "casus", "case"})

TITLE = Text("Acties {ref} ({count})", "Actions {ref} ({count})")
TITLE_MINE = Text("Jouw acties ({count})", "Your actions ({count})")
TITLE_LATE = Text("Voorbij de termijn ({count})", "Past their date ({count})")
NONE = Text(
    "Er staan geen acties open. Een nieuwe maken: !actie leerplicht: verzuim uitvragen, uiterlijk vrijdag.",
    "No actions are open. Make one: !action leerplicht: ask for the absences, by Friday.",
)
NONE_MINE = Text("Er staan geen acties op jouw naam.", "No actions are with you.")
NONE_LATE = Text("Er is niets voorbij de termijn.", "Nothing is past its date.")
NONE_OPEN = Text("Er staan geen acties open.", "No actions are open.")
MEETING_RUNS = Text(
    "Het overleg van {ref} loopt sinds {time}. Dit staat open",
    "The meeting of {ref} has been running since {time}. This is open",
)
WHICH = Text(
    "Dat ken ik niet. Kies: !acties, !acties mijn of !acties te laat.",
    "I do not know that. Choose: !actions, !actions mine or !actions late.",
)
BLOCKED = Text("{date} ({reason})", "{date} ({reason})")
WAITS = Text("voorstel, wacht op akkoord", "proposal, waits for the chair")


def _list(request: Request) -> Effects:
    choice = folded(request.text).strip(" .")
    if choice not in MINE | LATE | ALL:
        refuse(request, WHICH(request.language))
    files = (request.case,) if request.case else request.cases
    own = request.case is None or choice in MINE
    listed = [(file, a) for file in files for a in (own_actions(request, file) if own else file.running)]
    if choice in LATE:
        listed = [(file, a) for file, a in listed if (a.look_back or a.due_date) < request.now.date()]
    if request.case and choice in ALL:
        listed += [(request.case, a) for a in request.case.actions if a.state is ActionState.PROPOSED]
    return say(request, *_lines(request, listed, choice, own=own), headed=bool(listed)) + Effects(
        log=tuple(Logged("actions.listed", ref) for ref in dict.fromkeys(file.ref for file in files))
    )


def _lines(
    request: Request, listed: Iterable[tuple[CaseFile, Action]], choice: str, *, own: bool
) -> list[str]:
    language = request.language
    lines = [_line(request, file, action) for file, action in listed]
    if not lines:
        return [(NONE_LATE if choice in LATE else NONE_MINE if own else NONE)(language)]
    ref = request.case.ref if request.case else ""
    title = TITLE_LATE if choice in LATE else TITLE_MINE if own else TITLE
    return [title(language, ref=ref, count=len(lines)), *lines]


def _line(request: Request, file: CaseFile, action: Action) -> str:
    where = "" if request.case else f"{file.ref} "
    return f"{where}{_told(action, request.now, request.language)}"


def _told(action: Action, now: datetime, language: Language) -> str:
    """An action with its text, as only those of the case may read it."""
    date = short(action, now, language)
    if action.state is ActionState.PROPOSED:
        date = f"{date}, {WAITS(language)}"
    elif action.look_back and action.reason:
        date = BLOCKED(language, date=date, reason=REASON_NAMES[action.reason](language))
    holder = f"{named(action.holder, action.holder_user)}{tags(action, language)}"
    return f"{action.id} {holder}: {action.text.rstrip('.')} · {date}"


def for_latecomer(file: CaseFile, user_id: str, *, event_id: str, now: datetime) -> Effects:
    """Whoever comes in while a meeting runs reads the open actions, alone; what was said stays with who was there."""
    if file.meeting is None or file.seat_of(user_id) is None:
        return Effects()
    language = Language.NL
    began = f"{file.meeting.started_at.astimezone(now.tzinfo):%H:%M}"
    lines = [_told(action, now, language) for action in file.running] or [NONE_OPEN(language)]
    message = Message.of(MEETING_RUNS(language, ref=file.ref, time=began), *lines, headed=True)
    shown = (Source(file.ref, event_id, action.id, user_id, made=False) for action in file.running)
    log = Logged("actions.shown", file.ref, user_id)
    said = told({user_id}, message, Rule.LATECOMER, cause=event_id, now=now, ref=file.ref)
    return said + Effects(keep=tuple(shown), log=(log,))


ACTIONS = Command(
    name=Text("acties", "actions"),
    aliases=(Text("actielijst", "todo"),),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    closed=True,
    help=Text("laat de lopende acties zien", "shows the running actions"),
    examples=(Text("acties", "actions"), Text("acties mijn", "actions mine")),
    parameters=(Parameter(Text("mijn | te laat", "mine | late"), Kind.CHOICE, optional=True),),
    execute=_list,
    in_full=True,
)
