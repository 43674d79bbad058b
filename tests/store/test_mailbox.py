"""Events in and messages out: each once, in order, and forgotten afterwards."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.effects import (
    Certify,
    Effects,
    EndPoll,
    FileKind,
    Invite,
    Join,
    Leave,
    Logged,
    Loudness,
    OpenCaseRoom,
    OpenDirect,
    OpenHandoverRoom,
    Outgoing,
    React,
    Redact,
    Remove,
    Restore,
    Say,
    SayPlain,
    SendAudit,
    SendFile,
    SendLetter,
    SendPoll,
    SendWeeks,
    TakeAllBack,
    ToCase,
    ToHandover,
    ToPerson,
    ToRoom,
    Vouch,
    Week,
    Wiped,
)
from bot.core.records.people import Person
from bot.core.records.trail import Question, Source
from bot.core.text import Language, Message
from bot.store.carrying import carry_out
from bot.store.mailbox import BATCH, REMEMBERED
from bot.store.outgoing import KINDS, address_of, dump, load, txn_id
from tests.store.samples import MINUTE, NOW, a_case, a_participant, an_action, keep

if TYPE_CHECKING:
    from datetime import datetime

    from bot.store.database import Database
    from bot.store.transaction import Transaction

ROOM = "!r:x"


def event(event_id: str) -> tuple[str, dict[str, Any]]:
    return ROOM, {"event_id": event_id, "type": "m.room.encrypted", "content": {"ciphertext": "AwgA"}}


def say(words: str, to: Any = None, **more: Any) -> Say:
    return Say(to or ToRoom(ROOM), Message.of(words), **more)


async def queue(db: Database, *things: Outgoing, source: str = "$source", at: datetime = NOW) -> None:
    await db.write(lambda t: t.queue(things, source, at))


async def waiting(db: Database, now: datetime = NOW) -> list[Outgoing]:
    return [row.outgoing for row in await db.read(lambda t: t.waiting(now))]


async def ids(db: Database, now: datetime = NOW) -> list[str]:
    return [row.event_id for row in await db.read(lambda t: t.next_events(now))]


# -- in ----------------------------------------------------------------------------------------------


async def test_an_event_delivered_twice_is_handled_once(db: Database) -> None:
    await db.write(lambda t: t.receive([event("$1"), event("$1")], "s1", NOW))
    await db.write(lambda t: t.receive([event("$1"), event("$2")], "s2", NOW))
    assert await ids(db) == ["$1", "$2"]

    await db.write(lambda t: t.done("$1", NOW))
    await db.write(lambda t: t.receive([event("$1")], "s3", NOW))
    assert await ids(db) == ["$2"]


async def test_the_token_never_runs_ahead_of_the_events_it_acknowledges(db: Database) -> None:
    await db.write(lambda t: t.receive([event("$1")], "s1", NOW))

    with pytest.raises(TypeError):
        await db.write(
            lambda t: t.receive([event("$2"), (ROOM, {"event_id": "$3", "bad": object()})], "s2", NOW)
        )

    assert await db.read(lambda t: t.sync_token()) == "s1"
    assert await ids(db) == ["$1"]


async def test_an_event_comes_out_as_it_came_in(db: Database) -> None:
    odd = {"event_id": "$1", "content": {"body": "é 🦔 \x00 \ud800", "n": [1, None, True, 1.5]}}
    await db.write(lambda t: t.receive([(ROOM, odd)], "s1", NOW))
    [row] = await db.read(lambda t: t.next_events(NOW))
    assert (row.event, row.room_id, row.received_at, row.tries) == (odd, ROOM, NOW, 0)


async def test_an_unreadable_event_holds_back_no_other_and_is_not_forgotten(db: Database) -> None:
    await db.write(lambda t: t.receive([event("$1"), event("$2")], "s1", NOW))
    await db.write(lambda t: t.defer("$1", NOW + MINUTE))

    assert await ids(db) == ["$2"]
    assert await db.read(lambda t: t.next_event_due()) == NOW + MINUTE
    assert await ids(db, NOW + MINUTE) == ["$2", "$1"], (
        "what is new is not kept waiting by what cannot be read"
    )
    [_, row] = await db.read(lambda t: t.next_events(NOW + MINUTE))
    assert row.tries == 1


async def test_keys_that_arrive_late_open_what_waited_for_them_at_once(db: Database) -> None:
    await db.write(lambda t: t.receive([event("$1")], "s1", NOW))
    await db.write(lambda t: t.defer("$1", NOW + timedelta(days=1)))
    await db.write(lambda t: t.retry_all())
    assert await ids(db) == ["$1"]


async def test_weeks_of_events_are_handed_out_in_batches_oldest_first(db: Database) -> None:
    everything = [event(f"${number}") for number in range(BATCH + 5)]
    await db.write(lambda t: t.receive(everything, "s1", NOW))
    assert await ids(db) == [f"${number}" for number in range(BATCH)]


async def test_a_handled_event_leaves_its_id_for_a_month_and_nothing_else(db: Database) -> None:
    await db.write(lambda t: t.receive([event("$1")], "s1", NOW))
    await db.write(lambda t: t.done("$1", NOW))
    assert await db.read(lambda t: t.rows("SELECT * FROM inbox")) == []

    await db.write(lambda t: t.prune(NOW + REMEMBERED))
    assert len(await db.read(lambda t: t.rows("SELECT * FROM seen"))) == 1
    await db.write(lambda t: t.prune(NOW + REMEMBERED + MINUTE))
    assert await db.read(lambda t: t.rows("SELECT * FROM seen")) == []


# -- out: rows and values ----------------------------------------------------------------------------

EVERY_KIND = [
    say("regel\ntwee"),
    say(
        "tik", ToPerson("@a:x"), loudness=Loudness.NUDGE, in_reply_to="$e", mentions=("@a:x", "@b:x"), key="k"
    ),
    Say(ToCase("Z-1"), Message.of("kop", "regel", headed=True)),
    OpenCaseRoom("Z-1"),
    OpenDirect("@a:x"),
    OpenHandoverRoom("a1", "Z-2026-014"),
    SendLetter(ToHandover("a1"), Message.of("geaccepteerd"), {"step": "accept"}, "@bot:x"),
    Invite(ToCase("Z-1"), "@a:x"),
    Remove(ToRoom(ROOM), "@a:x"),
    Join(ROOM),
    Leave(ROOM),
    React(ROOM, "$e", "👍"),
    SayPlain(ROOM, "Dit is geen versleutelde kamer."),
    Restore(ROOM, "m.room.join_rules"),
    Vouch(ROOM, "$word", "K7M2QP", same=True, by="@a:x", language=Language.NL),
    Redact(ROOM, "$e"),
    TakeAllBack(ROOM, (ROOM, "!other:x"), 1),
    Certify(ROOM, 1),
    SendFile(ToPerson("@a:x"), FileKind.PDF, "Z-1", "@a:x", NOW.date(), Language.NL, meeting=1),
    SendAudit(ToPerson("@a:x"), 1, NOW, Language.NL, "$e"),
    SendWeeks(ToRoom(ROOM), (Week(NOW.date(), 3, 1, 1),), NOW.date(), Language.NL, "$e"),
    SendPoll(ToCase("Z-1"), "nu?", ("ja", "nee"), "poll:Z-1:1", Language.NL),
    SendPoll(ToPerson("@a:x"), "Z-1 · A1", ("klaar",), "poll:Z-1:2", Language.NL, Loudness.NUDGE),
    EndPoll(ToCase("Z-1"), "poll:Z-1:1", "ja 2"),
]


@pytest.mark.parametrize("thing", EVERY_KIND, ids=lambda thing: type(thing).__name__)
async def test_whatever_leaves_is_read_back_as_what_was_queued(thing: Outgoing) -> None:
    kind = next(name for name, made in KINDS.items() if made is type(thing))
    again = load(kind, *address_of(thing), dump(thing))
    assert again == thing
    assert type(again) is type(thing)
    if isinstance(again, Say):
        assert type(again.loudness) is Loudness


def test_no_kind_of_outgoing_thing_is_forgotten() -> None:
    assert set(KINDS.values()) == set(get_args(Outgoing)) == {type(thing) for thing in EVERY_KIND}


def test_a_transaction_id_is_the_same_again_and_differs_for_every_step() -> None:
    hello = say("hallo")
    assert txn_id(hello, "$1", 0) == txn_id(hello, "$1", 0)
    assert len({txn_id(hello, source, step) for source in ("$1", "$2") for step in range(20)}) == 40
    assert txn_id(say("a", key="k"), "$1", 0) == txn_id(say("b", key="k"), "$2", 5)
    assert txn_id(say("a", key="0:$1"), "$9", 9) != txn_id(hello, "$1", 0)


def test_a_transaction_id_spells_out_no_name() -> None:
    assert "iemand" not in txn_id(say("a", key="nudge:2026-03-06:@iemand:x"), "$1", 0)


# -- out: once, in order -----------------------------------------------------------------------------


async def test_the_same_effects_carried_out_again_say_nothing_twice(db: Database) -> None:
    await queue(db, say("een"), say("twee"))
    await queue(db, say("een"), say("twee"))
    assert await db.read(lambda t: t.value("SELECT count(*) FROM outbox")) == 2


async def test_a_message_with_a_key_is_said_once_whatever_caused_it(db: Database) -> None:
    await queue(db, say("tik", key="nudge:2026-03-06:@a:x"), source="clock 9:00")
    [row] = await db.read(lambda t: t.waiting(NOW))
    await db.write(lambda t: t.sent(row.txn_id, "$e", NOW))
    await queue(db, say("nog eens", key="nudge:2026-03-06:@a:x"), source="clock 10:00")
    assert await waiting(db) == []


async def test_a_message_never_overtakes_an_older_one_in_its_room(db: Database) -> None:
    other = ToRoom("!other:x")
    await queue(db, say("een"), say("twee"), say("elders", other))
    assert await waiting(db) == [say("een"), say("elders", other)]
    [first, _] = await db.read(lambda t: t.waiting(NOW))

    await db.write(lambda t: t.later(first.txn_id, NOW + MINUTE))
    assert await waiting(db) == [say("elders", other)]
    assert await db.read(lambda t: t.next_retry()) == NOW + MINUTE
    assert await waiting(db, NOW + MINUTE) == [say("een"), say("elders", other)]

    await db.write(lambda t: t.sent(first.txn_id, "$e", NOW))
    assert await waiting(db) == [say("twee"), say("elders", other)]


async def test_a_room_and_its_case_are_one_queue(db: Database) -> None:
    await db.write(lambda t: t.keep(a_case("Z-1", room_id=ROOM)))
    await queue(db, say("een", ToCase("Z-1")), say("twee", ToRoom(ROOM)))
    assert await waiting(db) == [say("een", ToCase("Z-1"))]


async def test_what_is_refused_for_good_holds_back_nothing(db: Database) -> None:
    await queue(db, say("een"), say("twee"))
    [first] = await db.read(lambda t: t.waiting(NOW))
    await db.write(lambda t: t.failed(first.txn_id))
    assert await waiting(db) == [say("twee")]


async def test_what_is_said_to_a_room_in_the_making_waits_for_the_room(db: Database) -> None:
    """Also when it was queued before the row that makes the room: neither may wait for the other for ever."""
    await db.write(lambda t: t.keep(a_case("Z-1", room_id=None)))
    early, invite = say("welkom", ToCase("Z-1")), Invite(ToCase("Z-1"), "@a:x")
    await queue(db, early, OpenCaseRoom("Z-1"), invite)

    [row] = await db.read(lambda t: t.waiting(NOW))
    assert (row.outgoing, row.room_id) == (OpenCaseRoom("Z-1"), None)

    await db.write(lambda t: t.bind_case("Z-1", ROOM))
    await db.write(lambda t: t.sent(row.txn_id, None, NOW))

    rows = await db.read(lambda t: t.waiting(NOW))
    assert [(row.outgoing, row.room_id) for row in rows] == [(early, ROOM), (invite, ROOM)]


async def test_a_message_to_a_person_goes_to_their_own_chat_and_nowhere_else(db: Database) -> None:
    await db.write(lambda t: t.keep(Person("@b:x", "!b:x")))
    await queue(db, say("voor a", ToPerson("@a:x")), say("voor b", ToPerson("@b:x")))
    assert [row.room_id for row in await db.read(lambda t: t.waiting(NOW))] == ["!b:x"]

    await db.write(lambda t: t.bind_direct("@a:x", "!a:x"))
    rows = await db.read(lambda t: t.waiting(NOW))
    assert [(row.outgoing, row.room_id) for row in rows] == [
        (say("voor a", ToPerson("@a:x")), "!a:x"),
        (say("voor b", ToPerson("@b:x")), "!b:x"),
    ]


async def test_a_retry_remembers_when_the_first_try_was(db: Database) -> None:
    """After a day the homeserver has forgotten the transaction id, and the bot must look before it repeats."""
    await queue(db, say("een"))
    [fresh] = await db.read(lambda t: t.waiting(NOW))
    assert (fresh.queued_at, fresh.first_tried_at, fresh.tries) == (NOW, None, 0)

    await db.write(lambda t: t.tried(fresh.txn_id, NOW))
    await db.write(lambda t: t.tried(fresh.txn_id, NOW + MINUTE))
    [row] = await db.read(lambda t: t.waiting(NOW + MINUTE))
    assert (row.first_tried_at, row.tries) == (NOW, 2)


async def test_somebody_who_comes_in_does_not_wait_out_the_pause_of_their_room(db: Database) -> None:
    await db.write(lambda t: t.keep(Person("@a:x", "!a:x")))
    await queue(db, say("voor a", ToPerson("@a:x")), say("elders"))
    for row in await db.read(lambda t: t.waiting(NOW)):
        await db.write(lambda t, row=row: t.later(row.txn_id, NOW + MINUTE))

    await db.write(lambda t: t.release("!a:x"))

    assert await waiting(db) == [say("voor a", ToPerson("@a:x"))]


async def test_an_answer_is_matched_to_what_caused_it_and_to_nothing_else(db: Database) -> None:
    await queue(db, say("een"), source="$asked")
    [row] = await db.read(lambda t: t.waiting(NOW))
    await db.write(lambda t: t.sent(row.txn_id, "$ours", NOW))

    assert await db.read(lambda t: t.answers("$ours", "$asked"))
    assert not await db.read(lambda t: t.answers("$ours", "$other"))
    assert not await db.read(lambda t: t.answers("$theirs", "$asked"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    to=st.lists(st.sampled_from(["!a:x", "!b:x", "!c:x"]), min_size=1, max_size=12),
    luck=st.lists(st.sampled_from(["sent", "sent", "later"])),
)
async def test_whatever_fails_every_room_hears_everything_once_and_in_order(
    db: Database, to: list[str], luck: list[str]
) -> None:
    await db.write(lambda t: t.rows("DELETE FROM outbox"))
    await queue(db, *(say(str(number), ToRoom(room)) for number, room in enumerate(to)))
    heard: dict[str, list[int]] = defaultdict(list)
    now = NOW
    while rows := await db.read(lambda t, now=now: t.waiting(now)):
        for row in rows:
            now += MINUTE
            if luck and luck.pop() == "later":
                await db.write(lambda t, row=row, at=now + 3 * MINUTE: t.later(row.txn_id, at))
                continue
            assert isinstance(row.outgoing, Say)
            assert row.room_id is not None
            heard[row.room_id].append(int(row.outgoing.message.body))
            await db.write(lambda t, row=row, now=now: t.sent(row.txn_id, f"${row.txn_id}", now))
        now = await db.read(lambda t: t.next_retry()) or now

    assert heard == {room: [n for n, other in enumerate(to) if other == room] for room in to}


# -- out: forgotten ----------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["sent", "failed"])
async def test_what_no_longer_waits_keeps_its_ids_and_no_words(db: Database, end: str) -> None:
    await queue(db, say("kanarie"))
    [row] = await db.read(lambda t: t.waiting(NOW))
    await db.write(lambda t: t.sent(row.txn_id, "$e", NOW) if end == "sent" else t.failed(row.txn_id))

    [left] = await db.read(lambda t: t.rows("SELECT * FROM outbox"))
    assert "kanarie" not in str(left)
    assert row.txn_id in left


async def test_what_was_shown_long_ago_is_forgotten_and_what_was_made_is_not(db: Database) -> None:
    made = Source("Z-1", "$typed", "A1", "@a:x", made=True)
    shown = Source("Z-1", "$listed", "A1", "@a:x", made=False)
    await db.write(lambda t: keep(t, a_case("Z-1"), made, shown))
    await db.write(lambda t: t.done("$listed", NOW))
    await db.write(lambda t: t.prune(NOW + MINUTE))
    assert await db.read(lambda t: t.sources("$listed")) == (shown,)
    await db.write(lambda t: t.prune(NOW + REMEMBERED + MINUTE))
    assert await db.read(lambda t: t.sources("$listed")) == ()
    assert await db.read(lambda t: t.sources("$typed")) == (made,)


async def test_what_showed_a_wiped_text_is_taken_back_or_never_sent(db: Database) -> None:
    await db.write(lambda t: keep(t, a_case("Z-1"), Source("Z-1", "$typed", "A1", "@a:x", made=True)))
    await queue(db, say("kanarie"), say("kanarie weer"), source="$typed")
    await queue(db, say("een ander"), source="$elsewhere")
    [first, *_] = await db.read(lambda t: t.waiting(NOW))
    await db.write(lambda t: t.sent(first.txn_id, "$shown", NOW))

    wiped = Effects(wiped=(Wiped("Z-1", "A1"),))
    await db.write(lambda t: carry_out(t, wiped, actor="@a:x", at=NOW, source="$wis"))

    left = await db.read(lambda t: t.rows("SELECT kind, content FROM outbox WHERE state = 'waiting'"))
    assert sorted(kind for kind, _ in left) == ["redact", "say"]
    assert "een ander" in str(left)
    assert "kanarie" not in str(left)
    assert "$shown" in str(left)


async def test_a_wiped_text_is_taken_back_from_everybody_it_was_shown_to(db: Database) -> None:
    """A question to a role goes to each who is in it; somebody who came in late is told under a name of its own."""
    await db.write(lambda t: keep(t, a_case("Z-1"), Source("Z-1", "$typed", "N1", "@a:x", made=True)))
    many = [say("kanarie", ToRoom(f"!{n}:x")) for n in range(30)]
    await queue(db, *many, Say(ToRoom("!late:x"), Message.of("kanarie"), key="late"), source="$typed")
    for row in await db.read(lambda t: t.waiting(NOW)):
        await db.write(lambda t, row=row: t.sent(row.txn_id, f"$in {row.room_id}", NOW))

    wiped = Effects(wiped=(Wiped("Z-1", "N1"),))
    await db.write(lambda t: carry_out(t, wiped, actor="@a:x", at=NOW, source="$wis"))

    back = await waiting(db)
    assert len(back) == len(many) + 1
    assert all(isinstance(out, Redact) for out in back)


async def test_what_was_typed_half_is_forgotten_when_no_reply_can_be_matched_to_it(db: Database) -> None:
    half = Question("!d:x", "@a:x", "besluit", "reason", (("text", "x"),), Language.NL, NOW, "$e", "$e")
    await db.write(lambda t: t.keep(half))
    await db.write(lambda t: t.prune(NOW + REMEMBERED - MINUTE))
    assert await db.read(lambda t: t.questions_in("!d:x")) == (half,)
    await db.write(lambda t: t.prune(NOW + REMEMBERED + MINUTE))
    assert await db.read(lambda t: t.questions_in("!d:x")) == ()


async def test_a_wiped_text_that_was_on_its_way_is_taken_back_once_it_has_arrived(db: Database) -> None:
    await db.write(lambda t: keep(t, a_case("Z-1"), Source("Z-1", "$typed", "A1", "@a:x", made=True)))
    await queue(db, say("kanarie"), source="$typed")
    [row] = await db.read(lambda t: t.waiting(NOW))
    await db.write(lambda t: t.tried(row.txn_id, NOW))
    await db.write(
        lambda t: carry_out(t, Effects(wiped=(Wiped("Z-1", "A1"),)), actor="@a:x", at=NOW, source="$wis")
    )

    [again] = await db.read(lambda t: t.waiting(NOW))
    assert again.txn_id == row.txn_id, "the homeserver may have it under this id"
    assert "kanarie" not in str(again.outgoing)
    await db.write(lambda t: t.sent(row.txn_id, "$arrived", NOW))
    assert await waiting(db) == [Redact(ROOM, "$arrived")]


async def test_an_answer_to_a_message_of_ours_is_recognised(db: Database) -> None:
    await queue(db, say("een"))
    [row] = await db.read(lambda t: t.waiting(NOW))
    await db.write(lambda t: t.sent(row.txn_id, "$e", NOW))
    assert await db.read(lambda t: t.event_of(row.txn_id)) == "$e"
    assert await db.read(lambda t: t.txn_of_event("$e")) == row.txn_id
    assert await db.read(lambda t: t.txn_of_event("$another")) is None


async def test_pruning_never_takes_what_still_waits_or_was_sent_lately(db: Database) -> None:
    await queue(db, say("waiting"), say("sent late", ToRoom("!b:x")), say("refused", ToRoom("!c:x")))
    _, late, refused = await db.read(lambda t: t.waiting(NOW))
    end = NOW + REMEMBERED + MINUTE
    await db.write(lambda t: t.sent(late.txn_id, "$e", end))
    await db.write(lambda t: t.failed(refused.txn_id))

    await db.write(lambda t: t.prune(end))

    states = await db.read(lambda t: t.rows("SELECT state FROM outbox ORDER BY seq"))
    assert states == [("waiting",), ("sent",)]


# -- all together ------------------------------------------------------------------------------------


async def test_effects_are_carried_out_together(db: Database) -> None:
    effects = Effects(
        keep=(a_case(), a_participant("@a:x"), an_action(1)),
        send=(say("genoteerd"),),
        log=(Logged("action_added", "Z-2026-014", "A1"),),
    )
    await db.write(lambda t: carry_out(t, effects, actor="@chair:x", at=NOW, source="$1"))
    await db.write(
        lambda t: carry_out(t, Effects(drop=(an_action(1),)), actor="@chair:x", at=NOW, source="$2")
    )

    file = await db.read(lambda t: t.case_file("Z-2026-014"))
    assert file is not None
    assert (len(file.participants), file.actions) == (1, ())
    assert await waiting(db) == [say("genoteerd")]
    logged = await db.read(lambda t: t.rows("SELECT actor, event, case_ref, thing FROM audit"))
    assert logged == [("@chair:x", "action_added", "Z-2026-014", "A1")]


async def test_half_an_effect_is_none(db: Database) -> None:
    """Nothing is confirmed in the room that is not in the store, and nothing is in the store unlogged."""
    orphan = an_action(1, "no such case")
    effects = Effects(keep=(a_case(), orphan), send=(say("genoteerd"),), log=(Logged("action_added"),))

    async def handled(transaction: Transaction) -> None:
        await carry_out(transaction, effects, actor="@chair:x", at=NOW, source="$1")
        await transaction.done("$1", NOW)

    await db.write(lambda t: t.receive([event("$1")], "s1", NOW))
    with pytest.raises(Exception, match="FOREIGN KEY"):
        await db.write(handled)

    assert await db.read(lambda t: t.cases()) == ()
    assert await waiting(db) == []
    assert await db.read(lambda t: t.rows("SELECT * FROM audit")) == []
    assert await ids(db) == ["$1"]
