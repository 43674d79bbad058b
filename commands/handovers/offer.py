"""`overdracht naar` and `overdracht buitenland`: a case is offered to another region, or went a formal way abroad.

A chair's word, twice: what goes is shown first. What goes is agreements and references, no dossier (domain 2.7).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING

from bot.core.casefile import new_decision
from bot.core.dates import say_day
from bot.core.dates.calendar import add_working_days, at_local
from bot.core.effects import (
    Effects,
    Invite,
    Logged,
    OpenHandoverRoom,
    SendLetter,
    ToHandover,
)
from bot.core.records.cases import Function
from bot.core.records.handovers import (
    RUNNING,
    STATE_NAMES,
    HandedAction,
    HandedDecision,
    Handover,
    HandoverState,
    Proposal,
    Side,
    written,
)
from bot.core.text import Message, Text, listed
from commands.conversation.answers import ASKS_REASON, draft, is_no, is_yes
from commands.conversation.command import CHAIRS, Asks, Command, Kind, Parameter, Where
from commands.conversation.parsing import folded
from commands.conversation.reasons import REASON_IS, given_reason, split_reason
from commands.conversation.replies import AND, OR, ask, changed, kept, refuse, say, warned
from commands.handovers.follow import PROTOCOL, named, protocol_of, step_action

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.core.records.trail import Question
    from bot.core.region import Neighbour
    from bot.core.text import Language
    from commands.conversation.command import Request

_ASKS_CONFIRM = Asks("confirm", weighs=True)
_CHANNEL = re.compile(r"^(?:via|through)\s+", re.IGNORECASE)
MOST_ACTIONS, MOST_DECISIONS = 30, 20
"""What fits in one encrypted event (65,536 bytes)."""
_DIRECTING = (Function.CHAIR, Function.PROCESS_COORDINATOR, Function.CASE_COORDINATOR)

NO_REGIONS = Text(
    "Er is nog geen andere regio ingesteld. Vraag de beheerder om regions in te vullen.",
    "No other region is set up yet. Ask the operator to fill in regions.",
)
WHICH_REGION = Text(
    "Naar welke regio? Ik ken {names}. Bijv. !overdracht naar {example} reden verhuisd.",
    "To which region? I know {names}. For example !handover to {example} reason moved.",
)
WHY = Text(
    'Waarom gaat de casus naar regio {region}? Antwoord met "reden: …".',
    'Why does the case go to region {region}? Answer with "reason: …".',
)
UNDER_WAY = Text(
    "Er loopt al een overdracht naar regio {region}: {state}. Kijk met !overdracht.",
    "A handover to region {region} is under way: {state}. Try !handover.",
)
TOO_MANY = Text(
    "Er lopen {n} acties; {most} kunnen mee. Rond eerst af wat klaar is.",
    "{n} actions are running; {most} can go. First finish what is done.",
)
AGAIN = Text(
    "Regio {region} heeft nog niet geantwoord. Ik stuur het voorstel nog een keer; hebben zij het al, dan verandert er "
    "niets.",
    "Region {region} has not answered yet. I send the proposal once more; if they have it already, nothing changes.",
)
CHECK = Text(
    "Naar regio {region} gaat dit, en niets anders:\nReferentie: {ref}. Reden: {reason}.\nActies: {actions}. "
    "Besluiten: {decisions}. Te bereiken: {contacts}.\nTot zij accepteren blijven wij verantwoordelijk. Versturen? "
    "(ja / nee)",
    "To region {region} goes this, and nothing else:\nReference: {ref}. Reason: {reason}.\nActions: {actions}. "
    "Decisions: {decisions}. To be reached: {contacts}.\nUntil they accept we stay responsible. Send? (yes / no)",
)
NONE = Text("geen", "none")
NOT_SENT = Text("Goed. Er is niets verstuurd.", "Fine. Nothing was sent.")
PROPOSED = Text(
    "De overdracht van {ref} aan regio {region} is voorgesteld. Wij blijven verantwoordelijk tot zij accepteren.",
    "The handover of {ref} to region {region} is proposed. We stay responsible until they accept.",
)
LETTER = Text(
    "Overdracht van {ref}, van {own} aan regio {region}", "Handover of {ref}, from {own} to region {region}"
)
LETTER_REASON = Text("Reden: {reason}.", "Reason: {reason}.")
LETTER_ACTIONS = Text("Open acties:", "Open actions:")
LETTER_ACTION = Text("{id} {holder}: {text}, uiterlijk {day}", "{id} {holder}: {text}, by {day}")
LETTER_DECISIONS = Text("Besluiten:", "Decisions:")
LETTER_DECISION = Text("{id} {text}. Reden: {reason}", "{id} {text}. Reason: {reason}")
LETTER_END = Text(
    "Te bereiken: {contacts}. Tot jullie accepteren blijven wij verantwoordelijk.",
    "To be reached: {contacts}. Until you accept we stay responsible.",
)
LETTER_HOW = Text(
    "Typ hier: !overdracht ontvangen, !overdracht gesprek <datum>, !overdracht accepteer of !overdracht weiger "
    "<reden>. Na het gesprek: !overdracht gesprek gevoerd, en !overdracht afgerond.",
    "Type here: !handover received, !handover call <date>, !handover accept or !handover refuse <reason>. After the "
    "call: !handover call held, and !handover completed.",
)
WHICH_CHANNEL = Text(
    "Via welk formeel kanaal? Kies {names}. Bijv. !overdracht buitenland via {example} reden gezin vertrokken.",
    "Through which formal channel? Choose {names}. For example !handover abroad via {example} reason family left.",
)
WHY_ABROAD = Text("Zet de reden erbij: … reden <waarom>.", "Add the reason: … reason <why>.")
ABROAD = Text("overdracht naar het buitenland via {channel}", "handover abroad through {channel}")
NOTED = Text(
    "B{number}: overdracht naar het buitenland via {channel}. De inhoud blijft in dat kanaal; hier staat alleen dat "
    "het is gebruikt.",
    "B{number}: handover abroad through {channel}. The content stays in that channel; here stands only that it was "
    "used.",
)


def _propose(request: Request) -> Effects:
    neighbour, rest = _neighbour(request)
    running = running_from(request)
    if running and running.state is HandoverState.PROPOSED and running.peer == neighbour.peer:
        return say(request, AGAIN(request.language, region=neighbour.name)) + _sent(
            request, neighbour, running
        )
    if running:
        state = STATE_NAMES[running.state](request.language)
        refuse(request, UNDER_WAY(request.language, region=running.region, state=state))
    _, reason = split_reason(rest)
    if not reason:
        question = WHY(request.language, region=neighbour.name)
        return say(request, question) + ask(request, PROPOSE.name, ASKS_REASON, region=neighbour.name)
    return _shown(request, neighbour, reason)


def running_from(request: Request) -> Handover | None:
    """The handover by which this case is leaving us."""
    return next((h for h in request.file.handovers if h.side is Side.SENDER and h.state in RUNNING), None)


def _neighbour(request: Request) -> tuple[Neighbour, str]:
    """The region that the text begins with, and what follows."""
    known = request.region.neighbours
    if not known:
        refuse(request, NO_REGIONS(request.language))
    typed = re.sub(r"^(?:de\s+)?(?:regio|region)\s+", "", request.text.strip(), flags=re.IGNORECASE)
    fitting = [one for one in known if re.match(rf"{re.escape(folded(one.name))}(?!\w)", folded(typed))]
    if not fitting:
        names = listed([one.name for one in known], OR(request.language))
        refuse(request, WHICH_REGION(request.language, names=names, example=known[0].name))
    found = max(fitting, key=lambda one: len(one.name))
    return found, typed[len(found.name) :]


def _shown(request: Request, neighbour: Neighbour, typed: str) -> Effects:
    """What would go, before it goes: it leaves the circle of the case."""
    language, file = request.language, request.file
    reason = kept(request, typed)
    if len(_offered(request)) > MOST_ACTIONS:
        refuse(request, TOO_MANY(language, n=len(_offered(request)), most=MOST_ACTIONS))
    words = CHECK(
        language,
        region=neighbour.name,
        ref=file.ref,
        reason=reason.text.rstrip("."),
        actions=", ".join(f"A{number}" for number in _offered(request)) or NONE(language),
        decisions=", ".join(d.id for d in file.decisions[-MOST_DECISIONS:]) or NONE(language),
        contacts=listed(_contacts(request), AND(language)) or NONE(language),
    )
    asked = ask(request, PROPOSE.name, _ASKS_CONFIRM, region=neighbour.name, reason=reason.text)
    log = Effects(log=(Logged("handover.shown", file.ref, neighbour.name),))
    return say(request, words, *warned(reason, language)) + asked + log


def _answer(request: Request, question: Question) -> Effects | None:
    half = draft(question)
    if question.asks == ASKS_REASON.name:
        reason = given_reason(request)
        return _propose(replace(request, text=f"{half['region']}, {REASON_IS}{reason}")) if reason else None
    if is_no(request.text):
        return say(request, NOT_SENT(request.language))
    if not is_yes(request.text):
        return None
    neighbour, _ = _neighbour(replace(request, text=half["region"]))
    if running := running_from(request):
        state = STATE_NAMES[running.state](request.language)
        refuse(request, UNDER_WAY(request.language, region=running.region, state=state))
    return _proposed(request, neighbour, half["reason"])


def _proposed(request: Request, neighbour: Neighbour, reason: str) -> Effects:
    file, now, language = request.file, request.now.astimezone(UTC), request.language
    # The event names it once and for ever; a crash before the end of this makes the same again.
    id_ = sha256(f"{request.bot} {request.event_id}".encode()).hexdigest()[:32]
    follow = step_action(request, "follow", request.now.date())
    handover = Handover(
        id_,
        Side.SENDER,
        neighbour.name,
        neighbour.peer,
        HandoverState.PROPOSED,
        proposed_at=now,
        proposed_by=request.sender,
        case_ref=file.ref,
        reason=kept(request, reason).text,
        handed=_offered(request),
        sent=1,
        follow=follow[0].number if follow else None,
        overdue_at=overdue_at(request, request.now.date()),
    )
    room = ToHandover(id_)
    text = PROPOSED(language, ref=file.ref, region=neighbour.name)
    return (
        say(request, text, *map(named, follow))
        + changed(request, file, handover, *follow, event="handover.proposed", thing=neighbour.name)
        + Effects(
            send=(
                OpenHandoverRoom(id_, file.ref),
                Invite(room, neighbour.peer),
                Invite(room, request.sender),
            )
        )
        + _sent(request, neighbour, handover)
    )


def _sent(request: Request, neighbour: Neighbour, handover: Handover) -> Effects:
    """The proposal on its way; a second time under the same number, so that who has it already passes it over."""
    proposal = _proposal(request, handover)
    words = Message.of(*_letter(request, neighbour, proposal), headed=True)
    return Effects(send=(SendLetter(ToHandover(handover.id), words, written(proposal), neighbour.peer),))


def overdue_at(request: Request, start: date) -> datetime:
    """When the coordinators hear that nobody accepted: both sides count from the same day."""
    day = add_working_days(start, protocol_of(request).terms["acceptance"])
    return at_local(day, request.region.timing.opens).astimezone(UTC)


def _offered(request: Request) -> tuple[int, ...]:
    """The actions that go: all that run, but for those of the handover itself and our own review of who is out of
    sight."""
    sight = request.file.out_of_sight
    review = sight.review if sight else None
    running = request.file.running
    return tuple(sorted(a.number for a in running if a.protocol != PROTOCOL and a.number != review))


def _contacts(request: Request) -> list[str]:
    return list(dict.fromkeys(seat.label for seat in request.file.with_function(*_DIRECTING)))


def _proposal(request: Request, handover: Handover) -> Proposal:
    file = request.file
    assert handover.reason is not None, "a proposal has its reason"
    shown = [d for d in file.decisions if d.decided_at <= handover.proposed_at]
    return Proposal(
        handover.id,
        file.ref,
        handover.reason,
        tuple(kept(request, label).text for label in _contacts(request)),
        tuple(
            HandedAction(a.id, a.text, kept(request, a.holder).text, a.due_date)
            for a in file.running
            if a.number in handover.handed
        ),
        tuple(HandedDecision(d.id, d.text, d.reason) for d in shown[-MOST_DECISIONS:]),
    )


def _letter(request: Request, neighbour: Neighbour, proposal: Proposal) -> list[str]:
    """The words of the proposal: what its structure says, and no more."""
    language = request.language
    lines = [
        LETTER(language, ref=proposal.reference, own=request.region.name, region=neighbour.name),
        LETTER_REASON(language, reason=proposal.reason.rstrip(".")),
        *proposal_lines(proposal.actions, proposal.decisions, language),
        LETTER_END(language, contacts=listed([*proposal.contacts], AND(language)) or NONE(language)),
    ]
    return lines if neighbour.bot else [*lines, LETTER_HOW(language)]


def proposal_lines(
    actions: tuple[HandedAction, ...], decisions: tuple[HandedDecision, ...], language: Language
) -> list[str]:
    """The actions and decisions of a proposal, for a reader."""
    lines = [LETTER_ACTIONS(language)] if actions else []
    for a in actions:
        day = say_day(a.due_date, language=language.code)
        lines.append(LETTER_ACTION(language, id=a.id, holder=a.holder, text=a.text, day=day))
    lines += [LETTER_DECISIONS(language)] if decisions else []
    lines += [LETTER_DECISION(language, id=d.id, text=d.text, reason=d.reason) for d in decisions]
    return lines


def _abroad(request: Request) -> Effects:
    """That the formal channel was used, as a decision; nothing of what went through it (domain A25)."""
    language, file = request.language, request.file
    via, why = split_reason(request.text)
    typed = _CHANNEL.sub("", via)
    channels = protocol_of(request).lists["abroad"]
    channel = next((key for key in channels if folded(key) == folded(typed)), None)
    if channel is None:
        names = listed(list(channels), OR(language))
        refuse(request, WHICH_CHANNEL(language, names=names, example=next(iter(channels))))
    if not why:
        refuse(request, WHY_ABROAD(language))
    named_channel = channels[channel](language)
    reason = kept(request, why)
    words = kept(request, ABROAD(language, channel=named_channel)).text
    decision = new_decision(file, words, reason.text, at=request.now, by=request.sender)
    text = NOTED(language, number=decision.number, channel=named_channel)
    return say(request, text, *warned(reason, language)) + changed(
        request, file, decision, event="handover.abroad", thing=decision.id
    )


PROPOSE = Command(
    name=Text("overdracht naar", "handover to"),
    aliases=(Text("overdragen aan", "hand over to"),),
    who=CHAIRS,
    where=Where.CASE,
    in_theme=False,
    help=Text(
        "biedt de casus aan een andere regio aan; wij blijven verantwoordelijk tot die accepteert",
        "offers the case to another region; we stay responsible until it accepts",
    ),
    examples=(Text("overdracht naar Elders reden verhuisd", "handover to Elders reason moved"),),
    parameters=(
        Parameter(Text("regio", "region"), Kind.TEXT),
        Parameter(Text("reden", "reason"), Kind.TEXT, before=Text(" reden ", " reason ")),
    ),
    execute=_propose,
    answer=_answer,
    waits_for=(ASKS_REASON, _ASKS_CONFIRM),
)

ABROAD_COMMAND = Command(
    name=Text("overdracht buitenland", "handover abroad"),
    who=CHAIRS,
    where=Where.CASE,
    in_theme=False,
    help=Text(
        "legt vast dat een formeel kanaal naar het buitenland is gebruikt, zonder inhoud",
        "records that a formal channel abroad was used, without content",
    ),
    examples=(
        Text(
            "overdracht buitenland via LBVP reden vertrokken naar een ander land",
            "handover abroad via LBVP reason left for another country",
        ),
    ),
    parameters=(
        Parameter(Text("kanaal", "channel"), Kind.TEXT, before=Text(" via ", " via ")),
        Parameter(Text("reden", "reason"), Kind.TEXT, before=Text(" reden ", " reason ")),
    ),
    execute=_abroad,
)
