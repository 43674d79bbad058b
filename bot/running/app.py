"""The wiring: the only place that holds the key, makes ids and joins the rooms of the house to one bot."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
import uuid
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.core.effects import Effects, OpenDirect
from bot.core.records.people import CODE_LENGTH, CODE_SIGNS, Person
from bot.data.control import listening
from bot.data.device import opened
from bot.data.health import Reporter, State
from bot.data.ledger import Signer
from bot.data.supervisor import Supervisor
from bot.errors import CasusbotError, IdentityError, LoginRefusedError
from bot.matrix import account
from bot.matrix.arranging import Arranger
from bot.matrix.homeserver import HomeserverFault, LoggedOut, RateLimited
from bot.matrix.inbox import Inbox
from bot.matrix.keyring import Keyring
from bot.matrix.outbox import Outbox
from bot.matrix.sas import Party
from bot.matrix.verification import Verifications
from bot.running import upkeep
from bot.running.descriptions import initial_state
from bot.running.handling import Handler
from bot.running.liaison import pin_neighbours
from bot.running.registrar import Registrar
from bot.running.scheduling import CLOCK, Scheduler
from bot.running.witness import Witness
from bot.store.carrying import carry_out

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.clock import Clock
    from bot.core.guard import Guard
    from bot.data.device import Opened
    from bot.running.attempts import Attempts
    from bot.settings.configuration import Configuration
    from bot.store.transaction import Transaction

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0


def new_id() -> str:
    return uuid.uuid4().hex


def new_code() -> str:
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))


def real_now() -> datetime:
    return datetime.now(UTC)


class Bot:
    """One bot on one data folder."""

    def __init__(
        self,
        configuration: Configuration,
        key: bytes,
        guard: Guard,
        clock: Clock,
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`environment` names the supervisor that watches the process, if any."""
        self._configuration = configuration
        self._key = key
        self._guard = guard
        self._clock = clock
        self._supervisor = Supervisor(environment)
        self.reachable = asyncio.Event()
        """Set once the bot knows that it is itself and `casusbot identity` can talk to it."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; what is half done by then is done by the next start. Raises CasusbotError."""
        health = Reporter(self._configuration.data, real_now)
        async with opened(self._configuration, self._key) as own:
            await own.database.write(lambda t: t.retry_all())
            await own.database.write(self._open_chats)
            await own.database.write(
                lambda t: pin_neighbours(t, self._configuration.region, self._clock.now())
            )
            try:
                async with asyncio.TaskGroup() as tasks:
                    working = tasks.create_task(self._work(own, health))
                    await stop.wait()
                    self._supervisor.stopping()
                    working.cancel()
            except BaseExceptionGroup as group:
                fault = reason(group)
                alarm = isinstance(fault, IdentityError)
                health.report(State.ALARM if alarm else State.STOPPED, str(fault) if alarm else "")
                raise fault from None
            await own.database.write(lambda t: t.excuse())
            health.report(State.STOPPED)

    async def _work(self, bot: Opened, health: Reporter) -> None:
        """Nothing is sent and nothing answered before the homeserver has shown that we are still ourselves."""
        homeserver, database, crypto, user_id = bot.homeserver, bot.database, bot.crypto, bot.own.user_id
        region = self._configuration.region
        party = Party(user_id, bot.own.device_id, crypto.ed25519, bot.identity.master_key)
        waiting = asyncio.Event()
        keyring = Keyring(homeserver, crypto, database, new_id=new_id, now=real_now, queued=waiting.set)
        verifications = Verifications(
            homeserver,
            database,
            keyring,
            bot.identity,
            party,
            new_id=new_id,
            new_code=new_code,
            now=real_now,
            queued=waiting.set,
        )
        witness = Witness(database, verifications, region, now=real_now, queued=waiting.set)
        inbox = Inbox(
            homeserver,
            crypto,
            keyring,
            database,
            user_id=user_id,
            new_id=new_id,
            now=real_now,
            to_device=verifications.to_device,
        )
        registrar = Registrar(
            database,
            crypto,
            Signer(bot.identity, self._key),
            self._configuration.backups,
            region.coordinators,
            real_now,
        )
        arranger = Arranger(
            homeserver,
            database,
            user_id=user_id,
            describe=partial(initial_state, user_id),
            vouch=witness.take,
            destroying=registrar,
        )
        outbox = Outbox(
            homeserver,
            keyring,
            database,
            region,
            arranger,
            user_id=user_id,
            now=real_now,
            jitter=random.random,
            waiting=waiting,
        )
        scheduler = Scheduler(database, region, self._clock, queued=waiting.set)

        def queued() -> None:
            waiting.set()
            scheduler.changed.set()

        handler = Handler(
            database,
            crypto,
            keyring,
            verifications,
            region,
            self._guard,
            self._clock,
            user_id=user_id,
            queued=queued,
        )
        health.trouble = handler.attempts.trouble
        inspect = partial(account.inspect, homeserver, bot.own, crypto, bot.identity)
        await self._check(bot, partial(health.report, State.WAITING))
        health.report(State.CONNECTED)
        log.info("connected as %s", user_id)
        async with listening(self._configuration.data, verifications, inspect), asyncio.TaskGroup() as tasks:
            self.reachable.set()
            self._supervisor.ready()
            tasks.create_task(self._watch(handler.attempts))
            tasks.create_task(self._receive(bot, inbox, health))
            tasks.create_task(handler.run(inbox.arrived))
            tasks.create_task(outbox.run())
            tasks.create_task(scheduler.run())
            tasks.create_task(verifications.run())
            tasks.create_task(witness.run())
            keep = self._configuration.keep_keys
            tasks.create_task(upkeep.run(database, crypto, keep, self._configuration.backups, real_now))

    async def _watch(self, attempts: Attempts) -> None:
        """Tell the supervisor that the bot goes on, from the loop that a message may not hold up, and only while none
        does: else it ends the process, and the message is counted (`Attempts`)."""
        while self._supervisor.every is not None:
            if attempts.goes_on:
                self._supervisor.goes_on()
            await asyncio.sleep(self._supervisor.every)

    async def _check(self, bot: Opened, waiting: Callable[[], None]) -> None:
        await patiently(partial(account.check, bot.homeserver, bot.own, bot.crypto, bot.identity), waiting)

    async def _receive(self, bot: Opened, inbox: Inbox, health: Reporter) -> None:
        """Sync for ever; look who we are when the homeserver says that this changed."""
        waiting = partial(health.report, State.WAITING)
        while True:
            await patiently(inbox.sync, waiting)
            health.report(State.CONNECTED)
            if inbox.own_devices_changed:
                await self._check(bot, waiting)
                inbox.own_devices_changed = False

    async def _open_chats(self, transaction: Transaction) -> None:
        """Every coordinator and contact point gets a direct chat, once: where cases begin and requests are served."""
        region = self._configuration.region
        for user_id in sorted(region.coordinators | region.contact_points):
            if await transaction.person(user_id) is None:
                effects = Effects(make=(Person(user_id),), send=(OpenDirect(user_id),))
                now = self._clock.now()
                await carry_out(transaction, effects, actor=CLOCK, at=now, source=f"coordinator:{user_id}")


def reason(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Why tasks that work together stopped: what the operator can act on, where that is among it."""
    found: list[BaseException] = [group]
    for fault in found:
        found.extend(fault.exceptions if isinstance(fault, BaseExceptionGroup) else ())
    for fault in found:
        if isinstance(fault, CasusbotError):
            return fault
        if isinstance(fault, LoggedOut):
            return LoginRefusedError(fault.errcode)
    return group


async def patiently(ask: Callable[[], Awaitable[None]], waiting: Callable[[], None]) -> None:
    """Ask until the homeserver answers, waiting longer each time, with jitter; `waiting` hears of every failure.

    Raises LoginRefusedError.
    """
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
            waiting()
            pause = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures, 10)) * (0.5 + random.random())  # noqa: S311
            log.warning("homeserver: %s; next try in %.0f s", fault, pause)
            await asyncio.sleep(pause)
        else:
            return
