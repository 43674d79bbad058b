"""Letters between two regions: what one side writes the other reads, and nothing else is a letter."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import config
from bot.core.guard import KeptText
from bot.core.records.handovers import (
    Answer,
    Fault,
    HandedAction,
    HandedDecision,
    HandoverStep,
    Letter,
    Proposal,
    written,
)
from bot.running.letters import read
from bot.settings.resources import load_guard

T = HandoverStep
SCHEMA = json.loads(config.read("handover.schema.json"))
ID = "0123456789abcdef0123456789abcdef"


def text(words: str) -> KeptText:
    return KeptText.from_store(words)


WORDS = st.sampled_from(
    ["gesprek plannen", "verhuisd naar jullie regio", "adresonderzoek starten", "plan bijwerken"]
).map(text)
ROLES = st.sampled_from(["leerplicht", "procesregisseur", "Veilig Thuis"]).map(text)
DAYS = st.dates(date(2026, 1, 1), date(2029, 12, 31))
REFS = st.from_regex(r"[A-Z]{1,5}-[0-9]{4}-[0-9]{1,6}", fullmatch=True)
NUMBERS = st.integers(1, 99999)
PROPOSALS = st.builds(
    Proposal,
    handover=st.from_regex(r"[0-9a-f]{32}", fullmatch=True),
    reference=REFS,
    reason=WORDS,
    contacts=st.lists(ROLES, max_size=3).map(tuple),
    actions=st.lists(
        st.builds(HandedAction, id=NUMBERS.map("A{}".format), text=WORDS, holder=ROLES, due_date=DAYS),
        max_size=3,
    ).map(tuple),
    decisions=st.lists(
        st.builds(HandedDecision, id=NUMBERS.map("B{}".format), text=WORDS, reason=WORDS), max_size=3
    ).map(tuple),
)
NEEDS = {
    T.RECEIVE: {},
    T.COMPLETE: {},
    T.PLAN: {"call": DAYS},
    T.TALK: {"call": DAYS},
    T.REFUSE: {"reason": WORDS},
    T.ACCEPT: {"reference": st.none() | REFS},
}


def answers(step: HandoverStep) -> st.SearchStrategy[Answer]:
    return st.builds(
        Answer,
        handover=st.from_regex(r"[0-9a-f]{32}", fullmatch=True),
        sequence=st.integers(1, 1000),
        step=st.just(step),
        **{"reference": st.none(), "reason": st.none(), "call": st.none(), **NEEDS[step]},
    )


LETTERS: st.SearchStrategy[Letter] = st.one_of(PROPOSALS, *(answers(step) for step in HandoverStep))


@given(LETTERS)
def test_what_one_side_writes_the_other_reads(letter: Letter) -> None:
    there = json.loads(json.dumps(written(letter)))
    assert read(there, load_guard()) == letter


@given(LETTERS, st.data())
def test_a_letter_with_anything_added_taken_away_or_changed_in_kind_is_none(
    letter: Letter, data: st.DataObject
) -> None:
    value: dict[str, Any] = {**written(letter)}
    key = data.draw(st.sampled_from(sorted(value)))
    match data.draw(st.sampled_from(["add", "take", "change"])):
        case "add":
            value["extra"] = "x"
        case "take":
            del value[key]
        case _:
            value[key] = {"other": [value[key]]}
    without_reference = key == "reference" and "reference" not in value and letter.__class__ is Answer
    if not without_reference:
        assert read(value, load_guard()) in {Fault.MALFORMED, Fault.VERSION}


@pytest.mark.parametrize(
    "value",
    [None, "propose", [], 7, {"version": True}, {"version": 1}, {"step": "accept"}],
    ids=repr,
)
def test_what_is_no_letter_at_all_is_refused(value: object) -> None:
    assert read(value, load_guard()) is Fault.MALFORMED


def propose(**changes: Any) -> dict[str, Any]:
    letter = Proposal(ID, "Z-2026-014", text("verhuisd"), (text("voorzitter"),), (), ())
    return {**written(letter), **changes}


def test_a_later_version_is_not_half_understood() -> None:
    assert read(propose(version=2, mood="good"), load_guard()) is Fault.VERSION


@pytest.mark.parametrize(
    "action",
    [
        {"id": "A1", "text": "bellen", "holder": "GI", "due": "2026-02-30"},
        {"id": "A1\n", "text": "bellen", "holder": "GI", "due": "2026-02-03"},
        {"id": "A1", "text": "bellen", "holder": "GI", "due": "2026-02-03", "name": "x"},
    ],
    ids=["a day that does not exist", "a line break in a number", "a field that nobody agreed on"],
)
def test_a_proposal_with_one_wrong_action_is_refused_as_a_whole(action: dict[str, str]) -> None:
    assert read(propose(actions=[action]), load_guard()) is Fault.MALFORMED


@pytest.mark.parametrize(
    "reason", ["bel 06-12345678", "BSN 111222333"], ids=["a phone number", "a number of a person"]
)
def test_what_our_guard_keeps_nowhere_does_not_come_in_from_another_region(reason: str) -> None:
    assert read(propose(reason=reason), load_guard()) is Fault.GUARDED


def test_the_published_schema_is_a_schema_and_knows_every_step() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    parts = [SCHEMA["$defs"][one["$ref"].rpartition("/")[2]]["properties"]["step"] for one in SCHEMA["oneOf"]]
    steps = {step for part in parts for step in part.get("enum", [part.get("const")])}
    assert steps == {"propose", *HandoverStep}
