"""`casus sluit` and `casus heropen`: the end of a case, as a decision of people.

A case closes once every action has an end and somebody was told, with a party for what remains (domain 2.1, step 10).
What is counted is what the actions did, never how many there were or whose they were (domain B6, rule 10).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.casefile import new_decision, next_number
from bot.core.dates import say_day
from bot.core.effects import Effects, Logged
from bot.core.records.actions import OUTCOME_NAMES, ActionState
from bot.core.records.cases import CaseStep, Closing, Function, after, without_end
from bot.core.records.handovers import RUNNING as HANDING_OVER
from bot.core.records.handovers import STATE_NAMES as HANDOVER_NAMES
from bot.core.records.people import DigestPlan
from bot.core.records.signals import STATE_NAMES as SIGNAL_STATES
from bot.core.records.signals import WAITING
from bot.core.reminding.digest_plan import next_due_at
from bot.core.text import Text
from commands.conversation.answers import ASKS_REASON, draft
from commands.conversation.command import CHAIRS, Asks, Command, Kind, Parameter, Where
from commands.conversation.parsing import folded
from commands.conversation.planning import AFTERCARE, CLOSING, planned
from commands.conversation.reading import find_label
from commands.conversation.reasons import bare_reason, given_reason
from commands.conversation.replies import ask, changed, kept, refuse, say, warned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action
    from bot.core.records.trail import Question
    from commands.conversation.command import Request

_ASKS_TOLD, _ASKS_RECEIVER, _ASKS_CHOICE = Asks("told"), Asks("receiver"), Asks("choice")
_ASKED_ALWAYS = {asks.name: asks for asks in (_ASKS_TOLD, _ASKS_RECEIVER)}
"""The other questions are those of the protocol, and may be a region's own."""
TOLD_LENGTH, CLOSING_LENGTH = 80, 500
_TOLD = re.compile(r"^(?:ge[iï]nformeerd|informed)\b\s*+:?\s*+", re.IGNORECASE)
_TO = re.compile(r"^(?:naar|bij|aan|to|with)\s+", re.IGNORECASE)
_NOBODY = frozenset({"niemand", "nee", "nobody", "no one", "no"})
_NOT_NEEDED = frozenset({"niemand nodig", "niemand", "nobody needed", "nobody"})
_SKIP = frozenset({"overslaan", "sla over", "skip"})

