"""docs/toestanden.md: every state table as a picture, drawn from the table itself.

A new table is one more entry of `TABLES`; `tests/test_docs_states.py` then asks for it in the document.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.records import (
    actions,
    cases,
    handovers,
    incidents,
    inquiries,
    meetings,
    out_of_sight,
    retention,
    signals,
    themes,
)
from bot.core.text import Language

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

    from bot.core.text import Text

PAGE = Path(__file__).parent.parent / "docs" / "toestanden.md"

HEAD = """# Toestanden

Elke toestand en elke stap die de bot kent, getekend uit de tabellen waarmee hij zelf werkt. Een stap die hier niet staat,
neemt hij niet. Het commando om dit opnieuw te tekenen staat in [CONTRIBUTING](../CONTRIBUTING.md).
"""


@dataclass(frozen=True, slots=True)
class States:
    """A state table with the words of the chat; `begin` are the states in which a thing can come into being."""

    title: str
    names: Mapping[StrEnum, Text]
    transitions: Mapping[tuple[StrEnum, StrEnum], StrEnum]
    begin: tuple[StrEnum, ...]
    steps: Mapping[StrEnum, Text] | None = None
    """The steps in words; without them their codes are shown."""

    def diagram(self) -> str:
        """As Mermaid. Steps that lead from one state to the same other share an arrow."""
        arrows: dict[tuple[StrEnum, StrEnum], list[str]] = {}
        for (state, step), to in self.transitions.items():
            said = self.steps[step](Language.NL) if self.steps else step.value
            arrows.setdefault((state, to), []).append(said)
        lines = [f"    {state.value}: {name(Language.NL)}" for state, name in self.names.items()]
        lines += [f"    [*] --> {state.value}" for state in self.begin]
        lines += [f"    {a.value} --> {b.value}: {', '.join(said)}" for (a, b), said in arrows.items()]
        ends = [s for s in self.names if all(state is not s for state, _ in self.transitions)]
        lines += [f"    {state.value} --> [*]" for state in ends]
        return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


TABLES = (
    States(
        "Bewaren en vernietigen",
        retention.STATE_NAMES,
        retention.TRANSITIONS,
        begin=(retention.RetentionState.KEPT,),
        steps=retention.STEP_NAMES,
    ),
    States(
        "Actie",
        actions.STATE_NAMES,
        actions.TRANSITIONS,
        begin=(actions.ActionState.PROPOSED, actions.ActionState.OPEN),
    ),
    States(
        "Casus", cases.STATE_NAMES, cases.TRANSITIONS, begin=(cases.CaseState.OPEN,), steps=cases.STEP_NAMES
    ),
    States(
        "Overleg",
        meetings.STATE_NAMES,
        meetings.TRANSITIONS,
        begin=(meetings.MeetingState.RUNNING,),
        steps=meetings.STEP_NAMES,
    ),
    States(
        "Agendapunt",
        meetings.AGENDA_STATE_NAMES,
        meetings.AGENDA_TRANSITIONS,
        begin=(meetings.AgendaState.WAITING,),
        steps=meetings.AGENDA_STEP_NAMES,
    ),
    States(
        "Signaal",
        signals.STATE_NAMES,
        signals.TRANSITIONS,
        begin=(signals.SignalState.NOTED,),
        steps=signals.STEP_NAMES,
    ),
    States(
        "Uit beeld",
        out_of_sight.STATE_NAMES,
        out_of_sight.TRANSITIONS,
        begin=(out_of_sight.SightState.DANGER_ASKED,),
        steps=out_of_sight.STEP_NAMES,
    ),
    States(
        "Navraag",
        inquiries.STATE_NAMES,
        inquiries.TRANSITIONS,
        begin=(inquiries.InquiryState.DRAFT,),
        steps=inquiries.STEP_NAMES,
    ),
    States(
        "Overdracht",
        handovers.STATE_NAMES,
        handovers.TRANSITIONS,
        begin=(handovers.HandoverState.PROPOSED,),
        steps=handovers.STEP_NAMES,
    ),
    States(
        "Incident",
        incidents.STATE_NAMES,
        incidents.TRANSITIONS,
        begin=(incidents.IncidentState.RUNNING,),
        steps=incidents.STEP_NAMES,
    ),
    States(
        "Themaruimte",
        themes.STATE_NAMES,
        themes.TRANSITIONS,
        begin=(themes.ThemeState.PREPARATION,),
        steps=themes.STEP_NAMES,
    ),
)


def page() -> str:
    parts = [HEAD, *(f"## {table.title}\n\n{table.diagram()}\n" for table in TABLES)]
    return "\n".join(parts)
