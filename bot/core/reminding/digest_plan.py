"""When somebody gets their weekly digest, and over which cases: exactly one per person per ISO week.

Coordinators get the cases of the region, chairs their own; each may choose another day and time, or none.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.core.dates.calendar import at_local, local_day
from bot.core.effects import Effects, Logged, Say, ToPerson
from bot.core.permissions import Right
from bot.core.records.cases import Function
from bot.core.records.explanations import Explanation, Rule
from bot.core.records.people import DigestPlan
from bot.core.records.retention import RetentionState
from bot.core.reminding.digest import COUNTED_BACK, iso_week, weekly

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.core.casefile import CaseFile
    from bot.core.records.signals import Signal
    from bot.core.region import Region
    from bot.core.text import Message

_WEEK = timedelta(days=7)


def next_due_at(region: Region, after: datetime, plan: DigestPlan | None = None) -> datetime:
    """The first moment of a weekly digest strictly after `after`, in UTC; without a plan that of the region."""
    moment = _moment(region, plan, local_day(after))
    return moment if moment > after else _moment(region, plan, local_day(after) + _WEEK)


def counts(file: CaseFile, now: datetime) -> bool:
    """Whether a digest is over this case: open, with something left to do or to decide, or closed lately.

    What `Queries.cases` chooses with `closed_since`.
    """
    kept = file.retention is None or file.retention.state is RetentionState.KEPT
    return file.is_open or bool(file.running) or not kept or file.case.moved_at >= now - COUNTED_BACK


def first_plans(region: Region, planned: Iterable[str], now: datetime) -> tuple[DigestPlan, ...]:
    """A plan for each coordinator of the region who has none yet; `planned` have one."""
    without = region.coordinators - frozenset(planned)
    return tuple(DigestPlan(user, next_due_at(region, now)) for user in sorted(without))


def replanned(plan: DigestPlan, region: Region, now: datetime) -> DigestPlan:
    """The plan after its owner chose: this week's digest is not lost to a day that is earlier than today."""
    week = local_day(now)
    sent = plan.off or (plan.last_week is not None and plan.last_week >= iso_week(week))
    return replace(plan, due_at=next_due_at(region, now, plan) if sent else _moment(region, plan, week))


def due(plan: DigestPlan, now: datetime, region: Region) -> bool:
    """Whether this ISO week's moment has come and this week's digest has not been sent."""
    sent = plan.last_week is not None and plan.last_week >= iso_week(local_day(now))
    return not plan.off and not sent and now >= _moment(region, plan, local_day(now))


def seen_by(user_id: str, cases: tuple[CaseFile, ...], region: Region) -> tuple[CaseFile, ...] | None:
    """The cases of somebody's digest; None for who is neither coordinator nor chair."""
    if user_id in region.coordinators:
        return cases
    own = tuple(
        file for file in cases if any(p.user_id == user_id for p in file.with_function(Function.CHAIR))
    )
    return own or None


def digest_of(
    user_id: str,
    cases: tuple[CaseFile, ...],
    region: Region,
    now: datetime,
    signals: tuple[Signal, ...] = (),
    *,
    head: str | None = None,
    paused: date | None = None,
) -> Message | None:
    """Somebody's digest as of now; None for who is neither coordinator nor chair.

    `signals` are those without a case: only coordinators are told of them. `head` and `paused` as of `weekly`.
    """
    seen = seen_by(user_id, cases, region)
    own = user_id not in region.coordinators
    if seen is None:
        return None
    told = () if own else signals
    return weekly(seen, region, today=local_day(now), own=own, signals=told, head=head, paused=paused)


def shown(words: Message, cases: tuple[CaseFile, ...], user_id: str) -> tuple[Logged, ...]:
    """Which cases somebody read of in a digest: reading is logged too (NEN 7513)."""
    said = words.body
    return tuple(Logged("digest.shown", file.ref, user_id) for file in cases if file.ref in said)


def effects(
    plan: DigestPlan,
    cases: tuple[CaseFile, ...],
    region: Region,
    now: datetime,
    signals: tuple[Signal, ...] = (),
    *,
    head: str | None = None,
    paused: date | None = None,
) -> Effects:
    """The digest of this week if it is due, and the plan for the next; missed weeks are not made up for.

    Somebody who is neither coordinator nor chair any more gets nothing, and their plan goes.
    """
    words = digest_of(plan.user_id, cases, region, now, signals, head=head, paused=paused)
    if words is None:
        return Effects(drop=(plan,))
    planned = replace(plan, due_at=next_due_at(region, now, plan))
    if not due(plan, now, region):
        return Effects(keep=(planned,))
    week = iso_week(local_day(now))
    key = f"digest:{week}:{plan.user_id}"
    return Effects(
        keep=(replace(planned, last_week=week), Explanation(key, 0, plan.user_id, now, Rule.DIGEST)),
        send=(_addressed(plan.user_id, words, key, cases, region),),
        log=(Logged("digest", thing=week), *shown(words, cases, plan.user_id)),
    )


def _addressed(user_id: str, words: Message, key: str, cases: tuple[CaseFile, ...], region: Region) -> Say:
    """What its reader must still be when it leaves: coordinator of the region, or chair of each of these cases."""
    if user_id in region.coordinators:
        return Say(ToPerson(user_id), words, key=key, right=Right.REGION_DIGEST)
    own = tuple(file.ref for file in seen_by(user_id, cases, region) or ())
    return Say(ToPerson(user_id), words, key=key, right=Right.OWN_DIGEST, about=own)


def _moment(region: Region, plan: DigestPlan | None, day: date) -> datetime:
    """The moment of the digest in the ISO week of `day`, in UTC."""
    own_day, own_time = (plan.weekday, plan.at) if plan else (None, None)
    weekday = region.digest.weekday if own_day is None else own_day
    at = region.digest.at if own_time is None else own_time
    return at_local(day + timedelta(days=weekday - day.weekday()), at).astimezone(UTC)
