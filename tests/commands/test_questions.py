"""What the commands ask: declared by the command, so that no protection of a question hangs on a name typed elsewhere."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil

import pytest

import commands
from bot.core.records.explanations import Receiver
from bot.core.records.inquiries import ANSWER_NAMES
from bot.core.reminding.taps import _answering, answers_to
from bot.core.text import Language, Text
from commands.actions.new import TAPS
from commands.catalogue import COMMANDS
from commands.conversation.answers import ASKS_APPROVAL
from commands.conversation.command import Asks, Command
from commands.conversation.parsing import Invocation, Listener, parse
from tests.commands.stage import BOT

MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(commands.__path__, "commands.")
    if not found.ispkg
]
WAITS = {
    ("actie", "date"),
    ("actie", "holder"),
    ("actie", "person"),
    ("afschalen", "agreed"),
    ("afwezig", "until"),
    ("besluit", "reason"),
    ("besluit", "review"),
    ("bewaar verleng", "date"),
    ("bewaar verleng", "reason"),
    ("casus heropen", "reason"),
    ("casus sluit", "choice"),
    ("casus sluit", "reason"),
    ("casus sluit", "receiver"),
    ("casus sluit", "told"),
    ("correctie", "wrong"),
    ("later", "date"),
    ("navraag", "phone"),
    ("niet uitgevoerd", "because"),
    ("niet uitgevoerd", "reason"),
    ("opschalen", "reason"),
    ("overdracht", "own"),
    ("overdracht naar", "confirm"),
    ("overdracht naar", "reason"),
    ("signaal", "reason"),
    ("signaal", "review"),
    ("signaal", "text"),
    ("signaal", "what"),
    ("signaal", "when"),
    ("signaal", "who"),
    ("toewijzen", "person"),
    ("toewijzen", "role"),
    ("uitbeeld afsluiten", "reason"),
    ("uitbeeld afsluiten", "sure"),
    ("uitbeeld pauzeer", "date"),
    ("uitbeeld start", "approve"),
    ("uitbeeld terug", "who"),
    ("vast", "reason"),
    ("vervallen", "because"),
    ("vervallen", "reason"),
    ("vervanger", "role"),
}
WEIGHS = {
    ("afschalen", "agreed"),
    ("akkoord", "approve"),
    ("niet uitgevoerd", "because"),
    ("overdracht naar", "confirm"),
    ("uitbeeld afsluiten", "sure"),
    ("uitbeeld start", "approve"),
    ("vertrouwen", "confirm"),
    ("vervallen", "because"),
}


def asked() -> list[tuple[Command, Asks]]:
    """Each call of `ask` that names its command and its question; the others are heard on the stage."""
    found = []
    for module in MODULES:
        names = vars(module)
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ask"):
                continue
            command, asks = node.args[1:3]
            of = names.get(ast.unparse(command).removesuffix(".name"))
            what = names.get(ast.unparse(asks))
            if isinstance(of, Command) and isinstance(what, Asks):
                found.append((of, what))
    return found


def test_a_question_that_its_command_does_not_declare_is_found_before_somebody_answers_it() -> None:
    calls = asked()
    assert len(calls) > 30, "the calls are not found any more"
    for command, asks in calls:
        assert command.question(asks.name) == asks, f"{command.name.nl} does not declare {asks}"


def test_no_question_is_declared_that_nobody_takes_the_answer_of() -> None:
    for command in COMMANDS:
        assert command.answer or not (*command.asks, *command.waits_for), command.name.nl
        names = [asks.name for asks in (*command.asks, *command.waits_for)]
        assert len(names) == len(set(names)), f"{command.name.nl} asks two things by one name"


def test_what_gets_lost_with_its_question_is_said_and_a_rename_does_not_hide_it() -> None:
    assert {(c.name.nl, asks.name) for c in COMMANDS for asks in c.waits_for} == WAITS


def test_a_yes_to_a_colleague_ends_nothing_whatever_a_question_is_called() -> None:
    declared = {(c.name.nl, a.name) for c in COMMANDS for a in (*c.asks, *c.waits_for) if a.weighs}
    assert declared == WEIGHS
    named = [a for c in COMMANDS for a in (*c.asks, *c.waits_for) if a.name == ASKS_APPROVAL.name]
    assert all(asks is ASKS_APPROVAL for asks in named), "an effect would wait for another question"


EVERY_TAP = dict.fromkeys(
    (
        *TAPS,
        *(tap for receiver in (None, *Receiver) for tap in answers_to(receiver)),
        *(_answering(name, partner) for name in ANSWER_NAMES.values() for partner in ("", "GI")),
    )
)


@pytest.mark.parametrize("means", [means for _, means in EVERY_TAP], ids=lambda means: means.nl)
@pytest.mark.parametrize("language", Language)
def test_what_is_tapped_stays_a_command_when_a_command_gets_another_name(
    means: Text, language: Language
) -> None:
    said = parse(f"!{means(language, it='A3')}", Listener(BOT, "casusbot"), COMMANDS)
    assert isinstance(said, Invocation)
    assert said.language is language or means.nl.split()[0] == means.en.split()[0]


def test_help_says_what_the_six_do_that_everybody_needs() -> None:
    in_full = {command.name.nl for command in COMMANDS if command.in_full}
    assert in_full == {"acties", "oke", "klaar", "later", "vast", "hulp"}
