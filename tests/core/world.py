"""Cases whose clock can be run, and what was said meanwhile."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.core.assembly import with_records
from bot.core.casefile import CaseFile
from bot.core.dates import say_weekday_short
from bot.core.dates.calendar import AMSTERDAM, local_day
from bot.core.effects import Effects, EndPoll, Loudness, Say, SendPoll, ToCase, ToPerson
from bot.core.records.actions import Action
from bot.core.records.cases import Participant
from bot.core.records.explanations import Explanation
from bot.core.records.meetings import Poll
from bot.core.records.people import Person
from bot.core.region import Region
from bot.core.reminding.hours import Roster
from bot.core.reminding.ladder import rescheduled
from bot.core.reminding.nudging import wake
from bot.core.reminding.rehearsal import says
from tests.core.cases import COORDINATOR, LABELS, MARCH_2, REGION, user

EVERYBODY = frozenset({*(user(label) for label in LABELS), COORDINATOR})


def shown(instant: datetime | None) -> str:
    return "never" if instant is None else f"{instant.astimezone(AMSTERDAM):%Y-%m-%d %H:%M}"


def whom(say: Say | SendPoll) -> str:
    assert isinstance(say.to, ToPerson)
    return say.to.user_id


@dataclass
class World:
    """Cases and people kept in memory, and everything that was said."""

    files: dict[str, CaseFile]
    region: Region = REGION
    joined: frozenset[str] = EVERYBODY
    people: dict[str, Person] = field(default_factory=dict)
    said: list[tuple[datetime, Say | SendPoll]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    """Keys of the polls that were closed."""
    polls: dict[tuple[str, int], Poll] = field(default_factory=dict)
    explained: list[Explanation] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        *files: CaseFile,
        at: datetime = MARCH_2,
        joined: frozenset[str] = EVERYBODY,
        region: Region = REGION,
        people: dict[str, Person] | None = None,
    ) -> "World":
        world = cls({file.ref: file for file in files}, region, joined, people or {})
        for file in files:
            for one in file.actions:
                agreed = replace(one, updated_at=min(one.updated_at, at))
                world.keep(rescheduled(agreed, file, world.roster, now=at))
        return world

    def keep(self, changed: Action | Participant) -> None:
        self.files[changed.case_ref] = with_records(self.files[changed.case_ref], changed)

    @property
    def roster(self) -> Roster:
        return Roster(self.region, self.people)

    @property
    def next_at(self) -> datetime | None:
        waiting = [a.nudge_at for f in self.files.values() for a in f.actions if a.nudge_at]
        return min(waiting, default=None)

    def wake(self, now: datetime) -> Effects:
        due = tuple(
            (f, a) for f in self.files.values() for a in f.actions if a.nudge_at and a.nudge_at <= now
        )
        effects = wake(now, due, self.people, self.region, self.joined, tuple(self.polls.values()))
        for record in effects.records:
            match record:
                case Action() | Participant():
                    self.keep(record)
                case Person():
                    self.people[record.user_id] = record
                case Poll():
                    self.polls[record.case_ref, record.number] = record
                case Explanation():
                    self.explained.append(record)
                case _:
                    raise AssertionError(record)
        self.said += [(now, say) for say in says(effects)]
        self.ended += [out.key for out in effects.send if isinstance(out, EndPoll)]
        assert self.next_at is None or self.next_at > now, "the clock would spin"
        return effects

    def run(self, until: datetime) -> "World":
        while (now := self.next_at) and now <= until:
            self.wake(now)
        return self

    def days(self, label: str) -> list[str]:
        """The local days on which somebody was nudged."""
        return [f"{local_day(at)}" for at, say in self.nudges if say.to == ToPerson(user(label))]

    @property
    def nudges(self) -> list[tuple[datetime, Say | SendPoll]]:
        return [(at, say) for at, say in self.said if say.loudness is Loudness.NUDGE]

    def transcript(self) -> str:
        """As it would be read, in the form of domain section 7.2."""
        parts = []
        for at, say in self.said:
            to = say.to.ref if isinstance(say.to, ToCase) else whom(say)
            rings = "!" if say.loudness is Loudness.NUDGE else " "
            head = f"{say_weekday_short(local_day(at))} {at.astimezone(AMSTERDAM):%H:%M} {rings} {to}"
            lines = [*say.message.body.split("\n"), *_taps(say)]
            parts.append("\n".join([head, *(f"    {line}" for line in lines)]))
        return "\n".join(parts)


def _taps(say: Say | SendPoll) -> list[str]:
    return [f"[{'] ['.join(say.options)}]"] if isinstance(say, SendPoll) else []
