"""Every message of ours in a room, taken back: also those of which the outbox forgot the id long ago.

What the homeserver removes is the content of the event, with the key of an attachment in it; the encrypted file
itself stays in its media store, where nobody can open it. No client may delete it (Client-Server API, "Redactions").
"""

from __future__ import annotations

import json
import logging
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from bot.matrix.homeserver import LoggedOut, Refused, segment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.matrix.homeserver import Homeserver

PAGE = 100


log = logging.getLogger(__name__)


async def taken_back(homeserver: Homeserver, room_id: str, user_id: str, txn_id: str) -> tuple[int, int]:
    """How many are gone, now or by an earlier try, and how many the homeserver keeps.

    A room that we are no longer in cannot be emptied, and must not keep others from it. Raises HomeserverFault when
    it must be tried again; what is gone by then stays gone.
    """
    joined = (await homeserver.get("/v3/joined_rooms")).get("joined_rooms")
    if not isinstance(joined, list) or room_id not in joined:
        log.error("a room of a destroyed case could not be emptied: the bot is not in it")
        return 0, 0
    gone = refused = 0
    async for event in _said(homeserver, room_id, user_id):
        if not event.get("content"):
            gone += 1
            continue
        # The same id at every try: it then counts once, whatever happened to the answer.
        own = sha256(f"{txn_id}:{event['event_id']}".encode()).hexdigest()[:32]
        path = f"/v3/rooms/{segment(room_id)}/redact/{segment(event['event_id'])}/{own}"
        try:
            await homeserver.put(path, {})
        except LoggedOut:
            raise
        except Refused:
            refused += 1
        else:
            gone += 1
    return gone, refused


async def _said(homeserver: Homeserver, room_id: str, user_id: str) -> AsyncIterator[Mapping[str, Any]]:
    """Our messages and reactions, from the newest back to the beginning of the room."""
    wanted = json.dumps({"senders": [user_id]})
    start: str | None = None
    while True:
        query = {"dir": "b", "limit": str(PAGE), "filter": wanted} | ({"from": start} if start else {})
        page = await homeserver.get(f"/v3/rooms/{segment(room_id)}/messages", **query)
        chunk = page.get("chunk")
        for event in chunk if isinstance(chunk, list) else []:
            if _is_ours(event, user_id):
                yield event
        following = page.get("end")
        if not isinstance(following, str) or following == start:
            return
        start = following


def _is_ours(event: Any, user_id: str) -> bool:
    """Whether this is something that we said; a setting of the room and a redaction are not."""
    match event:
        case {"state_key": _} | {"type": "m.room.redaction"}:
            return False
        case {"event_id": str(), "sender": sender, "content": dict()}:
            return bool(sender == user_id)
        case _:
            return False
