"""A year of a region, played through the rules of the clock: who was told what, and what came of it."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from bot.core.dates.calendar import is_working_day, local_day
from bot.core.effects import Loudness, Say, SendPoll, ToPerson
from bot.core.records.explanations import Explanation, Receiver, Rule
from bot.core.reminding.rehearsal import says
from tests.simulation.region import FIRST, LAST, Size, Town, at

if TYPE_CHECKING:
    from bot.core.records.actions import Action

OUTAGES = (
    (at(date(2026, 3, 10), 8.9), at(date(2026, 3, 10), 9.1)),
    (at(date(2026, 6, 15), 16), at(date(2026, 6, 16), 12)),
    (at(date(2026, 10, 21), 7), at(date(2026, 10, 30), 11)),
)
"""Minutes, a night, and nine days with the autumn clock change in them."""


@dataclass(frozen=True, slots=True)
class Told:
    """One message that rang, or would have: to whom, when, and the actions in it as they stood then."""

    at: datetime
    user_id: str
    say: Say | SendPoll
    about: tuple[tuple[Explanation, Action], ...]


@dataclass(slots=True)
class Year:
    """What happened. `led_to` counts the updates that came after being asked, by what was said."""

    town: Town
    told: list[Told] = field(default_factory=list)
    said: list[tuple[datetime, Say | SendPoll]] = field(default_factory=list)
    led_to: Counter[str] = field(default_factory=Counter)
    answered: set[str] = field(default_factory=set)
    """Keys of nudges that led to an update."""
    changed: list[tuple[datetime, Action]] = field(default_factory=list)
    """Actions as they stood before somebody changed them."""
    agreed: int = 0

    @property
    def nudges(self) -> list[Told]:
        return [one for one in self.told if one.say.loudness is Loudness.NUDGE]


def up(due: datetime) -> datetime:
    """When the bot, which may be down, gets to what is due."""
    return next((end for start, end in OUTAGES if start <= due < end), due)


def play(seed: int, size: Size) -> Year:
    """The year: meetings agree, people answer or not, and the clock asks."""
    town = Town(seed, size)
    year = Year(town)
    order = count()
    waiting: list[tuple[datetime, int, str, str, int]] = []
    for moment, ref in _meetings(town):
        heapq.heappush(waiting, (moment, next(order), "", ref, 0))
    end = at(LAST)
    while True:
        due = town.rehearsal.next_due()
        clock = up(due) if due else None
        if waiting and (clock is None or waiting[0][0] <= clock):
            now, _, key, ref, number = heapq.heappop(waiting)
            if now > end:
                return year
            _act(year, now, key, ref, number)
        elif clock is None or clock > end:
            return year
        else:
            for answer_at, key, ref, number in _wake(year, clock):
                heapq.heappush(waiting, (answer_at, next(order), key, ref, number))


def _meetings(town: Town) -> list[tuple[datetime, str]]:
    """A moment for every action that is agreed, on working days, spread over the year and the cases."""
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days - 40)]
    days = [day for day in days if is_working_day(day)]
    refs = sorted(town.rehearsal.files)
    return [
        (at(town.random.choice(days), town.random.uniform(9, 17)), refs[n % len(refs)])
        for n in range(town.size.actions)
    ]


def _act(year: Year, now: datetime, key: str, ref: str, number: int) -> None:
    if not number:
        year.agreed += 1
        year.town.agree(now, ref)
        return
    before = year.town.rehearsal.files[ref].action(number)
    assert before is not None
    said = year.town.answer(now, ref, number)
    if said != "nothing":
        year.changed.append((now, before))
        year.led_to[said] += 1
        year.answered.add(key)


def _wake(year: Year, now: datetime) -> list[tuple[datetime, str, str, int]]:
    """One wake-up, and who will do something about it."""
    rehearsal = year.town.rehearsal
    before = dict(rehearsal.files)
    effects = rehearsal.wake(now)
    because: dict[str, list[Explanation]] = defaultdict(list)
    for record in effects.records:
        if isinstance(record, Explanation):
            because[record.key].append(record)
    answers = []
    for say in says(effects):
        year.said.append((now, say))
        reasons = because.get(say.key or "", [])
        if not reasons or reasons[0].rule not in {Rule.NUDGE, Rule.MENTION}:
            continue
        who = reasons[0].user_id
        about = tuple((e, _as_it_stood(before, e)) for e in reasons if e.about)
        year.told.append(Told(now, who, say, about))
        for reason, action in about:
            if (answer_at := year.town.answers_at(who, now)) and reason.case_ref:
                answers.append((answer_at, say.key or "", reason.case_ref, action.number))
    return answers


def _as_it_stood(files: dict[str, object], reason: Explanation) -> Action:
    file = files[reason.case_ref or ""]
    action = file.action(int((reason.about or "A0")[1:]))  # type: ignore[attr-defined]
    assert action is not None
    return action


def table(year: Year, seed: int) -> str:
    """The year in numbers, per month: sums over everybody, never of a person."""
    months: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for one in year.nudges:
        day = local_day(one.at)
        row = months[day.year, day.month]
        row["messages"] += 1
        row["led"] += one.say.key in year.answered
        for reason, _ in one.about:
            row[(reason.receiver or Receiver.HOLDER).value] += 1
    for now, say in year.said:
        if isinstance(say.to, ToPerson) and (say.key or "").startswith("digest:"):
            months[local_day(now).year, local_day(now).month]["digests"] += 1
    lines = [HEAD, RULE]
    lines += [_row(f"{y}-{m:02d}", found) for (y, m), found in sorted(months.items())]
    total: Counter[str] = sum(months.values(), Counter())
    lines.append(_row("**jaar**", total))
    town, people = year.town, {one.user_id for one in year.nudges}
    share = total["led"] / total["messages"] if total["messages"] else 0
    per_person = Counter((one.user_id, local_day(one.at)) for one in year.told)
    facts = [
        f"- {town.size.cases} casussen, {year.agreed} acties, {len(people)} mensen die berichten kregen, zaad {seed}.",
        f"- {share:.0%} van de herinneringen leidde tot een bericht over een actie.",
        f"- Meeste herinneringen aan één persoon op één dag: {max(per_person.values(), default=0)}.",
        f"- Storingen: {len(OUTAGES)} (minuten, een nacht, negen dagen met de wintertijd erin).",
        f"- Wat men meldde: {', '.join(f'{SAID[what]} {n}' for what, n in year.led_to.most_common())}.",
    ]
    return "\n".join([*facts, "", *lines, ""])


SAID = {
    "done": "klaar",
    "on track": "loopt",
    "later": "later",
    "blocked": "vast",
    "withheld": "niet verstrekt",
    "not done": "niet uitgevoerd",
    "void": "vervallen",
}
COLUMNS = (
    "messages",
    Receiver.HOLDER.value,
    Receiver.HOLDER_WITH_HELP.value,
    Receiver.HOLDER_SEEN.value,
    Receiver.HOLDER_STATUS.value,
    Receiver.CASE_COORDINATOR.value,
    Receiver.PROCESS_COORDINATOR.value,
    "digests",
)
HEAD = (
    "| maand | herinneringen | houder | met hulp | gezien? | voor overleg | casusregisseur | procesregisseur "
    "| weekberichten | leidde tot iets |"
)
RULE = "| --- |" + " ---: |" * (len(COLUMNS) + 1)


def _row(name: str, found: Counter[str]) -> str:
    led = f"{found['led'] / found['messages']:.0%}" if found["messages"] else "–"
    return f"| {name} | " + " | ".join(str(found[column]) for column in COLUMNS) + f" | {led} |"
