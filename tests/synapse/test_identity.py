"""What an operator does with the bot's identity, and what the bot does when somebody else touches it."""

from __future__ import annotations

import asyncio
import secrets
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from bot.data.control import NAME
from bot.data.device import load_account
from bot.matrix import account
from bot.matrix.homeserver import Homeserver as Api
from bot.matrix.homeserver import segment
from bot.store.database import Database
from tests.matrix.counterpart import Counterpart
from tests.synapse.person import HOPELESS, Person
from tests.synapse.world import BOT_COMMAND, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.matrix.account import Account
    from bot.matrix.identity import Identity
    from tests.synapse.homeserver import Homeserver


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def world(homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[World]:
    built = await World.build(homeserver, tmp_path, ("voorzitter",))
    yield built
    await built.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def calm(homeserver: Homeserver, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A world for tests in which nothing may change."""
    built = await World.build(homeserver, tmp_path_factory.mktemp("calm"), ("voorzitter",))
    yield built
    await built.close()


def operator(world: World, step: str, *options: object) -> subprocess.CompletedProcess[str]:
    """`casusbot identity STEP`; the password lies in a file."""
    (world.folder / "password").write_text(world.passwords["casusbot"])
    command = [BOT_COMMAND, "identity", step, *options]
    if step != "recover":
        command += ["--config", world.config]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def password(world: World) -> tuple[str, object]:
    return "--password-file", world.folder / "password"


async def account_of(world: World) -> tuple[Account, Identity]:
    key = bytes.fromhex((world.folder / "key").read_text())
    async with await Database.open(world.data / "casusbot.db", key, create=False) as database:
        return await database.read(load_account)


async def stray(world: World, *, signed: bool = False) -> str:
    """Somebody with the bot's password logs in and uploads keys, or a whole identity of their own."""
    folder = world.folder / "stray"
    intruder = await Person.arrive(
        world.homeserver.url, world.bot_id, world.passwords["casusbot"], folder, signed=signed
    )
    device: str = intruder.crypto.machine.device_id
    await intruder.leave_building()
    return device


def shown(text: str, name: str) -> str:
    return next(line.partition(":")[2].strip() for line in text.splitlines() if line.startswith(f"{name}:"))


async def test_show_says_the_same_whether_the_bot_runs_or_not(calm: World) -> None:
    own, identity = await account_of(calm)
    at_rest = operator(calm, "show")
    calm.start()
    await calm.direct_chat("coordinator")
    running = operator(calm, "show")
    assert running.stdout == at_rest.stdout
    assert shown(running.stdout, "Account") == calm.bot_id
    assert shown(running.stdout, "Apparaat") == f"{own.device_id} (ondertekend)"
    assert shown(running.stdout, "Hoofdsleutel").replace(" ", "") == identity.master_key
    assert shown(running.stdout, "Andere apparaten") == "geen"
    assert stat.S_IMODE((calm.data / NAME).stat().st_mode) == 0o600
    assert calm.stop() == 0
    assert not (calm.data / NAME).exists()


async def test_emoji_are_confirmed_by_somebody_at_a_terminal_or_not_at_all(calm: World) -> None:
    refused = operator(calm, "verify")
    assert refused.returncode == 2
    assert "terminal" in refused.stderr


async def test_a_stray_device_raises_an_alarm_gets_no_keys_and_is_removed(world: World) -> None:
    world.start()
    room_id = await world.direct_chat("coordinator")
    await world.ask("coordinator", room_id, "!help")
    device = await stray(world)
    async with asyncio.timeout(HOPELESS):
        while (
            f"ALARM: the bot's account has a device that is not this bot: '{device}'"
            not in world.log.read_text()
        ):
            await world.ask("coordinator", room_id, "!help")
    assert device in operator(world, "show").stdout
    assert operator(world, "clean", *password(world)).returncode == 6
    world.stop()
    assert device in operator(world, "clean", *password(world)).stdout
    assert shown(operator(world, "show").stdout, "Andere apparaten") == "geen"


async def test_a_bot_whose_identity_is_replaced_stops_at_once(world: World) -> None:
    world.start()
    room_id = await world.direct_chat("coordinator")
    await world.ask("coordinator", room_id, "!help")
    await stray(world, signed=True)
    await stops_with_an_alarm(world)


async def test_a_bot_whose_identity_was_replaced_while_it_was_down_says_nothing_to_anybody(
    world: World,
) -> None:
    world.start()
    room_id = await world.direct_chat("coordinator")
    world.stop()
    await stray(world, signed=True)
    coordinator = world.people["coordinator"]
    before = len(coordinator.heard)
    await coordinator.say(room_id, "!help")
    world.start()
    await stops_with_an_alarm(world)
    await coordinator.sync(wait=0)
    assert len(coordinator.heard) == before
    for step in (("show",), ("clean", *password(world)), ("rotate-device", *password(world))):
        assert operator(world, *step).returncode == 5


async def stops_with_an_alarm(world: World) -> None:
    assert world._process is not None
    assert await asyncio.to_thread(world._process.wait, 60) == 5
    assert "de server toont een andere hoofdsleutel" in world.log.read_text()
    told = subprocess.run(
        [BOT_COMMAND, "health", "--config", world.config], capture_output=True, text=True, check=False
    )
    assert told.returncode == 5
    assert "ALARM" in told.stdout


async def test_the_recovery_key_makes_the_same_bot_on_another_machine(world: World) -> None:
    own, identity = await account_of(world)
    new = world.folder / "elders"
    options = [
        *("--homeserver", world.homeserver.url, "--user", world.bot_id, "--data", new / "data"),
        *("--key-file", new / "key", "--region", "ZVH Voorbeeldregio"),
        *(
            "--coordinator",
            world.user_id("coordinator"),
            "--recovery-key-file",
            world.folder / "recovery-key",
        ),
        *password(world),
    ]
    recovered = operator(world, "recover", *options)
    assert recovered.returncode == 0, recovered.stderr
    world.data, world.config, world.folder = new / "data", new / "data" / "casusbot.yaml", new
    there, same = await account_of(world)
    assert same == identity
    assert there.device_id != own.device_id
    assert (world.data.stat().st_mode & 0o777, world.config.stat().st_mode & 0o777) == (0o700, 0o600)
    text = operator(world, "show").stdout
    assert shown(text, "Apparaat") == f"{there.device_id} (ondertekend)"
    assert shown(text, "Andere apparaten") == own.device_id
    chair = world.people["voorzitter"]
    assert (await chair.keyring.verdicts([world.bot_id]))[world.bot_id].recipients != ()


@pytest.mark.parametrize(
    "key", ["EsTc 1234", "EsT" + "c" * 45], ids=["not a recovery key", "with a typing error"]
)
async def test_a_wrong_recovery_key_leaves_nothing_behind(calm: World, key: str) -> None:
    new = calm.folder / "elders"
    (calm.folder / "wrong").write_text(key)
    refused = operator(
        calm, "recover",
        *("--homeserver", calm.homeserver.url, "--user", calm.bot_id, "--data", new / "data"),
        *("--key-file", new / "key", "--region", "ZVH", "--coordinator", calm.user_id("coordinator")),
        *("--recovery-key-file", calm.folder / "wrong", *password(calm)),
    )  # fmt: skip
    assert refused.returncode == 2
    assert key not in refused.stderr
    assert not new.exists() or not any(new.rglob("*.*"))
    assert shown(operator(calm, "show").stdout, "Andere apparaten") == "geen"


async def test_the_recovery_key_of_another_bot_leaves_nothing_behind(calm: World, tmp_path: Path) -> None:
    other = World(calm.homeserver, tmp_path / "other")
    other.folder.mkdir()
    other.register("casusbot")
    other.init(calm.user_id("coordinator"), {"voorzitter": calm.user_id("voorzitter")})
    new = calm.folder / "elders"
    refused = operator(
        calm, "recover",
        *("--homeserver", calm.homeserver.url, "--user", calm.bot_id, "--data", new / "data"),
        *("--key-file", new / "key", "--region", "ZVH", "--coordinator", calm.user_id("coordinator")),
        *("--recovery-key-file", other.folder / "recovery-key", *password(calm)),
    )  # fmt: skip
    assert refused.returncode == 2
    assert [path.name for path in new.rglob("*") if path.is_file()] == []
    assert shown(operator(calm, "show").stdout, "Andere apparaten") == "geen"


async def test_a_rotated_device_is_the_same_bot_with_other_keys_and_nothing_said_twice(world: World) -> None:
    world.start()
    room_id = await world.direct_chat("coordinator")
    await world.ask("coordinator", room_id, "!help")
    world.stop()
    own, identity = await account_of(world)
    (world.data / "keys.db").unlink()  # as after putting back a backup
    rotated = operator(world, "rotate-device", *password(world))
    assert rotated.returncode == 0, rotated.stderr
    assert own.device_id in rotated.stdout
    there, same = await account_of(world)
    assert (same, there.device_id == own.device_id) == (identity, False)
    assert {path.name for path in world.data.iterdir()} >= {"keys.db", "casusbot.db"}
    assert not (world.data / "new-device").exists()
    assert shown(operator(world, "show").stdout, "Andere apparaten") == "geen"
    world.start()
    coordinator = world.people["coordinator"]
    await coordinator.sync(wait=0)  # their client hears of the new device
    await world.ask("coordinator", room_id, "!help")
    answered = [heard.in_reply_to for heard in coordinator.heard if heard.sender == world.bot_id]
    assert len(answered) == len(set(answered))


async def test_a_wrong_password_changes_nothing(calm: World) -> None:
    (calm.folder / "wrong").write_text("geraden")
    refused = operator(calm, "rotate-device", "--password-file", calm.folder / "wrong")
    assert refused.returncode == 4
    assert operator(calm, "show").returncode == 0


async def test_a_client_that_encrypts_the_steps_of_a_verification_is_answered_too(world: World) -> None:
    world.start()
    room_id = await world.direct_chat("coordinator")
    await world.ask("coordinator", room_id, "!help")
    person = world.people["coordinator"]
    own = person.crypto.machine.device_id

    async def says(kind: str, content: dict[str, object]) -> str:
        sealed = await person.keyring.seal(room_id, [world.bot_id], kind, content)
        path = f"/v3/rooms/{segment(room_id)}/send/m.room.encrypted/{secrets.token_hex()}"
        return str((await person.homeserver.put(path, sealed))["event_id"])

    async def heard(kind: str) -> dict[str, object]:
        async with asyncio.timeout(HOPELESS):
            while True:
                page = await person.homeserver.get(f"/v3/rooms/{segment(room_id)}/messages", dir="b")
                for event in page["chunk"]:
                    if event["type"] == f"m.key.verification.{kind}" and event["sender"] == world.bot_id:
                        return dict(event["content"])

    request = {"msgtype": "m.key.verification.request", "to": world.bot_id, "body": "?"}
    id_ = await says("m.room.message", request | {"from_device": own, "methods": ["m.sas.v1"]})
    device = str((await heard("ready"))["from_device"])
    client = Counterpart(person.user_id, own, "", "", world.bot_id, device, "", "", id_)
    relation = {"rel_type": "m.reference", "event_id": id_}
    start = client.start() | {"m.relates_to": relation}
    del start["transaction_id"]
    client.started = start
    await says("m.key.verification.start", start)
    client.accepted(await heard("accept"))
    await says("m.key.verification.key", client.key() | {"m.relates_to": relation})
    emoji, _ = client.keyed(await heard("key"))
    assert len(emoji) == 7


async def test_when_the_one_time_keys_are_gone_the_next_person_is_still_heard(world: World) -> None:
    """Fifty keys drained while the bot is down; the fallback key carries the next, and is replaced after use."""
    own, _ = await account_of(world)
    chair = world.people["voorzitter"]
    world.start()
    room_id = await world.direct_chat("coordinator")
    await world.ask("coordinator", room_id, "!help")
    world.stop()
    claim = {"one_time_keys": {world.bot_id: {own.device_id: "signed_curve25519"}}}

    async def claimed() -> dict[str, dict[str, object]]:
        answer = await chair.homeserver.post("/v3/keys/claim", claim)
        keys: dict[str, dict[str, object]] = answer["one_time_keys"][world.bot_id][own.device_id]
        return keys

    async def drained() -> dict[str, dict[str, object]]:
        for _ in range(200):
            keys = await claimed()
            if any("fallback" in key for key in keys.values()):
                return keys
        raise AssertionError("the homeserver never fell back")

    first = await drained()
    coordinator = world.people["coordinator"]
    coordinator.crypto.machine.session_store._entries.clear()
    coordinator.crypto.machine.outbound_group_sessions.clear()
    asked = await coordinator.say(room_id, "!help")
    world.start()
    await world.reply_to("coordinator", asked)
    await world.ask("coordinator", room_id, "!help")
    world.stop()
    assert (await drained()).keys() != first.keys()


def init(world: World, user_id: str, data: Path, key_file: Path) -> subprocess.CompletedProcess[str]:
    command = [
        *(BOT_COMMAND, "init", "--homeserver", world.homeserver.url, "--user", user_id, "--data", data),
        *("--key-file", key_file, "--region", "ZVH", "--coordinator", world.user_id("coordinator")),
        *password(world),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


async def test_init_refuses_to_replace_an_identity_and_leaves_no_device(calm: World) -> None:
    (calm.folder / "password").write_text(calm.passwords["casusbot"])
    new = calm.folder / "elders"
    refused = init(calm, calm.bot_id, new / "data", new / "key")
    assert refused.returncode == 4
    assert "identity recover" in refused.stderr
    assert shown(operator(calm, "show").stdout, "Andere apparaten") == "geen"


async def test_init_never_touches_data_that_are_there(calm: World) -> None:
    before = (calm.data / "casusbot.db").read_bytes()
    aside = calm.config.rename(calm.folder / "aside.yaml")
    other = calm.register("other")
    (calm.folder / "password").write_text(calm.passwords["other"])
    refused = init(calm, other, calm.data, calm.folder / "key")
    aside.rename(calm.config)
    assert refused.returncode == 3
    assert (calm.data / "casusbot.db").read_bytes() == before
    api = Api(calm.homeserver.url)
    login = await account.log_in(api, other, calm.passwords["other"])
    assert [d["device_id"] for d in (await api.get("/v3/devices"))["devices"]] == [login.device_id]
    await api.close()
