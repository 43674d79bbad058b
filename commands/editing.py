"""A message that is edited or removed: the bot offers the changed record, or asks what is meant. It never just acts.

An edit stands in the room under the old time, where nobody looks any more; so the change is read back as a
question. A removal is not encrypted, so anybody who runs the homeserver can make one up: it is only asked about.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.dates import When, say_when
from bot.core.effects import Effects, Logged, Say, ToRoom
from bot.core.records.actions import RUNNING, Action, ActionKind, ActionState, ActionStep, LifeDomain, after
from bot.core.records.inquiries import Inquiry
from bot.core.records.meetings import AgendaItem, Decision
from bot.core.records.signals import SignalFact
from bot.core.text import Language, Message, Text, listed
from commands.actions.new import ACTION, LISTED, echoed, read_whole
from commands.conversation.answers import draft, is_no, is_yes
from commands.conversation.command import ASKS_EDITED, CHAIRS
from commands.conversation.dating import from_draft, written
from commands.conversation.remembering import Thing, everything
from commands.conversation.replies import ACTION_LENGTH, AND, Answered, ask, changed, kept, refuse, say
from commands.inquiries.ask import INQUIRY
from commands.meetings.agenda import AGENDA_COMMAND, agenda_line, typed_items
from commands.meetings.decision import DECISION, DECISION_LENGTH, read_decision
from commands.signals.park import SIGNAL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.core.casefile import CaseFile
    from bot.core.records.kinds import Record
    from bot.core.records.trail import Question, Source
    from commands.conversation.command import Request
    from commands.conversation.parsing import Invocation

BECOMES = Text(
    "{id}: was {was}.\nWordt {becomes}.\nKlopt dit? (ja / nee)",
    "{id}: was {was}.\nBecomes {becomes}.\nIs this right? (yes / no)",
)
SAME = Text("{id} verandert hierdoor niet.", "{id} does not change by this.")
KEEPS = Text("{id} blijft zoals het is. {why}", "{id} stays as it is. {why}")
AGREED_ALREADY = Text(
    "Het is al afgesproken. Alleen een voorzitter verandert het nog; vraag het daar.",
    "It is agreed already. Only a chair can still change it; ask there.",
)
ENDED = Text("Het loopt niet meer. Kijk met !acties.", "It no longer runs. Try !actions.")
CHANGED_TO = Text("Gewijzigd. {line}", "Changed. {line}")
UNCHANGED = Text("Goed, er verandert niets.", "Fine, nothing changes.")
RUN_EDITED = Text(
    "Je hebt je bericht gewijzigd. Zal ik dit uitvoeren: !{command}? (ja / nee)",
    "You edited your message. Shall I carry this out: !{command}? (yes / no)",
)
SEVERAL = Text(
    "Met dit bericht zijn {ids} vastgelegd; die blijven zoals ze zijn. Stuur per wijziging een nieuw bericht.",
    "This message recorded {ids}; they stay as they are. Send a new message for each change.",
)
ANOTHER_INQUIRY = Text(
    "{id} blijft zoals zij is. Een andere vraag, ander doel of andere grondslag is een nieuwe navraag; deze trek je in met "
    "!navraag intrekken {id}.",
    "{id} stays as it is. Another question, purpose or lawful basis is a new inquiry; withdraw this one with "
    "!inquiry withdraw {id}.",
)
WORDS_STAY = Text(
    "{id} blijft zoals het is: van een signaal blijven de eerste woorden staan. Aanvullen: stuur !signaal {id} <tekst>; "
    "weghalen: !wis {id}.",
    "{id} stays as it is: of a signal the first words are kept. To add, send !signal {id} <text>; to remove, "
    "!redact {id}.",
)
OTHER_COUNT = Text(
    "De agenda blijft zoals hij is. Een punt erbij: stuur !agenda <punt>; een punt weg: !wis agenda 2.",
    "The agenda stays as it is. To add an item, send !agenda <item>; to remove one, !redact agenda 2.",
)
DECIDED = Text("{text}; reden: {reason}", "{text}; reason: {reason}")
ACTION_REMOVED = Text(
    "Er is een opdracht verwijderd. {ids} blijft staan. Weghalen kan met !vervallen {first} <reden>, alleen de tekst "
    "met !wis {first}.",
    "A command was removed. {ids} stays. Take it out with !void {first} <reason>, its text alone with !redact {first}.",
)
DECISION_REMOVED = Text(
    "Er is een opdracht verwijderd. {ids} blijft staan. De tekst weghalen kan met !wis {first}.",
    "A command was removed. {ids} stays. Remove its text with !redact {first}.",
)


def edited(request: Request, said: Invocation) -> Effects | None:
    """What an edited command would change in what it had made; None where it had made nothing of the kind."""
    if any(source.made and source.said_by != request.sender for source in request.sources):
        return Effects()  # nobody edits another's message; a client that tries is not listened to
    made = _made(request, request.sources)
    if said.command is ACTION and len(made) == 1 and isinstance(made[0], Action):
        return _action(request, made[0])
    noted = [thing for thing in made if isinstance(thing, SignalFact)]
    if said.command is SIGNAL and noted:
        refuse(request, WORDS_STAY(request.language, id=noted[0].id))
    if said.command is DECISION:
        decisions = [thing for thing in made if isinstance(thing, Decision)]
        return _decision(request, decisions[0]) if decisions else None
    items = tuple(thing for thing in made if isinstance(thing, AgendaItem))
    if said.command is AGENDA_COMMAND and items:
        return _agenda(request, items)
    if said.command is INQUIRY and (asked := [thing for thing in made if isinstance(thing, Inquiry)]):
        refuse(request, ANOTHER_INQUIRY(request.language, id=asked[0].id))
    if said.command in {ACTION, DECISION} and made:
        ids = listed([thing.id for thing in made], AND(request.language))
        refuse(request, SEVERAL(request.language, ids=ids))
    return None


def confirmed(request: Request, question: Question) -> Effects | None:
    """The answer to the offer."""
    if is_no(request.text):
        return say(request, UNCHANGED(request.language))
    if not is_yes(request.text):
        return None
    half = draft(question)
    match half["thing"]:
        case "action":
            return _action_changed(request, half)
        case "decision":
            return _decision_changed(request, half)
        case _:
            return _agenda_changed(request, half)


def removed(file: CaseFile, sources: tuple[Source, ...], *, room_id: str, event_id: str) -> Effects:
    """Somebody removed a message that had made something: it is asked about, once."""
    things = {thing.id: thing for thing in everything(file).values() if isinstance(thing, Action | Decision)}
    ids = [source.thing for source in sources if source.made and source.thing in things]
    ids = [thing for thing in ids if not _is_over(things[thing])]
    if not ids:
        return Effects()
    language = Language.NL
    text = ACTION_REMOVED if isinstance(things[ids[0]], Action) else DECISION_REMOVED
    line = text(language, ids=listed(ids, AND(language)), first=ids[0])
    said = Say(ToRoom(room_id), Message.of(line), key=f"removed:{event_id}")
    return Effects(send=(said,), log=(Logged("command.removed", file.ref, " ".join(ids)),))


def _is_over(thing: Record) -> bool:
    return isinstance(thing, Action) and thing.state not in RUNNING | {ActionState.PROPOSED}


def _made(request: Request, sources: Iterable[Source]) -> list[Thing]:
    """The things that this message of this sender had made, and that are still there."""
    own = {s.thing for s in sources if s.made and s.said_by == request.sender and s.case_ref == request.ref}
    here = everything(request.file).values() if request.case else ()
    return [thing for thing in here if isinstance(thing, Thing) and thing.id in own]


def _offer(request: Request, named: str, was: str, becomes: str, **half: str) -> Effects:
    if was == becomes:
        return say(request, SAME(request.language, id=named))
    text = BECOMES(request.language, id=named, was=was, becomes=becomes)
    command = {"action": ACTION, "decision": DECISION}.get(half["thing"], AGENDA_COMMAND)
    return say(request, text) + ask(request, command.name, ASKS_EDITED, **half)


# Actions


def _action(request: Request, action: Action) -> Effects:
    try:
        _must_be_open(request, action)
        whole = read_whole(request, request.text)
    except Answered as stopped:
        refuse(request, KEEPS(request.language, id=action.id, why=" ".join(stopped.lines)))
    was = When(action.due_date, action.due_time)
    becomes = _line(whole.holder, whole.what, whole.when, request)
    return _offer(
        request,
        action.id,
        _line(action.holder, action.text, was, request),
        becomes,
        thing="action",
        number=str(action.number),
        holder=whole.holder,
        person=whole.person or "",
        text=whole.what,
        when=written(whole.when),
        kind=str(whole.kind or ""),
        domain=str(whole.domain or ""),
    )


def _line(holder: str, text: str, when: When, request: Request) -> str:
    day = say_when(When(when.day, when.wall), language=request.language.code)
    return f"{holder}: {text.rstrip('.')}, {day}"


def _must_be_open(request: Request, action: Action) -> None:
    """Ends the command unless the sender may still change this action."""
    if action.state is not ActionState.PROPOSED and not request.functions & CHAIRS:
        refuse(request, AGREED_ALREADY(request.language))
    if action.state is not ActionState.PROPOSED and after(action.state, ActionStep.POSTPONE) is None:
        refuse(request, ENDED(request.language))


def _action_changed(request: Request, half: dict[str, str]) -> Effects:
    action = request.file.action(int(half["number"]))
    if action is None:
        refuse(request, ENDED(request.language))
    _must_be_open(request, action)
    when = from_draft(half["when"])
    moved = (when.day, when.wall) != (action.due_date, action.due_time)
    state = after(action.state, ActionStep.POSTPONE) if moved else None
    new = replace(
        action,
        holder=half["holder"],
        holder_user=half["person"] or (action.holder_user if half["holder"] == action.holder else None),
        text=kept(request, half["text"], ACTION_LENGTH).text,
        due_date=when.day,
        due_time=when.wall,
        state=state or action.state,
        look_back=None if moved else action.look_back,
        kind=ActionKind(half["kind"]) if half["kind"] else action.kind,
        life_domain=LifeDomain(half["domain"]) if half["domain"] else action.life_domain,
        updated_at=request.now.astimezone(UTC),
    )
    line = CHANGED_TO(request.language, line=echoed(request, new, LISTED, when))
    return say(request, line) + changed(request, request.file, new, event="action.changed", thing=new.id)


# Decisions


def _decision(request: Request, decision: Decision) -> Effects:
    text, reason = read_decision(request.text)
    if not text:
        refuse(request, SAME(request.language, id=decision.id))
    text = kept(request, text, DECISION_LENGTH).text
    reason = kept(request, reason).text if reason else decision.reason
    return _offer(
        request,
        decision.id,
        _decided(request, decision.text, decision.reason),
        _decided(request, text, reason),
        thing="decision",
        number=str(decision.number),
        text=text,
        reason=reason,
    )


def _decided(request: Request, text: str, reason: str) -> str:
    return DECIDED(request.language, text=text.rstrip("."), reason=reason.rstrip("."))


def _decision_changed(request: Request, half: dict[str, str]) -> Effects:
    decision = next((d for d in request.file.decisions if d.number == int(half["number"])), None)
    if decision is None:
        refuse(request, ENDED(request.language))
    text, reason = kept(request, half["text"], DECISION_LENGTH).text, kept(request, half["reason"]).text
    new = replace(decision, text=text, reason=reason)
    line = CHANGED_TO(request.language, line=f"{new.id}: {_decided(request, text, reason)}.")
    return say(request, line) + changed(request, request.file, new, event="decision.changed", thing=new.id)


# The agenda


def _agenda(request: Request, items: tuple[AgendaItem, ...]) -> Effects:
    new = typed_items(request)
    if len(new) != len(items):
        refuse(request, OTHER_COUNT(request.language))
    return _offer(
        request,
        "Agenda",
        "; ".join(item.text for item in items),
        "; ".join(text.text for text in new),
        thing="agenda",
        **{str(item.number): text.text for item, text in zip(items, new, strict=True)},
    )


def _agenda_changed(request: Request, half: dict[str, str]) -> Effects:
    renamed = {int(number): text for number, text in half.items() if number.isdecimal()}
    items = tuple(
        replace(item, text=kept(request, renamed[item.number]).text)
        for item in request.file.agenda
        if item.number in renamed
    )
    by_number = {item.number: item for item in items}
    agenda = tuple(by_number.get(item.number, item) for item in request.file.agenda)
    line = CHANGED_TO(request.language, line=agenda_line(agenda, request.language))
    return say(request, line) + changed(request, request.file, *items, event="agenda.changed")
