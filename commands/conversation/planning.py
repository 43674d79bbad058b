"""The steps of a protocol as ordinary actions of a case: with a holder, a date, and reminders like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.casefile import new_action, next_number
from bot.core.dates.calendar import add_working_days

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from bot.core.casefile import CaseFile
    from bot.core.protocols import Protocol, ProtocolStep
    from bot.core.records.actions import Action
    from commands.conversation.command import Request

CLOSING = "sluiten"
"""The protocol whose lists are the questions at the end of a case, and their answers."""
AFTERCARE = "nazorg"
"""The protocol whose steps keep an eye on a case that was closed or scaled down."""
NOBODY_FITS = "procesregisseur"
"""Who gets a step when none of its roles sits in the case: they see to it that the process runs (domain 1.2)."""


def planned(
    request: Request, protocol: Protocol, start: date, *, without: Collection[str] = ()
) -> tuple[Action, ...]:
    """An action for each step, numbered on from those of the case, but for the steps named in `without`."""
    file = request.file
    first = next_number(file.actions)
    steps = [step for step in protocol.steps if step.id not in without]
    return tuple(
        new_action(
            file,
            step.text,
            holder_of(request, file, step),
            add_working_days(start, step.within),
            at=request.now,
            by=request.sender,
            number=number,
            kind=step.kind,
            protocol=protocol.name,
        )
        for number, step in enumerate(steps, first)
    )


def holder_of(request: Request, file: CaseFile, step: ProtocolStep) -> str:
    """The first role of the step that sits in the case."""
    labels = [request.region.spellings.get(label.casefold(), label) for label in step.holders]
    return next((label for label in labels if file.holding(label)), NOBODY_FITS)
