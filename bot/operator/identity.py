"""`casusbot identity`: who the bot is to others, and what an operator does about it."""
# ruff: noqa: T201  this is where the program speaks

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.core.access.trusting import another_identity, renewed
from bot.core.effects import Effects, Logged
from bot.core.records.people import OPERATOR
from bot.core.text import Language
from bot.data import device
from bot.data.control import Caller, NobodyThereError, calling
from bot.errors import ConfigurationError
from bot.matrix import account
from bot.matrix.emoji import EMOJI
from bot.matrix.sas import REASONS, Code, Sign, State
from bot.matrix.trust import confirmed_pin
from bot.matrix.verification import Progress
from bot.operator import asking, init
from bot.running.app import Bot
from bot.settings.configuration import load
from bot.settings.resources import load_guard
from bot.store.carrying import carry_out

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator

    from bot.matrix.account import Inspection
    from bot.settings.configuration import Configuration
    from bot.store.transaction import Transaction

GROUP = 4


class NeedsTerminalError(ConfigurationError):
    """Dit vraagt een antwoord van iemand die de emoji ziet; voer het uit in een terminal."""


class NoIdentityError(ConfigurationError):
    """Dit account heeft geen identiteit; laat die persoon eerst een apparaat verifiëren."""


class OtherFingerprintError(ConfigurationError):
    """De vingerafdruk is een andere dan de server toont. Er is niets vastgelegd; zoek uit hoe dat komt."""


