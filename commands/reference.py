"""The table of commands in the documentation, drawn from their declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.text import Language, Text
from commands.declaration import EVERYBODY, Where
from commands.replies import FUNCTION_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from commands.declaration import Command

HEADER = Text("| Opdracht | Engels | Wie | Waar | Wat |", "| Command | Dutch | Who | Where | What |")
ALL = Text("iedereen", "everybody")
WHERE = {
    Where.CASE: Text("casus", "case"),
    Where.CASE_OR_DIRECT: Text("casus, of met de bot alleen", "case, or alone with the bot"),
    Where.ANYWHERE: Text("overal", "anywhere"),
}


def table(commands: Iterable[Command], language: Language) -> str:
    """A Markdown table with a row per command."""
    rows = [HEADER(language), "|---|---|---|---|---|", *(_row(command, language) for command in commands)]
    return "\n".join(rows) + "\n"


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
