"""The cryptographic machine: Olm and Megolm from nio, without nio's own ideas of trust and transport.

nio's `Olm` keeps account, sessions and room keys in its store. What it would do by itself is switched off:
it verifies nobody, serves and asks for no keys, and accepts no forwarded ones.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import vodozemac
from nio.crypto import Olm
from nio.crypto.device import OlmDevice

from bot.matrix.canonical import decode_base64
from bot.matrix.keystore import forget_loaded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, timedelta

    from nio.crypto.sessions import OutboundGroupSession

    from bot.matrix.trust import DeviceKeys

log = logging.getLogger(__name__)

MEGOLM = "m.megolm.v1.aes-sha2"
OLM = "m.olm.v1.curve25519-aes-sha2"
MALFORMED = (ValueError, KeyError, TypeError, AttributeError, UnicodeError, RecursionError)
"""What parsing a stranger's JSON can raise (vodozemac's exceptions are ValueErrors). Faults of our own store are not among them: those must be heard."""
ONE_TIME_KEYS = 50


class Undecryptable(Exception):
    """The key of this message is not here (yet)."""


class Malformed(Exception):
    """This event is not what it says it is; it will never be readable."""


@dataclass(frozen=True, slots=True)
class Decrypted:
    """A message with the proof of where it came from: the keys of the session that carried it."""

    type: str
    content: Mapping[str, Any]
    session_id: str
    index: int
    sender_key: str
    signing_key: str
    forwarded: bool


class Machine(Olm):  # type: ignore[misc]
    """nio's machine with its own initiative taken away."""

    def __init__(self, user_id: str, device_id: str, store: Any) -> None:
        self.taken: list[str] = []
        """Megolm sessions whose keys came in since somebody last looked."""
        super().__init__(user_id, device_id, store)
        self.broken: set[tuple[str, str]] = set()
        """Olm channels (user, curve25519) that stopped working and need a new session."""

    def create_group_session(
        self, sender_key: str, sender_fp_key: str, room_id: str, session_id: str, session_key: str
    ) -> None:
        super().create_group_session(sender_key, sender_fp_key, room_id, session_id, session_key)
        self.taken.append(session_id)

    def handle_key_verification(self, event: Any) -> None:
        """Verification is answered by our own responder or not at all."""

    def _handle_key_requests(self, event: Any) -> None:
        """Room keys are never served on request."""

    def _should_accept_forward(self, sender: str, sender_key: str, event: Any) -> bool:  # noqa: ARG002
        return False

    def save_inbound_group_session(self, session: Any) -> None:
        """The first copy of a room key stays on disk: nio would write over it with a later one from any member."""
        if not any(known.id == session.id and known is not session for known in self.inbound_group_store):
            super().save_inbound_group_session(session)

    def _mark_device_for_unwedging(self, sender: str, sender_key: str) -> None:
        self.broken.add((sender, sender_key))


