"""`casusbot check`: everything that a start needs, looked at without starting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.access.trusting import is_verified
from bot.data.device import opened
from bot.matrix import account

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.core.records.people import Pin
    from bot.core.region import Region
    from bot.settings.configuration import Configuration


async def check(configuration: Configuration, key: bytes) -> tuple[str, ...]:
    """One line for each thing that is in order. Raises CasusbotError at the first that is not."""
    async with opened(configuration, key) as bot:
        await bot.database.check_integrity()
        await account.check(bot.homeserver, bot.own, bot.crypto, bot.identity)
        own = bot.own
        pins = await bot.database.read(lambda t: t.pins(configuration.region.contact_points))
    return (
        "Configuratie: in orde.",
        "Opslag: gaat open en is heel.",
        f"Homeserver: bereikbaar, aangemeld als {own.user_id}.",
        "Identiteit: de server toont onze sleutels en het apparaat is ondertekend.",
        *_privacy(configuration.region, pins),
    )


def _privacy(region: Region, pins: Mapping[str, Pin]) -> Iterator[str]:
    """What the bot cannot make up: it goes on without, and says so to everybody who asks."""
    if region.controller.is_known:
        yield "Privacy: verantwoordelijke en contactpunt zijn ingevuld."
    else:
        yield "LET OP, privacy: vul controller in (name en contact). Nu staat er bij !privacy dat dit ontbreekt."
    if not region.contact_points:
        yield "LET OP, privacy: vul contact_point in. Zonder kan niemand inzage, correctie of beperking uitvoeren."
    for user in sorted(region.contact_points):
        if not is_verified(pins.get(user)):
            yield f"LET OP, privacy: de identiteit van {user} is nog niet vergeleken; zie casusbot identity."
