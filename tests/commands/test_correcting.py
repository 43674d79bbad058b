"""Edited, removed, undone and wiped: what people take back is asked about, traced, or really gone."""

from __future__ import annotations

from dataclasses import fields

import pytest

from bot.core.effects import Effects
from bot.core.records.actions import ActionState
from bot.core.records.trail import Source, Step
from tests.commands.stage import Stage, holding, opened, user

CHAIR = "voorzitter"


def meeting() -> Stage:
    stage = opened()
    stage.hear(CHAIR, "!overleg start afspraken herijken")
    return stage


def words(stage: Stage) -> str:
    """Everything that is stored, nested records included."""
    return "\n".join(str(getattr(r, f.name)) for r in stage.records.values() for f in fields(r)) + "\n".join(
        text
        for step in stage.rows(Step)
        for record in (*step.before, *step.after)
        for text in (str(getattr(record, f.name)) for f in fields(record))
    )


# Editing


def test_an_edit_alone_changes_nothing() -> None:
    stage = opened()
    stage.hear(CHAIR, "!actie GI: plan maken, vrijdag")
    before = stage.action(1)
    stage.hear(CHAIR, "!actie GI: plan afmaken, ma 9 mrt", edits=stage.last)
    assert stage.action(1) == before


def test_a_message_of_somebody_else_cannot_be_edited() -> None:
    stage = opened()
    stage.hear(CHAIR, "!actie GI: plan maken, vrijdag")
    assert stage.hear("gi", "!actie GI: niets doen, ma 9 mrt", edits=stage.last) == Effects()


def test_the_yes_to_an_edit_counts_for_who_was_asked() -> None:
    stage = opened()
    stage.hear(CHAIR, "!actie GI: plan maken, vrijdag")
    stage.hear(CHAIR, "!actie GI: plan afmaken, vrijdag", edits=stage.last)
    assert stage.hear("procesregisseur", "ja") == Effects()
    stage.hear(CHAIR, "ja")
    assert stage.action(1).text == "plan afmaken"


def test_what_an_edit_says_passes_the_guard() -> None:
    stage = opened()
    stage.hear(CHAIR, "!actie GI: plan maken, vrijdag")
    typed = stage.last
    stage.hear(CHAIR, "!actie GI: BSN 111222333 zoeken, vrijdag", edits=typed)
    stage.hear(CHAIR, "!klaar A1 BSN 111222333", edits=stage.last)
    assert "111222333" not in words(stage)


def test_a_command_that_failed_may_be_mended_by_an_edit() -> None:
    stage = opened()
    stage.hear(CHAIR, "!actie tante Bep: plan maken, vrijdag")
    stage.hear(CHAIR, "!actie GI: plan maken, vrijdag", edits=stage.last)
    stage.hear(CHAIR, "ja")
    assert [a.holder for a in stage.file().actions] == ["GI"]


def test_talk_that_is_edited_is_still_talk() -> None:
    stage = opened()
    stage.hear("gi", "ik bel morgen")
    assert stage.hear("gi", "ik bel vrijdag", edits=stage.last) == Effects()


# Removing


def test_a_removed_command_is_only_asked_about() -> None:
    """A removal is not encrypted: whoever runs the homeserver can make one up."""
    stage = opened()
    stage.hear(CHAIR, "!actie GI: plan maken, vrijdag")
    before = dict(stage.records)
    assert stage.remove(CHAIR, stage.last)
    assert stage.records == before


@pytest.mark.parametrize("typed", ["!vervallen A1 niet meer nodig", "!wis A1"])
def test_what_is_over_is_not_asked_about_again(typed: str) -> None:
    stage = opened()
    stage.hear(CHAIR, "!actie GI: plan maken, vrijdag")
    made = stage.last
    stage.hear(CHAIR, "!vervallen A1 niet meer nodig")
    assert not stage.remove(CHAIR, made)


# Undoing


def test_undoing_leaves_a_trail_and_gives_no_number_away() -> None:
    stage = meeting()
    stage.hear(CHAIR, "!actie GI: plan maken, vrijdag")
    stage.hear(CHAIR, "!herstel")
    stage.hear(CHAIR, "!actie GI: plan schrijven, vrijdag")
    assert [(a.id, a.state) for a in stage.file().actions] == [
        ("A1", ActionState.VOID),
        ("A2", ActionState.OPEN),
    ]
    assert "undone Z-2026-014 A1" in stage.logged


def test_nobody_undoes_the_step_of_another() -> None:
    stage = meeting()
    stage.hear(CHAIR, "!actie GI: plan maken, vrijdag")
    stage.hear("procesregisseur", "!herstel")
    assert stage.action(1).state is ActionState.OPEN


def test_an_undone_proposal_cannot_be_agreed_to() -> None:
    stage = meeting()
    stage.hear("gi", "!actie GI: plan maken, vrijdag")
    stage.hear("gi", "!herstel")
    stage.hear(CHAIR, "ja")
    stage.hear(CHAIR, "!akkoord A1")
    assert stage.action(1).state is ActionState.VOID


def test_what_was_undone_is_nudged_about_as_before() -> None:
    stage = meeting()
    stage.hear(CHAIR, "!actie GI: plan maken, vrijdag")
    before = stage.action(1)
    stage.hear("gi", "!vast A1 wachtlijst")
    stage.hear("gi", "!herstel")
    after = stage.action(1)
    assert (after.state, after.look_back, after.nudge_at) == (before.state, None, before.nudge_at)


def test_the_end_of_the_meeting_closes_every_way_back() -> None:
    stage = meeting()
    stage.hear(CHAIR, "!actie GI: plan maken, vrijdag")
    assert stage.rows(Step)
    stage.hear(CHAIR, "!overleg stop")
    assert not stage.rows(Step)


# Wiping


@pytest.mark.parametrize(
    ("typed", "wiped"),
    [
        ("!actie GI: kanarie zoeken, vrijdag", "!wis A1"),
        ("!actie GI: kanarie zoeken", "!wis A1"),
        ("!besluit kanarie zoeken, reden: kanarie weg", "!wis B1"),
        ("!agenda kanarie; afronden", "!wis agenda 1"),
    ],
)
def test_a_wiped_text_is_stored_nowhere(typed: str, wiped: str) -> None:
    stage = meeting()
    stage.hear(CHAIR, typed)
    made = stage.last
    stage.hear(CHAIR, "vrijdag")
    stage.hear(CHAIR, "!acties")
    stage.hear(CHAIR, typed.replace("kanarie", "kanariepiet"), edits=made)
    effects = stage.hear(CHAIR, wiped)
    assert effects.wiped
    assert "kanarie" not in words(stage)


def test_every_message_that_showed_a_text_is_known() -> None:
    stage = holding(opened(), "GI: plan maken, vrijdag")
    stage.hear("gi", "!acties")
    listed = stage.last
    stage.hear("gi", "acties", room=stage.direct("gi"))
    direct = stage.last
    stage.hear("gi", "!deelnemers")
    found = {source.event_id for source in stage.rows(Source, thing="A1")}
    assert {listed, direct} < found
    assert stage.last not in found


def test_a_participant_wipes_only_their_own_words() -> None:
    stage = opened()
    stage.hear("gi", "!actie GI: plan maken, vrijdag")
    stage.hear(CHAIR, "ja")
    stage.hear("leerplicht", "!wis A1")
    assert stage.action(1).text == "plan maken"
    stage.hear("gi", "!wis A1")
    action = stage.action(1)
    assert (action.text, action.state, action.id) == ("(gewist)", ActionState.OPEN, "A1")
    assert action.created_by == user("gi")
