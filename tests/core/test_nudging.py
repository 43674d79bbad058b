import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.casefile import CaseFile
from bot.core.dates.calendar import AMSTERDAM, add_working_days, is_working_day, local_day
from bot.core.effects import Loudness, Say, SendPoll, ToCase, ToPerson
from bot.core.records.actions import RUNNING, Action, ActionState, BlockReason
from bot.core.records.people import Person
from bot.core.region import Timing
from bot.core.reminding import nudge_words
from bot.core.reminding.hours import Roster
from bot.core.reminding.ladder import StallReason, is_stalled
from bot.core.reminding.ladder import rescheduled as rescheduled_in
from bot.core.reminding.ladder import schedule as schedule_in
from bot.core.text import Language, Text
from tests.core.cases import LABELS, MARCH_2, REGION, WRITTEN, action, case, local, seat, user
from tests.core.world import EVERYBODY, World, shown, whom
from tests.golden import check

TIMING = Timing()
LOCK_SCREEN = re.compile(r"Z-\d{4}-\d{3} · A\d+ · (\w+) \d{1,2} \w+ \d{4}(, \d\d:\d\d)?")

S = ActionState
SECRECY = BlockReason.PROFESSIONAL_SECRECY
OFFICE = Roster(REGION, {})
"""Everybody works the hours of the region."""


def in_window(now: datetime) -> bool:
    return OFFICE.may_ring("", now)


def next_opening(now: datetime) -> datetime:
    return OFFICE.next_opening((), now)


def rescheduled(one: Action, *, now: datetime) -> Action:
    return rescheduled_in(replace(one, updated_at=min(one.updated_at, now)), case(one), OFFICE, now=now)


BLOCKED_UNTIL_16 = action(2, "woningcorporatie", wall=time(12), state=S.BLOCKED, look_back=date(2026, 3, 16))


@pytest.mark.parametrize(
    ("due", "made", "first"),
    [
        pytest.param("2026-03-06", "2026-03-02 10:18", "2026-03-04 09:00", id="two working days before"),
        pytest.param("2026-03-09", "2026-03-02 10:18", "2026-03-05 09:00", id="over a weekend"),
        pytest.param("2026-04-07", "2026-03-20 10:00", "2026-04-01 09:00", id="over Easter"),
        pytest.param("2026-05-18", "2026-05-01 10:00", "2026-05-12 09:00", id="over an equated day"),
        pytest.param(
            "2026-03-06", "2026-03-04 09:00", "2026-03-06 09:00", id="made as the reminder would go"
        ),
        pytest.param("2026-03-06", "2026-03-05 16:00", "2026-03-06 09:00", id="made the day before"),
        pytest.param(
            "2026-03-06", "2026-03-06 08:59", "2026-03-06 09:00", id="made before opening on the day"
        ),
        pytest.param(
            "2026-03-06", "2026-03-06 09:01", "2026-03-09 09:00", id="made after opening on the day"
        ),
        pytest.param("2026-03-07", "2026-03-06 08:00", "2026-03-06 09:00", id="due on a Saturday: on Friday"),
        pytest.param("2026-04-06", "2026-04-02 08:00", "2026-04-02 09:00", id="due on Easter Monday"),
        pytest.param(
            "2026-03-01", "2026-03-02 10:00", "2026-03-04 09:00", id="already past: at the next step"
        ),
    ],
)
def test_what_was_just_agreed_is_not_nudged_at_once(due: str, made: str, first: str) -> None:
    agreed = action(4, due=date.fromisoformat(due))
    assert shown(rescheduled(agreed, now=local(made)).nudge_at) == first


@pytest.mark.parametrize(
    ("due", "made", "utc_hour"),
    [
        pytest.param("2026-03-31", "2026-03-20", 8, id="reminder on Friday in winter time"),
        pytest.param("2026-04-01", "2026-03-20", 7, id="reminder on Monday in summer time"),
        pytest.param("2026-10-27", "2026-10-20", 7, id="reminder on Friday in summer time"),
        pytest.param("2026-10-28", "2026-10-20", 8, id="reminder on Monday in winter time"),
    ],
)
def test_the_clock_change_does_not_move_a_nudge_by_an_hour(due: str, made: str, utc_hour: int) -> None:
    agreed = rescheduled(action(4, due=date.fromisoformat(due)), now=local(f"{made} 12:00"))
    assert agreed.nudge_at is not None
    assert agreed.nudge_at.tzinfo is UTC
    assert shown(agreed.nudge_at)[-5:] == "09:00"
    assert agreed.nudge_at.hour == utc_hour


