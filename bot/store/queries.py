"""What the rules ask of the records: whole cases as values, and what is due."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from bot.core.casefile import CaseFile
from bot.core.model import (
    Action,
    AgendaItem,
    Case,
    CaseState,
    Decision,
    DigestPlan,
    Meeting,
    Participant,
    Person,
    Pin,
    Question,
)
from bot.store.records import Records
from bot.store.sql import instant_or_none, written

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

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

    async def cases_of(self, user_id: str) -> tuple[CaseFile, ...]:
        """The open cases in which somebody is seated, in order of reference."""
        seated = "SELECT case_ref FROM participants WHERE user_id = ? AND left_at IS NULL"
        return await self._case_files(f"state = ? AND ref IN ({seated})", CaseState.OPEN.value, user_id)

    async def open_cases(self) -> tuple[CaseFile, ...]:
        """Every open case, in order of reference."""
        return await self._case_files("state = ?", CaseState.OPEN.value)

    async def person(self, user_id: str) -> Person | None:
        return (await self.persons((user_id,))).get(user_id)

    async def persons(self, user_ids: Iterable[str]) -> dict[str, Person]:
        """Those of these people whom the bot has a row of."""
        chosen = "WHERE user_id IN (SELECT value FROM json_each(?))"
        found = await self.load(Person, chosen, json.dumps(sorted(set(user_ids))))
        return {person.user_id: person for person in found}

    async def pins(self, user_ids: Iterable[str]) -> dict[str, Pin]:
        """The pinned identities of those of these people that have one."""
        chosen = "WHERE user_id IN (SELECT value FROM json_each(?))"
        return {pin.user_id: pin for pin in await self.load(Pin, chosen, json.dumps(sorted(set(user_ids))))}

    async def question(self, room_id: str, user_id: str) -> Question | None:
        """What the bot still waits for from this person in this room."""
        found = await self.load(Question, "WHERE room_id = ? AND user_id = ?", room_id, user_id)
        return found[0] if found else None

    async def questions_in(self, room_id: str) -> tuple[Question, ...]:
        """Everything the bot waits for in this room, the oldest question first."""
        return await self.load(Question, "WHERE room_id = ? ORDER BY asked_at, user_id", room_id)

    async def digest_plans(self) -> tuple[DigestPlan, ...]:
        return await self.load(DigestPlan, "ORDER BY user_id")

    async def direct_joined(self, user_ids: Iterable[str]) -> frozenset[str]:
        """Those of these people who are in their direct chat with the bot."""
        found = await self.rows(DIRECT_JOINED, json.dumps(sorted(set(user_ids))))
        return frozenset(user_id for (user_id,) in found)

    async def due_actions(self, now: datetime) -> tuple[Action, ...]:
        """Actions whose next nudge has come, the longest waiting first."""
        due = "WHERE nudge_at <= ? ORDER BY nudge_at, case_ref, number"
        return await self.load(Action, due, written(now))

    async def due_digests(self, now: datetime) -> tuple[DigestPlan, ...]:
        """Digests whose time has come, the longest waiting first."""
        return await self.load(DigestPlan, "WHERE due_at <= ? ORDER BY due_at, user_id", written(now))

    async def next_due(self) -> datetime | None:
        """The earliest instant at which a nudge or a digest is due."""
        return instant_or_none(await self.value(NEXT_DUE))

    async def direct_room_owner(self, room_id: str) -> str | None:
        """The person whose direct chat this room is."""
        owner: str | None = await self.value("SELECT user_id FROM persons WHERE direct_room = ?", room_id)
        return owner

    async def _case_files(self, chosen: str, *values: object) -> tuple[CaseFile, ...]:
        """The cases that the condition `chosen` selects, in order of reference."""

        async def of_cases(kind: type[R], order: str) -> dict[str, list[R]]:
            rest = f"WHERE case_ref IN (SELECT ref FROM cases WHERE {chosen}) ORDER BY {order}"  # noqa: S608
            found: dict[str, list[R]] = defaultdict(list)
            for record in await self.load(kind, rest, *values):
                found[record.case_ref].append(record)  # type: ignore[union-attr, index]
            return found

        cases = await self.load(Case, f"WHERE {chosen} ORDER BY ref", *values)
        if not cases:
            return ()
        participants = await of_cases(Participant, "since, user_id")
        meetings = await of_cases(Meeting, "number")
        agenda = await of_cases(AgendaItem, "number")
        decisions = await of_cases(Decision, "number")
        actions = await of_cases(Action, "number")
        return tuple(
            CaseFile(
                case,
                tuple(participants.get(case.ref, ())),
                tuple(meetings.get(case.ref, ())),
                tuple(agenda.get(case.ref, ())),
                tuple(decisions.get(case.ref, ())),
                tuple(actions.get(case.ref, ())),
            )
            for case in cases
        )


NEXT_DUE = """
SELECT min(due) FROM (
    SELECT min(nudge_at) AS due FROM actions WHERE nudge_at IS NOT NULL
    UNION ALL
    SELECT min(due_at) FROM digest_plans
)"""

DIRECT_JOINED = """
SELECT user_id FROM persons
JOIN room_state ON room_id = direct_room AND type = 'm.room.member' AND state_key = user_id
WHERE json_extract(content, '$.membership') = 'join'
AND user_id IN (SELECT value FROM json_each(?))"""
