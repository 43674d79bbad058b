"""One emoji verification, as a table of states: what the other side did, what we answer. No I/O, no clock.

The other side asks and starts, we answer: clients of people do so in every case, and a bot that asks nobody needs
no other role. Source: Client-Server API, "Short Authentication String (SAS) verification"; of what it allows
only the newest is offered: curve25519-hkdf-sha256 and hkdf-hmac-sha256.v2.

The homeserver carries every message and is not believed. What counts is that two people saw the same emoji:
then nobody stood between the two keys, and the MACs under their shared secret say whose identity it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum, StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from vodozemac import Curve25519PublicKey

from bot.matrix.canonical import JsonObject, canonical_json, encode_base64, is_public_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from vodozemac import EstablishedSas, Sas

PREFIX: Final = "m.key.verification."
METHOD: Final = "m.sas.v1"
KEY_AGREEMENT: Final = "curve25519-hkdf-sha256"
HASH: Final = "sha256"
MAC: Final = "hkdf-hmac-sha256.v2"
SHOWN: Final = ("emoji", "decimal")

TIME_LIMIT: Final = timedelta(minutes=10)
"""From request to end; what the specification gives a request."""
CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far in the future a request may claim to be."""


class State(StrEnum):
    READY = "ready"
    STARTED = "started"
    COMPARING = "comparing"
    """The emoji are on both screens; nobody has answered."""
    THEY_CONFIRMED = "they_confirmed"
    WE_CONFIRMED = "we_confirmed"
    VERIFIED = "verified"
    """Both confirmed and their MACs are right; they have yet to say the same of ours."""
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        return self in {State.DONE, State.CANCELLED}

    @property
    def ours_to_decide(self) -> bool:
        """It waits for somebody on our side who looks at the emoji."""
        return self in {State.COMPARING, State.THEY_CONFIRMED}


class Move(Enum):
    """What happens to a verification; the first five are event types of the other side, after `PREFIX`."""

    START = "start"
    KEY = "key"
    MAC = "mac"
    DONE = "done"
    CANCEL = "cancel"
    SAME = "same"
    DIFFERENT = "different"
    TIMEOUT = "timeout"


EVENT_TYPES: Final = frozenset(
    PREFIX + move.value for move in (Move.START, Move.KEY, Move.MAC, Move.DONE, Move.CANCEL)
)
"""What the other side sends after its request; the rest of the protocol is for other roles."""

TABLE: Final[Mapping[tuple[State, Move], State]] = {
    (State.READY, Move.START): State.STARTED,
    (State.STARTED, Move.KEY): State.COMPARING,
    (State.COMPARING, Move.MAC): State.THEY_CONFIRMED,
    (State.COMPARING, Move.SAME): State.WE_CONFIRMED,
    (State.THEY_CONFIRMED, Move.SAME): State.VERIFIED,
    (State.WE_CONFIRMED, Move.MAC): State.VERIFIED,
    (State.VERIFIED, Move.DONE): State.DONE,
    (State.COMPARING, Move.DIFFERENT): State.CANCELLED,
    (State.THEY_CONFIRMED, Move.DIFFERENT): State.CANCELLED,
    **{(state, Move.CANCEL): State.CANCELLED for state in State if not state.final},
    **{(state, Move.TIMEOUT): State.CANCELLED for state in State if not state.final},
}
"""Everything that may happen; any other move cancels, and what is final stays."""


class Code(StrEnum):
    """Why a verification ended early; the wire form of the specification."""

    USER = "m.user"
    TIMEOUT = "m.timeout"
    UNKNOWN_METHOD = "m.unknown_method"
    UNEXPECTED_MESSAGE = "m.unexpected_message"
    INVALID_MESSAGE = "m.invalid_message"
    KEY_MISMATCH = "m.key_mismatch"
    MISMATCHED_SAS = "m.mismatched_sas"
    OTHER = "other"
    """The other side's reason is none of these. Its own words are not repeated: they end up on a terminal."""


