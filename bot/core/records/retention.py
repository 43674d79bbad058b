"""How long a case is kept, and how it comes to be destroyed. Everything that affects a transition lives in this file.

Nothing is destroyed by the clock: it warns, and two people with compared identities decide (domain L10). Extending is
reasoned and never silent: the Council of State asked to think again about extending and extending (domain 4.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.core.records.states import StateTable
from bot.core.text import Text


class RetentionState(StrEnum):
    """Where a case is on its way to being destroyed. A case of which nothing is recorded is kept."""

    KEPT = "kept"
    WARNED = "warned"
    ASKED = "asked"
    DESTROYED = "destroyed"


class RetentionStep(StrEnum):
    WARN = "warn"
    EXTEND = "extend"
    ASK = "ask"
    REFUSE = "refuse"
    AGREE = "agree"
    REOPEN = "reopen"
    """The case itself is opened again: what was said about its end was about another end."""


S, T = RetentionState, RetentionStep

TRANSITIONS = StateTable[RetentionState, RetentionStep](
    {
        (S.KEPT, T.WARN): S.WARNED,
        (S.KEPT, T.EXTEND): S.KEPT,
        (S.KEPT, T.ASK): S.ASKED,
        (S.WARNED, T.EXTEND): S.KEPT,
        (S.WARNED, T.ASK): S.ASKED,
        (S.ASKED, T.EXTEND): S.KEPT,
        (S.ASKED, T.ASK): S.ASKED,
        (S.ASKED, T.REFUSE): S.WARNED,
        (S.ASKED, T.AGREE): S.DESTROYED,
        (S.KEPT, T.REOPEN): S.KEPT,
        (S.WARNED, T.REOPEN): S.KEPT,
        (S.ASKED, T.REOPEN): S.KEPT,
    }
)
"""A first word is refused by anybody who may give the second; asking again begins anew."""
after = TRANSITIONS.after

STATE_NAMES: dict[RetentionState, Text] = {
    S.KEPT: Text("bewaard", "kept"),
    S.WARNED: Text("termijn loopt af", "period ends"),
    S.ASKED: Text("vernietigen gevraagd", "destruction asked"),
    S.DESTROYED: Text("vernietigd", "destroyed"),
}

STEP_NAMES: dict[RetentionStep, Text] = {
    T.WARN: Text("termijn loopt af", "period ends"),
    T.EXTEND: Text("verlengd", "extended"),
    T.ASK: Text("vernietigen gevraagd", "destruction asked"),
    T.REFUSE: Text("niet akkoord", "refused"),
    T.AGREE: Text("tweede akkoord", "second word"),
    T.REOPEN: Text("casus heropend", "case reopened"),
}

WORD_COUNTS = timedelta(days=14)
"""How long the first word waits for the second: after that a "yes" may be to something that nobody remembers."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The periods of a region, to be set by the controller. `closed` and `unmoved` are months, `warn` days ahead."""

    closed: int = 18
    unmoved: int = 6
    warn: int = 30


@dataclass(frozen=True, slots=True)
class Retention:
    """What people and the clock decided about keeping one case; without this record it is kept for its usual period.

    `until` is the day to which somebody extended it, `extended` how often that was done. `asked_by` gave the first of
    the two words that it takes to destroy the case.
    """

    case_ref: str
    state: RetentionState
    until: date | None = None
    extended: int = 0
    warned_on: date | None = None
    asked_at: datetime | None = None
    asked_by: str | None = None


@dataclass(frozen=True, slots=True)
class Destruction:
    """That a case was destroyed, and nothing of what it was about; kept for good, as is the audit log.

    `case_ref` is None for one that only the ledger beside the backups knew. `counts` are the deleted rows of each
    table. `taken_back` are the bot's messages that are gone from the room, `refused` those that the homeserver kept;
    both None until that was tried. `certificate` is the signed statement, as JSON.
    """

    number: int
    case_ref: str | None
    destroyed_at: datetime
    counts: tuple[tuple[str, int], ...]
    taken_back: int | None = None
    refused: int | None = None
    certificate: str | None = None
