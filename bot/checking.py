"""`casusbot check`: everything that a start needs, looked at without starting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.matrix import account
from bot.setup import opened

if TYPE_CHECKING:
    from bot.configuration import Configuration


async def check(configuration: Configuration, key: bytes) -> tuple[str, ...]:
    """One line for each thing that is in order. Raises CasusbotError at the first that is not."""
    async with opened(configuration, key) as bot:
        await bot.database.check_integrity()
        await account.check(bot.homeserver, bot.own, bot.crypto, bot.identity)
        own = bot.own
    return (
        "Configuratie: in orde.",
        "Opslag: gaat open en is heel.",
        f"Homeserver: bereikbaar, aangemeld als {own.user_id}.",
        "Identiteit: de server toont onze sleutels en het apparaat is ondertekend.",
    )
