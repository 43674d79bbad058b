from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.casefile import CaseFile
from bot.core.dates.calendar import AMSTERDAM
from bot.core.effects import Loudness, Say, ToPerson
from bot.core.records.actions import Action, ActionState, BlockReason
from bot.core.records.cases import CaseState
from bot.core.records.people import DigestPlan
from bot.core.region import DigestTime, Region
from bot.core.reminding import digest
from bot.core.reminding.digest import weekly
from bot.core.reminding.digest_layout import LINES, WIDTH
from bot.core.reminding.digest_plan import due, effects, next_due_at, replanned
from bot.core.text import Language, Text
from tests.core.cases import COORDINATOR, LABELS, MARCH_2, REGION, WRITTEN, action, case, local, user
from tests.golden import check

MONDAY = date(2026, 3, 16)
S = ActionState


def lively(file: CaseFile) -> CaseFile:
    return replace(file, case=replace(file.case, moved_at=local("2026-03-12 10:00")))


def example() -> tuple[CaseFile, ...]:
    """A small region in the week of the example in domain section 7.2."""
    first = case(
        replace(action(4, due=date(2026, 3, 9)), nudge_step=5),
        action(2, "woningcorporatie", state=S.BLOCKED, look_back=date(2026, 3, 16)),
        action(3, "GI", date(2026, 3, 20)),
        replace(action(5, "burgerzaken"), state=S.DONE, updated_at=local("2026-03-10 11:00")),
        replace(action(6, "GI"), state=S.VOID, updated_at=local("2026-03-15 23:30")),
        replace(action(7, "GI"), state=S.DONE, updated_at=local("2026-03-16 00:10")),
    )
    second = case(
        replace(action(2, "aanbieder", state=S.BLOCKED, look_back=date(2026, 4, 1)), postponed=2),
        action(4, due=date(2026, 3, 17)),
        replace(action(5, "wijkagent"), state=S.BLOCKED, reason=BlockReason.WAITING_ON_PARTNER),
        ref="Z-2026-009",
    )
    third = case(
        replace(action(2, "wijkagent", date(2026, 3, 2)), nudge_step=10),
        action(3, due=date(2026, 3, 20)),
        action(8, due=date(2026, 3, 20)),
        ref="Z-2025-201",
    )
    quiet = case(action(1, due=date(2026, 5, 1)), ref="Z-2026-003")
    quiet = replace(quiet, case=replace(quiet.case, moved_at=local("2026-02-01 10:00")))
    closed = case(replace(action(1), state=S.DONE, updated_at=local("2026-03-13 11:00")), ref="Z-2025-150")
    closed = replace(closed, case=replace(closed.case, state=CaseState.CLOSED))
    third = unreached(third, "woningcorporatie")
    return (lively(first), lively(second), lively(third), quiet, closed)


ENDLESS = "-bis", "x" * 300, "gecertificeerde instelling voor jeugdbescherming"


def crowd(seed: int, size: int, odd: tuple[str, ...] = ENDLESS) -> tuple[CaseFile, ...]:
    """Everything late, blocked or due this week, with odd ends to references and roles."""
    random = Random(seed)
    labels = ("leerplicht", "wijkagent", "casusregisseur", *odd)
    return tuple(
        replace(
            found, case=replace(found.case, moved_at=local("2025-06-01 10:00") + timedelta(days=number % 300))
        )
        for number in range(size)
        for found in [
            case(
                *(some_action(random, n, random.choice(labels)) for n in range(1, random.randint(2, 8))),
                ref=f"Z-2026-{number:03d}{random.choice(['', *odd])}",
                labels=LABELS if random.random() < 0.8 else ("leerplicht",),
            )
        ]
        for found in [unreached(found, random.choice(["", "wijkagent"]))]
    )


def unreached(file: CaseFile, label: str) -> CaseFile:
    """The case in which one role cannot be reached since some days."""
    seats = tuple(replace(p, unreached=MONDAY) if p.label == label else p for p in file.participants)
    return replace(file, participants=seats)


