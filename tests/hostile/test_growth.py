"""What a command costs grows with the length of its text only: counted in calls, not in seconds."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING

import pytest

from commands.catalogue import COMMANDS
from commands.conversation.command import Where
from tests.bench.text import play, set_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from commands.conversation.command import Command

PIECES = ("a ", "1: ", "a\n", "!actie a: b\n", "A1 ", "moeder, ")
SHORT = 600
MOST_GROWTH = 6
"""For a text four times as long; with the square of the length it would be sixteen."""


@cache
def stage() -> Callable[[str, bool], Callable[[str], object]]:
    found = set_up()
    return lambda before, direct: play(found, before, direct=direct)


def calls(act: Callable[[str], object], text: str) -> int:
    """How many functions are called, those of Python's own included."""
    count = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        act(text)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name.nl)
def test_a_command_with_a_text_four_times_as_long_costs_about_four_times_as_much(command: Command) -> None:
    act = stage()(f"!{command.name.nl} ", command.where is Where.DIRECT)
    for piece in PIECES:
        short, long = ((piece * size)[:size] for size in (SHORT, 4 * SHORT))
        act(short)  # what is worked out once is worked out now
        assert calls(act, long) <= MOST_GROWTH * calls(act, short), piece
