"""`agenda` and `agenda volgende`: what is discussed, in which order, and what it is about now."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.casefile import next_number
from bot.core.effects import Effects, Logged
from bot.core.records.meetings import AGENDA_TRANSITIONS, AgendaItem, AgendaState, AgendaStep
from bot.core.text import Text
from commands.conversation.command import CHAIRS, EVERYBODY, Command, Kind, Parameter, Where
from commands.conversation.replies import changed, kept, refuse, say, warned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.core.guard import Kept
    from bot.core.text import Language
    from commands.conversation.command import Request

ITEM_LENGTH = 80
_NUMBERED = re.compile(r"^\d{1,2}[).]\s*")

AGENDA = Text("Agenda: {items}.", "Agenda: {items}.")
NOW = Text("Nu: {item}.", "Now: {item}.")
EMPTY = Text(
    "De agenda is leeg. Vullen kan zo: !agenda vorige acties; beeldvorming; besluiten.",
    "The agenda is empty. Fill it like this: !agenda earlier actions; overview; decisions.",
)
NOT_RUNNING = Text(
    'Er loopt geen overleg. De voorzitter begint met !overleg start "doel".',
    'No meeting is running. The chair begins with !meeting start "purpose".',
)
AT_THE_END = Text(
    "Dat was het laatste punt. Afronden kan met !overleg stop.",
    "That was the last item. End the meeting with !meeting stop.",
)


def agenda_line(agenda: tuple[AgendaItem, ...], language: Language) -> str:
    """The items, numbered by their place, and the current one."""
    items = " ".join(f"{n}) {item.text}" for n, item in enumerate(agenda, 1))
    now = [str(n) for n, item in enumerate(agenda, 1) if item.state is AgendaState.CURRENT]
    line = AGENDA(language, items=items)
    return f"{line} {NOW(language, item=now[0])}" if now else line


def _agenda(request: Request) -> Effects:
    file, language = request.file, request.language
    texts = typed_items(request)
    if not texts:
        line = agenda_line(file.agenda, language) if file.agenda else EMPTY(language)
        return say(request, line) + Effects(log=(Logged("agenda.read", file.ref),))
    first = next_number(file.agenda)
    added = [
        AgendaItem(file.ref, number, text.text, AgendaState.WAITING, request.sender)
        for number, text in enumerate(texts, first)
    ]
    if file.meeting and not file.agenda:
        added = [*turned(added[:1], AgendaStep.TAKE_UP), *added[1:]]
    warnings = tuple(dict.fromkeys(line for text in texts for line in warned(text, language)))
    return say(request, agenda_line((*file.agenda, *added), language), *warnings) + changed(
        request, file, *added, event="agenda.added"
    )


def typed_items(request: Request) -> list[Kept]:
    """The items that were typed, without the numbers people put before them."""
    typed = [_NUMBERED.sub("", part.strip()) for part in re.split(r"[;\n]", request.text)]
    return [kept(request, part, ITEM_LENGTH) for part in typed if part]


def turned(items: Iterable[AgendaItem], step: AgendaStep) -> Iterator[AgendaItem]:
    """The items of which the table lets this step be taken, in the state that it leads to."""
    for item in items:
        if state := AGENDA_TRANSITIONS.after(item.state, step):
            yield replace(item, state=state)


def _next(request: Request) -> Effects:
    file, language = request.file, request.language
    if file.meeting is None:
        refuse(request, NOT_RUNNING(language))
    if not file.agenda:
        refuse(request, EMPTY(language))
    treated = tuple(turned(file.agenda, AgendaStep.TREAT))
    current = next(turned(file.agenda, AgendaStep.TAKE_UP), None)
    if current is None:
        return say(request, AT_THE_END(language)) + changed(request, file, *treated, event="agenda.next")
    place = next(n for n, item in enumerate(file.agenda, 1) if item.number == current.number)
    return say(request, NOW(language, item=f"{place}) {current.text}")) + changed(
        request, file, *treated, current, event="agenda.next", thing=str(place)
    )


AGENDA_COMMAND = Command(
    name=Text("agenda", "agenda"),
    who=EVERYBODY,
    where=Where.CASE,
    help=Text("laat de agenda zien, of zet er punten bij", "shows the agenda, or adds items"),
    examples=(
        Text("agenda", "agenda"),
        Text("agenda vorige acties; beeldvorming; besluiten", "agenda earlier actions; overview; decisions"),
    ),
    parameters=(
        Parameter(Text("punt", "item"), Kind.TEXT, optional=True),
        Parameter(Text("punt", "item"), Kind.TEXT, optional=True, before=Text("; ", "; ")),
    ),
    execute=_agenda,
    by_line=True,
)

NEXT = Command(
    name=Text("agenda volgende", "agenda next"),
    who=CHAIRS,
    where=Where.CASE,
    help=Text("gaat naar het volgende punt", "goes to the next item"),
    examples=(Text("agenda volgende", "agenda next"),),
    execute=_next,
)