def some_action(random: Random, number: int, holder: str) -> Action:
    day = MONDAY + timedelta(days=random.randint(-60, 10))
    return replace(
        action(number, holder, day),
        state=random.choice(list(S)),
        reason=random.choice([None, *BlockReason]),
        look_back=random.choice([None, day]),
        postponed=random.choice([0, 1, 2, 12]),
        nudge_step=random.choice([None, -2, 5, 10]),
    )


def test_golden_a_digest() -> None:
    check("core/golden/digest.txt", weekly(example(), REGION, today=MONDAY).body)


def test_golden_a_digest_of_a_crowd() -> None:
    check("core/golden/digest_crowd.txt", weekly(crowd(1, 300, odd=()), REGION, today=MONDAY).body)


def test_golden_a_digest_without_news() -> None:
    quiet = lively(case(action(1, due=date(2026, 5, 1))))
    check("core/golden/digest_quiet.txt", weekly((quiet,), REGION, today=MONDAY).body)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    size=st.sampled_from([0, 1, 2, 3, 5, 8, 40, 300]),
    name=st.sampled_from(["ZVH", "ZVH Voorbeeldregio", "Zorg- en Veiligheidshuis " + "Voorbeeldregio " * 9]),
    today=st.dates(MONDAY, MONDAY + timedelta(days=6)),
)
def test_a_digest_always_fits_a_phone(seed: int, size: int, name: str, today: date) -> None:
    body = weekly(crowd(seed, size), replace(REGION, name=name), today=today).body
    lines = body.split("\n")
    assert len(lines) <= LINES == 25
    assert max(map(len, lines)) <= WIDTH == 45
    assert WRITTEN not in body


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), size=st.integers(0, 60))
def test_nothing_is_dropped_from_a_digest_without_a_count(seed: int, size: int) -> None:
    """Per section: the heading's number = entries shown + "en nog N"."""
    text = weekly(crowd(seed, size), REGION, today=MONDAY).body
    _, *sections = text.split("\n\n")[:-1] or [""]
    for section in sections:
        heading, *lines = section.split("\n")
        total = int(heading.split("(")[1].rstrip(")"))
        rest = " ".join(line.strip() for line in lines)
        more = int(rest.split("en nog ")[1]) if "en nog " in rest else 0
        shown_lines = rest.split(" · en nog ")[0].split("en nog ")[0]
        if heading.startswith("VRAAGT"):
            shown = sum(line[0].isdigit() for line in lines)
        elif heading.startswith("DEZE"):
            shown = sum(
                word.rstrip(",")[1:].isdigit() and word.startswith("A") for word in shown_lines.split()
            )
        elif heading.startswith("NIET"):
            shown = len(shown_lines.split(" · ")) if shown_lines else 0
        else:
            shown = shown_lines.count(" dagen")
        if not lines:
            continue  # the heading counts them all
        assert 1 <= shown <= 5
        assert shown + more == total


def test_the_most_urgent_section_gives_way_last() -> None:
    body = weekly(crowd(1, 300, odd=()), REGION, today=MONDAY).body
    attention, _, week, unmoved = body.split("\n\n")[1:5]
    assert sum(line[0].isdigit() for line in attention.split("\n")) >= 4
    assert max(week.count(" A"), unmoved.count(" dagen")) < 4


def test_who_waits_longest_comes_first() -> None:
    lines = weekly(example(), REGION, today=MONDAY).body.split("\n\n")[1].split("\n")
    order = [line.split()[1:3] for line in lines if line[0].isdigit()]
    assert order == [["Z-2025-201", "A2"], ["Z-2026-009", "A5"], ["Z-2026-014", "A4"], ["Z-2026-009", "A2"]]


