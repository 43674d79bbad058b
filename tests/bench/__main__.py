"""`./run bench [clock] [guard] [text] [chat]`: a wake-up of the clock on stores of growing size; the privacy guard; hostile texts; then a command of the bot and a
line to a bare echo bot, in turns, on one homeserver.

Machines are noisy, so only the ratios mean something; both sides are measured in the same minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from bot.matrix.rooms import creation
from tests.bench import clock, guard, text
from tests.synapse.homeserver import Homeserver
from tests.synapse.world import World


@dataclass
class Side:
    """One of the two bots, and what was measured of it."""

    name: str
    process: int
    room_id: str
    text: str
    milliseconds: list[float] = field(default_factory=list)
    cpu_before: float = 0.0

    def line(self, rounds: int) -> str:
        cpu = (cpu_seconds(self.process) - self.cpu_before) / rounds * 1000
        return (
            f"{self.name:<22}{percentile(self.milliseconds, 50):8.0f}{percentile(self.milliseconds, 95):8.0f}"
            f"{cpu:14.1f}{memory(self.process):12.1f}"
        )


def percentile(values: list[float], which: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[which - 1]


def cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


async def measure(rounds: int) -> None:
    with Homeserver() as homeserver, tempfile.TemporaryDirectory() as folder:
        world = await World.build(homeserver, Path(folder), ("voorzitter", "leerplicht"))
        echo: subprocess.Popen[bytes] | None = None
        try:
            world.start()
            assert world._process is not None
            case = await world.case_room(
                "Z-2026-001", {"voorzitter": "voorzitter", "leerplicht": "leerplicht"}
            )
            echo, other = await start_echo(world, Path(folder))
            sides = (
                Side("casusbot", world._process.pid, case, "!acties"),
                Side("bare nio echo bot", echo.pid, other, "echo"),
            )
            await take_turns(world, sides, rounds)
            report(sides, rounds)
        finally:
            if echo is not None:
                echo.kill()
                echo.wait()
            await world.close()


async def start_echo(world: World, folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """The echo bot, in an encrypted room with the chair."""
    user, password = world.register("echo"), world.passwords["echo"]
    store = folder / "echo"
    store.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.echo", world.homeserver.url, user, password, store],
        stderr=subprocess.DEVNULL,
    )
    chair = world.people["voorzitter"]
    body = creation("echo", secrets.token_hex(), invite=[user])
    room_id = (await chair.homeserver.post("/v3/createRoom", body))["room_id"]

    async def joined() -> bool:
        return user in (await chair.rooms()).get(room_id, set())

    await chair.sync_until(joined, what="the echo bot")
    return process, room_id


async def take_turns(world: World, sides: tuple[Side, ...], rounds: int) -> None:
    chair = world.people["voorzitter"]
    for turn in range(-5, rounds):
        for side in sides:
            if turn == 0:
                side.cpu_before = cpu_seconds(side.process)
            began = time.perf_counter()
            event_id = await chair.say(side.room_id, side.text)
            await chair.until(
                lambda heard, event_id=event_id: any(h.in_reply_to == event_id for h in heard),
                what=f"an answer of {side.name}",
            )
            if turn >= 0:
                side.milliseconds.append((time.perf_counter() - began) * 1000)
        print(f"\r{max(turn, 0) + 1}/{rounds}", end="", file=sys.stderr)
    print(file=sys.stderr)


def report(sides: tuple[Side, ...], rounds: int) -> None:
    ours, theirs = sides
    print(f"{'':<22}{'p50 ms':>8}{'p95 ms':>8}{'CPU ms/command':>14}{'memory MB':>12}")
    for side in sides:
        print(side.line(rounds))
    ratios = [
        percentile(ours.milliseconds, which) / percentile(theirs.milliseconds, which) for which in (50, 95)
    ]
    print(f"{'ratio':<22}{ratios[0]:8.2f}{ratios[1]:8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench")
    parser.add_argument(
        "what", nargs="?", choices=("clock", "guard", "text", "chat"), help="one of these; without it all"
    )
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    if options.what in {None, "clock"}:
        asyncio.run(clock.measure())
    if options.what in {None, "guard"}:
        guard.measure()
    if options.what in {None, "text"}:
        text.measure()
    if options.what in {None, "chat"}:
        asyncio.run(measure(options.rounds))


if __name__ == "__main__":
    main()
