"""What can be wrong with the encrypted file, each with its one line for whoever runs the bot.

    StoreError                      bot/errors.py, exit code 3
    ├── StoreMissingError           the file is not where it should be
    ├── StoreExistsError            a new file would push an old one aside
    ├── StoreUnreadableError        wrong key, or damaged at its beginning: SQLCipher cannot tell which
    ├── StoreDamagedError           a page inside does not carry its own seal any more
    ├── StoreTooNewError            written by a newer release
    └── StoreUnavailableError       disk full, read-only or locked
    AlreadyRunningError             bot/errors.py, exit code 6: a second bot on the same data folder

    TakenError    no kind of these: it ends one message, whose transaction is undone, and not the program

Whatever else the driver raises is a fault in this program and is left as it is. The driver's own messages name
tables and columns, never values.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.errors import StoreError
from bot.store import driver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.records.kinds import Record


class StoreMissingError(StoreError):
    """De opslag ontbreekt; zet een back-up terug, of maak met `casusbot init` een nieuwe opslag."""


class StoreExistsError(StoreError):
    """Er is al een opslag op deze plek; start die met `casusbot run`, of kies een andere gegevensmap."""


class StoreUnreadableError(StoreError):
    """De opslag gaat niet open: de sleutel hoort er niet bij of het bestand is beschadigd. Controleer `key_file`; zet anders een back-up terug."""


class StoreDamagedError(StoreError):
    """De opslag is beschadigd; stop de bot, bewaar het bestand en zet een back-up terug."""


class StoreTooNewError(StoreError):
    """De opslag is van een nieuwere versie van casusbot; installeer die versie of zet een oudere back-up terug."""


class StoreUnavailableError(StoreError):
    """De opslag kan niet lezen of schrijven; controleer of de schijf vol, alleen-lezen of in gebruik is."""


class TakenError(Exception):
    """Something new has the key of something that is there."""

    def __init__(self, record: Record) -> None:
        super().__init__(type(record).__name__)
        self.record = record


_DAMAGED = frozenset({"CORRUPT", "NOTADB"})
_UNAVAILABLE = frozenset({"BUSY", "CANTOPEN", "FULL", "IOERR", "LOCKED", "PERM", "READONLY"})


@contextmanager
def translated(where: str = "") -> Iterator[None]:
    """Turn the faults of driver and disk into the errors above; `where` is the file that is being opened."""
    try:
        yield
    except (driver.DatabaseMissingError, FileNotFoundError) as error:
        raise StoreMissingError(where) from error
    except driver.WrongKeyOrCorrupt as error:
        raise StoreUnreadableError(where) from error
    except driver.DriverError as error:
        # SQLITE_IOERR_WRITE is a kind of IOERR; what the driver raises of itself has no name at all.
        kind = getattr(error, "sqlite_errorname", "").removeprefix("SQLITE_").partition("_")[0]
        if kind in _DAMAGED:
            raise StoreDamagedError from error
        if kind in _UNAVAILABLE:
            raise StoreUnavailableError(kind) from error
        raise
    except OSError as error:
        raise StoreUnavailableError(error.strerror or "") from error
