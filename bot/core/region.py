"""What a Zorg- en Veiligheidshuis sets for itself, as the rules see it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import time
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.core.records.cases import Function
from bot.core.records.explanations import Receiver
from bot.core.records.retention import Terms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.protocols import Protocol
    from bot.core.records.actions import Action, LifeDomain
    from bot.core.records.cases import Case

FUNCTION_LABELS: Mapping[str, Function] = MappingProxyType(
    {
        "voorzitter": Function.CHAIR,
        "procesregisseur": Function.PROCESS_COORDINATOR,
        "casusregisseur": Function.CASE_COORDINATOR,
        "coördinator": Function.COORDINATOR,
    }
)
"""Labels that carry a function; every other label is a partner who takes part."""


LADDER: Mapping[str, Receiver] = MappingProxyType(
    {
        "reminder": Receiver.HOLDER,
        "on_the_day": Receiver.HOLDER,
        "after": Receiver.HOLDER,
        "offer_help": Receiver.HOLDER_WITH_HELP,
        "case_coordinator": Receiver.CASE_COORDINATOR,
        "process_coordinator": Receiver.PROCESS_COORDINATOR,
    }
)
"""The ladder of nudges, in order: the term in `Timing` that says when each step comes, and whom it asks."""
SOONER = tuple(LADDER)[3:]
"""Its steps that can come sooner where a minor is involved, and in a protocol."""
SHORTENED = (*SOONER, "stalled")
"""All terms that can be shorter then."""
_NEVER = 1_000


@dataclass(frozen=True, slots=True)
class Timing:
    """When people are nudged. Steps are working days after the date (before it: negative).

    `acknowledge` are the working days after which a holder who said nothing is asked whether it was seen,
    `status_round` those before a planned meeting on which each holder is asked how it stands. What is asked `missed`
    working days after its moment is named as missed. Who cannot be reached is mentioned in the room of the case every
    `mention` days at most.

    An action counts as stalled after `stalled` working days over its date, when postponed `postponed` times, or after
    `blocked` working days without a day to look again; a case as still after `unmoved` days. From the postponement
    `reason_from` on its reason is asked; who names no day to look again gets one `look_back` working days ahead.

    Where a minor is involved the `minor_` terms hold: sooner, never louder (domain 7.4).
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
    postponed: int = 2
    blocked: int = 10
    unmoved: int = 30
    reason_from: int = 2
    look_back: int = 10
    missed: int = 3
    mention: int = 7
    minor_offer_help: int = 2
    minor_case_coordinator: int = 3
    minor_process_coordinator: int = 5
    minor_stalled: int = 3
    opens: time = time(9, 0)
    closes: time = time(16, 30)

    def where(self, *, minor: bool, protocol: Protocol | None = None) -> Timing:
        """The terms of an action, by its case and its protocol: never later than the ordinary ones, still in order."""
        given = [protocol.timing] if protocol else []
        if minor:
            given.append({name: getattr(self, f"minor_{name}") for name in SHORTENED})
        if not given:
            return self
        soonest = {
            name: min(getattr(self, name), *(g.get(name, _NEVER) for g in given)) for name in SHORTENED
        }
        before = self.after
        for name in SOONER:
            before = soonest[name] = max(before + 1, soonest[name])
        return replace(self, **soonest)


@dataclass(frozen=True, slots=True)
class DigestTime:
    """The local moment of the weekly digest; `weekday` counts from Monday = 0."""

    weekday: int = 0
    at: time = time(9, 0)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another region that cases may be handed over to.

    Its `bot`, with the `fingerprint` (public master key) by which we know it; or a `contact`, who answers by hand.
    """

    name: str
    bot: str | None = None
    contact: str | None = None
    fingerprint: str | None = None

    @property
    def peer(self) -> str:
        """Who answers there."""
        return self.bot or self.contact or ""


@dataclass(frozen=True, slots=True)
class Controller:
    """Who answers for the processing (AVG 26), and where somebody whom it is about turns to. None: not filled in."""

    name: str | None = None
    contact: str | None = None

    @property
    def is_known(self) -> bool:
        return None not in {self.name, self.contact}


@dataclass(frozen=True, slots=True)
class Region:
    """One region: its name, its coordinators, its address book (label to user id, or None without account).

    `spellings` are other names of labels ("jeugdbescherming" for GI), `regimes` the sort of partner that a label is
    for the rules of sharing ("politie" for wijkagent); people are only invited from `servers`.
    `neighbours` are the regions that cases may be handed over to.
    `contact_points` serve the rights of whom a case is about (BGS: the contactpunt).
    """

    name: str
    coordinators: frozenset[str]
    address_book: Mapping[str, str | None] = field(default_factory=dict)
    spellings: Mapping[str, str] = field(default_factory=dict)
    regimes: Mapping[str, str] = field(default_factory=dict)
    servers: frozenset[str] = frozenset()
    contact: str = "procesregisseur"
    timing: Timing = Timing()
    digest: DigestTime = DigestTime()
    retention: Terms = field(default_factory=Terms)
    protocols: Mapping[str, Protocol] = field(default_factory=dict)
    neighbours: tuple[Neighbour, ...] = ()
    controller: Controller = Controller()
    contact_points: frozenset[str] = frozenset()
    domains: Mapping[str, frozenset[LifeDomain]] = field(default_factory=dict)
    """On which areas of life a label mostly works; a label that is not there says nothing of it."""

    def neighbour_of(self, bot: str) -> Neighbour | None:
        """The region whose bot this is."""
        return next((one for one in self.neighbours if one.bot == bot), None)

    def terms(self, case: Case, action: Action) -> Timing:
        """The terms that hold for an action."""
        return self.timing.where(minor=case.minor, protocol=self.protocols.get(action.protocol or ""))

    @property
    def labels(self) -> tuple[str, ...]:
        """Every holder that a case in this region may name."""
        return tuple(dict.fromkeys((*FUNCTION_LABELS, *self.address_book, *self.spellings.values())))
