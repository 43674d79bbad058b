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

from tests.demo import story
from tests.demo.paper import Paper
from tests.demo.stage import BrokenPromise, Stage
from tests.synapse.homeserver import Homeserver
from tests.synapse.world import World


async def play(folder: Path, *, keep: bool) -> None:
    paper = Paper()
    began = time.monotonic()
    steps = len(story.ROLES) + 3
    paper.progress(0, steps, "homeserver starten")
    with Homeserver() as homeserver:
        world = World(homeserver, folder, suffix="")
        paper.progress(1, steps, "de bot klaarzetten (casusbot init)")
        try:
            await world.settle(
                story.ROLES, lambda n, name: paper.progress(n + 2, steps, f"{name} meldt zich aan")
            )
            stage = Stage(world, paper, story.BEGINS)
            stage.raise_curtain()
            try:
                await story.play(stage)
            finally:
                await stage.drop_curtain()
            paper.scene("Klaar")
            print(
                f"  {paper.messages} berichten, zoals de deelnemers ze ontsleutelden; alle beloften gehouden "
                f"({time.monotonic() - began:.0f} s)."
            )
            if keep:
                await stay(world)
        finally:
            await world.close()


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
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="casusbot-demo-"))
    try:
        asyncio.run(play(folder, keep=options.keep))
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
