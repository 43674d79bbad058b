"""`opschalen` and `afschalen`: the phases of the approach to prevent escalation (AVE), one to four.

Always a person's reasoned word (rule 9): the bot never changes a phase, nor tells anybody outside the room by itself.
Scaling down needs somebody who takes over (domain 2.1, steps 8 and 9).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.casefile import new_decision
from bot.core.dates import When, say_day
from bot.core.effects import Effects, Logged
from bot.core.records.explanations import Rule
from bot.core.reminding.telling import told as told_alone
from bot.core.text import Language, Message, Text, listed
from commands.conversation.answers import ASKS_REASON, draft, is_no, is_yes
from commands.conversation.command import CHAIRS, Asks, Command, Kind, Parameter, Where
from commands.conversation.dating import echo
from commands.conversation.parsing import folded
from commands.conversation.planning import AFTERCARE, planned
from commands.conversation.reading import find_label, nearest_label, split_labels
from commands.conversation.reasons import bare_reason, given_reason, split_reason
from commands.conversation.replies import AND, ask, changed, kept, met, refuse, say, warned

if TYPE_CHECKING:
    from bot.core.records.actions import Action
    from bot.core.records.trail import Question
    from commands.conversation.command import Request

_ASKS_WHO, _ASKS_AGREED, _ASKS_AFTERCARE = Asks("who"), Asks("agreed", weighs=True), Asks("aftercare")
HIGHEST = 4
_TO = re.compile(r"^(?:naar|aan|to)\s+", re.IGNORECASE)
_NOBODY = frozenset({"niemand", "niemand buiten deze ruimte", "nobody", "nobody outside this room"})
_OUTSIDE = frozenset(
    {"ketenregisseur", "leidinggevende partner", "leidinggevende", "chain director", "managing partner"}
)
"""Who is often informed and has no seat and no account here: the chair tells them."""

OUTSIDE = "outside"
"""In the log, for somebody without a role here: what was typed does not go there."""

WHY = Text('Waarom opschalen? Antwoord met "reden: …".', 'Why escalate? Answer with "reason: …".')
AT_THE_TOP = Text(
    "{ref} is al in AVE-fase 4, de hoogste. Leg vast wat er nu gebeurt: !besluit <tekst>, reden: <tekst>.",
    "{ref} is in AVE phase 4 already, the highest. Record what happens now: !decision <text>, reason: <text>.",
)
ESCALATED = Text(
    "Opgeschaald naar AVE-fase {phase} (B{number}). Reden: {reason}.\n"
    "Wie wordt geïnformeerd? (ketenregisseur / leidinggevende partner / een rol / niemand buiten deze ruimte)",
    "Escalated to AVE phase {phase} (B{number}). Reason: {reason}.\n"
    "Who is informed? (chain director / managing partner / a role / nobody outside this room)",
)
NOBODY = Text("Goed. Niemand buiten deze ruimte.", "Fine. Nobody outside this room.")
TOLD = Text("Ik laat het weten aan: {labels}.", "I let them know: {labels}.")
TELL_YOURSELF = Text(
    "Zelf informeren, want ik kan er niet bij: {labels}.", "Tell them yourself, I cannot: {labels}."
)
INFORMED = Text(
    "{ref} is opgeschaald naar AVE-fase {phase}. De {by} vroeg me je dit te zeggen. Bel de {by} voor wat er nodig is.",
    "{ref} was escalated to AVE phase {phase}. The {by} asked me to tell you. Call the {by} for what is needed.",
)
AT_THE_BOTTOM = Text(
    "{ref} is al in AVE-fase 1. Verder afschalen kan niet; afronden is een besluit: !besluit <tekst>, reden: <tekst>.",
    "{ref} is in AVE phase 1 already. It goes no lower; ending is a decision: !decision <text>, reason: <text>.",
)
TO_WHOM = Text(
    "Afschalen kan als iemand het overneemt. Noem die partner: !afschalen naar wijkteam. {hint}",
    "Scaling down needs somebody who takes over. Name them: !deescalate to wijkteam. {hint}",
)
KNOWN = Text("In de casus: {labels}.", "In the case: {labels}.")
DO_YOU_MEAN = Text("Bedoel je {label}?", "Do you mean {label}?")
IS_AGREED = Text(
    "Afschalen naar AVE-fase {phase}: {partner} neemt het over. Is dat met {partner} afgesproken? (ja / nee)",
    "Scale down to AVE phase {phase}: {partner} takes over. Is that agreed with {partner}? (yes / no)",
)
NOT_YET = Text(
    "Dan blijft het AVE-fase {phase}. Wij blijven verantwoordelijk tot {partner} ja zegt.",
    "Then it stays AVE phase {phase}. We stay responsible until {partner} says yes.",
)
DEESCALATED = Text(
    "Afgeschaald naar AVE-fase {phase} (B{number}). {partner} neemt het over.",
    "Scaled down to AVE phase {phase} (B{number}). {partner} takes over.",
)
OFFER = Text(
    "Zal ik {partner} op {day} laten nagaan hoe het gaat? Dat wordt een gewone actie. (ja / nee)",
    "Shall I have {partner} see on {day} how things are? It becomes an ordinary action. (yes / no)",
)
PLANNED = Text("{id} {partner}: {text}. Termijn: {when}", "{id} {partner}: {text}. Date: {when}")
NOT_PLANNED = Text("Goed, geen actie voor nazorg.", "Fine, no action for aftercare.")
UP = Text("opschalen naar AVE-fase {phase}", "escalate to AVE phase {phase}")
DOWN = Text(
    "afschalen naar AVE-fase {phase}, {partner} neemt het over",
    "scale down to AVE phase {phase}, {partner} takes over",
)
AGREED = Text("afgesproken met {partner}", "agreed with {partner}")


def _escalate(request: Request) -> Effects:
    phase = request.file.case.phase + 1
    if phase > HIGHEST:
        refuse(request, AT_THE_TOP(request.language, ref=request.file.ref))
    typed = bare_reason(request.text)
    if not typed:
        return say(request, WHY(request.language)) + ask(request, ESCALATE.name, ASKS_REASON)
    reason = kept(request, typed)
    effects, number = _decided(request, phase, UP(request.language, phase=phase), reason.text)
    text = ESCALATED(request.language, phase=phase, number=number, reason=reason.text.rstrip("."))
    asked = ask(request, ESCALATE.name, _ASKS_WHO, phase=str(phase))
    return say(request, text, *warned(reason, request.language)) + effects + asked


def _answer(request: Request, question: Question) -> Effects | None:
    if question.asks == ASKS_REASON.name:
        reason = given_reason(request)
        return _escalate(replace(request, text=reason)) if reason else None
    if folded(request.text).strip(" .") in _NOBODY:
        return say(request, NOBODY(request.language))
    spoken = split_labels(request.text)
    labels = {part: find_label(request, request.file, part) for part in spoken}
    known = all(label or folded(part) in _OUTSIDE for part, label in labels.items())
    if not spoken or not (known or request.replies):
        return None
    return _informed(request, labels, draft(question)["phase"])


def _informed(request: Request, labels: dict[str, str | None], phase: str) -> Effects:
    """The bot tells whom it can; the others are named, so that nobody is thought to be told."""
    language, file = request.language, request.file
    effects, by = Effects(), request.seat.label if request.seat else ""
    told: list[str] = []
    left: list[str] = []
    for part, label in labels.items():
        users = {p.user_id for p in file.holding(label)} if label else set()
        users |= {user for user in [request.region.address_book.get(label or "")] if user}
        (told if users else left).append(label or part)
        for user in sorted(users):
            words = INFORMED(Language.NL, ref=file.ref, phase=phase, by=by)
            links = file.links if file.seat_of(user) else ()
            effects += met(request, user)
            effects += told_alone(
                {user},
                Message((words,), links=links),
                Rule.ESCALATED,
                cause=f"{request.event_id}:{part}",
                now=request.now,
                ref=file.ref,
                asked_by=request.sender,
            )
        effects += Effects(log=(Logged("escalation.informed", file.ref, label or OUTSIDE),))
    # Who is not known to us is named as it was typed: said back, never kept.
    last = AND(language)
    lines = [TOLD(language, labels=listed(told, last))] if told else []
    lines += [TELL_YOURSELF(language, labels=listed(left, last))] if left else []
    return say(request, *lines) + effects


def _deescalate(request: Request) -> Effects:
    file, language = request.file, request.language
    if file.case.phase <= 1:
        refuse(request, AT_THE_BOTTOM(language, ref=file.ref))
    to, why = split_reason(request.text)
    reason, typed = kept(request, why).text if why else "", _TO.sub("", to)
    partner = find_label(request, file, typed) if typed else None
    if partner is None:
        near = nearest_label(request, file, typed) if typed else None
        seated = ", ".join(dict.fromkeys(p.label for p in file.seated))
        hint = DO_YOU_MEAN(language, label=near) if near else KNOWN(language, labels=seated)
        refuse(request, TO_WHOM(language, hint=hint))
    question = IS_AGREED(language, phase=file.case.phase - 1, partner=partner)
    asked = ask(request, DEESCALATE.name, _ASKS_AGREED, partner=partner, reason=reason)
    return say(request, question) + asked + Effects(log=(Logged("deescalation.asked", file.ref, partner),))


def _agreed(request: Request, question: Question) -> Effects | None:
    if question.asks == _ASKS_AFTERCARE.name:
        return _cared_for(request, question)
    partner, reason = draft(question)["partner"], draft(question)["reason"]
    language, phase = request.language, request.file.case.phase - 1
    if is_no(request.text):
        return say(request, NOT_YET(language, phase=phase + 1, partner=partner))
    if not is_yes(request.text):
        return None
    if phase < 1:
        refuse(request, AT_THE_BOTTOM(language, ref=request.file.ref))
    words = DOWN(language, phase=phase, partner=partner)
    effects, number = _decided(request, phase, words, reason or AGREED(language, partner=partner))
    lines = [DEESCALATED(language, phase=phase, number=number, partner=partner)]
    if first := _checked_on(request, partner):
        day = say_day(first.due_date, language=language.code)
        lines.append(OFFER(language, partner=partner, day=day))
        effects += ask(request, DEESCALATE.name, _ASKS_AFTERCARE, partner=partner)
    return say(request, *lines) + effects


def _checked_on(request: Request, partner: str) -> Action | None:
    """The first step of the protocol for aftercare, by who takes over."""
    steps = planned(request, request.region.protocols[AFTERCARE], request.now.date())
    return replace(steps[0], holder=partner) if steps else None


def _cared_for(request: Request, question: Question) -> Effects | None:
    if is_no(request.text):
        return say(request, NOT_PLANNED(request.language))
    action = _checked_on(request, draft(question)["partner"]) if is_yes(request.text) else None
    if action is None:
        return None
    when = echo(When(action.due_date, action.due_time), request.language)
    text = PLANNED(request.language, id=action.id, partner=action.holder, text=action.text, when=when)
    return say(request, text) + changed(
        request, request.file, action, event="action.confirm", thing=action.id
    )


def _decided(request: Request, phase: int, words: str, reason: str) -> tuple[Effects, int]:
    """The phase is a decision like any other: numbered, with its reason, in the list of agreements."""
    decision = new_decision(
        request.file, kept(request, words).text, kept(request, reason).text, at=request.now, by=request.sender
    )
    case = replace(request.file.case, phase=phase)
    effects = changed(request, request.file, decision, case, event="case.phase", thing=str(phase))
    return effects, decision.number


ESCALATE = Command(
    name=Text("opschalen", "escalate"),
    who=CHAIRS,
    where=Where.CASE,
    in_theme=False,
    help=Text(
        "zet de casus een AVE-fase hoger, met de reden", "raises the case one AVE phase, with the reason"
    ),
    examples=(Text("opschalen samenwerking stagneert", "escalate cooperation has stalled"),),
    parameters=(Parameter(Text("reden", "reason"), Kind.TEXT),),
    execute=_escalate,
    answer=_answer,
    asks=(_ASKS_WHO,),
    waits_for=(ASKS_REASON,),
)

DEESCALATE = Command(
    name=Text("afschalen", "deescalate"),
    who=CHAIRS,
    where=Where.CASE,
    in_theme=False,
    help=Text(
        "zet de casus een AVE-fase lager, bij wie het overneemt",
        "lowers the case one AVE phase, to who takes over",
    ),
    examples=(Text("afschalen naar leerplicht", "deescalate to leerplicht"),),
    parameters=(Parameter(Text("partner", "partner"), Kind.ROLE, before=Text(" naar ", " to ")),),
    execute=_deescalate,
    answer=_agreed,
    asks=(_ASKS_AFTERCARE,),
    waits_for=(_ASKS_AGREED,),
)
