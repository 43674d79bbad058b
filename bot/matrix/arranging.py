"""Rooms made and changed: creation, invitations, removals, settings put back, messages taken back.

Each of these may be done twice, and none waits for another: what makes a room safe again must not stand behind a
message that cannot be said while it is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from bot.core.effects import (
    Certify,
    Invite,
    Join,
    Leave,
    OpenCaseRoom,
    OpenDirect,
    OpenHandoverRoom,
    Redact,
    Remove,
    Restore,
    TakeAllBack,
    Vouch,
)
from bot.matrix.clearing import taken_back
from bot.matrix.homeserver import LoggedOut, Refused, Unreachable, segment
from bot.matrix.rooms import KEY_FIELD, creation, restored

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.matrix.homeserver import Homeserver
    from bot.store.database import Database
    from bot.store.mailbox import OutboxRow


class NotReady(Exception):
    """What this needs is not there yet; the row waits."""


class Describing(Protocol):
    """State that tells clients what can be typed in a room: it goes with the room, for afterwards it meets every limit."""

    def __call__(self, *, direct: bool) -> list[dict[str, Any]]: ...


class Destroying(Protocol):
    """What a destruction needs beside the homeserver; see `bot.running.registrar.Registrar`."""

    async def erase(self, room_id: str) -> None: ...

    async def taken_back(self, number: int, *, gone: int, refused: int) -> None: ...

    async def certify(self, number: int, room_id: str) -> None: ...


class Arranger:
    """Carries out the rows that are no messages."""

    def __init__(
        self,
        homeserver: Homeserver,
        database: Database,
        *,
        user_id: str,
        describe: Describing,
        vouch: Callable[[Vouch], Awaitable[None]],
        destroying: Destroying,
    ) -> None:
        self._homeserver = homeserver
        self._database = database
        self._user_id = user_id
        self._describe = describe
        self._vouch = vouch
        self._destroying = destroying

    async def arrange(self, row: OutboxRow) -> None:
        match row.outgoing:
            case OpenCaseRoom(ref):
                if row.room_id is None:
                    room_id = await self._open(
                        row, creation(ref, row.txn_id, state=self._describe(direct=False))
                    )
                    await self._database.write(lambda t: t.bind_case(ref, room_id))
            case OpenHandoverRoom(id_, ref):
                if row.room_id is None:
                    room_id = await self._open(row, creation(f"{ref} overdracht", row.txn_id))
                    await self._database.write(lambda t: t.bind_handover(id_, room_id))
            case OpenDirect(user_id):
                await self._open_direct(row, user_id)
            case Invite(_, user_id):
                await self._membership(resolved(row), "invite", user_id)
            case Remove(_, user_id):
                await self._membership(resolved(row), "kick", user_id)
            case Restore(room_id, kind):
                await self._restore(room_id, kind)
            case Vouch() as word:
                await self._vouch(word)
            case _:
                await self._ask(row)

    async def _ask(self, row: OutboxRow) -> None:
        """What is one request to the homeserver, or belongs to a destruction."""
        match row.outgoing:
            case Redact(room_id, event_id):
                await self._homeserver.put(
                    f"/v3/rooms/{segment(room_id)}/redact/{segment(event_id)}/{segment(row.txn_id)}", {}
                )
            case TakeAllBack() | Certify() as step:
                await self._destroy(row, step)
            case Join(room_id):
                await self._homeserver.post(f"/v3/join/{segment(room_id)}", {})
            case Leave(room_id):
                await self._leave(room_id)

    async def _destroy(self, row: OutboxRow, step: TakeAllBack | Certify) -> None:
        match step:
            case TakeAllBack(_, rooms, number):
                gone = refused = 0
                for room_id in rooms:
                    await self._destroying.erase(room_id)
                    found = await taken_back(self._homeserver, room_id, self._user_id, row.txn_id)
                    gone, refused = gone + found[0], refused + found[1]
                await self._destroying.taken_back(number, gone=gone, refused=refused)
                for room_id in rooms:  # once all is counted: what was left cannot be counted again
                    await self._leave(room_id)
            case Certify(room_id, number):
                await self._destroying.certify(number, room_id)

    async def _leave(self, room_id: str) -> None:
        await self._homeserver.post(f"/v3/rooms/{segment(room_id)}/leave", {})

    async def _open_direct(self, row: OutboxRow, user_id: str) -> None:
        """The invitation comes after the room is bound: one that fails inside `createRoom` leaves a room behind
        that nobody is ever asked into."""
        room_id = row.room_id
        if room_id is None:
            body = creation(None, row.txn_id, direct=True, state=self._describe(direct=True))
            room_id = await self._open(row, body)
            await self._database.write(lambda t: t.bind_direct(user_id, str(room_id)))
        if await self._member(room_id, user_id) not in {"join", "invite"}:
            # As state, because only so the invitation can say that this is a chat of two.
            path = f"/v3/rooms/{segment(room_id)}/state/m.room.member/{segment(user_id)}"
            await self._homeserver.put(path, {"membership": "invite", "is_direct": True})

    async def _restore(self, room_id: str, kind: str) -> None:
        state = await self._database.read(lambda t: t.state_of(room_id, kind))
        wanted = restored(kind, next((event.content for event in state), None), self._user_id)
        if wanted is not None:
            await self._homeserver.put(f"/v3/rooms/{segment(room_id)}/state/{kind}/", wanted)

    async def _membership(self, room_id: str, verb: str, user_id: str) -> None:
        member = await self._member(room_id, user_id)
        if (verb == "invite") == (member in {"join", "invite"}):
            return
        await self._homeserver.post(f"/v3/rooms/{segment(room_id)}/{verb}", {"user_id": user_id})

    async def _member(self, room_id: str, user_id: str) -> str:
        try:
            state = await self._homeserver.get(
                f"/v3/rooms/{segment(room_id)}/state/m.room.member/{segment(user_id)}"
            )
        except LoggedOut:
            raise
        except Refused:
            return "leave"
        return str(state.get("membership", "leave"))

    async def _open(self, row: OutboxRow, body: dict[str, Any]) -> str:
        """Create the room, unless an earlier try already did."""
        room_id = await self._room_with_key(row.txn_id) if row.tries else None
        if room_id is None:
            room_id = (await self._homeserver.post("/v3/createRoom", body)).get("room_id")
        bound = await self._database.read(lambda t: t.bound_rooms())
        if not isinstance(room_id, str) or room_id in bound:
            # A "new" room that another case or chat already has would mix their readers.
            raise Unreachable("no new room")
        return room_id

    async def _room_with_key(self, key: str) -> str | None:
        """A room that we made with this key, and that nothing belongs to yet."""
        joined = (await self._homeserver.get("/v3/joined_rooms")).get("joined_rooms")
        bound = await self._database.read(lambda t: t.bound_rooms())
        for room_id in joined if isinstance(joined, list) else []:
            if not isinstance(room_id, str) or room_id in bound:
                continue
            path = f"/v3/rooms/{segment(room_id)}/state/m.room.create/"
            event = await self._homeserver.get(path, format="event")
            match event:
                case {"sender": self._user_id, "content": {**content}} if content.get(KEY_FIELD) == key:
                    return room_id
        return None


def resolved(row: OutboxRow) -> str:
    """The room that the row is for. Raises NotReady while it is not made."""
    if row.room_id is None:
        raise NotReady
    return row.room_id
