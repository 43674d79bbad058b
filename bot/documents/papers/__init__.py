"""The papers that a Zorg- en Veiligheidshuis must have, drawn from its configuration and from what the program does.

Dutch only: they are for a Dutch privacy officer and works council. What the program cannot know is said to be
`MISSING`, and stands in the checklist at the end of each paper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.documents.papers.annex import annex
from bot.documents.papers.council import council
from bot.documents.papers.flows import flows
from bot.documents.papers.record import record

if TYPE_CHECKING:
    from bot.documents.papers.facts import Facts
    from bot.documents.papers.paper import Paper


def papers(facts: Facts) -> tuple[Paper, ...]:
    """All four, in the order in which they are read."""
    return record(facts), annex(facts), flows(facts), council(facts)
