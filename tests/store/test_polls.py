"""Polls in the store: what is read with a case, and whose answer counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.core.records.meetings import Poll
from bot.store.outgoing import key_id
from tests.store.samples import NOW, a_case, keep, text

if TYPE_CHECKING:
    from bot.store.database import Database

A, B = "@a:x", "@b:x"


def a_poll(number: int, asked_of: str | None = None, ref: str = "Z-1", **changes: Any) -> Poll:
    means = ("klaar",) if asked_of else ()
    return Poll(ref, number, NOW, A, asked_of=asked_of, means=means, **changes)


async def test_a_case_comes_with_its_open_polls_and_the_last_number_given_out(db: Database) -> None:
    polls = (
        a_poll(1, A, closed_at=NOW),
        a_poll(2, A, about="A1"),
        a_poll(3, B, closed_at=NOW),
        a_poll(4, text=text("nu?"), options=(text("ja"), text("nee")), closed_at=NOW),
        a_poll(1, B, "Z-2"),
        a_poll(1, B, "Z-3"),
    )
    cases = [a_case(f"Z-{n}") for n in (1, 2, 3)]
    await db.write(lambda t: keep(t, *cases, *polls))
    found = await db.read(lambda t: t.polls_of(["Z-1", "Z-2"]))
    assert found == (polls[1], polls[3], polls[4])


async def test_a_question_to_one_person_is_answered_by_nobody_else(db: Database) -> None:
    asked, vote, over = a_poll(1, A), a_poll(2), a_poll(3, A, closed_at=NOW)
    elsewhere = a_poll(1, ref="Z-2")
    cases = (a_case("Z-1", room_id="!r:x"), a_case("Z-2", room_id="!s:x"))
    await db.write(lambda t: keep(t, *cases, asked, vote, over, elsewhere))

    async def answered(poll: Poll, user_id: str) -> Poll | None:
        return await db.read(lambda t: t.poll_of(key_id(poll.key), user_id, "!r:x"))

    assert await answered(asked, A) == asked
    assert await answered(asked, B) is None
    assert await answered(vote, B) == vote
    assert await answered(over, A) is None
    assert await answered(elsewhere, B) is None
