"""When the period of a case ends, and who is told so ahead: the clock's part of `bot.core.records.retention`.

What has to be done is an ordinary action of the case, so that reminders, overviews and the digest carry it. Of an open
case nothing ends: where it has long been still, somebody is asked whether it can be closed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from bot.core.casefile import new_action
from bot.core.dates import say_day
from bot.core.dates.calendar import add_working_days, at_local, local_day, this_or_next_working_day
from bot.core.effects import Effects, Logged, Say, ToPerson
from bot.core.records.cases import Function
from bot.core.records.explanations import Explanation, Rule
from bot.core.records.retention import Retention, RetentionState, RetentionStep, Terms, after
from bot.core.reminding.hours import Roster
from bot.core.reminding.ladder import schedule
from bot.core.reminding.nudge_words import LANGUAGE
from bot.core.text import Message, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.casefile import CaseFile
    from bot.core.protocols import ProtocolStep
    from bot.core.records.actions import Action
    from bot.core.records.people import Person
    from bot.core.region import Region

PROTOCOL = "bewaartermijn"
IN_CHARGE = (Function.CHAIR, Function.PROCESS_COORDINATOR)
ENDS = Text(
    "{ref} is gesloten; de bewaartermijn loopt af op {day}. Vernietigen of gemotiveerd verlengen, zeg het in de ruimte "
    "van de casus: !vernietig {ref} (daarna zegt een ander akkoord), of !bewaar verleng <datum>, reden: <tekst>.",
    "{ref} is closed; its period ends on {day}. Destroy it or extend with a reason, in the room of the case: "
    "!destroy {ref} (then somebody else agrees), or !retention extend <date>, reason: <text>.",
)
STILL = Text(
    "In {ref} gebeurde al {n} maanden niets. Kan de casus dicht? In de ruimte: !casus sluit <reden>. Pas na het sluiten "
    "begint de bewaartermijn.",
    "Nothing happened in {ref} for {n} months. Can it be closed? In its room: !case close <reason>. Its period begins "
    "when it is closed.",
)


def closed_on(file: CaseFile) -> date | None:
    """The local day on which the case was last closed; None while it is open."""
    if file.is_open:
        return None
    return local_day(file.closings[-1].closed_at if file.closings else file.case.moved_at)


def ends_on(file: CaseFile, terms: Terms) -> date | None:
    """The day after which a closed case may be kept no longer; None while it is open."""
    closed = closed_on(file)
    if closed is None:
        return None
    usual = closed + relativedelta(months=terms.closed)
    return max(usual, (file.retention and file.retention.until) or usual)


def state_of(file: CaseFile) -> RetentionState:
    """Where a closed case is on its way; one that was opened and closed again begins anew."""
    found, closed = file.retention, closed_on(file)
    if found is None:
        return RetentionState.KEPT
    last = found.asked_at and local_day(found.asked_at)
    told = max(filter(None, (found.warned_on, last)), default=None)
    reopened = closed is None or (told is not None and told < closed)
    state = after(found.state, RetentionStep.REOPEN) if reopened else found.state
    assert state is not None, "a case that was destroyed has no record"
    return state


def warns_on(file: CaseFile, terms: Terms) -> date | None:
    """The day on which the clock says something about keeping this case; None when it has nothing more to say."""
    end = ends_on(file, terms)
    if end is not None:
        kept = after(state_of(file), RetentionStep.WARN) is not None
        return end - timedelta(days=terms.warn) if kept else None
    moved = local_day(file.case.moved_at)
    told = file.retention.warned_on if file.retention else None
    return None if told and told >= moved else moved + relativedelta(months=terms.unmoved)


def opens_on(day: date, region: Region) -> datetime:
    """The first moment to say something that wants to be said on `day`; in UTC."""
    return at_local(this_or_next_working_day(day), region.timing.opens).astimezone(UTC)


def next_wake(day: date | None, region: Region, now: datetime) -> datetime | None:
    """When to look again, where the first of all cases wants something said on `day`; in UTC."""
    if day is None:
        return None
    opens = opens_on(day, region)
    # Whoever asks has just looked: what is left over from then waits for the next morning.
    return opens if opens > now else Roster(region, {}).next_opening((), now)


def first_day(
    closed_at: datetime | None, until: date | None, moved_at: datetime | None, terms: Terms
) -> date | None:
    """The first day of `warns_on` over all cases, from the first of each of what it counts from."""
    ahead = timedelta(days=terms.warn)
    days = (
        closed_at and local_day(closed_at) + relativedelta(months=terms.closed) - ahead,
        until and until - ahead,
        moved_at and local_day(moved_at) + relativedelta(months=terms.unmoved),
    )
    return min(filter(None, days), default=None)


def bounds(today: date, terms: Terms) -> tuple[datetime, date, datetime]:
    """Closed by when, extended until when and moved by when a case may want something said on `today`.

    With days to spare: a month is not the same back and forth. `wake` itself looks again at each case.
    """
    ahead, spare = today + timedelta(days=terms.warn), timedelta(days=3)
    return (
        at_local(ahead - relativedelta(months=terms.closed) + spare, time.min),
        ahead,
        at_local(today - relativedelta(months=terms.unmoved) + spare, time.min),
    )


def wake(now: datetime, files: tuple[CaseFile, ...], region: Region, people: Mapping[str, Person]) -> Effects:
    """Warn about the cases of which the day has come: an action in the case, and a word to who is in charge."""
    effects, roster = Effects(), Roster(region, people)
    if not roster.may_ring("", now):
        return effects
    for file in files:
        day = warns_on(file, region.retention)
        if day is not None and day <= local_day(now):
            effects += _warned(file, region, roster, now)
    return effects


def _warned(file: CaseFile, region: Region, roster: Roster, now: datetime) -> Effects:
    today, end = local_day(now), ends_on(file, region.retention)
    steps = {step.id: step for step in region.protocols[PROTOCOL].steps}
    state = after(state_of(file), RetentionStep.WARN) if end else state_of(file)
    assert state is not None, "warns_on asked the table"
    before = file.retention or Retention(file.ref, state)
    kept = replace(before, state=state, warned_on=today, asked_at=None, asked_by=None)
    if end is not None:
        words = ENDS(LANGUAGE, ref=file.ref, day=say_day(end, language=LANGUAGE.code))
        action = _action(file, steps.get("decide"), max(end, this_or_next_working_day(today)), now)
    else:
        words = STILL(LANGUAGE, ref=file.ref, n=region.retention.unmoved)
        step = steps.get("review")
        action = _action(file, step, add_working_days(today, step.within if step else 0), now)
    effects = Effects(
        keep=(kept, *(schedule(one, file, roster, now=now) for one in action)),
        log=(Logged("retention.warned", file.ref),),
    )
    for user in sorted({seat.user_id for seat in file.with_function(*IN_CHARGE)}):
        key = f"retention:{today}:{file.ref}:{user}"
        why = Explanation(key, 0, user, now, Rule.RETENTION, file.ref, None, end)
        effects += Effects(
            keep=(why,),
            send=(Say(ToPerson(user), Message((words,), links=file.links), key=key, about=(file.ref,)),),
        )
    return effects


def _action(file: CaseFile, step: ProtocolStep | None, due: date, now: datetime) -> tuple[Action, ...]:
    """The step as an ordinary action; nothing where a region left it out of its protocol."""
    if step is None:
        return ()
    seated = (label for label in step.holders if file.holding(label))
    holder = next(seated, step.holders[-1])
    made = new_action(file, step.text, holder, due, at=now, by="clock", kind=step.kind, protocol=PROTOCOL)
    return (made,)
