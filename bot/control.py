"""How a command on the same machine reaches the bot that runs: a socket in the data folder, for its owner only.

Whoever connects gets a line of JSON for every verification that is open and for each change of one, and answers
with `{"number": ..., "same": true or false}` after looking at the emoji.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.matrix.sas import Code, Sign, State
from bot.matrix.verification import Progress

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.matrix.verification import Verifications

NAME = "casusbot.sock"


class NobodyThereError(Exception):
    """No bot runs on this data folder."""


@asynccontextmanager
async def listening(folder: Path, verifications: Verifications) -> AsyncIterator[None]:
    """Answer on the socket; only for the process that holds the lock of the data folder."""
    callers: set[asyncio.Task[None]] = set()

    def called(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_serve(reader, writer, verifications))
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
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, verifications: Verifications
) -> None:
    async def tell(changes: asyncio.Queue[Progress]) -> None:
        while True:
            writer.write(json.dumps(asdict(await changes.get())).encode() + b"\n")
            await writer.drain()

    with verifications.watching() as changes:
        telling = asyncio.create_task(tell(changes))
        try:
            async for line in reader:
                match json.loads(line):
                    case {"number": int(number), "same": bool(same)}:
                        await verifications.decide(number, same=same)
        except (ValueError, ConnectionError):
            pass  # not one of ours; it is hung up on
        finally:
            telling.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await telling
            writer.close()


class Caller:
    """The other end of the socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def next_change(self) -> Progress | None:
        """How far a verification is now; None when the bot has gone."""
        try:
            line = await self._reader.readline()
        except ConnectionError:
            return None
        return _progress(json.loads(line)) if line else None

    async def decide(self, number: int, *, same: bool) -> None:
        self._writer.write(json.dumps({"number": number, "same": same}).encode() + b"\n")
        with suppress(ConnectionError):
            await self._writer.drain()


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


def _progress(value: dict[str, object]) -> Progress:
    match value:
        case {
            "number": int(number),
            "user_id": str(user_id),
            "device_id": str(device_id),
            "state": str(state),
            "sign": sign,
            "ended": ended,
            "ended_by_us": bool(ended_by_us),
        }:
            pass
        case _:
            raise ValueError("not a line of the bot")
    seen = None
    match sign:
        case {"emoji": list(emoji), "decimals": [int(one), int(two), int(three)]}:
            seen = Sign(tuple(emoji), (one, two, three))
    code = None if ended is None else Code(str(ended))
    return Progress(number, user_id, device_id, State(state), seen, code, ended_by_us)


@contextmanager
def _short(folder: Path) -> Iterator[str]:
    """A short name for the folder: a socket's path may have 107 bytes, and data folders are deeper than that."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
