"""`casusbot backup` and `casusbot restore`, as an operator types them; what they do is in `bot.data.backups`."""
# ruff: noqa: T201  this is where the program speaks

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.data import device
from bot.data.backups import NONE, back_up, restore
from bot.operator import asking
from bot.settings.configuration import load

if TYPE_CHECKING:
    import argparse


def add_to(acts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Both subcommands."""
    backup = acts.add_parser("backup", help="een versleutelde kopie van de opslag; ook terwijl de bot draait")
    backup.add_argument("--to", type=Path, metavar="MAP", help="waarheen; anders backups.folder")
    backup.set_defaults(act=_backup)

    restore = acts.add_parser("restore", help="een reservekopie terugzetten, zonder vernietigde casussen")
    restore.add_argument("--from", type=Path, required=True, metavar="BESTAND", dest="copy")
    restore.add_argument(
        "--head",
        required=True,
        metavar="CODE",
        help=f"code in het laatste bericht over een vernietiging bij een coördinator, of {NONE}",
    )
    restore.add_argument("--password-file", type=Path, metavar="F", help="bestand met het wachtwoord")
    restore.set_defaults(act=_restore)
    for parser in (backup, restore):
        parser.add_argument("--config", type=Path, required=True, metavar="F")


def _backup(options: argparse.Namespace) -> int:
    configuration = load(options.config)
    folder = options.to or configuration.backups.folder
    copy, expired = asyncio.run(back_up(configuration, configuration.read_key(), folder, datetime.now(UTC)))
    print(f"Reservekopie: {copy}. Verlopen en weggehaald: {expired}.")
    return 0


def _restore(options: argparse.Namespace) -> int:
    configuration = load(options.config)
    key, now = configuration.read_key(), datetime.now(UTC)
    password = asking.password(options, asking.Asker(sys.stdin.isatty()))
    found = asyncio.run(restore(configuration, key, options.copy, options.head, now))
    again = ", ".join(found.again) or NONE
    print(f"Teruggezet: de stand van {found.copied_at:%Y-%m-%d %H:%M} UTC. Opnieuw vernietigd: {again}.")
    asyncio.run(device.rotate_device(configuration, key, password, now))
    print(f"De bot heeft een nieuw apparaat. Start hem met: casusbot run --config {options.config}")
    return 0
