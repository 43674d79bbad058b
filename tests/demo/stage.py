"""Where the demo is played: a real homeserver, the real bot, and people with clients of their own."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.core.dates.calendar import AMSTERDAM
from bot.data.device import DATABASE
from bot.running.app import Bot
from bot.settings.configuration import load
from bot.settings.resources import load_guard
from bot.store.database import Database
from tests.demo.clock import StoryClock
from tests.synapse.person import HOPELESS

if TYPE_CHECKING:
    from datetime import datetime

    from bot.store.transaction import Transaction
    from tests.demo.paper import Paper
    from tests.synapse.person import Heard
    from tests.synapse.world import World


class BrokenPromise(Exception):
    """Something that the demo claims did not happen."""


class Stage:
    """Plays lines and checks what the bot makes of them."""

    def __init__(self, world: World, paper: Paper, begins: datetime, *, place: str = "") -> None:
        """`place` stands before the names of the rooms, where there is more than one region."""
        self.world = world
        self._place = f"{place}: " if place else ""
        self.paper = paper
        self.clock = StoryClock(begins)
        self._names = {world.user_id(name): name for name in world.people} | {world.bot_id: "bot"}
        self._stop = asyncio.Event()
        self._bot: asyncio.Task[None] | None = None
        self.case = ""
        self._shown: set[str] = set()

    def raise_curtain(self) -> None:
        configuration = load(self.world.config)
        bot = Bot(configuration, configuration.read_key(), load_guard(), self.clock)
        self._bot = asyncio.create_task(bot.run(self._stop))

    async def drop_curtain(self) -> None:
        self._stop.set()
        if self._bot is not None:
            async with asyncio.timeout(HOPELESS):
                await self._bot

    # -- what people do ----------------------------------------------------------------------------

    async def says(self, name: str, text: str, *answer: str, room_id: str | None = None) -> Heard:
        """Somebody types; the bot's reply must hold every fragment of `answer`."""
        event_id = await self._type(name, room_id or self.case, text)
        reply = await self._performing(self.world.reply_to(name, event_id), f"een antwoord op: {text}")
        self._show(reply, name)
        for fragment in answer:
            self.promise(fragment in reply.body, f'het antwoord op "{text}" bevat "{fragment}"')
        return reply

    async def talks(self, name: str, text: str) -> None:
        """Ordinary talk: the bot keeps out of it. Checked at the end of the story."""
        await self._type(name, self.case, text)

    async def taps(self, name: str, poll: Heard, answer: str, *fragments: str) -> None:
        """Somebody taps an answer of a poll in their own chat."""
        event_id = await self.world.people[name].tap(poll, answer)
        self.paper.heard(
            self._title(poll.room_id, name), self._now(), name, f"[tikt op {answer}]", by_bot=False
        )
        reply = await self._performing(self.world.reply_to(name, event_id), f"een antwoord op {answer}")
        self._show(reply, name)
        for fragment in fragments:
            self.promise(fragment in reply.body, f'het antwoord op een tik op "{answer}" bevat "{fragment}"')

    async def tells(self, name: str, text: str, *answer: str) -> Heard:
        """Somebody types in their own chat with the bot."""
        return await self.says(name, text, *answer, room_id=await self.world.direct_chat(name))

    async def hears(self, name: str, *fragments: str, explained: bool = True) -> Heard:
        """The bot speaks to somebody of its own accord; a nudge is followed by its quiet explanation."""
        chat = await self.world.direct_chat(name)
        person = self.world.people[name]

        def fresh() -> list[Heard]:
            return [h for h in self.from_bot(name, chat) if h.event_id not in self._shown]

        def arrived(_: list[Heard]) -> list[Heard] | None:
            found = fresh()
            said = [h for h in found if all(fragment in h.body for fragment in fragments)]
            return found if said and len(found) >= 1 + explained else None

        what = f"{name} krijgt een bericht met: {', '.join(fragments)}"
        messages: list[Heard] = await self._performing(person.until(arrived, what=what), what)
        for message in messages:
            self._show(message, name)
        return messages[0]

    async def overhears(self, name: str, *fragments: str) -> Heard:
        """The bot says something in the room of the case without being asked."""
        person = self.world.people[name]

        def said(_: list[Heard]) -> Heard | None:
            fresh = [h for h in self.from_bot(name, self.case) if h.event_id not in self._shown]
            return next((h for h in fresh if all(fragment in h.body for fragment in fragments)), None)

        what = f"in de ruimte van de casus staat: {', '.join(fragments)}"
        message: Heard = await self._performing(person.until(said, what=what), what)
        self._show(message, name)
        return message

    async def move_to(self, moment: datetime, *others: Stage, scene: str = "") -> None:
        """The story goes on, in all regions at once, when what was due has been said, and printed with its own time."""
        for stage in (self, *others):
            await stage._performing(stage._all_said(), "de bot is uitgesproken")
        if scene:
            self.paper.scene(scene)
        if moment.date() != self._now().date():
            self.paper.day(moment)
        for stage in (self, *others):
            stage.clock.set(moment)

    # -- promises ----------------------------------------------------------------------------------

    def promise(self, kept: bool, what: str) -> None:
        if not kept:
            raise BrokenPromise(what)

    def from_bot(self, name: str, room_id: str) -> list[Heard]:
        """All that this person's client decrypted from the bot in a room."""
        return [
            h for h in self.world.people[name].heard if h.room_id == room_id and h.sender == self.world.bot_id
        ]

    def silent_about(self, name: str, words: str) -> bool:
        """Whether the bot left a message alone."""
        heard = self.world.people[name].heard
        spoken = {h.event_id for h in heard if words in h.body and h.sender != self.world.bot_id}
        return not any(h.in_reply_to in spoken for h in heard if h.sender == self.world.bot_id)

    # -- inside ------------------------------------------------------------------------------------

    async def _type(self, name: str, room_id: str, text: str) -> str:
        event_id = await self.world.people[name].say(room_id, text)
        self.paper.heard(self._title(room_id, name), self._now(), name, text, by_bot=False)
        return event_id

    async def _all_said(self) -> None:
        """Wait until the bot has nothing left to say at this hour; show what came that nobody waited for."""
        key = bytes.fromhex((self.world.folder / "key").read_text())
        async with await Database.look(self.world.data / DATABASE, key) as database:
            while await database.read(self._has_more_to_say):
                await asyncio.sleep(0.05)  # between two looks
        for name, person in self.world.people.items():
            await person.sync(wait=0)
            chat = await self.world.direct_chat(name)
            for message in self.from_bot(name, chat):
                self._show(message, name)

    async def _has_more_to_say(self, transaction: Transaction) -> bool:
        due = await transaction.next_due()
        waiting = await transaction.value("SELECT count(*) FROM outbox WHERE state = 'waiting'")
        return bool(waiting) or (due is not None and due <= self.clock.now())

    def _show(self, heard: Heard, reader: str) -> None:
        if heard.event_id not in self._shown:
            self._shown.add(heard.event_id)
            title = self._title(heard.room_id, reader)
            self.paper.heard(title, self._now(), self._names[heard.sender], heard.body, by_bot=True)

    def _title(self, room_id: str, name: str) -> str:
        return self._place + ("kamer van de casus" if room_id == self.case else f"{name} en de bot")

    def _now(self) -> datetime:
        return self.clock.now().astimezone(AMSTERDAM)

    async def _performing(self, waiting, what: str):
        """Wait for something; a bot that fell over is a broken promise at once."""
        task = asyncio.ensure_future(waiting)
        assert self._bot is not None
        await asyncio.wait({task, self._bot}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await self._bot
        try:
            return await task
        except TimeoutError:
            raise BrokenPromise(what) from None