@pytest.mark.parametrize("state", [S.PROPOSED, S.DONE, S.VOID])
def test_nobody_is_nudged_about_what_nobody_has_to_do(state: ActionState) -> None:
    assert rescheduled(action(4, state=state), now=MARCH_2).nudge_at is None


def test_a_blocked_action_is_silent_until_its_look_back() -> None:
    blocked = rescheduled(BLOCKED_UNTIL_16, now=MARCH_2)
    assert shown(blocked.nudge_at) == "2026-03-16 09:00"


def test_a_look_back_in_the_weekend_is_not_asked_about_on_friday() -> None:
    blocked = replace(BLOCKED_UNTIL_16, look_back=date(2026, 3, 14))
    assert shown(rescheduled(blocked, now=MARCH_2).nudge_at) == "2026-03-16 09:00"


def test_a_blocked_action_without_look_back_waits_for_the_digest() -> None:
    blocked = replace(BLOCKED_UNTIL_16, look_back=None)
    assert rescheduled(blocked, now=MARCH_2).nudge_at is None


def test_a_step_is_not_taken_twice() -> None:
    taken = replace(action(4), nudge_step=1)
    assert shown(schedule_in(taken, case(taken), OFFICE, now=MARCH_2).nudge_at) == "2026-03-11 09:00"


def test_a_new_date_starts_the_ladder_again() -> None:
    moved = replace(action(4, due=date(2026, 3, 20)), nudge_step=3)
    again = rescheduled(moved, now=local("2026-03-11 10:00"))
    assert (again.nudge_step, shown(again.nudge_at)) == (None, "2026-03-18 09:00")


def test_golden_the_whole_ladder() -> None:
    world = World.of(case(action(4, wall=time(12))))
    check("core/golden/nudge_ladder.txt", world.run(local("2026-06-01 09:00")).transcript())


def test_golden_a_blocked_action() -> None:
    world = World.of(case(BLOCKED_UNTIL_16))
    check("core/golden/nudge_blocked.txt", world.run(local("2026-06-01 09:00")).transcript())


def test_golden_several_actions_and_cases() -> None:
    first = case(action(4), replace(BLOCKED_UNTIL_16, holder="leerplicht", look_back=date(2026, 3, 6)))
    second = case(action(1, due=date(2026, 3, 5)), action(3, due=date(2026, 3, 10)), ref="Z-2026-009")
    world = World.of(first, second).run(local("2026-03-16 09:00"))
    check("core/golden/nudge_bundle.txt", world.transcript())


def test_golden_a_holder_who_cannot_be_reached() -> None:
    world = World.of(case(action(4)), joined=EVERYBODY - {user("leerplicht")})
    check("core/golden/nudge_unreachable.txt", world.run(local("2026-06-01 09:00")).transcript())


@pytest.mark.parametrize("reason", [None, *(r for r in BlockReason if r is not SECRECY)], ids=str)
def test_every_reason_makes_a_sentence(reason: BlockReason | None) -> None:
    blocked = replace(BLOCKED_UNTIL_16, reason=reason)
    world = World.of(case(blocked)).run(local("2026-03-16 09:00"))
    fact, question = world.said[1][1].message.lines[0].split(" De kijkdatum is vandaag. ")
    assert re.fullmatch(r"A2 staat vast \(.+\)\.", fact)
    assert question == "Is dat nog zo?"


def test_both_languages_of_every_wording_take_the_same_values() -> None:
    words = [text for text in vars(nudge_words).values() if isinstance(text, Text)]
    assert len(words) > 15
    for text in words:
        assert set(re.findall(r"{\w+}", text.nl)) == set(re.findall(r"{\w+}", text.en)), text
        assert text(Language.EN, **dict.fromkeys(re.findall(r"{(\w+)}", text.en), "x"))


