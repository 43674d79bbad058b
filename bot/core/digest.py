"""The weekly digest of a coordinator: what needs attention in the region, and nothing that anybody wrote.

The form is domain section 7.2: readable on a phone in one glance, so 25 lines of 45 characters at most. Roles,
cases and reasons only; no figure about a person (rule 10 of the design).
"""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, groupby, product
from typing import TYPE_CHECKING

from bot.core.actions import REASON_NAMES, ActionState
from bot.core.calendar import working_days_between
from bot.core.dates import say_short, say_weekday_short
from bot.core.dates.lexicon import DAY_ABBREVIATIONS
from bot.core.handovers import RUNNING as UNDER_WAY
from bot.core.handovers import STATE_NAMES as HANDOVER_STATES
from bot.core.handovers import WAITING as UNANSWERED
from bot.core.handovers import HandoverState, Side
from bot.core.hours import local_day
from bot.core.keeping import ends_on, state_of
from bot.core.ladder import StallReason, date_of, is_stalled
from bot.core.model import Function
from bot.core.nudge_words import LANGUAGE, NO_REASON
from bot.core.out_of_sight import SightState, standing
from bot.core.restricting import still_shown
from bot.core.retention import RetentionState
from bot.core.text import Message, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.core.casefile import CaseFile
    from bot.core.model import Action
    from bot.core.region import Region, Timing
    from bot.core.signals import Signal

ENDING = frozenset({RetentionState.WARNED, RetentionState.ASKED})
COUNTED_BACK = timedelta(days=14)
"""How long ago a closed case can have moved and still count for last week."""
LINES = 25
WIDTH = 45
PER_SECTION = 5

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
MORE = Text("en nog {n}", "and {n} more")
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
CASE_COORDINATOR_ASKED = Text("Casusregisseur is gevraagd.", "Case coordinator was asked.")
PROCESS_COORDINATOR_ASKED = Text("Procesregisseur is gevraagd.", "Process coordinator was asked.")

_GLUE = "\u00a0"
"""Keeps words together while lines are filled; written as a space in the end."""
_LONGEST_REF = 24


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
        _Section(ATTENTION, _attention(current, region, today, own=own), _numbered),
        _Section(OUT_OF_SIGHT, _out_of_sight(current, today), _each),
        _Section(HANDOVER, _handovers(current, today), _each),
        _Section(UNREACHED, _unreached(current), _packed),
        _Section(SIGNALS, _signals(signals, today), _packed),
        _Section(THIS_WEEK, _this_week(current, today), _by_day),
        _Section(UNMOVED, _unmoved(current, region.timing, today), _packed),
        _Section(RETENTION, _ending(ending, region, today), _each),
    )
    top = [*_head(TITLE_OWN if own else TITLE, region, today), *_totals(current, today)]
    top += _wrapped(PAUSED(LANGUAGE, day=say_short(paused))) if paused else []
    log = [LOG(LANGUAGE, head=head)] if head else []
    foot = ([*_last_week(cases, today), *log], _most_blocked(current), [FOOT(LANGUAGE)])
    lines = _fitted(top, [s for s in sections if s.items], foot)
    said = "\n".join(lines)
    links = ((_ref(file), address) for file in (*current, *ending) for _, address in file.links)
    return Message(tuple(lines), headed=True, links=tuple(link for link in links if link[0] in said))


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
        """Some of its items and the count of the others; of none only the heading, which counts them all."""
        heading = ["", self.heading(LANGUAGE, n=len(self.items))]
        return [*heading, *self.layout(self.items[:shown], len(self.items) - shown)] if shown else heading


def _fitted(head: list[str], sections: list[_Section], foot: tuple[list[str], ...]) -> list[str]:
    """All of it in `LINES` lines: the end of the foot gives way first, then the least urgent section.

    In the end that is a heading alone.
    """
    most = [min(len(section.items), PER_SECTION) for section in sections]
    least = len(most) * (1,)
    bare = (least[:n] + (0,) * (len(least) - n) for n in range(len(least) - 1, -1, -1))
    for shown in chain(product(*(range(n, 0, -1) for n in most)), bare):
        body = [line for section, n in zip(sections, shown, strict=True) for line in section.lines(n)]
        for parts in range(len(foot), 0, -1):
            lines = [*head, *body, "", *chain(*foot[:parts])]
            if len(lines) <= LINES:
                return lines
    return lines


def _attention(cases: Iterable[CaseFile], region: Region, today: date, *, own: bool) -> list[_Item]:
    """Stalled actions and those with which the ladder has come to its end, longest waiting first."""
    items = []
    for file in cases:
        for action in file.running:
            timing = region.terms(file.case, action)
            asked = action.nudge_step is not None and action.nudge_step >= timing.process_coordinator
            reason = is_stalled(action, file, region, today) or (StallReason.OVERDUE if asked else None)
            if reason:
                day = date_of(action) or local_day(action.updated_at)
                words = (
                    f"{action.holder}: {_why(reason, action, today, own=own)}{_asked(file, action, timing)}"
                )
                items.append(_Item(day, _ref(file), action.number, words))
    return _sorted(items)


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
            if day and today <= day and iso_week(day) == iso_week(today):
                items.append(_Item(day, _ref(file), action.number, action.id))
    return _sorted(items)


