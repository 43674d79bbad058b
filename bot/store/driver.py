"""The encrypted database driver: the only module that imports ``sqlcipher3``.

``sqlcipher3`` mirrors ``sqlite3`` but its exceptions are classes of their own, so ``except sqlite3.Error``
misses every one of them. Catch the names below.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    # sqlcipher3 ships no types; it is a copy of this interface.
    import sqlite3 as _dbapi
else:
    from sqlcipher3 import dbapi2 as _dbapi

from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import HKDF

KEY_BYTES: Final = 32

Connection = _dbapi.Connection
DriverError = _dbapi.Error
DatabaseError = _dbapi.DatabaseError
IntegrityError = _dbapi.IntegrityError
OperationalError = _dbapi.OperationalError
Row = _dbapi.Row


class DatabaseMissingError(DriverError):
    """The file is not there, or empty, and the caller did not ask for a new one."""


class WrongKeyOrCorrupt(DatabaseError):
    """The key does not open the file, or the file is damaged: SQLCipher cannot tell the two apart."""


class NotEncryptingError(DriverError):
    """The driver is not SQLCipher: ``PRAGMA key`` would be ignored and the file written in clear."""


def connect(path: Path | str, key: bytes, *, create: bool = True) -> Connection:
    """Open one encrypted file, in autocommit mode, with its key already proven.

    ``key`` is the raw 32-byte key: no passphrase stretching, which costs 200 ms at every open and adds nothing
    to a random key. The file and its journal are readable by the owner only. The connection belongs to the
    calling thread.

    Raises ``ValueError`` on a key of another length, ``DatabaseMissingError``, ``WrongKeyOrCorrupt`` and
    ``NotEncryptingError``. No message carries the key.
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"the database key must be {KEY_BYTES} bytes, not {len(key)}")
    _make_private(Path(path), create=create)
    connection = _dbapi.connect(os.fspath(path), isolation_level=None)
    try:
        _unlock(connection, key)
    except BaseException:
        connection.close()
        raise
    return connection


def derived(key: bytes, purpose: str) -> bytes:
    """A key of its own for `purpose`, from that of the file (HKDF-SHA256)."""
    made = HKDF(key, KEY_BYTES, b"", SHA256, context=purpose.encode())
    assert isinstance(made, bytes), "one key was asked for"
    return made


def scratch() -> Connection:
    """An empty database in memory, for looking at a schema without a file."""
    return _dbapi.connect(":memory:", isolation_level=None)


def _make_private(path: Path, *, create: bool) -> None:
    # Before SQLite sees it: SQLite would create it 0644, and gives its journals the mode of the file.
    flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0)
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileNotFoundError as error:
        raise DatabaseMissingError("there is no database file") from error
    try:
        os.fchmod(descriptor, 0o600)
        if not create and os.fstat(descriptor).st_size == 0:  # SQLite would take it for a new database
            raise DatabaseMissingError("the database file is empty")
    finally:
        os.close(descriptor)


def _unlock(connection: Connection, key: bytes) -> None:
    if connection.execute("PRAGMA cipher_version").fetchone() is None:
        raise NotEncryptingError("the driver is not SQLCipher")
    # What fails is raised here; SQLCipher would also write it to stderr, around the log.
    connection.execute("PRAGMA cipher_log_level = NONE").fetchall()
    # Wipes what it frees and keeps keys out of swap; measured, it costs nothing.
    connection.execute("PRAGMA cipher_memory_security = ON").fetchall()
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"").fetchall()
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except OperationalError:  # locked, or the disk fails: says nothing about the key
        raise
    except DatabaseError as error:
        raise WrongKeyOrCorrupt("the key does not open the database, or the file is damaged") from error
