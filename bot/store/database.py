"""The encrypted file: one bot, one writer, whole transactions or none.

Tasks that share a connection also share its transaction, and a cancelled task would leave one open. So each
transaction has the connection to itself, in a task of its own that nobody cancels.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
from contextlib import AsyncExitStack, ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Self, TypeVar

import aiosqlite

from bot.errors import AlreadyRunningError
from bot.store import driver, schema
from bot.store.errors import StoreDamagedError, StoreExistsError, translated
from bot.store.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

T = TypeVar("T")

# aiosqlite writes every statement with its values to its debug log. A filter, because it outlives any set-up
# of levels and handlers.
logging.getLogger("aiosqlite").addFilter(lambda _: False)

PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a promise given in chat survives a power cut
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = ON",
)


class Database:
    """One open file. Close it: its thread keeps the process alive."""

    def __init__(self, connection: aiosqlite.Connection, key: bytes, held: ExitStack) -> None:
        self._connection = connection
        self._key = key
        self._sealing = driver.derived(key, "casusbot: statements of the store")
        self._held = held
        self._turn = asyncio.Lock()
        self._running: asyncio.Task[object] | None = None

    @classmethod
    async def open(cls, path: Path, key: bytes, *, create: bool) -> Self:
        """Open the file, or with `create` make it; never a fresh one in place of one that was there.

        `key` is the raw 32-byte key. Raises a StoreError of bot/store/errors.py, and AlreadyRunningError while
        another process has the data folder.
        """
        with translated(str(path)), ExitStack() as held:
            held.enter_context(_alone(path))
            if create:
                await _make(path, key)
            connection = await _connect(path, key)
            return cls(connection, key, held.pop_all())

    @classmethod
    async def look(cls, path: Path, key: bytes) -> Self:
        """Open the file for reading only, also while a bot works on it. Raises StoreError."""
        with translated(str(path)), ExitStack() as held:
            return cls(await _connect(path, key, pragmas=("PRAGMA query_only = ON",)), key, held)

    async def close(self) -> None:
        """Wait for the transaction that runs, then close."""
        async with self._turn:
            with self._held:
                await self._connection.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def write(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `work` in a transaction: all of it is on disk when this returns, or nothing when it raises.

        `work` awaits the transaction it is given and nothing else; the rest of the bot waits meanwhile. A
        caller that is cancelled while it waits its turn writes nothing; once begun, `work` is completed.
        """
        return await self._in_turn(lambda: self._transaction("BEGIN IMMEDIATE", work))

    async def read(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run `work` on one consistent view of the file."""
        return await self._in_turn(lambda: self._transaction("BEGIN", work))

    async def check_integrity(self) -> None:
        """Read every page of the file. Raises StoreError when one is damaged."""
        faults = await self.read(lambda t: t.rows("PRAGMA cipher_integrity_check"))
        faults += [row for row in await self.read(lambda t: t.rows("PRAGMA quick_check")) if row != ("ok",)]
        if faults:
            raise StoreDamagedError

    async def compact(self) -> bool:
        """Rewrite the whole file without what was deleted, and empty the write-ahead log; whether that was possible.

        Secure delete overwrites what is freed, but pages that were rearranged can keep bytes of a row that moved. It
        cannot be done while another process reads an older view of the file; try again then.
        """
        return await self._in_turn(self._compact)

    async def copy_to(self, path: Path) -> None:
        """Write the file as it is at this moment into `path`, an empty file; no free page in it.

        Under the same key and a salt of its own, which VACUUM INTO would not give it: the salt goes into the seal of
        every page, so that no page of one copy fits into another.
        """
        await self._in_turn(lambda: self._copy(path))

    async def _copy(self, path: Path) -> None:
        run = self._connection.execute_fetchall
        with translated(str(path)):
            # Writing another file counts as writing; the file itself is only read.
            await run("PRAGMA query_only = OFF")
            await run("ATTACH DATABASE ? AS copy KEY ?", (str(path), f"x'{self._key.hex()}'"))
            try:
                await run("BEGIN")
                [(taken,)] = await run("PRAGMA main.user_version")
                await run("SELECT sqlcipher_export('copy')")
                await run(f"PRAGMA copy.user_version = {taken}")
                await self._connection.commit()
            except BaseException:
                await self._connection.rollback()
                raise
            finally:
                await run("DETACH DATABASE copy")

    async def _compact(self) -> bool:
        with translated():
            await self._connection.execute_fetchall("VACUUM")
            [(busy, _, _)] = await self._connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
            return not busy

    async def _in_turn(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        assert asyncio.current_task() is not self._running, (
            "a transaction inside a transaction waits for ever"
        )
        await self._turn.acquire()
        task = asyncio.create_task(work())
        task.add_done_callback(lambda _: self._turn.release())
        self._running = task
        return await asyncio.shield(task)

    async def _transaction(self, begin: str, work: Callable[[Transaction], Awaitable[T]]) -> T:
        with translated():
            try:
                await self._connection.execute_fetchall(begin)
                result = await work(Transaction(self._connection, self._sealing))
                await self._connection.commit()
            except BaseException:
                # Without a transaction (BEGIN failed, or the disk did) the driver makes this a no-op.
                await self._connection.rollback()
                raise
            return result


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock file beside `path`; the kernel lets go of it when the process dies, however it dies."""
    descriptor = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunningError(str(path.parent)) from error
        yield


async def _make(path: Path, key: bytes) -> None:
    """Make the file aside and put it in place whole: a half-made one would pass for an emptied one."""
    unfinished = _place_for(path)
    connection = await _connect(unfinished, key, fresh=True)
    await connection.close()
    _put_in_place(unfinished, path)


def _place_for(path: Path) -> Path:
    # A write-ahead log left behind would be played into the new file.
    if any(path.with_name(path.name + suffix).exists() for suffix in ("", "-wal")):
        raise StoreExistsError(str(path))
    unfinished = path.with_name(path.name + ".new")
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            unfinished.with_name(unfinished.name + suffix).unlink()
    return unfinished


def _put_in_place(unfinished: Path, path: Path) -> None:
    unfinished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


async def _connect(
    path: Path, key: bytes, *, fresh: bool = False, pragmas: Sequence[str] = PRAGMAS
) -> aiosqlite.Connection:
    connection = aiosqlite.Connection(lambda: driver.connect(path, key, create=fresh), 64)
    async with AsyncExitStack() as opened:
        try:
            await connection
        except BaseException:
            # aiosqlite does not wait for its thread when opening fails.
            await asyncio.to_thread(connection._thread.join)  # noqa: SLF001
            raise
        opened.push_async_callback(connection.close)
        for pragma in pragmas:
            await connection.execute_fetchall(pragma)
        await schema.bring_up_to_date(connection, schema.released(), fresh=fresh)
        opened.pop_all()
    return connection
