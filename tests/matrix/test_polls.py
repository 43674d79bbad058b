"""Polls on the wire: what clients get, what rings there, and which of their answers count."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from synapse.synapse_rust.push import FilteredPushRules, PushRuleEvaluator, PushRules

from bot.core.effects import EndPoll, Loudness, Say, SendPoll, ToCase, ToPerson
from bot.core.text import Language, Message
from bot.matrix import polls
from bot.matrix.outbox import content_of

POLL = SendPoll(ToCase("Z-1"), "Z-1 · stemming 1", ("ja", "nee"), "poll:Z-1:1", Language.NL)
TO = "@leerplicht:voorbeeld.nl"
TO_ONE = replace(POLL, to=ToPerson(TO))
NUDGE = replace(TO_ONE, loudness=Loudness.NUDGE)
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


def rings(kind: str, content: dict[str, Any], *, poll_rules: bool) -> bool:
    """Whether a client rings for what it has decrypted in a chat of two, by the rules that its homeserver gave it.

    `poll_rules`: the homeserver has those of MSC3930, which Synapse leaves out unless it is told otherwise.
    """
    flat = {"type": kind, **{f"content.{key}": v for key, v in content.items() if isinstance(v, str)}}
    mentions = content.get("m.mentions", {})
    flat |= {"content.m\\.mentions.user_ids": mentions["user_ids"]} if "user_ids" in mentions else {}
    judge = PushRuleEvaluator(flat, "m.mentions" in content, 2, 0, {}, {}, True, [], False, False, False)
    rules = FilteredPushRules(
        PushRules([]),
        {},
        msc1767_enabled=False,
        msc3381_polls_enabled=poll_rules,
        msc3664_enabled=False,
        msc4028_push_encrypted_events=False,
        msc4075_enabled=False,
        msc4210_enabled=False,
        msc4306_enabled=False,
    )
    return "notify" in judge.run(rules, TO, None, False)


@pytest.mark.parametrize("poll_rules", [False, True], ids=["without poll rules", "with poll rules"])
@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        pytest.param(polls.START, polls.started(NUDGE), True, id="a reminder"),
        pytest.param(polls.START, polls.started(TO_ONE), False, id="answers to what somebody asked"),
        pytest.param(polls.START, polls.started(POLL), False, id="a vote"),
        pytest.param(polls.END, polls.ended(EndPoll(ToPerson(TO), POLL.key, "-"), "$p"), False, id="its end"),
        pytest.param("m.room.message", content_of(Say(ToPerson(TO), Message.of("x"))), False, id="words"),
        pytest.param(
            "m.room.message",
            content_of(Say(ToPerson(TO), Message.of("x"), loudness=Loudness.NUDGE)),
            True,
            id="a reminder of several",
        ),
    ],
)
def test_only_a_reminder_rings(
    kind: str, content: dict[str, Any], *, expected: bool, poll_rules: bool
) -> None:
    assert rings(kind, content, poll_rules=poll_rules) is expected


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
