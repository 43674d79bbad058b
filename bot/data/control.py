"""How a command on the same machine reaches the bot that runs: a socket in the data folder, for its owner only.

Lines of JSON. The bot says `{"verification": ...}` for every one that is open and for each change of one. The
other end says `{"code": ..., "same": true or false}` after looking at the emoji, or `{"ask": "identity"}`.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.core.records.people import Pin, PinState
from bot.errors import CasusbotError
from bot.matrix.account import Inspection
from bot.matrix.homeserver import HomeserverFault
from bot.matrix.sas import Code, Party, Sign, State
from bot.matrix.verification import Progress

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

    from bot.matrix.verification import Verifications

NAME = "casusbot.sock"


class NobodyThereError(Exception):
    """No bot runs on this data folder."""


class BotCouldNotTellError(CasusbotError):
    """De draaiende bot kon dit niet nagaan."""


@asynccontextmanager
async def listening(
    folder: Path, verifications: Verifications, inspect: Callable[[], Awaitable[Inspection]]
) -> AsyncIterator[None]:
    """Answer on the socket; only for the process that holds the lock of the data folder."""
    callers: set[asyncio.Task[None]] = set()

    def called(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_serve(reader, writer, verifications, inspect))
        callers.add(task)
        task.add_done_callback(callers.discard)

    path = folder / NAME
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as bound, _short(folder) as short:
        os.fchmod(bound.fileno(), 0o600)  # what bind makes gets these rights
        bound.bind(f"{short}/{NAME}")
        server = await asyncio.start_unix_server(called, sock=bound)
        try:
            yield
        finally:
            server.close()
            for task in callers:
                task.cancel()
            await asyncio.gather(*callers, return_exceptions=True)
            path.unlink(missing_ok=True)


async def _serve(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    verifications: Verifications,
    inspect: Callable[[], Awaitable[Inspection]],
) -> None:
    async def say(line: dict[str, Any]) -> None:
        writer.write(json.dumps(line, default=datetime.isoformat).encode() + b"\n")
        await writer.drain()

    async def tell(changes: asyncio.Queue[Progress]) -> None:
        while True:
            await say({"verification": asdict(await changes.get())})

    with verifications.watching() as changes:
        telling = asyncio.create_task(tell(changes))
        try:
            async for line in reader:
                match json.loads(line):
                    case {"code": str(code), "same": bool(same)}:
                        await verifications.decide(code, same=same)
                    case {"ask": "identity"}:
                        await say(await _told(inspect))
        except (ValueError, ConnectionError):
            pass  # not one of ours; it is hung up on
        finally:
            telling.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await telling
            writer.close()


async def _told(inspect: Callable[[], Awaitable[Inspection]]) -> dict[str, Any]:
    try:
        return {"identity": asdict(await inspect())}
    except (CasusbotError, HomeserverFault) as fault:
        return {"fault": str(fault)}


class Caller:
    """The other end of the socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def next_change(self) -> Progress | None:
        """How far a verification is now; None when the bot has gone."""
        line = await self._line("verification")
        return None if line is None else _progress(line["verification"])

    async def identity(self) -> Inspection:
        """What the bot sees of its own account. Raises BotCouldNotTellError."""
        await self._say({"ask": "identity"})
        line = await self._line("identity", "fault") or {}
        if "identity" not in line:
            raise BotCouldNotTellError(line.get("fault", ""))
        return Inspection(**line["identity"] | {"strays": tuple(line["identity"]["strays"])})

    async def decide(self, code: str, *, same: bool) -> None:
        await self._say({"code": code, "same": same})

    async def _say(self, line: dict[str, Any]) -> None:
        self._writer.write(json.dumps(line).encode() + b"\n")
        with suppress(ConnectionError):
            await self._writer.drain()

    async def _line(self, *kinds: str) -> dict[str, Any] | None:
        """The next line of one of these kinds; None at the end."""
        try:
            async for text in self._reader:
                line: dict[str, Any] = json.loads(text)
                if line.keys() & set(kinds):
                    return line
        except ConnectionError:
            pass
        return None


@asynccontextmanager
async def calling(folder: Path) -> AsyncIterator[Caller]:
    """Reach the bot that runs on this data folder. Raises NobodyThereError."""
    try:
        with _short(folder) as short:
            reader, writer = await asyncio.open_unix_connection(f"{short}/{NAME}")
    except (FileNotFoundError, ConnectionRefusedError):
        raise NobodyThereError from None
    try:
        yield Caller(reader, writer)
    finally:
        writer.close()


def _progress(line: dict[str, Any]) -> Progress:
    """Our own process wrote it, so it is what it should be."""
    sign, ended, pin = line["sign"], line["ended"], line["instead_of"]
    return Progress(
        **line
        | {
            "theirs": Party(**line["theirs"]),
            "until": datetime.fromisoformat(line["until"]),
            "instead_of": None if pin is None else _pin(pin),
            "state": State(line["state"]),
            "sign": None if sign is None else Sign(tuple(sign["emoji"]), tuple(sign["decimals"])),
            "ended": None if ended is None else Code(ended),
        }
    )


def _pin(line: dict[str, Any]) -> Pin:
    times = {"pinned_at": datetime.fromisoformat(line["pinned_at"])}
    return Pin(**line | times | {"state": PinState(line["state"])})


@contextmanager
def _short(folder: Path) -> Iterator[str]:
    """A short name for the folder: a socket's path may have 107 bytes, and data folders are deeper than that."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
