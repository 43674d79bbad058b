"""A closed case is quiet about what ended, and not about what is left to do in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from bot.core.records.actions import ActionState
from bot.core.records.cases import CaseState
from bot.core.reminding.digest import weekly
from tests.core.cases import REGION, action, case, local
from tests.core.world import World

if TYPE_CHECKING:
    from bot.core.casefile import CaseFile


def closed(file: CaseFile) -> CaseFile:
    return replace(file, case=replace(file.case, state=CaseState.CLOSED, moved_at=local("2025-06-01 10:00")))


def test_of_a_closed_case_only_what_is_left_to_do_is_asked_about() -> None:
    ended = replace(action(4), state=ActionState.DONE)
    file = case(ended, action(5, due=date(2026, 6, 8)))
    world = World.of(file)
    world.files[file.ref] = closed(world.files[file.ref])
    world.run(local("2026-06-08 09:00"))
    assert world.days("leerplicht")[-2:] == ["2026-06-04", "2026-06-08"]
    assert "A4" not in "".join(say.message.body for _, say in world.said)


def test_what_is_left_to_do_in_a_closed_case_is_not_forgotten_and_makes_it_no_open_case() -> None:
    file = closed(case(action(7, due=date(2026, 3, 2)), ref="Z-2025-150"))
    said = weekly((file,), REGION, today=date(2026, 3, 16)).body
    assert "0 casussen · 1 open actie" in said
    assert "Z-2025-150 A7" in said
    assert "GEEN BEWEGING" not in said
