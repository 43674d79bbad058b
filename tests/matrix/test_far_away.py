"""Keys and rooms between two servers, one of which dies at a bad moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from nio.store import SqliteStore

from bot.core.effects import Invite, Join, SendLetter, ToHandover, ToRoom
from bot.core.records.handovers import Handover, HandoverState, Side
from bot.core.records.people import Person
from bot.core.region import Neighbour
from bot.core.text import Message
from bot.matrix.rooms import Room
from tests.matrix.fake import CHAIR, NOW, REGION, Answer, Partner, a_case, bot_on, joined, message, room_of
from tests.matrix.test_crypto import BOT, PARTNER, ROOM, Device, conversing

if TYPE_CHECKING:
    from pathlib import Path

    from bot.store.transaction import Transaction
    from tests.matrix.fake import Bot, FakeHomeserver

REF, HANDOVER = "Z-2026-014", "overdracht1"
THEIR_BOT, BETWEEN = "@casusbot:elders.example", "!overdracht:zvh.example"
LONGEST_PAUSE = timedelta(seconds=90)


@pytest.mark.parametrize("dies_in", ["save_session", "save_inbound_group_session"])
def test_a_bot_that_dies_between_opening_a_room_key_and_keeping_it_reads_it_from_the_repeat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    """For the homeserver, which heard nothing of it, delivers the to-device message again."""
    bot, partner = Device(BOT, tmp_path / "bot"), Device(PARTNER, tmp_path / "partner")
    conversing(bot, partner)
    partner.crypto.machine.create_outbound_group_session(ROOM)
    key = partner.share(bot)
    with monkeypatch.context() as patched:
        patched.setattr(SqliteStore, dies_in, killed)
        with pytest.raises(SystemExit):
            bot.crypto.receive(key)
    bot.restart()
    bot.crypto.receive(key)
    assert bot.crypto.open(ROOM, partner.say("goedemorgen")).content["body"] == "goedemorgen"
    for device in (bot, partner):
        device.store.close()


def killed(*_: Any) -> None:
    raise SystemExit


async def test_a_room_whose_server_is_away_is_joined_when_it_is_back(
    bot: Bot, server: FakeHomeserver
) -> None:
    """Our own server says in the words of a refusal that the other did not answer."""
    server.plan["join"] = [
        Answer(404, {"errcode": "M_UNKNOWN", "error": "Can't join remote room"}),
        Answer(403, {"errcode": "M_FORBIDDEN", "error": "not yet"}),
    ]
    await bot.database.write(lambda t: t.queue([Join("!overdracht:elders.example")], "$bron", NOW))
    for _ in range(2):
        pause = await bot.outbox.send_waiting()
        assert pause is not None
        assert pause <= LONGEST_PAUSE.total_seconds()
        bot.clock.forward(timedelta(seconds=pause))
    assert await bot.outbox.send_waiting() is None
    assert await states(bot) == ["sent"]


async def test_an_invitation_that_their_server_could_not_check_is_repeated_soon(
    bot: Bot, server: FakeHomeserver
) -> None:
    """It has no key of ours to check it with when ours was away just then."""
    server.plan["invite"] = [Answer(401, {"errcode": "M_UNAUTHORIZED"})] * 2
    await bot.database.write(lambda t: t.queue([Invite(ToRoom(BETWEEN), THEIR_BOT)], "$bron", NOW))
    for _ in range(2):
        pause = await bot.outbox.send_waiting()
        assert pause is not None
        assert pause <= LONGEST_PAUSE.total_seconds()
        bot.clock.forward(timedelta(seconds=pause))
    assert await bot.outbox.send_waiting() is None
    assert await states(bot) == ["sent"]


async def test_a_join_that_was_refused_for_a_day_is_let_go_of(bot: Bot, server: FakeHomeserver) -> None:
    server.plan["join"] = [Answer(403, {"errcode": "M_FORBIDDEN"})]
    await bot.database.write(lambda t: t.queue([Join("!weg:elders.example")], "$bron", NOW))
    bot.clock.forward(timedelta(days=1))
    assert await bot.outbox.send_waiting() is None
    assert await states(bot) == ["failed"]


async def a_handover(transaction: Transaction) -> None:
    """A case that was offered to another region, and a letter to its bot that must still leave."""
    await a_case(transaction, REF, ROOM, CHAIR)
    await transaction.keep(Person(THEIR_BOT))
    state = HandoverState.PROPOSED
    offer = Handover(HANDOVER, Side.SENDER, "Elders", THEIR_BOT, state, NOW, CHAIR, case_ref=REF)
    await transaction.keep(offer)
    await transaction.bind_handover(HANDOVER, BETWEEN)
    await room_of(transaction, BETWEEN, CHAIR, THEIR_BOT)
    letter = SendLetter(ToHandover(HANDOVER), Message(("Overdracht.",)), {"step": "propose"}, THEIR_BOT)
    await transaction.queue([letter], "$bron", NOW)


async def test_a_letter_to_a_bot_whose_server_shows_no_devices_leaves_soon_after_it_does(
    server: FakeHomeserver, tmp_path: Path
) -> None:
    """However often it was asked for: nobody tells us that a server far away is back."""
    region = replace(REGION, neighbours=(Neighbour("Elders", bot=THEIR_BOT),))
    server.people[CHAIR] = Partner(CHAIR, tmp_path / "chair")
    async with bot_on(server.url, tmp_path, region) as bot:
        await bot.database.write(a_handover)
        for _ in range(12):
            pause = await bot.outbox.send_waiting()
            assert pause is not None
            assert pause <= LONGEST_PAUSE.total_seconds()
            bot.clock.forward(timedelta(seconds=pause))
        assert server.events == {}
        server.people[THEIR_BOT] = Partner(THEIR_BOT, tmp_path / "theirs")
        await bot.outbox.send_waiting()
        assert await states(bot) == ["sent"]
    for person in server.people.values():
        person.store.close()


async def test_a_letter_that_waits_to_know_whose_it_is_is_looked_at_when_their_devices_are_shown(
    bot: Bot, server: FakeHomeserver
) -> None:
    theirs, ours = message("$brief", sender=THEIR_BOT), message("$ander", sender=PARTNER)
    server.syncs = [
        {"next_batch": "s1"},
        {"next_batch": "s2", "device_lists": {"changed": [THEIR_BOT]}},
    ]
    await bot.database.write(lambda t: t.receive([(BETWEEN, theirs), (ROOM, ours)], "s0", NOW))
    for event in (theirs, ours):
        await bot.database.write(lambda t, id_=event["event_id"]: t.defer(id_, NOW + timedelta(hours=1)))
    await bot.inbox.sync(wait=0)
    assert await bot.database.read(lambda t: t.next_events(NOW)) == ()
    await bot.inbox.sync(wait=0)
    [row] = await bot.database.read(lambda t: t.next_events(NOW))
    assert row.event_id == "$brief"


async def test_somebody_who_joined_while_another_was_asked_in_stays_in_the_room(
    bot: Bot, server: FakeHomeserver
) -> None:
    """Two servers wrote at the same time: with our next event comes the state of our own branch, before the join."""

    def member(user_id: str, membership: str, event_id: str) -> dict[str, Any]:
        content = {"membership": membership}
        event = {"type": "m.room.member", "state_key": user_id, "sender": BOT, "content": content}
        return {**event, "event_id": event_id}

    branch = {
        "state": {"events": [member(THEIR_BOT, "invite", "$1")]},
        "timeline": {"events": [member(CHAIR, "invite", "$3")]},
    }
    server.syncs = [
        {"next_batch": "s1", "rooms": joined(BETWEEN, member(THEIR_BOT, "join", "$2"))},
        {"next_batch": "s2", "rooms": {"join": {BETWEEN: branch}}},
    ]
    server.members = {THEIR_BOT}
    await bot.database.write(lambda t: room_of(t, BETWEEN))
    for _ in range(2):
        await bot.inbox.sync(wait=0)
    room = Room.of(BETWEEN, await bot.database.read(lambda t: t.state_of(BETWEEN)))
    assert THEIR_BOT in room.joined


async def states(bot: Bot) -> list[str]:
    return [
        row[0] for row in await bot.database.read(lambda t: t.rows("SELECT state FROM outbox ORDER BY seq"))
    ]
