"""How what leaves the bot (`bot.core.effects.Outgoing`) is written into an outbox row, and read back."""

from __future__ import annotations

import json
from dataclasses import asdict, astuple
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from bot.core.effects import (
    Certify,
    EndPoll,
    FileKind,
    Invite,
    Join,
    Leave,
    Loudness,
    OpenCaseRoom,
    OpenDirect,
    OpenHandoverRoom,
    Outgoing,
    React,
    Redact,
    Remove,
    Restore,
    Say,
    SayPlain,
    SendAudit,
    SendFile,
    SendLetter,
    SendPoll,
    SendWeeks,
    TakeAllBack,
    ToCase,
    ToHandover,
    ToPerson,
    ToRoom,
    Vouch,
    Week,
)
from bot.core.permissions import Right
from bot.core.text import Language, Message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.core.effects import Address

KINDS: Mapping[str, type[Outgoing]] = {
    "say": Say,
    "send_file": SendFile,
    "send_letter": SendLetter,
    "send_weeks": SendWeeks,
    "send_audit": SendAudit,
    "send_poll": SendPoll,
    "end_poll": EndPoll,
    "redact": Redact,
    "take_all_back": TakeAllBack,
    "certify": Certify,
    "open_case_room": OpenCaseRoom,
    "open_direct": OpenDirect,
    "open_handover_room": OpenHandoverRoom,
    "invite": Invite,
    "remove": Remove,
    "join": Join,
    "leave": Leave,
    "react": React,
    "say_plain": SayPlain,
    "restore": Restore,
    "vouch": Vouch,
}
NAMES = {kind: name for name, kind in KINDS.items()}
ROOM_MAKERS = frozenset({"open_case_room", "open_direct", "open_handover_room"})
"""Kinds that need no room, because they make it."""

MESSAGES = frozenset(KINDS) - {
    *ROOM_MAKERS,
    "invite",
    "remove",
    "join",
    "restore",
    "redact",
    "vouch",
}
"""Kinds that keep their order within a room. Leaving is one: it comes after what is said last; so is what is done with
the room of a destroyed case."""

ADDRESSES: Mapping[str, type[Address]] = {
    "room": ToRoom,
    "case": ToCase,
    "person": ToPerson,
    "handover": ToHandover,
}
_ADDRESS_NAMES = {kind: name for name, kind in ADDRESSES.items()}


def address_of(outgoing: Outgoing) -> tuple[str, str]:
    """Kind and value of where it goes."""
    to: Address
    match outgoing:
        case Say(to=to) | SendFile(to=to) | SendWeeks(to=to) | SendPoll(to=to) | EndPoll(to=to):
            pass
        case Invite(to=to) | Remove(to=to) | SendLetter(to=to) | SendAudit(to=to):
            pass
        case OpenCaseRoom(ref):
            to = ToCase(ref)
        case OpenHandoverRoom(id_):
            to = ToHandover(id_)
        case OpenDirect(user_id):
            to = ToPerson(user_id)
        case (
            Join(room_id)
            | Leave(room_id)
            | React(room_id=room_id)
            | Redact(room_id=room_id)
            | SayPlain(room_id=room_id)
            | Restore(room_id=room_id)
            | Vouch(room_id=room_id)
            | TakeAllBack(room_id=room_id)
            | Certify(room_id=room_id)
        ):
            to = ToRoom(room_id)
    [value] = astuple(to)
    return _ADDRESS_NAMES[type(to)], value


def dump(outgoing: Outgoing) -> str:
    """Everything but the address, as JSON."""
    content = asdict(outgoing)
    content.pop("to", None)
    return json.dumps(content, default=lambda moment: moment.isoformat())


def _message(found: Mapping[str, Any]) -> Message:
    links = tuple((words, address) for words, address in found["links"])
    return Message(tuple(found["lines"]), found["headed"], links)


def _weeks(found: list[Mapping[str, Any]]) -> tuple[Week, ...]:
    return tuple(Week(**{**week, "day": date.fromisoformat(week["day"])}) for week in found)


def _same(value: Any) -> Any:
    return value


_READ: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("mentions", "about", "options", "rooms"), tuple),
    "message": _message,
    "weeks": _weeks,
    "loudness": Loudness,
    "language": Language,
    "right": Right,
    "on": date.fromisoformat,
    "since": datetime.fromisoformat,
}
"""Fields that JSON does not give back as they were; a name means the same in every type."""


def load(kind: str, address_kind: str, address: str, content: str) -> Outgoing:
    fields = json.loads(content)
    outgoing = KINDS[kind]
    fields = {name: _READ.get(name, _same)(value) for name, value in fields.items()}
    if outgoing is SendFile:
        fields["kind"] = FileKind(fields["kind"])
    if "to" in outgoing.__dataclass_fields__:
        fields["to"] = ADDRESSES[address_kind](address)
    return outgoing(**fields)


def txn_id(outgoing: Outgoing, source: str, step: int) -> str:
    """The transaction id: the same for the same thing said, whoever asks and however often.

    It comes from the message's own key, or from the event (`source`) and the place among what that event
    caused. Hashed, because the homeserver sees it and a key may name a person.
    """
    if isinstance(outgoing, Say | SendPoll) and outgoing.key is not None:
        return key_id(outgoing.key)
    return _hashed(f"step:{step}:{source}")


def key_id(key: str) -> str:
    """The transaction id of a message with a key of its own."""
    return _hashed(f"key:{key}")


def _hashed(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:32]
