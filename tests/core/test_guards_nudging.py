"""Whom a nudge may not reach, or not in these words: stand-ins, who is at home, and who is asked about themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import TYPE_CHECKING

import pytest

from bot.core.effects import SendPoll, ToCase, ToPerson
from bot.core.records.actions import ActionState
from bot.core.records.explanations import Rule
from bot.core.records.people import Person
from bot.core.reminding.hours import Roster
from bot.core.reminding.ladder import on_other_terms
from tests.core.cases import REGION, action, case, local, seat, user
from tests.core.world import EVERYBODY, World, shown, whom

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile

LATE = local("2026-06-01 09:00")
SECOND = user("leerplicht2")
AWAY = {"away_from": date(2026, 3, 1), "away_until": date(2026, 4, 30)}


def on_leave(deputy: str, *, label: str = "leerplicht") -> dict[str, Person]:
    """The holder, away the whole ladder long."""
    return {user(label): Person(user(label), deputy=deputy, **AWAY)}  # type: ignore[arg-type]


def words(world: World, name: str) -> str:
    """What somebody was told without its ringing."""
    said = [
        say for _, say in world.said if say.to == ToPerson(user(name)) and (say.key or "").startswith("why:")
    ]
    return "\n".join(say.message.body for say in said)


def with_two_holders() -> CaseFile:
    file = case(action(4))
    return replace(file, participants=(*file.participants, seat("leerplicht", name="leerplicht2")))


# A stand-in


@pytest.mark.parametrize("deputy", ["casusregisseur", "procesregisseur", "voorzitter", "coordinator"])
def test_a_stand_in_is_not_told_of_themselves_as_if_they_coordinated_somebody_else(deputy: str) -> None:
    """They do the work for now: a word to themselves that it is late helps nobody, the next in line hears it."""
    file = case(action(4))
    if deputy == "coordinator":  # they are asked where nobody leads the case
        file = replace(file, participants=(seat("leerplicht"), seat("coördinator", name="coordinator")))
    world = World.of(file, people=on_leave(user(deputy))).run(LATE)
    assert world.days(deputy) == ["2026-03-04", "2026-03-06", "2026-03-09", "2026-03-11"]
    assert "Even bellen?" not in words(world, deputy)
    assert "op de agenda" not in words(world, deputy)


def test_a_stand_in_can_answer_what_they_are_asked_and_is_not_asked_to_pass_it_on() -> None:
    world = World.of(case(action(4)), people=on_leave(user("wijkagent"))).run(LATE)
    rung = [say for _, say in world.nudges if whom(say) == user("wijkagent")]
    assert rung
    assert all(isinstance(say, SendPoll) for say in rung)
    assert "en jij vervangt" in words(world, "wijkagent")
    assert "door?" not in words(world, "wijkagent")


def test_who_does_their_own_work_is_not_told_that_they_stand_in() -> None:
    """Two in one role: who is there answers for themselves, and for their colleague who is away."""
    people = on_leave(user("leerplicht2"))
    world = World.of(with_two_holders(), joined=EVERYBODY | {SECOND}, people=people).run(LATE)
    assert world.days("leerplicht2")
    assert "vervangt" not in words(world, "leerplicht2")


def test_who_is_on_leave_is_not_asked_whether_they_saw_it() -> None:
    fresh = action(4, due=date(2026, 4, 10), state=ActionState.OPEN)
    world = World.of(case(fresh), people=on_leave(user("wijkagent"))).run(local("2026-03-06 09:00"))
    assert (world.days("wijkagent"), world.days("leerplicht")) == (["2026-03-05"], [])


# At night, and in their own free time


@pytest.mark.parametrize(
    "at", ["2026-03-04 03:00", "2026-03-04 22:30", "2026-03-06 15:45", "2026-03-07 11:00"]
)
def test_a_clock_that_fires_at_night_wakes_nobody_and_tells_no_room(at: str) -> None:
    """Also not who cannot be reached: a word in the room rings for who reads along."""
    for joined in (EVERYBODY, EVERYBODY - {user("leerplicht")}, frozenset[str]()):
        world = World.of(case(action(4)), joined=joined)
        effects = world.wake(local(at))
        assert effects.send == ()
        assert all(seat.unreached is None for seat in world.files["Z-2026-014"].participants)


@pytest.mark.parametrize(
    "person",
    [
        pytest.param(Person(SECOND, free_days=(2,)), id="on their free day"),
        pytest.param(Person(SECOND, opens=time(13)), id="before they begin"),
        pytest.param(Person(SECOND, closes=time(10)), id="after they stopped"),
    ],
)
def test_of_two_holders_the_one_who_is_not_at_work_is_left_in_peace(person: Person) -> None:
    world = World.of(with_two_holders(), joined=EVERYBODY | {SECOND}, people={SECOND: person})
    world.wake(local("2026-03-04 11:00"))
    assert world.days("leerplicht") == ["2026-03-04"]
    assert world.days("leerplicht2") == []


def test_a_colleague_who_is_free_and_was_nudged_does_not_hold_up_who_works() -> None:
    """Somebody's free afternoon after a morning's nudge keeps nothing from the other holder."""
    there = Person(SECOND, nudged_on=date(2026, 3, 4), closes=time(10))
    world = World.of(with_two_holders(), joined=EVERYBODY | {SECOND}, people={SECOND: there})
    world.wake(local("2026-03-04 11:00"))
    assert world.days("leerplicht") == ["2026-03-04"]


@pytest.mark.parametrize(("closes", "called"), [(time(10), []), (time(12), [ToCase("Z-2026-014")])])
def test_who_cannot_be_reached_is_not_called_in_the_room_outside_their_hours(
    closes: time, called: list[ToCase]
) -> None:
    people = {user("leerplicht"): Person(user("leerplicht"), closes=closes)}
    world = World.of(case(action(4)), joined=EVERYBODY - {user("leerplicht")}, people=people)
    world.wake(local("2026-03-04 11:00"))
    assert world.days("casusregisseur") == ["2026-03-04"]
    assert [say.to for _, say in world.said if isinstance(say.to, ToCase)] == called


def test_who_cannot_be_reached_is_called_in_one_room_and_not_in_all_of_theirs() -> None:
    files = (case(action(4)), case(action(2), ref="Z-2026-009"))
    world = World.of(*files, joined=EVERYBODY - {user("leerplicht")})
    world.wake(local("2026-03-04 11:00"))
    assert [say.to for _, say in world.said if isinstance(say.to, ToCase)] == [ToCase("Z-2026-009")]
    assert [row.case_ref for row in world.explained if row.rule is Rule.UNREACHED] == [
        "Z-2026-009", "Z-2026-014"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("person", "now", "then"),
    [
        pytest.param(
            Person(user("leerplicht"), opens=time(13)),
            "2026-03-05 11:00",
            "2026-03-05 13:00",
            id="who begins later is asked that day",
        ),
        pytest.param(
            Person(user("leerplicht"), free_days=(0, 1, 2, 3)),
            "2026-03-09 11:00",
            "2026-03-10 09:00",
            id="who is free for days is looked at anew the next morning",
        ),
    ],
)
def test_a_free_morning_costs_no_day_and_a_free_week_keeps_nothing_from_the_next_look(
    person: Person, now: str, then: str
) -> None:
    world = World.of(case(action(4)), people={person.user_id: person})
    world.wake(local(now))
    assert world.nudges == []
    assert shown(world.next_at) == then


# Who cannot be reached


def test_a_chair_who_cannot_be_reached_is_not_told_of_themselves() -> None:
    file = case(action(4, "voorzitter"))
    world = World.of(file, joined=EVERYBODY - {user("voorzitter")}).run(LATE)
    assert world.files[file.ref].seat_of(user("voorzitter")).unreached == date(2026, 3, 4)  # type: ignore[union-attr]
    assert [say for _, say in world.said if say.to == ToPerson(user("voorzitter"))] == []


def test_of_a_chair_who_cannot_be_reached_the_other_chair_hears() -> None:
    file = case(action(4, "voorzitter"))
    other = replace(seat("voorzitter", name="voorzitter2"), label="voorzitter")
    file = replace(file, participants=(*file.participants, other))
    joined = (EVERYBODY | {other.user_id}) - {user("voorzitter")}
    world = World.of(file, joined=joined).run(local("2026-03-04 09:00"))
    told = [row.user_id for row in world.explained if row.rule is Rule.UNREACHED]
    assert told == [other.user_id]


# What is asked beside the ladder is no step of it


@pytest.mark.parametrize(
    ("state", "meeting", "asked"),
    [
        pytest.param(ActionState.OPEN, None, "seen_asked", id="whether it was seen"),
        pytest.param(ActionState.ACCEPTED, date(2026, 3, 9), "status_asked", id="how it stands"),
    ],
)
def test_a_question_beside_the_ladder_takes_no_step_of_it(
    state: ActionState, meeting: date | None, asked: str
) -> None:
    file = case(action(4, due=date(2026, 3, 20), state=state))
    file = replace(file, case=replace(file.case, next_meeting=meeting))
    world = World.of(file).run(local("2026-03-05 09:00"))
    [after] = world.files[file.ref].actions
    assert getattr(after, asked) == date(2026, 3, 5)
    assert after.nudge_step is None
    world.run(LATE)
    assert world.days("leerplicht") == [
        "2026-03-05", "2026-03-18", "2026-03-20", "2026-03-23", "2026-03-25"
    ]  # fmt: skip
    assert world.days("casusregisseur") == ["2026-03-27"]


def test_a_question_that_waits_beside_the_ladder_does_not_take_the_place_of_its_highest_step() -> None:
    """After downtime both are due: the ladder's step counts as taken, and the date is what is asked about."""
    file = case(action(4, due=date(2026, 3, 6), state=ActionState.OPEN))
    world = World.of(file)
    world.wake(local("2026-03-06 11:00"))
    [after] = world.files[file.ref].actions
    assert (after.nudge_step, after.seen_asked) == (0, date(2026, 3, 6))
    assert [row.step for row in world.explained] == [0]


def test_who_was_reminded_of_the_date_is_not_asked_whether_they_saw_it() -> None:
    """The reminder of Wednesday told them; Thursday would have been the day to ask."""
    file = case(action(4, due=date(2026, 3, 6), state=ActionState.OPEN))
    world = World.of(file).run(local("2026-03-06 09:00"))
    assert world.days("leerplicht") == ["2026-03-04", "2026-03-06"]
    assert world.files[file.ref].actions[0].seen_asked is None


def test_other_terms_do_not_hurry_a_question_beside_the_ladder() -> None:
    """Only a step that the new terms would have taken by now is asked at the next opening."""
    waiting = replace(action(4, due=date(2026, 4, 10), state=ActionState.OPEN), nudge_at=None)
    file = case(waiting)
    minor = replace(file, case=replace(file.case, minor=True))
    now = local("2026-03-05 10:00")
    changed = on_other_terms(waiting, file, minor, Roster(REGION, {}), now=now)
    assert shown(changed.nudge_at) == "2026-04-08 09:00"
