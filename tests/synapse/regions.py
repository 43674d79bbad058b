"""Two regions, each with a homeserver and a bot of its own, that have exchanged the fingerprints of their bots."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Self

from bot.matrix.account import shown_master_key
from bot.matrix.homeserver import HomeserverFault, segment
from tests.synapse.world import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.synapse.homeserver import Homeserver

OURS, THEIRS = "Voorbeeld", "Elders"


class Regions:
    """`ours` hands over, `theirs` takes over."""

    def __init__(self, ours: World, theirs: World) -> None:
        self.ours = ours
        self.theirs = theirs

    @classmethod
    async def build(
        cls,
        servers: tuple[Homeserver, Homeserver],
        folder: Path,
        roles: tuple[str, ...],
        progress: Callable[[int, str], None] = lambda _number, _name: None,
        *,
        suffix: str | None = None,
    ) -> Self:
        ours = World(servers[0], folder / "ours", suffix=suffix, region=f"ZVH {OURS}regio")
        theirs = World(servers[1], folder / "theirs", suffix=suffix, region=f"ZVH {THEIRS}")
        for world in (ours, theirs):
            world.folder.mkdir()
        await ours.settle(roles, progress)
        await theirs.settle((), progress)
        regions = cls(ours, theirs)
        await regions.introduce()
        return regions

    async def introduce(self) -> None:
        """What two operators do by phone: each reads the other the fingerprint from `casusbot identity show`."""
        for world, name, other in ((self.ours, THEIRS, self.theirs), (self.theirs, OURS, self.ours)):
            witness = other.people["coordinator"]
            fingerprint = await shown_master_key(witness.homeserver, other.bot_id)
            world.configure(f'regions:\n  {name}: {{bot: "{other.bot_id}", fingerprint: "{fingerprint}"}}\n')

    async def wake(self) -> None:
        """Each server asks the other something. One that was away is then sent at once what it missed; otherwise its
        neighbour looks again within a minute."""
        for world, other in ((self.ours, self.theirs), (self.theirs, self.ours)):
            with suppress(HomeserverFault):
                await world.people["coordinator"].homeserver.get(f"/v3/profile/{segment(other.bot_id)}")

    async def close(self) -> None:
        await self.ours.close()
        await self.theirs.close()