STILL_MEETING = Text(
    "Er loopt een overleg. Rond dat eerst af: !overleg stop. Daarna kan de casus dicht.",
    "A meeting is running. End it first: !meeting stop. Then the case can be closed.",
)
STILL_VOTING = Text(
    "Er loopt een stemming. Rond die eerst af: !stemming sluit. Daarna kan de casus dicht.",
    "A vote is open. End it first: !vote close. Then the case can be closed.",
)
STILL_GONE = Text(
    "In {ref} is iemand nog uit beeld. Dat krijgt eerst een eind: gezien, overgedragen, of een besluit om ermee te "
    "stoppen. Dat kan met !uitbeeld terug of !uitbeeld afsluiten.",
    "In {ref} somebody is still out of sight. That needs an end first: seen, handed over, or a decision to stop. "
    "Do so with !outofsight back or !outofsight close.",
)
STILL_HANDING_OVER = Text(
    "Een overdracht van {ref} is nog niet rond ({state}). Tot die is geaccepteerd blijven wij verantwoordelijk.",
    "A handover of {ref} is not finished ({state}). Until it is accepted we stay responsible.",
)
NOT_YET = Text(
    "{ref} kan nog niet dicht: wat is afgesproken, heeft nog geen eind ({count}).",
    "{ref} cannot be closed yet: what was agreed has no end yet ({count}).",
)
END_PROPOSAL = Text(
    "Nog een voorstel: {ids}. !akkoord {id} of !afwijzen {id}",
    "Still a proposal: {ids}. !agree {id} or !reject {id}",
)
END_ACTION = Text(
    "{ids}. Per actie: !klaar {id}, !niet uitgevoerd {id} <reden> of !vervallen {id} <reden>",
    "{ids}. For each action: !done {id}, !not done {id} <reason> or !void {id} <reason>",
)
END_SIGNAL = Text(
    "{id} ({state}): nog niet besproken. !signaal {id} besproken <wat is besloten>",
    "{id} ({state}): not discussed yet. !signal {id} discussed <what was decided>",
)
WHY = Text('Waarom sluiten we? Antwoord met "reden: …".', 'Why do we close? Answer with "reason: …".')
WHO_WAS_TOLD = Text(
    'Wie is geïnformeerd, en door wie? Of waarom niet? Antwoord met "geïnformeerd: moeder, door de GI".',
    'Who was informed, and by whom? Or why not? Answer with "informed: mother, by the GI".',
)
WHY_NOBODY = Text(
    'Niemand informeren mag, met de reden: "geïnformeerd: niemand, omdat …".',
    'Informing nobody is fine, with the reason: "informed: nobody, because …".',
)
WHO_GOES_ON = Text(
    "Bij wie ligt wat er nog overblijft? (een rol / niemand nodig)",
    "Who takes care of what remains? (a role / nobody needed)",
)
NO_SUCH_ROLE = Text(
    'Die rol ken ik niet. Noem een rol uit het adresboek, of "niemand nodig".',
    'I do not know that role. Name one from the address book, or "nobody needed".',
)
QUESTION = Text("{question} ({answers})", "{question} ({answers})")
QUESTION_TO_SKIP = Text("{question} ({answers}; overslaan mag)", "{question} ({answers}; you may skip this)")
DECIDED = Text(
    "casus sluiten, doel {goal}; geïnformeerd: {told}; verder: {remains}",
    "close the case, purpose {goal}; informed: {told}; from here: {remains}",
)
REMAINS = Text("bij {label}", "with {label}")
NOTHING_REMAINS = Text("niemand nodig", "nobody needed")
CLOSED = Text(
    "{ref} is gesloten ({id}). Doel: {goal}. Reden: {reason}.\nGeïnformeerd: {told}. Verder: {remains}.",
    "{ref} is closed ({id}). Purpose: {goal}. Reason: {reason}.\nInformed: {told}. From here: {remains}.",
)
EFFECT = Text(
    "Wat de afgeronde acties deden voor het doel: {counts}.",
    "What the actions did for the purpose: {counts}.",
)
NOT_SAID = Text("niet gezegd", "not said")
AFTERCARE_PLANNED = Text("Nazorg: {actions}.", "Aftercare: {actions}.")
ONE_PLANNED = Text("{id} {holder} op {day}", "{id} {holder} on {day}")
STAYS = Text(
    "De ruimte blijft te lezen, en over nazorg kun je melden. Toch meer nodig: !casus heropen <reden>.",
    "The room stays readable, and aftercare can be reported on. More needed after all: !case reopen <reason>.",
)
ALREADY_OPEN = Text(
    "{ref} is al open. Sluiten kan met !casus sluit <reden>.",
    "{ref} is open already. Close it with !case close <reason>.",
)
WHY_AGAIN = Text(
    'Waarom heropenen we? Antwoord met "reden: …".', 'Why do we reopen? Answer with "reason: …".'
)
REOPEN_DECIDED = Text("casus heropenen", "reopen the case")
REOPENED = Text(
    "{ref} is weer open ({id}). Reden: {reason}.", "{ref} is open again ({id}). Reason: {reason}."
)
GOES_ON = Text(
    "De nazorg loopt door: {ids}. Niet meer nodig: !vervallen {first} <reden>.",
    "Aftercare goes on: {ids}. Not needed any more: !void {first} <reason>.",
)


def _close(request: Request) -> Effects:
    _must_be_ready(request)
    typed = bare_reason(request.text)
    if not typed:
        return say(request, WHY(request.language)) + ask(request, CLOSE_CASE.name, ASKS_REASON)
    reason = kept(request, typed)
    return _go_on(request, {"reason": reason.text}, *warned(reason, request.language))


def _must_be_ready(request: Request) -> None:
    """Ends the command while somebody would go on waiting: with what to do about each thing."""
    file, language = request.file, request.language
    if file.meeting:
        refuse(request, STILL_MEETING(language))
    if request.vote:
        refuse(request, STILL_VOTING(language))
    if file.out_of_sight:
        refuse(request, STILL_GONE(language, ref=file.ref))
    if running := next((h for h in file.handovers if h.state in HANDING_OVER), None):
        refuse(
            request, STILL_HANDING_OVER(language, ref=file.ref, state=HANDOVER_NAMES[running.state](language))
        )
    left = without_end(file.actions)
    waiting = [found.signal for found in file.signals if found.signal.state in WAITING]
    if not left and not waiting:
        return
    proposed = [action for action in left if action.state is ActionState.PROPOSED]
    agreed = [action for action in left if action not in proposed]
    lines = [
        text(language, ids=", ".join(f"{a.id} {a.holder}" for a in some), id=some[0].id)
        for text, some in ((END_ACTION, agreed), (END_PROPOSAL, proposed))
        if some
    ]
    lines += [END_SIGNAL(language, id=s.id, state=SIGNAL_STATES[s.state](language)) for s in waiting]
    refuse(request, NOT_YET(language, ref=file.ref, count=len(left) + len(waiting)), *lines)


