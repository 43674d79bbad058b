"""A value that the way in and out keep beside the records: room state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class StateEvent:
    """One current state event of a room. Unencrypted: whoever runs the homeserver can make it up."""

    type: str
    state_key: str
    sender: str
    content: Mapping[str, Any]
