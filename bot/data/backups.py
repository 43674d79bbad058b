"""`casusbot backup` and `casusbot restore`: an encrypted copy with a lifetime, and the way back without the dead.

A copy has no key of a conversation in it, and no access token: a restored bot is a new device of the same identity.
Each is sealed as a whole (decision 0013): behind its last page stand the moment it was made and a MAC over all of it.
Beside the copies lies the ledger of destructions (`bot.data.ledger`), and no copy is put back without it.
"""

from __future__ import annotations

import hmac
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import IO, TYPE_CHECKING, Final

from bot.core.dates import say_day
from bot.core.dates.calendar import AMSTERDAM
from bot.core.effects import Effects, Logged, Say, ToPerson
from bot.core.records.cases import Case
from bot.core.text import Language, Message, Text
from bot.data import device, ledger
from bot.data.ledger import LedgerOldError
from bot.errors import ConfigurationError, StoreError
from bot.store import driver
from bot.store.carrying import carry_out
from bot.store.database import Database
from bot.store.destroying import replay
from bot.store.errors import StoreExistsError, translated

if TYPE_CHECKING:
    from pathlib import Path

    from bot.data.ledger import Certificate
    from bot.settings.configuration import Configuration
    from bot.store.transaction import Transaction

NONE: Final = "geen"
"""For `--head`: no coordinator ever got a certificate."""
_STAMP = "%Y%m%dT%H%M%SZ"
_MARK: Final = b"casusbot copy 1\n"
_STAMP_BYTES: Final = len("20260306T110000Z")
_TRAILER: Final = len(_MARK) + _STAMP_BYTES + sha256().digest_size
_CHUNK: Final = 1 << 20
_RESTORING = "casusbot.restoring"
"""Beside the store while it is made ready; the lock file of the data folder goes by the part before the dot."""

RESTORED = Text(
    "Ik ben teruggezet naar een reservekopie van {day}, {time}. Wat daarna is afgesproken, ben ik kwijt: loop je "
    "casussen na. Vernietigde casussen komen niet terug; opnieuw weggehaald: {again}.",
    "I was restored from a backup of {day}, {time}. What was agreed after that is lost to me: please go over your "
    "cases. Destroyed cases do not come back; taken out again: {again}.",
)


class NoCopyError(ConfigurationError):
    """Dit is geen reservekopie van casusbot; kies een bestand casusbot-<datum>.db dat `casusbot backup` maakte."""


class CopyBrokenError(StoreError):
    """Deze reservekopie is niet zoals `casusbot backup` haar maakte, of hoort bij een andere sleutel. Er is niets teruggezet; kies een andere kopie."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restoration did: of when the copy was, and which cases it took out again."""

    copied_at: datetime
    again: tuple[str, ...]


# -- copies ----------------------------------------------------------------------------------------


async def back_up(configuration: Configuration, key: bytes, folder: Path, now: datetime) -> tuple[Path, int]:
    """Make a copy, bring the ledger beside it up to date, remove expired copies. Raises StoreError."""
    with translated(str(folder)):
        copy, unfinished = _begun(folder, now)
        try:
            async with await Database.look(configuration.data / device.DATABASE, key) as database:
                await database.copy_to(unfinished)
                done = await database.read(lambda t: t.destructions())
            _without_token(unfinished, key, now)
            _seal(unfinished, key, now)
            ledger.append(
                folder, [ledger.read_certificate(one.certificate) for one in done if one.certificate]
            )
            _into_place(unfinished, copy)
        finally:
            unfinished.unlink(missing_ok=True)
        return copy, expire(folder, configuration.backups.keep_days, now)


