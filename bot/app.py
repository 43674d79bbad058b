"""The wiring: the only place that holds the key, makes ids and joins the rooms of the house to one bot."""

from __future__ import annotations

import asyncio
import logging
import random
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.core.effects import Effects, OpenDirect
from bot.core.model import Person
from bot.errors import LoginRefusedError
from bot.handling import Handler
from bot.matrix import account
from bot.matrix.crypto import Crypto, Machine
from bot.matrix.homeserver import Homeserver, HomeserverFault, LoggedOut, RateLimited
from bot.matrix.inbox import Inbox
from bot.matrix.keyring import Keyring
from bot.matrix.keystore import CipherStore
from bot.matrix.outbox import Outbox
from bot.scheduling import CLOCK, Scheduler
from bot.setup import DATABASE, load_account
from bot.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.clock import Clock
    from bot.configuration import Configuration
    from bot.core.guard import Guard
    from bot.matrix.account import Account
    from bot.matrix.identity import Identity
    from bot.store.transaction import Transaction

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0


def new_id() -> str:
    return uuid.uuid4().hex


def real_now() -> datetime:
    return datetime.now(UTC)


class Bot:
    """One bot on one data folder."""

    def __init__(self, configuration: Configuration, key: bytes, guard: Guard, clock: Clock) -> None:
        self._configuration = configuration
        self._key = key
        self._guard = guard
        self._clock = clock

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; what is half done by then is done by the next start."""
        database = await Database.open(self._configuration.data / DATABASE, self._key, create=False)
        homeserver = Homeserver(self._configuration.homeserver)
        try:
            own, identity = await database.read(load_account)
            homeserver.access_token = own.access_token
            store = CipherStore(self._key, own.user_id, own.device_id, self._configuration.data)
            try:
                crypto = Crypto(Machine(own.user_id, own.device_id, store))
                await self._work(stop, database, homeserver, own, identity, crypto)
            finally:
                store.close()
        finally:
            await homeserver.close()
            await database.close()

    async def _work(
        self,
        stop: asyncio.Event,
        database: Database,
        homeserver: Homeserver,
        own: Account,
        identity: Identity,
        crypto: Crypto,
    ) -> None:
        keyring = Keyring(homeserver, crypto, database, new_id=new_id, now=real_now)
        inbox = Inbox(homeserver, crypto, keyring, database, user_id=own.user_id, new_id=new_id, now=real_now)
        outbox = Outbox(
            homeserver, keyring, database, user_id=own.user_id, now=real_now, jitter=random.random
        )
        region = self._configuration.region
        scheduler = Scheduler(database, region, self._clock, queued=outbox.waiting.set)

        def queued() -> None:
            outbox.waiting.set()
            scheduler.changed.set()

        handler = Handler(
            database, crypto, keyring, region, self._guard, self._clock, user_id=own.user_id, queued=queued
        )
        await database.write(self._open_chats)
        async with asyncio.TaskGroup() as tasks:
            working = [
                tasks.create_task(self._receive(homeserver, own, identity, crypto, inbox)),
                tasks.create_task(handler.run(inbox.arrived)),
                tasks.create_task(outbox.run()),
                tasks.create_task(scheduler.run()),
            ]
            await stop.wait()
            for task in working:
                task.cancel()

    async def _receive(
        self, homeserver: Homeserver, own: Account, identity: Identity, crypto: Crypto, inbox: Inbox
    ) -> None:
        """Check who we are, then sync for ever."""
        await patiently(lambda: account.check(homeserver, own, crypto, identity))
        log.info("connected as %s", own.user_id)
        while True:
            await patiently(inbox.sync)

    async def _open_chats(self, transaction: Transaction) -> None:
        """Every coordinator gets a direct chat, once: it is where cases begin and digests arrive."""
        for user_id in sorted(self._configuration.region.coordinators):
            if await transaction.person(user_id) is None:
                effects = Effects(keep=(Person(user_id),), send=(OpenDirect(user_id),))
                now = self._clock.now()
                await transaction.carry_out(effects, actor=CLOCK, at=now, source=f"coordinator:{user_id}")


async def patiently(ask: Callable[[], Awaitable[None]]) -> None:
    """Ask until the homeserver answers, waiting longer each time, with jitter. Raises LoginRefusedError."""
    failures = 0
    while True:
        try:
            await ask()
        except LoggedOut as fault:
            raise LoginRefusedError(fault.errcode) from None
        except RateLimited as fault:
            await asyncio.sleep(fault.retry_after)
        except HomeserverFault as fault:
            failures += 1
            pause = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures, 10)) * (0.5 + random.random())  # noqa: S311
            log.warning("homeserver: %s; next try in %.0f s", fault, pause)
            await asyncio.sleep(pause)
        else:
            return