def _signals(signals: Iterable[Signal], today: date) -> list[_Item]:
    """Those without a case whose day to look again has come or comes this week; every week until somebody looks."""
    end_of_week = today + timedelta(days=6 - today.weekday())
    return _sorted(
        [
            _Item(s.review, "", s.number, f"{s.id} {say_short(s.review, language=LANGUAGE.code)}")
            for s in signals
            if s.review and s.review <= end_of_week
        ]
    )


def _unreached(cases: Iterable[CaseFile]) -> list[_Item]:
    """Roles for whom the bot cannot be heard; of the case alone, so a person behind several is named in each.

    One that somebody left with work undone is such a role too.
    """
    items = []
    for file in cases:
        waiting = {a.holder for a in file.running if not file.holders(a)}
        since = {p.label: local_day(p.left_at) for p in file.participants if p.left_at and p.label in waiting}
        since |= {seat.label: seat.unreached for seat in file.seated if seat.unreached}
        items += [
            _Item(day, _ref(file), place, f"{_ref(file)} {label}")
            for place, (label, day) in enumerate(since.items())
        ]
    return _sorted(items)


def _out_of_sight(cases: Iterable[CaseFile], today: date) -> list[_Item]:
    """Who has not been seen, longest first; of the case alone, in the form of domain 7.2."""
    items = []
    for file in cases:
        if (sight := file.out_of_sight) is None:
            continue
        found, ref = standing(sight, file, today), _ref(file)
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
        words = f"{_GLUE}· ".join(part.replace(" ", _GLUE) for part in parts)
        items.append(_Item(sight.day_zero, ref, sight.number, words))
    return _sorted(items)


def _handovers(cases: Iterable[CaseFile], today: date) -> list[_Item]:
    """What goes to another region or comes from one, longest under way first, and who is responsible meanwhile."""
    items = []
    for file in cases:
        for number, one in enumerate(file.handovers):
            if one.state not in UNDER_WAY:
                continue
            day, ours = local_day(one.proposed_at), one.side is Side.SENDER
            words = (GOES if ours else CAME)(
                LANGUAGE,
                ref=_ref(file),
                region=one.region,
                state=HANDOVER_STATES[one.state](LANGUAGE),
                open=STILL_TO_DO[one.state](LANGUAGE),
                n=working_days_between(day, today),
            )
            words = f"{words} {RESPONSIBLE(LANGUAGE)}" if ours and one.state in UNANSWERED else words
            items.append(_Item(day, _ref(file), number, words))
    return _sorted(items)


def _unmoved(cases: Iterable[CaseFile], timing: Timing, today: date) -> list[_Item]:
    items = []
    for file in cases:
        day = local_day(file.case.moved_at)
        days = (today - day).days
        if file.is_open and not file.is_theme and days >= timing.unmoved:
            items.append(_Item(day, _ref(file), 0, DAYS(LANGUAGE, ref=_ref(file), n=days)))
    return _sorted(items)


def _ending(cases: Iterable[CaseFile], region: Region, today: date) -> list[_Item]:
    """Closed cases that people have to decide about, the longest kept first (form: domain 7.2)."""
    items = []
    for file in cases:
        day = ends_on(file, region.retention)
        assert day is not None, "an open case awaits no destruction"
        text = AGREE if state_of(file) is RetentionState.ASKED else ENDS if day >= today else ENDED
        items.append(_Item(day, _ref(file), 0, text(LANGUAGE, ref=_ref(file), n=abs((day - today).days))))
    return _sorted(items)


def _sorted(items: list[_Item]) -> list[_Item]:
    return sorted(items, key=lambda item: (item.day, item.ref, item.number))


def _numbered(items: Sequence[_Item], more: int) -> list[str]:
    lines = []
    for n, item in enumerate(items, start=1):
        lines += _wrapped(f"{n} {item.ref} A{item.number} {item.words}", most=3)
    return [*lines, MORE(LANGUAGE, n=more)] if more else lines


def _each(items: Sequence[_Item], more: int) -> list[str]:
    """An entry of its own for each case."""
    lines = [line for item in items for line in _wrapped(item.words, most=3)]
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


def _head(text: Text, region: Region, today: date) -> list[str]:
    title = text(LANGUAGE, day=say_weekday_short(today))
    return _wrapped(f"{title.replace(' ', _GLUE)}{_GLUE}· {region.name}", most=2)


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
    return _filled([count.replace(" ", _GLUE) for count in counts], 0)


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
    return _filled([count.replace(" ", _GLUE) for count in counts], 0)


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


def iso_week(day: date) -> str:
    """As "2026-W12": text order is time order."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"
