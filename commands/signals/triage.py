"""`signaal triage`: the four criteria of complex cases, ticked by a person, with one line why.

The national definition (domain 2.2). No score and no outcome: what follows is decided by people.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.effects import Effects, Logged
from bot.core.records.signals import SignalStep
from bot.core.text import Text
from commands.conversation.answers import draft
from commands.conversation.command import EVERYBODY, Asks, Command, Kind, Parameter, Where
from commands.conversation.reading import IN_CHARGE
from commands.conversation.reasons import bare_reason
from commands.conversation.replies import ask, kept, refuse, say
from commands.signals.finding import SIGNAL_ID, Found, comes_back, find_signal, keeping, protocol, stepped

if TYPE_CHECKING:
    from bot.core.records.trail import Question
    from commands.conversation.command import Request

_ASKS_CRITERIA = Asks("criteria")
_TICKED = re.compile(r"((?:\d\b[\s,;&+]*+(?:(?:en|and)\b\s*+)?)+|geen\b|none\b)[\s,.:;–-]*+", re.IGNORECASE)

WHICH = Text("Welk signaal? Bijv. !signaal triage S2.", "Which signal? For example !signal triage S2.")
CRITERIA = Text(
    "Triage {id}. Wat geldt hier? Antwoord met de nummers en één regel waarom, bijv. 1, 2: problemen thuis en op "
    "school, school alleen komt er niet uit. Of: geen: <waarom>.",
    "Triage {id}. What applies here? Answer with the numbers and one line why, for example 1, 2: problems at home and "
    "at school, school alone cannot manage. Or: none: <why>.",
)
BOX = Text("☐ {n} {criterion}", "☐ {n} {criterion}")
TICKED = Text("☒ {n} {criterion}", "☒ {n} {criterion}")
NO_SUCH = Text(
    "Er zijn {n} criteria. Noem de nummers die gelden.", "There are {n} criteria. Name those that apply."
)
WHY = Text(
    "Zet er één regel bij waarom, bijv. 1, 2: problemen thuis en op school.",
    "Add one line why, for example 1, 2: problems at home and at school.",
)
RECORDED = Text("Triage {id} vastgelegd. Waarom: {why}.", "Triage {id} recorded. Why: {why}.")
PEOPLE_DECIDE = Text(
    "Dit is geen score; wat nu volgt bepalen mensen: bespreken, koppelen aan een casus, onderling oplossen, of niets "
    "doen met een dag om opnieuw te kijken.",
    "This is no score; people decide what follows: discuss it, link it to a case, settle it between you, or do nothing "
    "with a day to look again.",
)
FOR_OTHERS = Text(
    "De triage doet wie de regie heeft (voorzitter, procesregisseur, casusregisseur). Vraag het een van hen.",
    "Triage is for who directs (chair, process coordinator, case coordinator). Ask one of them.",
)


def _triage(request: Request) -> Effects:
    named = SIGNAL_ID.match(request.text.strip())
    if named is None:
        refuse(request, WHICH(request.language))
    found = find_signal(request, int(named[1]))
    if found.elsewhere or (found.file and not found.request.functions & IN_CHARGE):
        refuse(request, FOR_OTHERS(request.language))
    rest = request.text.strip()[named.end() :]
    if rest:
        return _ticked(found, rest)
    lines = [CRITERIA(request.language, id=found.signal.id), *_boxes(found, ())]
    asked = ask(request, TRIAGE.name, _ASKS_CRITERIA, signal=str(found.signal.number))
    log = Logged("signal.read", found.signal.case_ref, found.signal.id)
    return say(request, *lines) + asked + Effects(log=(log,))


def _boxes(found: Found, ticked: tuple[int, ...]) -> list[str]:
    language = found.request.language
    criteria = protocol(found.request).lists["criteria"].values()
    return [
        (TICKED if n in ticked else BOX)(language, n=n, criterion=criterion(language))
        for n, criterion in enumerate(criteria, 1)
    ]


def _answer(request: Request, question: Question) -> Effects | None:
    if _TICKED.match(request.text) is None and not request.replies:
        return None
    return _triage(replace(request, text=f"S{draft(question)['signal']} {request.text}"))


def _ticked(found: Found, typed: str) -> Effects:
    request, language = found.request, found.request.language
    most = len(protocol(request).lists["criteria"])
    said = _TICKED.match(typed)
    if said is None:
        refuse(request, NO_SUCH(language, n=most))
    numbers = tuple(sorted({int(n) for n in re.findall(r"\d", said[1])}))
    if any(not 1 <= n <= most for n in numbers):
        refuse(request, NO_SUCH(language, n=most))
    why = bare_reason(typed[said.end() :])
    if not why:
        refuse(request, WHY(language))
    text = kept(request, why).text
    signal, fact = stepped(found, SignalStep.TRIAGE, text, criteria=numbers)
    lines = [
        RECORDED(language, id=signal.id, why=text.rstrip(".")),
        *_boxes(found, numbers),
        PEOPLE_DECIDE(language),
        *comes_back(request, signal),
    ]
    return say(request, *lines) + keeping(found, signal, fact, event="signal.triaged")


TRIAGE = Command(
    name=Text("signaal triage", "signal triage"),
    who=EVERYBODY,
    where=Where.CASE_OR_DIRECT,
    in_theme=False,
    help=Text(
        "kruist aan welke criteria voor complexe casuïstiek gelden, met waarom",
        "ticks which criteria for complex cases apply, with why",
    ),
    examples=(
        Text("signaal triage S1", "signal triage S1"),
        Text(
            "signaal triage S1 1, 2: problemen thuis en op school",
            "signal triage S1 1, 2: problems at home and at school",
        ),
    ),
    parameters=(
        Parameter(Text("signaal", "signal"), Kind.TEXT),
        Parameter(Text("nummers: waarom", "numbers: why"), Kind.TEXT, optional=True),
    ),
    execute=_triage,
    answer=_answer,
    asks=(_ASKS_CRITERIA,),
)
