"""What goes with a text that is corrected: the way back to it, and half-made commands that may hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.effects import Effects, Wiped
from bot.core.records.trail import Question, Step
from bot.core.text import Language
from bot.store.carrying import carry_out
from tests.store.samples import NOW, a_case, an_action, keep

if TYPE_CHECKING:
    from bot.store.database import Database


async def left(db: Database, *, trail: bool) -> tuple[int, int]:
    """Steps and questions of the case after a text in it was wiped."""
    case, action = a_case("Z-1"), an_action(1, "Z-1")
    step = Step("Z-1", "$e", "@chair:x", NOW, (action,), (action,))
    asked = Question(
        str(case.room_id), "@a:x", "actie", "date", (("text", "bellen"),), Language.NL, NOW, "$a", "$b"
    )
    await db.write(lambda t: keep(t, case, action, step, asked))
    gone = Effects(wiped=(Wiped("Z-1", "A1", trail=trail),))
    await db.write(lambda t: carry_out(t, gone, actor="@a:x", at=NOW, source="$source"))
    steps = await db.read(lambda t: t.steps_of("Z-1"))
    return len(steps), len(await db.read(lambda t: t.questions_in(str(case.room_id))))


async def test_no_wording_that_was_wrong_can_be_brought_back(db: Database) -> None:
    assert await left(db, trail=True) == (0, 0)


async def test_another_wipe_leaves_the_way_back_alone(db: Database) -> None:
    assert await left(db, trail=False) == (1, 1)
