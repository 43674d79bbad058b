"""Who is told of an action, and who is not told in their place: circle by circle, and what is said of who is away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.core.effects import Effects, Invite, Say, ToCase, ToPerson
from bot.core.records.actions import ActionState
from bot.core.records.explanations import Explanation, Rule
from bot.core.records.people import Person
from tests.core.cases import COORDINATOR, MARCH_2, REGION, action, case, local, seat, user
from tests.core.world import EVERYBODY, World

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile

REF = "Z-2026-014"
HOLDER, SECOND = user("leerplicht"), user("leerplicht2")
DAY = date(2026, 3, 4)
NOW = local("2026-03-04 09:00")
"""The reminder of an action that is due on 6 March."""


def told(world: World) -> set[str]:
    """Everybody who was nudged so far."""
    return {say.to.user_id for _, say in world.nudges if isinstance(say.to, ToPerson)}


def woken(file: CaseFile, at: str = "2026-03-04 09:00", **changes: object) -> World:
    """One wake-up, with everything that is due by then."""
    world = World.of(file, **changes)  # type: ignore[arg-type]
    world.wake(local(at))
    return world


def without(label: str, file: CaseFile) -> CaseFile:
    """The same after somebody left."""
    seats = tuple(replace(one, left_at=MARCH_2) if one.label == label else one for one in file.participants)
    return replace(file, participants=seats)


def two_holders(*actions: object) -> CaseFile:
    file = case(*(actions or (action(4),)))  # type: ignore[arg-type]
    return replace(file, participants=(*file.participants, seat("leerplicht", name="leerplicht2")))


def away(name: str, until: str, since: str = "2026-03-01", **more: object) -> Person:
    days = {"away_from": date.fromisoformat(since), "away_until": date.fromisoformat(until)}
    return Person(user(name), **days, **more)  # type: ignore[arg-type]


def people(*them: Person) -> dict[str, Person]:
    return {one.user_id: one for one in them}


# Circles


def test_of_two_holders_only_who_can_read_it_is_nudged_and_of_the_other_the_chair_hears() -> None:
    world = woken(two_holders())
    assert told(world) == {HOLDER}
    seats = {one.user_id: one.unreached for one in world.files[REF].participants}
    assert (seats[HOLDER], seats[SECOND]) == (None, DAY)


@pytest.mark.parametrize(
    ("state", "meeting", "at"),
    [
        pytest.param(ActionState.OPEN, None, "2026-03-05 09:00", id="whether it was seen"),
        pytest.param(ActionState.ACCEPTED, date(2026, 3, 9), "2026-03-05 09:00", id="how it stands"),
    ],
)
def test_what_only_a_holder_can_answer_is_asked_of_nobody_else_when_they_cannot_be_reached(
    state: ActionState, meeting: date | None, at: str
) -> None:
    file = case(action(4, due=date(2026, 5, 29), state=state))
    file = replace(file, case=replace(file.case, next_meeting=meeting))
    world = woken(file, at, joined=EVERYBODY - {HOLDER})
    assert told(world) == set()
    assert world.files[REF].seat_of(HOLDER).unreached == date(2026, 3, 5)  # type: ignore[union-attr]


def test_whoever_is_asked_in_the_place_of_a_holder_who_left_is_missed_when_they_cannot_be_reached() -> None:
    file = without("leerplicht", case(action(4)))
    world = woken(file, joined=EVERYBODY - {user("casusregisseur")})
    assert told(world) == {user("procesregisseur")}
    assert world.files[REF].seat_of(user("casusregisseur")).unreached == DAY  # type: ignore[union-attr]
    assert world.files[REF].seat_of(HOLDER) is None


def test_an_action_of_who_left_a_case_without_coordinators_comes_to_the_chair_and_not_to_the_region() -> None:
    file = without("leerplicht", case(action(4), labels=("voorzitter", "leerplicht")))
    assert told(woken(file)) == {user("voorzitter")}


def test_an_action_that_nobody_ever_held_comes_to_the_contact_of_the_region_in_the_case() -> None:
    """A role without a seat: whoever keeps the contacts is to find somebody, or else the chair."""
    file = case(action(4, "burgerzaken"), labels=("voorzitter", "procesregisseur", "casusregisseur"))
    [contact] = file.holding(REGION.contact)
    assert told(woken(file)) == {contact.user_id}
    assert told(woken(without(contact.label, file))) == {user("voorzitter")}


def test_whoever_was_named_is_asked_also_when_the_case_calls_them_something_else_by_now() -> None:
    file = case(replace(action(4), holder_user=HOLDER))
    renamed = tuple(replace(s, label="jeugdarts") if s.user_id == HOLDER else s for s in file.participants)
    assert told(woken(replace(file, participants=renamed))) == {HOLDER}


@pytest.mark.parametrize("until", ["2026-03-13", "2026-03-31"])
def test_a_coordinator_on_leave_does_not_keep_a_late_action_to_themselves(until: str) -> None:
    """Also on the last day of it."""
    world = woken(case(action(4)), "2026-03-13 09:00", people=people(away("casusregisseur", until)))
    assert told(world) == {user("procesregisseur")}


def test_a_coordinator_who_is_back_hears_of_it_themselves() -> None:
    world = woken(case(action(4)), "2026-03-13 09:00", people=people(away("casusregisseur", "2026-03-12")))
    assert told(world) == {user("casusregisseur")}


@pytest.mark.parametrize("at", ["2026-03-13 09:00", "2026-03-20 09:00"])
def test_a_coordinator_of_the_region_who_holds_the_action_is_not_told_that_they_are_late(at: str) -> None:
    file = replace(case(action(4, "coördinator")), participants=(seat("coördinator", name="coordinator"),))
    assert told(woken(file, at)) == set()


def test_nothing_waits_for_a_coordinator_of_the_region_on_leave_to_tell_them_how_late_they_are() -> None:
    seats = (seat("coördinator", name="coordinator"), seat("wijkagent"))
    file = replace(case(action(4, "coördinator")), participants=seats)
    gone = people(away("coordinator", "2026-04-30", deputy=user("wijkagent")))
    world = World.of(file, people=gone).run(local("2026-03-23 09:00"))
    assert told(world) == {user("wijkagent")}
    assert world.next_at is None


def test_a_coordinator_of_the_region_hears_where_nobody_leads_the_case() -> None:
    """They have no seat there, and are told all the same."""
    file = replace(case(action(4)), participants=(seat("leerplicht"),))
    assert told(woken(file, "2026-03-13 09:00")) == {COORDINATOR}


def test_who_is_off_on_the_day_of_the_last_step_hears_of_it_when_they_are_back() -> None:
    """Nothing comes after it, so nothing else would wake the clock."""
    friday_off = Person(user("procesregisseur"), free_days=(4,))
    world = World.of(case(action(4)), people=people(friday_off)).run(local("2026-06-01 09:00"))
    assert world.days("procesregisseur") == ["2026-03-23"]


def test_two_people_who_are_asked_in_one_morning_do_not_answer_for_each_other() -> None:
    world = woken(case(action(4), action(5, "wijkagent")))
    asked = {poll.about: (poll.number, poll.asked_of) for poll in world.polls.values()}
    assert {about: user_id for about, (_, user_id) in asked.items()} == {
        "A4": HOLDER,
        "A5": user("wijkagent"),
    }
    assert sorted(number for number, _ in asked.values()) == [1, 2]


# What is said of who is away


def test_the_first_of_two_holders_who_is_back_is_the_one_that_is_named() -> None:
    gone = people(away("leerplicht", "2026-03-31"), away("leerplicht2", "2026-03-20"))
    world = woken(two_holders(), "2026-03-13 09:00", people=gone)
    [said] = [say for _, say in world.said if (say.key or "").startswith("why:")]
    assert "t/m vrijdag 20 maart 2026" in said.message.body


@pytest.mark.parametrize(
    "person",
    [
        pytest.param(away("leerplicht", "2026-03-12"), id="who is back"),
        pytest.param(away("leerplicht", "2026-04-30", "2026-03-16"), id="who has yet to leave"),
    ],
)
def test_nobody_is_called_away_who_is_there(person: Person) -> None:
    world = woken(case(action(4)), "2026-03-13 09:00", people=people(person))
    [said] = [say for _, say in world.said if (say.key or "").startswith("why:")]
    assert "afwezig" not in said.message.body
    assert "Even bellen?" in said.message.body


@pytest.mark.parametrize(
    ("at", "missed"),
    [
        pytest.param("2026-03-17 11:00", False, id="two working days late"),
        pytest.param("2026-03-18 11:00", True, id="three working days late"),
    ],
)
def test_the_bot_says_so_when_it_was_out_of_order_for_days_and_not_for_less(at: str, *, missed: bool) -> None:
    """The case coordinator was to hear on 13 March."""
    world = woken(case(action(4)), at)
    assert any("Gemist" in say.message.body for _, say in world.said) is missed


# Within reach again, and out of it


def test_a_nudge_that_arrives_makes_one_seat_reachable_again_and_writes_no_other() -> None:
    file = case(action(4), action(5, "wijkagent"))
    lost = tuple(replace(s, unreached=DAY) if s.user_id == HOLDER else s for s in file.participants)
    world = World.of(replace(file, participants=lost))
    effects = world.wake(NOW)
    written = [row for row in effects.keep if isinstance(row, type(lost[0]))]
    assert [(row.user_id, row.unreached) for row in written] == [(HOLDER, None)]


def mention(person: Person, at: str) -> tuple[Effects, list[Say]]:
    world = World.of(
        case(action(4, due=date(2026, 3, 20))), joined=EVERYBODY - {HOLDER}, people=people(person)
    )
    effects = world.wake(local(at))
    return effects, [out for out in effects.send if isinstance(out, Say) and out.to == ToCase(REF)]


@pytest.mark.parametrize(
    ("days_ago", "called"),
    [pytest.param(6, False, id="six days after"), pytest.param(7, True, id="a week after")],
)
def test_a_room_does_not_hear_the_same_name_within_a_week_and_does_after_it(
    days_ago: int, *, called: bool
) -> None:
    before = date(2026, 3, 18) - timedelta(days=days_ago)
    _, said = mention(Person(HOLDER, mentioned_on=before), "2026-03-18 09:00")
    assert bool(said) is called


def test_a_mention_is_written_down_explained_and_comes_with_a_new_invitation() -> None:
    effects, [said] = mention(Person(HOLDER), "2026-03-18 09:00")
    day = date(2026, 3, 18)
    assert Person(HOLDER, nudged_on=day, mentioned_on=day) in effects.keep
    assert Invite(ToPerson(HOLDER), HOLDER) in effects.send
    [why] = [row for row in effects.keep if isinstance(row, Explanation) and row.rule is Rule.MENTION]
    assert (why.key, why.place, why.user_id, why.case_ref) == (said.key, 0, HOLDER, REF)
    assert {(line.event, line.case_ref) for line in effects.log} >= {("mentioned", REF), ("unreached", REF)}


def test_who_has_no_seat_is_called_in_no_room() -> None:
    """A coordinator of the region who cannot be reached: the room of the case does not know them."""
    file = replace(case(action(4)), participants=(seat("leerplicht"),))
    world = woken(file, "2026-03-13 09:00", joined=EVERYBODY - {COORDINATOR})
    assert [say for _, say in world.said if isinstance(say.to, ToCase)] == []
    assert told(world) == set()
