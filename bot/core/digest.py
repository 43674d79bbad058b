"""The weekly digest of a coordinator: what needs attention in the region, and nothing that anybody wrote.

The form is domain section 7.2: readable on a phone in one glance, so 25 lines of 45 characters at most. Roles,
cases and reasons only; no figure about a person (rule 10 of the design).
"""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby, product
from typing import TYPE_CHECKING

from bot.core.actions import REASON_NAMES, ActionState
from bot.core.calendar import at_local, working_days_between
from bot.core.dates import say_weekday_short
from bot.core.dates.lexicon import DAY_ABBREVIATIONS
from bot.core.effects import Effects, Logged, Say, ToPerson
from bot.core.model import CaseState, Function
from bot.core.nudge_words import LANGUAGE, NO_REASON
from bot.core.nudging import StallReason, date_of, is_stalled, local_day
from bot.core.text import Message, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.core.casefile import CaseFile
    from bot.core.model import Action, DigestPlan
    from bot.core.region import Region, Timing

LINES = 25
WIDTH = 45
PER_SECTION = 5
UNMOVED_AFTER = 30
"""Days without any movement after which a case is named (domain 7.4)."""

TITLE = Text("Weekbericht {day}", "Weekly digest {day}")
CASES = Text("{n} casussen", "{n} cases")
ONE_CASE = Text("1 casus", "1 case")
ACTIONS = Text("{n} open acties", "{n} open actions")
ONE_ACTION = Text("1 open actie", "1 open action")
ON_SCHEDULE = Text("{n} op schema", "{n} on schedule")
ATTENTION = Text("VRAAGT AANDACHT ({n})", "NEEDS ATTENTION ({n})")
THIS_WEEK = Text("DEZE WEEK ({n})", "THIS WEEK ({n})")
UNMOVED = Text("GEEN BEWEGING ({n})", "NO MOVEMENT ({n})")
MORE = Text("en nog {n}", "and {n} more")
DAYS = Text("{ref} {n} dagen", "{ref} {n} days")
LAST_WEEK = Text("Vorige week: {done} gereed · {void} vervallen", "Last week: {done} done · {void} void")
MOST_BLOCKED = Text("Vaakst vast door: {reasons}", "Most often blocked by: {reasons}")

HOLDER_LEFT = Text("deze rol is niet meer bezet", "nobody is in this role any more")
OVER_DATE = Text("{n} wd over termijn", "{n} wd past its date")
OVER_LOOK_BACK = Text("vast ({reason}), {n} wd over kijkdatum", "blocked ({reason}), {n} wd past look-back")
NO_LOOK_BACK = Text("vast ({reason}), geen kijkdatum", "blocked ({reason}), no look-back")
POSTPONED = Text("{n}x verzet", "postponed {n}x")
LOOK_BACK_MOVED = Text("vast ({reason}), kijkdatum {n}x verlegd", "blocked ({reason}), look-back moved {n}x")
CASE_COORDINATOR_ASKED = Text("Casusregisseur is gevraagd.", "Case coordinator was asked.")
PROCESS_COORDINATOR_ASKED = Text("Procesregisseur is gevraagd.", "Process coordinator was asked.")

_GLUE = "\u00a0"
"""Keeps words together while lines are filled; written as a space in the end."""
_LONGEST_REF = 24


def next_due_at(region: Region, after: datetime) -> datetime:
    """The first moment of the weekly digest strictly after `after`, in UTC."""
    moment = _moment(region, local_day(after))
    return moment if moment > after else _moment(region, local_day(after) + timedelta(days=7))


def due(plan: DigestPlan, now: datetime, region: Region) -> bool:
    """Whether this ISO week's moment has come and this week's digest has not been sent."""
    sent = plan.last_week is not None and plan.last_week >= _iso_week(local_day(now))
    return not sent and now >= _moment(region, local_day(now))


def effects(plan: DigestPlan, cases: tuple[CaseFile, ...], region: Region, now: datetime) -> Effects:
    """The digest of this week if it is due, and the plan for the next; missed weeks are not made up for.

    Somebody who is no coordinator any more gets nothing, and their plan goes.
    """
    if plan.user_id not in region.coordinators:
        return Effects(drop=(plan,))
    planned = replace(plan, due_at=next_due_at(region, now))
    if not due(plan, now, region):
        return Effects(keep=(planned,))
    today = local_day(now)
    week = _iso_week(today)
    words = weekly(cases, region, today=today)
    return Effects(
        keep=(replace(planned, last_week=week),),
        send=(Say(ToPerson(plan.user_id), words, key=f"digest:{week}:{plan.user_id}"),),
        log=(Logged("digest", thing=week),),
    )


