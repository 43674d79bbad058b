"""Who comes into a room and what happens to the room: invitations, arrivals, departures, changed settings.

None of it is encrypted, so the homeserver can make it up. It may take a right away, never give one (rule 8).
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.dates.calendar import AMSTERDAM
from bot.core.effects import Effects, Join, Leave, Logged, Restore, Say, SayPlain, ToPerson, ToRoom
from bot.core.records.cases import Function
from bot.core.text import Language, Message, Text
from bot.matrix.rooms import WATCHED, Room, restored
from commands.actions.overview import for_latecomer

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.core.casefile import CaseFile
    from bot.core.region import Region
    from bot.store.mailbox import InboxRow
    from bot.store.transaction import Transaction
    from bot.store.values import StateEvent

log = logging.getLogger(__name__)

ONLY_ENCRYPTED = (
    "Ik werk alleen in ruimtes met versleuteling aan. Ik ga nu weg. "
    "Vraag de coördinator om een ruimte: die maak ik zelf."
)
LEFT = Text(
    "{label} hoort niet meer bij deze ruimte. Open acties blijven staan; wijs ze zo nodig toe aan een ander.",
    "{label} is no longer in this room. Open actions stay; give them to somebody else where needed.",
)
APPEARED = Text(
    "{user} staat in deze ruimte zonder dat een voorzitter of coördinator dat vroeg. Ik geef dit account geen "
    "sleutels en geen antwoord. Hoort het erbij? !deelnemer {user} <rol>. Zo niet: meld het de beheerder.",
    "{user} is in this room without the word of a chair or coordinator. I give this account no keys and no "
    "answers. Does it belong here? !participant {user} <role>. If not, tell the operator.",
)
WEAKENED = Text(
    "De beveiliging van ruimte {ref} is veranderd ({what}). Ik probeer dit te herstellen. Tot dan zeg ik daar niets.",
    "The protection of room {ref} was changed ({what}). I am trying to restore it. Until then I say nothing there.",
)


class Doorkeeper:
    """Handles state events; pure but for the rows that it reads."""

    def __init__(self, region: Region, clock: Clock, user_id: str) -> None:
        self._region = region
        self._clock = clock
        self._user_id = user_id

    async def member(self, transaction: Transaction, row: InboxRow) -> Effects:
        """Somebody was invited, came or went."""
        content = row.event.get("content")
        membership = content.get("membership") if isinstance(content, dict) else None
        user_id = str(row.event.get("state_key"))
        if user_id == self._user_id:
            if membership == "invite":
                return await self._invited(transaction, row)
            return await self._arrived(transaction, row) if membership == "join" else Effects()
        case = await transaction.case_of_room(row.room_id)
        if membership == "join":
            await transaction.release(row.room_id)
            if await transaction.direct_room_owner(row.room_id) == user_id:
                return await _reached(transaction, user_id)
            if case is not None and case.seat_of(user_id) is not None and _came_in(row):
                now = self._clock.now().astimezone(AMSTERDAM)
                return for_latecomer(case, user_id, event_id=row.event_id, now=now)
            return _appeared(case, row.room_id, user_id)
        if membership in {"leave", "ban"} and case is not None:
            return self._left(case, row.room_id, user_id)
        return Effects()

    async def setting(self, transaction: Transaction, row: InboxRow) -> Effects:
        """A setting of a room changed. In a room of ours a weaker one is put back and told to the chair."""
        kind = str(row.event["type"])
        state = await transaction.state_of(row.room_id)
        await transaction.release(row.room_id)
        case = await transaction.case_of_room(row.room_id)
        ours = case is not None or self._made(state)
        if not ours or restored(kind, row.event.get("content"), self._user_id) is None:
            return Effects()
        log.error("the protection of a room was weakened: %s", kind)
        told = [p.user_id for p in case.with_function(Function.CHAIR)] if case else []
        about = (case.ref,) if case else ()
        words = WEAKENED(Language.NL, ref=case.ref if case else "van ons gesprek", what=WATCHED[kind])
        return Effects(
            send=(
                Restore(row.room_id, kind),
                *(
                    Say(ToPerson(user), Message.of(words), key=f"weak:{row.event_id}:{user}", about=about)
                    for user in told
                ),
            ),
            log=(Logged("room.weakened", case.ref if case else None, kind),),
        )

    async def plain(self, transaction: Transaction, row: InboxRow) -> Effects:
        """A message without encryption: nothing to act on; a room without encryption is left."""
        state = await transaction.state_of(row.room_id)
        if row.room_id in await transaction.bound_rooms() or self._made(state):
            return Effects()  # nobody could bring us back
        return Effects() if Room.of(row.room_id, state).encrypted else _leave_plain(row.room_id)

    def _made(self, state: tuple[StateEvent, ...]) -> bool:
        return any(event.type == "m.room.create" and event.sender == self._user_id for event in state)

    async def _invited(self, transaction: Transaction, row: InboxRow) -> Effects:
        sender = str(row.event.get("sender"))
        if self._region.neighbour_of(sender):
            # It takes letters only; nothing in that room is ever a command of ours.
            return Effects(send=(Join(row.room_id),), log=(Logged("invite.accepted", None, sender),))
        known = sender in self._region.coordinators or await transaction.person(sender) is not None
        allowed = known and sender.partition(":")[2] in self._region.servers
        log.info("invitation %s", "accepted" if allowed else "declined")
        step = Join(row.room_id) if allowed else Leave(row.room_id)
        event = "invite.accepted" if allowed else "invite.declined"
        return Effects(send=(step,), log=(Logged(event, None, sender),))

    async def _arrived(self, transaction: Transaction, row: InboxRow) -> Effects:
        """A room we are in for the first time: our own, somebody's direct chat, or no place for us."""
        state = await transaction.state_of(row.room_id)
        if self._made(state) or row.room_id in await transaction.bound_rooms():
            await transaction.release(row.room_id)
            return Effects()
        room = Room.of(row.room_id, state)
        if not room.encrypted:
            return _leave_plain(row.room_id)
        if any(self._region.neighbour_of(event.sender) for event in state if event.type == "m.room.create"):
            return Effects()
        others = room.joined - {self._user_id}
        person = await transaction.person(next(iter(others))) if len(others) == 1 else None
        if person is None:
            return Effects(send=(Leave(row.room_id),), log=(Logged("room.left", None, row.room_id),))
        return Effects(keep=(replace(person, direct_room=row.room_id),))

    def _left(self, case: CaseFile, room_id: str, user_id: str) -> Effects:
        seat = case.seat_of(user_id)
        if seat is None:
            return Effects()
        words = LEFT(Language.NL, label=seat.label)
        return Effects(
            keep=(replace(seat, left_at=self._clock.now()),),
            send=(Say(ToRoom(room_id), Message.of(words)),),
            log=(Logged("participant.left", case.ref, user_id),),
        )


