"""`hulp`: what you may do here, drawn from the declarations of the commands themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.effects import Effects, Logged
from bot.core.text import Language, Text
from commands.conversation.command import EVERYBODY, Command, Kind, Parameter, Where
from commands.conversation.parsing import Invocation, Listener, folded, parse
from commands.conversation.reading import closed_for
from commands.conversation.replies import refuse, say

if TYPE_CHECKING:
    from commands.conversation.command import Request

_NO_FAMILY = frozenset({"niet", "not"})
"""First words that commands share by chance: "niet uitgevoerd" and "niet acuut" have nothing to do with each other."""

TITLE = Text("Dit kun je typen", "This is what you can type")
ALSO = Text("Ook: {names}.", "Also: {names}.")
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
        in_full=True,
    )
    return command


def _overview(request: Request, commands: tuple[Command, ...]) -> list[str]:
    """Six commands in full; the others that the asker may use here by name, those with the same first word as one."""
    language = request.language
    usable = tuple(
        command for command in commands if command.who & request.functions and _works(request, command)
    )
    first = [command for command in commands if command.in_full]
    others = dict.fromkeys(
        _family(c, commands, language) or c.name(language) for c in usable if c not in first
    )
    lines = [_line(command, language) for command in first]
    also = [ALSO(language, names=", ".join(others))] if others else []
    return [TITLE(language), *lines, *also, MORE(language)]


def _works(request: Request, command: Command) -> bool:
    """Whether the case of the room takes the command: it may be closed, or a theme."""
    file = request.case
    return file is None or not (
        (file.is_theme and not command.in_theme) or closed_for(command, file, request.language)
    )


def _line(command: Command, language: Language) -> str:
    return LINE(language, syntax=command.syntax(language), help=command.help(language))


def _family(command: Command, commands: tuple[Command, ...], language: Language) -> str:
    """The first word that this command shares with others: "overleg"; "" where it shares none."""
    word = _first_word(command, language)
    alike = [c for c in commands if _first_word(c, language) == word]
    return word if len(alike) > 1 and word not in _NO_FAMILY else ""


def _first_word(command: Command, language: Language) -> str:
    return command.name(language).partition(" ")[0]


def _about(request: Request, commands: tuple[Command, ...]) -> list[str]:
    typed = folded(request.text.strip(" !/."))
    for language in Language:
        family = [c for c in commands if typed == folded(_family(c, commands, language))]
        if family:
            return [_line(command, language) for command in family]
    found = parse(typed, Listener("", "", direct=True), commands)
    if not isinstance(found, Invocation):
        refuse(request, UNKNOWN(request.language))
    examples = (
        EXAMPLE(found.language, example=example(found.language)) for example in found.command.examples
    )
    return [_line(found.command, found.language), *examples]
