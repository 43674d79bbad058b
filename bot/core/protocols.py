"""Protocols: what a Zorg- en Veiligheidshuis agreed to do in a certain situation, as values.

Every step becomes an ordinary action with a holder and a date. A protocol is a concept until somebody adopts it;
the program follows it all the same, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.core.guard import KeptText
    from bot.core.records.actions import ActionKind
    from bot.core.text import Text


class Flow(StrEnum):
    """What a protocol is for."""

    SIGNAL = "signal"
    INQUIRY = "inquiry"
    OUT_OF_SIGHT = "out_of_sight"
    HANDOVER = "handover"
    CLOSING = "closing"
    AFTERCARE = "aftercare"
    RETENTION = "retention"


@dataclass(frozen=True, slots=True)
class ProtocolStep:
    """What is to be done within so many working days; the first of `holders` that sits in the case does it."""

    id: str
    text: KeptText
    holders: tuple[str, ...]
    within: int
    kind: ActionKind | None = None


@dataclass(frozen=True, slots=True)
class Protocol:
    """One protocol. `terms` are its own numbers of days, by name; `timing` are terms of `Timing` that are shorter
    for its actions; `lists` are its questions and checklists, each text under a key that may be kept.
    """

    name: str
    flow: Flow
    title: Text
    adopted_by: str | None = None
    adopted_on: date | None = None
    terms: Mapping[str, int] = field(default_factory=dict)
    timing: Mapping[str, int] = field(default_factory=dict)
    steps: tuple[ProtocolStep, ...] = ()
    lists: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)

    @property
    def is_concept(self) -> bool:
        """Whether no Zorg- en Veiligheidshuis adopted it yet."""
        return self.adopted_on is None
