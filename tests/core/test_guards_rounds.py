"""What a meeting opens with: every action in one place, and none that the meeting before has dealt with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.core.guard import KeptText
from bot.core.records.actions import ActionState, BlockReason
from bot.core.records.meetings import Meeting, MeetingState
from bot.core.reminding.rounds import Round, before_meeting
from tests.core.cases import action, case, local, user

if TYPE_CHECKING:
    from bot.core.records.actions import Action

S = ActionState
ENDED = local("2026-03-09 11:00")
BEFORE, AFTER = local("2026-03-09 10:00"), local("2026-03-12 10:00")
ASKED = date(2026, 3, 12)
SECRECY, CHANGED = BlockReason.PROFESSIONAL_SECRECY, BlockReason.CHANGED_CIRCUMSTANCES


def meeting(number: int, ended: str | None) -> Meeting:
    at = local(ended) if ended else None
    state = MeetingState.ENDED if ended else MeetingState.RUNNING
    words = KeptText.from_store("afspraken herijken")
    return Meeting("Z-2026-014", number, words, state, local("2026-01-05 10:00"), user("voorzitter"), at)


PAST = (meeting(1, "2026-02-02 11:00"), meeting(2, "2026-03-09 11:00"))


def round_of(*actions: Action, meetings: tuple[Meeting, ...] = PAST) -> dict[str, list[int]]:
    """The numbers of the actions in each place, empty places left out."""
    found = before_meeting(replace(case(*actions), meetings=(*meetings, meeting(9, None))))
    places = {name: [one.number for one in getattr(found, name)] for name in Round.__slots__}
    return {name: numbers for name, numbers in places.items() if numbers}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("reason", [None, SECRECY, CHANGED, BlockReason.FUNDING])
def test_an_action_stands_in_one_place_whatever_its_state(
    state: ActionState, reason: BlockReason | None
) -> None:
    one = replace(action(4, state=state), reason=reason, updated_at=AFTER, status_asked=ASKED)
    place = {
        (S.NOT_DONE, reason): "not_done",
        (S.BLOCKED, SECRECY): "withheld",
        (S.BLOCKED, CHANGED): "overtaken",
    }.get((state, reason), "answered")
    assert round_of(one) == ({} if state is S.VOID else {place: [4]})


def test_a_reason_that_an_action_left_behind_does_not_put_it_before_the_meeting() -> None:
    """It was moved for that reason, and goes on; nobody asked about it."""
    for reason in (SECRECY, CHANGED):
        for state in S:
            if state not in {S.BLOCKED, S.NOT_DONE}:
                assert round_of(replace(action(4, state=state), reason=reason, updated_at=AFTER)) == {}


def test_what_stays_withheld_or_overtaken_comes_back_at_every_meeting() -> None:
    held = replace(action(1, state=S.BLOCKED), reason=SECRECY, updated_at=BEFORE)
    overtaken = replace(action(2, state=S.BLOCKED), reason=CHANGED, updated_at=BEFORE)
    assert round_of(held, overtaken) == {"withheld": [1], "overtaken": [2]}


@pytest.mark.parametrize(("at", "told"), [(BEFORE, {}), (ENDED, {}), (AFTER, {"not_done": [4]})])
def test_what_was_not_done_is_told_once(at: object, told: dict[str, list[int]]) -> None:
    given_up = replace(action(4, state=S.NOT_DONE), updated_at=at)
    assert round_of(given_up) == told
    assert round_of(given_up, meetings=()) == {"not_done": [4]}


@pytest.mark.parametrize(
    ("asked", "updated", "place"),
    [
        pytest.param(ASKED, "2026-03-12 14:00", "answered", id="answered the same day"),
        pytest.param(ASKED, "2026-03-11 23:30", "silent", id="last heard of the evening before"),
        pytest.param(ASKED, "2026-03-12 00:30", "answered", id="heard of that night, in Amsterdam"),
        pytest.param(
            date(2026, 3, 9), "2026-03-10 10:00", None, id="asked before the last meeting, on its day"
        ),
        pytest.param(date(2026, 3, 10), "2026-03-06 10:00", "silent", id="asked the day after it"),
        pytest.param(None, "2026-03-12 10:00", None, id="not asked"),
    ],
)
def test_who_answered_is_not_called_silent_nor_asked_of_an_old_round(
    asked: date | None, updated: str, place: str | None
) -> None:
    one = replace(action(4), status_asked=asked, updated_at=local(updated))
    assert round_of(one) == ({place: [4]} if place else {})


def test_before_the_first_meeting_everything_that_was_asked_counts() -> None:
    one = replace(action(4), status_asked=date(2026, 1, 2), updated_at=BEFORE)
    assert round_of(one, meetings=()) == {"answered": [4]}


def test_the_last_meeting_counts_and_not_the_first() -> None:
    one = replace(action(4), status_asked=date(2026, 2, 10), updated_at=BEFORE)
    assert round_of(one) == {}
    assert round_of(one, meetings=PAST[:1]) == {"answered": [4]}
