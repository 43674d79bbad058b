from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.records.people import Person, Pin, PinState
from bot.matrix.canonical import is_signed
from bot.matrix.identity import Identity
from bot.matrix.sas import TIME_LIMIT, Code, Party, State
from bot.matrix.trust import read_key_query
from bot.matrix.verification import is_step, opened
from tests.matrix.counterpart import Counterpart
from tests.matrix.fake import BOT, CHAIR, NOW, OURS, PARTNER, Answer
from tests.matrix.fake import Partner as Someone
from tests.matrix.people import randomness

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.matrix.verification import Progress, Verifications
    from tests.matrix.fake import Bot, FakeHomeserver

ROOM = "!room:zvh.example"


@dataclass
class Chair:
    """The chair's client: says its steps to the bot and reads what the homeserver was given for it."""

    verifications: Verifications
    server: FakeHomeserver
    client: Counterpart
    someone: Someone
    room_id: str | None

    async def says(self, kind: str, content: dict[str, Any] | None = None, **changes: Any) -> None:
        event: dict[str, Any] = {
            "type": f"m.key.verification.{kind}",
            "sender": CHAIR,
            "content": content or {},
        }
        if self.room_id is None:
            event["content"] |= {"transaction_id": self.client.transaction_id}
            await self.verifications.to_device(event | changes)
        else:
            relation = {"rel_type": "m.reference", "event_id": self.client.transaction_id}
            event["content"].setdefault("m.relates_to", relation)
            await self.verifications.in_room(self.room_id, event | changes)

    async def asks(self, **changes: Any) -> None:
        content = {"from_device": self.client.device_id, "methods": ["m.sas.v1"]}
        at = int(NOW.timestamp() * 1000)
        if self.room_id is None:
            await self.says("request", content | {"timestamp": at} | changes)
        else:
            request = content | {"msgtype": "m.key.verification.request", "to": BOT, "body": "?"} | changes
            event = {"event_id": self.client.transaction_id, "sender": CHAIR, "origin_server_ts": at}
            await self.verifications.in_room(
                self.room_id, {**event, "type": "m.room.message", "content": request}
            )

    def heard(self) -> list[tuple[str, dict[str, Any]]]:
        """What the bot sent to this chair, oldest first, without what says where it belongs."""
        found = []
        for call in self.server.calls:
            if call.endpoint == "sendToDevice":
                [(user, devices)] = call.body["messages"].items()
                [(device, content)] = devices.items()
                assert (user, device) == (CHAIR, self.client.device_id)
                assert content.pop("transaction_id") == self.client.transaction_id
                found.append((call.path[1], content))
            elif call.endpoint == "send":
                relation = call.body.pop("m.relates_to")
                assert relation == {"rel_type": "m.reference", "event_id": self.client.transaction_id}
                found.append((call.path[3], call.body))
        self.server.calls.clear()
        return [(kind.removeprefix("m.key.verification."), content) for kind, content in found]

    async def to_the_emoji(self) -> str:
        await self.asks()
        assert self.heard() == [("ready", {"from_device": "BOTDEVICE", "methods": ["m.sas.v1"]})]
        relation = {"m.relates_to": {"rel_type": "m.reference", "event_id": self.client.transaction_id}}
        start = self.client.start()
        if self.room_id is not None:
            del start["transaction_id"]
            start |= relation
        await self.says("start", start)
        [(_, accept)] = self.heard()
        self.client.accepted(accept)
        await self.says("key", self.client.key())
        [(_, key)] = self.heard()
        emoji, _ = self.client.keyed(key)
        with self.verifications.watching() as changes:
            shown = changes.get_nowait()
        assert shown.sign is not None
        assert list(shown.sign.emoji) == emoji
        return shown.code

    async def to_the_end(self) -> None:
        code = await self.to_the_emoji()
        await self.says("mac", self.client.mac())
        await self.verifications.decide(code, same=True)
        (_, mac), done = self.heard()
        self.client.maced(mac)
        assert done == ("done", {})
        await self.says("done")


@asynccontextmanager
async def between(
    bot: Bot, server: FakeHomeserver, folder: Path, room_id: str | None, *, known: bool = True
) -> AsyncIterator[Chair]:
    ours = Party(BOT, "BOTDEVICE", bot.crypto.ed25519, OURS.master_key)
    someone = server.people[CHAIR] = Someone(CHAIR, folder / "chair")
    if known:
        await bot.database.write(lambda t: t.keep(Person(CHAIR)))
    client = Counterpart(
        CHAIR, someone.device_id, someone.crypto.ed25519, someone.identity.master_key,
        BOT, ours.device_id, ours.ed25519, ours.master_key, "$request" if room_id else "t1",
    )  # fmt: skip
    yield Chair(bot.verifications, server, client, someone, room_id)
    someone.store.close()


@pytest.fixture
async def chair(bot: Bot, server: FakeHomeserver, tmp_path: Path) -> AsyncIterator[Chair]:
    async with between(bot, server, tmp_path, None) as it:
        yield it


