"""What the bot can do, as room state that clients complete from, and commands that clients send in structure (MSC4391).

The state is published where the bot makes the room: with it, because thirty-odd state events afterwards would run
into every rate limit. It is not encrypted and says nothing of any case.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from bot.core.text import Language
from commands.catalogue import COMMANDS
from commands.conversation.command import Kind, Where
from commands.registry import Invoked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commands.conversation.command import Command, Parameter

DESCRIPTION = "org.matrix.msc4391.command_description"
INVOCATION = "org.matrix.msc4391.command"
_TYPES = {Kind.PERSON: "user_id"}
_MOST_ARGUMENTS = 20


def initial_state(bot: str, *, direct: bool) -> list[dict[str, Any]]:
    """The descriptions of the commands that can be typed in a room like this."""
    return [
        {
            "type": DESCRIPTION,
            "state_key": state_key(command.name(language), bot),
            "content": described(command, language),
        }
        for language in Language
        for command in COMMANDS
        if not (direct and command.where is Where.CASE)
        if language is Language.NL or command.name.en != command.name.nl
    ]


def state_key(name: str, bot: str) -> str:
    return b64encode(sha256(f"{name}{bot}".encode()).digest()).decode()


def described(command: Command, language: Language) -> dict[str, Any]:
    keys = _keys(command.parameters, language)
    return {
        "command": command.name(language),
        "description": _text(command.help(language)),
        "parameters": [
            {
                "key": key,
                "schema": {"schema_type": "primitive", "type": _TYPES.get(parameter.kind, "string")},
                "optional": parameter.optional,
                "description": _text(parameter.written(language).strip()),
            }
            for key, parameter in zip(keys, command.parameters, strict=True)
        ],
    }


def invoked(content: Mapping[str, Any], bot: str) -> Invoked | None:
    """The command that a client sent in structure to this bot; whether it counts depends on the visible body."""
    match content:
        case {
            "org.matrix.msc4391.command": {"command": str(name), "arguments": dict(arguments)},
            "m.mentions": {"user_ids": [*mentioned]},
        } if bot in mentioned and len(arguments) <= _MOST_ARGUMENTS:
            values = tuple(value for value in arguments.values() if isinstance(value, str))
            return Invoked(name, values) if len(values) == len(arguments) else None
        case _:
            return None


def _keys(parameters: tuple[Parameter, ...], language: Language) -> list[str]:
    """The names of the parameters; the second of one name gets a number."""
    names = [parameter.name(language) for parameter in parameters]
    return [
        name if names.index(name) == place else f"{name} {names[: place + 1].count(name)}"
        for place, name in enumerate(names)
    ]


def _text(words: str) -> dict[str, Any]:
    return {"m.text": [{"body": words}]}
