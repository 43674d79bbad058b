"""Who is asked about an action, bundled per person and in private, so that agreements do not quietly stall.

When is `bot.core.reminding.ladder`. A person is nudged at most once per local day, inside their own hours; what rings shows
references and dates only (rule 7). What goes further than holder, deputy, case and process coordinator needs a
person's word (rule 9).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.core.access.restricting import is_safety
from bot.core.dates.calendar import local_day, working_days_between
from bot.core.effects import Effects, Invite, Logged, Loudness, Say, ToCase, ToPerson
from bot.core.records.cases import Function
from bot.core.records.explanations import Explanation, Receiver, Rule
from bot.core.reminding.hours import Roster, is_away
from bot.core.reminding.ladder import COORDINATORS, Due, held_before, passed, schedule
from bot.core.reminding.nudge_words import LANGUAGE, Call, announced, explains, mention, rings, unreached
from bot.core.reminding.taps import answers_to, asked
from bot.core.reminding.telling import told as told_alone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action
    from bot.core.records.cases import Participant
    from bot.core.records.meetings import Poll
    from bot.core.records.people import Person
    from bot.core.region import Region

QUIETLY = "why:"
"""Before the key of what rings: the key of what explains it without ringing."""


def wake(
    now: datetime,
    due: tuple[tuple[CaseFile, Action], ...],
    people: Mapping[str, Person],
    region: Region,
    direct_joined: frozenset[str],
    polls: tuple[Poll, ...],
) -> Effects:
    """Ask everybody about the actions that are due, bundled per person.

    `due` are all actions whose `nudge_at` has come. `people` holds every stored person among the seated and
    the region's coordinators; somebody absent from it counts as new. `direct_joined` are those who are in
    their direct chat and can read it, `polls` what stands open in the cases, and the last of each. After downtime only
    the highest step that has passed is taken.
    """
    roster = Roster(region, people)
    if not roster.may_ring("", now):
        later = roster.next_opening((), now)
        return Effects(keep=tuple(replace(action, nudge_at=later) for _, action in due))
    morning = _Morning(now, roster, region, direct_joined, list(polls))
    for file, action in due:
        morning.take(file, action)
    return morning.effects()


@dataclass(slots=True)
class _Morning:
    """One wake-up: what is found out action by action, before anybody is told."""

    now: datetime
    roster: Roster
    region: Region
    joined: frozenset[str]
    polls: list[Poll]
    kept: list[Action] = field(default_factory=list)
    asked: dict[str, list[Call]] = field(default_factory=dict)
    missed: dict[tuple[str, str], CaseFile] = field(default_factory=dict)
    """By case and person: those for whom a question was meant that cannot reach them."""

    @property
    def today(self) -> date:
        return local_day(self.now)

    def take(self, file: CaseFile, action: Action) -> None:
        if file.restriction and not is_safety(action, self.region.protocols):
            self.kept.append(replace(action, nudge_at=None))
            return
        gone = passed(action, file, self.roster, self.now)
        taken, waits = action, []
        for one in _worded(gone):
            meant, told = self._audience(file, action, one.receiver)
            if later := self._postponed(told):
                # Who is not there is waited for, whoever else is asked about it meanwhile.
                waits.append(later)
                continue
            for user in meant - self.joined:
                self.missed[file.ref, user] = file
            for user in told:
                if self.roster.may_ring(user, self.now):
                    self.asked.setdefault(user, []).append(self._call(file, action, one, user))
            for other in gone:
                if (other.receiver in COORDINATORS) == (one.receiver in COORDINATORS):
                    taken = _taken(taken, other, self.today)
        taken = schedule(taken, file, self.roster, now=self.now)
        following = (*waits, taken.nudge_at) if taken.nudge_at else waits
        self.kept.append(replace(taken, nudge_at=min(following, default=None)))

    def _postponed(self, told: frozenset[str]) -> datetime | None:
        """Until when it waits: nobody who is told works now, or one of them was nudged today already.

        On the next working morning it is looked at anew: who has gone on leave since is not waited for.
        """
        there = {user for user in told if self.roster.may_ring(user, self.now)}
        if told and not there:
            return min(self.roster.next_opening(told, self.now), self.roster.next_opening((), self.now))
        if any(self.roster.person(user).nudged_on == self.today for user in there):
            return self.roster.next_opening((), self.now)
        return None

    def _audience(
        self, file: CaseFile, action: Action, receiver: Receiver
    ) -> tuple[frozenset[str], frozenset[str]]:
        """Whom it is meant for, and who is told: the first circle in which somebody can be reached.

        A coordinator who holds the action, or stands in, is passed over: nobody is told of themselves. So is one who is
        away and has no deputy here; a holder who is away is waited for.
        """
        holders = _users(file.holders(action))
        stand_ins = self.roster.acting(file, action, self.today)
        case_coordinators, process_coordinators, chairs = (
            self._there(_users(file.with_function(function)), file) - stand_ins
            for function in (Function.CASE_COORDINATOR, Function.PROCESS_COORDINATOR, Function.CHAIR)
        )
        region = self.region.coordinators - holders - stand_ins
        circles: tuple[frozenset[str], ...]
        match receiver:
            case _ if file.restriction:
                # What is for safety still shows, to who leads the case and to nobody else.
                circles = (process_coordinators, chairs, region)
            case Receiver.HOLDER_SEEN | Receiver.HOLDER_STATUS:
                circles = (stand_ins,)
            case Receiver.CASE_COORDINATOR:
                circles = (case_coordinators, process_coordinators, chairs, region)
            case Receiver.PROCESS_COORDINATOR:
                circles = (process_coordinators, chairs, region)
            case _ if stand_ins or held_before(action.holder, file):
                circles = (stand_ins, case_coordinators, process_coordinators, chairs)
            case _:
                circles = (self._there(_users(file.holding(self.region.contact)), file), chairs)
        meant = next((circle for circle in circles if circle), frozenset[str]())
        told = next((circle & self.joined for circle in circles if circle & self.joined), frozenset[str]())
        return meant, told

    def _there(self, users: frozenset[str], file: CaseFile) -> frozenset[str]:
        stand_ins = self.roster.standing_in(users, file, self.today)
        return frozenset(u for u in stand_ins if not is_away(self.roster.person(u), self.today))

    def _call(self, file: CaseFile, action: Action, due: Due, user: str) -> Call:
        holders = _users(file.holders(action))
        late = working_days_between(local_day(due.at), self.today) >= self.region.timing.missed
        away = [self.roster.person(holder) for holder in holders]
        return Call(
            file,
            action,
            due.day,
            due.receiver,
            step=due.step,
            own=user in holders,
            stands_in=user in self.roster.acting(file, action, self.today) - holders,
            away_until=min(
                (p.away_until for p in away if p.away_until and is_away(p, self.today)), default=None
            ),
            missed=local_day(due.at) if late else None,
        )

    def effects(self) -> Effects:
        effects = Effects(keep=tuple(self.kept), log=_logged(self.asked))
        for user, calls in sorted(self.asked.items()):
            effects += self._nudged(user, calls)
        mentioned: set[str] = set()
        for (_, user), file in sorted(self.missed.items(), key=lambda item: item[0]):
            effects += self._unreached(user, file)
            if user not in mentioned and self.roster.may_ring(user, self.now):
                mentioned.add(user)
                effects += self._mentioned(user, file)
        return effects

    def _nudged(self, user: str, calls: list[Call]) -> Effects:
        calls = sorted(calls, key=lambda call: (call.day, call.file.ref, call.action.number))
        key, ring = self._rung(user, calls)
        seats = {call.file.ref: call.file.seat_of(user) for call in calls}
        found_again = (replace(seat, unreached=None) for seat in seats.values() if seat and seat.unreached)
        because = (
            Explanation(
                key,
                place,
                user,
                self.now,
                Rule.NUDGE,
                call.file.ref,
                call.action.id,
                call.day,
                call.receiver,
                call.step,
            )
            for place, call in enumerate(calls)
        )
        quiet = Say(ToPerson(user), explains(calls, self.today), key=f"{QUIETLY}{key}", about=tuple(seats))
        return ring + Effects(
            keep=(replace(self.roster.person(user), nudged_on=self.today), *found_again, *because),
            send=(quiet,),
        )

    def _rung(self, user: str, calls: list[Call]) -> tuple[str, Effects]:
        """What rings, and its key: the question itself where they are to act on one action, else a list."""
        to, [first, *others] = ToPerson(user), calls
        if others or not first.theirs:
            key = f"nudge:{self.today}:{user}"
            about = tuple(dict.fromkeys(call.file.ref for call in calls))
            return key, Effects(send=(Say(to, rings(calls), loudness=Loudness.NUDGE, key=key, about=about),))
        poll, effects = asked(
            self.polls,
            first.action,
            user,
            announced(first.action),
            answers_to(first.receiver, first.inquiry, on_behalf=first.answerable is None),
            it=f"{first.file.ref} {(first.inquiry or first.action).id}",
            by=user,
            to=to,
            now=self.now,
            language=LANGUAGE,
            loudness=Loudness.NUDGE,
        )
        self.polls.append(poll)
        return poll.key, effects

    def _mentioned(self, user: str, file: CaseFile) -> Effects:
        """A neutral word in the room of the case, where everybody reads along: seldom."""
        person, seat = self.roster.person(user), file.seat_of(user)
        between = timedelta(days=self.region.timing.mention)
        if seat is None or (person.mentioned_on and self.today - person.mentioned_on < between):
            return Effects()
        key = f"mention:{self.today}:{user}"
        return Effects(
            keep=(
                replace(person, nudged_on=self.today, mentioned_on=self.today),
                Explanation(key, 0, user, self.now, Rule.MENTION, file.ref),
            ),
            send=(
                Say(ToCase(file.ref), mention(seat.label), mentions=(user,), key=key),
                Invite(ToPerson(user), user),
            ),
            log=(Logged("mentioned", file.ref),),
        )

    def _unreached(self, user: str, file: CaseFile) -> Effects:
        """The chair hears once that somebody gets none of this, until it arrives again."""
        seat = file.seat_of(user)
        if seat is None or seat.unreached:
            return Effects()
        words = unreached(seat.label, file, keyless=self.roster.person(user).keyless)
        effects = Effects(
            keep=(replace(seat, unreached=self.today),), log=(Logged("unreached", file.ref, user),)
        )
        chairs = _users(file.with_function(Function.CHAIR)) - {user}
        cause = f"{file.ref}:{self.today}:{user}"
        return effects + told_alone(chairs, words, Rule.UNREACHED, cause=cause, now=self.now, ref=file.ref)


def _worded(gone: tuple[Due, ...]) -> tuple[Due, ...]:
    """What is put into words: to a holder one question about an action is enough."""
    to_holder = [due for due in gone if due.receiver not in COORDINATORS]
    return (*(due for due in gone if due.receiver in COORDINATORS), *to_holder[:1])


def _taken(action: Action, due: Due, today: date) -> Action:
    """What was asked is not asked again."""
    match due.receiver:
        case Receiver.HOLDER_SEEN:
            return replace(action, seen_asked=today)
        case Receiver.HOLDER_STATUS:
            return replace(action, status_asked=today)
        case _:
            return replace(action, nudge_step=due.step)


def _logged(asked: Mapping[str, list[Call]]) -> tuple[Logged, ...]:
    actions = {(call.file.ref, call.action.number): call.action for calls in asked.values() for call in calls}
    return tuple(Logged("nudged", ref, action.id) for (ref, _), action in sorted(actions.items()))


def _users(seats: Iterable[Participant]) -> frozenset[str]:
    return frozenset(seat.user_id for seat in seats)
