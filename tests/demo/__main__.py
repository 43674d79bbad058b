"""`./run demo`: the main job, played by scripted participants on a real homeserver, checked as it goes."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.demo import second_act, story
from tests.demo.paper import Paper
from tests.demo.stage import BrokenPromise, Stage
from tests.synapse.homeserver import Homeserver
from tests.synapse.regions import Regions
from tests.synapse.world import World

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

FIRST, SECOND = ACTS = (1, 2)
"""A case meeting and its follow-through; a child out of sight and a handover."""


async def play(folder: Path, *, acts: tuple[int, ...], keep: bool) -> None:
    paper = Paper()
    began = time.monotonic()
    for act in acts:
        part = folder / f"act{act}"
        part.mkdir()
        await (second_act_of(part, paper) if act == SECOND else first_act(part, paper, keep=keep))
    paper.scene("Klaar")
    print(
        f"  {paper.messages} berichten, zoals de deelnemers ze ontsleutelden; alle beloften gehouden "
        f"({time.monotonic() - began:.0f} s)."
    )


async def first_act(folder: Path, paper: Paper, *, keep: bool) -> None:
    steps = len(story.ROLES) + 3
    paper.progress(0, steps, "homeserver starten")
    with Homeserver() as homeserver:
        world = World(homeserver, folder, suffix="")
        paper.progress(1, steps, "de bot klaarzetten (casusbot init)")
        try:
            await world.settle(
                story.ROLES, lambda n, name: paper.progress(n + 2, steps, f"{name} meldt zich aan")
            )
            await played((Stage(world, paper, story.BEGINS),), story.play)
            if keep:
                await stay(world)
        finally:
            await world.close()


async def second_act_of(folder: Path, paper: Paper) -> None:
    """Two regions, two homeservers, two bots."""
    steps = len(second_act.ROLES) + 2
    paper.progress(0, steps, "twee homeservers starten")
    with Homeserver.federating() as ours, Homeserver.federating() as theirs:
        regions = await Regions.build(
            (ours, theirs),
            folder,
            second_act.ROLES,
            lambda n, name: paper.progress(n + 1, steps, f"{name} meldt zich aan"),
            suffix="",
        )
        paper.progress(steps, steps, "twee bots hebben elkaars vingerafdruk")
        try:
            stages = (
                Stage(regions.ours, paper, second_act.BEGINS, place="Voorbeeld"),
                Stage(regions.theirs, paper, second_act.BEGINS, place="Elders"),
            )
            await played(stages, second_act.play)
        finally:
            await regions.close()


async def played(stages: tuple[Stage, ...], script: Callable[..., Awaitable[None]]) -> None:
    for stage in stages:
        stage.raise_curtain()
    try:
        await script(*stages)
    finally:
        for stage in stages:
            await stage.drop_curtain()


async def stay(world: World) -> None:
    """Leave everything running for somebody with a client of their own."""
    world.start()
    print(f"\n  Homeserver: {world.homeserver.url}")
    for name, password in world.passwords.items():
        print(f"  {world.user_id(name):<36} {password}")
    print("\n  De bot draait nu op de echte klok. Stoppen: Ctrl-C.", flush=True)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run demo", description="Een heel casusoverleg, op deze machine.")
    parser.add_argument(
        "--keep", action="store_true", help="homeserver en bot laten draaien om zelf mee te doen"
    )
    parser.add_argument("--act", type=int, choices=ACTS, help="alleen dit bedrijf")
    options = parser.parse_args()
    acts = (options.act,) if options.act else ACTS[:1] if options.keep else ACTS
    folder = Path(tempfile.mkdtemp(prefix="casusbot-demo-"))
    try:
        asyncio.run(play(folder, acts=acts, keep=options.keep))
    except BrokenPromise as broken:
        print(f"\nBelofte niet gehouden: {broken}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except subprocess.CalledProcessError as failed:
        if failed.returncode == -signal.SIGINT:
            return 130
        print(failed.stderr.decode(), file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
