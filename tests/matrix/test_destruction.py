"""What follows the second word, against a homeserver that goes wrong: rooms emptied, certificates once, nothing stuck."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.effects import Destroyed, Effects
from bot.core.records.people import Person, Pin, PinState
from bot.data import ledger
from bot.store.carrying import carry_out
from tests.matrix.fake import BOT, CHAIR, NOW, OURS, PARTNER, REGION, Answer, Fault, a_case, bot_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.store.transaction import Transaction
    from tests.matrix.fake import Bot, FakeHomeserver

REF, ROOM = "Z-2026-014", "!overleg:zvh.example"
COORDINATOR, UNCOMPARED = "@coordinator:zvh.example", "@nieuw:zvh.example"
FORBIDDEN = Answer(403, {"errcode": "M_FORBIDDEN"})


@dataclass
class Place:
    """A bot with a case that two people just destroyed; nothing of what follows has been tried."""

    bot: Bot
    server: FakeHomeserver
    folder: Path

    async def sent(self, times: int = 6) -> list[tuple[str, str]]:
        """Send what waits, with all pauses over; kind and state of what concerns the destruction."""
        for _ in range(times):
            pause = await self.bot.outbox.send_waiting()
            if pause is None:
                break
            self.bot.clock.forward(timedelta(seconds=pause + 1))
        rows = await self.bot.database.read(lambda t: t.rows("SELECT kind, state FROM outbox ORDER BY seq"))
        return [(kind, state) for kind, state in rows]

    def redacted(self) -> list[tuple[str, str]]:
        """Event and transaction id of every redaction that was asked for."""
        return [(call.path[3], call.path[4]) for call in self.server.calls_to("redact")]

    async def told(self) -> list[str]:
        rows = await self.bot.database.read(lambda t: t.rows("SELECT address FROM outbox WHERE kind = 'say'"))
        return [address for (address,) in rows]


def event(number: int, **changes: Any) -> dict[str, Any]:
    content = {"algorithm": "m.megolm.v1.aes-sha2"}
    return {
        "event_id": f"$e{number}",
        "type": "m.room.encrypted",
        "sender": BOT,
        "content": content,
        **changes,
    }


@pytest.fixture
async def place(server: FakeHomeserver, tmp_path: Path) -> AsyncIterator[Place]:
    async def work(t: Transaction) -> None:
        await a_case(t, REF, ROOM, CHAIR, PARTNER)
        for user, state in ((COORDINATOR, PinState.VERIFIED), (UNCOMPARED, PinState.FIRST_USE)):
            await t.keep(Person(user, direct_room=f"!{user[1:6]}:x"))
            await t.keep(Pin(user, "key", NOW, state))
        gone = Effects(destroyed=(Destroyed(REF),))
        await carry_out(t, gone, actor=CHAIR, at=NOW, source="$word")

    region = replace(REGION, coordinators=frozenset({COORDINATOR, UNCOMPARED}))
    async with bot_on(server.url, tmp_path, region) as bot:
        await bot.database.write(work)
        server.rooms[ROOM] = {}
        server.pages = {
            "": {"chunk": [event(4), event(3, sender=CHAIR)], "end": "older"},
            "older": {
                "chunk": [
                    event(2, type="m.room.name", state_key=""),
                    event(1, content={}),
                    event(0, type="m.reaction"),
                ]
            },
        }
        yield Place(bot, server, tmp_path / "backups")


async def test_every_message_of_ours_is_taken_back_however_old_and_nothing_else(place: Place) -> None:
    await place.sent()
    assert [event_id for event_id, _ in place.redacted()] == ["$e4", "$e0"]
    [gone] = await place.bot.database.read(lambda t: t.destructions())
    assert (gone.taken_back, gone.refused) == (3, 0)
    assert len(place.server.calls_to("leave")) == 1


async def test_what_the_homeserver_keeps_is_told_honestly(place: Place) -> None:
    place.server.plan["redact"] = [FORBIDDEN]
    await place.sent()
    [gone] = await place.bot.database.read(lambda t: t.destructions())
    assert (gone.taken_back, gone.refused) == (2, 1)
    [content] = await place.bot.database.read(
        lambda t: t.rows("SELECT content FROM outbox WHERE kind = 'say'")
    )
    assert "1 kon ik niet terughalen" in content[0]


@pytest.mark.parametrize(
    "trouble",
    [Answer(500), Answer(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 10}), Fault.DROP],
    ids=["an error", "too fast", "no answer"],
)
async def test_a_try_that_fails_is_made_good_under_the_same_ids(
    place: Place, trouble: Answer | Fault
) -> None:
    place.server.plan["redact"] = [trouble]
    await place.sent()
    ids: dict[str, set[str]] = {}
    for event_id, txn_id in place.redacted():
        ids.setdefault(event_id, set()).add(txn_id)
    assert {event_id: len(found) for event_id, found in ids.items()} == {"$e4": 1, "$e0": 1}
    assert len(ledger.read(place.folder)) == 1


async def test_a_room_that_the_bot_is_not_in_holds_up_no_certificate(place: Place) -> None:
    place.server.rooms.clear()
    place.server.plan["leave"] = [FORBIDDEN]
    await place.sent()
    assert place.redacted() == []
    assert len(ledger.read(place.folder)) == 1


async def test_only_who_was_compared_gets_the_certificate(place: Place) -> None:
    await place.sent()
    assert await place.told() == [COORDINATOR]


async def test_a_ledger_that_cannot_be_written_is_tried_again_and_nobody_is_told_before(place: Place) -> None:
    place.folder.write_text("in the way")
    assert ("certify", "waiting") in await place.sent(times=2)
    assert await place.told() == []
    place.folder.unlink()
    assert ("certify", "sent") in await place.sent()
    [line] = ledger.read(place.folder)
    [gone] = await place.bot.database.read(lambda t: t.destructions())
    assert line.text == gone.certificate
    assert await place.told() == [COORDINATOR]


async def test_a_certificate_that_is_asked_for_twice_is_made_once(place: Place) -> None:
    await place.sent()
    await place.bot.registrar.certify(1, ROOM)
    assert len(ledger.read(place.folder)) == 1
    assert await place.told() == [COORDINATOR]


async def test_a_line_that_a_power_cut_broke_off_is_written_anew(place: Place) -> None:
    place.folder.mkdir()
    (place.folder / ledger.NAME).write_text('{"case": "half')
    await place.sent()
    ledger.check(ledger.read(place.folder), OURS)
