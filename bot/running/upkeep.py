"""What is let go of with time: keys that could reopen a conversation, and ids that no longer tell anything."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.data.backups import expire

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from bot.matrix.crypto import Crypto
    from bot.settings.configuration import Backups
    from bot.store.database import Database

log = logging.getLogger(__name__)

AFTER_START = 3600.0
"""Seconds. By then what came in while the bot was away has been read, which takes the old keys."""
EVERY = 24 * 3600.0


async def run(
    database: Database, crypto: Crypto, keep_keys: timedelta, copies: Backups, now: Callable[[], datetime]
) -> None:
    """Tidy every day."""
    await asyncio.sleep(AFTER_START)
    while True:
        await tidy(database, crypto, keep_keys, now())
        expire(copies.folder, copies.keep_days, now())
        await asyncio.sleep(EVERY)


async def tidy(database: Database, crypto: Crypto, keep_keys: timedelta, now: datetime) -> None:
    """Forget room keys first seen longer than `keep_keys` ago, and ids past their time."""
    forgotten = crypto.forget_older(now - keep_keys, now)
    await database.write(lambda t: t.prune(now))
    log.info("forgot %d room keys", forgotten)
