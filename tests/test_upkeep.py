from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import vodozemac
from nio.crypto import InboundGroupSession

from bot.matrix.crypto import Crypto, Machine, Undecryptable
from bot.matrix.keystore import CipherStore
from bot.running import upkeep
from bot.store.database import Database

if TYPE_CHECKING:
    from pathlib import Path

ROOM = "!room:zvh.example"
SENDER_KEY = "c" * 43
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


def arrived(crypto: Crypto) -> dict[str, object]:
    """A room key comes in; an event under it."""
    sender = vodozemac.GroupSession()
    session = InboundGroupSession(sender.session_key.to_base64(), "e" * 43, SENDER_KEY, ROOM)
    crypto.machine.inbound_group_store.add(session)
    crypto.machine.save_inbound_group_session(session)
    sealed = sender.encrypt(b'{"type": "m.room.message", "room_id": "%s", "content": {}}' % ROOM.encode())
    content = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "session_id": session.id,
        "sender_key": SENDER_KEY,
        "ciphertext": sealed.to_base64(),
    }
    return {"type": "m.room.encrypted", "content": content}


async def test_a_key_goes_after_its_week_from_disk_and_memory_and_a_younger_one_stays(tmp_path: Path) -> None:
    store = CipherStore(bytes(32), "@casusbot:zvh.example", "BOT", tmp_path, create=True)
    crypto = Crypto(Machine("@casusbot:zvh.example", "BOT", store))
    async with await Database.open(tmp_path / "casusbot.db", bytes(32), create=True) as database:
        old = arrived(crypto)
        for day in range(8):
            await upkeep.tidy(database, crypto, WEEK, START + timedelta(days=day))
            assert crypto.open(ROOM, old)
            if day == 3:
                young = arrived(crypto)
        await upkeep.tidy(database, crypto, WEEK, START + timedelta(days=8))
    with pytest.raises(Undecryptable):
        crypto.open(ROOM, old)
    assert crypto.open(ROOM, young)
    reopened = Crypto(Machine("@casusbot:zvh.example", "BOT", store))
    with pytest.raises(Undecryptable):
        reopened.open(ROOM, old)
    store.close()
