"""nio's key store inside SQLCipher: account, Olm sessions, room keys, device lists.

Never put back an old copy of this file: ratchets and one-time keys would go back in time, and messages become
unreadable or keys used twice. After a loss the bot gets a new device id and signs it from the recovery key.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from nio.crypto import GroupSessionStore
from nio.store import SqliteStore
from peewee import SqliteDatabase

from bot.store import driver

FILE_NAME: Final = "keys.db"

_PRAGMAS: Final = {
    "journal_mode": "wal",
    # A room key that is lost after its to-device message was acknowledged is lost for ever.
    "synchronous": "full",
    "foreign_keys": 1,
    "secure_delete": 1,
}

# nio keeps no time with a room key.
_FIRST_SEEN_TABLE: Final = """
CREATE TABLE IF NOT EXISTS room_key_first_seen (
    session_id TEXT PRIMARY KEY REFERENCES megolminboundsessions (session_id) ON DELETE CASCADE,
    first_seen REAL NOT NULL
) STRICT
"""


@dataclass(frozen=True, slots=True)
class RoomKey:
    """One inbound Megolm session."""

    room_id: str
    session_id: str


class CipherStore(SqliteStore):  # type: ignore[misc]
    """One encrypted file ``keys.db``; no side files, no names in its file name.

    Raises what ``bot.store.driver.connect`` raises. ``create=False`` refuses a missing file: an empty store under a
    known device id would be a dead device.
    """

    def __init__(
        self, key: bytes, user_id: str, device_id: str, folder: Path, *, create: bool = False
    ) -> None:
        self._key = key
        self._create = create
        # nio encrypts its pickles once more; without a key of our own it would take a constant.
        pickle_key = hmac.digest(key, b"casusbot: pickles of the key store", "sha256").hex()
        super().__init__(user_id, device_id, str(folder), pickle_key, FILE_NAME)
        self.database.execute_sql(_FIRST_SEEN_TABLE)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"  # the inherited one prints the pickle key

    def _create_database(self) -> SqliteDatabase:
        return _CipherDatabase(self.database_path, self._key, create=self._create)

    def close(self) -> None:
        self.database.close()

    def forget_older(self, than: datetime, now: datetime) -> tuple[RoomKey, ...]:
        """Delete the room keys first seen before ``than``; call it daily.

        A key counts from the first call that finds it, so up to one interval longer. Keep keys longer than
        senders use them: seven days, unless the room's ``rotation_period_ms`` says otherwise.
        """
        with self.database.atomic():
            self.database.execute_sql(
                "INSERT OR IGNORE INTO room_key_first_seen SELECT session_id, ? FROM megolminboundsessions",
                (now.timestamp(),),
            )
            forgotten = self._delete_keys(
                "session_id IN (SELECT session_id FROM room_key_first_seen WHERE first_seen < ?)",
                than.timestamp(),
            )
        self._empty_log()
        return forgotten

    def forget_room(self, room_id: str) -> tuple[RoomKey, ...]:
        """Delete everything that could reopen one room's conversation."""
        with self.database.atomic():
            self.database.execute_sql("DELETE FROM outgoingkeyrequests WHERE room_id = ?", (room_id,))
            self.database.execute_sql("DELETE FROM encryptedrooms WHERE room_id = ?", (room_id,))
            forgotten = self._delete_keys("room_id = ?", room_id)
        # Pages that were rearranged can keep bytes of what was deleted.
        self.database.execute_sql("VACUUM")
        self._empty_log()
        return forgotten

    def _delete_keys(self, where: str, value: object) -> tuple[RoomKey, ...]:
        rows = self.database.execute_sql(
            f"DELETE FROM megolminboundsessions WHERE {where} RETURNING room_id, session_id",  # noqa: S608
            (value,),
        )
        return tuple(RoomKey(*row) for row in rows.fetchall())

    def _empty_log(self) -> None:
        # Secure delete reaches the file; the pages as they were still stand in the write-ahead log.
        self.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def forget_loaded(store: GroupSessionStore, keys: Iterable[RoomKey]) -> None:
    """Take deleted room keys out of memory too: ``store`` is nio's ``olm.inbound_group_store``."""
    for key in keys:
        for sessions in store[key.room_id].values():
            sessions.pop(key.session_id, None)


class _CipherDatabase(SqliteDatabase):  # type: ignore[misc]
    def __init__(self, path: str, key: bytes, *, create: bool) -> None:
        super().__init__(path, pragmas=_PRAGMAS)
        self._key = key
        self._create = create

    def _connect(self) -> driver.Connection:
        connection = driver.connect(self.database, self._key, create=self._create)
        try:
            self._add_conn_hooks(connection)
        except BaseException:
            connection.close()
            raise
        return connection
