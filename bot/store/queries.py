"""What the rules ask of the records: whole cases as values, and what is due."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime
from typing import TYPE_CHECKING

from bot.core.assembly import PARTS, put_together, signal_files
from bot.core.records.actions import RUNNING
from bot.core.records.cases import Case, CaseState, Participant
from bot.core.records.explanations import Explanation, Rule
from bot.core.records.handovers import WAITING as UNANSWERED
from bot.core.records.handovers import Handover, Side
from bot.core.records.incidents import Incident
from bot.core.records.meetings import Ballot, Poll
from bot.core.records.people import Comparison, DigestPlan, Person, Pin
from bot.core.records.retention import Destruction
from bot.core.records.signals import Signal, SignalFact
from bot.core.records.trail import Question, Source, Step
from bot.core.reminding.clock import rules
from bot.store.outgoing import key_id
from bot.store.records import TABLES, Records
from bot.store.sql import instant_or_none, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.core.casefile import CaseFile, SignalFile
    from bot.core.records.kinds import Record
    from bot.core.reminding.clock import ClockRule
    from bot.store.records import R


class Queries(Records):
    """Reads. Several cases cost as many statements as one."""

    async def case_file(self, ref: str) -> CaseFile | None:
        return next(iter(await self._case_files("ref = ?", ref)), None)

    async def case_of_room(self, room_id: str) -> CaseFile | None:
        return next(iter(await self._case_files("room_id = ?", room_id)), None)

    async def case_files(self, refs: Iterable[str]) -> dict[str, CaseFile]:
        """These cases by reference, open or closed; a reference without a case is left out."""
        chosen = "ref IN (SELECT value FROM json_each(?))"
        return {file.ref: file for file in await self._case_files(chosen, json.dumps(sorted(set(refs))))}

    async def cases(
        self,
        *,
        of: str | None = None,
        beyond: bool = False,
        named: Iterable[str] = (),
        closed_since: datetime | None = None,
    ) -> tuple[CaseFile, ...]:
        """The cases that are open, have something left to do or await destruction, in order of reference.

        Of the other ones those that are `named`, and those that moved at or after `closed_since`. `of`: only those in
        which this person is seated; `beyond`: and the named ones without a seat there.
        """
        chosen = json.dumps(sorted(set(named)))
        since = closed_since and written(closed_since)
        values = (CaseState.OPEN.value, chosen, since, json.dumps(sorted(RUNNING)))
        if of is None:
            return await self._case_files(CURRENT, *values)
        return await self._case_files(f"{SEATED} AND {CURRENT}", of, chosen if beyond else "[]", *values)

    async def person(self, user_id: str) -> Person | None:
        return (await self.persons((user_id,))).get(user_id)

    async def persons(self, user_ids: Iterable[str]) -> dict[str, Person]:
        """Those of these people whom the bot has a row of."""
        chosen = "WHERE user_id IN (SELECT value FROM json_each(?))"
        found = await self.load(Person, chosen, json.dumps(sorted(set(user_ids))))
        return {person.user_id: person for person in found}

    async def knows(self, user_id: str) -> bool:
        """Whether somebody has a seat, a chat or a handover with us; everybody else is a stranger."""
        return bool(await self.value(KNOWS, user_id, user_id, user_id))

    async def pins(self, user_ids: Iterable[str]) -> dict[str, Pin]:
        """The pinned identities of those of these people that have one, and of those on whose word they rest."""
        found = await self.load(Pin, AND_WHO_VOUCHED, json.dumps(sorted(set(user_ids))))
        return {pin.user_id: pin for pin in found}

    async def seats(self, user_ids: Iterable[str]) -> tuple[Participant, ...]:
        """Every seat that these people have now, in cases open and closed."""
        chosen = (
            "WHERE left_at IS NULL AND user_id IN (SELECT value FROM json_each(?)) ORDER BY case_ref, user_id"
        )
        return await self.load(Participant, chosen, json.dumps(sorted(set(user_ids))))

    async def comparison(self, code: str) -> Comparison | None:
        """What was shown to coordinators under this code, lately."""
        found = await self.load(Comparison, "WHERE code = ?", code)
        return found[0] if found else None

    async def question(self, room_id: str, user_id: str) -> Question | None:
        """What the bot still waits for from this person in this room."""
        found = await self.load(Question, "WHERE room_id = ? AND user_id = ?", room_id, user_id)
        return found[0] if found else None

    async def questions_in(self, room_id: str) -> tuple[Question, ...]:
        """Everything the bot waits for in this room, the oldest question first."""
        return await self.load(Question, "WHERE room_id = ? ORDER BY asked_at, user_id", room_id)

    async def sources(self, event_id: str) -> tuple[Source, ...]:
        """The things that this message made or that were shown in answer to it."""
        return await self.load(Source, "WHERE event_id = ? ORDER BY thing", event_id)

    async def steps_of(self, ref: str) -> tuple[Step, ...]:
        """What can still be taken back in this case, the oldest first."""
        return await self.load(Step, "WHERE case_ref = ? ORDER BY taken_at, event_id", ref)

    async def forget_trail(self, ref: str) -> None:
        """Nothing in this case can be taken back any more, and no half-made command in its room waits."""
        await self.rows("DELETE FROM steps WHERE case_ref = ?", ref)
        await self.rows(
            "DELETE FROM questions WHERE room_id = (SELECT room_id FROM cases WHERE ref = ?)", ref
        )

    async def polls_of(self, refs: Iterable[str]) -> tuple[Poll, ...]:
        """The open polls of these cases, and the last of each case, in order."""
        return await self.load(Poll, OPEN_OR_LAST, json.dumps(sorted(set(refs))))

    async def ballots_of(self, ref: str) -> tuple[Ballot, ...]:
        """The answers to the votes of this case that are still open."""
        return await self.load(Ballot, "WHERE case_ref = ? ORDER BY poll, user_id", ref)

    async def poll_of(self, txn_id: str, user_id: str, room_id: str) -> Poll | None:
        """The open poll, put to this person or a vote in this room, that was sent under this transaction id."""
        found = await self.load(Poll, TAPPED, user_id, room_id)
        return next((poll for poll in found if key_id(poll.key) == txn_id), None)

    async def destruction(self, number: int) -> Destruction | None:
        found = await self.load(Destruction, "WHERE number = ?", number)
        return found[0] if found else None

    async def destructions(self) -> tuple[Destruction, ...]:
        """Every case that was destroyed, in order."""
        return await self.load(Destruction, "ORDER BY number")

    async def digest_plans(self) -> tuple[DigestPlan, ...]:
        return await self.load(DigestPlan, "ORDER BY user_id")

    async def plans_of(self, user_ids: Iterable[str]) -> dict[str, DigestPlan]:
        """The digests of those of these people who get one."""
        chosen = "WHERE user_id IN (SELECT value FROM json_each(?))"
        found = await self.load(DigestPlan, chosen, json.dumps(sorted(set(user_ids))))
        return {plan.user_id: plan for plan in found}

    async def explanations_for(self, user_id: str) -> tuple[Explanation, ...]:
        """Of what somebody was told alone, and of what others were told about the same actions, newest first."""
        return await self.load(Explanation, EXPLAINED, user_id, user_id, EXPLAINED_AT_ONCE)

    async def mentions_in(self, case_ref: str) -> tuple[Explanation, ...]:
        """Of what was said unasked in the room of a case, newest first."""
        rest = "WHERE case_ref = ? AND rule = ? ORDER BY said_at DESC, key, place"
        return await self.load(Explanation, rest, case_ref, Rule.MENTION.value)

    async def direct_joined(self, user_ids: Iterable[str]) -> frozenset[str]:
        """Those of these people who are in their direct chat with the bot and have a device that may get keys."""
        found = await self.rows(DIRECT_JOINED, json.dumps(sorted(set(user_ids))))
        return frozenset(user_id for (user_id,) in found)

    async def signals_seen_by(self, user_id: str, *, coordinates: bool) -> tuple[SignalFile, ...]:
        """The signals that somebody noted, wherever they are now; a coordinator sees all without a case."""
        chosen = "noted_by = ? OR (? AND case_ref IS NULL)"
        signals = await self.load(Signal, f"WHERE {chosen} ORDER BY number", user_id, coordinates)
        of_these = f"WHERE signal IN (SELECT number FROM signals WHERE {chosen}) ORDER BY signal, number"  # noqa: S608
        return signal_files(signals, await self.load(SignalFact, of_these, user_id, coordinates))

    async def signals_without_case(self) -> tuple[Signal, ...]:
        return await self.load(Signal, "WHERE case_ref IS NULL ORDER BY number")

    async def next_signal(self) -> int:
        """The number of the next signal; one that is gone is not given again."""
        last: int | None = await self.value("SELECT seq FROM sqlite_sequence WHERE name = 'signals'")
        return (last or 0) + 1

    async def last_incident(self) -> Incident | None:
        """The one that runs, or else the one before."""
        found = await self.load(Incident, "ORDER BY number DESC LIMIT 1")
        return found[0] if found else None

    async def running_incident(self) -> Incident | None:
        found = await self.load(Incident, "WHERE ended_at IS NULL ORDER BY number DESC LIMIT 1")
        return found[0] if found else None

    async def due(self, rule: ClockRule[R], now: datetime) -> tuple[R, ...]:
        """What has come due under a rule of which the instant is kept, the longest waiting first."""
        order = ", ".join((str(rule.instant), *TABLES[rule.kind].keys))
        return await self.load(rule.kind, f"WHERE {rule.instant} <= ? ORDER BY {order}", written(now))

    async def next_due(self) -> datetime | None:
        """The earliest instant that is kept for any rule; nudges are not while an incident runs."""
        played = rules(await self.running_incident())
        firsts = (
            f"SELECT min({rule.instant}) AS due FROM {TABLES[rule.kind].name} WHERE {rule.instant} IS NOT NULL"  # noqa: S608
            for rule in played
            if rule.instant
        )
        return instant_or_none(await self.value(f"SELECT min(due) FROM ({' UNION ALL '.join(firsts)})"))  # noqa: S608

    async def handover(self, handover_id: str) -> Handover | None:
        found = await self.load(Handover, "WHERE id = ?", handover_id)
        return found[0] if found else None

    async def handover_of_room(self, room_id: str) -> Handover | None:
        """The handover that is talked about in this room."""
        found = await self.load(Handover, "WHERE room_id = ?", room_id)
        return found[0] if found else None

    async def offered(self) -> tuple[Handover, ...]:
        """What other regions ask us to take over and nobody has answered, the oldest first."""
        rest = "WHERE side = ? AND state IN (SELECT value FROM json_each(?)) ORDER BY proposed_at, id"
        return await self.load(Handover, rest, Side.RECEIVER.value, json.dumps(sorted(UNANSWERED)))

    async def kept_too_long(
        self, closed_by: datetime, until_by: date, moved_by: datetime
    ) -> tuple[CaseFile, ...]:
        """The cases of which somebody may have to be told that their period ends, or that they stand still.

        Closed at or before `closed_by` and not extended beyond `until_by`, or open and not moved after `moved_by`;
        nobody was told since.
        """
        values = (written(closed_by), until_by.isoformat(), written(moved_by))
        return await self._case_files(TOO_LONG, *values)

    async def longest_kept(self) -> tuple[datetime | None, date | None, datetime | None]:
        """Of the cases about which nobody was told: the first closing, extension and last movement."""
        found = await self.first(FIRST_OF_EACH)
        assert found is not None, "an aggregate has one row"
        closed, until, moved = found
        return instant_or_none(closed), until and date.fromisoformat(until), instant_or_none(moved)

    async def direct_room_owner(self, room_id: str) -> str | None:
        """The person whose direct chat this room is."""
        owner: str | None = await self.value("SELECT user_id FROM persons WHERE direct_room = ?", room_id)
        return owner

    async def _case_files(self, chosen: str, *values: object) -> tuple[CaseFile, ...]:
        """The cases that the condition `chosen` selects, in order of reference."""
        cases = await self.load(Case, f"WHERE {chosen} ORDER BY ref", *values)
        if not cases:
            return ()
        refs = json.dumps([case.ref for case in cases])  # chosen once: the condition may be a search
        found: dict[str, list[Record]] = defaultdict(list)
        for kind in PARTS:
            for record in await self.load(kind, "WHERE case_ref IN (SELECT value FROM json_each(?))", refs):
                found[record.case_ref].append(record)  # type: ignore[union-attr, index]
        return tuple(put_together(case, found[case.ref]) for case in cases)


AND_WHO_VOUCHED = """
WHERE user_id IN (
    WITH RECURSIVE chain (user_id) AS (
        SELECT value FROM json_each(?)
        UNION SELECT pins.vouched_by FROM pins JOIN chain ON pins.user_id = chain.user_id
    ) SELECT user_id FROM chain
)"""

UNTOLD = """
SELECT * FROM (
    SELECT cases.ref, cases.state = 'open' AS is_open, moved_at, until,
        coalesce((SELECT max(closed_at) FROM closings WHERE closings.case_ref = ref), moved_at) AS closed_at,
        coalesce(asked_at, warned_on, '') AS told
    FROM cases LEFT JOIN retentions ON retentions.case_ref = ref
) WHERE substr(told, 1, 10) < substr(CASE WHEN is_open THEN moved_at ELSE closed_at END, 1, 10)"""

TOO_LONG = f"""ref IN (
    SELECT ref FROM ({UNTOLD}) WHERE CASE WHEN is_open THEN moved_at <= ?3
        ELSE closed_at <= ?1 AND coalesce(until, '') <= ?2 END
)"""  # noqa: S608

FIRST_OF_EACH = f"""
SELECT min(closed_at) FILTER (WHERE NOT is_open AND until IS NULL), min(until) FILTER (WHERE NOT is_open),
    min(moved_at) FILTER (WHERE is_open)
