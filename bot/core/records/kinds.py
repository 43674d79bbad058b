"""The records that the bot keeps: agreements, never dossiers.

Every record is one row; `KEYS` names what makes it unique. There is no field for a name, a number of a
person, an origin or a score, and there never will be (UAVG art. 46, AVG art. 9; rule 10 of the design).
Instants are aware and in UTC; deadlines are local dates in Europe/Amsterdam with an optional wall time.
"""

from __future__ import annotations

from typing import Any

from bot.core.records.actions import Action
from bot.core.records.cases import Case, Closing, Participant
from bot.core.records.explanations import Explanation
from bot.core.records.handovers import Handover
from bot.core.records.incidents import Incident
from bot.core.records.inquiries import Inquiry
from bot.core.records.meetings import AgendaItem, Ballot, Decision, Meeting, Poll
from bot.core.records.out_of_sight import OutOfSight
from bot.core.records.people import Comparison, DigestPlan, Person, Pin
from bot.core.records.retention import Destruction, Retention
from bot.core.records.rights import CaseBasis, Remark, Restriction
from bot.core.records.signals import Signal, SignalFact, SignalShown
from bot.core.records.trail import Question, Source, Step

Record = (
    Case
    | Participant
    | Meeting
    | AgendaItem
    | Decision
    | Closing
    | Action
    | OutOfSight
    | Signal
    | SignalFact
    | SignalShown
    | Inquiry
    | Handover
    | Question
    | Person
    | Pin
    | Comparison
    | DigestPlan
    | Explanation
    | Source
    | Step
    | Poll
    | Ballot
    | Retention
    | Destruction
    | CaseBasis
    | Remark
    | Restriction
    | Incident
)

Key = tuple[type[Record], *tuple[Any, ...]]
"""What makes one record the same thing as another: its kind and its key."""

KEYS: dict[type[Record], tuple[str, ...]] = {
    Case: ("ref",),
    Participant: ("case_ref", "user_id"),
    Meeting: ("case_ref", "number"),
    AgendaItem: ("case_ref", "number"),
    Decision: ("case_ref", "number"),
    Closing: ("case_ref", "number"),
    Action: ("case_ref", "number"),
    OutOfSight: ("case_ref", "number"),
    Signal: ("number",),
    SignalFact: ("signal", "number"),
    SignalShown: ("signal", "event_id"),
    Inquiry: ("case_ref", "number"),
    Handover: ("id",),
    Question: ("room_id", "user_id"),
    Person: ("user_id",),
    Pin: ("user_id",),
    Comparison: ("code",),
    DigestPlan: ("user_id",),
    Source: ("case_ref", "event_id", "thing"),
    Step: ("case_ref", "event_id"),
    Poll: ("case_ref", "number"),
    Ballot: ("case_ref", "poll", "user_id"),
    CaseBasis: ("case_ref", "number"),
    Remark: ("case_ref", "number"),
    Restriction: ("case_ref", "number"),
    Explanation: ("key", "place"),
    Retention: ("case_ref",),
    Destruction: ("number",),
    Incident: ("number",),
}


REPLACED: frozenset[type[Record]] = frozenset({Question, Source, Step, SignalShown, Ballot, Explanation})
"""Of these the last word stands, whatever was there. Of every other kind nothing new takes the place of what is there."""


def key_of(record: Record) -> Key:
    return (type(record), *(getattr(record, name) for name in KEYS[type(record)]))
