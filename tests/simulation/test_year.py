"""The promises of domain 7.4 over a year of a region: with part-timers, leave, outages and people who never answer."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import pytest

from bot.core.dates.calendar import AMSTERDAM, add_working_days, is_working_day, local_day
from bot.core.effects import Loudness, Say, SendPoll, ToCase, ToPerson
from bot.core.records.actions import ActionState, is_withheld
from bot.core.records.explanations import Receiver, Rule
from bot.core.reminding.hours import is_away, window
from tests.simulation.__main__ import PAGE, SEED, page
from tests.simulation.region import COORDINATOR, FIRST, LAST, REGION_SIZE, TEXT, at
from tests.simulation.year import OUTAGES, Year, play, table

LOCK_SCREEN = re.compile(r"Z-\d{4}-\d{3} · A\d+ · \w+ \d{1,2} \w+ \d{4}(, \d\d:\d\d)?")
FIRST_COORDINATOR = 5
SECOND_COORDINATOR = 10


@cache
def year() -> Year:
    return play(SEED, REGION_SIZE)


@cache
def days_told() -> frozenset[tuple[str, date]]:
    return frozenset((one.user_id, local_day(one.at)) for one in year().told)


def test_a_year_is_a_year() -> None:
    """What is proven below is proven about something."""
    told = year()
    assert told.agreed == REGION_SIZE.actions
    assert len(told.nudges) > 10_000
    assert len({one.user_id for one in told.nudges}) > 150
    assert {e.receiver for one in told.nudges for e, _ in one.about} == set(Receiver)
    assert any(one.say.loudness is Loudness.NOTICE for one in told.told), "nobody was out of reach"
    assert any("Gemist" in say.message.body for _, say in told.said), "the outages were not felt"
    assert any("jij vervangt" in say.message.body or "afwezig" in say.message.body for _, say in told.said)


def test_nobody_is_rung_twice_a_day() -> None:
    rung = Counter((one.user_id, local_day(one.at)) for one in year().told)
    assert max(rung.values()) == 1


def test_nobody_is_rung_outside_their_hours() -> None:
    people = year().town.rehearsal.people
    for one in year().told:
        open_ = window(people[one.user_id], local_day(one.at), year().town.region.timing)
        assert open_ is not None, f"{one.user_id} was rung on a day off: {one.at}"
        assert open_[0] <= one.at < open_[1]
        assert is_working_day(local_day(one.at))


def test_nothing_is_sent_while_the_bot_is_down_nor_twice_after_it() -> None:
    for moment, _ in year().said:
        assert not any(start <= moment < end for start, end in OUTAGES)
    keys = Counter(say.key for _, say in year().said)
    assert max(keys.values()) == 1


def test_what_rings_shows_reference_number_and_date() -> None:
    for one in year().nudges:
        assert all(LOCK_SCREEN.fullmatch(line) for line in one.say.message.lines)
    assert all(TEXT not in say.message.body for _, say in year().said)


def test_a_room_is_never_told_what_somebody_has_to_do() -> None:
    in_room = [say for _, say in year().said if isinstance(say.to, ToCase)]
    assert in_room
    for say in in_room:
        assert not re.search(r"A\d|\d|termijn", say.message.body)


def test_a_blocked_action_stays_silent_until_its_day() -> None:
    blocked = [
        (one, action)
        for one in year().nudges
        for _, action in one.about
        if action.state is ActionState.BLOCKED
    ]
    assert blocked
    for one, action in blocked:
        assert not is_withheld(action), "professional secrecy was asked about"
        assert action.look_back is not None
        assert local_day(one.at) >= action.look_back


def test_nobody_is_asked_about_what_is_over() -> None:
    over = {ActionState.DONE, ActionState.VOID, ActionState.NOT_DONE, ActionState.PROPOSED}
    assert not [a for one in year().nudges for _, a in one.about if a.state in over]


def excused(day: date, user_id: str) -> bool:
    """Whether somebody could not have been told on this day: the bot was down, they were off, or told already."""
    told = year()
    open_ = window(told.town.rehearsal.people[user_id], day, told.town.region.timing)
    if open_ is None:
        return True
    down = any(start <= open_[0] and open_[1] <= end for start, end in OUTAGES)
    return down or (user_id, day) in days_told()


@pytest.mark.parametrize(
    ("receiver", "step"),
    [
        pytest.param(Receiver.CASE_COORDINATOR, FIRST_COORDINATOR, id="case coordinator"),
        pytest.param(Receiver.PROCESS_COORDINATOR, SECOND_COORDINATOR, id="process coordinator"),
    ],
)
def test_a_stalled_action_reaches_the_coordinators_on_the_right_day(receiver: Receiver, step: int) -> None:
    told = [(one, e) for one in year().nudges for e, _ in one.about if e.receiver is receiver]
    assert len(told) > 1_000
    on_the_day = 0
    for one, reason in told:
        assert reason.day is not None
        right, day = add_working_days(reason.day, step), local_day(one.at)
        assert right <= day
        on_the_day += right == day
        while right < day:
            assert excused(right, one.user_id), f"{one.user_id} could have been told on {right}, not {day}"
            right += timedelta(days=1)
    assert on_the_day / len(told) > 0.6


def test_nothing_stalls_without_a_coordinator_hearing_of_it() -> None:
    """Every action that nobody touched for long enough after its date was told of, once for each date."""
    told = {
        (e.case_ref, e.about, e.day)
        for one in year().nudges
        for e, _ in one.about
        if e.receiver in {Receiver.CASE_COORDINATOR, Receiver.PROCESS_COORDINATOR}
    }
    left = [(at(LAST), action) for file in year().town.rehearsal.files.values() for action in file.running]
    checked = 0
    for until, action in [*year().changed, *left]:
        day = action.look_back if action.state is ActionState.BLOCKED else action.due_date
        if day is None or is_withheld(action) or action.updated_at.date() > day:
            continue
        if add_working_days(day, SECOND_COORDINATOR + 15) < local_day(until):
            checked += 1
            assert (action.case_ref, action.id, day) in told, action
    assert checked > 100


def digests() -> dict[str, list[tuple[datetime, Say | SendPoll]]]:
    found: dict[str, list[tuple[datetime, Say | SendPoll]]] = defaultdict(list)
    for now, say in year().said:
        if isinstance(say.to, ToPerson) and (say.key or "").startswith("digest:"):
            found[say.to.user_id].append((now, say))
    return found


def test_one_digest_a_week_on_monday_at_nine() -> None:
    weeks = {(FIRST + timedelta(days=n)).isocalendar()[:2] for n in range((LAST - FIRST).days)}
    assert (2026, 53) in weeks
    assert len(digests()) == year().town.chairs + 1
    for sent in digests().values():
        assert [local_day(now).isocalendar()[:2] for now, _ in sent] == sorted(weeks)
        for now, _ in sent:
            late = any(now == end for _, end in OUTAGES)
            assert late or (now.astimezone(AMSTERDAM).weekday(), now.astimezone(AMSTERDAM).time()) == (
                0,
                time(9),
            )


def test_a_digest_fits_a_phone_and_a_chair_reads_their_own_cases() -> None:
    for who, sent in digests().items():
        own = {
            file.ref
            for file in year().town.rehearsal.files.values()
            if who == COORDINATOR or any(p.user_id == who and p.label == "voorzitter" for p in file.seated)
        }
        for _, say in sent:
            lines = say.message.lines
            assert len(lines) <= 25
            assert max(map(len, lines)) <= 45
            assert set(re.findall(r"Z-\d{4}-\d{3}", say.message.body)) <= own


def test_who_cannot_be_reached_is_told_to_the_chair_once() -> None:
    told = Counter(
        (say.key or "").rpartition(":@")[0] for _, say in year().said if "unreached:" in (say.key or "")
    )
    assert told
    per_seat = Counter((key.split(":")[1], key.split(":@", 1)[1]) for key in told)
    assert max(per_seat.values()) == 1


def test_who_is_away_hears_nothing() -> None:
    people = year().town.rehearsal.people
    assert not [one for one in year().told if is_away(people[one.user_id], local_day(one.at))]


def test_every_message_that_rang_can_be_explained() -> None:
    explained = Counter(e.key for e in year().town.rehearsal.explained if e.rule is Rule.NUDGE)
    for one in year().nudges:
        assert explained[one.say.key or ""] == len(one.say.message.lines)


def test_the_same_seed_plays_the_same_year() -> None:
    small = type(REGION_SIZE)(cases=20, actions=100)
    assert table(play(7, small), 7) == table(play(7, small), 7) != table(play(8, small), 7)


def test_the_year_has_what_a_clock_can_go_wrong_about() -> None:
    days = {FIRST + timedelta(days=n) for n in range((LAST - FIRST).days)}
    offsets = {datetime(d.year, d.month, d.day, 12, tzinfo=AMSTERDAM).utcoffset() for d in days}
    assert len(offsets) == 2
    assert any(not is_working_day(day) and day.weekday() < 5 for day in days)
    assert any(start.astimezone(UTC) < at(date(2026, 10, 25)) < end for start, end in OUTAGES)


def test_the_page_tells_this_very_year() -> None:
    """After a change of the rules: python -m tests.simulation."""
    assert PAGE.read_text(encoding="utf-8") == page(year())
