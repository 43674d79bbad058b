"""The command line: what an operator types. One line on stderr and an exit code (see `bot.errors`) when it fails."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.data import health
from bot.errors import CasusbotError, IdentityError, UnreachableError, places
from bot.matrix.secret_storage import new_recovery_key
from bot.operator import asking, audit, backup, check, explain, identity, init, papers, simulate
from bot.running.app import Bot
from bot.settings.configuration import load
from bot.settings.resources import load_guard

if TYPE_CHECKING:
    from collections.abc import Sequence


STOPS_WITHIN = 20
"""Seconds from a signal to the end; systemd waits thirty (deploy/casusbot.service)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; its exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    # nio logs ids of sessions and devices at every message, and at debug level whole events.
    logging.getLogger("nio").setLevel(logging.CRITICAL)
    try:
        return int(options.act(options))
    except CasusbotError as error:
        print(f"casusbot: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except Exception as fault:  # noqa: BLE001  a trace would print what was being read
        print(f"casusbot: {CasusbotError(f'{type(fault).__name__} bij {places(fault)}')}", file=sys.stderr)
        return CasusbotError.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="casusbot", description="Houdt afspraken van casusoverleggen bij in versleutelde Matrix-ruimtes."
    )
    parser.add_argument("--version", action="version", version=f"casusbot {version('casusbot')}")
    acts = parser.add_subparsers(title="opdrachten", required=True, metavar="OPDRACHT")

    init = acts.add_parser("init", help="de bot aanmelden en klaarzetten; vraagt wat ontbreekt")
    asking.add_options(init)
    init.add_argument("--recovery-key-file", type=Path, metavar="F", help="waar de herstelsleutel heen gaat")
    init.set_defaults(act=_init)

    run = acts.add_parser("run", help="de bot laten werken, tot SIGTERM")
    run.add_argument("--config", type=Path, required=True, metavar="F")
    run.set_defaults(act=_run)

    check = acts.add_parser("check", help="configuratie, opslag en homeserver nakijken")
    check.add_argument("--config", type=Path, required=True, metavar="F")
    check.set_defaults(act=_check)

    simulate = acts.add_parser(
        "simulate", help="laten zien wie wat wanneer te horen krijgt; er gaat niets uit"
    )
    simulate.add_argument("--config", type=Path, required=True, metavar="F")
    simulate.add_argument("--from", type=date.fromisoformat, required=True, metavar="DATUM", dest="first")
    simulate.add_argument("--to", type=date.fromisoformat, required=True, metavar="DATUM", dest="last")
    simulate.set_defaults(act=_simulate)

    health_ = acts.add_parser("health", help="hoe het met de bot gaat; afsluitcode 0 als hij werkt")
    health_.add_argument("--config", type=Path, required=True, metavar="F")
    health_.set_defaults(act=_health)

    identity.add_to(acts)
    backup.add_to(acts)
    audit.add_to(acts)
    explain.add_to(acts)
    papers.add_to(acts)
    return parser


def _init(options: argparse.Namespace) -> int:
    ask = asking.Asker(sys.stdin.isatty())
    wanted = asking.wanted(options, ask)
    password, token = asking.login(options, ask)
    recovery = new_recovery_key(os.urandom)
    asyncio.run(
        init.initialise(wanted, recovery, options.recovery_key_file, password=password, access_token=token)
    )
    if options.recovery_key_file:
        print(f"Herstelsleutel geschreven naar {options.recovery_key_file}; bewaar die buiten deze machine.")
    else:
        print("Herstelsleutel van de bot. Hij wordt één keer getoond; bewaar hem buiten deze machine:")
        print(f"\n    {recovery.text()}\n")
    print(f"Klaar. Start de bot met: casusbot run --config {wanted.config_file}")
    return 0


def _run(options: argparse.Namespace) -> int:
    configuration = load(options.config)
    key = configuration.read_key()
    bot = Bot(configuration, key, load_guard(), SystemClock(), os.environ)

    async def work() -> None:
        stop = asyncio.Event()
        stop_on_signals(asyncio.get_running_loop(), stop)
        await bot.run(stop)

    asyncio.run(work())
    return 0


def stop_on_signals(loop: asyncio.AbstractEventLoop, stop: asyncio.Event, within: int = STOPS_WITHIN) -> None:
    """Stop in good order at SIGTERM or SIGINT, and at once where that takes too long.

    A handler of the loop would never run while something keeps the loop busy; this one does, and the alarm that it sets is
    the kernel's. Whatever is half done by then is done by the next start.
    """

    def stopping(number: int, frame: object) -> None:  # noqa: ARG001
        signal.alarm(within)
        loop.call_soon_threadsafe(stop.set)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stopping)


def _simulate(options: argparse.Namespace) -> int:
    configuration = load(options.config)
    key = configuration.read_key()
    for line in asyncio.run(simulate.simulate(configuration, key, options.first, options.last)):
        print(line)
    return 0


def _check(options: argparse.Namespace) -> int:
    configuration = load(options.config)
    for line in asyncio.run(check.check(configuration, configuration.read_key())):
        print(line)
    return 0


def _health(options: argparse.Namespace) -> int:
    found = health.read(load(options.config).data)
    if found is None:
        print("De bot heeft hier nog niet gedraaid.")
        return UnreachableError.exit_code
    print(f"Toestand: {health.NAMES[found.state]}, sinds {found.since:%Y-%m-%d %H:%M} UTC.")
    print(f"Laatste levensteken: {found.seen:%Y-%m-%d %H:%M:%S} UTC.")
    if found.detail:
        print(found.detail)
    now = datetime.now(UTC)
    if found.is_well(now):
        return 0
    if found.state is not health.State.STOPPED and found.is_silent(now):
        print("Hij geeft geen teken meer: gestopt zonder afscheid, of hij hangt op een bericht.")
    exits = {health.State.ALARM: IdentityError, health.State.TROUBLED: CasusbotError}
    return exits.get(found.state, UnreachableError).exit_code
