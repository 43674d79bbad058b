"""What a Zorg- en Veiligheidshuis sets for itself, as the rules see it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import time
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.core.model import Function

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.protocols import Protocol

FUNCTION_LABELS: Mapping[str, Function] = MappingProxyType(
    {
        "voorzitter": Function.CHAIR,
        "procesregisseur": Function.PROCESS_COORDINATOR,
        "casusregisseur": Function.CASE_COORDINATOR,
        "coördinator": Function.COORDINATOR,
    }
)
"""Labels that carry a function; every other label is a partner who takes part."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When people are nudged. Steps are working days after the date (before it: negative).

    `acknowledge` are the working days after which a holder who said nothing is asked whether it was seen,
    `status_round` those before a planned meeting on which each holder is asked how it stands. An action counts as
    stalled after `stalled` working days over its date, a case as still after `unmoved` days. Where a minor is
    involved the `minor_` terms hold: sooner, never louder (domain 7.4).
    """

    reminder: int = -2
    on_the_day: int = 0
    after: int = 1
    offer_help: int = 3
    case_coordinator: int = 5
    process_coordinator: int = 10
    acknowledge: int = 3
    status_round: int = 2
    stalled: int = 5
    unmoved: int = 30
    minor_offer_help: int = 2
    minor_case_coordinator: int = 3
    minor_process_coordinator: int = 5
    minor_stalled: int = 3
    opens: time = time(9, 0)
    closes: time = time(16, 30)

    def where(self, *, minor: bool) -> Timing:
        """The terms of a case, by whether a minor is involved: never later than the ordinary ones, still in order."""
        if not minor:
            return self
        offer_help = max(self.after + 1, min(self.offer_help, self.minor_offer_help))
        case_coordinator = max(offer_help + 1, min(self.case_coordinator, self.minor_case_coordinator))
        return replace(
            self,
            offer_help=offer_help,
            case_coordinator=case_coordinator,
            process_coordinator=max(
                case_coordinator + 1, min(self.process_coordinator, self.minor_process_coordinator)
            ),
            stalled=min(self.stalled, self.minor_stalled),
        )


@dataclass(frozen=True, slots=True)
class DigestTime:
    """The local moment of the weekly digest; `weekday` counts from Monday = 0."""

    weekday: int = 0
    at: time = time(9, 0)


@dataclass(frozen=True, slots=True)
class Region:
    """One region: its name, its coordinators, its address book (label to user id, or None without account).

    `spellings` are other names of labels ("jeugdbescherming" for GI); people are only invited from `servers`.
    """

    name: str
    coordinators: frozenset[str]
    address_book: Mapping[str, str | None] = field(default_factory=dict)
    spellings: Mapping[str, str] = field(default_factory=dict)
    servers: frozenset[str] = frozenset()
    contact: str = "procesregisseur"
    timing: Timing = Timing()
    digest: DigestTime = DigestTime()
    protocols: Mapping[str, Protocol] = field(default_factory=dict)

    @property
    def labels(self) -> tuple[str, ...]:
        """Every holder that a case in this region may name."""
        return tuple(dict.fromkeys((*FUNCTION_LABELS, *self.address_book, *self.spellings.values())))
