"""The steps of a protocol for who is out of sight: put to the chair, changed by them, and made actions.

A step can be done together with an action that somebody has already, left out, or given to another role. What else
should change, changes in the action itself.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.casefile import new_action, next_number
from bot.core.dates import say_day, say_short
from bot.core.effects import Effects, Logged
from bot.core.records.actions import Action, ActionKind, ActionStep
from bot.core.records.actions import after as step_after
from bot.core.records.cases import Function
from bot.core.records.out_of_sight import OutOfSight, SightStep, after
from bot.core.reminding.sight_reviews import first_review, review_of
from bot.core.text import Text
from commands.conversation.planning import planned
from commands.conversation.reading import find_label
from commands.conversation.replies import ACTION_LENGTH, changed, kept, refuse, say

if TYPE_CHECKING:
    from datetime import date

    from bot.core.casefile import CaseFile
    from bot.core.protocols import Protocol
    from commands.conversation.command import Request

ORDINARY = "uit-beeld"
"""The protocol that is followed when nobody names another."""
LEFT_OUT = "-"
_PIECES = re.compile(r"[,;]|\s(?:en|and)\s", re.IGNORECASE)
_WITHOUT = re.compile(r"(?:zonder|without)\s+(?:stap\s+|step\s+)?(\d{1,2})", re.IGNORECASE)
_TOGETHER = re.compile(r"(\d{1,2})\s+(?:samen\s+met|met|together\s+with|with)\s+(A\d{1,5})", re.IGNORECASE)
_OTHER_HOLDER = re.compile(r"(\d{1,2})(?:\s*+:)?\s++(.+)")
_CHANGE = re.compile(r"^(?:wijzig|change)\b[\s,:]*", re.IGNORECASE)

NOTED = Text(
    "Genoteerd: niet acuut. Verandert dat, bel dan 112 of Veilig Thuis.",
    "Noted: not acute. If that changes, call 112 or Veilig Thuis.",
)
GO_ON = Text(
    "Alle open acties lopen door: {ids}. Er sluit niets vanzelf. Aanpassen: !wijzig {first} <datum of rol>. "
    "Stilzetten: !uitbeeld pauzeer {first} <kijkdatum>.",
    "All open actions go on: {ids}. Nothing closes by itself. To adjust: !change {first} <date or role>. "
    "To pause: !outofsight pause {first} <day to look again>.",
)
NONE_OPEN = Text("Er staan nog geen acties open.", "No actions are open yet.")
STEPS = Text("Stappen ({title}):", "Steps ({title}):")
CONCEPT = Text("concept, nog niet vastgesteld", "concept, not adopted yet")
STEP = Text("{n} {holder}: {text}, {day}", "{n} {holder}: {text}, {day}")
HAS = Text("{step} (heeft al {ids})", "{step} (has {ids} already)")
TOGETHER = Text("{n} {text}: samen met {id}", "{n} {text}: together with {id}")
WITHOUT = Text("{n} {text}: doen we niet", "{n} {text}: left out")
REVIEW_IS = Text(
    "Beoordeling: {holder}, {day}; daarna steeds opnieuw, tot iemand het kind heeft gezien.",
    "Review: {holder}, {day}; then again each time, until somebody has seen the child.",
)
AGREED = Text(
    "Voorzitter, akkoord? Ja, of bijvoorbeeld: 1 samen met {id}, zonder 2, 3 wijkagent.",
    "Chair, agreed? Yes, or for example: 1 together with {id}, without 2, 3 wijkagent.",
)
NO_CHAIR = Text(
    "Er is nog geen voorzitter die akkoord kan geven. Vraag de coördinator er een toe te voegen.",
    "There is no chair yet who can agree. Ask the coordinator to add one.",
)
ASK_AGAIN = Text(
    "Dat lees ik niet. Antwoord met ja, of bijv.: 1 samen met A4, zonder 3, 5 wijkagent. Toch stoppen: !uitbeeld terug "
    "of !uitbeeld afsluiten.",
    "I cannot read that. Answer yes, or for example: 1 together with A4, without 3, 5 wijkagent. To stop after all: "
    "!outofsight back or !outofsight close.",
)
NO_SUCH_STEP = Text("Stap {n} is er niet.", "There is no step {n}.")
NOT_RUNNING = Text(
    "{id} loopt niet. Kijk met !acties welke wel.", "{id} is not running. See !actions for those that are."
)
MADE = Text(
    "Afgesproken. Dit zijn gewone acties: ik herinner de houders.",
    "Agreed. These are ordinary actions: I remind the holders.",
)
LISTED = Text("{id} {holder}: {text}, {day}", "{id} {holder}: {text}, {day}")
SIDE_BY_SIDE = Text(
    "Wat er aan de hand kan zijn, staat naast elkaar in !uitbeeld stand.",
    "What may be the matter stands side by side in !outofsight status.",
)
THE_CHILD = Text(
    "Er is een minderjarige bij betrokken. Wat is nu in het belang van het kind, en wie spreekt het kind zelf zodra dat kan?",
    "A minor is involved. What is in the child's interest now, and who speaks with the child as soon as that can be?",
)
"""The interest of the child comes first, and the child is heard (articles 3 and 12 of the UN Convention)."""
REVIEW = Text(
    "beoordelen of iemand het kind heeft gezien, en wat er nu nodig is",
    "review whether somebody has seen the child, and what is needed now",
)
REVIEWER = "procesregisseur"


def protocol_of(request: Request, sight: OutOfSight) -> Protocol:
    """The protocol that is followed; the ordinary one where the region took its file away since."""
    protocols = request.region.protocols
    return protocols.get(sight.protocol) or protocols[ORDINARY]


# The proposal


def going_on_now(file: CaseFile) -> list[str]:
    """The actions of a case that go on, in order of number; the review of who is out of sight speaks for itself."""
    review = file.out_of_sight.review if file.out_of_sight else None
    return [a.id for a in file.actions if a in file.running and a.number != review]


def what_goes_on(request: Request) -> list[str]:
    """Said once, when danger is ruled out: nothing ends because a child is gone."""
    language, file = request.language, request.file
    running = going_on_now(file)
    going_on = GO_ON(language, ids=", ".join(running), first=running[0]) if running else NONE_OPEN(language)
    return [NOTED(language), going_on]


def proposal(request: Request, sight: OutOfSight) -> list[str]:
    language, file, today = request.language, request.file, request.now.date()
    protocol = protocol_of(request, sight)
    concept = (
        f"{protocol.title(language)}; {CONCEPT(language)}"
        if protocol.is_concept
        else protocol.title(language)
    )
    running = going_on_now(file)
    day = say_day(first_review(protocol, today, minor=file.case.minor), language=language.code)
    chairs = file.with_function(Function.CHAIR, Function.PROCESS_COORDINATOR)
    return [
        STEPS(language, title=concept),
        *(_shown(request, sight, n, action) for n, action in enumerate(_wanted(request, sight), 1)),
        REVIEW_IS(language, holder=REVIEWER, day=day),
        AGREED(language, id=running[0] if running else "A1") if chairs else NO_CHAIR(language),
    ]


def _wanted(request: Request, sight: OutOfSight) -> tuple[Action, ...]:
    """An action for each step of the protocol, those left out or joined included, with the holders that were chosen."""
    protocol, changes = protocol_of(request, sight), dict(sight.changes)
    actions = planned(request, protocol, request.now.date())
    return tuple(
        action
        if (holder := changes.get(step.id)) is None or _is_joined(holder)
        else replace(action, holder=holder)
        for step, action in zip(protocol.steps, actions, strict=True)
    )


def _is_joined(change: str) -> bool:
    """Whether the change makes that the step needs no action of its own."""
    return change == LEFT_OUT or re.fullmatch(r"A\d+", change) is not None


def _shown(request: Request, sight: OutOfSight, n: int, action: Action) -> str:
    language = request.language
    change = dict(sight.changes).get(protocol_of(request, sight).steps[n - 1].id, "")
    text = action.text.rstrip(".")
    if change == LEFT_OUT:
        return WITHOUT(language, n=n, text=text)
    if _is_joined(change):
        return TOGETHER(language, n=n, text=text, id=change)
    day = say_short(action.due_date, language=language.code)
    step = STEP(language, n=n, holder=action.holder, text=text, day=day)
    going_on = going_on_now(request.file)
    ids = ", ".join(a.id for a in request.file.actions if a.id in going_on and a.holder == action.holder)
    return HAS(language, step=step, ids=ids) if ids else step


def changed_by(request: Request, sight: OutOfSight) -> OutOfSight | None:
    """The proposal as an answer changes it; None where the answer does not speak of it."""
    typed = _CHANGE.sub("", request.text).strip(" .")
    pieces = [piece.strip() for piece in _PIECES.split(typed) if piece.strip()]
    found = [_change(request, sight, piece) for piece in pieces]
    changes = dict(sight.changes)
    for change in found:
        if change is None:
            return None
        changes[change[0]] = change[1]
    return replace(sight, changes=tuple(changes.items())) if found else None


def _change(request: Request, sight: OutOfSight, piece: str) -> tuple[str, str] | None:
    if without := _WITHOUT.fullmatch(piece):
        return _step_id(request, sight, without[1]), LEFT_OUT
    if together := _TOGETHER.fullmatch(piece):
        id_ = together[2].upper()
        if id_ not in going_on_now(request.file):
            refuse(request, NOT_RUNNING(request.language, id=id_))
        return _step_id(request, sight, together[1]), id_
    if other := _OTHER_HOLDER.fullmatch(piece):
        label = find_label(request, request.file, other[2])
        return (_step_id(request, sight, other[1]), label) if label else None
    return None


def _step_id(request: Request, sight: OutOfSight, number: str) -> str:
    steps = protocol_of(request, sight).steps
    if not 1 <= int(number) <= len(steps):
        refuse(request, NO_SUCH_STEP(request.language, n=number))
    return steps[int(number) - 1].id


# The agreement


def agreed(request: Request, sight: OutOfSight) -> Effects:
    """The chair said yes: every step is an action now, and the review stands."""
    file, language, today = request.file, request.language, request.now.date()
    protocol, changes = protocol_of(request, sight), dict(sight.changes)
    first = next_number(file.actions)
    made: list[Action] = []
    steps = list(sight.steps)
    for step, action in zip(protocol.steps, _wanted(request, sight), strict=True):
        change = changes.get(step.id, "")
        if change == LEFT_OUT:
            continue
        if not _is_joined(change):
            made.append(replace(action, number=first + len(made)))
        steps.append((step.id, int(change[1:]) if _is_joined(change) else made[-1].number))
    day = first_review(protocol, today, minor=file.case.minor)
    review = review_on(request, sight, day)
    state = after(sight.state, SightStep.AGREE)
    assert state is not None, "only a proposal is agreed on"
    new = replace(sight, state=state, changes=(), steps=tuple(steps))
    lines = [MADE(language), *(_line(request, action) for action in (*made, review))]
    lines += [SIDE_BY_SIDE(language)] if protocol.lists else []
    lines += [THE_CHILD(language)] if file.case.minor else []
    logged = tuple(Logged("action.recorded", file.ref, action.id) for action in made)
    effects = changed(request, file, new, *made, review, event="out_of_sight.agreed", thing=protocol.name)
    return say(request, *lines) + effects + Effects(log=logged)


def _line(request: Request, action: Action) -> str:
    day = say_short(action.due_date, language=request.language.code)
    return LISTED(request.language, id=action.id, holder=action.holder, text=action.text.rstrip("."), day=day)


def review_on(request: Request, sight: OutOfSight, day: date) -> Action:
    """The standing review on another day."""
    review = review_of(sight, request.file)
    assert review is not None, "the review stands as long as somebody is out of sight"
    state = step_after(review.state, ActionStep.POSTPONE)
    assert state is not None, "what stands can be moved"
    now = request.now.astimezone(UTC)
    return replace(
        review, state=state, due_date=day, due_time=None, look_back=None, reason=None, updated_at=now
    )


def review_action(request: Request, protocol: str, number: int, day: date) -> Action:
    """The standing review: an ordinary action, so that it is asked about like any other."""
    return new_action(
        request.file,
        kept(request, REVIEW(request.language), ACTION_LENGTH).text,
        REVIEWER,
        day,
        at=request.now,
        by=request.sender,
        number=number,
        kind=ActionKind.DIRECTION,
        protocol=protocol,
    )
