"""Closing a case: nothing that was agreed is lost by it, and nothing is added to it afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.effects import Effects
from bot.core.records.actions import Action, ActionState
from bot.core.records.cases import TRANSITIONS, Case, CaseState, without_end
from bot.core.records.explanations import Receiver
from bot.core.records.handovers import Handover, HandoverState, Side
from bot.core.records.meetings import AgendaItem, Decision, Meeting
from bot.core.records.out_of_sight import OutOfSight, SightState
from bot.core.records.people import DigestPlan
from bot.core.records.trail import Question
from bot.settings import protocols
from commands.catalogue import COMMANDS
from commands.conversation.planning import AFTERCARE
from commands.registry import Reply
from tests.commands.closing import CHAIR, SAID, closed
from tests.commands.stage import REF, REGION, Stage, holding, opened, user
from tests.golden import check

AGREED = (Action, Decision, Meeting, AgendaItem)
WORDS = st.sampled_from(
    (
        "!casus sluit doel bereikt",
        "!casus heropen nieuwe zorgen",
        "!actie GI: plan maken, vrijdag",
        "!klaar A1",
        "!klaar A2",
        "!vervallen A1 niet nodig",
        "!vervallen A2 niet nodig",
        "!later A2 over 2 weken",
        "!besluit gezin bellen, reden: geen contact",
        "!overleg start verder praten",
        "!overleg stop",
        "!opschalen het stagneert",
        "!agenda afronden",
        *(words for words, _ in SAID),
        "nee",
    )
)


@given(
    st.lists(st.tuples(st.sampled_from((CHAIR, "procesregisseur", "gi")), WORDS, st.booleans()), max_size=25)
)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_typed_a_closed_case_has_nothing_open_but_aftercare(
    said: list[tuple[str, str, bool]],
) -> None:
    stage = opened()
    closings = 0
    for name, words, reply in said:
        before = stage.file()
        stage.hear(name, words, reply=Reply.QUESTION if reply else Reply.NOTHING)
        now = stage.file()
        if before.case.state is not now.case.state:
            steps = {(a, b) for (a, _), b in TRANSITIONS.items()}
            assert (before.case.state, now.case.state) in steps
            closings += not now.is_open
        elif not before.is_open:
            assert [len(stage.rows(kind)) for kind in AGREED] == [
                len(records) for records in (before.actions, before.decisions, before.meetings, before.agenda)
            ]
        if not now.is_open:
            assert {action.protocol for action in without_end(now.actions)} <= {AFTERCARE}
            assert now.meeting is None
            assert now.case.next_meeting is None
    assert len(stage.file().closings) == closings


@pytest.mark.parametrize("command", [c for c in COMMANDS if not c.closed], ids=lambda c: c.name.nl)
def test_a_command_that_does_not_say_so_changes_nothing_in_a_closed_case(command: object) -> None:
    stage = closed()
    before = stage.file()
    stage.hear(CHAIR, f"!{command.examples[0].nl}")  # type: ignore[attr-defined]
    assert stage.file() == before


def test_which_commands_a_closed_case_takes_does_not_change_unseen() -> None:
    taken = [command.name.nl for command in COMMANDS if command.closed]
    check("commands/golden/closed.txt", "\n".join(taken))


def test_a_reminder_of_aftercare_can_be_explained_in_the_closed_case() -> None:
    stage = closed()
    stage.nudged("gi", 4, "nudge:1:gi", "A1", date(2026, 6, 8), Receiver.HOLDER, -2)
    stage.now = stage.now.replace(day=4, hour=11)
    said = "".join(stage.say("gi", "waarom", direct=True))
    assert "A1" in said
    assert "8 juni" in said


def test_what_was_ended_is_never_asked_about_again() -> None:
    stage = holding(opened(), "GI: plan maken, vrijdag")
    stage.hear("gi", "!klaar A1")
    stage.hear("gi", "ja")
    closed(stage)
    assert [(a.state, a.nudge_at is None) for a in stage.file().actions] == [
        (ActionState.DONE, True),
        (ActionState.OPEN, False),
        (ActionState.OPEN, False),
    ]


def test_an_action_that_was_made_while_the_chair_was_answering_keeps_the_case_open() -> None:
    stage = opened()
    stage.hear(CHAIR, "!casus sluit doel bereikt")
    stage.hear("procesregisseur", "!actie procesregisseur: nog bellen, vrijdag")
    assert "!klaar A1" in "".join(stage.say(CHAIR, "geïnformeerd: moeder, door de GI"))
    assert stage.file().is_open


def test_talk_of_the_chair_is_left_alone_while_the_bot_waits_for_an_answer() -> None:
    stage = opened()
    stage.hear(CHAIR, "!casus sluit doel bereikt")
    stage.hear("procesregisseur", "!actie procesregisseur: nog bellen, vrijdag")
    assert stage.say(CHAIR, "top, dank je wel") == []


def test_a_case_is_not_closed_over_a_child_who_is_out_of_sight() -> None:
    stage = opened()
    gone = OutOfSight(
        REF, 1, "uit-beeld", SightState.FOLLOWED, date(2026, 3, 2), stage.now, user(CHAIR), 1, 1
    )
    stage.apply(Effects(keep=(gone,)))
    assert "nog uit beeld" in "".join(stage.say(CHAIR, "!casus sluit doel bereikt"))
    stage.apply(Effects(keep=(replace(gone, state=SightState.BACK),)))
    assert "nog uit beeld" not in "".join(stage.say(CHAIR, "!casus sluit doel bereikt"))


def test_a_case_is_not_closed_while_another_region_has_yet_to_accept_it() -> None:
    stage = opened()
    proposed = Handover(
        "h1",
        Side.SENDER,
        "ZVH Buurregio",
        "@bot:buur.nl",
        HandoverState.PROPOSED,
        stage.now,
        user(CHAIR),
        REF,
    )
    stage.apply(Effects(keep=(proposed,)))
    assert "(voorgesteld)" in "".join(stage.say(CHAIR, "!casus sluit overgedragen"))
    stage.apply(Effects(keep=(replace(proposed, state=HandoverState.COMPLETED),)))
    assert "geïnformeerd" in "".join(stage.say(CHAIR, "!casus sluit overgedragen"))


def test_a_question_that_waited_for_somebody_is_dropped_with_the_case() -> None:
    stage = opened()
    stage.hear("procesregisseur", "!besluit gezin bellen")
    assert stage.rows(Question, user_id=user("procesregisseur"))
    closed(stage)
    assert stage.questions(stage.room()) == ()


def test_what_people_said_at_the_end_stands_in_the_decision_where_it_can_be_wiped() -> None:
    stage = closed()
    [closing] = stage.file().closings
    [decision] = stage.file().decisions
    assert closing.decision == decision.number
    assert "moeder, door de GI" in decision.text
    assert "moeder" not in repr(closing)
    stage.hear(CHAIR, "!wis B1")
    assert "moeder" not in repr(stage.file())


def test_a_region_without_aftercare_gets_none() -> None:
    nothing = replace(protocols.load()[AFTERCARE], steps=())
    region = replace(REGION, protocols={**protocols.load(), AFTERCARE: nothing})
    stage = opened(stage=Stage(region=region))
    closed(stage)
    assert stage.file().actions == ()
    assert "Nazorg" not in stage.text


def test_a_new_case_never_takes_the_place_of_a_closed_one() -> None:
    stage = closed()
    stage.hear(CHAIR, "!vervallen A1 niet nodig")
    stage.hear(CHAIR, "!vervallen A2 niet nodig")
    before = stage.file()
    room = stage.direct("coordinator")
    stage.hear("coordinator", f'casus nieuw {REF} doel "opnieuw"', room=room)
    stage.hear("coordinator", f"casus nieuw {REF.lower()}", room=room)
    stage.hear("coordinator", "doel: opnieuw", room=room)
    assert stage.file() == before
    assert len(stage.rows(Case)) == 1


def test_a_chair_gets_the_weekly_overview_of_a_reopened_case_again() -> None:
    stage = closed()
    stage.apply(Effects(drop=tuple(stage.rows(DigestPlan, user_id=user(CHAIR)))))
    stage.hear(CHAIR, "!casus heropen nieuwe zorgen")
    assert stage.rows(DigestPlan, user_id=user(CHAIR))


def test_the_next_meeting_goes_with_the_case_so_that_nobody_is_asked_about_it() -> None:
    stage = opened()
    stage.hear(CHAIR, "!overleg start afspraken herijken")
    stage.hear(CHAIR, "!overleg stop, volgend overleg 16 maart 10:00")
    assert stage.file().case.next_meeting == date(2026, 3, 16)
    closed(stage)
    assert stage.file().case.next_meeting is None
    assert stage.file().case.state is CaseState.CLOSED
