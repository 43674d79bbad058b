"""A restricted case: nothing changes, nobody is nudged, and a deadline for somebody's safety is still asked about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.access.restricting import is_frozen, is_safety, still_shown
from bot.core.effects import Destroyed, Effects
from bot.core.guard import KeptText
from bot.core.protocols import Flow, Protocol
from bot.core.records.actions import Action, ActionState, BlockReason, LifeDomain, Outcome
from bot.core.records.cases import CaseState, Participant
from bot.core.records.explanations import Explanation, Rule
from bot.core.records.meetings import AgendaItem, AgendaState, Decision, Poll
from bot.core.records.people import Person
from bot.core.records.rights import Remark, RemarkKind, Restriction
from bot.core.records.trail import Source
from bot.core.reminding.digest import weekly
from bot.core.text import Text
from tests.core.cases import MARCH_2, REGION, action, case, local, user
from tests.core.world import World, whom

ORDINARY = action(1)
SAFETY = replace(action(2, "wijkagent"), life_domain=LifeDomain.SAFETY)
PROTOCOLS = {
    "uit-beeld": Protocol("uit-beeld", Flow.OUT_OF_SIGHT, Text("Uit beeld", "Out of sight")),
    "nazorg": Protocol("nazorg", Flow.AFTERCARE, Text("Nazorg", "Aftercare")),
}
WORDS = KeptText.from_store("juistheid betwist")
FILE = replace(
    case(ORDINARY, SAFETY),
    restrictions=(Restriction("Z-2026-014", 1, WORDS, MARCH_2, user("contactpunt")),),
)


@pytest.mark.parametrize(
    ("made_by", "domain", "counts"),
    [
        ("uit-beeld", None, True),
        ("nazorg", None, False),
        ("weg", None, False),
        (None, LifeDomain.SAFETY, True),
        (None, LifeDomain.HOUSING, False),
        (None, None, False),
    ],
)
def test_what_counts_as_for_safety(made_by: str | None, domain: LifeDomain | None, counts: bool) -> None:
    assert is_safety(replace(ORDINARY, protocol=made_by, life_domain=domain), PROTOCOLS) is counts


REF = FILE.ref
DECISION = Decision(REF, 1, WORDS, WORDS, None, MARCH_2, user("voorzitter"))
CHANGES: list[Any] = [
    replace(ORDINARY, state=ActionState.DONE),
    replace(ORDINARY, text=WORDS),
    replace(action(3), number=3),
    replace(SAFETY, text=WORDS),
    replace(SAFETY, holder="GI"),
    replace(FILE.case, phase=2),
    replace(FILE.case, purpose=WORDS),
    DECISION,
    replace(FILE.participants[3], label="GI"),
    replace(FILE.participants[3], user_id=user("nieuw")),
    Remark(REF, 1, "A1", RemarkKind.STATEMENT, WORDS, MARCH_2, user("voorzitter")),
    replace(FILE.restrictions[0], until=MARCH_2),
    replace(FILE.case, next_meeting=date(2026, 3, 16)),
    replace(FILE.case, state=CaseState.CLOSED),
    replace(SAFETY, number=9),
    replace(SAFETY, holder_user=user("GI")),
    replace(SAFETY, deputy="GI"),
    replace(SAFETY, life_domain=None),
    replace(SAFETY, protocol="nazorg"),
    replace(ORDINARY, life_domain=LifeDomain.SAFETY),
    Poll(REF, 1, MARCH_2, user("voorzitter"), text=WORDS, options=(WORDS, WORDS)),
]


@pytest.mark.parametrize("record", CHANGES, ids=lambda r: type(r).__name__)
def test_no_change_gets_into_a_restricted_case(record: Any) -> None:
    assert is_frozen(FILE, Effects(keep=(record,)), PROTOCOLS)
    assert not is_frozen(replace(FILE, restrictions=()), Effects(keep=(record,)), PROTOCOLS)


REPORTS: list[Any] = [
    replace(SAFETY, state=ActionState.DONE, updated_at=MARCH_2 + timedelta(days=1)),
    replace(SAFETY, due_date=date(2026, 3, 9), postponed=1),
    replace(FILE.participants[3], left_at=MARCH_2),
    replace(FILE.case, moved_at=MARCH_2 + timedelta(days=1)),
    replace(
        SAFETY, state=ActionState.BLOCKED, reason=BlockReason.FUNDING, look_back=date(2026, 3, 9), note=WORDS
    ),
    replace(SAFETY, outcome=Outcome.PARTLY),
    replace(SAFETY, due_time=time(12), nudge_step=1, nudge_at=MARCH_2),
    replace(SAFETY, seen_asked=date(2026, 3, 5), status_asked=date(2026, 3, 5)),
    ORDINARY,
    Poll(REF, 1, MARCH_2, user("wijkagent"), about="A2", asked_of=user("wijkagent"), means=("klaar A2",)),
    Explanation("nudge:1", 0, user("wijkagent"), MARCH_2, Rule.NUDGE, REF, "A2"),
    Source(REF, "$event", "A2", user("wijkagent"), made=False),
    Person(user("wijkagent")),
    replace(case(ref="Z-2026-020").case, phase=3),
]


@pytest.mark.parametrize("record", REPORTS, ids=lambda r: type(r).__name__)
def test_a_report_on_what_is_for_safety_and_a_departure_still_count(record: Any) -> None:
    assert not is_frozen(FILE, Effects(keep=(record,)), PROTOCOLS)


AGENDA = AgendaItem(REF, 1, WORDS, AgendaState.WAITING, user("voorzitter"))


@pytest.mark.parametrize(
    "record", [ORDINARY, SAFETY, FILE.participants[3], DECISION, AGENDA], ids=lambda r: type(r).__name__
)
def test_taking_back_changes_a_case_too(record: Any) -> None:
    assert is_frozen(FILE, Effects(drop=(record,)), PROTOCOLS)
    elsewhere = replace(record, case_ref="Z-2026-020")
    assert not is_frozen(FILE, Effects(drop=(elsewhere,)), PROTOCOLS)


def test_a_trace_that_goes_is_no_change_of_the_case() -> None:
    trace = Source(REF, "$event", "A2", user("wijkagent"), made=False)
    assert not is_frozen(FILE, Effects(drop=(trace,)), PROTOCOLS)


def test_what_somebody_contests_is_not_destroyed_under_their_hands() -> None:
    gone = Effects(destroyed=(Destroyed(REF),))
    assert is_frozen(FILE, gone, PROTOCOLS)
    assert not is_frozen(replace(FILE, restrictions=()), gone, PROTOCOLS)
    assert not is_frozen(FILE, Effects(destroyed=(Destroyed("Z-2026-020"),)), PROTOCOLS)


def test_one_change_among_reports_does_not_slip_through() -> None:
    for records in ((REPORTS[0], CHANGES[0]), (CHANGES[0], REPORTS[0])):
        assert is_frozen(FILE, Effects(keep=records), PROTOCOLS)


@given(st.sampled_from([r for r in CHANGES if isinstance(r, Action | Participant)]))
def test_another_case_is_not_touched(record: Any) -> None:
    assert not is_frozen(FILE, Effects(keep=(replace(record, case_ref="Z-2026-020"),)), PROTOCOLS)


def test_nobody_is_nudged_but_who_leads_the_case_and_only_about_safety() -> None:
    world = World.of(FILE)
    world.run(local("2026-03-20 17:00"))
    told = {whom(say) for _, say in world.said}
    assert told == {user("procesregisseur")}
    text = "\n".join(say.message.body for _, say in world.said)
    assert "A2" in text
    assert "A1" not in text


def test_the_digest_shows_the_deadline_for_safety_and_no_other() -> None:
    body = weekly((FILE,), REGION, today=date(2026, 3, 2)).body
    assert "A2" in body
    assert "A1" not in body


def test_a_case_that_is_not_restricted_is_shown_whole() -> None:
    free = replace(FILE, restrictions=(replace(FILE.restrictions[0], until=MARCH_2),))
    assert still_shown(free, {}) is free