def test_a_lock_screen_shows_reference_id_and_date_only() -> None:
    world = World.of(case(action(4, wall=time(12)), BLOCKED_UNTIL_16)).run(local("2026-06-01 09:00"))
    assert len(world.nudges) > 8
    for _, say in world.nudges:
        assert all(LOCK_SCREEN.fullmatch(line) for line in say.message.lines)
        assert not mentioned(say)


def test_nobody_is_nudged_twice_a_day() -> None:
    world = World.of(case(action(4)))
    world.people[user("leerplicht")] = Person(user("leerplicht"), nudged_on=date(2026, 3, 4))
    effects = world.wake(local("2026-03-04 11:00"))
    assert not effects.send
    assert shown(world.next_at) == "2026-03-05 09:00"
    world.run(local("2026-03-05 09:00"))
    assert world.days("leerplicht") == ["2026-03-05"]


def test_two_people_in_one_role_are_asked_on_the_same_day() -> None:
    file = case(action(4))
    file = replace(file, participants=(*file.participants, seat("leerplicht", name="leerplicht2")))
    world = World.of(file, joined=EVERYBODY | {user("leerplicht2")})
    world.people[user("leerplicht2")] = Person(user("leerplicht2"), nudged_on=date(2026, 3, 4))
    world.wake(local("2026-03-04 11:00"))
    world.run(local("2026-03-05 09:00"))
    assert world.days("leerplicht") == world.days("leerplicht2") == ["2026-03-05"]


def test_a_nudge_keeps_what_else_is_known_of_the_person() -> None:
    world = World.of(case(action(4)))
    world.people[user("leerplicht")] = Person(user("leerplicht"), "!direct:voorbeeld.nl")
    world.run(local("2026-03-04 09:00"))
    assert world.people[user("leerplicht")] == Person(
        user("leerplicht"), "!direct:voorbeeld.nl", date(2026, 3, 4)
    )


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        pytest.param("2026-03-05 08:59", False, id="Thursday before opening"),
        pytest.param("2026-03-05 09:00", True, id="Thursday at opening"),
        pytest.param("2026-03-05 16:29", True, id="Thursday in the last hour"),
        pytest.param("2026-03-05 16:30", False, id="Thursday at closing"),
        pytest.param("2026-03-06 15:29", True, id="Friday before the last hour of the week"),
        pytest.param("2026-03-06 15:30", False, id="Friday in the last hour of the week"),
        pytest.param("2026-04-02 15:30", False, id="the Thursday before Good Friday, in its last hour"),
        pytest.param("2026-03-07 11:00", False, id="Saturday"),
        pytest.param("2026-03-08 11:00", False, id="Sunday"),
        pytest.param("2026-04-27 11:00", False, id="King's Day"),
        pytest.param("2026-05-15 11:00", False, id="equated day"),
        pytest.param("2026-03-30 09:00", True, id="opening after the spring change"),
        pytest.param("2026-10-26 08:59", False, id="before opening after the autumn change"),
    ],
)
def test_nobody_is_rung_outside_the_window(moment: str, *, open_: bool) -> None:
    now = local(moment)
    assert in_window(now) is open_
    assert in_window(now.astimezone(AMSTERDAM)) is open_
    world = World.of(case(action(4, due=local_day(now))), at=now - timedelta(days=30))
    effects = world.wake(now)
    assert bool(effects.send) is open_
    assert world.next_at is not None
    assert in_window(world.next_at)


def test_what_came_in_the_night_waits_for_the_morning_of_that_day() -> None:
    assert shown(next_opening(local("2026-03-05 03:00"))) == "2026-03-05 09:00"
    assert shown(next_opening(local("2026-03-05 09:00"))) == "2026-03-06 09:00"
    assert shown(next_opening(local("2026-04-02 17:00"))) == "2026-04-07 09:00"


def test_after_downtime_only_the_highest_step_is_taken() -> None:
    world = World.of(case(action(4)))
    world.wake(local("2026-03-13 11:00"))
    assert [say.to for _, say in world.nudges] == [ToPerson(user("casusregisseur"))]
    world.run(local("2026-06-01 09:00"))
    assert world.days("leerplicht") == []
    assert world.days("procesregisseur") == ["2026-03-20"]


