"""Emoji verification between the running bot and what Element Web runs, with an operator at a terminal."""

from __future__ import annotations

import asyncio
import os
import pty
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from bot.core.records.people import PinState
from bot.data.device import load_account
from bot.matrix.homeserver import Homeserver as Api
from bot.store.database import Database
from tests.interop.real_client import DeviceStatus, RealClient, RealClientError
from tests.synapse.person import HOPELESS, Person
from tests.synapse.world import BOT_COMMAND, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.interop.real_client import Verification
    from tests.synapse.homeserver import Homeserver

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Region:
    world: World
    client: RealClient
    """The coordinator, with Element."""
    room_id: str
    bot_device: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def region(homeserver: Homeserver, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Region]:
    world = World(homeserver, tmp_path_factory.mktemp("verification"))
    world.register("casusbot")
    coordinator = world.register("coordinator")
    world.init(coordinator, {"procesregisseur": coordinator})
    client = await RealClient.arrive(homeserver.url, coordinator, world.passwords["coordinator"])
    world.start()
    try:
        rooms = await client.until(lambda _: invited(client), what="the direct chat")
        await client.join(rooms[0])
        await client.meet(rooms[0], world.bot_id)
        shown = await Operator.run(world, "show")
        device = next(line.split()[1] for line in shown.splitlines() if line.startswith("Apparaat:"))
        yield Region(world, client, rooms[0], device)
    finally:
        await client.close()
        await world.close()


def invited(client: RealClient) -> list[str]:
    return [room for room, members in client.members.items() if members.get(client.user_id) == "invite"]


async def helped(client: RealClient, room_id: str) -> None:
    """The bot reads what the coordinator types and answers; nothing about its device is worth a warning."""
    asked = await client.send(room_id, "!help")
    await client.until(
        lambda messages: any(m.in_reply_to == asked and m.shield == "NONE" for m in messages), what="help"
    )