async def pin_of(bot: Bot, user_id: str = CHAIR) -> Pin | None:
    return (await bot.database.read(lambda t: t.pins([user_id]))).get(user_id)


@pytest.mark.parametrize("room_id", [None, ROOM], ids=["by to-device message", "in the room"])
async def test_a_compared_identity_is_pinned_signed_and_in_the_audit_log(
    bot: Bot, server: FakeHomeserver, tmp_path: Path, room_id: str | None
) -> None:
    async with between(bot, server, tmp_path, room_id) as chair:
        await chair.to_the_end()
        [upload] = server.calls_to("signatures")
        master = chair.client.master_key
        signed = upload.body[CHAIR][master]
        assert is_signed(signed, BOT, OURS.user_signing_key, OURS.user_signing_key)
        pin = await pin_of(bot)
        assert pin is not None
        assert (pin.master_key, pin.state) == (master, PinState.VERIFIED)
        lines = await bot.database.read(lambda t: t.rows("SELECT actor, event, thing FROM audit"))
        assert lines == [("operator", "identity.confirmed", CHAIR)]


async def test_a_changed_identity_counts_again_once_it_was_compared(bot: Bot, chair: Chair) -> None:
    old = Pin(CHAIR, Identity.create(CHAIR, randomness(9)).master_key, NOW, PinState.FIRST_USE)
    await bot.database.write(lambda t: t.keep(old))
    assert (await bot.keyring.verdicts([CHAIR]))[CHAIR].recipients == ()
    await chair.to_the_end()
    pin = await pin_of(bot)
    assert pin is not None
    assert pin.master_key == chair.client.master_key
    assert len((await bot.keyring.verdicts([CHAIR]))[CHAIR].recipients) == 1


async def test_nobody_is_pinned_before_the_other_side_is_done_too(bot: Bot, chair: Chair) -> None:
    code = await chair.to_the_emoji()
    await chair.says("mac", chair.client.mac())
    await chair.verifications.decide(code, same=True)
    await chair.says("cancel", {"code": "m.key_mismatch"})
    await chair.says("done")
    assert await pin_of(bot) is None
    assert chair.server.calls_to("signatures") == []


async def test_an_identity_swapped_after_the_comparison_is_not_signed(
    bot: Bot, server: FakeHomeserver, chair: Chair, tmp_path: Path
) -> None:
    code = await chair.to_the_emoji()
    await chair.says("mac", chair.client.mac())
    await chair.verifications.decide(code, same=True)
    other = server.people[CHAIR] = Someone(CHAIR, tmp_path / "other")
    with chair.verifications.watching() as changes:
        await chair.says("done")
        seen = [changes.get_nowait() for _ in range(changes.qsize())]
    other.store.close()
    assert seen[-1].state is State.CANCELLED
    assert await pin_of(bot) is None
    assert server.calls_to("signatures") == []


async def test_a_stranger_gets_no_answer(bot: Bot, server: FakeHomeserver, tmp_path: Path) -> None:
    async with between(bot, server, tmp_path, None, known=False) as chair:
        await chair.asks()
        assert chair.heard() == []


async def test_a_device_that_its_owner_did_not_sign_is_declined(chair: Chair) -> None:
    shown = chair.someone.shown
    bare = {**shown(), "self_signing_keys": {}}
    chair.someone.shown = lambda: bare  # type: ignore[method-assign]
    await chair.asks()
    [(kind, content)] = chair.heard()
    assert (kind, content["code"]) == ("cancel", "m.key_mismatch")


@pytest.mark.parametrize(
    "changes",
    [{"timestamp": 0}, {"timestamp": "nu"}, {"timestamp": 10**30}, {"methods": None}, {"from_device": 1}],
)
async def test_an_old_or_broken_request_is_left_alone(chair: Chair, changes: dict[str, Any]) -> None:
    await chair.asks(**changes)
    assert chair.heard() == []


async def test_somebody_else_in_the_room_cannot_answer_for_the_chair(
    bot: Bot, server: FakeHomeserver, tmp_path: Path
) -> None:
    async with between(bot, server, tmp_path, ROOM) as chair:
        await chair.to_the_emoji()
        await chair.says("cancel", {"code": "m.user"}, sender=PARTNER)
        await replace(chair, room_id="!elders:zvh.example").says("cancel", {"code": "m.user"})
        await replace(chair, room_id=None).says("cancel", {"code": "m.user"})
        with chair.verifications.watching() as changes:
            assert changes.get_nowait().state is State.COMPARING


async def test_a_request_to_somebody_else_in_the_room_is_not_answered(
    bot: Bot, server: FakeHomeserver, tmp_path: Path
) -> None:
    async with between(bot, server, tmp_path, ROOM) as chair:
        await chair.asks(to=PARTNER)
        assert chair.heard() == []


@pytest.mark.parametrize("transaction_id", ["", "\x1b[2J", "\ud800", "t" * 256])
async def test_a_transaction_id_that_could_break_a_log_or_a_path_is_not_answered(
    chair: Chair, transaction_id: str
) -> None:
    chair.client.transaction_id = transaction_id
    await chair.asks()
    assert chair.server.calls == []


