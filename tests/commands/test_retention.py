"""Destroying a case takes two people whose identities were compared; everything less leaves it as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.effects import Effects, Say, ToPerson
from bot.core.guard import KeptText
from bot.core.records.actions import ActionState
from bot.core.records.cases import Case
from bot.core.records.meetings import Decision
from bot.core.records.people import Pin, PinState
from bot.core.records.retention import Retention, RetentionState
from bot.core.records.rights import Restriction
from bot.core.reminding.retention_ends import ends_on, wake
from tests.commands.retention import CHAIR, COORDINATOR, kept_for_long
from tests.commands.stage import REF, Stage, user

PEOPLE = st.sampled_from((CHAIR, COORDINATOR, "procesregisseur", "gi", "passant"))
WORDS = st.sampled_from(("", " akkoord", " nee", " ja", " agree"))
VERIFIED = {CHAIR, COORDINATOR}
"""Of these people; the process coordinator may, but nobody compared them."""


def is_there(stage: Stage) -> bool:
    return bool(stage.rows(Case, ref=REF))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(PEOPLE, WORDS), max_size=7))
def test_nobody_destroys_alone(said: list[tuple[str, str]]) -> None:
    stage = kept_for_long()
    first: str | None = None
    for name, word in said:
        if not is_there(stage):
            return
        [before] = stage.rows(Retention) or [None]
        stage.hear(name, f"!vernietig {REF}{word}")
        if is_there(stage):
            continue
        first = before and before.asked_by
        assert {name, first} <= VERIFIED | {user(one) for one in VERIFIED}
        assert first is not None
        assert first != user(name)


def test_two_people_destroy_and_nothing_of_the_case_is_left() -> None:
    stage = kept_for_long()
    stage.hear(CHAIR, f"!vernietig {REF}")
    stage.hear(COORDINATOR, f"vernietig {REF} akkoord", room=stage.direct(COORDINATOR))
    assert not [
        r for r in stage.records.values() if REF in (getattr(r, "case_ref", ""), getattr(r, "ref", ""))
    ]


def test_a_word_that_was_said_in_the_room_is_answered_to_people_alone() -> None:
    """Nobody may read in that room any more: an answer there would wait for ever, and hold up what empties it."""
    stage = kept_for_long()
    stage.hear(COORDINATOR, f"vernietig {REF}", room=stage.direct(COORDINATOR))
    effects = stage.hear(CHAIR, f"!vernietig {REF} akkoord")
    assert effects.destroyed
    assert {type(out.to) for out in effects.send if isinstance(out, Say)} == {ToPerson}


def test_the_first_word_no_longer_counts_when_its_speaker_lost_the_right() -> None:
    for lost in (_changed_identity, _left):
        stage = kept_for_long()
        stage.hear(CHAIR, f"!vernietig {REF}")
        lost(stage)
        stage.hear(COORDINATOR, f"vernietig {REF} akkoord", room=stage.direct(COORDINATOR))
        assert is_there(stage)


def _changed_identity(stage: Stage) -> None:
    stage.apply(Effects(keep=(Pin(user(CHAIR), "other", stage.now, PinState.FIRST_USE),)))


def _left(stage: Stage) -> None:
    seat = stage.file().seat_of(user(CHAIR))
    assert seat is not None
    stage.apply(Effects(keep=(replace(seat, left_at=stage.now),)))


def test_a_case_that_was_opened_again_is_not_destroyed_on_an_old_word() -> None:
    stage = kept_for_long()
    stage.hear(CHAIR, f"!vernietig {REF}")
    stage.hear(CHAIR, "!casus heropen nieuwe zorgen")
    stage.hear(COORDINATOR, f"vernietig {REF} akkoord", room=stage.direct(COORDINATOR))
    assert is_there(stage)


def test_a_case_that_is_restricted_is_not_destroyed() -> None:
    """Who asked for the restriction may need what is in it (AVG 18)."""
    stage = kept_for_long()
    reason = KeptText.from_store("juistheid wordt betwist")
    stage.hear(CHAIR, f"!vernietig {REF}")
    stage.apply(Effects(keep=(Restriction(REF, 1, reason, since=stage.now, set_by=user("contactpunt")),)))
    stage.hear(COORDINATOR, f"vernietig {REF} akkoord", room=stage.direct(COORDINATOR))
    assert is_there(stage)


def test_an_extension_is_a_decision_and_finishes_what_the_clock_asked() -> None:
    stage = kept_for_long()
    stage.now += timedelta(days=1)
    effects = wake(stage.now, (stage.file(),), stage.region, {})
    stage.apply(effects)
    asked = stage.file().actions[-1]
    assert asked.state is ActionState.OPEN
    stage.hear(CHAIR, "!bewaar verleng 1 maart 2028, reden: er loopt nog een klacht")
    assert stage.action(asked.number).state is ActionState.DONE
    [retention] = stage.rows(Retention)
    assert (retention.state, retention.extended) == (RetentionState.KEPT, 1)
    assert ends_on(stage.file(), stage.region.retention) == retention.until
    assert "klacht" in str(stage.rows(Decision)[-1].reason)