class Operator:
    """Somebody who types `casusbot identity verify` and looks at the screen."""

    def __init__(self, world: World) -> None:
        self._keyboard, terminal = pty.openpty()
        self._process = subprocess.Popen(
            [BOT_COMMAND, "identity", "verify", "--config", world.config],
            stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(terminal)
        self.screen = ""

    @staticmethod
    async def run(world: World, step: str, *options: object) -> str:
        (world.folder / "password").write_text(world.passwords["casusbot"])
        config = () if step == "recover" else ("--config", world.config)
        done = await asyncio.to_thread(
            subprocess.run, [BOT_COMMAND, "identity", step, *config, *options],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout

    async def sees(self, words: str) -> None:
        async with asyncio.timeout(HOPELESS):
            while words not in self.screen:
                new = await asyncio.to_thread(os.read, self._process.stdout.fileno(), 4096)  # type: ignore[union-attr]
                assert new, f"the command ended without {words!r}:\n{self.screen}"
                self.screen += new.decode()

    def types(self, words: str) -> None:
        os.write(self._keyboard, f"{words}\n".encode())

    def hangs_up(self) -> None:
        os.close(self._keyboard)
        self._keyboard = -1

    async def ends(self) -> int:
        code = await asyncio.to_thread(self._process.wait, HOPELESS)
        self.close()
        return code

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        if self._keyboard >= 0:
            os.close(self._keyboard)
            self._keyboard = -1


@pytest_asyncio.fixture(loop_scope="module")
async def operator(region: Region) -> AsyncIterator[Operator]:
    # Element keeps an ended verification until its next sync, and meanwhile cancels a new one with the same person.
    await helped(region.client, region.room_id)
    sitting = Operator(region.world)
    await sitting.sees("Ctrl-C")
    yield sitting
    sitting.close()


async def both_see_emoji(client: RealClient, operator: Operator, id_: str) -> Verification:
    await client.verification(
        lambda v: v.verification_id == id_ and v.phase == "ready", what="the bot's answer"
    )
    await client.compare_emoji(id_)
    shown = await client.verification(
        lambda v: v.verification_id == id_ and v.emoji is not None, what="emoji"
    )
    await operator.sees("[ja/nee]")
    return shown


async def ended(client: RealClient, id_: str) -> Verification:
    return await client.verification(
        lambda v: v.verification_id == id_ and v.phase in {"done", "cancelled"}, what="the end"
    )


@pytest.mark.parametrize("way", ["in the room", "by to-device message"])
async def test_the_emoji_are_the_same_and_both_are_verified(
    region: Region, operator: Operator, way: str
) -> None:
    client, bot = region.client, region.world.bot_id
    where = {"room_id": region.room_id} if way == "in the room" else {"device": region.bot_device}
    id_ = await client.request_verification(bot, **where)
    shown = await both_see_emoji(client, operator, id_)
    on_screen = [line.split()[0] for line in operator.screen.splitlines() if line.startswith("    ")][:7]
    assert on_screen == shown.emoji
    await client.emoji_match(id_)
    operator.types("ja")
    assert (await ended(client, id_)).phase == "done"
    await operator.sees("Geverifieerd: de bot en")
    assert await operator.ends() == 0
    assert (await client.user_status(bot)).verified


async def test_when_the_operator_sees_something_else_nobody_is_verified(
    region: Region, operator: Operator
) -> None:
    id_ = await region.client.request_verification(region.world.bot_id, room_id=region.room_id)
    await both_see_emoji(region.client, operator, id_)
    await region.client.emoji_match(id_)
    operator.types("nee")
    over = await ended(region.client, id_)
    assert (over.phase, over.cancellation) == ("cancelled", "m.mismatched_sas")
    assert await operator.ends() == 1


async def test_when_the_person_sees_something_else_the_operator_hears_it(
    region: Region, operator: Operator
) -> None:
    id_ = await region.client.request_verification(region.world.bot_id, room_id=region.room_id)
    await both_see_emoji(region.client, operator, id_)
    operator.types("ja")
    await region.client.emoji_differ(id_)
    await operator.sees("Niet geverifieerd")
    assert await operator.ends() == 1


async def test_a_device_that_its_owner_did_not_sign_is_declined(region: Region) -> None:
    world = region.world
    password = world.passwords["coordinator"]
    unsigned = await RealClient.arrive(world.homeserver.url, region.client.user_id, password, signed=False)
    try:
        id_ = await unsigned.request_verification(world.bot_id, device=region.bot_device)
        over = await ended(unsigned, id_)
        assert (over.phase, over.cancellation) == ("cancelled", "m.key_mismatch")
    finally:
        await unsigned.log_out()


async def test_where_no_bot_runs_the_command_is_the_bot_for_as_long_as_it_lasts(region: Region) -> None:
    world, client = region.world, region.client
    await helped(client, region.room_id)
    assert world.stop() == 0
    operator = Operator(world)
    try:
        await operator.sees("Ctrl-C")
        await helped(client, region.room_id)
        id_ = await client.request_verification(world.bot_id, room_id=region.room_id)
        await both_see_emoji(client, operator, id_)
        operator.types("misschien")
        await operator.sees("Typ ja of nee")
        await client.emoji_match(id_)
        operator.types("JA")
        assert (await ended(client, id_)).phase == "done"
        assert await operator.ends() == 0
    finally:
        operator.close()
    world.start()


async def test_a_terminal_that_closes_confirms_nothing(region: Region, operator: Operator) -> None:
    id_ = await region.client.request_verification(region.world.bot_id, room_id=region.room_id)
    await both_see_emoji(region.client, operator, id_)
    await region.client.emoji_match(id_)
    operator.hangs_up()
    assert await operator.ends() == 1
    assert region.client.verifications[id_].phase == "started"
    await region.client.cancel_verification(id_)
    await ended(region.client, id_)


async def test_a_verified_person_is_held_to_that_identity_and_signed_for_all_to_see(region: Region) -> None:
    world, client = region.world, region.client
    await helped(client, region.room_id)
    assert world.stop() == 0
    key = bytes.fromhex((world.folder / "key").read_text())
    async with await Database.open(world.data / "casusbot.db", key, create=False) as database:
        pins = await database.read(lambda t: t.pins([client.user_id]))
        own, identity = await database.read(load_account)
    assert pins[client.user_id].state is PinState.VERIFIED
    api = Api(world.homeserver.url, own.access_token)
    answer: Any = await api.post("/v3/keys/query", {"device_keys": {client.user_id: []}})
    await api.close()
    signatures = answer["master_keys"][client.user_id]["signatures"][own.user_id]
    assert list(signatures) == [f"ed25519:{identity.user_signing_key}"]
    world.start()


async def test_a_stray_device_keeps_who_verified_the_bot_from_sending_until_it_is_removed(
    region: Region,
) -> None:
    world, client = region.world, region.client
    await helped(client, region.room_id)
    stray = await Person.arrive(
        world.homeserver.url, world.bot_id, world.passwords["casusbot"], world.folder / "stray", signed=False
    )
    device = stray.crypto.machine.device_id
    await stray.leave_building()
    assert await client.device_status(world.bot_id, device) == DeviceStatus(
        signed_by_owner=False, verified=False
    )
    with pytest.raises(RealClientError, match="unsigned devices"):
        await client.send(region.room_id, "!help")
    assert world.stop() == 0
    assert device in await Operator.run(world, "clean", "--password-file", world.folder / "password")
    world.start()
    assert await client.device_status(world.bot_id, device) is None
    await helped(client, region.room_id)


async def test_a_new_machine_with_the_recovery_key_is_the_same_bot_to_everybody(region: Region) -> None:
    world, client = region.world, region.client
    assert world.stop() == 0
    new = world.folder / "elders"
    password = ("--password-file", world.folder / "password")
    await Operator.run(
        world, "recover",
        *("--homeserver", world.homeserver.url, "--user", world.bot_id, "--region", "ZVH Voorbeeldregio"),
        *("--data", new, "--key-file", world.folder / "new-key", "--coordinator", client.user_id),
        *("--recovery-key-file", world.folder / "recovery-key", *password),
    )  # fmt: skip
    world.data, world.config = new, new / "casusbot.yaml"
    assert region.bot_device in await Operator.run(world, "clean", *password)
    world.start()
    chat = await client.until(lambda _: invited(client), what="the direct chat of the recovered bot")
    await client.join(chat[0])
    await client.meet(chat[0], world.bot_id)
    await helped(client, chat[0])
    status = await client.user_status(world.bot_id)
    assert (status.verified, status.needs_user_approval) == (True, False)


async def held_to_what_was_compared(world: World) -> bool:
    """Whether the running bot holds the partner to the identity that was compared."""
    partner, key = world.user_id("leerplicht"), bytes.fromhex((world.folder / "key").read_text())
    async with await Database.look(world.data / "casusbot.db", key) as database:
        pins = await database.read(lambda t: t.pins([partner]))
    return partner in pins and pins[partner].state is PinState.VERIFIED


async def test_a_coordinator_who_was_compared_vouches_for_a_partner_by_phone(
    homeserver: Homeserver, tmp_path_factory: pytest.TempPathFactory
) -> None:
    world = World(homeserver, tmp_path_factory.mktemp("witness"))
    await world.settle((), extra=("leerplicht",))
    partner = await RealClient.arrive(
        homeserver.url, world.user_id("leerplicht"), world.passwords["leerplicht"]
    )
    try:
        world.start()
        case = await world.case_room("Z-2026-310", {})
        await world.ask("coordinator", case, f"!deelnemer {partner.user_id} leerplicht")
        await partner.accept_invite(case)
        await partner.meet(case, world.bot_id)
        id_ = await partner.request_verification(world.bot_id, room_id=case)
        await partner.verification(lambda v: v.verification_id == id_ and v.phase == "ready", what="ready")
        await partner.compare_emoji(id_)
        mine = await partner.verification(
            lambda v: v.verification_id == id_ and v.emoji is not None, what="the emoji"
        )
        chat = await world.direct_chat("coordinator")
        shown = await world.people["coordinator"].until(
            lambda heard: next((h for h in heard if "wil mij verifiëren" in h.body), None), what="the emoji"
        )
        assert mine.emoji is not None
        assert all(picture in shown.body for picture in mine.emoji)
        code = shown.body.split("Typ hier: verificatie ")[1].split(" ")[0]
        answer = await world.ask("coordinator", chat, f"verificatie {code} ja")
        assert "vergeleken en gelijk" in answer.body
        await partner.emoji_match(id_)
        assert (await ended(partner, id_)).phase == "done"
        # The other side is done when it has said so; the bot when that has arrived.
        await world.people["coordinator"].sync_until(
            lambda: held_to_what_was_compared(world), what="the partner's identity to be kept"
        )
    finally:
        await partner.close()
        await world.close()
