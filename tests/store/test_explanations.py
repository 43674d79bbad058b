"""Why the bot spoke: found for who was told, for the others about the same action, and for nobody else."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.effects import Effects, Loudness, Say, SendPoll, ToRoom
from bot.core.records.explanations import Explanation, Receiver, Rule
from bot.core.records.people import Person
from bot.core.reminding.nudging import QUIETLY
from bot.core.text import Language, Message
from bot.store.carrying import carry_out
from bot.store.mailbox import REMEMBERED
from tests.store.samples import MINUTE, NOW, a_case, keep

if TYPE_CHECKING:
    from bot.store.database import Database


def told(who: str, key: str, about: str | None = "A1", ref: str | None = "Z-1", **more: Any) -> Explanation:
    row = Explanation(key, 0, who, NOW, Rule.NUDGE, ref, about, date(2026, 3, 6), Receiver.HOLDER, -2)
    return Explanation(**{name: getattr(row, name) for name in row.__slots__} | more)


async def test_who_was_told_finds_it_and_who_else_heard_of_the_same_action(db: Database) -> None:
    rows = [
        told("@a:x", "nudge:1", said_at=NOW - MINUTE),
        told("@a:x", "nudge:2", about="A2"),
        told("@b:x", "nudge:3"),
        told("@c:x", "nudge:4", about="A9"),
        told("@c:x", "digest", about=None, ref=None, rule=Rule.DIGEST, said_at=NOW + MINUTE),
    ]
    await db.write(lambda t: keep(t, a_case("Z-1"), *rows))
    found = await db.read(lambda t: t.explanations_for("@a:x"))
    assert [e.key for e in found] == ["nudge:2", "nudge:3", "nudge:1"]
    assert [e.key for e in await db.read(lambda t: t.explanations_for("@c:x"))] == ["digest", "nudge:4"]


async def test_a_room_learns_of_mentions_only(db: Database) -> None:
    rows = [told("@a:x", "nudge:1"), told("@a:x", "mention:1", about=None, rule=Rule.MENTION)]
    await db.write(lambda t: keep(t, a_case("Z-1"), *rows))
    assert [e.key for e in await db.read(lambda t: t.mentions_in("Z-1"))] == ["mention:1"]
    assert await db.read(lambda t: t.mentions_in("Z-2")) == ()


async def test_a_destroyed_case_takes_its_explanations_along(db: Database) -> None:
    await db.write(lambda t: keep(t, a_case("Z-1"), told("@a:x", "nudge:1")))
    await db.write(lambda t: t.drop(a_case("Z-1")))
    assert await db.read(lambda t: t.explanations_for("@a:x")) == ()


async def test_what_was_said_long_ago_is_forgotten(db: Database) -> None:
    await db.write(lambda t: keep(t, a_case("Z-1"), told("@a:x", "nudge:1")))
    await db.write(lambda t: t.prune(NOW + REMEMBERED))
    assert await db.read(lambda t: t.explanations_for("@a:x"))
    await db.write(lambda t: t.prune(NOW + REMEMBERED + MINUTE))
    assert await db.read(lambda t: t.explanations_for("@a:x")) == ()


@pytest.mark.parametrize(
    ("event", "key"),
    [
        pytest.param("$rang", "nudge:1", id="what rang"),
        pytest.param("$quiet", f"{QUIETLY}nudge:1", id="what explained it"),
        pytest.param("$poll", "poll:Z-1:1", id="what rang as a poll"),
        pytest.param("$answer", "", id="the answer to a command"),
        pytest.param("$other", None, id="somebody else's message"),
    ],
)
async def test_a_reply_names_the_message_that_it_replies_to(
    db: Database, event: str, key: str | None
) -> None:
    words = Message.of("iets")
    things = (
        Say(ToRoom("!r:x"), words, key="nudge:1"),
        Say(ToRoom("!r:x"), words, key=f"{QUIETLY}nudge:1"),
        SendPoll(ToRoom("!r:x"), "Z-1 · A1", ("klaar",), "poll:Z-1:1", Language.NL, loudness=Loudness.NUDGE),
        Say(ToRoom("!r:x"), words),
    )
    await db.write(lambda t: carry_out(t, Effects(send=things), actor="@b:x", at=NOW, source="$cause"))
    for sent_as in ("$rang", "$quiet", "$poll", "$answer"):
        [row, *_] = await db.read(lambda t: t.waiting(NOW))
        await db.write(lambda t, row=row, sent_as=sent_as: t.sent(row.txn_id, sent_as, NOW))
    keys = ("nudge:0", "nudge:1", f"{QUIETLY}nudge:1", "poll:Z-1:1")
    assert await db.read(lambda t: t.key_of_event(event, keys)) == key


async def test_somebody_without_a_signed_device_is_not_in_reach(db: Database) -> None:
    await db.write(lambda t: t.keep(Person("@a:x", "!d:x")))
    await db.write(lambda t: t.put_state("!d:x", "m.room.member", "@a:x", "@a:x", {"membership": "join"}))
    assert await db.read(lambda t: t.direct_joined(["@a:x"])) == {"@a:x"}
    await db.write(lambda t: t.note_keys("@a:x", able=False))
    assert await db.read(lambda t: t.direct_joined(["@a:x"])) == frozenset()
    await db.write(lambda t: t.note_keys("@a:x", able=True))
    assert await db.read(lambda t: t.direct_joined(["@a:x"])) == {"@a:x"}
