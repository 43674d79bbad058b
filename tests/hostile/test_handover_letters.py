"""Who may write to us about a handover: the one bot that was configured, in the one room, and nobody beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.effects import Effects, Join, Leave, Say, ToPerson
from bot.core.records.handovers import Handover, HandoverState, Side
from bot.core.records.people import Pin, PinState
from bot.core.region import Neighbour
from bot.matrix.crypto import Decrypted
from bot.matrix.rooms import LETTER
from bot.matrix.trust import Origin
from bot.running.doorkeeper import Doorkeeper
from bot.running.liaison import KEYS_WITHIN, Liaison, pin_neighbours
from bot.store.database import Database
from bot.store.mailbox import InboxRow
from tests.commands.stage import BOT, REGION, guard
from tests.store.samples import KEY, a_case

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

THEIR_BOT, FINGERPRINT = "@casusbot:elders.nl", "E" * 43
ROOM, ID = "!overdracht", "0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 3, 6, 11, 0, tzinfo=UTC)
ELDERS = replace(REGION, neighbours=(Neighbour("Elders", bot=THEIR_BOT, fingerprint=FINGERPRINT),))
RECEIVE = {"version": 1, "handover": ID, "sequence": 1, "step": "receive"}
PROPOSE = {
    **RECEIVE,
    "step": "propose",
    "reference": "Z-2026-101",
    "reason": "verhuisd",
    "contacts": [],
    "actions": [],
    "decisions": [],
}


class Clock:
    def now(self) -> datetime:
        return NOW

    def at(self, milliseconds: int) -> datetime:
        return NOW

    async def sleep_until(self, instant: Any, wake: Any) -> None:
        raise NotImplementedError


@dataclass
class Post:
    """Our side of a handover that was proposed, and what comes in the post."""

    database: Database

    async def letter(
        self,
        content: dict[str, Any] = RECEIVE,
        *,
        sender: str = THEIR_BOT,
        room: str = ROOM,
        origin: Origin = Origin.TRUSTED,
        fresh: bool = True,
    ) -> Effects:
        liaison = Liaison(ELDERS, guard(), Clock(), BOT)
        row = InboxRow("$event", room, {"sender": sender, "type": "m.room.encrypted"}, NOW, 0)
        message = Decrypted(
            "m.room.message", {"body": "x", LETTER: content}, "session", 0, "curve", "ed", False
        )
        effects = await self.database.read(
            lambda t: liaison.opened(t, row, message, None, origin, fresh=fresh)
        )
        assert effects is not None
        return effects


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async with await Database.open(tmp_path / "casusbot.db", KEY, create=True) as database:
        ours = Handover(
            ID,
            Side.SENDER,
            "Elders",
            THEIR_BOT,
            HandoverState.PROPOSED,
            NOW,
            "@voorzitter:x",
            "Z-2026-014",
            ROOM,
        )
        await database.write(lambda t: t.keep(a_case()))
        await database.write(lambda t: t.keep(ours))
        await database.write(lambda t: pin_neighbours(t, ELDERS, NOW))
        yield Post(database)


def refusal(effects: Effects) -> str | None:
    """Why a letter was refused; whatever was refused changed nothing."""
    found = [line.thing for line in effects.log if line.event == "handover.letter_refused"]
    assert not found or effects.records == ()
    return found[0] if found else None


async def test_the_letter_of_the_configured_bot_is_taken(post: Post) -> None:
    effects = await post.letter()
    assert refusal(effects) is None
    assert any(isinstance(r, Handover) and r.state is HandoverState.RECEIVED for r in effects.records)


@pytest.mark.parametrize("sender", ["@casusbot:ergens.nl", "@iemand:elders.nl", "@voorzitter:x", BOT])
async def test_a_bot_that_nobody_configured_changes_nothing(post: Post, sender: str) -> None:
    effects = await post.letter(sender=sender)
    assert refusal(effects) == "foreign"


@pytest.mark.parametrize("origin", [o for o in Origin if o is not Origin.TRUSTED])
async def test_a_letter_from_a_device_that_the_bot_did_not_sign_changes_nothing(
    post: Post, origin: Origin
) -> None:
    assert refusal(await post.letter(origin=origin)) == "untrusted"


@pytest.mark.parametrize(
    "pin",
    [
        Pin(THEIR_BOT, "X" * 43, NOW, PinState.VERIFIED),
        Pin(THEIR_BOT, FINGERPRINT, NOW, PinState.FIRST_USE),
        Pin(THEIR_BOT, FINGERPRINT, NOW, PinState.CONFIRMED),
    ],
    ids=["another key", "only seen", "somebody's word"],
)
async def test_the_right_account_with_another_identity_changes_nothing(post: Post, pin: Pin) -> None:
    await post.database.write(lambda t: t.keep(pin))
    assert refusal(await post.letter()) == "untrusted"
    await post.database.write(lambda t: pin_neighbours(t, ELDERS, NOW))
    assert refusal(await post.letter()) is None


async def test_a_letter_whose_ciphertext_was_used_changes_nothing(post: Post) -> None:
    assert refusal(await post.letter(fresh=False)) == "repeated"


async def test_an_answer_in_another_room_changes_nothing(post: Post) -> None:
    assert refusal(await post.letter(room="!elders")) == "out_of_order"
    assert refusal(await post.letter(room="!Z-2026-014:example.org")) == "out_of_order"


async def test_a_proposal_under_an_id_that_we_know_changes_nothing(post: Post) -> None:
    assert refusal(await post.letter(PROPOSE, room="!nieuw")) == "repeated"


@pytest.mark.parametrize("maker", [THEIR_BOT, "@iemand:elders.nl", BOT])
async def test_a_proposal_counts_only_in_a_room_that_its_bot_made(post: Post, maker: str) -> None:
    await post.database.write(lambda t: t.put_state("!nieuw", "m.room.create", "", maker, {}))
    effects = await post.letter({**PROPOSE, "handover": "f" * 32}, room="!nieuw")
    assert refusal(effects) == (None if maker == THEIR_BOT else "out_of_order")


@pytest.mark.parametrize("sender", [THEIR_BOT, "@iemand:elders.nl", "@casusbot:ergens.nl"])
async def test_only_the_bot_of_a_configured_region_may_ask_us_in(post: Post, sender: str) -> None:
    doorkeeper = Doorkeeper(ELDERS, Clock(), BOT)
    event = {
        "type": "m.room.member",
        "sender": sender,
        "state_key": BOT,
        "content": {"membership": "invite"},
    }
    row = InboxRow("invite:1", "!nieuw", event, NOW, 0)
    effects = await post.database.read(lambda t: doorkeeper.member(t, row))
    assert effects.send == ((Join("!nieuw"),) if sender == THEIR_BOT else (Leave("!nieuw"),))


def test_keys_that_are_on_their_way_are_waited_for_and_not_for_ever() -> None:
    liaison = Liaison(ELDERS, guard(), Clock(), BOT)
    row = InboxRow("$event", ROOM, {"sender": THEIR_BOT}, NOW, 0)
    message = Decrypted("m.room.message", {LETTER: RECEIVE}, "session", 0, "curve", "ed", False)
    assert liaison.waits(row, message, Origin.NOT_CROSS_SIGNED, NOW)
    assert not liaison.waits(row, message, Origin.TRUSTED, NOW)
    assert not liaison.waits(row, message, Origin.NOT_CROSS_SIGNED, NOW + KEYS_WITHIN)
    stranger = replace(row, event={"sender": "@casusbot:ergens.nl"})
    assert not liaison.waits(stranger, message, Origin.NOT_CROSS_SIGNED, NOW)


async def test_a_letter_whose_key_was_lost_is_told_to_who_waits_for_it(post: Post) -> None:
    """In its room there may be only bots, and they pass it over."""
    liaison = Liaison(ELDERS, guard(), Clock(), BOT)
    row = InboxRow("$event", ROOM, {"sender": THEIR_BOT, "type": "m.room.encrypted"}, NOW, 0)
    effects = await post.database.read(lambda t: liaison.unread(t, row))
    assert effects is not None
    assert refusal(effects) == "unreadable"
    [said] = effects.send
    assert isinstance(said, Say)
    assert said.to == ToPerson("@voorzitter:x")
    assert "kan het nog niet lezen" in said.message.body
    somebody = replace(row, event={"sender": "@voorzitter:x"})
    assert await post.database.read(lambda t: liaison.unread(t, somebody)) is None
