"""The promise of the clock, against a real homeserver and real kills: each message of each day exactly once."""

from __future__ import annotations

import asyncio
import random
import re
import sys
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, time
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from bot.core.dates import say_day
from bot.core.dates.calendar import at_local, next_working_day
from bot.core.effects import Loudness, ToPerson
from bot.core.records.explanations import Explanation, Rule
from bot.core.records.meetings import Poll
from bot.core.region import LADDER
from bot.core.reminding.rehearsal import Rehearsal, says
from bot.settings.configuration import load
from bot.store.database import Database
from tests.synapse.clocked import set_clock
from tests.synapse.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from datetime import datetime
    from pathlib import Path

    from bot.store.transaction import Transaction
    from tests.synapse.homeserver import Homeserver
    from tests.synapse.person import Heard

REF = "Z-2026-401"
PARTNERS = ("leerplicht", "wijkagent")
SEATS = {"voorzitter": "voorzitter", **{partner: partner for partner in PARTNERS}}
ACTIONS = 20
AGREED_ON = date(2026, 3, 16)
DAYS = 15
"""Working days that are lived through, over the spring clock change and Easter."""
DIGESTS = 3
"""Weeks among them in which a digest is due: those of 23 and 30 March and of Easter Monday."""
STEPS = set(LADDER.values())
"""What these weeks must have had of the ladder, or the test shows little."""
WRITES = 12
"""More than a morning for one person takes: a kill falls after any of them, and before the first."""
_ANCHOR = re.compile(r"\nLogboek [0-9a-f]{16}")
"""The mark of the audit log in the digest. A rehearsal keeps no log, and every kill adds a line to the real one."""
OPENS = time(9)
"""When people may be asked, and when the digest leaves."""


@pytest.fixture
async def world(homeserver: Homeserver, tmp_path: Path) -> AsyncIterator[World]:
    built = await World.build(homeserver, tmp_path, tuple(SEATS))
    built.command = (sys.executable, "-m", "tests.synapse.clocked")
    try:
        yield built
    finally:
        await built.close()


def working_days(after: date) -> Iterator[date]:
    while True:
        after = next_working_day(after)
        yield after


async def agree(world: World) -> None:
    """A case with actions whose dates lie in the coming weeks."""
    room_id = await world.case_room(REF, SEATS)
    for number, day in enumerate(islice(working_days(AGREED_ON), ACTIONS)):
        holder = PARTNERS[number % len(PARTNERS)]
        agreed = f"!actie {holder}: stap {number} bespreken, uiterlijk {say_day(day)}"
        await world.ask("voorzitter", room_id, agreed)


async def turn_of_talk(world: World, chats: dict[str, str]) -> None:
    """Whatever was on its way in these chats, once or twice, has arrived before the answer."""
    for name, chat in chats.items():
        await world.ask(name, chat, "!help")


@dataclass
class Kept:
    """What the killed bot has in its encrypted file."""

    rehearsal: Rehearsal
    explained: list[Explanation]


async def kept(world: World) -> Kept:
    people = {person.user_id for person in world.people.values()}

    async def stored(transaction: Transaction) -> Kept:
        region = load(world.config).region
        rehearsal = Rehearsal(
            region,
            await transaction.direct_joined(people),
            await transaction.cases(),
            (
                *(await transaction.persons(people)).values(),
                *(await transaction.pins(region.coordinators)).values(),
                *await transaction.digest_plans(),
                *await transaction.load(Poll, ""),
            ),
        )
        return Kept(rehearsal, list(await transaction.load(Explanation, "")))

    key = bytes.fromhex((world.folder / "key").read_text())
    async with await Database.open(world.data / "casusbot.db", key, create=False) as database:
        return await database.read(stored)


@dataclass(frozen=True, slots=True)
class Told:
    """One message in somebody's direct chat: how loud, and its words."""

    rings: bool
    body: str


def played(rehearsal: Rehearsal, now: datetime) -> dict[str, list[Told]]:
    """What a bot that nobody kills says at this moment, by person."""
    told = defaultdict(list)
    for _, effects in rehearsal.play(now, now):
        for say in says(effects):
            assert isinstance(say.to, ToPerson), "everybody here can be reached in their direct chat"
            told[say.to.user_id].append(Told(say.loudness is Loudness.NUDGE, say.message.body))
    return told


