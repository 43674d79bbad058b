"""Polls on the wire: what clients get, and which of their answers count."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.effects import EndPoll, SendPoll, ToCase
from bot.core.text import Language
from bot.matrix import polls

POLL = SendPoll(ToCase("Z-1"), "Z-1 · stemming 1", ("ja", "nee"), "poll:Z-1:1", Language.NL)
REFERENCE = {"rel_type": "m.reference", "event_id": "$poll"}


def test_a_client_without_polls_still_reads_the_question_and_its_answers() -> None:
    content = polls.started(POLL)
    assert content["org.matrix.msc1767.text"] == "Z-1 · stemming 1\n1. ja\n2. nee"
    assert [answer["id"] for answer in content[polls.START]["answers"]] == ["0", "1"]


def test_nobody_sees_the_answers_of_others_while_a_poll_is_open() -> None:
    assert polls.started(POLL)[polls.START]["kind"].endswith("undisclosed")


def test_a_closed_poll_refers_to_the_message_that_asked() -> None:
    content = polls.ended(EndPoll(ToCase("Z-1"), POLL.key, "Gesloten."), "$poll")
    assert content["m.relates_to"] == REFERENCE


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        ({polls.RESPONSE: {"answers": ["1"]}, "m.relates_to": REFERENCE}, ("$poll", 1)),
        ({"m.selections": ["0"], "m.relates_to": REFERENCE}, ("$poll", 0)),
        ({polls.RESPONSE: {"answers": ["1", "0"]}, "m.relates_to": REFERENCE}, ("$poll", 1)),
        ({polls.RESPONSE: {"answers": []}, "m.relates_to": REFERENCE}, ("$poll", None)),
        ({polls.RESPONSE: {"answers": ["ja"]}, "m.relates_to": REFERENCE}, None),
        ({polls.RESPONSE: {"answers": ["-1"]}, "m.relates_to": REFERENCE}, None),
        ({polls.RESPONSE: {"answers": [1]}, "m.relates_to": REFERENCE}, None),
        ({polls.RESPONSE: {"answers": ["9" * 5000]}, "m.relates_to": REFERENCE}, None),
        ({polls.RESPONSE: {"answers": "1"}, "m.relates_to": REFERENCE}, None),
        ({polls.RESPONSE: {"answers": ["1"]}}, None),
        ({polls.RESPONSE: {"answers": ["1"]}, "m.relates_to": {"rel_type": "m.thread", "event_id": "$p"}}, None),
        ({}, None),
    ],
    ids=[
        "the unstable name", "the stable name", "the first of two", "taken back", "a word", "below zero", "a number",
        "far too long", "no list", "no relation", "another relation", "nothing",
    ],
)  # fmt: skip
def test_only_a_plain_answer_to_a_poll_is_one(content: dict[str, Any], answer: object) -> None:
    assert polls.answer_of(content) == answer
