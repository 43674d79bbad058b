"""The weekly digest of a coordinator: what needs attention in the region, and nothing that anybody wrote.

The form is domain section 7.2: readable on a phone in one glance, so 25 lines of 45 characters at most. Roles,
cases and reasons only; no figure about a person (rule 10 of the design).
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.core.access.restricting import still_shown
from bot.core.dates import say_short, say_weekday_short
from bot.core.dates.calendar import local_day, working_days_between
from bot.core.records.actions import REASON_NAMES, ActionState
from bot.core.records.cases import Function
from bot.core.records.explanations import Receiver
from bot.core.records.handovers import RUNNING as UNDER_WAY
from bot.core.records.handovers import STATE_NAMES as HANDOVER_STATES
from bot.core.records.handovers import WAITING as UNANSWERED
from bot.core.records.handovers import HandoverState, Side
from bot.core.records.out_of_sight import SightState
from bot.core.records.retention import RetentionState
from bot.core.reminding.digest_layout import (
    GLUE,
    Item,
    Section,
    by_day,
    each,
    filled,
    fitted,
    in_order,
    numbered,
    packed,
    short_ref,
    wrapped,
)
from bot.core.reminding.ladder import StallReason, date_of, is_stalled, ladder
from bot.core.reminding.nudge_words import LANGUAGE, NO_REASON
from bot.core.reminding.retention_ends import ends_on, state_of
from bot.core.reminding.sight_reviews import standing
from bot.core.text import Message, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action
    from bot.core.records.signals import Signal
    from bot.core.region import Region, Timing

ENDING = frozenset({RetentionState.WARNED, RetentionState.ASKED})
COUNTED_BACK = timedelta(days=14)
"""How long ago a closed case can have moved and still count for last week."""
TITLE = Text("Weekbericht {day}", "Weekly digest {day}")
TITLE_OWN = Text("Jouw casussen {day}", "Your cases {day}")
CASES = Text("{n} casussen", "{n} cases")
ONE_CASE = Text("1 casus", "1 case")
ACTIONS = Text("{n} open acties", "{n} open actions")
ONE_ACTION = Text("1 open actie", "1 open action")
ON_SCHEDULE = Text("{n} op schema", "{n} on schedule")
ATTENTION = Text("VRAAGT AANDACHT ({n})", "NEEDS ATTENTION ({n})")
HANDOVER = Text("OVERDRACHT ({n})", "HANDOVER ({n})")
OUT_OF_SIGHT = Text("UIT BEELD ({n})", "OUT OF SIGHT ({n})")
THIS_WEEK = Text("DEZE WEEK ({n})", "THIS WEEK ({n})")
UNMOVED = Text("GEEN BEWEGING ({n})", "NO MOVEMENT ({n})")
SIGNALS = Text("SIGNALEN ZONDER CASUS ({n})", "SIGNALS WITHOUT A CASE ({n})")
RETENTION = Text("BEWAARTERMIJN ({n})", "RETENTION ({n})")
ENDS = Text(
    "{ref}: over {n} dagen vernietigen of gemotiveerd verlengen", "{ref}: in {n} days destroy or extend"
)
ENDED = Text("{ref}: {n} dagen voorbij, vernietigen of verlengen", "{ref}: {n} days past, destroy or extend")
AGREE = Text(
    "{ref}: vernietigen gevraagd, wacht op een tweede", "{ref}: asked to destroy, waits for a second"
)
LOG = Text("Logboek {head}", "Log {head}")
UNREACHED = Text("NIET BEREIKBAAR ({n})", "OUT OF REACH ({n})")
PAUSED = Text("Herinneringen staan stil sinds {day}", "Reminders are paused since {day}")
FOOT = Text("!weekbericht uit · !waarom", "!digest off · !why")
DAYS = Text("{ref} {n} dagen", "{ref} {n} days")
DAY = Text("{ref} dag {n}", "{ref} day {n}")
STEPS_DONE = Text("{k} van {n} stappen klaar", "{k} of {n} steps done")
DANGER_ASKED = Text("acuut gevaar nog niet beantwoord", "acute danger not answered yet")
NOT_AGREED = Text("stappen nog zonder akkoord", "steps not agreed yet")
REVIEW_ON = Text("beoordeling {day}", "review {day}")
TODAY = Text("vandaag", "today")
DONE = Text("Vorige week: {n} gereed", "Last week: {n} done")
VOID = Text("{n} vervallen", "{n} void")
NOT_DONE = Text("{n} niet uitgevoerd", "{n} not done")
MOST_BLOCKED = Text("Vaakst vast door: {reasons}", "Most often blocked by: {reasons}")

GOES = Text(
    "{ref} → regio {region}: {state}, {open} ({n} wd).", "{ref} → region {region}: {state}, {open} ({n} wd)."
)
CAME = Text(
    "{ref} ← regio {region}: {state}, {open} ({n} wd).", "{ref} ← region {region}: {state}, {open} ({n} wd)."
)
RESPONSIBLE = Text("Wij blijven verantwoordelijk.", "We stay responsible.")
_NOT_ACCEPTED = Text("nog niet geaccepteerd", "not accepted yet")
STILL_TO_DO = {
    HandoverState.PROPOSED: _NOT_ACCEPTED,
    HandoverState.RECEIVED: _NOT_ACCEPTED,
    HandoverState.ACCEPTED: Text("nog geen gesprek", "no call yet"),
    HandoverState.TALKED: Text("nog niet afgerond", "not completed yet"),
}
HOLDER_LEFT = Text("deze rol is niet meer bezet", "nobody is in this role any more")
NOT_PROVIDED = Text("niet verstrekt, voor het overleg", "not provided, for the meeting")
OVER_DATE = Text("{n} wd over termijn", "{n} wd past its date")
OVER_LOOK_BACK = Text("vast ({reason}), {n} wd over kijkdatum", "blocked ({reason}), {n} wd past look-back")
NO_LOOK_BACK = Text("vast ({reason}), geen kijkdatum", "blocked ({reason}), no look-back")
POSTPONED = Text("{n}x verzet", "postponed {n}x")
POSTPONED_OFTEN = Text("vaker verzet", "postponed more than once")
LOOK_BACK_MOVED = Text("vast ({reason}), kijkdatum {n}x verlegd", "blocked ({reason}), look-back moved {n}x")
LOOK_BACK_MOVED_OFTEN = Text(
    "vast ({reason}), kijkdatum vaker verlegd", "blocked ({reason}), look-back moved more than once"
)
ASKED = {
    Receiver.CASE_COORDINATOR: (
        Function.CASE_COORDINATOR,
        Text("Casusregisseur is gevraagd.", "Case coordinator was asked."),
    ),
    Receiver.PROCESS_COORDINATOR: (
        Function.PROCESS_COORDINATOR,
        Text("Procesregisseur is gevraagd.", "Process coordinator was asked."),
    ),
}
"""Whom the ladder asks beside the holder, and the words for it."""


def weekly(
    cases: tuple[CaseFile, ...],
    region: Region,
    *,
    today: date,
    own: bool = False,
    signals: tuple[Signal, ...] = (),
    head: str | None = None,
    paused: date | None = None,
) -> Message:
    """The digest as of the morning of `today`, over `cases`. Of closed ones count last week and what is left to do.

    `own`: for a chair, of their own cases. Every reference leads to the room of its case. `head` is what the audit log
    ends with: noted here, out of reach of whoever could write the log anew. `paused`: since when an incident holds back
    reminders.
    """
    cases = tuple(still_shown(file, region.protocols) for file in cases)
    current = [file for file in cases if file.is_open or file.running]
    ending = [file for file in cases if state_of(file) in ENDING]
    sections = (
        Section(ATTENTION, _attention(current, region, today, own=own), numbered),
        Section(OUT_OF_SIGHT, _out_of_sight(current, today), each),
        Section(HANDOVER, _handovers(current, today), each),
        Section(UNREACHED, _unreached(current), packed),
        Section(SIGNALS, _signals(signals, today), packed),
        Section(THIS_WEEK, _this_week(current, today), by_day),
        Section(UNMOVED, _unmoved(current, region.timing, today), packed),
        Section(RETENTION, _ending(ending, region, today), each),
    )
    top = [*_head(TITLE_OWN if own else TITLE, region, today), *_totals(current, today)]
    top += wrapped(PAUSED(LANGUAGE, day=say_short(paused))) if paused else []
    log = [LOG(LANGUAGE, head=head)] if head else []
    foot = ([*_last_week(cases, today), *log], _most_blocked(current), [FOOT(LANGUAGE)])
    lines = fitted(top, [s for s in sections if s.items], foot)
    said = "\n".join(lines)
    links = ((short_ref(file), address) for file in (*current, *ending) for _, address in file.links)
    return Message(tuple(lines), headed=True, links=tuple(link for link in links if link[0] in said))


def _attention(cases: Iterable[CaseFile], region: Region, today: date, *, own: bool) -> list[Item]:
    """Stalled actions and those with which the ladder has come to its end, longest waiting first."""
    items = []
    for file in cases:
        for action in file.running:
            timing = region.terms(file.case, action)
            asked = action.nudge_step is not None and action.nudge_step >= ladder(timing)[-1][0]
            reason = is_stalled(action, file, region, today) or (StallReason.OVERDUE if asked else None)
            if reason:
                day = date_of(action) or local_day(action.updated_at)
                words = (
                    f"{action.holder}: {_why(reason, action, today, own=own)}{_asked(file, action, timing)}"
                )
                items.append(Item(day, short_ref(file), action.number, words))
    return in_order(items)


def _why(reason: StallReason, action: Action, today: date, *, own: bool) -> str:
    """How often it was postponed is for the chair to know (`own`), who can ask."""
    blocked = action.state is ActionState.BLOCKED
    moved = LOOK_BACK_MOVED if own else LOOK_BACK_MOVED_OFTEN
    text = {
        StallReason.HOLDER_LEFT: HOLDER_LEFT,
        StallReason.NOT_PROVIDED: NOT_PROVIDED,
        StallReason.OVERDUE: OVER_LOOK_BACK if blocked else OVER_DATE,
        StallReason.POSTPONED: moved if blocked else POSTPONED if own else POSTPONED_OFTEN,
        StallReason.NO_LOOK_BACK: NO_LOOK_BACK,
    }[reason]
    day = date_of(action) or today
    n = action.postponed if reason is StallReason.POSTPONED else working_days_between(day, today)
    named = REASON_NAMES[action.reason] if action.reason else NO_REASON
    return text(LANGUAGE, n=n, reason=named(LANGUAGE))


def _asked(file: CaseFile, action: Action, timing: Timing) -> str:
    """Who was asked already, where the case has somebody in that function."""
    for step, receiver in reversed(ladder(timing)):
        if receiver in ASKED and action.nudge_step is not None and action.nudge_step >= step:
            function, words = ASKED[receiver]
            if file.with_function(function):
                return f". {words(LANGUAGE)}"
    return ""


def _this_week(cases: Iterable[CaseFile], today: date) -> list[Item]:
    """What has its date between today and Sunday."""
    items = []
    for file in cases:
        for action in file.running:
            day = date_of(action)
            if day and today <= day and iso_week(day) == iso_week(today):
                items.append(Item(day, short_ref(file), action.number, action.id))
    return in_order(items)


def _signals(signals: Iterable[Signal], today: date) -> list[Item]:
    """Those without a case whose day to look again has come or comes this week; every week until somebody looks."""
    end_of_week = today + timedelta(days=6 - today.weekday())
    return in_order(
        [
            Item(s.review, "", s.number, f"{s.id} {say_short(s.review, language=LANGUAGE.code)}")
            for s in signals
            if s.review and s.review <= end_of_week
        ]
    )


def _unreached(cases: Iterable[CaseFile]) -> list[Item]:
    """Roles for whom the bot cannot be heard; of the case alone, so a person behind several is named in each.

    One that somebody left with work undone is such a role too.
    """
    items = []
    for file in cases:
        waiting = {a.holder for a in file.running if not file.holders(a)}
        since = {p.label: local_day(p.left_at) for p in file.participants if p.left_at and p.label in waiting}
        since |= {seat.label: seat.unreached for seat in file.seated if seat.unreached}
        items += [
            Item(day, short_ref(file), place, f"{short_ref(file)} {label}")
            for place, (label, day) in enumerate(since.items())
        ]
    return in_order(items)


def _out_of_sight(cases: Iterable[CaseFile], today: date) -> list[Item]:
    """Who has not been seen, longest first; of the case alone, in the form of domain 7.2."""
    items = []
    for file in cases:
        if (sight := file.out_of_sight) is None:
            continue
        found, ref = standing(sight, file, today), short_ref(file)
        parts = [DAY(LANGUAGE, ref=ref, n=found.day)]
        if sight.state is SightState.DANGER_ASKED:
            parts.append(DANGER_ASKED(LANGUAGE))
        elif sight.state is SightState.PROPOSED:
            parts.append(NOT_AGREED(LANGUAGE))
        if found.steps:
            parts.append(STEPS_DONE(LANGUAGE, k=found.done, n=found.steps))
        if found.review:
            day = TODAY(LANGUAGE) if found.review == today else say_short(found.review)
            parts.append(REVIEW_ON(LANGUAGE, day=day))
        words = f"{GLUE}· ".join(part.replace(" ", GLUE) for part in parts)
        items.append(Item(sight.day_zero, ref, sight.number, words))
    return in_order(items)


def _handovers(cases: Iterable[CaseFile], today: date) -> list[Item]:
    """What goes to another region or comes from one, longest under way first, and who is responsible meanwhile."""
    items = []
    for file in cases:
        for number, one in enumerate(file.handovers):
            if one.state not in UNDER_WAY:
                continue
            day, ours = local_day(one.proposed_at), one.side is Side.SENDER
            words = (GOES if ours else CAME)(
                LANGUAGE,
                ref=short_ref(file),
                region=one.region,
                state=HANDOVER_STATES[one.state](LANGUAGE),
                open=STILL_TO_DO[one.state](LANGUAGE),
                n=working_days_between(day, today),
            )
            words = f"{words} {RESPONSIBLE(LANGUAGE)}" if ours and one.state in UNANSWERED else words
            items.append(Item(day, short_ref(file), number, words))
    return in_order(items)


def _unmoved(cases: Iterable[CaseFile], timing: Timing, today: date) -> list[Item]:
    items = []
    for file in cases:
        day = local_day(file.case.moved_at)
        days = (today - day).days
        if file.is_open and not file.is_theme and days >= timing.unmoved:
            items.append(Item(day, short_ref(file), 0, DAYS(LANGUAGE, ref=short_ref(file), n=days)))
    return in_order(items)


def _ending(cases: Iterable[CaseFile], region: Region, today: date) -> list[Item]:
    """Closed cases that people have to decide about, the longest kept first (form: domain 7.2)."""
    items = []
    for file in cases:
        day = ends_on(file, region.retention)
        assert day is not None, "an open case awaits no destruction"
        text = AGREE if state_of(file) is RetentionState.ASKED else ENDS if day >= today else ENDED
        items.append(
            Item(day, short_ref(file), 0, text(LANGUAGE, ref=short_ref(file), n=abs((day - today).days)))
        )
    return in_order(items)


def _head(text: Text, region: Region, today: date) -> list[str]:
    title = text(LANGUAGE, day=say_weekday_short(today))
    return wrapped(f"{title.replace(' ', GLUE)}{GLUE}· {region.name}", most=2)


def _totals(cases: Sequence[CaseFile], today: date) -> list[str]:
    """On schedule: not blocked, and the date has not passed."""
    open_cases = sum(file.is_open and not file.is_theme for file in cases)
    actions = [action for file in cases for action in file.running]
    timely = [a for a in actions if a.state is not ActionState.BLOCKED and a.due_date >= today]
    counts = (
        (ONE_CASE if open_cases == 1 else CASES)(LANGUAGE, n=open_cases),
        (ONE_ACTION if len(actions) == 1 else ACTIONS)(LANGUAGE, n=len(actions)),
        ON_SCHEDULE(LANGUAGE, n=len(timely)),
    )
    return filled([count.replace(" ", GLUE) for count in counts], 0)


def _last_week(cases: Iterable[CaseFile], today: date) -> list[str]:
    week = iso_week(today - timedelta(days=7))
    ended = Counter(
        action.state
        for file in cases
        for action in file.actions
        if iso_week(local_day(action.updated_at)) == week
    )
    counts = (
        DONE(LANGUAGE, n=ended[ActionState.DONE]),
        VOID(LANGUAGE, n=ended[ActionState.VOID]),
        NOT_DONE(LANGUAGE, n=ended[ActionState.NOT_DONE]),
    )
    return filled([count.replace(" ", GLUE) for count in counts], 0)


def _most_blocked(cases: Iterable[CaseFile]) -> list[str]:
    """The two commonest reasons."""
    reasons = sorted(
        REASON_NAMES[action.reason](LANGUAGE)
        for file in cases
        for action in file.running
        if action.state is ActionState.BLOCKED and action.reason
    )
    commonest = [reason for reason, _ in Counter(reasons).most_common(2)]
    return wrapped(MOST_BLOCKED(LANGUAGE, reasons=", ".join(commonest)), most=2) if commonest else []


def iso_week(day: date) -> str:
    """As "2026-W12": text order is time order."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"