def _begun(folder: Path, now: datetime) -> tuple[Path, Path]:
    """Where the copy will be, and an empty file of the owner's beside it in which it is made."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for broken_off in folder.glob("casusbot-*.new"):
        broken_off.unlink(missing_ok=True)
    copy = folder / _name(now)
    unfinished = copy.with_suffix(".new")
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return copy, unfinished


def expire(folder: Path, keep_days: int, now: datetime) -> int:
    """Remove the copies whose time is over, by the moment inside, whatever they are called now; how many.

    Without the key, so that the moment is taken as it stands: whoever can change it can take a copy away, or keep one
    elsewhere, without doing so.
    """
    expired = [
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if (made := copied_at(path)) is not None and now - made > timedelta(days=keep_days)
    ]
    for path in expired:
        path.unlink(missing_ok=True)
    return len(expired)


def copied_at(path: Path) -> datetime | None:
    """When a copy says that it was made; None for another file."""
    with suppress(OSError), path.open("rb") as file:
        return _moment(file)
    return None


def _name(made: datetime) -> str:
    return f"casusbot-{made.strftime(_STAMP)}.db"


def _moment(file: IO[bytes]) -> datetime | None:
    """What the trailer says; None where there is none."""
    if file.seek(0, os.SEEK_END) < _TRAILER:
        return None
    file.seek(-_TRAILER, os.SEEK_END)
    mark, stamp = file.read(len(_MARK)), file.read(_STAMP_BYTES)
    if mark != _MARK:
        return None
    with suppress(ValueError):
        return datetime.strptime(stamp.decode("ascii"), _STAMP).replace(tzinfo=UTC)
    return None


def _mac(file: IO[bytes], length: int, key: bytes) -> bytes:
    """Over the first `length` bytes."""
    mac = hmac.new(driver.derived(key, "casusbot: copy"), digestmod=sha256)
    file.seek(0)
    while length > 0 and (chunk := file.read(min(length, _CHUNK))):
        mac.update(chunk)
        length -= len(chunk)
    return mac.digest()


def _seal(path: Path, key: bytes, now: datetime) -> None:
    with path.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        file.write(_MARK + now.strftime(_STAMP).encode("ascii"))
        length = file.tell()
        mac = _mac(file, length, key)
        file.seek(length)
        file.write(mac)


def _sealed_at(path: Path, key: bytes) -> datetime:
    """When this copy was made, once its seal is proven. Raises CopyBrokenError."""
    with path.open("rb") as file:
        made = _moment(file)
        length = file.seek(0, os.SEEK_END) - sha256().digest_size
        if made is None or not hmac.compare_digest(_mac(file, length, key), file.read()):
            raise CopyBrokenError(path.name)
    return made


def _without_token(path: Path, key: bytes, now: datetime) -> None:
    """Whoever gets hold of a copy and the key must not be logged in as the bot that runs."""
    connection = driver.connect(path, key, create=False)
    try:
        connection.execute("PRAGMA secure_delete = ON").fetchall()
        connection.execute("UPDATE settings SET value = '' WHERE name = 'access_token'")
        connection.execute("INSERT OR REPLACE INTO settings VALUES ('copied_at', ?)", (now.isoformat(),))
        connection.execute("VACUUM")
    finally:
        connection.close()


def _into_place(unfinished: Path, path: Path) -> None:
    descriptor = os.open(unfinished, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    unfinished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


# -- the way back ----------------------------------------------------------------------------------


async def restore(configuration: Configuration, key: bytes, copy: Path, head: str, now: datetime) -> Restored:
    """Put a copy in place of a store that is gone, and destroy again what was destroyed since.

    `head` is the code that the coordinators know last, NONE where they never got one. All of it, or nothing: no store
    is left in place when this raises. Raises NoCopyError, CopyBrokenError, StoreError and its Ledger kinds.
    """
    store, unfinished = configuration.data / device.DATABASE, configuration.data / _RESTORING
    with translated(str(copy)):
        made = _proven(copy, key)
        certificates = ledger.read(copy.parent)
        try:
            _duplicate(copy, unfinished, store, key)
            async with await Database.open(unfinished, key, create=False) as database:
                again = await database.write(
                    lambda t: _replayed(t, certificates, head, configuration, key, made, now)
                )
                await database.compact()
            _into_place(unfinished, store)
        finally:
            _remove(unfinished)
    return Restored(made, again)


def _proven(copy: Path, key: bytes) -> datetime:
    """Of when this copy is; one under the name of another is refused, since people choose by that name."""
    if not (copy.is_file() and copy.match("casusbot-*.db")):
        raise NoCopyError(str(copy))
    made = _sealed_at(copy, key)
    if copy.name != _name(made):
        raise CopyBrokenError(f"{copy.name} is {_name(made)}")
    return made


def _duplicate(copy: Path, unfinished: Path, store: Path, key: bytes) -> None:
    # A write-ahead log left behind would be played into the copy.
    if any(store.with_name(store.name + suffix).exists() for suffix in ("", "-wal")):
        raise StoreExistsError(str(store))
    _remove(unfinished)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with copy.open("rb") as source, os.fdopen(descriptor, "wb") as target:
        shutil.copyfileobj(source, target)
    # What is opened is what was proven, also where the folder of copies is somebody else's.
    _sealed_at(unfinished, key)
    os.truncate(unfinished, unfinished.stat().st_size - _TRAILER)


async def _replayed(
    transaction: Transaction,
    certificates: tuple[Certificate, ...],
    head: str,
    configuration: Configuration,
    key: bytes,
    made: datetime,
    now: datetime,
) -> tuple[str, ...]:
    _, identity = await device.load_account(transaction)
    ledger.check(certificates, identity)
    known = {one.certificate for one in await transaction.destructions()} - {None}
    _refuse_old(certificates, known, head)
    names = {ledger.sealed_name(case.ref, key): case.ref for case in await transaction.load(Case, "")}
    new = [one for one in certificates if one.text not in known]
    for one in new:
        gone = one.destruction()
        ref = names.get(one.content["case"])
        await replay(transaction, gone, refs=[ref] if ref else [], at=now)
    left = {case.ref for case in await transaction.load(Case, "")}
    again = tuple(sorted(set(names.values()) - left))
    await transaction.restored(made, now)
    local = made.astimezone(AMSTERDAM)
    words = Message.of(
        RESTORED(
            Language.NL, day=say_day(local.date(), language="nl"), time=f"{local:%H:%M}", again=len(again)
        )
    )
    says = tuple(Say(ToPerson(user), words) for user in sorted(configuration.region.coordinators))
    effects = Effects(send=says, log=(Logged("store.restored", thing=made.isoformat()),))
    await carry_out(transaction, effects, actor="operator", at=now, source=f"restored:{now.isoformat()}")
    return again


def _refuse_old(certificates: tuple[Certificate, ...], known: set[str | None], head: str) -> None:
    """What shows that a ledger is not of now: the copy knows more than it, or the coordinators do.

    Nothing shows it when all three are as old as each other: that is why a person is asked (beheer, Terugzetten).
    """
    if missing := known - {one.text for one in certificates}:
        raise LedgerOldError(f"{len(missing)} die de kopie wel kent")
    if head.lower() == NONE:
        if certificates:
            raise LedgerOldError(f"het heeft {len(certificates)} regels; vraag een coördinator naar de code")
    elif head.lower() not in {one.code for one in certificates}:
        raise LedgerOldError("die met deze code")


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
