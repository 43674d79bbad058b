"""What the weekly digest must not say: of people who left, of theme rooms, of what goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.core.records.actions import ActionState, BlockReason
from bot.core.records.cases import CaseState
from bot.core.records.signals import Signal, SignalState
from bot.core.records.themes import ThemeState
from bot.core.reminding.digest import weekly
from tests.core.cases import MARCH_2, REGION, action, case, local, seat, user

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action

MONDAY = date(2026, 3, 16)
LEFT = local("2026-03-09 10:00")
FAR = date(2026, 6, 1)
"""A date that is neither this week nor past."""
S = ActionState


def moving(file: CaseFile) -> CaseFile:
    return replace(file, case=replace(file.case, moved_at=local("2026-03-12 10:00")))


def left(file: CaseFile, label: str, *, unreached: date | None = None) -> CaseFile:
    """The case after who sat under `label` left it, `unreached` or not."""
    seats = tuple(
        replace(p, left_at=LEFT, unreached=unreached) if p.label == label else p for p in file.participants
    )
    return replace(file, participants=seats)


def with_successor(file: CaseFile, label: str, *, unreached: date | None = None) -> CaseFile:
    new = replace(seat(label, file.ref, f"{label}2"), unreached=unreached)
    return replace(file, participants=(*file.participants, new))


def body(*files: CaseFile, today: date = MONDAY, own: bool = False) -> str:
    return weekly(tuple(map(moving, files)), REGION, today=today, own=own).body


def section(said: str, heading: str) -> list[str]:
    """The lines under a heading, which itself is left out; none where there is no such section."""
    parts = [part.split("\n") for part in said.split("\n\n")]
    return next((lines[1:] for lines in parts if lines[0].startswith(heading)), [])


def out_of_reach(*files: CaseFile) -> list[str]:
    return section(body(*files), "NIET BEREIKBAAR")


def attention(*actions: Action, own: bool = False) -> str:
    return " ".join(line.strip() for line in section(body(case(*actions), own=own), "VRAAGT AANDACHT"))


# Out of reach

WORK = action(4, due=FAR)


def test_who_left_without_work_undone_is_not_called_out_of_reach() -> None:
    assert out_of_reach(left(case(WORK), "wijkagent")) == []
    done = replace(WORK, state=S.DONE)
    assert out_of_reach(left(case(done), "leerplicht")) == []


def test_who_left_with_work_undone_is_called_out_of_reach_until_somebody_takes_the_role() -> None:
    gone = left(case(WORK), "leerplicht")
    assert out_of_reach(gone) == ["Z-2026-014 leerplicht"]
    assert out_of_reach(with_successor(gone, "leerplicht")) == []


def test_a_role_that_never_had_a_seat_did_not_leave() -> None:
    assert out_of_reach(case(replace(WORK, holder="burgerzaken"))) == []


def test_who_left_while_out_of_reach_is_not_out_of_reach_for_ever() -> None:
    gone = left(case(WORK), "wijkagent", unreached=date(2026, 3, 4))
    assert out_of_reach(gone) == []
    followed = with_successor(left(case(WORK), "leerplicht", unreached=date(2026, 3, 4)), "leerplicht")
    assert out_of_reach(followed) == []


def test_who_left_and_was_out_of_reach_is_named_once_and_since_they_left() -> None:
    both = left(case(WORK), "leerplicht", unreached=date(2026, 3, 4))
    before = left(case(WORK, ref="Z-2026-001"), "leerplicht")
    earlier = case(WORK, ref="Z-2026-020")
    seats = (
        replace(p, unreached=date(2026, 3, 6)) if p.label == "wijkagent" else p for p in earlier.participants
    )
    earlier = replace(earlier, participants=tuple(seats))
    said = " ".join(line.strip() for line in out_of_reach(both, before, earlier))
    assert said == "Z-2026-020 wijkagent · Z-2026-001 leerplicht · Z-2026-014 leerplicht"


def test_a_successor_out_of_reach_is_not_hidden_by_who_left() -> None:
    gone = left(case(WORK), "leerplicht", unreached=date(2026, 3, 4))
    assert out_of_reach(with_successor(gone, "leerplicht", unreached=MONDAY)) == ["Z-2026-014 leerplicht"]


def test_nobody_is_called_out_of_reach_in_a_case_that_is_closed_and_done() -> None:
    seats = tuple(replace(p, unreached=MONDAY) for p in case().participants)
    for state, work, named in (
        (CaseState.CLOSED, S.DONE, False),
        (CaseState.CLOSED, S.ACCEPTED, True),
        (CaseState.OPEN, S.DONE, True),
    ):
        file = replace(case(replace(WORK, state=work)), participants=seats)
        file = replace(file, case=replace(file.case, state=state))
        assert ("NIET BEREIKBAAR (6)" in body(file)) is named


# No movement


def still(file: CaseFile, theme: ThemeState | None = None, state: CaseState = CaseState.OPEN) -> CaseFile:
    return replace(
        file, case=replace(file.case, moved_at=local("2026-01-05 10:00"), theme=theme, state=state)
    )


@pytest.mark.parametrize("theme", ThemeState)
def test_a_theme_room_is_neither_a_case_nor_a_case_that_stands_still(theme: ThemeState) -> None:
    """It may rest for months; what was agreed in it counts like anything else."""
    room = still(case(WORK, ref="T-2026-001"), theme)
    said = weekly((room, still(case(ref="Z-2026-003"))), REGION, today=MONDAY).body
    assert "1 casus · 1 open actie" in said
    assert section(said, "GEEN BEWEGING (1)") == ["Z-2026-003 70 dagen"]
    assert "GEEN BEWEGING" not in weekly((room,), REGION, today=MONDAY).body


def test_a_closed_case_with_work_left_is_no_case_that_stands_still() -> None:
    closed = still(case(WORK), state=CaseState.CLOSED)
    said = weekly((closed,), REGION, today=MONDAY).body
    assert "0 casussen · 1 open actie" in said
    assert "GEEN BEWEGING" not in said


# Why things are stuck


@pytest.mark.parametrize("state", S)
def test_only_what_is_blocked_now_says_what_blocks(state: ActionState) -> None:
    """A reason stays with an action whose date was moved, or that ended."""
    reasoned = replace(action(4, due=FAR, state=state), look_back=FAR, reason=BlockReason.FUNDING)
    assert ("Vaakst vast door: financiering" in body(case(reasoned))) is (state is S.BLOCKED)


def test_blocked_without_a_reason_adds_none() -> None:
    assert "Vaakst" not in body(case(replace(action(4, state=S.BLOCKED, look_back=FAR), reason=None)))


def test_two_reasons_are_named_and_a_rare_one_does_not_push_out_a_common_one() -> None:
    reasons = [BlockReason.FUNDING] + 2 * [BlockReason.NO_CONTACT] + 3 * [BlockReason.WAITING_LIST]
    stuck = [
        replace(action(n, state=S.BLOCKED, look_back=FAR), reason=reason)
        for n, reason in enumerate(reasons, start=1)
    ]
    said = " ".join(line.strip() for line in body(case(*stuck)).split("\n"))
    assert "Vaakst vast door: wachtlijst, geen contact gekregen !weekbericht" in said


def test_a_reason_of_secrecy_that_an_action_left_behind_stops_nothing() -> None:
    """Who moved a date for that reason does go on: only blocked for it is a full answer."""
    moved = replace(action(4, due=date(2026, 3, 9)), reason=BlockReason.PROFESSIONAL_SECRECY)
    assert attention(moved) == "1 Z-2026-014 A4 leerplicht: 5 wd over termijn"
    blocked = replace(moved, state=S.BLOCKED)
    assert attention(blocked) == "1 Z-2026-014 A4 leerplicht: niet verstrekt, voor het overleg"


# What needs attention, and how it is put


@pytest.mark.parametrize(
    ("changes", "coordinator", "chair"),
    [
        pytest.param({"postponed": 3}, "vaker verzet", "3x verzet", id="a date that moves"),
        pytest.param(
            {"postponed": 3, "state": S.BLOCKED, "look_back": FAR, "reason": BlockReason.FUNDING},
            "vast (financiering), kijkdatum vaker verlegd",
            "vast (financiering), kijkdatum 3x verlegd",
            id="a look-back that moves",
        ),
        pytest.param(
            {"state": S.BLOCKED, "look_back": date(2026, 3, 9), "reason": BlockReason.FUNDING},
            "vast (financiering), 5 wd over kijkdatum",
            "vast (financiering), 5 wd over kijkdatum",
            id="a look-back that passed",
        ),
        pytest.param(
            {"state": S.BLOCKED, "updated_at": local("2026-03-02 10:00")},
            "vast (reden onbekend), geen kijkdatum",
            "vast (reden onbekend), geen kijkdatum",
            id="blocked and no day to look again",
        ),
    ],
)
def test_how_often_something_was_put_off_is_for_the_chair_alone(
    changes: dict[str, object], coordinator: str, chair: str
) -> None:
    one = replace(action(4, due=FAR), **changes)
    assert attention(one) == f"1 Z-2026-014 A4 leerplicht: {coordinator}"
    assert attention(one, own=True) == f"1 Z-2026-014 A4 leerplicht: {chair}"


@pytest.mark.parametrize(("step", "named"), [(None, False), (5, False), (9, False), (10, True)])
def test_an_action_that_was_heard_of_needs_attention_at_the_end_of_the_ladder_and_not_before(
    step: int | None, *, named: bool
) -> None:
    heard = replace(action(4), nudge_step=step, updated_at=local("2026-03-13 10:00"))
    assert bool(attention(heard)) is named


def test_what_is_blocked_without_a_day_waits_since_it_was_last_heard_of() -> None:
    first, second = (
        replace(
            action(n, state=S.BLOCKED),
            created_at=local(f"2026-01-{n:02d} 10:00"),
            updated_at=local(f"2026-02-{day} 10:00"),
        )
        for n, day in ((5, 20), (6, 10))
    )
    said = attention(first, second)
    assert said.index("A6 leerplicht") < said.index("A5 leerplicht")


def test_a_shorter_ladder_ends_sooner() -> None:
    heard = replace(action(4), nudge_step=5, updated_at=local("2026-03-13 10:00"))
    file = case(heard)
    minor = replace(file, case=replace(file.case, minor=True))
    assert section(body(file), "VRAAGT") == []
    assert "Procesregisseur is gevraagd" in " ".join(section(body(minor), "VRAAGT"))


# On schedule, this week, last week


@pytest.mark.parametrize(("due", "timely"), [(MONDAY, 1), (MONDAY - timedelta(days=1), 0)])
def test_an_action_is_on_schedule_up_to_and_including_its_own_day(due: date, timely: int) -> None:
    assert f"1 open actie · {timely} op schema" in body(case(action(4, due=due)))


def test_what_came_in_time_to_an_end_last_week_is_not_counted_from_another_week() -> None:
    ends = ["2026-03-08 23:30", "2026-03-09 00:30", "2026-03-15 23:30", "2026-03-16 00:30"]
    done = [replace(action(n, state=S.DONE), updated_at=local(at)) for n, at in enumerate(ends, start=1)]
    given_up = replace(action(7, state=S.NOT_DONE), updated_at=local("2026-03-12 10:00"))
    said = " ".join(line.strip() for line in body(case(*done, given_up)).split("\n"))
    assert "Vorige week: 2 gereed · 0 vervallen · 1 niet uitgevoerd" in said


def test_this_week_of_a_sunday_is_that_sunday() -> None:
    days = [date(2026, 3, 21), date(2026, 3, 22), date(2026, 3, 23)]
    file = case(*(action(n, due=day) for n, day in enumerate(days, start=1)))
    assert section(body(file, today=date(2026, 3, 22)), "DEZE WEEK (1)") == ["zo Z-2026-014 A2"]


@pytest.mark.parametrize(
    ("review", "named"),
    [(date(2026, 3, 2), True), (date(2026, 3, 22), True), (date(2026, 3, 23), False), (None, False)],
)
@pytest.mark.parametrize("today", [MONDAY, date(2026, 3, 22)], ids=["on Monday", "on Sunday"])
def test_a_signal_is_named_in_the_week_of_its_day_and_not_before(
    today: date, review: date | None, *, named: bool
) -> None:
    signal = Signal(
        7, None, SignalState.NOTED, "leerplicht", MARCH_2, user("leerplicht"), MARCH_2, review=review
    )
    said = weekly((), REGION, today=today, signals=(signal,)).body
    assert ("SIGNALEN ZONDER CASUS (1)" in said) is named
