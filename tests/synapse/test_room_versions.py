"""Rooms of the version before last: the creator stands in the power levels, and room ids end with a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.matrix.homeserver import Refused, segment
from bot.matrix.rooms import Room
from tests.synapse.homeserver import Homeserver
from tests.synapse.world import World

if TYPE_CHECKING:
    from pathlib import Path


async def test_an_older_room_version_is_as_safe_and_as_useful(tmp_path: Path) -> None:
    with Homeserver(room_version="11") as homeserver:
        world = await World.build(homeserver, tmp_path, ("voorzitter",))
        try:
            world.start()
            room_id = await world.case_room("Z-2026-401", {"voorzitter": "voorzitter"})
            assert room_id.endswith(f":{homeserver.server_name}")
            chair = world.people["voorzitter"]
            answer = await world.ask("voorzitter", room_id, "!casus status")
            assert "Z-2026-401" in answer.body
            state = await chair.database.read(lambda t: t.state_of(room_id))
            assert Room.of(room_id, state, bot=world.bot_id).safe
            assert {event.sender for event in state if event.type == "m.room.create"} == {world.bot_id}
            path = f"/v3/rooms/{segment(room_id)}/state/m.room.join_rules/"
            with pytest.raises(Refused, match="M_FORBIDDEN"):
                await chair.homeserver.put(path, {"join_rule": "public"})
        finally:
            await world.close()
