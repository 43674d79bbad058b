"""The table of commands in the documentation, drawn from their declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.access.receiving import RULES
from bot.core.permissions import DOING, MEANINGS, REGION_WIDE, RIGHTS
from bot.core.text import Language, Text
from commands.conversation.command import EVERYBODY, Where
from commands.conversation.replies import FUNCTION_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.core.records.cases import Function
    from commands.conversation.command import Command

HEADER = Text("| Opdracht | Engels | Wie | Waar | Wat |", "| Command | Dutch | Who | Where | What |")
RIGHT_HEADER = Text("| recht | {functions} | opdrachten |", "| right | {functions} | commands |")
MESSAGE_HEADER = Text("| wat weggaat | voor wie |", "| what leaves | for whom |")
IN_CASE = Text("eigen casus", "own case")
EVERYWHERE = Text("regio", "region")
ALL = Text("iedereen", "everybody")
WHERE = {
    Where.CASE: Text("casus", "case"),
    Where.CASE_OR_DIRECT: Text("casus, of met de bot alleen", "case, or alone with the bot"),
    Where.DIRECT: Text("met de bot alleen", "alone with the bot"),
    Where.ANYWHERE: Text("overal", "anywhere"),
}


def table(commands: Iterable[Command], language: Language) -> str:
    """A Markdown table with a row per command."""
    rows = [HEADER(language), "|---|---|---|---|---|", *(_row(command, language) for command in commands)]
    return "\n".join(rows) + "\n"


def rights(commands: Iterable[Command], language: Language) -> str:
    """Who may do and receive what: a row for each right, the commands that ask for it, and every type of message."""
    columns = list(FUNCTION_NAMES)
    head = " | ".join(FUNCTION_NAMES[function](language) for function in columns)
    lines = [RIGHT_HEADER(language, functions=head), "|---|" + "---|" * (len(columns) + 1)]
    all_commands = tuple(commands)
    for right, who in RIGHTS.items():
        marks = " | ".join(_extent(function, language) if function in who else "-" for function in columns)
        names = ", ".join(f"`{c.name(language)}`" for c in all_commands if right in DOING and c.who == who)
        lines.append(f"| {MEANINGS[right](language)} | {marks} | {names} |")
    lines += ["", MESSAGE_HEADER(language), "|---|---|"]
    lines += [f"| `{kind.__name__}` | {rule.what(language)} |" for kind, rule in RULES.items()]
    return "\n".join(lines) + "\n"


def _extent(function: Function, language: Language) -> str:
    return (EVERYWHERE if function in REGION_WIDE else IN_CASE)(language)


def _row(command: Command, language: Language) -> str:
    other = Language.EN if language is Language.NL else Language.NL
    names = [name(language) for function, name in FUNCTION_NAMES.items() if function in command.who]
    who = ALL(language) if command.who == EVERYBODY else ", ".join(names)
    syntax = command.syntax(language).replace("|", "\\|")
    cells = (
        f"`{syntax}`",
        f"`!{command.name(other)}`",
        who,
        WHERE[command.where](language),
        command.help(language),
    )
    return f"| {' | '.join(cells)} |"