@pytest.mark.parametrize(
    ("labels", "step", "said"),
    [
        pytest.param(LABELS, None, "5 wd over termijn", id="nobody yet"),
        pytest.param(LABELS, 3, "5 wd over termijn", id="the holder only"),
        pytest.param(LABELS, 5, "5 wd over termijn. Casusregisseur is gevraagd.", id="case coordinator"),
        pytest.param(LABELS, 10, "5 wd over termijn. Procesregisseur is gevraagd.", id="process coordinator"),
        pytest.param(("voorzitter", "leerplicht"), 5, "5 wd over termijn", id="no case coordinator named"),
        pytest.param(
            ("voorzitter", "leerplicht"), 10, "5 wd over termijn", id="no process coordinator named"
        ),
    ],
)
def test_nobody_is_said_to_be_asked_who_is_not_there(
    labels: tuple[str, ...], step: int | None, said: str
) -> None:
    file = lively(case(replace(action(4, due=date(2026, 3, 9)), nudge_step=step), labels=labels))
    attention = weekly((file,), REGION, today=MONDAY).body.split("\n\n")[1]
    item = " ".join(line.strip() for line in attention.split("\n")[1:])
    assert item == f"1 Z-2026-014 A4 leerplicht: {said}"


def test_an_action_at_the_end_of_the_ladder_needs_attention_whatever_was_heard() -> None:
    heard = replace(action(4), nudge_step=10, updated_at=local("2026-03-13 10:00"))
    assert "VRAAGT AANDACHT (1)" in weekly((lively(case(heard)),), REGION, today=MONDAY).body


def test_a_blocked_action_is_not_on_schedule_and_is_not_late_before_its_look_back() -> None:
    blocked = action(2, due=date(2026, 3, 1), state=S.BLOCKED, look_back=date(2026, 4, 1))
    body = weekly((lively(case(blocked)),), REGION, today=MONDAY).body
    assert "1 open actie · 0 op schema" in body
    assert "AANDACHT" not in body


def test_this_week_starts_today_and_ends_on_sunday() -> None:
    days = [date(2026, 3, 17), date(2026, 3, 18), date(2026, 3, 22), date(2026, 3, 23)]
    file = lively(case(*(action(n, due=day) for n, day in enumerate(days, start=1))))
    body = weekly((file,), REGION, today=date(2026, 3, 18)).body
    assert "DEZE WEEK (2)\nwo Z-2026-014 A2 · zo Z-2026-014 A3\n" in body


@pytest.mark.parametrize(
    ("moved", "named"),
    [
        pytest.param("2026-02-14 23:30", True, id="thirty days ago"),
        pytest.param("2026-02-15 00:30", False, id="twenty-nine days ago"),
    ],
)
def test_a_case_that_does_not_move_is_named_after_thirty_days(moved: str, *, named: bool) -> None:
    file = case(action(1, due=date(2026, 5, 1)))
    file = replace(file, case=replace(file.case, moved_at=local(moved)))
    assert ("GEEN BEWEGING (1)" in weekly((file,), REGION, today=MONDAY).body) is named


def test_both_languages_of_every_wording_take_the_same_values() -> None:
    for text in (value for value in vars(digest).values() if isinstance(value, Text)):
        values = {
            "n": 1,
            "k": 1,
            "it": "x",
            "region": "x",
            "state": "x",
            "open": "x",
            "day": "x",
            "ref": "x",
            "reason": "x",
            "reasons": "x",
            "done": 1,
            "void": 1,
            "head": "x",
        }
        used = [{name for name in values if f"{{{name}}}" in wording} for wording in (text.nl, text.en)]
        assert used[0] == used[1], text
        assert text(Language.EN, **values)


@pytest.mark.parametrize(
    ("after", "moment"),
    [
        pytest.param("2026-03-16 08:59", "2026-03-16 09:00", id="earlier on Monday"),
        pytest.param("2026-03-16 09:00", "2026-03-23 09:00", id="at the moment itself"),
        pytest.param("2026-03-23 09:00", "2026-03-30 09:00", id="over the spring change"),
        pytest.param("2026-10-19 09:00", "2026-10-26 09:00", id="over the autumn change"),
        pytest.param("2026-12-21 09:00", "2026-12-28 09:00", id="into week 53"),
        pytest.param("2026-12-28 09:00", "2027-01-04 09:00", id="out of week 53"),
        pytest.param("2027-01-01 12:00", "2027-01-04 09:00", id="New Year's Day, still in week 53"),
    ],
)
def test_the_digest_is_due_on_monday_at_nine_on_the_wall(after: str, moment: str) -> None:
    assert next_due_at(REGION, local(after)) == local(moment)