@pytest.mark.parametrize(
    ("seated", "holder", "asked"),
    [
        pytest.param(
            LABELS, "leerplicht", ["leerplicht", "casusregisseur", "procesregisseur"], id="all named"
        ),
        pytest.param(
            ("voorzitter", "procesregisseur", "leerplicht"),
            "leerplicht",
            ["leerplicht", "procesregisseur", "procesregisseur"],
            id="no case coordinator: the process coordinator",
        ),
        pytest.param(
            ("voorzitter", "leerplicht"),
            "leerplicht",
            ["leerplicht", "voorzitter", "voorzitter"],
            id="no process coordinator either: the chair",
        ),
        pytest.param(
            ("leerplicht",),
            "leerplicht",
            ["leerplicht", "coordinator", "coordinator"],
            id="nobody leads: the coordinators of the region",
        ),
        pytest.param(
            LABELS,
            "burgerzaken",
            ["procesregisseur", "casusregisseur", "procesregisseur"],
            id="a holder without seat: the region's contact",
        ),
        pytest.param(
            ("voorzitter", "casusregisseur"),
            "burgerzaken",
            ["voorzitter", "casusregisseur", "voorzitter"],
            id="a holder without seat and no contact: the chair",
        ),
        pytest.param(
            LABELS,
            "casusregisseur",
            ["casusregisseur", "procesregisseur", "procesregisseur"],
            id="a case coordinator is not asked to call themselves",
        ),
        pytest.param(
            LABELS,
            "procesregisseur",
            ["procesregisseur", "casusregisseur", "voorzitter"],
            id="a process coordinator is not asked to put themselves on the agenda",
        ),
        pytest.param(
            ("voorzitter",),
            "voorzitter",
            ["voorzitter", "coordinator", "coordinator"],
            id="a chair is not asked to call themselves",
        ),
    ],
)
def test_a_step_always_finds_somebody(seated: tuple[str, ...], holder: str, asked: list[str]) -> None:
    world = World.of(case(action(4, holder), labels=seated)).run(local("2026-06-01 09:00"))
    on = {f"{local_day(at)}": whom(say) for at, say in world.nudges}
    assert [on[day] for day in ("2026-03-04", "2026-03-13", "2026-03-20")] == [user(name) for name in asked]


def test_a_coordinator_who_holds_the_action_is_not_told_of_themselves() -> None:
    alone = replace(case(action(4, "coördinator")), participants=(seat("coördinator", name="coordinator"),))
    world = World.of(alone).run(local("2026-06-01 09:00"))
    assert world.days("coordinator") == ["2026-03-04", "2026-03-06", "2026-03-09", "2026-03-11"]


def test_who_left_the_case_is_not_asked() -> None:
    file = case(action(4))
    left = tuple(replace(p, left_at=MARCH_2) if p.label == "leerplicht" else p for p in file.participants)
    world = World.of(replace(file, participants=left)).run(local("2026-03-04 09:00"))
    assert [say.to for _, say in world.nudges] == [ToPerson(user("casusregisseur"))]


def test_a_room_is_not_told_who_is_late() -> None:
    world = World.of(case(action(4)), joined=frozenset()).run(local("2026-06-01 09:00"))
    in_room = [say for _, say in world.said if isinstance(say.to, ToCase)]
    assert in_room
    assert not world.nudges
    for say in in_room:
        assert say.loudness is Loudness.NOTICE
        assert not re.search(r"A\d|\d{4}|termijn", say.message.body)


def test_a_room_mentions_the_same_person_once_a_week_at_most() -> None:
    many = [action(n, due=date(2026, 3, 2) + timedelta(days=n)) for n in range(1, 40)]
    world = World.of(case(*many), joined=EVERYBODY - {user("leerplicht")}).run(local("2026-06-01 09:00"))
    days = [local_day(at) for at, say in world.said if mentioned(say)]
    assert len(days) > 3
    assert all(later - earlier >= timedelta(days=7) for earlier, later in pairwise(days))


