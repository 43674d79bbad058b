"""What the contact point does for whom a case is about: purpose and ground, correction, restriction (AVG 5, 16, 18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.guard import KeptText


@dataclass(frozen=True, slots=True)
class CaseBasis:
    """For what a case is talked about and on which ground, from a moment on (AVG 5(1)(b), 6). Never changed: a new
    purpose is a new record, and `Case.purpose` is that of the last. `ground` is a key of `lists.basis` in navraag.yaml."""

    case_ref: str
    number: int
    purpose: KeptText
    ground: str | None
    since: datetime
    stated_by: str


class RemarkKind(StrEnum):
    CORRECTION = "correction"
    """The earlier wording was wrong and is gone (AVG 16)."""
    STATEMENT = "statement"
    """The wording stays, and so does what the person says about it (AVG 16, a supplementary statement)."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What the contact point put beside a text at somebody's request. `thing` is what it is beside: "A3", "B1"."""

    case_ref: str
    number: int
    thing: str
    kind: RemarkKind
    text: KeptText
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class Restriction:
    """A time in which a case was frozen (AVG 18); `until` is None while it still is."""

    case_ref: str
    number: int
    reason: KeptText
    since: datetime
    set_by: str
    until: datetime | None = None
    lifted_by: str | None = None
    lifted_because: KeptText | None = None