async def test_the_bot_does_not_verify_another_device_of_its_own_account(bot: Bot, chair: Chair) -> None:
    await bot.database.write(lambda t: t.keep(Person(BOT)))
    chair.server.people[BOT] = chair.someone
    await chair.says("request", sender=BOT)
    content = {"from_device": "ANDER", "methods": ["m.sas.v1"], "timestamp": int(NOW.timestamp() * 1000)}
    await chair.says("request", content, sender=BOT)
    assert chair.server.calls == []


async def test_asking_anew_ends_the_earlier_one(chair: Chair) -> None:
    await chair.to_the_emoji()
    with chair.verifications.watching() as changes:
        first = changes.get_nowait()
        chair.client.transaction_id = "t2"
        await chair.asks()
        ended, second = changes.get_nowait(), changes.get_nowait()
    assert (ended.code, ended.state, ended.ended) == (first.code, State.CANCELLED, Code.USER)
    assert second.state is State.READY


async def test_a_request_that_comes_twice_is_one_verification(chair: Chair) -> None:
    await chair.asks()
    await chair.asks()
    assert [kind for kind, _ in chair.heard()] == ["ready"]


async def test_emoji_that_nobody_looks_at_do_not_stay_open(bot: Bot, chair: Chair) -> None:
    code = await chair.to_the_emoji()
    bot.clock.forward(TIME_LIMIT)
    await chair.verifications.expire()
    assert chair.heard() == []
    bot.clock.forward(timedelta(seconds=1))
    await chair.verifications.expire()
    [(kind, content)] = chair.heard()
    assert (kind, content["code"]) == ("cancel", "m.timeout")
    await chair.verifications.decide(code, same=True)
    assert chair.heard() == []


@pytest.mark.parametrize("trouble", [Answer(403, {"errcode": "M_FORBIDDEN"}), Answer(500), Answer(429)])
async def test_a_homeserver_that_does_not_carry_a_step_ends_it_and_nothing_else(
    chair: Chair, trouble: Answer
) -> None:
    await chair.asks()
    chair.server.plan["sendToDevice"] = [trouble]
    with chair.verifications.watching() as changes:
        await chair.says("start", chair.client.start())
        seen: list[Progress] = [changes.get_nowait() for _ in range(changes.qsize())]
    assert [progress.state for progress in seen] == [State.READY, State.CANCELLED]


@pytest.mark.parametrize("endpoint", ["query", "sendToDevice"])
async def test_a_request_that_cannot_be_looked_into_does_not_stop_the_sync(
    chair: Chair, endpoint: str
) -> None:
    chair.server.plan[endpoint] = [Answer(502)]
    await chair.asks()
    assert chair.verifications._open == {}


@pytest.mark.parametrize(
    "event",
    [
        {}, {"type": 1}, {"type": "m.key.verification.request"}, {"type": "m.room.encrypted", "sender": CHAIR, "content": {}},
        {"type": "m.key.verification.start", "sender": CHAIR, "content": {"transaction_id": "onbekend"}},
        {"type": "m.key.verification.request", "sender": CHAIR, "content": {"transaction_id": "\x1b[2J"}},
        {"type": "m.key.verification.request", "sender": CHAIR, "content": {"transaction_id": ""}},
        {"type": "m.key.verification.request", "sender": CHAIR, "content": {"transaction_id": ["t"]}},
        {"type": "m.key.verification.request", "sender": BOT, "content": {"transaction_id": "t"}},
    ],
)  # fmt: skip
async def test_what_is_no_step_has_no_effect(chair: Chair, event: dict[str, Any]) -> None:
    await chair.verifications.to_device(event)
    await chair.verifications.in_room(ROOM, event)
    assert chair.server.calls == []


def test_a_step_in_an_encrypted_room_keeps_the_relation_that_stands_outside() -> None:
    relation = {"rel_type": "m.reference", "event_id": "$request"}
    event = {
        "type": "m.room.encrypted",
        "sender": CHAIR,
        "content": {"m.relates_to": relation, "ciphertext": ""},
    }
    step = opened(event, "m.key.verification.key", {"key": "k"})
    assert step["content"] == {"key": "k", "m.relates_to": relation}
    assert is_step(step["type"], step["content"])


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("m.room.message", {"msgtype": "m.text"}),
        ("m.room.message", None),
        ("m.reaction", {}),
        (None, {}),
        ([], {}),
    ],
)
def test_ordinary_talk_is_no_step(kind: object, content: object) -> None:
    assert not is_step(kind, content)


def test_a_counterpart_is_shown_by_the_homeserver_as_it_is(tmp_path: Path) -> None:
    """The tests above mean something only if the chair's chain is whole."""
    someone = Someone(CHAIR, tmp_path / "chair")
    shown = read_key_query({part: {CHAIR: value} for part, value in someone.shown().items()})[CHAIR]
    someone.store.close()
    assert shown.master_key == someone.identity.master_key
    assert [device.signed_by_owner for device in shown.devices] == [True]
