"""A case goes to another region: two bots on two federating homeservers, and one of the four dies in every step."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bot.core.records.actions import Action, ActionState
from bot.core.records.handovers import Handover, HandoverState, Side
from bot.store.database import Database
from tests.synapse.homeserver import Homeserver
from tests.synapse.regions import Regions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from tests.synapse.person import Heard
    from tests.synapse.world import World

REF, THEIR_REF = "Z-2026-003", "Z-2026-101"
PROPOSAL = "!overdracht naar Elders reden gezin is verhuisd"
SEATS = {"voorzitter": "voorzitter", "leerplicht": "leerplicht"}


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Homeserver, Homeserver]]:
    with Homeserver.federating() as ours, Homeserver.federating() as theirs:
        yield ours, theirs


@pytest.fixture
async def regions(servers: tuple[Homeserver, Homeserver], tmp_path: Path) -> AsyncIterator[Regions]:
    built = await Regions.build(servers, tmp_path, tuple(SEATS))
    try:
        yield built
    finally:
        await built.close()


@dataclass
class Accident:
    """What is killed, with SIGKILL, and how it comes back."""

    name: str
    of_theirs: bool
    kill: Callable[[World], None]
    back: Callable[[World], None]

    def strike(self, regions: Regions) -> None:
        self.kill(regions.theirs if self.of_theirs else regions.ours)

    def repair(self, regions: Regions) -> None:
        self.back(regions.theirs if self.of_theirs else regions.ours)


def nothing(_: World) -> None:
    """No accident."""


ACCIDENTS = (
    Accident("nothing", False, nothing, nothing),
    Accident("our bot", False, lambda w: w.kill(), lambda w: w.start()),
    Accident("their bot", True, lambda w: w.kill(), lambda w: w.start()),
    Accident("our homeserver", False, lambda w: w.homeserver.kill(), lambda w: w.homeserver.restart()),
    Accident("their homeserver", True, lambda w: w.homeserver.kill(), lambda w: w.homeserver.restart()),
)


class Handing:
    """People on both sides who type the steps and read what their bots say."""

    def __init__(self, regions: Regions, accident: Accident) -> None:
        self.regions = regions
        self.accident = accident
        self.case = ""
        self.chat = ""

    async def begin(self) -> None:
        """A case with two actions and a decision, and both bots at work."""
        ours, theirs = self.regions.ours, self.regions.theirs
        ours.start()
        theirs.start()
        self.case = await ours.case_room(REF, SEATS)
        for typed in (
            "!actie leerplicht: verzuim uitvragen, uiterlijk 15 december 2027",
            "!actie leerplicht: school bellen, uiterlijk 16 december 2027",
            "!besluit adresonderzoek starten, reden: woning leeg",
        ):
            await ours.ask("voorzitter", self.case, typed)
        self.chat = await theirs.direct_chat("coordinator")

    async def proposed(self) -> None:
        """Our chair says yes to the question itself: what was said before it a bot that starts anew does not know."""
        asked = await self.regions.ours.ask("voorzitter", self.case, PROPOSAL)
        here = not self.accident.of_theirs
        await self._step(self.regions.ours, "voorzitter", self.case, "ja", here=here, to=asked.event_id)
        told = f"vraagt of jullie {REF} overnemen"
        await self._hears(self.regions.theirs, "coordinator", self.chat, told)

    async def theirs(self, typed: str, told: str) -> None:
        """Their coordinator types; our chair hears what comes of it."""
        await self._step(self.regions.theirs, "coordinator", self.chat, typed, here=self.accident.of_theirs)
        await self._hears(self.regions.ours, "voorzitter", self.case, told)

    async def _step(
        self, world: World, name: str, room_id: str, typed: str, *, here: bool, to: str | None = None
    ) -> None:
        """The accident happens where it is typed, right after; or at the other side, while it is on its way."""
        if not here:
            self.accident.strike(self.regions)
        event_id = await world.people[name].say(room_id, typed, in_reply_to=to)
        if here:
            self.accident.strike(self.regions)
            self.accident.repair(self.regions)
        await world.reply_to(name, event_id)
        if not here:
            self.accident.repair(self.regions)
        await self.regions.wake()

    async def _hears(self, world: World, name: str, room_id: str, told: str) -> None:
        def said(heard: list[Heard]) -> bool:
            return any(h.room_id == room_id and h.sender == world.bot_id and told in h.body for h in heard)

        await world.people[name].until(said, what=f"hearing: {told}")

    async def heard(self) -> tuple[Counter[str], Counter[str]]:
        """How often each message of a bot reached our room and their chat. First a turn of talk in each: whatever
        was on its way, once or twice, has arrived before the answer."""
        found = []
        for world, name, room_id in (
            (self.regions.ours, "voorzitter", self.case),
            (self.regions.theirs, "coordinator", self.chat),
        ):
            await world.ask(name, room_id, "!overdracht")
            heard = world.people[name].heard
            bodies = (h.body for h in heard if h.room_id == room_id and h.sender == world.bot_id)
            found.append(Counter(body.split("\n")[0] for body in bodies))
        return found[0], found[1]


async def kept(world: World) -> tuple[Handover, tuple[Action, ...]]:
    """What the stopped bot has in its encrypted file."""
    key = bytes.fromhex((world.folder / "key").read_text())
    async with await Database.open(world.data / "casusbot.db", key, create=False) as database:
        [handover] = await database.read(lambda t: t.load(Handover, ""))
        actions = await database.read(lambda t: t.load(Action, "ORDER BY number"))
    return handover, actions


STEPS = (
    ("overdracht ontvangen", "heeft de overdracht"),
    ("overdracht gesprek 10 december 2027", "Overdrachtsgesprek met regio Elders"),
    (f"overdracht accepteer als {THEIR_REF}", "Overgedragen: A1 en A2"),
    ("overdracht gesprek gevoerd", "is gevoerd"),
    ("overdracht afgerond", "is afgerond"),
)


@pytest.mark.parametrize("accident", ACCIDENTS, ids=lambda accident: accident.name)
async def test_a_case_is_handed_over_exactly_once_whatever_dies_in_every_step(
    regions: Regions, accident: Accident
) -> None:
    handing = Handing(regions, accident)
    await handing.begin()
    await handing.proposed()
    for typed, told in STEPS:
        await handing.theirs(typed, told)
    ours, theirs = await handing.heard()
    assert {body: n for body, n in ours.items() if n > 1} == {}
    assert {body: n for body, n in theirs.items() if n > 1} == {}
    assert regions.ours.stop() == 0
    assert regions.theirs.stop() == 0

    sent, actions = await kept(regions.ours)
    taken, proposals = await kept(regions.theirs)
    assert (sent.id, sent.side, sent.state) == (taken.id, Side.SENDER, HandoverState.COMPLETED)
    assert (taken.side, taken.state, taken.case_ref) == (Side.RECEIVER, HandoverState.COMPLETED, THEIR_REF)
    assert (sent.peer_ref, taken.peer_ref) == (THEIR_REF, REF)
    assert (sent.sent, taken.heard, taken.sent, sent.heard) == (1, 1, len(STEPS), len(STEPS))
    states = [action.state for action in actions]
    assert states == [ActionState.HANDED_OVER, ActionState.HANDED_OVER, ActionState.DONE, ActionState.DONE]
    assert [str(action.text) for action in proposals][:2] == [str(action.text) for action in actions][:2]
    assert [a.state for a in proposals] == [ActionState.PROPOSED, ActionState.PROPOSED, ActionState.DONE]
