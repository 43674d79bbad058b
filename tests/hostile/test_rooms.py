"""State events are not encrypted: what a homeserver makes up with them may silence the bot, and nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.core.records.people import Person
from tests.hostile.scene import ROOM, scene
from tests.matrix.fake import BOT, CHAIR, PARTNER, a_case

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.store.transaction import Transaction
    from tests.hostile.scene import Scene

CHAT = "!gesprek:zvh.example"
OUTSIDER = "@ander:zvh.example"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Scene]:
    """A case with two people; the chair and an outsider, who is known from elsewhere, have chats of their own."""
    async with scene(tmp_path) as made:
        await made.seat()
        await made.bot.database.write(lambda t: t.keep(Person(CHAIR, direct_room=CHAT)))
        await made.bot.database.write(lambda t: t.keep(Person(OUTSIDER, direct_room="!hunne:zvh.example")))
        yield made


def state(kind: str, content: dict[str, Any], *, key: str = "", sender: str = CHAIR) -> dict[str, Any]:
    return {"type": kind, "state_key": key, "sender": sender, "content": content}


def plain(event_id: str) -> dict[str, Any]:
    content = {"msgtype": "m.text", "body": "hallo"}
    return {"type": "m.room.message", "event_id": event_id, "sender": CHAIR, "content": content}


async def left_and_joined(stage: Scene, room_id: str, *members: str) -> None:
    """Out of the room and in again, with state in which somebody else made it and these are there."""
    await stage.sync(leave={room_id: {}})
    events = [
        state("m.room.create", {}),
        state("m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"}),
        *(state("m.room.member", {"membership": "join"}, key=user, sender=user) for user in (BOT, *members)),
    ]
    await stage.sync(join={room_id: {"state": {"events": events}, "timeline": {"events": []}}})


async def direct_room(transaction: Transaction, user_id: str) -> str | None:
    person = await transaction.person(user_id)
    return person.direct_room if person else None


@pytest.mark.parametrize("who", [CHAIR, OUTSIDER])
async def test_the_room_of_a_case_is_not_taken_for_a_direct_chat(stage: Scene, who: str) -> None:
    before = await stage.bot.database.read(lambda t: direct_room(t, who))
    await left_and_joined(stage, ROOM, who)
    assert await stage.bot.database.read(lambda t: direct_room(t, who)) == before


async def test_the_chat_of_one_is_not_taken_for_the_chat_of_another(stage: Scene) -> None:
    await left_and_joined(stage, CHAT, OUTSIDER)
    assert await stage.bot.database.read(lambda t: direct_room(t, CHAIR)) == CHAT
    assert await stage.bot.database.read(lambda t: direct_room(t, OUTSIDER)) != CHAT


async def test_the_room_of_a_case_is_not_left_for_a_message_that_seems_unencrypted(stage: Scene) -> None:
    gone = {**state("m.room.encryption", {}), "event_id": "$weg"}
    await stage.sync(join={ROOM: {"timeline": {"events": [gone, plain("$plat")]}}})
    assert not {"leave", "say_plain"} & set(await stage.queued())


async def test_the_room_of_a_case_is_not_left_when_it_seems_new_and_strange(stage: Scene) -> None:
    await left_and_joined(stage, ROOM, PARTNER, "@spook:elders.example")
    assert not {"leave", "say_plain"} & set(await stage.queued())


@pytest.mark.parametrize(
    "inviter",
    [
        pytest.param("@iemand:zvh.example", id="a stranger of our own server"),
        pytest.param("@voorzitter:elders.example", id="a namesake from elsewhere"),
    ],
)
async def test_an_invitation_from_whom_nobody_knows_is_declined(stage: Scene, inviter: str) -> None:
    invite = state("m.room.member", {"membership": "invite"}, key=BOT, sender=inviter)
    await stage.sync(invite={"!val:zvh.example": {"invite_state": {"events": [invite]}}})
    assert await stage.queued() == ["leave"]


async def test_a_made_up_departure_takes_a_seat_and_gives_none(stage: Scene) -> None:
    await stage.bot.database.write(lambda t: a_case(t, "Z-2026-015", "!twee:zvh.example", CHAIR))
    gone = {**state("m.room.member", {"membership": "leave"}, key=PARTNER), "event_id": "$weg"}
    back = {
        **state("m.room.member", {"membership": "join"}, key=PARTNER, sender=PARTNER),
        "event_id": "$terug",
    }
    await stage.sync(join={ROOM: {"timeline": {"events": [gone, back]}}})
    assert PARTNER not in await stage.bot.database.read(lambda t: t.audience(ROOM))