def test_a_region_may_choose_another_moment() -> None:
    region = replace(REGION, digest=DigestTime(3, time(16, 0)))
    assert next_due_at(region, local("2026-03-16 12:00")) == local("2026-03-19 16:00")
    assert next_due_at(region, local("2026-03-19 16:00")) == local("2026-03-26 16:00")


def plan(due_at: str = "2026-03-16 09:00", last_week: str | None = "2026-W11") -> DigestPlan:
    return DigestPlan(COORDINATOR, local(due_at), last_week)


def test_a_digest_is_a_silent_message_to_the_coordinator_alone() -> None:
    done = effects(plan(), example(), REGION, local("2026-03-16 09:00"))
    (say,) = done.send
    assert isinstance(say, Say)
    assert (say.to, say.loudness) == (ToPerson(COORDINATOR), Loudness.NOTICE)
    assert say.key == f"digest:2026-W12:{COORDINATOR}"
    assert done.keep[0] == plan("2026-03-23 09:00", "2026-W12")


@pytest.mark.parametrize(
    ("last", "now", "sent", "then"),
    [
        pytest.param("2026-W11", "2026-03-18 14:00", True, "2026-03-23 09:00", id="two days late"),
        pytest.param("2026-W05", "2026-03-18 14:00", True, "2026-03-23 09:00", id="weeks late: one"),
        pytest.param("2026-W12", "2026-03-18 14:00", False, "2026-03-23 09:00", id="sent this week already"),
        pytest.param("2026-W11", "2026-03-23 03:00", False, "2026-03-23 09:00", id="a new week has begun"),
        pytest.param(None, "2026-03-16 09:00", True, "2026-03-23 09:00", id="the first ever"),
        pytest.param("2026-W13", "2026-03-16 09:00", False, "2026-03-23 09:00", id="the clock was set back"),
    ],
)
def test_downtime_neither_floods_nor_repeats(last: str | None, now: str, *, sent: bool, then: str) -> None:
    waiting = plan(last_week=last)
    done = effects(waiting, (), REGION, local(now))
    assert bool(done.send) is sent is due(waiting, local(now), REGION)
    kept = done.keep[0]
    assert isinstance(kept, DigestPlan)
    assert kept.due_at == local(then)


def test_who_is_no_coordinator_any_more_gets_no_digest() -> None:
    left = replace(plan(), user_id=user("leerplicht"))
    done = effects(left, example(), REGION, local("2026-03-16 09:00"))
    assert (done.send, done.drop) == ((), (left,))


@settings(max_examples=30)
@given(delays=st.lists(st.floats(0, 400), max_size=80), weekday=st.integers(0, 6), hour=st.integers(0, 23))
def test_one_digest_per_coordinator_per_iso_week(delays: list[float], weekday: int, hour: int) -> None:
    """Two years with outages: no week twice, and none left out in which the bot was up at the moment."""
    region: Region = replace(REGION, digest=DigestTime(weekday, time(hour)))
    current = DigestPlan(COORDINATOR, next_due_at(region, MARCH_2))
    weeks: list[str] = []
    for delay in [*delays, *[0.0] * (110 - len(delays))]:
        now: datetime = current.due_at + timedelta(hours=delay)
        done = effects(current, (), region, now)
        record = done.keep[0]
        assert isinstance(record, DigestPlan)
        assert record.due_at > now
        current = record
        year, week, _ = now.astimezone(AMSTERDAM).isocalendar()
        if done.send:
            weeks.append(f"{year}-W{week:02d}")
        else:
            assert delay, "on time, and nothing was sent"
    assert len(set(weeks)) == len(weeks)
    assert weeks == sorted(weeks)


