"""`casusbot check`: everything that a start needs, looked at without starting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import LoginRefusedError, UnreachableError
from bot.matrix import account
from bot.matrix.crypto import Crypto, Machine
from bot.matrix.homeserver import Homeserver, HomeserverFault, Refused
from bot.matrix.keystore import CipherStore
from bot.setup import DATABASE, load_account
from bot.store.database import Database

if TYPE_CHECKING:
    from bot.configuration import Configuration


async def check(configuration: Configuration, key: bytes) -> tuple[str, ...]:
    """One line for each thing that is in order. Raises CasusbotError at the first that is not."""
    database = await Database.open(configuration.data / DATABASE, key, create=False)
    homeserver = Homeserver(configuration.homeserver)
    try:
        await database.check_integrity()
        own, identity = await database.read(load_account)
        homeserver.access_token = own.access_token
        store = CipherStore(key, own.user_id, own.device_id, configuration.data)
        try:
            crypto = Crypto(Machine(own.user_id, own.device_id, store))
            await account.check(homeserver, own, crypto, identity)
        finally:
            store.close()
    except Refused as fault:
        raise LoginRefusedError(fault.errcode) from None
    except HomeserverFault as fault:
        raise UnreachableError(str(fault)) from None
    finally:
        await homeserver.close()
        await database.close()
    return (
        "Configuratie: in orde.",
        "Opslag: gaat open en is heel.",
        f"Homeserver: bereikbaar, aangemeld als {own.user_id}.",
        "Identiteit: de server toont onze sleutels en het apparaat is ondertekend.",
    )
