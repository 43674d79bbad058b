"""`hulp`: what you may do here, drawn from the declarations of the commands themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.effects import Effects, Logged
from bot.core.model import Function
from bot.core.text import Text
from commands.declaration import EVERYBODY, Command, Kind, Parameter, Where
from commands.parsing import Invocation, Listener, parse
from commands.replies import refuse, say

if TYPE_CHECKING:
    from commands.declaration import Request

FOR_EVERYBODY = ("acties", "oke", "klaar", "later", "vast", "hulp")
"""The six that a participant needs (domain 7.1); the rest is found with `hulp <opdracht>`."""

TITLE = Text("Dit kun je typen", "This is what you can type")
MORE = Text("Meer over één ervan: !hulp klaar.", "More about one of them: !help done.")
LINE = Text("{syntax}: {help}", "{syntax}: {help}")
EXAMPLE = Text("Bijv. !{example}", "For example !{example}")
UNKNOWN = Text(
    "Die opdracht ken ik niet. Typ !hulp voor wat er wel is.",
    "I do not know that command. Type !help for all.",
)


def help_about(others: tuple[Command, ...]) -> Command:
    """The help command, which tells about all others and about itself."""

    def execute(request: Request) -> Effects:
        commands = (*others, command)
        lines = _about(request, commands) if request.text else _overview(request, commands)
        log = Effects(log=(Logged("help.read", request.ref),))
        return say(request, *lines, headed=not request.text) + log

    command = Command(
        name=Text("hulp", "help"),
        aliases=(Text("opdrachten", "commands"),),
        who=EVERYBODY,
        where=Where.ANYWHERE,
        help=Text("laat zien wat je kunt typen", "shows what you can type"),
        examples=(Text("hulp", "help"), Text("hulp klaar", "help done")),
        parameters=(Parameter(Text("opdracht", "command"), Kind.CHOICE, optional=True),),
        execute=execute,
    )
    return command


def _overview(request: Request, commands: tuple[Command, ...]) -> list[str]:
    """Six commands for a participant; for who directs a case or the region, all that they may use."""
    plain = request.functions <= {Function.PARTICIPANT, Function.CASE_COORDINATOR}
    shown = [
        command
        for command in commands
        if (command.name.nl in FOR_EVERYBODY if plain else command.who & request.functions)
    ]
    lines = [
        LINE(request.language, syntax=command.syntax(request.language), help=command.help(request.language))
        for command in shown
    ]
    return [TITLE(request.language), *lines, MORE(request.language)]


def _about(request: Request, commands: tuple[Command, ...]) -> list[str]:
    found = parse(request.text.lstrip("!/"), Listener("", "", direct=True), commands)
    if not isinstance(found, Invocation):
        refuse(request, UNKNOWN(request.language))
    language = request.language
    shown = found.command
    first = LINE(language, syntax=shown.syntax(language), help=shown.help(language))
    return [first, *(EXAMPLE(language, example=example(language)) for example in shown.examples)]
