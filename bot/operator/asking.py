"""What the commands that make a bot ask for: by option, or on a terminal."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.operator import init

if TYPE_CHECKING:
    import argparse


class Asker:
    """Asks on a terminal; elsewhere says which option is missing."""

    def __init__(self, terminal: bool) -> None:
        self._terminal = terminal

    def __call__(self, question: str, option: str) -> str:
        self._need_terminal(option)
        while not (answer := input(f"{question}: ").strip()):
            pass
        return answer

    def secretly(self, question: str, option: str) -> str:
        self._need_terminal(option)
        while not (answer := getpass.getpass(f"{question}: ")):
            pass
        return answer

    def _need_terminal(self, option: str) -> None:
        if not self._terminal:
            raise init.MissingOptionError(option)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that `wanted` and `login` read."""
    parser.add_argument("--homeserver", metavar="URL", help="adres van de homeserver")
    parser.add_argument("--user", metavar="@BOT:SERVER", help="account van de bot")
    secret = parser.add_mutually_exclusive_group()
    secret.add_argument("--password-file", type=Path, metavar="F", help="bestand met het wachtwoord")
    secret.add_argument("--access-token-file", type=Path, metavar="F", help="bestand met een toegangstoken")
    parser.add_argument("--data", type=Path, metavar="MAP", help="gegevensmap, wordt gemaakt")
    parser.add_argument(
        "--key-file", type=Path, metavar="F", help="sleutel van de opslag, buiten de gegevensmap"
    )
    parser.add_argument("--region", metavar="NAAM", help="naam van de regio")
    parser.add_argument(
        "--coordinator", action="append", metavar="@ID:SERVER", help="coördinator; mag vaker", default=[]
    )


def wanted(options: argparse.Namespace, ask: Asker) -> init.Wanted:
    return init.Wanted(
        homeserver=options.homeserver or ask("Adres van de homeserver", "--homeserver"),
        user=options.user or ask("Account van de bot (@naam:server)", "--user"),
        data=options.data or Path(ask("Gegevensmap", "--data")),
        key_file=options.key_file or Path(ask("Sleutelbestand, buiten de gegevensmap", "--key-file")),
        region=options.region or ask("Naam van de regio", "--region"),
        coordinators=tuple(
            options.coordinator or ask("Coördinator(en), met spaties", "--coordinator").split()
        ),
    )


def login(options: argparse.Namespace, ask: Asker) -> tuple[str | None, str | None]:
    """Password and access token; one of them."""
    if options.access_token_file:
        return None, init.read_secret(options.access_token_file)
    return password(options, ask), None


def password(options: argparse.Namespace, ask: Asker) -> str:
    if options.password_file:
        return init.read_secret(options.password_file)
    return ask.secretly("Wachtwoord van de bot", "--password-file")