def test_every_case_that_is_named_leads_to_its_room() -> None:
    words = weekly(example(), REGION, today=MONDAY)
    for file in example():
        address = f"https://matrix.to/#/%21{file.ref}%3Avoorbeeld.nl"
        shown = file.ref in words.body
        assert (f'<a href="{address}">{file.ref}</a>' in words.formatted_body) is shown
        assert words.formatted_body.count(file.ref) == 2 * words.body.count(file.ref)
    assert "matrix.to" not in words.body


def test_a_link_is_not_found_inside_a_longer_reference() -> None:
    files = (lively(case(action(4), ref="Z-2026-01")), lively(case(action(4), ref="Z-2026-014")))
    html = weekly(files, REGION, today=MONDAY).formatted_body
    assert html.count(">Z-2026-01</a>") == html.count(">Z-2026-014</a>") == 1
    assert "</a>4" not in html


CHAIR = user("voorzitter")


def test_a_chair_gets_their_own_cases_and_no_others() -> None:
    own, other = case(action(4), ref="Z-2026-001"), case(action(4), ref="Z-2026-002", labels=("leerplicht",))
    done = effects(replace(plan(), user_id=CHAIR), (own, other), REGION, local("2026-03-16 09:00"))
    (say,) = done.send
    assert isinstance(say, Say)
    assert say.to == ToPerson(CHAIR)
    assert say.message.lines[0].startswith("Jouw casussen ma 16 mrt")
    assert "Z-2026-001" in say.message.body
    assert "Z-2026-002" not in say.message.body


def test_who_wants_no_digest_gets_none_and_keeps_the_plan() -> None:
    done = effects(replace(plan(), off=True), example(), REGION, local("2026-03-16 09:00"))
    assert done.send == ()
    assert done.keep == (replace(plan("2026-03-23 09:00"), off=True),)


@pytest.mark.parametrize(
    ("weekday", "now", "last", "then"),
    [
        pytest.param(3, "2026-03-16 12:00", "2026-W12", "2026-03-26 09:00", id="had this week's: next week"),
        pytest.param(3, "2026-03-16 08:00", "2026-W11", "2026-03-19 09:00", id="later this week"),
        pytest.param(0, "2026-03-18 12:00", "2026-W11", "2026-03-16 09:00", id="an earlier day: at once"),
    ],
)
def test_another_day_costs_no_week_its_digest(weekday: int, now: str, last: str, then: str) -> None:
    moved = replanned(replace(plan(last_week=last), weekday=weekday), REGION, local(now))
    if last == "2026-W12":
        assert moved.due_at == local("2026-03-19 09:00")  # looked at then, and passed over
        assert effects(moved, (), REGION, moved.due_at).send == ()
        moved = effects(moved, (), REGION, moved.due_at).keep[0]  # type: ignore[assignment]
    assert moved.due_at == local(then)
    assert len(effects(moved, (), REGION, max(moved.due_at, local(now))).send) == 1


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        pytest.param(time(8, 0), "2026-03-31 08:00", id="after the spring change"),
        pytest.param(None, "2026-03-31 09:00", id="own day, the region's time"),
    ],
)
def test_an_own_moment_is_a_local_one(at: time | None, moment: str) -> None:
    own = replace(plan(), weekday=1, at=at)
    assert next_due_at(REGION, local("2026-03-24 12:00"), own) == local(moment)


def test_a_region_chooses_when_a_case_counts_as_still() -> None:
    file = case(action(1, due=date(2026, 5, 1)))
    file = replace(file, case=replace(file.case, moved_at=local("2026-03-01 10:00")))
    region = replace(REGION, timing=replace(REGION.timing, unmoved=10))
    assert "GEEN BEWEGING (1)" in weekly((file,), region, today=MONDAY).body
    assert "GEEN BEWEGING" not in weekly((file,), REGION, today=MONDAY).body