def weekly(cases: tuple[CaseFile, ...], region: Region, *, today: date) -> Message:
    """The digest as of the morning of `today`, over `cases` (closed ones count for last week only)."""
    open_cases = [file for file in cases if file.case.state is CaseState.OPEN]
    sections = (
        _Section(ATTENTION, _attention(open_cases, region.timing, today), _numbered),
        _Section(THIS_WEEK, _this_week(open_cases, today), _by_day),
        _Section(UNMOVED, _unmoved(open_cases, today), _packed),
    )
    head = [*_head(region, today), *_totals(open_cases, today)]
    foot = [*_last_week(cases, today), *_most_blocked(open_cases)]
    return Message.of(*_fitted(head, [s for s in sections if s.items], foot), headed=True)


@dataclass(frozen=True, slots=True)
class _Item:
    """One entry of a section; `day` is what it is sorted and grouped by, earliest first."""

    day: date
    ref: str
    number: int
    words: str


@dataclass(frozen=True, slots=True)
class _Section:
    heading: Text
    items: Sequence[_Item]
    layout: Callable[[Sequence[_Item], int], list[str]]

    def lines(self, shown: int) -> list[str]:
        return [
            "",
            self.heading(LANGUAGE, n=len(self.items)),
            *self.layout(self.items[:shown], len(self.items) - shown),
        ]


def _fitted(head: list[str], sections: list[_Section], foot: list[str]) -> list[str]:
    """All of it in `LINES` lines, at least one item per section; the least urgent section gives way first."""
    most = [min(len(section.items), PER_SECTION) for section in sections]
    for shown in product(*(range(n, 0, -1) for n in most)):
        body = [line for section, n in zip(sections, shown, strict=True) for line in section.lines(n)]
        lines = [*head, *body, "", *foot]
        if len(lines) <= LINES:
            break
    # The last try always fits: head 4, sections of one item 6 + 4 + 4, foot 4.
    return lines


def _attention(cases: Iterable[CaseFile], timing: Timing, today: date) -> list[_Item]:
    """Stalled actions and those with which the ladder has come to its end, longest waiting first."""
    items = []
    for file in cases:
        for action in file.running:
            asked = action.nudge_step is not None and action.nudge_step >= timing.process_coordinator
            reason = is_stalled(action, file, today) or (StallReason.OVERDUE if asked else None)
            if reason:
                day = date_of(action) or local_day(action.updated_at)
                words = f"{action.holder}: {_why(reason, action, today)}{_asked(file, action, timing)}"
                items.append(_Item(day, _ref(file), action.number, words))
    return _sorted(items)


def _why(reason: StallReason, action: Action, today: date) -> str:
    blocked = action.state is ActionState.BLOCKED
    text = {
        StallReason.HOLDER_LEFT: HOLDER_LEFT,
        StallReason.OVERDUE: OVER_LOOK_BACK if blocked else OVER_DATE,
        StallReason.POSTPONED: LOOK_BACK_MOVED if blocked else POSTPONED,
        StallReason.NO_LOOK_BACK: NO_LOOK_BACK,
    }[reason]
    day = date_of(action) or today
    n = action.postponed if reason is StallReason.POSTPONED else working_days_between(day, today)
    named = REASON_NAMES[action.reason] if action.reason else NO_REASON
    return text(LANGUAGE, n=n, reason=named(LANGUAGE))


def _asked(file: CaseFile, action: Action, timing: Timing) -> str:
    """Who was asked already, where the case has somebody in that function."""
    step = action.nudge_step
    if step is None:
        return ""
    if step >= timing.process_coordinator and file.with_function(Function.PROCESS_COORDINATOR):
        return f". {PROCESS_COORDINATOR_ASKED(LANGUAGE)}"
    if step >= timing.case_coordinator and file.with_function(Function.CASE_COORDINATOR):
        return f". {CASE_COORDINATOR_ASKED(LANGUAGE)}"
    return ""


def _this_week(cases: Iterable[CaseFile], today: date) -> list[_Item]:
    """What has its date between today and Sunday."""
    items = []
    for file in cases:
        for action in file.running:
            day = date_of(action)
            if day and today <= day and _iso_week(day) == _iso_week(today):
                items.append(_Item(day, _ref(file), action.number, action.id))
    return _sorted(items)


