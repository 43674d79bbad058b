"""`overleg start`, `aanwezig` and `overleg stop`: a meeting, from the open actions to the list of agreements."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.casefile import next_number
from bot.core.dates import Ask, When, say_day, say_short
from bot.core.effects import Effects
from bot.core.records.actions import REASON_NAMES, STATE_NAMES, is_withheld
from bot.core.records.cases import Function
from bot.core.records.explanations import Rule
from bot.core.records.inquiries import said
from bot.core.records.meetings import (
    AgendaItem,
    AgendaState,
    AgendaStep,
    Meeting,
    MeetingState,
    MeetingStep,
    after,
)
from bot.core.records.signals import WAITING
from bot.core.reminding.rounds import before_meeting
from bot.core.reminding.telling import told
from bot.core.text import Language, Message, Text
from bot.documents.agreements import ENDED, agreement_list, proposed, remarked
from bot.documents.sheet import shown
from commands.conversation.acting import NOT_PROVIDED, short
from commands.conversation.command import CHAIRS, Asks, Command, Kind, Parameter, Where
from commands.conversation.dating import echo, pick, question_for, read, suggested
from commands.conversation.reading import find_label, split_labels, unique
from commands.conversation.replies import PURPOSE_LENGTH, Answered, ask, changed, kept, refuse, say, warned
from commands.meetings.agenda import agenda_line, turned
from commands.out_of_sight.status import sight_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action
    from bot.core.records.trail import Question
    from bot.core.reminding.rounds import Round
    from bot.documents.agreements import AgreementList
    from commands.conversation.command import Request

_ASKS_NEXT = Asks("next meeting")
_NEXT = re.compile(r"^\W*(?:volgend overleg|volgende keer|next meeting)\b\W*", re.IGNORECASE)
_ALL = re.compile(r"^(?:allen|allemaal|alle|iedereen|all|everybody|everyone)\b[\s,]*", re.IGNORECASE)
_EXCEPT = re.compile(r"^(?:behalve|except|but)\b\s*", re.IGNORECASE)

STARTED = Text(
    "Overleg {ref} gestart, {time}. Bij deze casus horen: {labels}.",
    "Meeting {ref} started, {time}. To this case belong: {labels}.",
)
WHO_IS_HERE = Text(
    "Wie zijn er? Bijv. !aanwezig allen behalve {label}.",
    "Who is here? For example !present all except {label}.",
)
CONFIDENTIAL = Text(
    "Vertrouwelijk: deel alleen wat nodig is voor het doel. Geen namen, BSN of afkomst.",
    "Confidential: share only what the purpose needs. No names, citizen numbers or origin.",
)
OPEN_ACTIONS = Text("Openstaand: {actions}.", "Open: {actions}.")
NOTHING_OPEN = Text("Er staan geen acties open.", "No actions are open.")
WITHHELD = Text(
    "Niet verstrekt: {actions}. Dat is een volledig antwoord. Een andere houder, een andere weg, of afsluiten?",
    "Not provided: {actions}. That is a full answer. Another holder, another route, or an end?",
)
OVERTAKEN = Text(
    "Omstandigheden gewijzigd: {actions}. Vervallen, of een andere actie?",
    "Circumstances changed: {actions}. Void, or another action?",
)
MOVED = Text(
    "{ref}, alleen voor jou als voorzitter. Vaker een andere datum: {actions}.",
    "{ref}, for you as chair alone. Another date more than once: {actions}.",
)
TIMES = Text("{id} {holder} ({n}x)", "{id} {holder} ({n}x)")
NOT_DONE = Text("Niet uitgevoerd: {actions}. Hoe verder?", "Not done: {actions}. How to go on?")
ANSWERED = Text("Vooraf gemeld: {actions}.", "Said beforehand: {actions}.")
SILENT = Text("Nog te horen: {actions}.", "Still to hear: {actions}.")
PROPOSED = Text("Nog zonder akkoord: {actions}.", "Not agreed yet: {actions}.")
RUNNING = Text(
    "Er loopt al een overleg, sinds {time}. Eerst afronden: !overleg stop.",
    "A meeting is running since {time}. End it first: !meeting stop.",
)
WHY_MEET = Text(
    'Waarvoor is dit overleg? Bijv. !overleg start "afspraken herijken".',
    'What is this meeting for? For example !meeting start "review the agreements".',
)
NOT_RUNNING = Text(
    'Er loopt geen overleg. Begin met !overleg start "doel".',
    'No meeting is running. Begin with !meeting start "purpose".',
)
PRESENT = Text("Aanwezig: {present}.", "Present: {present}.")
ABSENT = Text("Niet aanwezig: {absent}.", "Not present: {absent}.")
WHO = Text(
    "Noem de rollen: !aanwezig leerplicht, wijkagent, of !aanwezig allen behalve {label}.",
    "Name the roles: !present leerplicht, wijkagent, or !present all except {label}.",
)
NOT_SEATED = Text(
    "Niet iedereen die je noemt hoort bij deze casus. In de casus: {labels}. Toevoegen kan met !deelnemer.",
    "Not everybody you name belongs to this case. In the case: {labels}. Add with !participant.",
)
LIST_TITLE = Text("Afsprakenlijst {ref} · {day}, {start}-{end}", "Agreements {ref} · {day}, {start}-{end}")
LIST_TITLE_RUNNING = Text(
    "Afsprakenlijst {ref} · {day}, vanaf {start}, het overleg loopt nog",
    "Agreements {ref} · {day}, from {start}, the meeting is still running",
)
PURPOSE = Text("Doel: {purpose}.", "Purpose: {purpose}.")
DECISIONS = Text("Besluiten: {decisions}.", "Decisions: {decisions}.")
ACTIONS = Text("Acties: {actions}.", "Actions: {actions}.")
NO_ACTIONS = Text("Acties: geen.", "Actions: none.")
INQUIRIES = Text("Navragen: {inquiries}.", "Inquiries: {inquiries}.")
SIGNALS = Text("Signalen: {signals}.", "Signals: {signals}.")
TO_DISCUSS = Text("Signalen om te bespreken: {signals}.", "Signals to discuss: {signals}.")
LEFT = Text("Blijft op de agenda: {items}.", "Stays on the agenda: {items}.")
STUCK = Text("vast ({reason}, kijkdatum {day})", "blocked ({reason}, look again {day})")
NEXT_MEETING = Text("Volgend overleg: {when}", "Next meeting: {when}")
NEXT_NOT_PLANNED = Text(
    "Volgend overleg: nog niet gepland. Antwoord met de datum als die er is.",
    "Next meeting: not planned yet. Answer with the date if there is one.",
)
MEET_AGAIN = Text("Wanneer is het volgend overleg?", "When is the next meeting?")


def _start(request: Request) -> Effects:
    file, language = request.file, request.language
    if file.meeting:
        began = file.meeting.started_at.astimezone(request.now.tzinfo)
        refuse(request, RUNNING(language, time=f"{began:%H:%M}"))
    if not request.text:
        refuse(request, WHY_MEET(language))
    purpose = kept(request, request.text, PURPOSE_LENGTH)
    meeting = Meeting(
        file.ref,
        next_number(file.meetings),
        purpose.text,
        MeetingState.RUNNING,
        started_at=request.now.astimezone(UTC),
        started_by=request.sender,
    )
    agenda = _first_current(file.agenda)
    labels = [p.label for p in file.seated]
    lines = [
        STARTED(language, ref=file.ref, time=f"{request.now:%H:%M}", labels=unique(labels)),
        WHO_IS_HERE(language, label=labels[-1]),
        CONFIDENTIAL(language),
        *sight_lines(file, request.now.date(), language),
        *_open_lines(file, request),
        *([agenda_line(agenda, language)] if agenda else []),
        *warned(purpose, language),
    ]
    return (
        say(request, *lines)
        + changed(request, file, meeting, *agenda, event="meeting.started", thing=str(meeting.number))
        + _postponed(request)
    )


def _postponed(request: Request) -> Effects:
    """How often an action was postponed is for the chair to know, not for the group (domain 7.4)."""
    file = request.file
    often = [a for a in file.running if a.postponed >= request.region.timing.postponed]
    if not often:
        return Effects()
    language = Language.NL
    actions = ", ".join(TIMES(language, id=a.id, holder=a.holder, n=a.postponed) for a in often)
    return told(
        {seat.user_id for seat in file.with_function(Function.CHAIR)},
        Message((MOVED(language, ref=file.ref, actions=actions),), links=file.links),
        Rule.POSTPONED,
        cause=request.event_id,
        now=request.now,
        ref=file.ref,
    )


def _open_lines(file: CaseFile, request: Request) -> list[str]:
    language = request.language
    heard = before_meeting(file)
    running = [
        f"{a.id} {a.holder} ({short(a, request.now, language)})"
        for a in file.running
        if a not in {*heard.withheld, *heard.overtaken}
    ]
    lines = [OPEN_ACTIONS(language, actions=", ".join(running)) if running else NOTHING_OPEN(language)]
    waiting = [shown(s.signal, language) for s in file.signals if s.signal.state in WAITING]
    if waiting:
        lines.append(TO_DISCUSS(language, signals=", ".join(waiting)))
    return [*_heard_before(heard, language), *lines, *_proposed(proposed(file), language)]


def _heard_before(heard: Round, language: Language) -> Iterator[str]:
    """What holders said beforehand. No word of blame, and none of why somebody may not tell."""
    for text, actions in (
        (WITHHELD, heard.withheld),
        (OVERTAKEN, heard.overtaken),
        (NOT_DONE, heard.not_done),
    ):
        if actions:
            yield text(language, actions=", ".join(f"{a.id} {a.holder}" for a in actions))
    if heard.answered:
        said = [f"{a.id} {a.holder} {STATE_NAMES[a.state](language)}" for a in heard.answered]
        yield ANSWERED(language, actions=", ".join(said))
    if heard.silent:
        yield SILENT(language, actions=", ".join(f"{a.id} {a.holder}" for a in heard.silent))


def _proposed(actions: tuple[Action, ...], language: Language) -> list[str]:
    listed = [f"{a.id} {a.holder}" for a in actions]
    return [PROPOSED(language, actions=", ".join(listed))] if listed else []


def _first_current(agenda: tuple[AgendaItem, ...]) -> tuple[AgendaItem, ...]:
    if not agenda or any(item.state is AgendaState.CURRENT for item in agenda):
        return agenda
    return (*turned(agenda[:1], AgendaStep.TAKE_UP), *agenda[1:])


def _present(request: Request) -> Effects:
    file, language = request.file, request.language
    if file.meeting is None:
        refuse(request, NOT_RUNNING(language))
    seated = tuple(dict.fromkeys(p.label for p in file.seated))
    present = _present_labels(request, seated)
    absent = [label for label in seated if label not in present]
    lines = [PRESENT(language, present=", ".join(present))]
    if absent:
        lines.append(ABSENT(language, absent=", ".join(absent)))
    meeting = replace(file.meeting, present=present)
    return say(request, " ".join(lines)) + changed(
        request, file, meeting, event="meeting.present", thing=str(meeting.number)
    )


def _present_labels(request: Request, seated: tuple[str, ...]) -> tuple[str, ...]:
    rest = request.text.strip()
    everybody = _ALL.match(rest)
    rest = _EXCEPT.sub("", rest[everybody.end() :]) if everybody else rest
    named = {_seated_label(request, part, seated) for part in split_labels(rest)}
    if not everybody and not named:
        refuse(request, WHO(request.language, label=seated[-1]))
    return tuple(label for label in seated if (label in named) != bool(everybody))


def _seated_label(request: Request, spoken: str, seated: tuple[str, ...]) -> str:
    label = find_label(request, request.file, spoken)
    if label is None or label not in seated:
        refuse(request, NOT_SEATED(request.language, labels=", ".join(seated)))
    return label


def _stop(request: Request) -> Effects:
    file = request.file
    if file.meeting is None:
        refuse(request, NOT_RUNNING(request.language))
    typed = _NEXT.sub("", request.text).strip(" ,.")
    following = read(request, typed) if typed else None
    state = after(file.meeting.state, MeetingStep.END)
    assert state is not None, "a meeting that goes on or has a break can end"
    meeting = replace(file.meeting, state=state, ended_at=request.now.astimezone(UTC))
    treated = tuple(item for item in file.agenda if item.state is not AgendaState.WAITING)
    planned = following if isinstance(following, When) else None if typed else _planned_already(request)
    case = replace(
        file.case,
        next_meeting=planned.day if planned else None,
        next_meeting_time=planned.wall if planned else None,
    )
    lines = [
        *agreements(agreement_list(file, meeting), request.language),
        _next_line(request, planned or following, asked=bool(typed)),
    ]
    effects = say(request, *lines, headed=True) + changed(
        request, file, meeting, case, event="meeting.ended", thing=str(meeting.number)
    )
    if planned is None:
        effects += ask(request, STOP.name, _ASKS_NEXT, options=suggested(following))
    return effects + Effects(drop=treated)


def _planned_already(request: Request) -> When | None:
    case = request.file.case
    if case.next_meeting is None or case.next_meeting <= request.now.date():
        return None
    return When(case.next_meeting, case.next_meeting_time)


def _next_line(request: Request, following: When | Ask | None, *, asked: bool) -> str:
    if isinstance(following, When):
        return NEXT_MEETING(request.language, when=echo(following, request.language))
    if asked:
        return question_for(request, following, MEET_AGAIN)
    return NEXT_NOT_PLANNED(request.language)


def agreements(found: AgreementList, language: Language) -> list[str]:
    """The list of agreements as a message (domain 2.4 and 7.2)."""
    lines = [_title(found, language), PURPOSE(language, purpose=found.purpose.rstrip("."))]
    if found.present is not None:
        lines.append(PRESENT(language, present=", ".join(found.present)))
        lines += [ABSENT(language, absent=", ".join(found.absent))] if found.absent else []
    decided = [f"B{d.number} {d.text.rstrip('.')}" for d in found.decisions]
    if decided:
        lines.append(DECISIONS(language, decisions=" · ".join(decided)))
    if found.signals:
        lines.append(SIGNALS(language, signals=", ".join(shown(s, language) for s in found.signals)))
    listed = [f"{a.id} {a.holder} {_dated(a, language)}" for a in found.running]
    lines.append(ACTIONS(language, actions=" · ".join(listed)) if listed else NO_ACTIONS(language))
    lines += _proposed(found.proposed, language)
    ended = ((STATE_NAMES[state](language).capitalize(), found.ended_as(state)) for state in ENDED)
    lines += [f"{state}: {actions}." for state, actions in ended if actions]
    if found.inquiries:
        asked = [f"{i.id} {i.partner} {said(i, language)}" for i in found.inquiries]
        lines.append(INQUIRIES(language, inquiries=" · ".join(asked)))
    lines += remarked(found.remarks, language)
    return [*lines, LEFT(language, items="; ".join(found.left))] if found.left else lines


def _title(found: AgreementList, language: Language) -> str:
    day = say_day(found.started_at.date(), language=language.code)
    start, end = f"{found.started_at:%H:%M}", found.ended_at
    if end is None:
        return LIST_TITLE_RUNNING(language, ref=found.ref, day=day, start=start)
    return LIST_TITLE(language, ref=found.ref, day=day, start=start, end=f"{end:%H:%M}")


def _dated(action: Action, language: Language) -> str:
    if is_withheld(action):
        return NOT_PROVIDED(language)
    if action.look_back:
        reason = REASON_NAMES[action.reason](language) if action.reason else "?"
        return STUCK(language, reason=reason, day=say_short(action.look_back, language=language.code))
    wall = f" {action.due_time:%H:%M}" if action.due_time else ""
    return f"{say_short(action.due_date, language=language.code)}{wall}"


def _next_meeting(request: Request, question: Question) -> Effects | None:
    found = pick(request, _NEXT.sub("", request.text), dict(question.draft)["options"])
    if found is None:
        return None
    if isinstance(found, Ask):
        raise Answered(
            say(request, question_for(request, found, MEET_AGAIN))
            + ask(request, STOP.name, _ASKS_NEXT, options=suggested(found))
        )
    case = replace(request.file.case, next_meeting=found.day, next_meeting_time=found.wall)
    text = NEXT_MEETING(request.language, when=echo(found, request.language))
    return say(request, text) + changed(request, request.file, case, event="meeting.planned")


START = Command(
    name=Text("overleg start", "meeting start"),
    aliases=(Text("start overleg", "start meeting"),),
    who=CHAIRS,
    where=Where.CASE,
    help=Text("begint een overleg, met de open acties eerst", "begins a meeting, open actions first"),
    examples=(Text('overleg start "afspraken herijken"', 'meeting start "review the agreements"'),),
    parameters=(Parameter(Text("doel", "purpose"), Kind.TEXT),),
    execute=_start,
)

STOP = Command(
    name=Text("overleg stop", "meeting stop"),
    aliases=(Text("stop overleg", "stop meeting"),),
    who=CHAIRS,
    where=Where.CASE,
    help=Text("rondt het overleg af met de afsprakenlijst", "ends the meeting with the list of agreements"),
    examples=(
        Text("overleg stop", "meeting stop"),
        Text("overleg stop, volgend overleg 16 maart 10:00", "meeting stop, next meeting 16 March 10:00"),
    ),
    parameters=(
        Parameter(
            Text("wanneer", "when"),
            Kind.WHEN,
            optional=True,
            before=Text(" volgend overleg ", " next meeting "),
        ),
    ),
    execute=_stop,
    answer=_next_meeting,
    asks=(_ASKS_NEXT,),
)

PRESENT_COMMAND = Command(
    name=Text("aanwezig", "present"),
    who=CHAIRS,
    where=Where.CASE,
    help=Text("legt vast welke rollen aan tafel zitten", "records which roles are at the table"),
    examples=(
        Text("aanwezig allen behalve onderwijs", "present all except onderwijs"),
        Text("aanwezig leerplicht, wijkagent", "present leerplicht, wijkagent"),
    ),
    parameters=(Parameter(Text("rollen", "roles"), Kind.ROLE),),
    execute=_present,
)
