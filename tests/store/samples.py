"""Records and a key to fill a store with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.core.guard import KeptText
from bot.core.records.actions import Action, ActionState
from bot.core.records.cases import Case, CaseState, Function, Participant
from bot.store.database import Database

if TYPE_CHECKING:
    from pathlib import Path

    from bot.store.transaction import Transaction

KEY = bytes(range(32))
NOW = datetime(2026, 3, 6, 11, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def text(words: str) -> KeptText:
    return KeptText.from_store(words)


def a_case(ref: str = "Z-2026-014", **changes: Any) -> Case:
    case = Case(ref, text("veilig thuis wonen"), f"!{ref}:example.org", CaseState.OPEN, NOW, "@chair:x", NOW)
    return replace(case, **changes)


def a_participant(user_id: str, case_ref: str = "Z-2026-014", **changes: Any) -> Participant:
    seat = Participant(case_ref, user_id, Function.PARTICIPANT, "leerplicht", NOW, "@chair:x")
    return replace(seat, **changes)


def an_action(number: int, case_ref: str = "Z-2026-014", **changes: Any) -> Action:
    action = Action(
        case_ref,
        number,
        text("gesprek op school plannen"),
        "leerplicht",
        ActionState.OPEN,
        date(2026, 3, 6),
        None,
        NOW,
        "@chair:x",
        NOW,
    )
    return replace(action, **changes)


async def keep(transaction: Transaction, *records: Any) -> None:
    for record in records:
        await transaction.keep(record)


async def opens(path: Path, key: bytes = KEY, *, create: bool = False) -> None:
    """Open and close: an opening that should have been refused must not hang the test that says so."""
    await (await Database.open(path, key, create=create)).close()
