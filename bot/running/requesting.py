"""What an executor may look at when it takes a message: a snapshot of everything that the message can be about."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.core.access.trusting import is_verified
from bot.core.dates.calendar import AMSTERDAM
from commands.conversation.command import Request
from commands.conversation.parsing import USER_ID
from commands.conversation.reading import CASE_REF
from commands.needs import needed_cases
from commands.registry import MOST_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.clock import Clock
    from bot.core.casefile import CaseFile
    from bot.core.guard import Guard
    from bot.core.records.trail import Question
    from bot.core.region import Region
    from bot.store.mailbox import InboxRow
    from bot.store.transaction import Transaction
    from commands.conversation.parsing import Listener
    from commands.registry import Heard


class Requests:
    """Reads the snapshot of one message."""

    def __init__(
        self, region: Region, guard: Guard, clock: Clock, listener: Listener, *, user_id: str
    ) -> None:
        self._region = region
        self._guard = guard
        self._clock = clock
        self._listener = listener
        self._user_id = user_id

    async def read(self, transaction: Transaction, row: InboxRow, heard: Heard) -> Request | None:
        """What an executor may look at; None where the room or the sender is no business of the bot."""
        sender = row.event["sender"]
        case = await transaction.case_of_room(row.room_id)
        direct = case is None and await transaction.direct_room_owner(row.room_id) == sender
        if not direct and (case is None or case.seat_of(sender) is None):
            return None
        everywhere = direct and sender in self._region.coordinators
        questions = await transaction.questions_in(row.room_id)
        needed = needed_cases(heard.text, replace(self._listener, direct=direct), sender, questions)
        cases = await transaction.cases(
            of=None if everywhere and needed.all_open else sender,
            beyond=everywhere,
            named=needed.named,
            closed_since=needed.since,
        )
        # Everybody the command may name: a person who is known already keeps their direct chat.
        named = {sender, *_named(heard, sender, questions)}
        concerned = {*named, *filter(None, self._region.address_book.values())}
        served = await self._served(transaction, sender, heard, questions) if direct else None
        concerned |= {p.user_id for file in (case, served, *cases) if file for p in file.seated}
        concerned |= self._region.coordinators
        pins = await transaction.pins(concerned)
        coordinates = sender in self._region.coordinators and is_verified(pins.get(sender))
        return Request(
            region=self._region,
            guard=self._guard,
            sender=sender,
            room_id=row.room_id,
            event_id=row.event_id,
            at=self._local(row.event.get("origin_server_ts")),
            now=self._clock.now().astimezone(AMSTERDAM),
            bot=self._user_id,
            direct=direct,
            case=case,
            cases=cases,
            served=served,
            people=await transaction.persons(concerned),
            pins=pins,
            plans=await transaction.plans_of(concerned),
            explanations=await (
                transaction.mentions_in(case.ref) if case else transaction.explanations_for(sender)
            ),
            questions=questions,
            steps=await transaction.steps_of(case.ref) if case else (),
            polls=await transaction.polls_of([case.ref] if case else [file.ref for file in cases]),
            ballots=await transaction.ballots_of(case.ref) if case else (),
            sources=await transaction.sources(heard.edits) if heard.edits else (),
            seats=await transaction.seats(named),
            signals=await transaction.signals_seen_by(sender, coordinates=coordinates),
            handovers=await transaction.offered() if everywhere else (),
            next_signal=await transaction.next_signal(),
            incident=await transaction.last_incident(),
        )

    async def _served(
        self, transaction: Transaction, sender: str, heard: Heard, questions: tuple[Question, ...]
    ) -> CaseFile | None:
        """The case that a contact point names, closed ones too: here, or in what they were asked about."""
        if sender not in self._region.contact_points:
            return None
        drafts = [value for q in questions if q.user_id == sender for key, value in q.draft if key == "ref"]
        found = CASE_REF.search(" ".join((heard.text, *drafts)))
        return await transaction.case_file(found.group().upper()) if found else None

    def _local(self, milliseconds: object) -> datetime:
        """The sender's moment in Dutch time; a timestamp that is no time at all counts as 1970."""
        try:
            return self._clock.at(int(str(milliseconds))).astimezone(AMSTERDAM)
        except (ValueError, OverflowError, OSError):
            return datetime.fromtimestamp(0, AMSTERDAM)


def _named(heard: Heard, sender: str, questions: tuple[Question, ...]) -> Iterator[str]:
    """Everybody whom the message names, or the half-made command that it may be the answer to."""
    halves = (half for q in questions if q.user_id == sender for _, half in q.draft)
    return (user for text in (heard.text[:MOST_CHARACTERS], *halves) for user in USER_ID.findall(text))