FROM ({UNTOLD})"""  # noqa: S608

CURRENT = """
(state = ? OR ref IN (SELECT value FROM json_each(?)) OR moved_at >= ? OR EXISTS (
    SELECT 1 FROM actions WHERE case_ref = ref AND actions.state IN (SELECT value FROM json_each(?))
) OR ref IN (SELECT case_ref FROM retentions WHERE retentions.state <> 'kept'))"""
SEATED = """
ref IN (
    SELECT case_ref FROM participants WHERE user_id = ? AND left_at IS NULL
    UNION SELECT value FROM json_each(?)
)"""

TAPPED = """
WHERE closed_at IS NULL AND asked_of = ?
OR closed_at IS NULL AND asked_of IS NULL AND case_ref = (SELECT ref FROM cases WHERE room_id = ?)
ORDER BY case_ref, number"""

OPEN_OR_LAST = """
WHERE case_ref IN (SELECT value FROM json_each(?)) AND (
    closed_at IS NULL OR number = (SELECT max(number) FROM polls AS other WHERE other.case_ref = polls.case_ref)
) ORDER BY case_ref, number"""

EXPLAINED_AT_ONCE = 200

EXPLAINED = """
WHERE user_id = ? OR (case_ref, about) IN (
    SELECT case_ref, about FROM explanations WHERE user_id = ? AND about IS NOT NULL
) ORDER BY said_at DESC, key, place LIMIT ?"""

DIRECT_JOINED = """
SELECT user_id FROM persons
JOIN room_state ON room_id = direct_room AND type = 'm.room.member' AND state_key = user_id
WHERE json_extract(content, '$.membership') = 'join' AND NOT keyless
AND user_id IN (SELECT value FROM json_each(?))"""

KNOWS = """
SELECT EXISTS (SELECT 1 FROM persons WHERE user_id = ?) OR
EXISTS (SELECT 1 FROM participants WHERE user_id = ? AND left_at IS NULL) OR
EXISTS (SELECT 1 FROM handovers WHERE peer = ?)"""
