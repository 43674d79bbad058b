"""What the guard refuses gets in nowhere: tried with every command, in every place where somebody can type."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING

import pytest

from commands.catalogue import COMMANDS
from commands.conversation.command import Where
from commands.registry import Reply
from tests.commands.test_registry import prepared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.records.kinds import Record
    from commands.conversation.command import Command
    from tests.commands.stage import Stage

FORBIDDEN = "111222333"
"""A number that passes the 11-proef (config/guard.yaml: bsn)."""
WHO = {Where.DIRECT: ("contactpunt", "coordinator")}


def typings(command: Command) -> Iterator[str]:
    """Each example with the forbidden fact after every word of it."""
    for example in command.examples:
        words = example.nl.split()
        for place in range(len(command.name.nl.split()), len(words) + 1):
            yield " ".join([*words[:place], f"BSN {FORBIDDEN}", *words[place:]])


def kept(stage: Stage) -> str:
    """Everything that the store would hold, and the log."""
    return "\n".join([*map(written, stage.records.values()), *stage.logged])


@cache  # most records of a stage are those that every stage began with
def written(record: Record) -> str:
    return json.dumps(asdict(record), default=str)


def test_the_search_sees_what_is_kept() -> None:
    assert "samenwerking stagneert" in kept(prepared())


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name.nl)
def test_no_command_keeps_what_the_guard_refuses(command: Command) -> None:
    for typed in typings(command):
        stage = prepared()
        for name in WHO.get(command.where, ("voorzitter", "coordinator")):
            for room in (stage.room(), stage.direct(name)):
                stage.hear(name, f"!{typed}", room=room)
                stage.hear(name, f"reden: BSN {FORBIDDEN}", room=room)
                stage.hear(name, f"BSN {FORBIDDEN}", room=room, reply=Reply.QUESTION)
                assert FORBIDDEN not in kept(stage), typed
