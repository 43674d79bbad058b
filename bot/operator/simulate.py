"""`casusbot simulate`: the rules of the clock over the stored cases, without sending. For who changes the timing."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from bot.core.dates import say_weekday_short
from bot.core.dates.calendar import AMSTERDAM, at_local
from bot.core.effects import Loudness, ToCase, ToPerson, ToRoom
from bot.core.reminding.clock import RULES
from bot.core.reminding.digest import COUNTED_BACK
from bot.core.reminding.digest_plan import first_plans
from bot.core.reminding.rehearsal import Rehearsal, says
from bot.core.reminding.retention_ends import bounds
from bot.data.device import DATABASE
from bot.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from bot.core.effects import Address
    from bot.core.region import Region
    from bot.settings.configuration import Configuration
    from bot.store.transaction import Transaction


async def simulate(configuration: Configuration, key: bytes, first: date, last: date) -> tuple[str, ...]:
    """One line for each message that would leave between two local days, both included.

    It is what the clock sends while nobody types anything. Raises CasusbotError.
    """
    start, end = at_local(first, time.min), at_local(last, time.max)
    database = await Database.open(configuration.data / DATABASE, key, create=False)
    try:
        rehearsal = await database.read(lambda t: rehearsed(t, configuration.region, start, end))
    finally:
        await database.close()
    rehearsal.reschedule(start)
    return tuple(_lines(rehearsal, start, end))


async def rehearsed(transaction: Transaction, region: Region, start: datetime, end: datetime) -> Rehearsal:
    """The cases in which something can happen, everybody in them, and whatever comes due until the end."""
    ending = await transaction.kept_too_long(*bounds(end.date(), region.retention))
    files = {file.ref: file for file in ending}
    files |= {file.ref: file for file in await transaction.cases(closed_since=start - COUNTED_BACK)}
    due = [record for rule in RULES if rule.instant for record in await transaction.due(rule, end)]
    signals = await transaction.signals_without_case()
    users = {p.user_id for file in files.values() for p in file.seated} | region.coordinators
    users |= {signal.noted_by for signal in signals}
    incident = await transaction.running_incident()
    planned = [plan.user_id for plan in await transaction.digest_plans()]
    records = (
        *(await transaction.persons(users)).values(),
        *(await transaction.pins(region.coordinators)).values(),
        *await transaction.polls_of(files),
        *signals,
        *due,
        *((incident,) if incident else ()),
        *first_plans(region, planned, start),
    )
    return Rehearsal(region, await transaction.direct_joined(users), files.values(), records)


def _lines(rehearsal: Rehearsal, start: datetime, end: datetime) -> Iterator[str]:
    """When, to whom, and what: of what rings its whole text, of what does not its first line."""
    for now, effects in rehearsal.play(start, end):
        local = now.astimezone(AMSTERDAM)
        head = f"{say_weekday_short(local.date())} {local:%H:%M}"
        for say in says(effects):
            rings = say.loudness is Loudness.NUDGE
            shown = say.message.lines if rings else say.message.lines[:1]
            for line in shown:
                yield f"{head}  {'!' if rings else ' '} {_named(rehearsal, say.to)}  {line}"


def _named(rehearsal: Rehearsal, to: Address) -> str:
    match to:
        case ToCase(ref):
            return f"ruimte {ref}"
        case ToPerson(user):
            labels = dict.fromkeys(
                seat.label for file in rehearsal.files.values() if (seat := file.seat_of(user))
            )
            return f"{user} ({', '.join(labels) or 'coördinator'})"
        case ToRoom(room_id):
            return room_id
        case _:
            return "overdracht"
