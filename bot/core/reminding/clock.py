"""The rules of the clock: everything that the bot says or does because a moment has come. There is no other list.

The running clock (`bot.running.scheduling`) plays them over the store, the rehearsal over a copy in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from bot.core.access.trusting import is_verified, uncompared
from bot.core.casefile import CaseFile
from bot.core.dates.calendar import local_day
from bot.core.effects import Effects
from bot.core.records.actions import Action
from bot.core.records.handovers import Handover
from bot.core.records.incidents import Incident
from bot.core.records.people import DigestPlan, Person
from bot.core.records.signals import Signal
from bot.core.reminding import (
    digest_plan,
    handover_terms,
    incident_terms,
    nudging,
    retention_ends,
    signal_reviews,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.core.records.meetings import Poll
    from bot.core.records.people import Pin
    from bot.core.region import Region

D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Known:
    """What a rule may look at beside what is due.

    `files` are at least the cases of what is due, `people` everybody seated in them, whom it is about and the
    coordinators, `joined` those of them whom a nudge can reach. `polls` as of `nudging.wake`. `incident` is the one
    that runs. `cases`, `signals` (those without a case) and the `head` of the log are there for a rule over the whole
    region.
    """

    now: datetime
    region: Region
    files: Mapping[str, CaseFile]
    people: Mapping[str, Person]
    joined: frozenset[str]
    pins: Mapping[str, Pin]
    polls: tuple[Poll, ...] = ()
    incident: Incident | None = None
    cases: tuple[CaseFile, ...] = ()
    signals: tuple[Signal, ...] = ()
    head: str | None = None


@dataclass(frozen=True, slots=True)
class ClockRule(Generic[D]):
    """What comes due, when, and what is done about it then.

    The field `instant` of the record `kind` holds when; without one it is counted from the days of a case
    (`retention_ends.warns_on`). A rule that `pauses` waits for the end of an incident, and takes up what came due
    meanwhile as after downtime. One over the `whole` region looks at all its cases.
    """

    name: str
    kind: type[D]
    instant: str | None
    wake: Callable[[tuple[D, ...], Known], Effects] = field(repr=False)
    pauses: bool = False
    whole: bool = False


def _periods(due: tuple[CaseFile, ...], known: Known) -> Effects:
    return retention_ends.wake(known.now, due, known.region, known.people)


def _nudges(due: tuple[Action, ...], known: Known) -> Effects:
    # Who was not compared is no coordinator yet: what is meant for them would be withheld, and nobody would hear it.
    compared = frozenset(user for user in known.region.coordinators if is_verified(known.pins.get(user)))
    return nudging.wake(
        known.now,
        tuple((known.files[action.case_ref], action) for action in due),
        known.people,
        replace(known.region, coordinators=compared),
        known.joined,
        known.polls,
    )


def _signals(due: tuple[Signal, ...], known: Known) -> Effects:
    return signal_reviews.wake(known.now, due, known.people, known.region, known.joined)


def _handovers(due: tuple[Handover, ...], known: Known) -> Effects:
    return handover_terms.wake(known.now, due, known.region, known.pins)


def _incidents(due: tuple[Incident, ...], known: Known) -> Effects:
    return incident_terms.wake(known.now, due, known.region)


def _digests(due: tuple[DigestPlan, ...], known: Known) -> Effects:
    effects, region = Effects(), known.region
    paused = local_day(known.incident.started_at) if known.incident else None
    for plan in due:
        found = digest_plan.effects(
            plan, known.cases, region, known.now, known.signals, head=known.head, paused=paused
        )
        if plan.user_id in region.coordinators and not is_verified(known.pins.get(plan.user_id)):
            found = uncompared(found, plan.user_id)
        effects += found
    return effects


RETENTION = ClockRule("retention", CaseFile, None, _periods)
NUDGES = ClockRule("nudges", Action, "nudge_at", _nudges, pauses=True)
SIGNALS = ClockRule("signals", Signal, "nudge_at", _signals, pauses=True)
HANDOVERS = ClockRule("handovers", Handover, "overdue_at", _handovers, pauses=True)
INCIDENTS = ClockRule("incidents", Incident, "remind_at", _incidents)
DIGESTS = ClockRule("digests", DigestPlan, "due_at", _digests, whole=True)

RULES: tuple[ClockRule[Any], ...] = (RETENTION, NUDGES, SIGNALS, HANDOVERS, INCIDENTS, DIGESTS)
"""In the order in which they are played: who was nudged about an action is not nudged about a signal that day."""


def rules(incident: Incident | None) -> tuple[ClockRule[Any], ...]:
    """Those that are played; `incident` is the one that runs."""
    return tuple(rule for rule in RULES if not (incident and rule.pauses))


def since(people: Mapping[str, Person], so_far: Effects) -> Mapping[str, Person]:
    """These people, as the rules that were played before this one leave them."""
    told = {record.user_id: record for record in so_far.records if isinstance(record, Person)}
    return {**people, **told} if told else people
