"""A region on a real homeserver: accounts, the bot as an operator sets it up, and people who talk to it."""

from __future__ import annotations

import secrets
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bot.matrix.account import shown_master_key
from bot.matrix.homeserver import Refused, segment
from tests.synapse.person import HOPELESS, Heard, Person

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.synapse.homeserver import Homeserver

BOT_COMMAND = Path(sys.executable).with_name("casusbot")


class World:
    """One bot with its data folder, on a homeserver that others may use too."""

    def __init__(
        self,
        homeserver: Homeserver,
        folder: Path,
        *,
        suffix: str | None = None,
        region: str = "ZVH Voorbeeldregio",
    ) -> None:
        self.homeserver = homeserver
        self.folder = folder
        self.region = region
        self.data = folder / "data"
        self.config = self.data / "casusbot.yaml"
        self.log = folder / "casusbot.log"
        self.command: tuple[str | Path, ...] = (BOT_COMMAND, "run", "--config")
        """What runs the bot; the path of its configuration follows."""
        # Several worlds share one homeserver; their accounts must not meet.
        self._suffix = f".{secrets.token_hex(3)}" if suffix is None else suffix
        self.passwords: dict[str, str] = {}
        self.people: dict[str, Person] = {}
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    async def build(cls, homeserver: Homeserver, folder: Path, roles: tuple[str, ...]) -> Self:
        world = cls(homeserver, folder)
        await world.settle(roles)
        return world

    async def settle(
        self,
        roles: tuple[str, ...],
        progress: Callable[[int, str], None] = lambda _number, _name: None,
        *,
        extra: tuple[str, ...] = (),
    ) -> None:
        """Accounts for the bot, a coordinator and these roles; `casusbot init`; everybody logged in.

        Those in `extra` get an account and a place in the address book, and bring a client of their own.
        """
        self.register("casusbot")
        coordinator = self.register("coordinator")
        for role in (*roles, *extra):
            self.register(role)
        self.init(coordinator, {role: self.user_id(role) for role in (*roles, *extra)})
        for number, name in enumerate(("coordinator", *roles)):
            progress(number, name)
            await self.arrives(name)
        await self.compare("coordinator")

    async def close(self) -> None:
        self.kill()
        for person in self.people.values():
            await person.leave_building()

    # -- accounts ----------------------------------------------------------------------------------

    @property
    def bot_id(self) -> str:
        return self.user_id("casusbot")

    def user_id(self, name: str) -> str:
        return f"@{self._localpart(name)}:{self.homeserver.server_name}"

    def register(self, name: str) -> str:
        self.passwords[name] = secrets.token_urlsafe(9)
        return self.homeserver.register(self._localpart(name), self.passwords[name])

    async def arrives(self, name: str) -> Person:
        folder = self.folder / "people" / name
        self.people[name] = await Person.arrive(
            self.homeserver.url, self.user_id(name), self.passwords[name], folder
        )
        return self.people[name]

    def _localpart(self, name: str) -> str:
        return f"{name.lower().replace(' ', '')}{self._suffix}"

    # -- the bot -----------------------------------------------------------------------------------

    def init(self, coordinator: str, address_book: Mapping[str, str]) -> None:
        """`casusbot init` as an operator runs it; the address book is then added by hand."""
        password = self.folder / "password"
        password.write_text(self.passwords["casusbot"])
        subprocess.run(
            [
                *(BOT_COMMAND, "init", "--homeserver", self.homeserver.url, "--user", self.bot_id),
                *("--password-file", password, "--data", self.data, "--key-file", self.folder / "key"),
                *("--recovery-key-file", self.folder / "recovery-key"),
                *("--region", self.region, "--coordinator", coordinator),
            ],
            check=True,
            capture_output=True,
        )
        password.unlink()
        lines = [f'  {label}: {{person: "{user_id}"}}' for label, user_id in address_book.items()]
        self.configure("\n".join(["address_book:", *lines, ""]) if lines else "")

    def configure(self, lines: str) -> None:
        """Add to the configuration, as an operator does by hand."""
        with self.config.open("a") as config:
            config.write(lines)

    async def compare(self, name: str) -> None:
        """The operator compares somebody's fingerprint by phone: `casusbot identity trust`."""
        person = self.people[name]
        fingerprint = await shown_master_key(person.homeserver, person.user_id)
        subprocess.run(
            [
                *(BOT_COMMAND, "identity", "trust", person.user_id, "--config", self.config),
                *("--fingerprint", str(fingerprint)),
            ],
            check=True,
            capture_output=True,
        )

    def start(self) -> None:
        """`casusbot run` as its own process."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen([*self.command, self.config], stderr=log)

    def kill(self) -> None:
        """SIGKILL, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        assert self._process is not None
        self._process.terminate()
        code = self._process.wait(HOPELESS)
        self._process = None
        return code

    # -- the conversation --------------------------------------------------------------------------

    async def direct_chat(self, name: str) -> str:
        """The room in which this person and the bot are alone."""
        person = self.people[name]

        async def found() -> str | None:
            for room_id, members in (await person.rooms()).items():
                # The room of a case, which has a name, holds two people as well until others come in.
                if members == {person.user_id, self.bot_id} and await self._name(person, room_id) is None:
                    return room_id
            return None

        return await person.sync_until(found, what="a direct chat with the bot")

    async def _name(self, person: Person, room_id: str) -> str | None:
        with suppress(Refused):
            path = f"/v3/rooms/{segment(room_id)}/state/m.room.name/"
            return str((await person.homeserver.get(path)).get("name"))
        return None

    async def ask(self, name: str, room_id: str, text: str) -> Heard:
        """Type something and wait for the bot's reply to it."""
        person = self.people[name]
        event_id = await person.say(room_id, text)
        return await self.reply_to(name, event_id)

    async def reply_to(self, name: str, event_id: str) -> Heard:
        person = self.people[name]
        found: Heard = await person.until(
            lambda heard: next(
                (h for h in heard if h.in_reply_to == event_id and h.sender == self.bot_id), None
            ),
            what=f"an answer to {event_id}",
        )
        return found

    async def room_named(self, ref: str, name: str) -> str:
        """The room of a case, once this person has joined it."""
        person = self.people[name]

        async def opened() -> str | None:
            for room_id, members in (await person.rooms()).items():
                if members >= {person.user_id, self.bot_id} and await self._name(person, room_id) == ref:
                    return room_id
            return None

        found: str = await person.sync_until(opened, what=f"the room of {ref}")
        return found

    async def case_room(self, ref: str, seats: Mapping[str, str]) -> str:
        """A new case with these people seated (name to "rol [partner]"); the room id."""
        chat = await self.direct_chat("coordinator")
        await self.ask("coordinator", chat, f'casus nieuw {ref} doel "samen afspraken maken en nakomen"')
        room_id = await self.room_named(ref, "coordinator")
        for name, seat in seats.items():
            await self.ask("coordinator", room_id, f"!deelnemer {self.user_id(name)} {seat}")
            await self.joins(name, room_id)
            await self.direct_chat(name)
        return room_id

    async def joins(self, name: str, room_id: str) -> None:
        person = self.people[name]

        async def seated() -> bool:
            return person.user_id in (await person.rooms()).get(room_id, set())

        await person.sync_until(seated, what=f"joining {room_id}")