def test_who_was_mentioned_is_not_nudged_on_the_same_day() -> None:
    world = World.of(case(action(4), action(5)), joined=EVERYBODY - {user("leerplicht")})
    world.wake(local("2026-03-04 09:00"))
    world.joined = EVERYBODY
    world.files["Z-2026-014"] = replace(
        world.files["Z-2026-014"],
        actions=(replace(action(6, due=date(2026, 3, 4)), nudge_at=local("2026-03-04 11:00")),),
    )
    world.wake(local("2026-03-04 11:00"))
    assert world.days("leerplicht") == []
    assert shown(world.next_at) == "2026-03-05 09:00"


@pytest.mark.parametrize(
    ("timing", "now", "line"),
    [
        pytest.param(
            Timing(case_coordinator=1),
            "2026-03-09 09:00",
            "A4 (leerplicht) is 1 werkdag over de termijn. Even bellen?",
            id="one working day",
        ),
        pytest.param(
            Timing(reminder=-5),
            "2026-02-27 09:00",
            "A4 is vrijdag 6 maart 2026 aan de beurt.",
            id="a week ahead: not the weekday alone",
        ),
        pytest.param(
            Timing(reminder=-4), "2026-03-02 09:00", "A4 is vrijdag aan de beurt.", id="within the week"
        ),
        pytest.param(
            Timing(reminder=-1), "2026-03-05 09:00", "A4 is morgen aan de beurt.", id="the day before"
        ),
    ],
)
def test_a_region_with_other_steps_reads_well(timing: Timing, now: str, line: str) -> None:
    world = World.of(
        case(action(4)), at=local("2026-02-01 10:00"), region=replace(REGION, timing=timing)
    ).run(local(now))
    assert world.said[-1][1].message.lines[0] == line


def test_the_audit_log_names_the_action_and_nobody() -> None:
    world = World.of(case(action(4)))
    (line,) = world.wake(local("2026-03-04 09:00")).log
    assert (line.event, line.case_ref, line.thing) == ("nudged", "Z-2026-014", "A4")


@given(due=st.dates(date(2026, 1, 5), date(2030, 12, 31)))
def test_an_overdue_action_reaches_the_coordinators_on_the_right_working_day(due: date) -> None:
    start = datetime.combine(due - timedelta(days=20), time(10), tzinfo=AMSTERDAM)
    world = World.of(case(action(4, due=due)), at=start.astimezone(UTC))
    world.run(start.astimezone(UTC) + timedelta(days=90))
    assert world.days("casusregisseur") == [str(add_working_days(due, 5))]
    assert world.days("procesregisseur") == [str(add_working_days(due, 10))]
    assert {shown(at)[-5:] for at, _ in world.nudges} == {"09:00"}
    # The steps of a date on a free day may fall together, but the day before and the day after never do.
    assert 3 <= len(world.days("leerplicht")) <= 4


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_no_year_of_actions_breaks_the_peace(seed: int) -> None:
    """A year with delays, new dates, blocks and people who come and go: the promises of domain 7.4 hold."""
    random = Random(seed)
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(400)]
    holders = ("leerplicht", "wijkagent", "woningcorporatie", "casusregisseur", "burgerzaken")
    files = [
        case(
            *(action(n, random.choice(holders), random.choice(year)) for n in range(1, 7)),
            ref=f"Z-2026-00{c}",
        )
        for c in range(1, 6)
    ]
    world = World.of(*files, at=local("2026-01-01 10:00"))
    blocked: dict[tuple[str, int], date] = {}
    for _ in range(600):
        if (now := world.next_at) is None:
            break
        # Mostly on time, sometimes hours or days too late.
        now += timedelta(hours=random.choice([0, 0, 0, 0, random.uniform(0, 12), random.uniform(0, 400)]))
        before = len(world.said)
        effects = world.wake(now)
        for line in effects.log:
            if line.event != "nudged":
                continue
            key = (line.case_ref or "", int((line.thing or "A0")[1:]))
            assert local_day(now) >= blocked.get(key, date.min), "a blocked action was asked about"
        assert len(world.said) == before or in_window(now)
        if random.random() < 0.3:
            one = change(random, random.choice(list(world.files.values())), now)
            world.keep(one)
            blocked.pop((one.case_ref, one.number), None)
            if one.state is S.BLOCKED:
                blocked[one.case_ref, one.number] = one.look_back or date.max
        world.joined = EVERYBODY - {random.choice(sorted(EVERYBODY))}
    rung = Counter((user_id, local_day(at)) for at, say in world.said for user_id in rings(say))
    assert rung
    assert max(rung.values()) == 1
    assert all(is_working_day(day) for _, day in rung)
    assert all(WRITTEN not in say.message.body for _, say in world.said)
    assert len({say.key for _, say in world.said}) == len(world.said)


