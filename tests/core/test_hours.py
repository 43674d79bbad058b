"""People's own hours and absence: nobody is rung in their free time, and nothing waits unseen because of it."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.casefile import CaseFile
from bot.core.dates.calendar import local_day
from bot.core.effects import ToPerson
from bot.core.records.actions import Action, ActionState, BlockReason
from bot.core.records.explanations import Receiver, Rule
from bot.core.records.people import Person
from bot.core.region import Timing
from bot.core.reminding.hours import Roster, is_away, window
from bot.core.reminding.ladder import StallReason, is_stalled, rescheduled
from tests.core.cases import MARCH_2, REGION, action, case, local, seat, user
from tests.core.world import EVERYBODY, World, shown
from tests.golden import check

S = ActionState
LATE = local("2026-06-01 09:00")
PART_TIME = Person(user("leerplicht"), free_days=(2, 4))
"""Free on Wednesday and Friday."""


def away(first: str, last: str, **more: Any) -> Person:
    return Person(
        user("leerplicht"), away_from=date.fromisoformat(first), away_until=date.fromisoformat(last), **more
    )


def running(person: Person, *actions: Action, file: CaseFile | None = None, at: datetime = MARCH_2) -> World:
    """A case with this person in it, from `at` to the summer."""
    world = World.of(file or case(*actions), at=at, people={person.user_id: person})
    return world.run(LATE)


def test_golden_a_part_timer() -> None:
    world = running(PART_TIME, action(4, wall=time(12)))
    check("core/golden/nudge_part_time.txt", world.transcript())


def test_golden_a_holder_on_leave() -> None:
    world = running(away("2026-03-05", "2026-03-20"), action(4))
    check("core/golden/nudge_away.txt", world.transcript())


def test_golden_a_deputy() -> None:
    world = running(away("2026-03-05", "2026-03-20", deputy=user("wijkagent")), action(4))
    check("core/golden/nudge_deputy.txt", world.transcript())


@pytest.mark.parametrize(
    ("person", "days"),
    [
        pytest.param(
            PART_TIME,
            ["2026-03-03", "2026-03-05", "2026-03-09", "2026-03-12"],
            id="a reminder comes on the working day before, a question on the one after",
        ),
        pytest.param(
            away("2026-03-04", "2026-03-10"),
            ["2026-03-03", "2026-03-11"],
            id="away over the date: before it, and on the day they are back",
        ),
        pytest.param(
            away("2026-02-20", "2026-03-31"), [], id="away all the time: the coordinators hear of it"
        ),
    ],
)
def test_steps_move_to_days_on_which_somebody_works(person: Person, days: list[str]) -> None:
    world = running(person, action(4))
    assert world.days("leerplicht") == days
    assert world.days("casusregisseur") == ["2026-03-13"]
    assert world.days("procesregisseur") == ["2026-03-20"]


@pytest.mark.parametrize(
    ("person", "at"),
    [
        pytest.param(Person("@x:y", opens=time(10)), "10:00", id="opens later than the region"),
        pytest.param(Person("@x:y", opens=time(7)), "09:00", id="never before the region"),
        pytest.param(Person("@x:y", closes=time(20)), "09:00", id="closes later than the region"),
    ],
)
def test_own_hours_narrow_those_of_the_region(person: Person, at: str) -> None:
    open_ = window(person, date(2026, 3, 5), Timing())
    assert open_ is not None
    assert shown(open_[0])[-5:] == at
    assert shown(open_[1])[-5:] == "16:30"


def test_who_works_in_the_last_hour_of_the_week_only_is_left_in_peace() -> None:
    late = Person("@x:y", opens=time(15, 30))
    assert window(late, date(2026, 3, 6), Timing()) is None
    assert window(late, date(2026, 3, 5), Timing()) is not None


def test_a_blocked_action_is_not_asked_about_before_its_look_back_by_a_part_timer() -> None:
    blocked = action(2, state=S.BLOCKED, look_back=date(2026, 3, 13))
    assert running(PART_TIME, blocked).days("leerplicht")[0] == "2026-03-16"


def test_a_deputy_without_a_seat_gets_nothing() -> None:
    world = running(away("2026-03-01", "2026-03-20", deputy=user("burgerzaken")), action(4))
    assert all(say.to != ToPerson(user("burgerzaken")) for _, say in world.said)
    assert world.days("casusregisseur") == ["2026-03-13"]


def test_a_deputy_who_is_away_too_gets_nothing() -> None:
    world = World.of(
        case(action(4)),
        people={
            user("leerplicht"): away("2026-03-01", "2026-03-20", deputy=user("wijkagent")),
            user("wijkagent"): replace(away("2026-03-01", "2026-03-20"), user_id=user("wijkagent")),
        },
    ).run(LATE)
    assert world.days("wijkagent") == []


def test_the_role_that_the_chair_named_stands_in_where_nobody_else_does() -> None:
    held = replace(action(4), deputy="woningcorporatie")
    assert running(away("2026-03-01", "2026-03-20"), held).days("woningcorporatie")
    own_deputy = away("2026-03-01", "2026-03-20", deputy=user("wijkagent"))
    world = running(own_deputy, held)
    assert world.days("wijkagent")
    assert world.days("woningcorporatie") == []


def test_a_coordinator_on_leave_is_passed_over() -> None:
    person = replace(away("2026-03-10", "2026-03-20"), user_id=user("casusregisseur"))
    world = World.of(case(action(4)), people={person.user_id: person}).run(LATE)
    assert world.days("casusregisseur") == []
    assert world.days("procesregisseur") == ["2026-03-13", "2026-03-20"]


def test_a_part_time_coordinator_is_asked_on_their_next_day() -> None:
    person = replace(PART_TIME, user_id=user("casusregisseur"))
    world = World.of(case(action(4)), people={person.user_id: person}).run(LATE)
    assert world.days("casusregisseur") == ["2026-03-16"]


def test_where_two_hold_a_role_the_one_who_works_is_asked() -> None:
    file = case(action(4))
    file = replace(file, participants=(*file.participants, seat("leerplicht", name="leerplicht2")))
    world = World.of(
        file, joined=EVERYBODY | {user("leerplicht2")}, people={user("leerplicht"): PART_TIME}
    ).run(LATE)
    assert world.days("leerplicht2") == ["2026-03-04", "2026-03-06", "2026-03-09", "2026-03-11"]
    assert world.days("leerplicht") == ["2026-03-09"]


def test_the_one_person_who_was_named_is_asked_and_not_the_role() -> None:
    held = replace(action(4), holder_user=user("leerplicht2"))
    file = case(held)
    file = replace(file, participants=(*file.participants, seat("leerplicht", name="leerplicht2")))
    world = World.of(file, joined=EVERYBODY | {user("leerplicht2")}).run(LATE)
    assert world.days("leerplicht") == []
    assert len(world.days("leerplicht2")) == 4


OPEN = {"state": S.OPEN, "due": date(2026, 4, 10)}


def test_golden_nobody_said_that_they_saw_it() -> None:
    world = World.of(case(action(4, **OPEN))).run(local("2026-03-20 09:00"))
    check("core/golden/nudge_seen.txt", world.transcript())


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        pytest.param({}, ["2026-03-05"], id="three working days after it was agreed, once"),
        pytest.param({"state": S.ACCEPTED}, [], id="not when they said that they are on it"),
        pytest.param({"postponed": 1}, [], id="not when they moved the date"),
        pytest.param({"seen_asked": date(2026, 3, 3)}, [], id="not twice"),
        pytest.param({"nudge_step": -2}, [], id="not when the ladder asked already"),
        pytest.param(
            {"due_date": date(2026, 3, 5)}, ["2026-03-03", "2026-03-05"], id="not beside the ladder"
        ),
    ],
)
def test_whether_it_was_seen_is_asked_once(changes: dict[str, Any], days: list[str]) -> None:
    fresh = replace(action(4, **OPEN), **changes)
    file = case(fresh)
    world = World.of(replace(file, actions=()), at=MARCH_2)
    world.files[file.ref] = file
    roster = Roster(REGION, {})
    world.keep(replace(fresh, nudge_at=rescheduled(fresh, file, roster, now=MARCH_2).nudge_at))
    if fresh.nudge_step is not None:
        world.keep(replace(fresh, nudge_at=None))
    world.run(local("2026-03-06 08:00"))
    assert world.days("leerplicht") == days


def before_a_meeting(*actions: Action, on: date = date(2026, 3, 16)) -> CaseFile:
    file = case(*actions)
    return replace(file, case=replace(file.case, next_meeting=on))


def test_golden_the_round_before_a_meeting() -> None:
    file = before_a_meeting(
        action(1, due=date(2026, 4, 10)),
        action(2, "woningcorporatie", state=S.BLOCKED, look_back=date(2026, 4, 1)),
        action(3, "wijkagent", due=date(2026, 3, 12)),
        action(5, due=date(2026, 4, 17)),
    )
    check("core/golden/nudge_round.txt", World.of(file).run(local("2026-03-15 09:00")).transcript())


@pytest.mark.parametrize(
    ("meeting", "day"),
    [
        pytest.param("2026-03-16", "2026-03-12", id="two working days before a Monday"),
        pytest.param("2026-04-08", "2026-04-02", id="over Easter"),
        pytest.param("2026-03-14", "2026-03-12", id="a meeting on a Saturday"),
    ],
)
def test_each_holder_is_asked_once_before_a_meeting(meeting: str, day: str) -> None:
    file = before_a_meeting(action(1, due=date(2026, 6, 10)), on=date.fromisoformat(meeting))
    world = World.of(file).run(local("2026-05-15 09:00"))
    assert world.days("leerplicht") == [day]


def test_a_coordinator_who_is_off_is_not_passed_over_because_the_holder_is_asked_that_morning() -> None:
    friday_off = Person(user("casusregisseur"), free_days=(4,))
    file = before_a_meeting(action(4), on=date(2026, 3, 17))
    world = World.of(file, people={friday_off.user_id: friday_off}).run(local("2026-03-16 10:00"))
    assert world.days("leerplicht")[-1] == "2026-03-13"
    assert world.days("casusregisseur") == ["2026-03-16"]


def test_a_meeting_that_was_planned_too_late_for_a_round_asks_nobody_at_once() -> None:
    file = before_a_meeting(action(1, due=date(2026, 6, 10)), on=date(2026, 3, 3))
    assert World.of(file).next_at is not None
    assert World.of(file).run(local("2026-03-10 09:00")).nudges == []


def test_a_round_that_falls_together_with_the_ladder_is_one_question() -> None:
    file = before_a_meeting(action(1, due=date(2026, 3, 12)))
    world = World.of(file).run(local("2026-03-12 09:00"))
    assert world.files[file.ref].actions[0].status_asked == date(2026, 3, 12)
    (_, rung), *_ = [one for one in world.nudges if local_day(one[0]) == date(2026, 3, 12)]
    assert len(rung.message.lines) == 1


def test_professional_secrecy_ends_the_questions() -> None:
    withheld = replace(
        action(4, state=S.BLOCKED, look_back=date(2026, 3, 16)), reason=BlockReason.PROFESSIONAL_SECRECY
    )
    world = World.of(before_a_meeting(withheld)).run(LATE)
    assert world.said == []
    assert is_stalled(withheld, case(withheld), REGION, date(2026, 3, 3)) is StallReason.NOT_PROVIDED


def test_after_downtime_what_is_long_past_is_named() -> None:
    world = World.of(case(action(4)))
    world.wake(local("2026-03-18 11:00"))
    said = [say.message.lines[0] for _, say in world.said if say.to == ToPerson(user("casusregisseur"))]
    assert said[1].startswith("Gemist: dit had ik vrijdag 13 maart 2026 moeten vragen")
    on_time = World.of(case(action(4)))
    on_time.wake(local("2026-03-16 11:00"))
    assert not any("Gemist" in say.message.body for _, say in on_time.said)


def test_the_chair_hears_once_of_somebody_who_cannot_be_reached() -> None:
    world = World.of(
        case(action(4), action(5, due=date(2026, 4, 3))), joined=EVERYBODY - {user("leerplicht")}
    )
    world.run(LATE)
    told = [say for _, say in world.said if say.to == ToPerson(user("voorzitter"))]
    assert len(told) == 1
    assert [e.rule for e in world.explained if e.user_id == user("voorzitter")] == [Rule.UNREACHED]


def test_a_nudge_that_arrives_ends_being_out_of_reach() -> None:
    world = World.of(case(action(4)), joined=EVERYBODY - {user("leerplicht")})
    world.run(local("2026-03-04 09:00"))
    assert world.files["Z-2026-014"].seat_of(user("leerplicht")).unreached == date(2026, 3, 4)  # type: ignore[union-attr]
    world.joined = EVERYBODY
    world.run(local("2026-03-06 09:00"))
    assert world.files["Z-2026-014"].seat_of(user("leerplicht")).unreached is None  # type: ignore[union-attr]


def test_every_nudge_can_be_explained_without_a_word_of_the_case() -> None:
    world = World.of(case(action(4))).run(LATE)
    rung = {say.key for _, say in world.nudges}
    assert {e.key for e in world.explained} == rung
    first, *_, last = world.explained
    assert (first.about, first.day, first.receiver, first.step) == (
        "A4",
        date(2026, 3, 6),
        Receiver.HOLDER,
        -2,
    )
    assert (last.receiver, last.step) == (Receiver.PROCESS_COORDINATOR, 10)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_nobody_is_rung_outside_their_own_hours(seed: int) -> None:
    random = Random(seed)
    people = {}
    for label in ("leerplicht", "wijkagent", "casusregisseur", "procesregisseur", "voorzitter"):
        first = date(2026, 2, 1) + timedelta(days=random.randint(0, 90))
        people[user(label)] = Person(
            user(label),
            free_days=tuple(sorted(random.sample(range(5), random.randint(0, 3)))),
            opens=random.choice([None, time(10), time(13)]),
            closes=random.choice([None, time(14, 30), time(16)]),
            away_from=first,
            away_until=random.choice([None, first + timedelta(days=random.randint(0, 30))]),
            deputy=random.choice([None, user("wijkagent"), user("burgerzaken")]),
        )
    actions = [
        action(
            n,
            random.choice(("leerplicht", "wijkagent", "casusregisseur")),
            date(2026, 3, 1) + timedelta(days=3 * n),
        )
        for n in range(1, 20)
    ]
    world = World.of(case(*actions), at=local("2026-02-01 10:00"), people=people)
    world.run(local("2026-07-01 09:00"))
    assert world.nudges
    for at, say in world.nudges:
        assert isinstance(say.to, ToPerson)
        person = world.people[say.to.user_id]
        open_ = window(person, local_day(at), Timing())
        assert open_ is not None
        assert open_[0] <= at < open_[1]
        assert not is_away(person, local_day(at))
    assert len({say.key for _, say in world.nudges}) == len(world.nudges)


def test_what_had_passed_when_somebody_spoke_is_not_asked_by_a_later_round() -> None:
    """The ladder was at its end, the holder said that it is on track, and a meeting was planned after that."""
    spoken = replace(action(4, due=date(2026, 2, 4)), updated_at=local("2026-02-20 10:00"))
    world = World.of(before_a_meeting(spoken), at=local("2026-03-02 10:00")).run(local("2026-03-15 09:00"))
    assert world.days("leerplicht") == ["2026-03-12"]
    assert world.days("procesregisseur") == world.days("casusregisseur") == []


def test_who_goes_on_leave_while_something_waits_for_them_is_passed_over() -> None:
    friday_off = replace(away("2026-03-16", "2026-03-27"), user_id=user("casusregisseur"), free_days=(4,))
    world = World.of(case(action(4)), people={friday_off.user_id: friday_off}).run(LATE)
    assert world.days("casusregisseur") == []
    assert world.days("procesregisseur") == ["2026-03-16", "2026-03-20"]