class Listening:
    """What the bot said in the direct chats since this began."""

    def __init__(self, world: World, chats: dict[str, str]) -> None:
        self._world = world
        self._chats = chats
        self._since = {name: len(world.people[name].heard) for name in chats}

    def has(self, name: str, expected: list[Told], _: list[Heard]) -> bool:
        return len(self.by(name)) >= len(expected)

    def by(self, name: str) -> list[Told]:
        return [
            Told(h.rings, _ANCHOR.sub("", h.body))
            for h in self._world.people[name].heard[self._since[name] :]
            if (h.sender, h.room_id, h.in_reply_to) == (self._world.bot_id, self._chats[name], None)
        ]


async def strike(world: World, writes: int, longest: float) -> None:
    """Kill the bot right after so many writes to its file, or after so many seconds if it has less to do.

    What can be lost or repeated lies between two writes, a few milliseconds each: a random moment rarely hits it.
    """
    log = world.data / "casusbot.db-wal"

    def written() -> tuple[int, int]:
        return (found.st_mtime_ns, found.st_size) if log.exists() and (found := log.stat()) else (0, 0)

    seen = written()
    with suppress(TimeoutError):
        async with asyncio.timeout(longest):
            while writes:
                await asyncio.sleep(0.001)
                if seen != (seen := written()):
                    writes -= 1
    world.kill()


def because(explained: list[Explanation]) -> Counter[Explanation]:
    """Every step, by person, day, action and rule; the second in which it was taken is left out."""
    return Counter(replace(one, said_at=at_local(AGREED_ON, OPENS)) for one in explained)


def standing(rehearsal: Rehearsal) -> dict[str, tuple[str | None, str | None, bool]]:
    """Every poll, by what and whom it asks and whether it is open."""
    polls = (poll for of_case in rehearsal.polls.values() for poll in of_case.values())
    return {poll.key: (poll.about, poll.asked_of, poll.closed_at is None) for poll in polls}


async def live_through(day: date, world: World, chance: random.Random) -> None:
    """One morning with two accidents, and a sign of life after them."""
    set_clock(world.config, at_local(day, OPENS))
    for longest in (0.5, 1.5):  # while it tells, and while it starts again
        await strike(world, chance.randrange(WRITES), longest)
        world.start()
    # The first thing that a bot does is to look what is due; only then it answers.
    await world.ask("voorzitter", await world.room_named(REF, "voorzitter"), "!acties")


async def test_a_bot_killed_twice_every_morning_tells_everybody_once_what_is_due(world: World) -> None:
    set_clock(world.config, at_local(AGREED_ON, OPENS))
    world.start()
    await agree(world)
    chats = {name: await world.direct_chat(name) for name in world.people}
    await turn_of_talk(world, chats)
    heard = Listening(world, chats)
    world.kill()
    before = await kept(world)
    rehearsal = before.rehearsal
    world.start()

    chance = random.Random(20260316)
    expected: dict[str, list[Told]] = {name: [] for name in chats}
    for day in islice(working_days(AGREED_ON), DAYS):
        told = played(rehearsal, at_local(day, OPENS))
        await live_through(day, world, chance)
        for name in chats:
            said = told[world.user_id(name)]
            assert sum(one.rings for one in said) <= 1
            expected[name] += said
            await world.people[name].until(
                partial(heard.has, name, expected[name]), what=f"what {name} is told on {day}"
            )
    await turn_of_talk(world, chats)
    world.kill()
    after = await kept(world)

    assert {name: heard.by(name) for name in chats} == expected
    assert because(after.explained) == because([*before.explained, *rehearsal.explained])
    assert after.rehearsal.files == rehearsal.files
    assert standing(after.rehearsal) == standing(rehearsal)
    assert {one.receiver for one in rehearsal.explained} >= STEPS
    digests = Counter((one.user_id, one.key) for one in after.explained if one.rule is Rule.DIGEST)
    assert set(digests.values()) == {1}
    assert sum(user_id == world.user_id("coordinator") for user_id, _ in digests) == DIGESTS
