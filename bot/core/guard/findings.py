"""What the guard can find, what follows from it, and which finding wins where two overlap."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What happens to a text with a finding.

    BLOCK: not kept; a rewrite in terms of behaviour is offered. MASK: not kept as it stands; the bot asks for a
    role or a reference instead. WARN: kept, with one line in the echo asking whether it is needed.
    """

    BLOCK = "block"
    MASK = "mask"
    WARN = "warn"


class Category(StrEnum):
    BSN = "bsn"
    IBAN = "iban"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    POSTCODE = "postcode"
    NAME = "name"
    DATE_OF_BIRTH = "date_of_birth"
    LICENSE_PLATE = "license_plate"
    ID_NUMBER = "id_number"
    ETHNICITY = "ethnicity"
    RELIGION = "religion"
    HEALTH = "health"
    CRIMINAL = "criminal"
    CASE = "case"
    """Only in a theme room, where nothing may point at a case."""

    @property
    def action(self) -> Action:
        """The action that goes with this category (a BSN behind a case-number label is the one exception)."""
        if self in _BLOCKED:
            return Action.BLOCK
        return Action.WARN if self in _WARNED else Action.MASK


# BSN: UAVG 46. Ethnicity and religion: AVG 9. An IBAN has no use at all in an agreement.
_BLOCKED = frozenset({Category.BSN, Category.IBAN, Category.ETHNICITY, Category.RELIGION})
# AVG 9 and 10 as well, but an agreement sometimes needs them: a human weighs that, not a word list.
_WARNED = frozenset({Category.HEALTH, Category.CRIMINAL})

_STRENGTH = {Action.BLOCK: 2, Action.MASK: 1, Action.WARN: 0}


@dataclass(frozen=True, slots=True)
class Finding:
    """One flagged stretch, `start` to `end` (characters, half open). It never carries the text itself."""

    category: Category
    start: int
    end: int
    action: Action


def found(category: Category, start: int, end: int) -> Finding:
    return Finding(category, start, end, category.action)


def strongest(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that stand: sorted, without overlap; the stronger action wins, then the longer stretch."""
    kept: list[Finding] = []
    for one in sorted(findings, key=lambda f: (-_STRENGTH[f.action], f.start - f.end, f.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda f: f.start))
