"""Why the bot spoke without being asked: what `waarom` answers from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Receiver(StrEnum):
    """Whom a nudge asks, and what."""

    HOLDER = "holder"
    HOLDER_WITH_HELP = "holder_with_help"
    CASE_COORDINATOR = "case_coordinator"
    PROCESS_COORDINATOR = "process_coordinator"
    HOLDER_SEEN = "holder_seen"
    """Asks once whether a new action was seen."""
    HOLDER_STATUS = "holder_status"
    """Asks once how it stands, before a meeting."""


class Rule(StrEnum):
    """Why the bot spoke without being asked."""

    NUDGE = "nudge"
    MENTION = "mention"
    DIGEST = "digest"
    UNREACHED = "unreached"
    DEPUTY = "deputy"
    HELP = "help"
    ASSIGNED = "assigned"
    PROPOSED = "proposed"
    POSTPONED = "postponed"
    ESCALATED = "escalated"
    LATECOMER = "latecomer"
    SIGNAL = "signal"
    RETENTION = "retention"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one message was sent, for `waarom`: a row for each thing in it, and no word of the case.

    `key` is the message's own (`Say.key`), `about` the action's id, `day` the date that counted and `step` the
    working days after it.
    """

    key: str
    place: int
    user_id: str
    said_at: datetime
    rule: Rule
    case_ref: str | None = None
    about: str | None = None
    day: date | None = None
    receiver: Receiver | None = None
    step: int | None = None
