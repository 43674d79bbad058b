"""The way in: what the homeserver delivers, stored as it came, exactly once.

One transaction takes the sync token and the events of that sync, still encrypted; only then does the next
sync ask on. Room keys are in the key store by then. A crash anywhere makes the homeserver deliver the same
again, and what is already here is recognised by its event id (rule 1 of the design).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from typing import TYPE_CHECKING, Any

from bot.matrix.homeserver import LoggedOut, Refused, Unreachable, segment
from bot.matrix.rooms import WATCHED
from bot.matrix.sas import EVENT_TYPES as VERIFICATION_STEPS
from bot.store.values import StateEvent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from datetime import datetime

    from bot.matrix.crypto import Crypto
    from bot.matrix.homeserver import Homeserver
    from bot.matrix.keyring import Keyring
    from bot.store.database import Database
    from bot.store.transaction import Transaction

log = logging.getLogger(__name__)

LONG_POLL = 30.0
GRACE = 15.0
"""Seconds after which a sync that should have answered is given up."""
PAGE = 100
PAGES_AT_MOST = 200
GAP_TRIES = 5
LONGEST_ID = 255
DEEPEST = 50
"""Levels of nesting in an event; no event of ours has more than eight."""
KEPT_TYPES = frozenset(
    {
        "m.room.encrypted",
        "m.room.message",
        "m.room.member",
        "m.room.redaction",
        *WATCHED,
        *VERIFICATION_STEPS,
    }
)
STATE_TYPES = frozenset({"m.room.create", "m.room.member", *WATCHED})
"""Room state that is kept; topics, names and everything else are not our business (rules 6 and 10)."""
FILTER = json.dumps(
    {
        "presence": {"types": []},
        "account_data": {"types": []},
        "room": {
            "timeline": {"limit": PAGE},
            "ephemeral": {"types": []},
            "account_data": {"types": []},
        },
    }
)


class Inbox:
    """Takes in what one sync brings."""

    def __init__(
        self,
        homeserver: Homeserver,
        crypto: Crypto,
        keyring: Keyring,
        database: Database,
        *,
        user_id: str,
        new_id: Callable[[], str],
        now: Callable[[], datetime],
        to_device: Callable[[Mapping[str, Any]], Awaitable[None]] | None = None,
    ) -> None:
        """`to_device` is handed every to-device event, once what came with it is stored."""
        self._homeserver = homeserver
        self._crypto = crypto
        self._keyring = keyring
        self._database = database
        self._user_id = user_id
        self._new_id = new_id
        self._now = now
        self._to_device = to_device
        self._gaps_failed: Counter[str] = Counter()
        self.own_devices_changed = False
        """Set when the homeserver says that our own devices or identity changed; whoever looks resets it."""
        self.arrived = asyncio.Event()
        """Set when there may be something to handle."""

    async def sync(self, *, wait: float = LONG_POLL) -> None:
        """One sync: ask, take in, answer what the keys need. Raises HomeserverFault; nothing is lost then."""
        since = await self._database.read(lambda t: t.sync_token())
        query = {"timeout": str(int(wait * 1000 if since else 0)), "filter": FILTER}
        if since:
            query["since"] = since
        answer = await self._homeserver.request("GET", "/v3/sync", query=query, timeout=wait + GRACE)
        token = answer.get("next_batch")
        if not isinstance(token, str):
            raise Unreachable("no next_batch")
        to_device = self._take_keys(answer)
        rooms = await self._database.read(lambda t: t.known_rooms())
        intake = Intake(self._user_id, self._new_id, first=since is None)
        for room_id, room in _objects(_part(answer, "rooms"), "join"):
            known = room_id in rooms
            gap = await self._gap(room_id, room, since) if known and since else []
            forked = known and bool(_events(_part(room, "state")))
            intake.joined(
                room_id, room, gap, known=known, members=await self._members(room_id) if forked else ()
            )
        for room_id, room in _objects(_part(answer, "rooms"), "invite"):
            intake.invited(room_id, room)
        for room_id, _ in _objects(_part(answer, "rooms"), "leave"):
            intake.left(room_id)
        intake.devices_changed(_strings(_part(answer, "device_lists").get("changed")))
        new_keys = self._crypto.taken_sessions()
        await self._database.write(lambda t: intake.store(t, token, self._now(), sessions=new_keys))
        self.arrived.set()
        if self._to_device is not None:
            for event in to_device:
                await self._to_device(event)
        await self._keyring.upload()
        await self._keyring.mend()

    def _take_keys(self, answer: Mapping[str, Any]) -> list[dict[str, Any]]:
        events = _part(answer, "to_device").get("events")
        taken = [event for event in events if isinstance(event, dict)] if isinstance(events, list) else []
        for event in taken:
            self._crypto.receive(event)
        lists = _part(answer, "device_lists")
        changed = _strings(lists.get("changed"))
        self.own_devices_changed |= self._user_id in changed
        self._keyring.outdated(changed + _strings(lists.get("left")))
        counts = answer.get("device_one_time_keys_count")
        fallback = answer.get("device_unused_fallback_key_types")
        self._crypto.note_counts(
            counts if isinstance(counts, dict) else None, _strings(fallback) if fallback is not None else None
        )
        return taken

    async def _members(self, room_id: str) -> list[dict[str, Any]]:
        """Who is in the room now. When servers spoke at the same time the state that a sync shows may be that of one
        branch, before a join that an earlier sync told of; what holds in the end is only said on request (MSC4222)."""
        try:
            return _events(await self._homeserver.get(f"/v3/rooms/{segment(room_id)}/members"), "chunk")
        except LoggedOut:
            raise
        except Refused:
            return []  # we left it meanwhile

    async def _gap(self, room_id: str, room: Mapping[str, Any], since: str) -> list[dict[str, Any]]:
        """The events between our token and a timeline that the homeserver cut short, oldest first."""
        timeline = _part(room, "timeline")
        start = timeline.get("prev_batch")
        if timeline.get("limited") is not True or not isinstance(start, str):
            return []
        found: list[dict[str, Any]] = []
        for _ in range(PAGES_AT_MOST):
            try:
                page = await self._homeserver.get(
                    f"/v3/rooms/{segment(room_id)}/messages",
                    **{"from": start, "to": since, "dir": "b", "limit": str(PAGE)},
                )
            except LoggedOut:
                raise
            except (Refused, Unreachable) as fault:
                # One room must not hold up all others for ever: after some tries we go on without its past.
                self._gaps_failed[room_id] += 1
                if isinstance(fault, Unreachable) and self._gaps_failed[room_id] < GAP_TRIES:
                    raise
                log.error("the past of a room could not be read: events may be lost")  # noqa: TRY400
                break
            # A page may be empty with more behind it: what we may not see was filtered out.
            found.extend(_events(page, "chunk"))
            following = page.get("end")
            if not isinstance(following, str) or following == start:
                break
            start = following
        else:
            log.error("gap in a room was longer than %d events; the oldest are lost", PAGE * PAGES_AT_MOST)
        self._gaps_failed.pop(room_id, None)
        found.reverse()
        return found


class Intake:
    """What one sync means for the store: state that changed and events to handle, in order."""

    def __init__(self, user_id: str, new_id: Callable[[], str], *, first: bool) -> None:
        self._user_id = user_id
        self._new_id = new_id
        self._first = first
        self._state: list[tuple[str, StateEvent]] = []
        self._events: list[tuple[str, dict[str, Any]]] = []
        self._left: list[str] = []
        self._devices_changed: list[str] = []

    def joined(
        self,
        room_id: str,
        room: Mapping[str, Any],
        gap: Iterable[dict[str, Any]],
        *,
        known: bool,
        members: Iterable[dict[str, Any]] = (),
    ) -> None:
        # The state block holds after the gap and before the timeline; the members that were asked for hold now.
        past, recent = list(gap), _events(_part(room, "timeline"))
        for event in (*past, *_events(_part(room, "state")), *recent, *members):
            self._note_state(room_id, event)
        timeline = [*past, *recent]
        if not known:
            # Before our own coming nothing was said to us. At the very first sync all of it is history.
            timeline = [] if self._first else _from_own_join(timeline, self._user_id)
            arrival = {
                "type": "m.room.member",
                "state_key": self._user_id,
                "sender": self._user_id,
                "content": {"membership": "join"},
                "event_id": f"arrival:{self._new_id()}",
            }
            self._events.append((room_id, arrival))
        for event in timeline:
            self._keep(room_id, event)

    def invited(self, room_id: str, room: Mapping[str, Any]) -> None:
        for event in _events(_part(room, "invite_state")):
            mine = event.get("type") == "m.room.member" and event.get("state_key") == self._user_id
            if mine and _is_user(event.get("sender")):
                self._events.append((room_id, {**event, "event_id": f"invite:{self._new_id()}"}))

    def left(self, room_id: str) -> None:
        self._left.append(room_id)

    def devices_changed(self, users: Iterable[str]) -> None:
        self._devices_changed.extend(users)

    async def store(
        self, transaction: Transaction, token: str, at: datetime, *, sessions: Iterable[str] = ()
    ) -> None:
        """Keep all of it. Events of `sessions`, whose keys came just now, are looked at again."""
        for room_id in self._left:
            await transaction.forget_room(room_id)
        for room_id, event in self._state:
            await transaction.put_state(room_id, event.type, event.state_key, event.sender, event.content)
        await transaction.receive(self._events, token, at)
        await transaction.retry_sessions(sessions)
        for user_id in self._devices_changed:
            await transaction.release_person(user_id)
            await transaction.retry_sender(user_id)

    def _note_state(self, room_id: str, event: Mapping[str, Any]) -> None:
        match event:
            case {"type": str(kind), "state_key": str(key), "sender": str(sender), "content": dict(content)}:
                if kind == "m.room.member":
                    content = {"membership": content.get("membership")}  # no display names
                if kind in STATE_TYPES:
                    self._state.append((room_id, StateEvent(kind, key, sender, content)))
            case _:
                pass

    def _keep(self, room_id: str, event: dict[str, Any]) -> None:
        """Keep what may have to be handled; everything else is not stored at all (rule 6)."""
        event_id, kind, sender = event.get("event_id"), event.get("type"), event.get("sender")
        if not isinstance(event_id, str) or not _is_user(sender):
            return
        if not isinstance(kind, str) or kind not in KEPT_TYPES:
            return
        is_state = kind == "m.room.member" or kind in WATCHED
        if is_state != ("state_key" in event) or (sender == self._user_id and kind not in WATCHED):
            return
        if kind == "m.room.member" and not _is_membership(event):
            return
        self._events.append((room_id, event))


def _from_own_join(timeline: list[dict[str, Any]], user_id: str) -> list[dict[str, Any]]:
    for index, event in enumerate(timeline):
        if event.get("type") == "m.room.member" and event.get("state_key") == user_id:
            return timeline[index + 1 :]
    return timeline


def _part(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = value.get(name)
    return part if isinstance(part, dict) else {}


def _objects(value: Mapping[str, Any], name: str) -> list[tuple[str, dict[str, Any]]]:
    return [(key, item) for key, item in _part(value, name).items() if isinstance(item, dict)]


def _events(value: Mapping[str, Any], name: str = "events") -> list[dict[str, Any]]:
    events = value.get(name)
    if not isinstance(events, list):
        return []
    return [event for event in events if isinstance(event, dict) and not _nests(event, DEEPEST)]


def _nests(value: object, levels: int) -> bool:
    """Whether this JSON goes deeper than `levels`: reading it back would end in a RecursionError."""
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_nests(item, levels - 1) for item in inner)


def _is_user(value: object) -> bool:
    """Whether this can be a user id; control characters would let it write lines of its own in our log."""
    return (
        isinstance(value, str)
        and len(value) <= LONGEST_ID
        and value.startswith("@")
        and ":" in value
        and value.isprintable()
    )


def _is_membership(event: Mapping[str, Any]) -> bool:
    membership = _part(event, "content").get("membership")
    return isinstance(membership, str) and _is_user(event.get("state_key"))


def _strings(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
