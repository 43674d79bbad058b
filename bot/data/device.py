"""The bot's own device: made, recovered, replaced, and opened again. Each of these leaves it whole or untouched."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import ConfigurationError, LoginRefusedError, UnreachableError
from bot.matrix import account
from bot.matrix.account import Account
from bot.matrix.canonical import decode_base64, encode_base64
from bot.matrix.crypto import Crypto, Machine
from bot.matrix.homeserver import Homeserver, HomeserverFault, Refused
from bot.matrix.identity import Identity
from bot.matrix.keystore import FILE_NAME, CipherStore
from bot.matrix.secret_storage import RecoveryKey, RecoveryKeyError, SecretStorageError, WrongRecoveryKeyError
from bot.store.database import Database
from bot.store.errors import StoreExistsError, translated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from datetime import datetime
    from pathlib import Path

    from bot.settings.configuration import Configuration
    from bot.store.transaction import Transaction

DATABASE = "casusbot.db"


class RecoveryRefusedError(ConfigurationError):
    """De herstelsleutel opent de identiteit van dit account niet."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A bot that exists, with its files open and its log-in at hand."""

    database: Database
    homeserver: Homeserver
    own: Account
    identity: Identity
    crypto: Crypto


async def set_up(
    configuration: Configuration,
    key: bytes,
    recovery_key: RecoveryKey,
    *,
    password: str | None,
    access_token: str | None,
) -> None:
    """Make the bot on the homeserver and on disk.

    The identity goes into secret storage before anybody is shown it: published and then lost, it would leave an
    account that nobody can recover. When anything fails nothing is left behind: no file here and, after a log-in by password, no device there.
    Raises CasusbotError.
    """
    async with _entered(configuration, password, access_token) as (homeserver, own):
        if await account.shown_master_key(homeserver, own.user_id) is not None:
            # Replacing an identity tells everybody that the bot "was reset".
            raise LoginRefusedError(
                "dit account heeft al een identiteit; gebruik `casusbot identity recover`"
            )
        identity = Identity.create(own.user_id, os.urandom)
        async with _made(configuration.data, key, own, identity) as crypto:
            await account.keep_in_secret_storage(homeserver, identity, recovery_key, os.urandom)
            await account.publish(homeserver, own, crypto, identity, password)


async def recover(
    configuration: Configuration,
    key: bytes,
    recovery_key: RecoveryKey,
    *,
    password: str | None,
    access_token: str | None,
) -> None:
    """As `set_up`, for an account that has its identity: the same bot to everybody, on another machine.

    Raises CasusbotError, among them RecoveryRefusedError and IdentityError.
    """
    async with _entered(configuration, password, access_token) as (homeserver, own):
        try:
            identity = await account.open_secret_storage(homeserver, own.user_id, recovery_key)
        except WrongRecoveryKeyError:
            raise RecoveryRefusedError("hij is van een ander account, of vervangen door een nieuwe") from None
        except SecretStorageError:
            raise RecoveryRefusedError(
                "de homeserver bewaart geen identiteit die ermee te openen is"
            ) from None
        async with _made(configuration.data, key, own, identity) as crypto:
            await account.join(homeserver, own, crypto, identity)


async def rotate_device(
    configuration: Configuration, key: bytes, password: str, now: datetime
) -> tuple[str, ...]:
    """Give the identity a new device with new keys and remove every other; gives the removed.

    Also what a restored backup needs: its key store is gone. When it is broken off, doing it again completes it.
    Raises CasusbotError.
    """
    async with (
        await Database.open(configuration.data / DATABASE, key, create=False) as database,
        _entered(configuration, password, None) as (homeserver, own),
    ):
        _, identity = await database.read(load_account)
        await _new_keys(configuration.data, key, homeserver, own, identity)

        async def keep(transaction: Transaction) -> None:
            await save_account(transaction, own, identity)
            # Transaction ids are the old device's: what was tried is looked for in its room before it is sent again.
            await transaction.first_tried_before(now - timedelta(days=1))

        await database.write(keep)
    return await remove_strays(configuration, key, password)


async def _new_keys(
    folder: Path, key: bytes, homeserver: Homeserver, own: Account, identity: Identity
) -> None:
    """A key store for a new device in place of the old one, once the server knows it as ours."""
    unfinished = folder / "new-device"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    store = CipherStore(key, own.user_id, own.device_id, unfinished, create=True)
    try:
        await account.join(homeserver, own, Crypto(Machine(own.user_id, own.device_id, store)), identity)
    finally:
        store.close()
    _remove(folder, FILE_NAME)
    (unfinished / FILE_NAME).rename(folder / FILE_NAME)
    unfinished.rmdir()


