"""A coordinator's word about emoji is about what they were shown, whatever the homeserver keeps back, repeats or restarts."""

from __future__ import annotations

import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from bot.clock import SystemClock
from bot.core.records.people import Comparison, Person, Pin, PinState
from bot.core.region import Region
from bot.matrix.sas import TIME_LIMIT
from bot.running.handling import Handler
from bot.settings.resources import load_guard
from tests.hostile.scene import share_session
from tests.matrix.counterpart import Counterpart
from tests.matrix.fake import BOT, NOW, OURS, FakeHomeserver, Partner, a_case, bot_on, message

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.store.transaction import Transaction
    from tests.matrix.fake import Bot

COORDINATOR, OTHER = "@coordinator:zvh.example", "@tweede:zvh.example"
VICTIM = "@contactpunt:zvh.example"
REGION = Region(
    "ZVH Voorbeeldregio", frozenset({COORDINATOR, OTHER, VICTIM}), contact_points=frozenset({VICTIM})
)


@dataclass
class Desk:
    """A bot, a coordinator who compares emoji by phone, and the account that is compared; all three may start anew."""

    server: FakeHomeserver
    bot: Bot
    people: dict[str, Partner]
    numbers: Any = field(default_factory=count)

    def typed(self, words: str, by: str = COORDINATOR) -> dict[str, Any]:
        """What somebody typed to the bot, encrypted; the homeserver has it, and lets it through when it likes."""
        room = chat(by)
        crypto = self.people[by].crypto
        session = crypto.machine.outbound_group_sessions[room]
        inside = {
            "type": "m.room.message",
            "content": {"msgtype": "m.text", "body": words},
            "room_id": room,
        }
        content = {
            "algorithm": "m.megolm.v1.aes-sha2",
            "ciphertext": session._session.encrypt(json.dumps(inside).encode()).to_base64(),
            "session_id": session.id,
            "sender_key": crypto.curve25519,
            "device_id": "WERKPLEK",
        }
        return message(f"$word{next(self.numbers)}", sender=by, content=content)

    async def lets_through(self, event: dict[str, Any]) -> str:
        """The event comes in and everything it causes is done; what the bot says to its sender about it."""
        before = await self.said(event["sender"])
        room = chat(event["sender"])
        timeline = {"timeline": {"events": [event]}, "state": {"events": []}}
        batch = f"s{event['event_id']}"
        self.server.syncs = [{"next_batch": batch, "rooms": {"join": {room: timeline}}}]
        await self.bot.inbox.sync(wait=0)
        await self.handler.handle_waiting()
        await self.bot.outbox.send_waiting()
        return "\n".join((await self.said(event["sender"]))[len(before) :])

    @property
    def handler(self) -> Handler:
        bot = self.bot
        return Handler(
            bot.database,
            bot.crypto,
            bot.keyring,
            bot.verifications,
            REGION,
            load_guard(),
            SystemClock(),
            user_id=BOT,
            queued=lambda: None,
        )

    async def said(self, to: str) -> list[str]:
        """What waits to be said to this person alone; the homeserver of this test shows no room, so it all waits."""
        rows = await self.bot.database.read(
            lambda t: t.rows("SELECT content, address FROM outbox WHERE kind = 'say' AND content NOT NULL")
        )
        return [
            "\n".join(json.loads(content)["message"]["lines"])
            for content, where in rows
            if where in {to, chat(to)}
        ]

    async def compares(self, somebody: Partner, transaction_id: str) -> str:
        """Somebody verifies the bot, up to the emoji; the code that the bot shows the coordinators with them."""
        client = Counterpart(
            somebody.user_id, somebody.device_id, somebody.crypto.ed25519, somebody.identity.master_key,
            BOT, "BOTDEVICE", self.bot.crypto.ed25519, OURS.master_key, transaction_id,
        )  # fmt: skip
        self.client = client
        request = {
            "from_device": client.device_id,
            "methods": ["m.sas.v1"],
            "timestamp": int(NOW.timestamp() * 1000),
        }
        with self.bot.verifications.watching() as changes:
            await self.step("request", request | {"transaction_id": transaction_id})
            await self.step("start", client.start())
            client.accepted(self.heard())
            await self.step("key", client.key())
            client.keyed(self.heard())
            while not changes.empty():
                await self.bot.witness.show(changes.get_nowait())
        found = re.findall(r"verificatie (\w+) ja", "\n".join(await self.said(COORDINATOR)))
        return str(found[-1])

    async def step(self, kind: str, content: dict[str, Any]) -> None:
        whole = {**content, "transaction_id": self.client.transaction_id}
        event = {"type": f"m.key.verification.{kind}", "sender": self.client.user_id, "content": whole}
        await self.bot.verifications.to_device(event)

    async def confirms(self) -> None:
        """The other side says that its emoji were the same, and then that it is done."""
        await self.step("mac", self.client.mac())
        await self.step("done", {})

    def heard(self) -> dict[str, Any]:
        [devices] = self.server.calls_to("sendToDevice")[-1].body["messages"].values()
        [content] = devices.values()
        return dict(content)

    async def pin(self) -> Pin:
        return (await self.bot.database.read(lambda t: t.pins([VICTIM])))[VICTIM]

    async def audit(self) -> list[tuple[str, str]]:
        return await self.bot.database.read(
            lambda t: t.rows("SELECT actor, event FROM audit WHERE thing = ? ORDER BY seq", VICTIM)
        )


