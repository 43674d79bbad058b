"""What every state table can be asked: where a step leads, and what can come next."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

State = TypeVar("State", bound=StrEnum)
Step = TypeVar("Step", bound=StrEnum)


class StateTable(dict[tuple[State, Step], State]):
    """All steps that a thing can take: from which state, and to which. What is not in it is not possible."""

    def after(self, state: State, step: Step) -> State | None:
        """The state that `step` leads to, or None where it may not be taken from `state`."""
        return self.get((state, step))

    def steps(self, state: State) -> tuple[Step, ...]:
        """The steps that may be taken from `state`, in the order of the table."""
        return tuple(step for origin, step in self if origin is state)

    def reachable(self, state: State) -> tuple[State, ...]:
        """The states that one step leads to."""
        return tuple(to for (origin, _), to in self.items() if origin is state)
