"""What a finished action brought, asked once of who reports it. It counts results beside activities; it may be skipped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.effects import Effects
from bot.core.records.actions import OUTCOME_NAMES
from bot.core.text import Text
from commands.conversation.answers import ASKS_APPROVAL, draft
from commands.conversation.command import Asks
from commands.conversation.parsing import folded
from commands.conversation.reading import find_action, must_report
from commands.conversation.replies import ask, changed, say

if TYPE_CHECKING:
    from bot.core.records.actions import Action
    from bot.core.records.trail import Question
    from commands.conversation.command import Command, Request
    from commands.conversation.reading import Target

EFFECT = Text(
    "Effect op het doel? ja / deels / nee / te vroeg (overslaan mag)",
    "Effect on the purpose? yes / partly / no / too early (you may skip this)",
)
EFFECT_NOTED = Text("Effect van {id}: {outcome}.", "Effect of {id}: {outcome}.")
SKIPPED = Text("Goed, zonder.", "Fine, without.")
SKIP = frozenset({"overslaan", "sla over", "skip"})
ASKS_EFFECT = Asks("effect")
_SPELT = {folded(words): outcome for outcome, name in OUTCOME_NAMES.items() for words in (name.nl, name.en)}


def effect_asked(target: Target, command: Command) -> tuple[str, Effects]:
    """The question what an action brought, and its being kept; not while a chair's yes to a proposal is awaited.

    Whichever command asked for that yes: this question may be skipped, that one may not be pushed aside by it.
    """
    request = target.request
    if any(q.user_id == request.sender and q.asks == ASKS_APPROVAL.name for q in request.questions):
        return "", Effects()
    return EFFECT(request.language), ask(request, command.name, ASKS_EFFECT, action=target.named)


def effect_answered(request: Request, question: Question, command: Command) -> Effects | None:
    """'ja', 'deels', 'nee' or 'te vroeg'; everything else is talk."""
    said = folded(request.text).strip(" .")
    if said in SKIP:
        return say(request, SKIPPED(request.language))
    outcome = _SPELT.get(said)
    if outcome is None:
        return None
    target = find_action(replace(request, text=draft(question)["action"]), command)
    must_report(target)
    new: Action = replace(target.action, outcome=outcome)
    text = EFFECT_NOTED(request.language, id=new.id, outcome=OUTCOME_NAMES[outcome](request.language))
    return say(request, text) + changed(
        target.request, target.file, new, event="action.outcome", thing=new.id
    )
