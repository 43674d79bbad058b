"""What an export of a case is made of: names and values, kind by kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Row = tuple[tuple[str, Any], ...]
"""The fields of one record, by name; None where nothing is filled in."""


@dataclass(frozen=True, slots=True)
class Part:
    """All records of one kind; `name` is that of their table."""

    name: str
    rows: tuple[Row, ...]
