"""The first time: log in, make the bot's identity and its two encrypted files. And reading them back."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.errors import LoginRefusedError, UnreachableError
from bot.matrix import account
from bot.matrix.account import Account
from bot.matrix.canonical import decode_base64, encode_base64
from bot.matrix.crypto import Crypto, Machine
from bot.matrix.homeserver import Homeserver, HomeserverFault, Refused
from bot.matrix.identity import Identity
from bot.matrix.keystore import FILE_NAME, CipherStore
from bot.store.database import Database

if TYPE_CHECKING:
    from bot.configuration import Configuration
    from bot.matrix.secret_storage import RecoveryKey
    from bot.store.transaction import Transaction

DATABASE = "casusbot.db"


async def set_up(
    configuration: Configuration, key: bytes, *, password: str | None, access_token: str | None
) -> RecoveryKey:
    """Make the bot on the homeserver and on disk; the recovery key is shown once and kept by nobody.

    When anything fails nothing is left behind: no file here and, after a log-in by password, no device there.
    Raises HomeserverError.
    """
    homeserver = Homeserver(configuration.homeserver)
    try:
        own = await _log_in(homeserver, configuration.user, password, access_token)
        try:
            return await _make(configuration, key, homeserver, own, password)
        except BaseException:
            for name in (DATABASE, FILE_NAME):
                for path in configuration.data.glob(f"{name}*"):
                    path.unlink()
            if password is not None:
                with suppress(HomeserverFault):
                    await homeserver.post("/v3/logout", {})
            raise
    except Refused as fault:
        raise LoginRefusedError(fault.errcode) from None
    except HomeserverFault as fault:
        raise UnreachableError(str(fault)) from None
    finally:
        await homeserver.close()


async def _log_in(
    homeserver: Homeserver, user_id: str, password: str | None, access_token: str | None
) -> Account:
    own = (
        await account.log_in(homeserver, user_id, password)
        if password is not None
        else await account.with_token(homeserver, user_id, access_token or "")
    )
    if await account.shown_master_key(homeserver, own.user_id) is not None:
        # Replacing an identity tells everybody that the bot "was reset".
        raise LoginRefusedError("dit account heeft al een identiteit; neem een nieuw account voor de bot")
    return own


async def _make(
    configuration: Configuration, key: bytes, homeserver: Homeserver, own: Account, password: str | None
) -> RecoveryKey:
    database = await Database.open(configuration.data / DATABASE, key, create=True)
    try:
        store = CipherStore(key, own.user_id, own.device_id, configuration.data, create=True)
        try:
            identity = Identity.create(own.user_id, os.urandom)
            await database.write(lambda t: save_account(t, own, identity))
            crypto = Crypto(Machine(own.user_id, own.device_id, store))
            await account.publish(homeserver, own, crypto, identity, password)
            return await account.keep_in_secret_storage(homeserver, identity, os.urandom)
        finally:
            store.close()
    finally:
        await database.close()


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
