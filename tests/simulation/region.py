"""A fictional region: its cases, the people in them, their hours, and what they do when they are asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from bot.core.assembly import put_together
from bot.core.casefile import CaseFile, next_number
from bot.core.dates.calendar import AMSTERDAM, add_working_days, local_day
from bot.core.guard import KeptText
from bot.core.records.actions import Action, ActionState, BlockReason
from bot.core.records.cases import Case, CaseState, Function, Participant
from bot.core.records.people import DigestPlan, Person, Pin, PinState
from bot.core.region import FUNCTION_LABELS, Region
from bot.core.reminding.digest_plan import next_due_at
from bot.core.reminding.hours import is_away
from bot.core.reminding.ladder import rescheduled
from bot.core.reminding.rehearsal import Rehearsal
from bot.settings import protocols

S = ActionState
SERVER = "voorbeeld.nl"
CASES_PER_CHAIR = 33
LABELS = (
    "leerplicht",
    "wijkagent",
    "woningcorporatie",
    "GI",
    "onderwijs",
    "burgerzaken",
    "GGZ",
    "Veilig Thuis",
)
TEXT = KeptText.from_store("dit mag nooit in een bericht staan")
FIRST, LAST = date(2026, 1, 5), date(2027, 1, 8)
"""A year with both clock changes, all holidays, two equated days and ISO week 53."""
OUT_OF_REACH = 0.04
PART_TIME = 0.4


@dataclass(frozen=True, slots=True)
class Size:
    """How large a year is played."""

    cases: int
    actions: int


REGION_SIZE = Size(cases=500, actions=5_000)


@dataclass(frozen=True, slots=True)
class Habit:
    """How somebody answers: how often at all, and within how many hours."""

    answers: float
    within: float


HABITS = (Habit(0.8, 6), Habit(0.55, 30), Habit(0.25, 80), Habit(0.03, 100))


def user(name: str) -> str:
    return f"@{name}:{SERVER}"


COORDINATOR = user("coordinator")


def at(day: date, hour: float = 10) -> datetime:
    wall = time(int(hour), int(hour % 1 * 60))
    return datetime.combine(day, wall, tzinfo=AMSTERDAM).astimezone(UTC)


class Town:
    """Everybody and everything, drawn from one seed."""

    def __init__(self, seed: int, size: Size) -> None:
        self.random = Random(seed)
        self.size = size
        self.region = Region("ZVH Voorbeeldregio", frozenset({COORDINATOR}), protocols=protocols.load())
        self.habits: dict[str, Habit] = {}
        people = [self._person(name) for name in self._names()]
        files = [self._case(number) for number in range(size.cases)]
        out_of_reach = {
            p.user_id
            for p in people
            if self.random.random() < OUT_OF_REACH and p.user_id not in self._leading()
        }
        start = at(FIRST - timedelta(days=3))
        self.rehearsal = Rehearsal(
            self.region,
            frozenset({p.user_id for p in people} - out_of_reach),
            files,
            (
                *people,
                Pin(COORDINATOR, "KEY", start, PinState.VERIFIED),
                *(
                    DigestPlan(who, next_due_at(self.region, start))
                    for who in [COORDINATOR, *(user(f"voorzitter{n}") for n in range(self.chairs))]
                ),
            ),
        )

    @property
    def chairs(self) -> int:
        return -(-self.size.cases // CASES_PER_CHAIR)

    def _names(self) -> list[str]:
        partners = max(2, self.size.cases // 25)
        return [
            *(f"voorzitter{n}" for n in range(self.chairs)),
            *(f"procesregisseur{n}" for n in range(max(1, self.chairs // 3))),
            *(f"{label.replace(' ', '')}{n}" for label in LABELS for n in range(partners)),
            "coordinator",
        ]

    def _leading(self) -> set[str]:
        return {COORDINATOR, *(user(f"procesregisseur{n}") for n in range(max(1, self.chairs // 3)))}

    def _person(self, name: str) -> Person:
        random = self.random
        self.habits[user(name)] = random.choice(HABITS)
        person = Person(user(name), f"!{name}:{SERVER}")
        if random.random() < PART_TIME:
            days = tuple(sorted(random.sample(range(5), random.randint(1, 2))))
            person = replace(person, free_days=days)
        if random.random() < 0.15:
            person = replace(person, opens=time(random.choice((10, 11))))
        if random.random() < 0.5:
            first = FIRST + timedelta(days=random.randint(0, 340))
            person = replace(
                person, away_from=first, away_until=first + timedelta(days=random.choice((4, 11, 18)))
            )
        return person

    def _case(self, number: int) -> CaseFile:
        random, ref = self.random, f"Z-2026-{number + 1:03d}"
        chair = number // CASES_PER_CHAIR
        seats = [("voorzitter", f"voorzitter{chair}")]
        if random.random() < 0.9:
            seats.append(("procesregisseur", f"procesregisseur{chair % max(1, self.chairs // 3)}"))
        partners = random.sample(LABELS, random.randint(3, 6))
        known = max(2, self.size.cases // 25)
        held = [(label, f"{label.replace(' ', '')}{random.randrange(known)}") for label in partners]
        since = at(FIRST - timedelta(days=30))
        row = Case(ref, TEXT, f"!{ref}:{SERVER}", CaseState.OPEN, since, COORDINATOR, since)
        participants = [
            Participant(ref, user(who), FUNCTION_LABELS[label], label, since, COORDINATOR)
            for label, who in seats
        ]
        for place, (label, who) in enumerate(held):
            function = (
                Function.CASE_COORDINATOR if place == 0 and random.random() < 0.8 else Function.PARTICIPANT
            )
            participants.append(Participant(ref, user(who), function, label, since, COORDINATOR))
        arrived = (replace(p, since=since + timedelta(seconds=place)) for place, p in enumerate(participants))
        return put_together(row, arrived)

    # What people do

    def agree(self, now: datetime, ref: str) -> None:
        """A meeting agrees on an action, and perhaps on the next meeting."""
        random, file, day = self.random, self.rehearsal.files[ref], local_day(now)
        labels = [p.label for p in file.seated if p.label not in FUNCTION_LABELS]
        action = Action(
            case_ref=ref,
            number=next_number(file.actions),
            text=TEXT,
            holder=random.choice(labels) if random.random() < 0.97 else "schuldhulp",
            state=S.OPEN,
            due_date=day + timedelta(days=random.randint(1, 35)),
            due_time=None,
            created_at=now,
            created_by=user("voorzitter0"),
            updated_at=now,
        )
        planned = day + timedelta(days=random.randint(14, 56)) if random.random() < 0.6 else None
        self.rehearsal.keep(replace(file.case, next_meeting=planned, moved_at=now))
        self.change(action, now)

    def answer(self, now: datetime, ref: str, number: int) -> str:
        """Somebody says what became of an action; what they said."""
        random, today = self.random, local_day(now)
        action = self.rehearsal.files[ref].action(number)
        assert action is not None, "nobody answers about an action that is not there"
        if action.state not in {S.OPEN, S.ACCEPTED, S.BLOCKED}:
            return "nothing"
        said = random.choices(
            ("done", "on track", "later", "blocked", "withheld", "not done", "void"),
            (50, 12, 18, 12, 2, 3, 3),
        )[0]
        ahead = add_working_days(today, random.randint(1, 15))
        match said:
            case "done":
                action = replace(action, state=S.DONE)
            case "on track":
                action = replace(action, state=S.ACCEPTED, look_back=None, reason=None)
            case "later":
                action = replace(
                    action,
                    state=S.ACCEPTED if action.state is S.BLOCKED else action.state,
                    due_date=ahead,
                    postponed=action.postponed + 1,
                    look_back=None,
                    reason=None,
                )
            case "blocked":
                action = replace(action, state=S.BLOCKED, look_back=ahead, reason=BlockReason.WAITING_LIST)
            case "withheld":
                action = replace(
                    action, state=S.BLOCKED, look_back=None, reason=BlockReason.PROFESSIONAL_SECRECY
                )
            case "not done":
                action = replace(action, state=S.NOT_DONE)
            case _:
                action = replace(action, state=S.VOID)
        self.change(replace(action, updated_at=now), now)
        return said

    def change(self, action: Action, now: datetime) -> None:
        """An action leaves a command with its next nudge."""
        file = self.rehearsal.files[action.case_ref]
        self.rehearsal.keep(rescheduled(action, file, self.rehearsal.roster, now=now))
        self.rehearsal.keep(replace(self.rehearsal.files[action.case_ref].case, moved_at=now))

    def answers_at(self, who: str, asked: datetime) -> datetime | None:
        """When somebody who was asked does something about it; None when they do not."""
        habit = self.habits[who]
        if self.random.random() > habit.answers or is_away(
            self.rehearsal.roster.person(who), local_day(asked)
        ):
            return None
        return asked + timedelta(hours=self.random.uniform(0.1, habit.within))
