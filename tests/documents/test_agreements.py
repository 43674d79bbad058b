"""The list of agreements and its forms in text: what it holds, and that every form holds the same."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from markdown_it import MarkdownIt

import config
from bot.core.records.actions import ActionKind, ActionState, BlockReason, LifeDomain
from bot.core.records.inquiries import InquiryAnswer, InquiryState
from bot.core.records.meetings import MeetingState
from bot.core.text import Language
from bot.documents.agreements import agreement_list, last_meeting, next_meeting
from bot.documents.exchange import as_json
from bot.documents.markdown import markdown
from tests.documents.cases import FILE, INQUIRIES, MEETING, NOW, REF, with_text
from tests.golden import check

if TYPE_CHECKING:
    from bot.documents.agreements import AgreementList

LANGUAGES = pytest.mark.parametrize("language", Language)


def agreements() -> AgreementList:
    return agreement_list(FILE, MEETING)


# What the list holds


def test_the_agreements_of_this_meeting_come_before_older_ones() -> None:
    assert [a.id for a in agreements().running] == ["A4", "A5", "A2", "A3"]


def test_what_was_done_before_the_meeting_is_not_told_again() -> None:
    before = tuple(replace(a, updated_at=MEETING.started_at - timedelta(hours=1)) for a in FILE.actions)
    assert agreement_list(replace(FILE, actions=before), MEETING).ended == ()


def test_what_was_overtaken_by_events_is_not_told_as_not_done() -> None:
    states = {a.id: a.state for a in agreements().ended}
    assert states == {"A1": ActionState.DONE, "A7": ActionState.VOID, "A8": ActionState.NOT_DONE}


def test_nobody_is_called_absent_when_nobody_said_who_was_there() -> None:
    found = agreement_list(FILE, replace(MEETING, present=None))
    assert (found.present, found.absent) == (None, ())


def test_a_chair_who_left_the_case_later_still_chaired_it() -> None:
    gone = tuple(replace(p, left_at=NOW) if p.label == "voorzitter" else p for p in FILE.participants)
    found = agreement_list(replace(FILE, participants=gone), MEETING)
    assert found.chair == "voorzitter"
    assert "voorzitter" not in found.distribution


def test_the_date_planned_for_the_running_meeting_is_no_next_meeting() -> None:
    running = replace(MEETING, number=2, state=MeetingState.RUNNING, ended_at=None)
    case = replace(FILE.case, next_meeting=date(2026, 3, 2))
    assert next_meeting(replace(FILE, case=case, meetings=(running,))) is None
    following = next_meeting(replace(FILE, meetings=(running,)))
    assert following
    assert following.day == date(2026, 3, 16)


def test_the_running_meeting_is_the_one_that_is_told_of() -> None:
    running = replace(MEETING, number=2, state=MeetingState.RUNNING, ended_at=None)
    assert last_meeting(replace(FILE, meetings=(MEETING, running))) is running
    assert last_meeting(replace(FILE, meetings=())) is None


# Markdown


@LANGUAGES
def test_the_markdown_reads_as_a_list_of_agreements(language: Language) -> None:
    check(f"documents/golden/agreements-{language}.md", markdown(agreements(), language))


def as_read(source: str) -> str:
    """The text that a Markdown reader shows, cell by cell and line by line."""
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(source)
    return "\n".join(
        "".join(child.content for child in token.children or ()) for token in tokens if token.type == "inline"
    )


@pytest.mark.parametrize(
    "typed",
    [
        "*sterretjes*",
        "a | b",
        "<b>vet</b>",
        "# kop",
        "[klik](javascript:x)",
        "`code`",
        "B1. ~~weg~~ &amp; &lt;",
        "1. een",
    ],
)
def test_what_people_typed_is_no_markup(typed: str) -> None:
    shown = as_read(markdown(agreement_list(file := with_text(typed), file.meetings[0]), Language.NL))
    assert shown.count(typed.rstrip(".")) == 9 + len(INQUIRIES)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40))
def test_no_text_breaks_the_table(typed: str) -> None:
    file = with_text(typed)
    source = markdown(agreement_list(file, file.meetings[0]), Language.NL)
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(source)
    assert [token.type for token in tokens].count("td_open") == 5 * 4
    assert [token.tag for token in tokens if token.type == "heading_open"].count("h1") == 1


# JSON


def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(config.read("agreement-list.schema.json"))
    return found


def errors(document: object) -> list[str]:
    validator = Draft202012Validator(schema(), format_checker=FormatChecker())
    return [error.message for error in validator.iter_errors(document)]


def test_the_published_schema_is_a_schema_with_a_version() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["$id"].endswith(f":{schema()['properties']['version']['const']}")


@pytest.mark.parametrize(
    "found",
    [
        agreements(),
        agreement_list(FILE, replace(MEETING, present=None, ended_at=None)),
        agreement_list(
            replace(FILE, actions=(), decisions=(), agenda=(), case=replace(FILE.case, next_meeting=None)),
            MEETING,
        ),
    ],
    ids=["after a meeting", "while it runs and nobody said who was there", "of an empty meeting"],
)
def test_a_case_system_can_rely_on_the_schema(found: AgreementList) -> None:
    assert errors(json.loads(as_json(found))) == []


@pytest.mark.parametrize(
    "more", [{"name": "x"}, {"version": 2}, {"case": None}, {"decisions": [{"id": "B1", "text": "x"}]}]
)
def test_the_schema_refuses_what_the_bot_never_says(more: dict[str, Any]) -> None:
    assert errors(json.loads(as_json(agreements())) | more)


def test_the_schema_knows_every_code() -> None:
    fields = schema()["properties"]["actions"]["items"]["properties"]
    assert fields["state"]["enum"] == list(ActionState)
    assert fields["reason"]["enum"] == [*BlockReason, None]
    assert fields["kind"]["enum"] == [*ActionKind, None]
    assert fields["life_domain"]["enum"] == [*LifeDomain, None]
    asked = schema()["properties"]["inquiries"]["items"]["properties"]
    assert asked["state"]["enum"] == [InquiryState.ASKED, InquiryState.ANSWERED]
    assert asked["answer"]["enum"] == [*InquiryAnswer, None]


def test_the_json_is_what_was_published() -> None:
    check("documents/golden/agreements.json", as_json(agreements()))


def test_a_date_in_summer_carries_the_offset_of_summer() -> None:
    summer = replace(MEETING, started_at=MEETING.started_at.replace(month=7))
    assert (
        json.loads(as_json(agreement_list(FILE, summer)))["meeting"]["started_at"]
        == "2026-07-02T11:02:00+02:00"
    )


def test_no_document_names_a_person() -> None:
    for written in (as_json(agreements()), markdown(agreements(), Language.NL)):
        assert "@" not in written
        assert REF in written