def chat(user_id: str) -> str:
    return f"!gesprek-{user_id[1:]}"


@asynccontextmanager
async def desk_on(server: FakeHomeserver, folder: Path, people: dict[str, Partner]) -> AsyncIterator[Desk]:
    """The same bot, every time that it starts."""
    async with bot_on(server.url, folder, REGION) as bot:
        yield Desk(server, bot, people)


@pytest.fixture
async def started(tmp_path: Path) -> AsyncIterator[tuple[FakeHomeserver, Path, dict[str, Partner]]]:
    """Three coordinators whose identities the operator compared; two of them have talked to the bot."""
    server = FakeHomeserver()
    await server.start()
    people = {user: Partner(user, tmp_path / user[1:9]) for user in (COORDINATOR, OTHER, VICTIM)}
    server.people.update(people)

    async def known(t: Transaction) -> None:
        for user, partner in people.items():
            await t.keep(Person(user, direct_room=chat(user)))
            await t.keep(
                Pin(user, partner.identity.master_key, NOW, PinState.VERIFIED, vouched_by="operator")
            )

    async with desk_on(server, tmp_path, people) as desk:
        await desk.bot.database.write(known)
        await desk.bot.inbox.sync(wait=0)
        for user, partner in people.items():
            await share_session(server, desk.bot, partner, chat(user))
    yield server, tmp_path, people
    for partner in people.values():
        partner.store.close()
    await server.stop()


@pytest.fixture
async def desk(started: tuple[FakeHomeserver, Path, dict[str, Partner]]) -> AsyncIterator[Desk]:
    async with desk_on(*started) as running:
        yield running


async def test_a_word_that_was_held_back_is_not_taken_for_another_comparison_after_a_restart(
    started: tuple[FakeHomeserver, Path, dict[str, Partner]], tmp_path: Path
) -> None:
    server, folder, people = started
    async with desk_on(*started) as desk:
        code = await desk.compares(people[VICTIM], "eerste")
        held_back = desk.typed(f"verificatie {code} ja")
    forged = server.people[VICTIM] = Partner(VICTIM, tmp_path / "forged")
    async with desk_on(server, folder, people) as desk:
        await desk.compares(forged, "tweede")
        answer = await desk.lets_through(held_back)
        await desk.confirms()
        assert (await desk.pin()).master_key == people[VICTIM].identity.master_key
        assert server.calls_to("signatures") == []
        assert "voorbij" in answer
        assert ("operator", "identity.confirmed") not in await desk.audit()
    forged.store.close()