class Crypto:
    """What the bot does with keys, as calls that do no network."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._own = machine.account.identity_keys
        self._fallback_wanted = False

    @property
    def curve25519(self) -> str:
        return str(self._own["curve25519"])

    @property
    def ed25519(self) -> str:
        return str(self._own["ed25519"])

    def sign(self, text: str) -> str:
        return str(self.machine.account.sign(text))

    # -- to-device ---------------------------------------------------------------------------------

    def receive(self, event: Mapping[str, Any]) -> None:
        """Take one to-device event as it came; room keys in it are stored before this returns."""
        if event.get("type") == "m.room_key.withheld":
            # m.unverified: that person's client does not believe that this device is ours.
            log.error("a room key was withheld from us: %s", _code(event))
        if event.get("type") != "m.room.encrypted":
            return
        try:
            content = event["content"]
            if content["algorithm"] != OLM:
                return
            part = content["ciphertext"][self.curve25519]
            message = (
                vodozemac.PreKeyMessage.from_base64(part["body"])
                if part["type"] == 0
                else vodozemac.AnyOlmMessage.normal(decode_base64(part["body"]))
            )
            sender, sender_key = str(event["sender"]), str(content["sender_key"])
        except MALFORMED:
            log.warning("to-device event could not be read")
            return
        # One transaction: Olm opens a message once. Were the spent channel on disk and a crash kept the room key off it,
        # the repeat of this event could not be read, and neither could anything said under that key.
        with self.machine.store.database.atomic():
            try:
                self.machine.decrypt(sender, sender_key, message)
            except MALFORMED:
                log.warning("to-device event could not be read")

    def taken_sessions(self) -> tuple[str, ...]:
        """The Megolm sessions whose keys came in since the last call."""
        taken, self.machine.taken = tuple(self.machine.taken), []
        return taken

    def broken_channels(self) -> frozenset[tuple[str, str]]:
        """The Olm channels (user, curve25519) that stopped working since the last call."""
        broken, self.machine.broken = frozenset(self.machine.broken), set()
        return broken

    # -- our own keys ------------------------------------------------------------------------------

    def note_counts(self, one_time: Mapping[str, Any] | None, unused_fallback: Iterable[str] | None) -> None:
        """What the server says it still has of our keys; a missing count means that it did not say."""
        if one_time is not None:
            count = one_time.get("signed_curve25519", 0)
            # Whatever number a homeserver makes up, it never makes us generate more than a full set.
            self.machine.uploaded_key_count = max(0, count) if isinstance(count, int) else 0
        if unused_fallback is not None:
            self._fallback_wanted = "signed_curve25519" not in unused_fallback

    def keys_to_upload(self) -> dict[str, Any] | None:
        """The body of `/keys/upload`, or None. The account is on disk before anything can reach the server:
        a key that the server knows and we forgot would make the device unusable."""
        account = self.machine.account
        first = not account.shared
        count = 0 if first else self.machine.uploaded_key_count
        wants_keys = count is not None and count < ONE_TIME_KEYS // 2
        if not wants_keys and not self._fallback_wanted:
            return None
        body: dict[str, Any] = {}
        if first:
            body["device_keys"] = self._device_keys()
        if wants_keys:
            waiting = len(account.one_time_keys["curve25519"])
            account.generate_one_time_keys(max(0, ONE_TIME_KEYS - (count or 0) - waiting))
            body["one_time_keys"] = {
                f"signed_curve25519:{key_id}": self._signed({"key": key})
                for key_id, key in account.one_time_keys["curve25519"].items()
            }
        if first or self._fallback_wanted:
            body["fallback_keys"] = self._fallback()
        self.machine.save_account()
        return body

    def uploaded(self, response: Mapping[str, Any]) -> None:
        account = self.machine.account
        account.shared = True
        account.mark_keys_as_published()
        self._fallback_wanted = False
        counts = response.get("one_time_key_counts")
        self.note_counts(counts if isinstance(counts, dict) else {}, None)
        self.machine.save_account()

    def _fallback(self) -> dict[str, Any]:
        inner = self.machine.account._account  # noqa: SLF001  nio does not know fallback keys
        if not inner.fallback_key:
            inner.generate_fallback_key()
        return {
            f"signed_curve25519:{key_id}": self._signed({"key": key.to_base64(), "fallback": True})
            for key_id, key in inner.fallback_key.items()
        }

    def _device_keys(self) -> dict[str, Any]:
        device = self.machine.device_id
        return self._signed(
            {
                "algorithms": [OLM, MEGOLM],
                "device_id": device,
                "user_id": self.machine.user_id,
                "keys": {f"curve25519:{device}": self.curve25519, f"ed25519:{device}": self.ed25519},
            }
        )

    def _signed(self, value: dict[str, Any]) -> dict[str, Any]:
        signature = self.machine.sign_json(value)
        return {
            **value,
            "signatures": {self.machine.user_id: {f"ed25519:{self.machine.device_id}": signature}},
        }

    def forget_older(self, than: datetime, now: datetime) -> int:
        """Let go of the room keys first seen before `than`; how many. See `CipherStore.forget_older`."""
        forgotten = self.machine.store.forget_older(than, now)
        forget_loaded(self.machine.inbound_group_store, forgotten)
        return len(forgotten)

    def forget_room(self, room_id: str) -> int:
        """Let go of every key that could reopen this room's conversation; how many."""
        forgotten = self.machine.store.forget_room(room_id)
        forget_loaded(self.machine.inbound_group_store, forgotten)
        self.machine.outbound_group_sessions.pop(room_id, None)
        return len(forgotten)

    # -- sending -----------------------------------------------------------------------------------

    def has_channel(self, device: DeviceKeys) -> bool:
        return self.machine.session_store.get(device.curve25519) is not None

    def open_channel(self, device: DeviceKeys, one_time_key: str) -> None:
        """Start an Olm session with a device from a one-time key whose signature was checked."""
        self.machine.create_session(one_time_key, device.curve25519)

    def outbound(
        self, room_id: str, allowed: frozenset[tuple[str, str]], *, max_age: timedelta, max_messages: int
    ) -> OutboundGroupSession:
        """The room's session; a fresh one when the old is worn out or known to a device that lost its place."""
        session = self.machine.outbound_group_sessions.get(room_id)
        if session is not None:
            session.max_age, session.max_messages = max_age, max_messages
        if session is None or session.expired or not session.users_shared_with <= allowed:
            self.machine.create_outbound_group_session(room_id)
            session = self.machine.outbound_group_sessions[room_id]
            session.max_age, session.max_messages = max_age, max_messages
        return session

    def room_key_for(self, device: DeviceKeys, room_id: str, session: OutboundGroupSession) -> dict[str, Any]:
        """The room key, encrypted for one device."""
        key = {
            "algorithm": MEGOLM,
            "room_id": room_id,
            "session_id": session.id,
            "session_key": session.session_key,
        }
        return self._to_device(device, "m.room_key", key)

    def greeting_for(self, device: DeviceKeys) -> dict[str, Any]:
        """An empty message over a fresh channel, so that the other side drops the broken one."""
        return self._to_device(device, "m.dummy", {})

    def _to_device(self, device: DeviceKeys, kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
        channel = self.machine.session_store.get(device.curve25519)
        peer = OlmDevice(
            device.user_id, device.device_id, {"ed25519": device.ed25519, "curve25519": device.curve25519}
        )
        sealed: dict[str, Any] = self.machine._olm_encrypt(channel, peer, kind, content)  # noqa: SLF001
        return sealed

    def seal(self, room_id: str, event_type: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """The content of an `m.room.encrypted` event. The session must have been shared before."""
        session = self.machine.outbound_group_sessions[room_id]
        session.mark_as_shared()
        sealed: dict[str, Any] = self.machine.group_encrypt(
            room_id, {"type": event_type, "content": dict(content)}
        )
        if "m.relates_to" in content:
            sealed["m.relates_to"] = content["m.relates_to"]
        return sealed

    # -- receiving ---------------------------------------------------------------------------------

    def open(self, room_id: str, event: Mapping[str, Any]) -> Decrypted:
        """Decrypt one room event. What its plaintext says of sender or time is not believed.

        Raises Undecryptable while its key is missing, Malformed when it can never be read.
        """
        try:
            content = event["content"]
            if content["algorithm"] != MEGOLM:
                raise Malformed
            session = self._session(room_id, str(content["session_id"]), content.get("sender_key"))
            if session is None:
                raise Undecryptable
            plaintext, index = session.decrypt(content["ciphertext"])
            inner = json.loads(plaintext)
            if inner["room_id"] != room_id or not isinstance(inner["content"], dict):
                raise Malformed
            return Decrypted(
                type=str(inner["type"]),
                content=inner["content"],
                session_id=session.id,
                index=index,
                sender_key=session.sender_key,
                signing_key=session.ed25519,
                forwarded=bool(session.forwarding_chain),
            )
        except vodozemac.MegolmDecryptionException as fault:
            # An index older than our copy of the key may become readable with an earlier copy.
            raise Undecryptable from fault
        except MALFORMED as fault:
            raise Malformed from fault

    def _session(self, room_id: str, session_id: str, sender_key: object) -> Any:
        """By sender key where the event names one, else (MSC4381) the only one with this id."""
        store = self.machine.inbound_group_store
        if isinstance(sender_key, str):
            return store.get(room_id, sender_key, session_id)
        found = [s for s in store if s.room_id == room_id and s.id == session_id]
        return found[0] if len(found) == 1 else None


def _code(event: Mapping[str, Any]) -> str:
    content = event.get("content")
    code = content.get("code") if isinstance(content, dict) else None
    return code if code in {"m.unverified", "m.blacklisted", "m.unauthorised", "m.no_olm"} else "other"