def _came_in(row: InboxRow) -> bool:
    """Whether somebody joined, and did not only change their name or picture."""
    match row.event.get("unsigned"):
        case {"prev_content": {"membership": "join"}}:
            return False
        case _:
            return True


async def _reached(transaction: Transaction, user_id: str) -> Effects:
    """Somebody is in their direct chat now: the digest no longer lists them as out of reach."""
    seats = [file.seat_of(user_id) for file in await transaction.cases(of=user_id)]
    return Effects(keep=tuple(replace(seat, unreached=None) for seat in seats if seat and seat.unreached))


def _appeared(case: CaseFile | None, room_id: str, user_id: str) -> Effects:
    """Somebody in a case room whom nobody asked in: announced once, and given nothing."""
    if case is None or case.seat_of(user_id) is not None:
        return Effects()
    words = Message.of(APPEARED(Language.NL, user=user_id))
    return Effects(
        send=(Say(ToRoom(room_id), words, key=f"appeared:{room_id}:{user_id}"),),
        log=(Logged("member.unconfirmed", case.ref, user_id),),
    )


def _leave_plain(room_id: str) -> Effects:
    return Effects(
        send=(SayPlain(room_id, ONLY_ENCRYPTED), Leave(room_id)),
        log=(Logged("room.unencrypted", None, room_id),),
    )