async def test_a_word_about_an_earlier_comparison_is_not_taken_for_the_one_that_runs_now(desk: Desk) -> None:
    first = await desk.compares(desk.people[VICTIM], "eerste")
    second = await desk.compares(desk.people[VICTIM], "tweede")
    assert first != second
    assert "voorbij" in await desk.lets_through(desk.typed(f"verificatie {first} ja"))
    assert "gelijk" in await desk.lets_through(desk.typed(f"verificatie {second} ja"))


async def test_the_log_and_the_pin_name_who_really_vouched(desk: Desk) -> None:
    code = await desk.compares(desk.people[VICTIM], "eerste")
    assert "gelijk" in await desk.lets_through(desk.typed(f"verificatie {code} ja"))
    await desk.confirms()
    assert (COORDINATOR, "identity.confirmed") in await desk.audit()
    assert (await desk.pin()).state is PinState.VERIFIED


async def test_another_identity_than_the_pinned_one_is_said_to_be_another_and_its_cases_hear(
    desk: Desk, tmp_path: Path
) -> None:
    await desk.bot.database.write(lambda t: a_case(t, "Z-2026-014", "!overleg:zvh.example", VICTIM))
    forged = desk.server.people[VICTIM] = Partner(VICTIM, tmp_path / "forged")
    code = await desk.compares(forged, "eerste")
    shown = (await desk.said(COORDINATOR))[-1]
    assert "een andere identiteit" in shown
    assert "sinds maandag 2 maart 2026, vergeleken" in shown
    await desk.lets_through(desk.typed(f"verificatie {code} ja"))
    await desk.confirms()
    pin = await desk.pin()
    assert (pin.master_key, pin.vouched_by) == (forged.identity.master_key, COORDINATOR)
    [told] = await desk.said("Z-2026-014")
    assert "nieuwe identiteit" in told
    forged.store.close()


async def test_nobody_gives_the_word_for_themselves_with_a_code_that_they_were_not_shown(desk: Desk) -> None:
    code = await desk.compares(desk.people[VICTIM], "eerste")
    assert code not in "\n".join(await desk.said(VICTIM))
    assert "voorbij" in await desk.lets_through(desk.typed(f"verificatie {code} ja", by=VICTIM))
    assert "gelijk" in await desk.lets_through(desk.typed(f"verificatie {code} ja")), (
        "it is still theirs to say"
    )


async def test_a_word_counts_once_and_the_second_one_changes_nothing(desk: Desk) -> None:
    code = await desk.compares(desk.people[VICTIM], "eerste")
    assert "afgebroken" in await desk.lets_through(desk.typed(f"verificatie {code} nee"))
    assert "voorbij" in await desk.lets_through(desk.typed(f"verificatie {code} ja"))
    assert "voorbij" in await desk.lets_through(desk.typed(f"verificatie {code} ja", by=OTHER))
    assert (await desk.pin()).vouched_by == "operator"


async def test_a_word_that_comes_after_ten_minutes_is_too_late(desk: Desk) -> None:
    code = await desk.compares(desk.people[VICTIM], "eerste")
    word = desk.typed(f"verificatie {code} ja")
    desk.bot.clock.forward(TIME_LIMIT)
    assert "voorbij" in await desk.lets_through(word)


@pytest.mark.parametrize("part", ["user_id", "device_id", "device_key", "master_key"])
async def test_a_word_counts_for_the_very_keys_that_were_shown(desk: Desk, part: str) -> None:
    code = await desk.compares(desk.people[VICTIM], "eerste")

    async def otherwise(t: Transaction) -> None:
        found = await t.comparison(code)
        assert found is not None
        changes: dict[str, Any] = {part: "another"}
        await t.keep(replace(found, **changes))

    await desk.bot.database.write(otherwise)
    assert "voorbij" in await desk.lets_through(desk.typed(f"verificatie {code} ja"))
    assert len(await desk.bot.database.read(lambda t: t.load(Comparison, "WHERE given_by IS NOT NULL"))) == 0
