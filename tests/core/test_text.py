"""Messages: what fits in one event."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bot.core.effects import Say, ToRoom
from bot.core.text import MOST, Message
from bot.matrix.outbox import content_of

LARGEST = 65_536
"""Bytes of an event (Matrix specification, "Size limits")."""


def test_a_list_that_grew_too_long_is_answered_in_part_and_not_with_silence() -> None:
    """A homeserver refuses what is larger, and then the parked worries of a region would be seen by nobody."""
    lines = [
        f"S{n} opgevangen · leerplicht, ma 2/3: {'drie weken afwezig, daarna terug. ' * 8}"
        for n in range(500)
    ]
    content = content_of(Say(ToRoom("!r:x"), Message.of(*lines)))
    assert content["body"].startswith("S0 ")
    left_out = 500 - content["body"].count("\n")
    assert content["body"].endswith(f"… (+{left_out})")
    assert len(json.dumps(content)) * 4 / 3 < LARGEST - 4096, (
        "encrypted, as base64, with what stands around it"
    )


@given(st.lists(st.text(max_size=400), max_size=20))
def test_what_fits_is_said_as_it_is(lines: list[str]) -> None:
    message = Message.of(*lines)
    if sum(len(line) + 1 for line in message.lines) < MOST:
        assert message.fitted() == message
