"""Who comes into the room while a meeting runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.core.effects import Effects, Say, ToPerson
from bot.core.records.cases import Function
from bot.core.records.meetings import Meeting, MeetingState
from bot.core.region import Region
from bot.running.doorkeeper import Doorkeeper
from bot.store.database import Database
from bot.store.mailbox import InboxRow
from tests.store.samples import KEY, NOW, a_case, a_participant, an_action, keep, text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from pathlib import Path

BOT, CHAIR, LATE = "@bot:x", "@chair:x", "@late:x"
ROOM = "!Z-2026-014:example.org"


class Stopped:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with await Database.open(tmp_path / "casusbot.db", KEY, create=True) as database:
        meeting = Meeting("Z-2026-014", 1, text("herijken"), MeetingState.RUNNING, NOW, CHAIR)
        seats = (a_participant(CHAIR, function=Function.CHAIR, label="voorzitter"), a_participant(LATE))
        await database.write(lambda t: keep(t, a_case(), *seats, an_action(1), meeting))
        yield database


async def joins(db: Database, user: str, **unsigned: Any) -> Effects:
    event = {
        "type": "m.room.member",
        "sender": user,
        "state_key": user,
        "content": {"membership": "join"},
        "unsigned": unsigned,
    }
    door = Doorkeeper(Region("regio", frozenset()), Stopped(), BOT)  # type: ignore[arg-type]
    row = InboxRow("$join", ROOM, event, NOW, 0)
    return await db.read(lambda t: door.member(t, row))


def told(effects: Effects) -> list[object]:
    return [out.to for out in effects.send if isinstance(out, Say)]


async def test_who_comes_late_is_told_alone_what_is_open(db: Database) -> None:
    effects = await joins(db, LATE)
    assert told(effects) == [ToPerson(LATE)]
    assert "A1" in str(effects.send)


async def test_a_new_display_name_is_no_coming_in(db: Database) -> None:
    assert not told(await joins(db, LATE, prev_content={"membership": "join"}))


async def test_who_was_invited_first_has_come_in(db: Database) -> None:
    assert told(await joins(db, LATE, prev_content={"membership": "invite"})) == [ToPerson(LATE)]


async def test_a_stranger_hears_nothing_of_the_case(db: Database) -> None:
    effects = await joins(db, "@spy:x")
    assert ToPerson("@spy:x") not in told(effects)
    assert "gesprek op school" not in str(effects.send)