def add_to(acts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The subcommand and its own subcommands."""
    identity = acts.add_parser("identity", help="de identiteit van de bot: tonen, verifiëren, herstellen")
    steps = identity.add_subparsers(title="opdrachten", required=True, metavar="OPDRACHT")

    show = steps.add_parser("show", help="account, apparaat en vingerafdruk; ook terwijl de bot draait")
    show.set_defaults(act=_show)

    verify = steps.add_parser("verify", help="emoji vergelijken met iemand; ook terwijl de bot draait")
    verify.set_defaults(act=_verify)

    recover = steps.add_parser("recover", help="dezelfde bot op een nieuwe machine, met de herstelsleutel")
    asking.add_options(recover)
    recover.add_argument("--recovery-key-file", type=Path, metavar="F", help="bestand met de herstelsleutel")
    recover.set_defaults(act=_recover)

    rotate = steps.add_parser(
        "rotate-device",
        help="een nieuw apparaat met nieuwe sleutels; ook na het terugzetten van een reservekopie",
    )
    rotate.set_defaults(act=_rotate)

    clean = steps.add_parser("clean", help="elk ander apparaat van het account van de bot afmelden")
    clean.set_defaults(act=_clean)

    trust = steps.add_parser(
        "trust", help="vastleggen dat iemands vingerafdruk is vergeleken, met de bot gestopt"
    )
    trust.add_argument("user", metavar="@ID:SERVER", help="wiens identiteit")
    trust.add_argument(
        "--fingerprint", metavar="TEKST", help="wat die persoon voorlas; anders wordt het gevraagd"
    )
    trust.set_defaults(act=_trust)

    for step in (show, verify, rotate, clean, trust):
        step.add_argument("--config", type=Path, required=True, metavar="F")
    for step in (rotate, clean):
        step.add_argument("--password-file", type=Path, metavar="F", help="bestand met het wachtwoord")


# -- show ------------------------------------------------------------------------------------------


def _show(options: argparse.Namespace) -> int:
    found = asyncio.run(_inspected(load(options.config)))
    print(f"Account:           {printable(found.user_id)}")
    signed = "ondertekend" if found.signed else "NIET ondertekend; start de bot, dan ondertekent hij het"
    print(f"Apparaat:          {printable(found.device_id)} ({signed})")
    print(f"Hoofdsleutel:      {grouped(found.master_key)}")
    others = ", ".join(printable(stray) for stray in found.strays)
    advice = (
        f"{others}\n                   Onbekend? Verwijder met: casusbot identity clean" if others else "geen"
    )
    print(f"Andere apparaten:  {advice}")
    return 0


async def _inspected(configuration: Configuration) -> Inspection:
    try:
        async with calling(configuration.data) as caller:
            return await caller.identity()
    except NobodyThereError:
        async with device.opened(configuration, configuration.read_key()) as bot:
            return await account.inspect(bot.homeserver, bot.own, bot.crypto, bot.identity)


def grouped(key: str) -> str:
    """A key in groups of four, to be read aloud; as Element shows it."""
    return " ".join(key[i : i + GROUP] for i in range(0, len(key), GROUP))


def printable(text: str) -> str:
    """What others chose, without what would steer the terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


# -- recover, rotate-device, clean -----------------------------------------------------------------


def _recover(options: argparse.Namespace) -> int:
    ask = asking.Asker(sys.stdin.isatty())
    wanted = asking.wanted(options, ask)
    text = (
        init.read_secret(options.recovery_key_file)
        if options.recovery_key_file
        else ask.secretly("Herstelsleutel van de bot", "--recovery-key-file")
    )
    recovery_key = device.read_recovery_key(text)
    password, token = asking.login(options, ask)
    asyncio.run(init.recover(wanted, recovery_key, password=password, access_token=token))
    print(f"De bot heeft zijn identiteit terug. Start hem met: casusbot run --config {wanted.config_file}")
    print("Was de oude machine gestolen of stuk? Meld haar af met: casusbot identity clean")
    return 0


def _rotate(options: argparse.Namespace) -> int:
    configuration = load(options.config)
    password = asking.password(options, asking.Asker(sys.stdin.isatty()))
    removed = asyncio.run(
        device.rotate_device(configuration, configuration.read_key(), password, datetime.now(UTC))
    )
    print("De bot heeft een nieuw apparaat, ondertekend door dezelfde identiteit.")
    _print_removed(removed)
    return 0


def _clean(options: argparse.Namespace) -> int:
    configuration = load(options.config)
    password = asking.password(options, asking.Asker(sys.stdin.isatty()))
    _print_removed(asyncio.run(device.remove_strays(configuration, configuration.read_key(), password)))
    return 0


def _print_removed(devices: tuple[str, ...]) -> None:
    print(f"Afgemeld: {', '.join(printable(device) for device in devices) or 'niets'}.")


# -- trust -----------------------------------------------------------------------------------------


def _trust(options: argparse.Namespace) -> int:
    """Compare by fingerprint what the person reads aloud from their own client; their word is not enough."""
    configuration = load(options.config)
    asyncio.run(_compared(configuration, options.user, options.fingerprint))
    print(f"Vastgelegd: de identiteit van {printable(options.user)} is vergeleken.")
    return 0


async def _compared(configuration: Configuration, user: str, fingerprint: str | None) -> None:
    async with device.opened(configuration, configuration.read_key()) as bot:
        shown = await account.shown_master_key(bot.homeserver, user)
        if shown is None:
            raise NoIdentityError(user)
        if fingerprint is None:
            print(f"Vraag {printable(user)} de vingerafdruk van de eigen identiteit voor te lezen.")
            fingerprint = asking.Asker(sys.stdin.isatty())("Wat leest die persoon voor", "--fingerprint")
        if "".join(fingerprint.split()) != shown:
            raise OtherFingerprintError(user)
        now = datetime.now(UTC)

        async def keep(transaction: Transaction) -> None:
            before = (await transaction.pins([user])).get(user)
            pin = confirmed_pin(user, shown, now, OPERATOR)
            effects = Effects(keep=(pin,), log=(Logged("trust.confirmed", None, user),))
            effects += renewed(pin, before, await transaction.seats([user]))
            await carry_out(
                transaction, effects, actor=OPERATOR, at=now, source=f"operator:{now.isoformat()}"
            )

        await bot.database.write(keep)


# -- verify ----------------------------------------------------------------------------------------


def _verify(options: argparse.Namespace) -> int:
    if not sys.stdin.isatty():
        raise NeedsTerminalError
    logging.getLogger().setLevel(logging.ERROR)  # the screen is for the emoji
    verified = asyncio.run(_verified(load(options.config)))
    return 0 if verified else 1


async def _verified(configuration: Configuration) -> bool:
    async with _bot_at_work(configuration), calling(configuration.data) as caller:
        print(
            "Vraag de ander om in het profiel van de bot 'Gebruiker verifiëren' te kiezen. Stoppen: Ctrl-C."
        )
        return await Conversation(caller).hold()


@asynccontextmanager
async def _bot_at_work(configuration: Configuration) -> AsyncIterator[None]:
    """The bot that runs; where none does, one for as long as this lasts."""
    try:
        async with calling(configuration.data):
            running = True
    except NobodyThereError:
        running = False
    if running:
        yield
        return
    stop = asyncio.Event()
    bot = Bot(configuration, configuration.read_key(), load_guard(), SystemClock())
    working = asyncio.create_task(bot.run(stop))
    reachable = asyncio.create_task(bot.reachable.wait())
    try:
        await asyncio.wait({working, reachable}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            yield
    finally:
        reachable.cancel()
        stop.set()
        await working


class End(Enum):
    """Why a conversation ends without an outcome."""

    BOT = "De bot is gestopt."
    TERMINAL = "Gestopt; er is niets bevestigd."


class Conversation:
    """Shows the emoji of one verification at a time and takes the operator's word for it."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._news: asyncio.Queue[Progress | str | End] = asyncio.Queue()
        self._waiting: dict[str, Progress] = {}
        self._shown: Progress | None = None
        self._half_line = b""

    async def hold(self) -> bool:
        """Until the verification that was shown has ended; whether it ended well."""
        listening = asyncio.create_task(self._listen())
        loop = asyncio.get_running_loop()
        loop.add_reader(sys.stdin.fileno(), self._typed)
        try:
            while True:
                outcome = await self._next()
                if outcome is not None:
                    return outcome
        finally:
            loop.remove_reader(sys.stdin.fileno())
            listening.cancel()

    async def _listen(self) -> None:
        while (change := await self._caller.next_change()) is not None:
            self._news.put_nowait(change)
        self._news.put_nowait(End.BOT)

    def _typed(self) -> None:
        try:
            typed = os.read(sys.stdin.fileno(), 4096)
        except OSError:  # the terminal is gone
            typed = b""
        if not typed:
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
            self._news.put_nowait(End.TERMINAL)
        *lines, self._half_line = (self._half_line + typed).split(b"\n")
        for line in lines:
            self._news.put_nowait(line.decode(errors="replace").strip().lower())

    async def _next(self) -> bool | None:
        match await self._news.get():
            case Progress() as progress:
                return self._changed(progress)
            case str(words):
                await self._answered(words)
            case End() as end:
                print(f"\n{end.value}")
                return False
        return None

    def _changed(self, progress: Progress) -> bool | None:
        who = printable(progress.theirs.user_id)
        asked_about = self._shown is not None and self._shown.code == progress.code
        self._waiting.pop(progress.code, None)
        if progress.state is State.DONE:
            print(f"Geverifieerd: de bot en {who}.")
        elif progress.state is State.CANCELLED:
            side = "de bot" if progress.ended_by_us else who
            print(f"\nNiet geverifieerd, afgebroken door {side}: {REASONS[progress.ended or Code.OTHER]}.")
        elif progress.state is State.WE_CONFIRMED:
            print(f"Nu is {who} aan zet.")
        elif progress.state.ours_to_decide and not asked_about:
            self._waiting[progress.code] = progress
        if progress.state.final and asked_about:
            return progress.state is State.DONE
        self._show_next()
        return None

    def _show_next(self) -> None:
        if self._shown is None and self._waiting:
            self._shown = self._waiting.pop(next(iter(self._waiting)))
            if self._shown.sign is not None:
                print(shown(self._shown, self._shown.sign), end="", flush=True)

    async def _answered(self, words: str) -> None:
        if self._shown is None:
            return
        if words not in {"ja", "nee"}:
            print("Typ ja of nee: ", end="", flush=True)
            return
        await self._caller.decide(self._shown.code, same=words == "ja")


def shown(progress: Progress, sign: Sign) -> str:
    """What the operator compares, and the question."""
    pictures = "\n".join(f"    {picture}  {name}" for picture, name in (EMOJI[i] for i in sign.emoji))
    numbers = "  ".join(map(str, sign.decimals))
    who, device = printable(progress.theirs.user_id), printable(progress.theirs.device_id)
    known = progress.instead_of
    warning = f"{printable(another_identity(known, Language.NL))}\n\n" if known else ""
    return (
        f"\n{who} verifieert de bot (apparaat {device}).\n\n{warning}{pictures}\n\n"
        f"    of als getallen: {numbers}\n\n"
        "Ziet de ander precies dit, in deze volgorde? Vraag het na, niet in deze ruimte. [ja/nee] "
    )