def mentioned(say: Say | SendPoll) -> tuple[str, ...]:
    return say.mentions if isinstance(say, Say) else ()


def rings(say: Say | SendPoll) -> tuple[str, ...]:
    if say.loudness is Loudness.NUDGE:
        assert all(LOCK_SCREEN.fullmatch(line) for line in say.message.lines)
        return (whom(say),)
    return mentioned(say)


def change(random: Random, file: CaseFile, now: datetime) -> Action:
    """Somebody answers: done, a new date, blocked, or going on."""
    one = random.choice(file.actions)
    ahead = local_day(now) + timedelta(days=random.randint(0, 40))
    changed = random.choice(
        [
            replace(one, state=S.DONE),
            replace(one, state=S.ACCEPTED, due_date=ahead),
            replace(one, state=S.BLOCKED, look_back=ahead, reason=random.choice(list(BlockReason))),
            replace(one, state=S.ACCEPTED),
        ]
    )
    return rescheduled(replace(changed, updated_at=now), now=now)


@pytest.mark.parametrize(
    ("changes", "today", "reason"),
    [
        pytest.param({}, "2026-03-12", None, id="four working days over the date"),
        pytest.param({}, "2026-03-13", StallReason.OVERDUE, id="five working days over the date"),
        pytest.param(
            {"updated_at": local("2026-03-12 10:00")},
            "2026-03-13",
            None,
            id="over the date, but heard of yesterday",
        ),
        pytest.param(
            {"updated_at": local("2026-03-12 10:00")},
            "2026-03-19",
            StallReason.OVERDUE,
            id="over the date and not heard of for five working days",
        ),
        pytest.param({"postponed": 1}, "2026-03-03", None, id="postponed once"),
        pytest.param({"postponed": 2}, "2026-03-03", StallReason.POSTPONED, id="postponed twice"),
        pytest.param(
            {"state": S.BLOCKED}, "2026-03-13", None, id="nine working days blocked without look-back"
        ),
        pytest.param(
            {"state": S.BLOCKED},
            "2026-03-16",
            StallReason.NO_LOOK_BACK,
            id="ten working days without look-back",
        ),
        pytest.param(
            {"state": S.BLOCKED, "look_back": date(2026, 6, 1)},
            "2026-05-20",
            None,
            id="blocked with a look-back",
        ),
        pytest.param({"state": S.DONE, "postponed": 5}, "2026-06-01", None, id="done"),
        pytest.param({"holder": "burgerzaken"}, "2026-03-03", None, id="a role that never had a seat"),
        pytest.param(
            {"holder": "politie"}, "2026-03-03", StallReason.HOLDER_LEFT, id="the holder left the case"
        ),
    ],
)
def test_stalled_is_derived_and_not_guessed(
    changes: dict[str, Any], today: str, reason: StallReason | None
) -> None:
    stalling = replace(action(4), **changes)
    file = case(stalling)
    file = replace(file, participants=(*file.participants, replace(seat("politie"), left_at=MARCH_2)))
    assert is_stalled(stalling, file, REGION, date.fromisoformat(today)) is reason


def test_a_function_that_nobody_fills_any_more_is_a_holder_who_left() -> None:
    held = action(4, "casusregisseur")
    left = replace(seat("casusregisseur"), label="GI", left_at=MARCH_2)
    file = replace(case(held, labels=("voorzitter",)), participants=(left,))
    assert is_stalled(held, file, REGION, date(2026, 3, 3)) is StallReason.HOLDER_LEFT


def test_only_what_runs_has_a_next_nudge() -> None:
    now = local("2026-02-01 10:00")
    assert {
        s for s in S if rescheduled(action(4, state=s, look_back=date(2026, 3, 9)), now=now).nudge_at
    } == RUNNING