async def remove_strays(configuration: Configuration, key: bytes, password: str) -> tuple[str, ...]:
    """Log out every device of the account but this one; gives those. Raises CasusbotError."""
    async with opened(configuration, key) as bot:
        found = await account.inspect(bot.homeserver, bot.own, bot.crypto, bot.identity)
        if found.strays:
            await account.remove_devices(bot.homeserver, bot.own.user_id, found.strays, password)
        return found.strays


@asynccontextmanager
async def opened(configuration: Configuration, key: bytes) -> AsyncIterator[Opened]:
    """The bot on this data folder, which no other process has. Raises CasusbotError."""
    async with AsyncExitStack() as held:
        database = await held.enter_async_context(
            await Database.open(configuration.data / DATABASE, key, create=False)
        )
        own, identity = await database.read(load_account)
        homeserver = Homeserver(configuration.homeserver, own.access_token)
        held.push_async_callback(homeserver.close)
        with translated(str(configuration.data / FILE_NAME)):
            store = CipherStore(key, own.user_id, own.device_id, configuration.data)
            held.callback(store.close)
            crypto = Crypto(Machine(own.user_id, own.device_id, store))
        with in_words_of_the_operator():
            yield Opened(database, homeserver, own, identity, crypto)


@asynccontextmanager
async def _entered(
    configuration: Configuration, password: str | None, access_token: str | None
) -> AsyncIterator[tuple[Homeserver, Account]]:
    """Logged in; when what follows fails a device made by password is logged out again."""
    homeserver = Homeserver(configuration.homeserver)
    try:
        with in_words_of_the_operator():
            if password is None:
                yield homeserver, await account.with_token(homeserver, configuration.user, access_token or "")
                return
            own = await account.log_in(homeserver, configuration.user, password)
            try:
                yield homeserver, own
            except BaseException:
                with suppress(HomeserverFault):
                    await homeserver.post("/v3/logout", {})
                raise
    finally:
        await homeserver.close()


@asynccontextmanager
async def _made(folder: Path, key: bytes, own: Account, identity: Identity) -> AsyncIterator[Crypto]:
    """Both encrypted files, made; taken away again when what follows fails. Never those that were there."""
    for name in (DATABASE, FILE_NAME):
        if (folder / name).exists():
            raise StoreExistsError(str(folder / name))
    try:
        async with await Database.open(folder / DATABASE, key, create=True) as database:
            store = CipherStore(key, own.user_id, own.device_id, folder, create=True)
            try:
                await database.write(lambda t: save_account(t, own, identity))
                yield Crypto(Machine(own.user_id, own.device_id, store))
            finally:
                store.close()
    except BaseException:
        _remove(folder, DATABASE)
        _remove(folder, FILE_NAME)
        raise


@contextmanager
def in_words_of_the_operator() -> Iterator[None]:
    """What the homeserver refuses or fails to do, as an error that ends the command."""
    try:
        yield
    except Refused as fault:
        raise LoginRefusedError(fault.errcode) from None
    except HomeserverFault as fault:
        raise UnreachableError(str(fault)) from None


def _remove(folder: Path, name: str) -> None:
    for path in folder.glob(f"{name}*"):
        path.unlink()


def read_recovery_key(text: str) -> RecoveryKey:
    """Raises RecoveryRefusedError."""
    try:
        return RecoveryKey.parse(text)
    except RecoveryKeyError:
        raise RecoveryRefusedError("dit is geen herstelsleutel, of er zit een tikfout in") from None


async def save_account(transaction: Transaction, own: Account, identity: Identity) -> None:
    """Keep token and seeds in the encrypted file; they are nowhere else."""
    seeds = (identity.master_seed, identity.self_signing_seed, identity.user_signing_seed)
    for name, value in {
        "user_id": own.user_id,
        "device_id": own.device_id,
        "access_token": own.access_token,
        "identity": json.dumps([encode_base64(seed) for seed in seeds]),
    }.items():
        await transaction.put_setting(name, value)


async def load_account(transaction: Transaction) -> tuple[Account, Identity]:
    settings = await transaction.settings()
    own = Account(settings["user_id"], settings["device_id"], settings["access_token"])
    master, self_signing, user_signing = (decode_base64(seed) for seed in json.loads(settings["identity"]))
    return own, Identity(own.user_id, master, self_signing, user_signing)