def _answer(request: Request, question: Question) -> Effects | None:
    half = draft(question)
    match question.asks:
        case ASKS_REASON.name:
            reason = given_reason(request)
            effects = _close(replace(request, text=reason)) if reason else None
        case _ASKS_TOLD.name:
            effects = _told(request, half)
        case _ASKS_RECEIVER.name:
            effects = _receiver(request, half)
        case _:
            effects = _chosen(request, half)
    if effects is not None:  # ordinary talk is left alone, ready or not
        _must_be_ready(request)
    return effects


def _go_on(request: Request, half: Mapping[str, str], *lines: str) -> Effects:
    """The next question that has no answer yet; after the last the case is closed."""
    language, lists = request.language, request.region.protocols[CLOSING].lists
    questions = {"told": WHO_WAS_TOLD(language), "receiver": WHO_GOES_ON(language)}
    for place, (key, question) in enumerate(lists["questions"].items()):
        answers = " / ".join(text(language) for text in lists[key].values())
        form = QUESTION_TO_SKIP if place else QUESTION
        questions[key] = form(language, question=question(language), answers=answers)
    following = next((key for key in questions if key not in half), None)
    if following is None:
        return _closed(request, half)
    asks = _ASKED_ALWAYS.get(following, _ASKS_CHOICE)
    asked_now = ask(request, CLOSE_CASE.name, asks, **half)
    log = Effects(log=(Logged("case.closing", request.file.ref, following),))
    return say(request, questions[following], *lines) + asked_now + log


def _told(request: Request, half: Mapping[str, str]) -> Effects | None:
    typed = _TOLD.sub("", request.text).strip(" .")
    if not typed or (typed == request.text.strip(" .") and not request.replies):
        return None
    if folded(typed) in _NOBODY:
        again = ask(request, CLOSE_CASE.name, _ASKS_TOLD, **half)
        return say(request, WHY_NOBODY(request.language)) + again
    told = kept(request, typed, TOLD_LENGTH)
    return _go_on(request, {**half, "told": told.text}, *warned(told, request.language))


def _receiver(request: Request, half: Mapping[str, str]) -> Effects | None:
    typed = _TO.sub("", request.text).strip(" .")
    if folded(typed) in _NOT_NEEDED:
        return _go_on(request, {**half, "receiver": ""})
    label = find_label(request, request.file, typed)
    if label is not None:
        return _go_on(request, {**half, "receiver": label})
    if not request.replies:
        return None
    again = ask(request, CLOSE_CASE.name, _ASKS_RECEIVER, **half)
    return say(request, NO_SUCH_ROLE(request.language)) + again


def _chosen(request: Request, half: Mapping[str, str]) -> Effects | None:
    lists = request.region.protocols[CLOSING].lists
    said = folded(request.text).strip(" .")
    asked = next((key for key in lists["questions"] if key not in half), None)
    if asked is None:  # taken out of the protocol meanwhile
        return None
    required = asked == next(iter(lists["questions"]))
    if said in _SKIP and not required:
        return _go_on(request, {**half, asked: ""})
    spelt = {folded(words): key for key, text in lists[asked].items() for words in (text.nl, text.en)}
    return _go_on(request, {**half, asked: spelt[said]}) if said in spelt else None


def _closed(request: Request, half: Mapping[str, str]) -> Effects:
    file, language = request.file, request.language
    lists = request.region.protocols[CLOSING].lists
    answers = tuple((key, half[key]) for key in lists["questions"] if half.get(key))
    receiver = half["receiver"] or None
    words = {
        "goal": lists[answers[0][0]][answers[0][1]](language),
        "told": half["told"].rstrip("."),
        "remains": REMAINS(language, label=receiver) if receiver else NOTHING_REMAINS(language),
    }
    text = kept(request, DECIDED(language, **words), CLOSING_LENGTH).text
    decision = new_decision(
        request.file, text, kept(request, half["reason"]).text, at=request.now, by=request.sender
    )
    number = next_number(file.closings)
    closing = Closing(
        file.ref, number, decision.decided_at, request.sender, decision.number, receiver, answers
    )
    state = after(file.case.state, CaseStep.CLOSE)
    assert state is not None, "the registry takes this command in an open case only"
    case = replace(file.case, state=state, next_meeting=None, next_meeting_time=None)
    aftercare = planned(request, request.region.protocols[AFTERCARE], request.now.date())
    lines = [
        CLOSED(language, ref=file.ref, id=decision.id, reason=decision.reason.rstrip("."), **words),
        *_effect(file, request),
        *_planned(aftercare, request),
        STAYS(language),
    ]
    others = tuple(q for q in request.questions if q.user_id != request.sender)
    return (
        say(request, *lines)
        + changed(request, file, decision, closing, *aftercare, case, event="case.closed", thing=decision.id)
        + Effects(drop=others)
    )