class Fault(Exception):
    """Ends a verification; it never leaves this module."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True)
class Party:
    """One side: the device that talks, and the identity it talks for."""

    user_id: str
    device_id: str
    ed25519: str
    master_key: str


@dataclass(frozen=True, slots=True)
class Sign:
    """What both sides compare: seven emoji as numbers into `bot.matrix.emoji`, or three numbers of four digits."""

    emoji: tuple[int, ...]
    decimals: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Verification:
    transaction_id: str
    ours: Party
    theirs: Party
    asked_at: datetime
    state: State = State.READY
    sign: Sign | None = None
    identity_compared: bool = False
    """Their MACs cover their master key, not only their device."""
    ended: Code | None = None
    ended_by_us: bool = False
    key_pair: Sas | None = field(default=None, repr=False)
    secret: EstablishedSas | None = field(default=None, repr=False)


Send = tuple[str, JsonObject]
"""An event type after `PREFIX` and its content, without what says to which verification it belongs."""
Step = tuple[Verification, tuple[Send, ...]]


def is_request(content: Mapping[str, Any], asked_at: datetime, now: datetime) -> bool:
    """Whether somebody asks for a verification, now and not some time ago."""
    match content:
        case {"from_device": str(), "methods": list()}:
            return -TIME_LIMIT <= asked_at - now <= CLOCK_SKEW
    return False


def answer(content: Mapping[str, Any], verification: Verification) -> Step:
    """Our answer to a request."""
    if METHOD not in content["methods"]:
        return _cancelled(verification, Code.UNKNOWN_METHOD)
    return verification, (("ready", {"from_device": verification.ours.device_id, "methods": [METHOD]}),)


def receive(verification: Verification, kind: str, content: JsonObject, fresh: Sas) -> Step:
    """What an event of the other side does. `kind` is its type after `PREFIX`; `fresh` is a new key pair.

    Every content is possible: whatever is not right cancels and says why.
    """
    if PREFIX + kind not in EVENT_TYPES:
        return verification, ()
    return _move(verification, Move(kind), content, fresh)


def decide(verification: Verification, *, same: bool) -> Step:
    """Somebody on our side has looked. Without effect unless the verification waits for that."""
    if not verification.state.ours_to_decide:
        return verification, ()
    return _move(verification, Move.SAME if same else Move.DIFFERENT, {}, None)


def time_out(verification: Verification, now: datetime) -> Step:
    """Cancel what takes too long."""
    if now - verification.asked_at <= TIME_LIMIT:
        return verification, ()
    return _move(verification, Move.TIMEOUT, {}, None)


def give_up(verification: Verification) -> Step:
    """Cancel, for the other side asked anew."""
    return _cancelled(verification, Code.USER)


def _move(verification: Verification, move: Move, content: JsonObject, fresh: Sas | None) -> Step:
    if verification.state.final:
        return verification, ()
    following = TABLE.get((verification.state, move))
    if following is None:
        return _cancelled(verification, Code.UNEXPECTED_MESSAGE)
    try:
        moved, sends = _act(verification, move, content, fresh)
    except Fault as fault:
        return _cancelled(verification, fault.code)
    if moved.state is State.CANCELLED:
        return moved, sends
    return replace(moved, state=following), (*sends, ("done", {})) if following is State.VERIFIED else sends


def _act(verification: Verification, move: Move, content: JsonObject, fresh: Sas | None) -> Step:
    match move:
        case Move.START:
            assert fresh is not None
            return replace(verification, key_pair=fresh), (("accept", _accept(content, fresh)),)
        case Move.KEY:
            return _exchange(verification, content)
        case Move.MAC:
            return replace(verification, identity_compared=_check_macs(verification, content)), ()
        case Move.SAME:
            return verification, (("mac", _macs(verification)),)
        case Move.DIFFERENT:
            return _cancelled(verification, Code.MISMATCHED_SAS)
        case Move.TIMEOUT:
            return _cancelled(verification, Code.TIMEOUT)
        case Move.CANCEL:
            code = content.get("code")
            known = Code(code) if isinstance(code, str) and code in set(Code) else Code.OTHER
            return replace(verification, state=State.CANCELLED, ended=known), ()
        case Move.DONE:
            return verification, ()


def _cancelled(verification: Verification, code: Code) -> Step:
    ended = replace(verification, state=State.CANCELLED, ended=code, ended_by_us=True)
    return ended, (cancellation(code),)


def cancellation(code: Code) -> Send:
    return "cancel", {"code": code.value, "reason": REASONS[code]}


def _accept(start: JsonObject, key_pair: Sas) -> JsonObject:
    """Commit to our key before we have seen theirs: nobody can then try keys until the emoji agree."""
    match start:
        case {
            "from_device": str(),
            "method": str(method),
            "key_agreement_protocols": list(agreements),
            "hashes": list(hashes),
            "message_authentication_codes": list(macs),
            "short_authentication_string": list(shown),
        }:
            pass
        case _:
            raise Fault(Code.INVALID_MESSAGE)
    common = [way for way in SHOWN if way in shown]
    if (
        method != METHOD
        or KEY_AGREEMENT not in agreements
        or HASH not in hashes
        or MAC not in macs
        or not common
    ):
        raise Fault(Code.UNKNOWN_METHOD)
    try:
        committed = key_pair.public_key.to_base64().encode() + canonical_json(start)
    except ValueError:
        raise Fault(Code.INVALID_MESSAGE) from None
    return {
        "method": METHOD,
        "key_agreement_protocol": KEY_AGREEMENT,
        "hash": HASH,
        "message_authentication_code": MAC,
        "short_authentication_string": common,
        "commitment": encode_base64(sha256(committed).digest()),
    }


def _exchange(verification: Verification, content: JsonObject) -> Step:
    their_key = content.get("key")
    if not is_public_key(their_key) or verification.key_pair is None:
        raise Fault(Code.INVALID_MESSAGE)
    ours, theirs = verification.ours, verification.theirs
    our_key = verification.key_pair.public_key.to_base64()
    try:
        secret = verification.key_pair.diffie_hellman(Curve25519PublicKey.from_base64(their_key))
    except ValueError:  # a key under which the secret is known to everybody
        raise Fault(Code.INVALID_MESSAGE) from None
    # Who started comes first: the other side, always.
    shown = secret.bytes(
        f"MATRIX_KEY_VERIFICATION_SAS|{theirs.user_id}|{theirs.device_id}|{their_key}"
        f"|{ours.user_id}|{ours.device_id}|{our_key}|{verification.transaction_id}"
    )
    moved = replace(
        verification, key_pair=None, secret=secret, sign=Sign(tuple(shown.emoji_indices), shown.decimals)
    )
    return moved, (("key", {"key": our_key}),)


def _macs(verification: Verification) -> JsonObject:
    """Our device key and our master key, under the secret that the emoji stand for."""
    assert verification.secret is not None
    secret, info = verification.secret, _mac_info(verification, verification.ours, verification.theirs)
    keys = _keys(verification.ours)
    return {
        "mac": {key_id: secret.calculate_mac(key, info + key_id) for key_id, key in keys.items()},
        "keys": secret.calculate_mac(",".join(sorted(keys)), info + "KEY_IDS"),
    }


def _check_macs(verification: Verification, content: JsonObject) -> bool:
    """Whether their master key is covered. Their device must be; keys that we do not know are not looked at."""
    match content:
        case {"mac": dict(macs), "keys": str(all_ids)}:
            pass
        case _:
            raise Fault(Code.INVALID_MESSAGE)
    assert verification.secret is not None
    secret, theirs = verification.secret, verification.theirs
    info, keys = _mac_info(verification, theirs, verification.ours), _keys(theirs)
    try:
        secret.verify_mac(",".join(sorted(macs)), info + "KEY_IDS", all_ids)
        for key_id in macs.keys() & keys.keys():
            secret.verify_mac(keys[key_id], info + key_id, macs[key_id])
    except (ValueError, TypeError):
        raise Fault(Code.KEY_MISMATCH) from None
    if f"ed25519:{theirs.device_id}" not in macs:
        raise Fault(Code.KEY_MISMATCH)
    return f"ed25519:{theirs.master_key}" in macs


def _mac_info(verification: Verification, by: Party, to: Party) -> str:
    return (
        f"MATRIX_KEY_VERIFICATION_MAC{by.user_id}{by.device_id}{to.user_id}{to.device_id}"
        f"{verification.transaction_id}"
    )


def _keys(party: Party) -> dict[str, str]:
    keys = {f"ed25519:{party.device_id}": party.ed25519, f"ed25519:{party.master_key}": party.master_key}
    # The homeserver gives out device ids; one that is spelt as a master key would pass for it (CVE-2022-39250).
    if len(keys) != 2:
        raise Fault(Code.KEY_MISMATCH)
    return keys


REASONS: Final[Mapping[Code, str]] = {
    Code.USER: "afgebroken",
    Code.TIMEOUT: "het duurde te lang",
    Code.UNKNOWN_METHOD: "deze manier van verifiëren kan de bot niet",
    Code.UNEXPECTED_MESSAGE: "een bericht kwam op het verkeerde moment",
    Code.INVALID_MESSAGE: "een bericht was niet goed gevormd",
    Code.KEY_MISMATCH: "de sleutels zijn niet die van deze persoon en dit apparaat",
    Code.MISMATCHED_SAS: "de emoji waren niet gelijk",
    Code.OTHER: "om een andere reden",
}
