"""The running bot in a room with what people have on their screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.interop.real_client import RealClient
from tests.synapse.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.interop.real_client import Isolation, Message
    from tests.synapse.homeserver import Homeserver

pytestmark = pytest.mark.asyncio(loop_scope="module")

both_modes = pytest.mark.parametrize(
    "isolation", ["all", "signed"], ids=["with every device", "insecure devices excluded"]
)


class Room:
    """A case room with the bot, a chair and a partner who both use Element."""

    def __init__(self, world: World, room_id: str, chair: RealClient, partner: RealClient) -> None:
        self.world = world
        self.room_id = room_id
        self.chair = chair
        self.partner = partner

    async def ask(self, who: RealClient, text: str, **options: str) -> Message:
        """Type something and wait for the bot's readable answer to it."""
        return await self.answer(who, await who.send(self.room_id, text, **options))

    async def answer(self, who: RealClient, event_id: str) -> Message:
        return await who.until(
            lambda messages: next(
                (
                    m for m in messages
                    if m.sender == self.world.bot_id and m.in_reply_to == event_id and m.body is not None
                ),
                None,
            ),
            what=f"an answer to {event_id}",
        )  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def room(homeserver: Homeserver, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Room]:
    world = World(homeserver, tmp_path_factory.mktemp("world"))
    await world.settle((), extra=("voorzitter", "leerplicht"))
    clients: list[RealClient] = []
    try:
        clients += [
            await RealClient.arrive(homeserver.url, world.user_id(name), world.passwords[name])
            for name in ("voorzitter", "leerplicht")
        ]
        chair, partner = clients
        world.start()
        room_id = await world.case_room("Z-2026-301", {})
        for client, role in ((chair, "voorzitter"), (partner, "leerplicht")):
            await world.ask("coordinator", room_id, f"!deelnemer {client.user_id} {role}")
            await client.accept_invite(room_id)
        await chair.meet(room_id, world.bot_id, partner.user_id)
        await partner.meet(room_id, world.bot_id, chair.user_id)
        yield Room(world, room_id, chair, partner)
    finally:
        for client in clients:
            await client.close()
        await world.close()


@both_modes
async def test_no_client_warns_about_what_the_bot_says(room: Room, isolation: Isolation) -> None:
    for client in (room.chair, room.partner):
        await client.isolate(isolation)
    answer = await room.ask(room.chair, "!acties")
    seen = await room.partner.read(answer.event_id)
    for message in (answer, seen):
        assert message.encrypted
        assert (message.shield, message.shield_reason) == ("NONE", None)
    status = await room.partner.device_status(room.world.bot_id, await bot_device(room))
    assert status is not None
    assert status.signed_by_owner


async def bot_device(room: Room) -> str:
    """The one device of the bot's account."""
    coordinator = room.world.people["coordinator"]
    verdicts = await coordinator.keyring.verdicts([room.world.bot_id])
    [device] = verdicts[room.world.bot_id].devices
    return device.device_id


async def test_a_bot_restarted_between_every_two_messages_is_the_same_bot(room: Room) -> None:
    for number in range(3):
        room.world.kill()
        room.world.start()
        answer = await room.ask(room.partner, "!acties")
        assert answer.shield == "NONE", number


async def test_replies_and_threads_are_read_and_everything_else_is_left_alone(room: Room) -> None:
    proposal = await room.ask(
        room.partner, "!actie leerplicht: overzicht uitvragen, uiterlijk 15 december 2027"
    )
    assert proposal.body is not None
    assert "akkoord" in proposal.body
    agreed = await room.ask(room.chair, "ja", reply_to=proposal.event_id)
    assert agreed.body == "A1 is afgesproken."
    in_thread = await room.ask(room.partner, "!oke A1", thread=proposal.event_id)
    assert in_thread.body is not None
    assert "A1" in in_thread.body
    await room.chair.react(room.room_id, in_thread.event_id, "👍")
    await room.chair.send_file(room.room_id, "notitie.txt", b"niet voor de bot", "text/plain")
    poll = await room.chair.poll_start(room.room_id, "Wanneer?", ["ma", "di"])
    await room.partner.poll_vote(room.room_id, poll, ["0"])
    gone = await room.chair.send(room.room_id, "!actie leerplicht: dit trek ik in")
    await room.answer(room.chair, gone)
    await room.chair.redact(room.room_id, gone)
    still = await room.ask(room.chair, "!acties")
    assert still.body is not None
    assert "A1" in still.body
    others = {gone, poll}
    answered = {m.in_reply_to for m in room.chair.messages.values() if m.sender == room.world.bot_id}
    assert poll not in answered
    assert others - answered == {poll}


async def test_an_unsigned_device_of_a_member_reads_nothing_and_commands_nothing(room: Room) -> None:
    stranger = await RealClient.arrive(
        room.world.homeserver.url, room.partner.user_id, room.world.passwords["leerplicht"], signed=False
    )
    try:
        await room.chair.isolate("all")
        await stranger.meet(room.room_id, room.world.bot_id, room.chair.user_id)
        command = await stranger.send(room.room_id, "!vervallen A1 zomaar")
        reaction = await stranger.until(
            lambda messages: next(
                (m for m in messages if m.type == "m.reaction" and m.sender == room.world.bot_id),
                None,
            ),
            what="the fixed words of the bot",
        )
        assert reaction.relation is not None
        assert reaction.relation["event_id"] == command
        assert reaction.relation["key"] == "apparaat niet geverifieerd"
        answer = await room.ask(room.chair, "!acties")
        assert answer.body is not None
        assert "A1" in answer.body
        unread = await stranger.until(
            lambda _: (m := stranger.messages.get(answer.event_id)) and m.failure and m, what="no key for it"
        )
        assert unread.body is None
    finally:
        await stranger.log_out()
        await stranger.close()


async def test_a_member_who_reset_their_identity_is_paused_until_somebody_asked(room: Room) -> None:
    world = room.world
    somebody = await RealClient.arrive(
        world.homeserver.url, world.register("wijkagent"), world.passwords["wijkagent"]
    )
    try:
        await world.ask("coordinator", room.room_id, f"!deelnemer {somebody.user_id} wijkagent")
        await somebody.accept_invite(room.room_id)
        await somebody.meet(room.room_id, world.bot_id, room.chair.user_id)
        assert (await room.ask(somebody, "!acties")).shield == "NONE"
        await somebody.reset_identity()
        ignored = await somebody.send(room.room_id, "!acties")
        overview = await room.ask(room.chair, "!vertrouwen")
        assert overview.body is not None
        assert "wijkagent: identiteit gewijzigd" in overview.body
        unread = await somebody.until(
            lambda _: (m := somebody.messages.get(overview.event_id)) and m.failure and m,
            what="no key for it",
        )
        assert unread.body is None
        assert ignored not in {m.in_reply_to for m in room.chair.messages.values()}
    finally:
        await somebody.close()


async def test_who_left_gets_no_key_of_what_is_said_afterwards(room: Room) -> None:
    await room.world.ask("coordinator", room.room_id, f"!deelnemer weg {room.partner.user_id}")
    answer = await room.ask(room.chair, "!acties")
    assert answer.body is not None
    assert answer.event_id not in room.partner.messages or room.partner.messages[answer.event_id].failure
