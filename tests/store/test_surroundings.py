"""Account, rooms and trust: small tables that decide who is believed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.records.cases import CaseState
from bot.core.records.people import Comparison, Person, Pin, PinState
from bot.store.values import StateEvent
from tests.store.samples import MINUTE, NOW, a_case, a_participant, keep

if TYPE_CHECKING:
    from bot.store.database import Database

ROOM = "!r:x"


async def test_a_setting_is_replaced_and_not_doubled(db: Database) -> None:
    assert await db.read(lambda t: t.setting("access_token")) is None
    await db.write(lambda t: t.put_setting("access_token", "old"))
    await db.write(lambda t: t.put_setting("access_token", "new"))
    assert await db.read(lambda t: t.setting("access_token")) == "new"


async def test_only_the_latest_state_of_a_room_counts(db: Database) -> None:
    joined, left = {"membership": "join"}, {"membership": "leave"}
    await db.write(lambda t: t.put_state(ROOM, "m.room.member", "@a:x", "@a:x", joined))
    await db.write(lambda t: t.put_state(ROOM, "m.room.member", "@a:x", "@bot:x", left))
    await db.write(lambda t: t.put_state(ROOM, "m.room.name", "", "@bot:x", {"name": "Z-1"}))
    await db.write(lambda t: t.put_state("!other:x", "m.room.member", "@a:x", "@a:x", joined))

    member = StateEvent("m.room.member", "@a:x", "@bot:x", left)
    name = StateEvent("m.room.name", "", "@bot:x", {"name": "Z-1"})
    assert await db.read(lambda t: t.state_of(ROOM)) == (member, name)
    assert await db.read(lambda t: t.state_of(ROOM, "m.room.member")) == (member,)


async def test_a_room_that_was_left_is_not_believed_any_more(db: Database) -> None:
    for room in (ROOM, "!other:x"):
        await db.write(
            lambda t, room=room: t.put_state(room, "m.room.encryption", "", "@a:x", {"algorithm": "x"})
        )
    await db.write(lambda t: t.forget_room(ROOM))
    assert await db.read(lambda t: t.state_of(ROOM)) == ()
    assert await db.read(lambda t: t.known_rooms()) == {"!other:x"}


async def test_nobody_reads_along_because_the_homeserver_says_they_joined(db: Database) -> None:
    seats = [a_participant("@a:x", "Z-1"), a_participant("@gone:x", "Z-1", left_at=NOW)]
    stranger = Person("@b:x", "!dm:x")
    await db.write(lambda t: keep(t, a_case("Z-1", room_id=ROOM), *seats, stranger))
    await db.write(lambda t: t.put_state(ROOM, "m.room.member", "@spy:x", "@spy:x", {"membership": "join"}))

    assert await db.read(lambda t: t.audience(ROOM)) == {"@a:x"}
    assert await db.read(lambda t: t.audience("!dm:x")) == {"@b:x"}
    assert await db.read(lambda t: t.audience("!unbound:x")) == frozenset()
    assert await db.read(lambda t: t.bound_rooms()) == {ROOM, "!dm:x"}


async def test_a_new_direct_chat_takes_the_place_of_the_old_one_and_keeps_the_person(db: Database) -> None:
    await db.write(lambda t: t.keep(Person("@a:x", "!old:x", NOW.date())))
    await db.write(lambda t: t.bind_direct("@a:x", "!new:x"))
    await db.write(lambda t: t.bind_direct("@b:x", "!b:x"))
    assert await db.read(lambda t: t.persons(["@a:x", "@b:x"])) == {
        "@a:x": Person("@a:x", "!new:x", NOW.date()),
        "@b:x": Person("@b:x", "!b:x"),
    }


async def test_a_pinned_identity_comes_back_with_what_is_known_of_it(db: Database) -> None:
    first = Pin("@a:x", "KEY1", NOW, PinState.FIRST_USE)
    await db.write(lambda t: t.keep(first))
    await db.write(lambda t: t.keep(replace(first, user_id="@b:x")))
    changed = replace(first, state=PinState.CONFIRMED, changed_to="KEY2", vouched_by="@c:x")
    await db.write(lambda t: t.keep(changed))
    assert await db.read(lambda t: t.pins(["@a:x", "@nobody:x"])) == {"@a:x": changed}


async def test_a_pinned_identity_comes_with_everybody_on_whose_word_it_rests(db: Database) -> None:
    """Who vouched for a voucher may have left every case by now, and still be the same person."""
    words = {"@a:x": "@b:x", "@b:x": "@c:x", "@c:x": "@a:x", "@d:x": "operator", "@e:x": None}
    pins = {user: Pin(user, "KEY", NOW, PinState.VERIFIED, vouched_by=by) for user, by in words.items()}
    await db.write(lambda t: keep(t, *pins.values()))
    found = await db.read(lambda t: t.pins(["@a:x", "@d:x"]))
    assert found == {user: pins[user] for user in ("@a:x", "@b:x", "@c:x", "@d:x")}


async def test_what_was_shown_of_a_comparison_is_let_go_when_it_is_over(db: Database) -> None:
    shown = Comparison("K7M2QP", "@a:x", "PHONE", "D", "M", NOW, NOW + MINUTE, ("@c:x",))
    await db.write(lambda t: t.keep(shown))
    await db.write(lambda t: t.prune(NOW + MINUTE))
    assert await db.read(lambda t: t.comparison("K7M2QP")) == shown
    await db.write(lambda t: t.prune(NOW + 2 * MINUTE))
    assert await db.read(lambda t: t.comparison("K7M2QP")) is None


async def test_a_seat_counts_in_a_closed_case_too_and_not_once_it_was_given_up(db: Database) -> None:
    seats = [
        a_participant("@a:x", "Z-1"),
        a_participant("@a:x", "Z-2"),
        a_participant("@a:x", "Z-3", left_at=NOW),
    ]
    cases = [a_case("Z-1"), a_case("Z-2", state=CaseState.CLOSED), a_case("Z-3")]
    await db.write(lambda t: keep(t, *cases, *seats, a_participant("@b:x", "Z-1")))
    assert await db.read(lambda t: t.seats(["@a:x"])) == tuple(seats[:2])


async def test_an_old_message_that_comes_again_is_not_fresh(db: Database) -> None:
    assert await db.write(lambda t: t.index_is_fresh(ROOM, "session", 7, "$1"))
    assert not await db.write(lambda t: t.index_is_fresh(ROOM, "session", 7, "$1"))
    assert not await db.write(lambda t: t.index_is_fresh(ROOM, "session", 7, "$replayed"))
    assert await db.write(lambda t: t.index_is_fresh(ROOM, "session", 8, "$2"))
    assert await db.write(lambda t: t.index_is_fresh("!other:x", "session", 7, "$3"))
