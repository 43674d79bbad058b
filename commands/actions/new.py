"""`actie`: one holder, one date. A chair's own action counts at once, a participant's is put to the chair."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.casefile import new_action
from bot.core.dates import Ask, AskReason, When
from bot.core.effects import Effects, ToPerson
from bot.core.records.actions import DOMAIN_NAMES, KIND_NAMES, Action, ActionKind, ActionState, LifeDomain
from bot.core.records.cases import Function
from bot.core.records.explanations import Explanation, Rule
from bot.core.reminding.taps import asked
from bot.core.text import Text
from commands.actions.people import chosen, named, several
from commands.actions.wording import read_action
from commands.conversation.answers import AGREEMENT, ASKS_APPROVAL, ASKS_CHECK, draft, is_yes
from commands.conversation.command import CHAIRS, EVERYBODY, Asks, Command, Kind, Parameter, Where
from commands.conversation.dating import (
    BY_WHEN,
    LOOK_AGAIN,
    base,
    doubted,
    echo,
    from_draft,
    pick,
    question_for,
    suggested,
    written,
)
from commands.conversation.reading import find_label, nearest_label, person_named
from commands.conversation.replies import ACTION_LENGTH, Answered, ask, changed, kept, refuse, say, warned

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile
    from bot.core.records.trail import Question
    from bot.core.text import Language
    from commands.conversation.command import Request

_ASKS_HOLDER, _ASKS_PERSON, _ASKS_DATE = Asks("holder"), Asks("person"), Asks("date")
_AGAIN = re.compile(r"^(?:!|//?)?(?:actie|action)\b\s*", re.IGNORECASE)
_UNTIL_SOMETHING = re.compile(r"\b(?:zodra|as soon as|once)\b", re.IGNORECASE)
MOST_LINES = 10
_NOT_ASKED = "?"

HOW = Text(
    "Schrijf wie, wat en wanneer: !actie leerplicht: verzuim uitvragen, uiterlijk vrijdag.",
    "Write who, what and when: !action leerplicht: ask for the absences, by Friday.",
)
NO_WHAT = Text(
    "Wat gaat er gebeuren? Schrijf: !actie <rol>: <wat>, uiterlijk <wanneer>.",
    "What will be done? Write: !action <role>: <what>, by <when>.",
)
NO_HOLDER = Text(
    "Die rol ken ik niet. In de casus: {labels}. Toevoegen kan met !deelnemer.",
    "I do not know that role. In the case: {labels}. Add with !participant.",
)
MEANT_HOLDER = Text(
    "Die rol ken ik niet. Bedoel je {label}? (ja / een andere rol)",
    "I do not know that role. Do you mean {label}? (yes / another role)",
)
RECORDED = Text(
    "{id} {holder}: {text}.\n{term}: {when} Klopt dit? (ja / wijzig)",
    "{id} {holder}: {text}.\n{term}: {when} Is this right? (yes / change)",
)
PROPOSED = Text(
    "{id} {holder}: {text}.\n{term}: {when} Voorzitter, akkoord? (ja / nee / wijzig)",
    "{id} {holder}: {text}.\n{term}: {when} Chair, agreed? (yes / no / change)",
)
PROPOSED_TOO = Text(
    "{id} {holder}: {text}.\n{term}: {when} Voorzitter, akkoord? Er staat meer open, dus antwoord: ja {id}.",
    "{id} {holder}: {text}.\n{term}: {when} Chair, agreed? More is open, so answer: yes {id}.",
)
LISTED = Text("{id} {holder}: {text}.\n{term}: {when}", "{id} {holder}: {text}.\n{term}: {when}")
AGREE_EACH = Text(
    "Voorzitter, akkoord? Antwoord per actie, bijv. ja {id}.",
    "Chair, agreed? Answer for each, for example yes {id}.",
)
NOBODY_TO_AGREE = Text(
    "Er is nog geen voorzitter die akkoord kan geven. Vraag de coördinator er een toe te voegen.",
    "There is no chair yet who can agree. Ask the coordinator to add one.",
)
AGREED_TO = Text("{ref} {id}: akkoord?", "{ref} {id}: agreed?")
TAPS = (
    (Text("akkoord", "agreed"), Text("akkoord {it}", "agree {it}")),
    (Text("niet akkoord", "not agreed"), Text("afwijzen {it}", "reject {it}")),
    (Text("wijzig", "change"), Text("wijzig {it}", "change {it}")),
)
"""What a chair can tap about a proposal, and the command that each stands for."""
DATE, LOOK_BACK = Text("Termijn", "Date"), Text("Kijkdatum", "Look again")
WITHOUT_ACCOUNT = Text(
    "{holder} heeft hier geen account; berichten hierover gaan naar de {contact}.",
    "{holder} has no account here; messages about this go to the {contact}.",
)
NOT_THIS_ONE = Text("Regel {line} is niet vastgelegd. {why}", "Line {line} is not recorded. {why}")
TOO_MANY = Text(
    "Dat zijn meer dan {most} acties. Stuur ze in delen.", "More than {most} actions. Send them in parts."
)


@dataclass(frozen=True, slots=True)
class _Half:
    """An action that may still miss its holder or its date."""

    holder: str | None
    spoken: str
    what: str
    when: When | Ask | None
    looked_back: bool
    kind: ActionKind | None = None
    domain: LifeDomain | None = None
    person: str | None = None
    """The one who was named among several in that role; "" = the role as a whole, None = not asked yet."""


@dataclass(frozen=True, slots=True)
class Whole:
    """An action as it was understood, nothing missing."""

    holder: str
    what: str
    when: When
    looked_back: bool
    kind: ActionKind | None = None
    domain: LifeDomain | None = None
    person: str | None = None


def _act(request: Request) -> Effects:
    lines = [_AGAIN.sub("", line.strip()) for line in request.text.splitlines() if line.strip()]
    if not lines:
        refuse(request, HOW(request.language))
    if len(lines) > MOST_LINES:
        refuse(request, TOO_MANY(request.language, most=MOST_LINES))
    if len(lines) > 1:
        return _several(request, lines)
    return _recorded(request, read_whole(request, lines[0]))


def read_whole(request: Request, line: str) -> Whole:
    """The action in a line. Ends the command where something is missing, with what would be asked."""
    return _complete(request, _read(request, line))


def _read(request: Request, line: str) -> _Half:
    read = read_action(line, lambda spoken: find_label(request, request.file, spoken), at=base(request))
    if not read.spoken:
        refuse(request, HOW(request.language))
    if not read.text:
        refuse(request, NO_WHAT(request.language))
    event = isinstance(read.when, Ask) and read.when.reason is AskReason.EVENT
    what = kept(request, read.text, ACTION_LENGTH).text
    looked_back = event or (read.when is None and bool(_UNTIL_SOMETHING.search(what)))
    return _Half(
        read.holder,
        read.spoken,
        what,
        doubted(request, read.when),
        looked_back,
        read.kind,
        read.domain,
        person_named(request.file, read.spoken),
    )


def _complete(request: Request, half: _Half) -> Whole:
    """The whole action. Ends the command with a question where something is missing: who first, then the date."""
    if half.holder is None:
        near = nearest_label(request, request.file, half.spoken)
        if near is None:
            labels = ", ".join(dict.fromkeys(p.label for p in request.file.seated))
            refuse(request, NO_HOLDER(request.language, labels=labels))
        question = MEANT_HOLDER(request.language, label=near)
        raise Answered(say(request, question) + _ask(request, half, _ASKS_HOLDER, near))
    holders = request.file.holding(half.holder)
    if len(holders) > 1 and half.person is None:
        question = several(request, half.holder, holders)
        raise Answered(say(request, question) + _ask(request, half, _ASKS_PERSON, half.holder))
    if not isinstance(half.when, When):
        question = question_for(request, half.when, LOOK_AGAIN if half.looked_back else BY_WHEN)
        raise Answered(say(request, question) + _ask(request, half, _ASKS_DATE, half.holder))
    return Whole(
        half.holder,
        half.what,
        half.when,
        half.looked_back,
        half.kind,
        half.domain,
        half.person or None if len(holders) > 1 else None,
    )


def _ask(request: Request, half: _Half, asks: Asks, holder: str) -> Effects:
    return ask(
        request,
        ACTION.name,
        asks,
        holder=holder,
        text=half.what,
        person=_NOT_ASKED if half.person is None else half.person,
        when=written(half.when) if isinstance(half.when, When) else "",
        options=suggested(half.when),
        look="yes" if half.looked_back else "",
        kind=str(half.kind or ""),
        domain=str(half.domain or ""),
    )


def _answer(request: Request, question: Question) -> Effects | None:
    half = draft(question)
    said = _Half(
        half["holder"],
        "",
        half["text"],
        from_draft(half["when"]) if half["when"] else None,
        bool(half["look"]),
        ActionKind(half["kind"]) if half["kind"] else None,
        LifeDomain(half["domain"]) if half["domain"] else None,
        None if half["person"] == _NOT_ASKED else half["person"],
    )
    match question.asks:
        case _ASKS_HOLDER.name:
            holder = said.holder if is_yes(request.text) else find_label(request, request.file, request.text)
            answered = None if holder is None else replace(said, holder=holder)
        case _ASKS_PERSON.name:
            person = chosen(request.text, request.file.holding(half["holder"]))
            answered = None if person is None else replace(said, person=person)
        case _:
            when = pick(request, request.text, half["options"])
            answered = None if when is None else replace(said, when=when)
    return None if answered is None else _recorded(request, _complete(request, answered))


def _recorded(request: Request, whole: Whole) -> Effects:
    lines, effects = proposal(request, whole)
    return say(request, *lines) + effects


def proposal(request: Request, whole: Whole) -> tuple[list[str], Effects]:
    """The echo of a new action, and what it causes: a chair's counts, a participant's is put to the chair."""
    action, extra = _made(request, whole)
    file, open_ = request.file, action.state is ActionState.OPEN
    text = RECORDED if open_ else PROPOSED_TOO if waiting(file) else PROPOSED
    lines = [echoed(request, action, text, whole.when, look_back=whole.looked_back), *extra]
    return lines, _kept(request, action) + _asked_back(request, action)


def _several(request: Request, typed: list[str]) -> Effects:
    """One action a line, one message back. A line that would need an answer is handed back with its question."""
    file, lines, actions = request.file, list[str](), list[Action]()
    for place, line in enumerate(typed, 1):
        here = replace(request, case=replace(file, actions=(*file.actions, *actions)))
        try:
            whole = read_whole(here, line)
            action, extra = _made(here, whole)
        except Answered as stopped:
            lines.append(NOT_THIS_ONE(request.language, line=place, why=" ".join(stopped.lines)))
            continue
        actions.append(action)
        lines += [echoed(here, action, LISTED, whole.when, look_back=whole.looked_back), *extra]
    effects = Effects()
    for action in actions:
        effects += _kept(request, action)
    if actions and actions[-1].state is ActionState.PROPOSED:
        lines.append(AGREE_EACH(request.language, id=actions[-1].id))
        effects += _asked_back(request, actions[-1])
    return say(request, *lines) + effects


def _made(request: Request, whole: Whole) -> tuple[Action, list[str]]:
    """The action, and the lines its echo ends with."""
    file, language = request.file, request.language
    what = kept(request, whole.what, ACTION_LENGTH)
    action = new_action(
        file,
        what.text,
        whole.holder,
        whole.when.day,
        at=request.now,
        by=request.sender,
        state=ActionState.OPEN if request.functions & CHAIRS else ActionState.PROPOSED,
        wall=whole.when.wall,
        person=whole.person,
        kind=whole.kind,
        domain=whole.domain,
    )
    extra = [*warned(what, language)]
    if not file.holding(action.holder):
        extra.append(WITHOUT_ACCOUNT(language, holder=action.holder, contact=request.region.contact))
    if action.state is ActionState.PROPOSED and not file.with_function(*CHAIRS):
        extra.append(NOBODY_TO_AGREE(language))
    return action, extra


def _kept(request: Request, action: Action) -> Effects:
    event = "action.recorded" if action.state is ActionState.OPEN else "action.proposed"
    return changed(request, request.file, action, event=event, thing=action.id)


def _asked_back(request: Request, action: Action) -> Effects:
    """A chair may still change their own action; a proposal waits for the first chair who answers."""
    number = str(action.number)
    if action.state is ActionState.OPEN:
        return ask(request, AGREEMENT, ASKS_CHECK, number=number)
    effects = Effects()
    for seat in request.file.with_function(*CHAIRS):
        effects += ask(request, AGREEMENT, ASKS_APPROVAL, of=seat.user_id, number=number)
    return effects if request.file.meeting else effects + _put_to_chairs(request, action)


def _put_to_chairs(request: Request, action: Action) -> Effects:
    """Outside a meeting nobody may be looking: every chair can answer with one tap in their own chat."""
    file, language = request.file, request.language
    question, effects, polls = AGREED_TO(language, ref=file.ref, id=action.id), Effects(), request.polls
    for seat in file.with_function(Function.CHAIR):
        poll, put = asked(
            polls,
            action,
            seat.user_id,
            question,
            TAPS,
            it=action.id,
            by=request.sender,
            to=ToPerson(seat.user_id),
            now=request.now,
            language=language,
        )
        at = request.now.astimezone(UTC)
        because = Explanation(poll.key, 0, seat.user_id, at, Rule.PROPOSED, file.ref, action.id)
        effects, polls = effects + put.keeping(because), (*polls, poll)
    return effects


def echoed(request: Request, action: Action, text: Text, when: When, *, look_back: bool = False) -> str:
    """The action as it is read back: whoever typed it sees what was understood."""
    return text(
        request.language,
        id=action.id,
        holder=f"{named(action.holder, action.holder_user)}{tags(action, request.language)}",
        text=action.text.rstrip("."),
        term=(LOOK_BACK if look_back else DATE)(request.language),
        when=echo(when, request.language),
    )


def tags(action: Action, language: Language) -> str:
    """Kind and area of life, where the action has them: ' (informatie, onderwijs en werk)'."""
    names = [KIND_NAMES[action.kind](language)] if action.kind else []
    names += [DOMAIN_NAMES[action.life_domain](language)] if action.life_domain else []
    return f" ({', '.join(names)})" if names else ""


def waiting(file: CaseFile) -> tuple[Action, ...]:
    """Proposals that no chair has answered yet."""
    return tuple(a for a in file.actions if a.state is ActionState.PROPOSED)


ACTION = Command(
    name=Text("actie", "action"),
    who=EVERYBODY,
    where=Where.CASE,
    help=Text(
        "legt een actie vast; van een deelnemer is het een voorstel aan de voorzitter",
        "records an action; from a participant it is a proposal to the chair",
    ),
    examples=(
        Text(
            "actie leerplicht: verzuimoverzicht uitvragen, uiterlijk vrijdag 12:00",
            "action leerplicht: ask for the absences, by Friday 12:00",
        ),
        Text(
            "actie GI: veiligheidsplan bijwerken, over 2 weken",
            "action GI: update the safety plan, in 2 weeks",
        ),
    ),
    parameters=(
        Parameter(Text("rol", "role"), Kind.ROLE),
        Parameter(Text("wat", "what"), Kind.TEXT, before=Text(": ", ": ")),
        Parameter(Text("wanneer", "when"), Kind.WHEN, before=Text(", uiterlijk ", ", by ")),
    ),
    execute=_act,
    by_line=True,
    answer=_answer,
    waits_for=(_ASKS_HOLDER, _ASKS_PERSON, _ASKS_DATE),
)
