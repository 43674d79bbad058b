"""Whatever a chair does while a child is out of sight: no effort ends because of it, and the review stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.effects import Effects
from bot.core.records.actions import RUNNING, ActionState
from bot.core.records.out_of_sight import SightState
from bot.core.reminding.ladder import date_of
from bot.core.reminding.sight_reviews import review_of
from commands.registry import Reply
from tests.commands.sight import CHAIR, COORDINATOR, agreeing, following
from tests.commands.stage import REGION, user

ENDED = {ActionState.VOID, ActionState.NOT_DONE}
LONGEST = timedelta(days=30)
OPENINGS = (
    "!vervallen {a} uit beeld",
    "!vervallen {a} gezin is vertrokken",
    "!vervallen {a} dubbel",
    "!niet uitgevoerd {a} geen capaciteit",
    "!niet uitgevoerd {a} geen contact",
    "!klaar {a}",
    "!oke {a}",
    "!loopt {a}",
    "!later {a} morgen",
    "!later {a} 1 september",
    "!vast {a} wachtlijst",
    "!vast {a} beroepsgeheim",
    "!vast {a} uit beeld",
    "!uitbeeld pauzeer {a} tot 1 september",
    "!uitbeeld pauzeer {a}",
    "!wijzig {a} 1 september",
    "!wijzig {a} wijkagent",
    "!toewijzen {a} wijkagent",
    "!overnemen {a}",
    "!afwijzen {a}",
    "!wis {a}",
    "!herstel",
    "!overleg start afspraken herijken",
    "!overleg stop",
    "!uitbeeld start",
    "!uitbeeld start verhuizing",
    "!niet acuut",
    "!deelnemer weg procesregisseur",
    "!casus sluit genoeg gedaan",
    "reden: er is niets meer te doen",
    "over twee weken",
    "1 september",
    "zonder 1",
    "1 samen met {a}",
    "ja",
    "nee",
)
moves = st.tuples(
    st.sampled_from((CHAIR, CHAIR, CHAIR, COORDINATOR, "gi", "wijkagent")),
    st.sampled_from(OPENINGS),
    st.integers(1, 16),
    st.booleans(),
    st.sampled_from((0, 0, 0, 1, 9)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(moves, max_size=25))
def test_no_effort_ends_because_a_child_is_gone_and_the_review_never_stays_away(
    said: list[tuple[str, str, int, bool, int]],
) -> None:
    stage = following()
    for name, words, number, replies, days in said:
        stage.now += timedelta(days=days)
        before = {a.number: a for a in stage.file().actions}
        stage.logged.clear()
        text = words.format(a=f"A{number}")
        stage.hear(name, text, reply=Reply.QUESTION if replies else Reply.NOTHING)
        file = stage.file()
        sight = file.out_of_sight
        assert file.is_open
        assert sight, "only a return, a handover or a decision to close ends it"
        review = review_of(sight, file)
        assert review, "the review stays"
        if review != before.get(review.number):
            day = date_of(review)
            assert day, "somebody is asked about it again"
            assert day - stage.now.date() <= LONGEST
        for action in file.actions:
            if before.get(action.number, action).state in RUNNING and action.state in ENDED:
                assert any(f"not_because {file.ref} {action.id}" in line for line in stage.logged), (
                    "a person said that it ends for another reason"
                )


def test_nothing_is_done_before_somebody_answered_whether_there_is_danger() -> None:
    stage = agreeing()
    stage.hear(CHAIR, "!uitbeeld start geen contact")
    before = stage.file()
    for text in ("ja", "akkoord", "nee", "1 samen met A1", "zonder 3", "!uitbeeld start verhuizing"):
        stage.hear(CHAIR, text, later=timedelta(seconds=1))
        stage.hear(COORDINATOR, text, later=timedelta(seconds=1))
    assert [a.number for a in before.actions] == [1, 2, 3, 4]
    assert stage.file().actions == before.actions, "and the fourth asks the process coordinator tomorrow"
    sight = stage.file().out_of_sight
    assert sight
    assert sight.state is SightState.DANGER_ASKED


def test_a_no_to_a_colleague_never_says_that_there_is_no_danger() -> None:
    stage = agreeing()
    stage.hear(CHAIR, "!uitbeeld start geen contact")
    assert stage.hear(CHAIR, "nee") == Effects()
    stage.hear(CHAIR, "nee", reply=Reply.QUESTION)
    sight = stage.file().out_of_sight
    assert sight
    assert sight.state is SightState.PROPOSED


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("8 dagen niet op school", "uit-beeld"),
        ("", "uit-beeld"),
        ("kinderen niet gezien", "uit-beeld"),
        ("verhuizing", "verhuizing"),
        ("Verhuizing: huis leeg", "verhuizing"),
        ("huwelijksdwang", "huwelijksdwang-en-achterlating"),
        ("achterlating na vakantie", "huwelijksdwang-en-achterlating"),
        ("uitbuiting", "uitbuiting"),
    ],
)
def test_a_chair_names_a_protocol_by_a_word_of_its_title(typed: str, name: str) -> None:
    stage = agreeing()
    stage.hear(CHAIR, f"!uitbeeld start {typed}")
    (sight,) = stage.file().sights
    assert sight.protocol == name


def test_a_protocol_that_a_region_took_away_leaves_its_review_standing() -> None:
    stage = following()
    left = {name: p for name, p in REGION.protocols.items() if name != "verhuizing"}
    (sight,) = stage.file().sights
    stage.apply(Effects(keep=(replace(sight, protocol="verhuizing"),)))
    stage.region = replace(REGION, protocols=left)
    stage.hear(COORDINATOR, "!klaar A4")
    sight = stage.file().sights[0]
    assert review_of(sight, stage.file())
    assert "dag 0" in stage.say(CHAIR, "!uitbeeld stand")[0]


def test_a_minor_is_looked_at_again_within_a_fortnight() -> None:
    for minor, days in ((False, 30), (True, 14)):
        stage = following(minor=minor)
        stage.now = stage.now.replace(day=16)
        stage.hear(COORDINATOR, "!klaar A4")
        file = stage.file()
        assert file.out_of_sight
        review = review_of(file.out_of_sight, file)
        assert review
        assert review.due_date == (stage.now + timedelta(days=days)).date()


def test_the_review_is_an_action_like_any_other_with_somebody_who_is_reminded() -> None:
    stage = following()
    review = stage.action(4)
    assert (review.holder, review.protocol) == ("procesregisseur", "uit-beeld")
    assert review.nudge_at
    stage.hear(COORDINATOR, "!klaar A4")
    assert stage.action(10).nudge_at


def test_what_was_typed_about_a_child_is_kept_in_decisions_alone() -> None:
    """A record with no words in it needs no wiping; `wis B1` takes the reason."""
    stage = following()
    (sight,) = stage.file().sights
    assert stage.file().decisions[0].number == sight.decision
    stage.hear(CHAIR, "!wis B1")
    assert "school" not in stage.file().decisions[0].reason


def test_a_case_stays_open_while_somebody_is_out_of_sight() -> None:
    stage = agreeing()
    for number in (1, 2, 3):
        stage.hear(CHAIR, f"!vervallen A{number} dubbel")
    stage.hear(CHAIR, "!uitbeeld start geen contact")
    assert not stage.hear(CHAIR, "!casus sluit genoeg gedaan").records
    assert stage.file().is_open


def test_a_participant_cannot_agree_to_steps_for_others() -> None:
    stage = agreeing()
    stage.hear(CHAIR, "!uitbeeld start geen contact")
    stage.hear("veiligthuis", "!niet acuut")
    stage.hear("leerplicht", "ja", reply=Reply.QUESTION)
    assert [a.number for a in stage.file().actions] == [1, 2, 3, 4]
    assert not [q for q in stage.questions(stage.room()) if q.user_id == user("leerplicht")]