def _unmoved(cases: Iterable[CaseFile], today: date) -> list[_Item]:
    items = []
    for file in cases:
        day = local_day(file.case.moved_at)
        days = (today - day).days
        if days >= UNMOVED_AFTER:
            items.append(_Item(day, _ref(file), 0, DAYS(LANGUAGE, ref=_ref(file), n=days)))
    return _sorted(items)


def _sorted(items: list[_Item]) -> list[_Item]:
    return sorted(items, key=lambda item: (item.day, item.ref, item.number))


def _numbered(items: Sequence[_Item], more: int) -> list[str]:
    lines = []
    for n, item in enumerate(items, start=1):
        lines += _wrapped(f"{n} {item.ref} A{item.number} {item.words}", most=3)
    return [*lines, MORE(LANGUAGE, n=more)] if more else lines


def _by_day(items: Sequence[_Item], more: int) -> list[str]:
    """Days, in them cases, in them actions: "vr Z-2026-014 A3, Z-2025-201 A2 A3"."""
    days = []
    for day, of_day in groupby(items, key=lambda item: item.day):
        by_case = [
            f"{ref}{_GLUE}{' '.join(item.words for item in of_case)}"
            for ref, of_case in groupby(of_day, key=lambda item: item.ref)
        ]
        days.append(f"{DAY_ABBREVIATIONS[LANGUAGE][day.weekday()]}{_GLUE}{', '.join(by_case)}")
    return _filled(days, more)


def _packed(items: Sequence[_Item], more: int) -> list[str]:
    return _filled([item.words.replace(" ", _GLUE) for item in items], more)


def _filled(entries: list[str], more: int) -> list[str]:
    left = [MORE(LANGUAGE, n=more).replace(" ", _GLUE)] if more else []
    return _wrapped(f"{_GLUE}· ".join([*entries, *left]))


def _wrapped(text: str, most: int | None = None) -> list[str]:
    """Lines of `WIDTH` at most; what does not fit in `most` of them ends in an ellipsis."""
    lines = textwrap.wrap(
        text, WIDTH, subsequent_indent="  ", break_on_hyphens=False, max_lines=most, placeholder=" …"
    )
    return [line.replace(_GLUE, " ") for line in lines]


def _ref(file: CaseFile) -> str:
    return file.ref if len(file.ref) <= _LONGEST_REF else f"{file.ref[: _LONGEST_REF - 1]}…"


def _head(region: Region, today: date) -> list[str]:
    title = TITLE(LANGUAGE, day=say_weekday_short(today))
    return _wrapped(f"{title.replace(' ', _GLUE)}{_GLUE}· {region.name}", most=2)


def _totals(cases: Sequence[CaseFile], today: date) -> list[str]:
    """On schedule: not blocked, and the date has not passed."""
    actions = [action for file in cases for action in file.running]
    timely = [a for a in actions if a.state is not ActionState.BLOCKED and a.due_date >= today]
    counts = (
        (ONE_CASE if len(cases) == 1 else CASES)(LANGUAGE, n=len(cases)),
        (ONE_ACTION if len(actions) == 1 else ACTIONS)(LANGUAGE, n=len(actions)),
        ON_SCHEDULE(LANGUAGE, n=len(timely)),
    )
    return _filled([count.replace(" ", _GLUE) for count in counts], 0)


def _last_week(cases: Iterable[CaseFile], today: date) -> list[str]:
    week = _iso_week(today - timedelta(days=7))
    ended = Counter(
        action.state
        for file in cases
        for action in file.actions
        if _iso_week(local_day(action.updated_at)) == week
    )
    return _wrapped(LAST_WEEK(LANGUAGE, done=ended[ActionState.DONE], void=ended[ActionState.VOID]), most=1)


def _most_blocked(cases: Iterable[CaseFile]) -> list[str]:
    """The two commonest reasons."""
    reasons = sorted(
        REASON_NAMES[action.reason](LANGUAGE)
        for file in cases
        for action in file.running
        if action.state is ActionState.BLOCKED and action.reason
    )
    commonest = [reason for reason, _ in Counter(reasons).most_common(2)]
    return _wrapped(MOST_BLOCKED(LANGUAGE, reasons=", ".join(commonest)), most=2) if commonest else []


def _moment(region: Region, day: date) -> datetime:
    """The moment of the digest in the ISO week of `day`, in UTC."""
    monday = day - timedelta(days=day.weekday())
    return at_local(monday + timedelta(days=region.digest.weekday), region.digest.at).astimezone(UTC)


def _iso_week(day: date) -> str:
    """As "2026-W12": text order is time order."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"