def _effect(file: CaseFile, request: Request) -> Iterator[str]:
    """What the finished actions brought, as their holders said: of the case, never of a person."""
    done = [action.outcome for action in file.actions if action.state is ActionState.DONE]
    if not done:
        return
    counted = Counter(done)
    parts = [f"{name(request.language)} {counted[outcome]}" for outcome, name in OUTCOME_NAMES.items()]
    if counted[None]:
        parts.append(f"{NOT_SAID(request.language)} {counted[None]}")
    yield EFFECT(request.language, counts=" · ".join(parts))


def _planned(aftercare: tuple[Action, ...], request: Request) -> Iterator[str]:
    language = request.language
    said = [
        ONE_PLANNED(language, id=a.id, holder=a.holder, day=say_day(a.due_date, language=language.code))
        for a in aftercare
    ]
    if said:
        yield AFTERCARE_PLANNED(language, actions=" · ".join(said))


def _reopen(request: Request) -> Effects:
    file, language = request.file, request.language
    state = after(file.case.state, CaseStep.REOPEN)
    if state is None:
        refuse(request, ALREADY_OPEN(language, ref=file.ref))
    typed = bare_reason(request.text)
    if not typed:
        return say(request, WHY_AGAIN(language)) + ask(request, REOPEN.name, ASKS_REASON)
    reason = kept(request, typed)
    decision = new_decision(
        request.file,
        kept(request, REOPEN_DECIDED(language)).text,
        reason.text,
        at=request.now,
        by=request.sender,
    )
    lines = [REOPENED(language, ref=file.ref, id=decision.id, reason=reason.text.rstrip("."))]
    if left := without_end(file.actions):
        lines.append(GOES_ON(language, ids=", ".join(a.id for a in left), first=left[0].id))
    return (
        say(request, *lines, *warned(reason, language))
        + changed(
            request, file, decision, replace(file.case, state=state), event="case.reopened", thing=decision.id
        )
        + _overviews(request)
    )


def _overviews(request: Request) -> Effects:
    """A chair without a case left lost their weekly overview; now there is one again."""
    chairs = {seat.user_id for seat in request.file.with_function(Function.CHAIR)}
    due = next_due_at(request.region, request.now.astimezone(UTC))
    return Effects(keep=tuple(DigestPlan(user, due) for user in sorted(chairs - request.plans.keys())))


def _why_again(request: Request, _question: Question) -> Effects | None:
    reason = given_reason(request)
    return _reopen(replace(request, text=reason)) if reason else None


CLOSE_CASE = Command(
    name=Text("casus sluit", "case close"),
    aliases=(Text("sluit casus", "close case"),),
    who=CHAIRS,
    where=Where.CASE,
    in_theme=False,
    help=Text(
        "sluit de casus met de reden, als elke actie een eind heeft",
        "closes the case with the reason, once every action has an end",
    ),
    examples=(
        Text("casus sluit de kinderen gaan weer naar school", "case close the children are back at school"),
    ),
    parameters=(Parameter(Text("reden", "reason"), Kind.TEXT),),
    execute=_close,
    answer=_answer,
    waits_for=(ASKS_REASON, _ASKS_TOLD, _ASKS_RECEIVER, _ASKS_CHOICE),
)

REOPEN = Command(
    name=Text("casus heropen", "case reopen"),
    aliases=(Text("heropen casus", "reopen case"),),
    who=CHAIRS,
    where=Where.CASE,
    in_theme=False,
    closed=True,
    help=Text("opent een gesloten casus weer, met de reden", "opens a closed case again, with the reason"),
    examples=(Text("casus heropen nieuwe zorgen van school", "case reopen new concerns from school"),),
    parameters=(Parameter(Text("reden", "reason"), Kind.TEXT),),
    execute=_reopen,
    answer=_why_again,
    waits_for=(ASKS_REASON,),
)
