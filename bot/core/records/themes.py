"""The states of a theme room. Everything that affects a transition lives in this file.

A working group, think tank or network talks there about a subject and never about a case (domain, L17 and A27).
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from bot.core.records.states import StateTable
from bot.core.text import Text

REFERENCE: Final = re.compile(r"T-\d{4}-\d{1,6}", re.IGNORECASE | re.ASCII)
"""How a theme room is named: its own letter, so that nobody takes it for a case."""


class ThemeState(StrEnum):
    PREPARATION = "preparation"
    ACTIVE = "active"
    STRUCTURAL = "structural"
    ONCE = "once"
    ONGOING_ATTENTION = "ongoing_attention"
    CLOSED = "closed"


class ThemeStep(StrEnum):
    """What can happen to a theme."""

    START = "start"
    MEET_REGULARLY = "meet_regularly"
    MEET_ONCE = "meet_once"
    KEEP_WATCH = "keep_watch"
    CLOSE = "close"


S, T = ThemeState, ThemeStep

TRANSITIONS = StateTable[ThemeState, ThemeStep](
    {
        (S.PREPARATION, T.START): S.ACTIVE,
        (S.PREPARATION, T.MEET_REGULARLY): S.STRUCTURAL,
        (S.PREPARATION, T.MEET_ONCE): S.ONCE,
        (S.PREPARATION, T.CLOSE): S.CLOSED,
        (S.ACTIVE, T.MEET_REGULARLY): S.STRUCTURAL,
        (S.ACTIVE, T.KEEP_WATCH): S.ONGOING_ATTENTION,
        (S.ACTIVE, T.CLOSE): S.CLOSED,
        (S.STRUCTURAL, T.START): S.ACTIVE,
        (S.STRUCTURAL, T.KEEP_WATCH): S.ONGOING_ATTENTION,
        (S.STRUCTURAL, T.CLOSE): S.CLOSED,
        (S.ONCE, T.START): S.ACTIVE,
        (S.ONCE, T.CLOSE): S.CLOSED,
        (S.ONGOING_ATTENTION, T.START): S.ACTIVE,
        (S.ONGOING_ATTENTION, T.MEET_REGULARLY): S.STRUCTURAL,
        (S.ONGOING_ATTENTION, T.CLOSE): S.CLOSED,
        (S.CLOSED, T.START): S.ACTIVE,
    }
)
reachable = TRANSITIONS.reachable

STATE_NAMES: dict[ThemeState, Text] = {
    S.PREPARATION: Text("voorbereiding", "preparation"),
    S.ACTIVE: Text("actief", "active"),
    S.STRUCTURAL: Text("structureel", "structural"),
    S.ONCE: Text("eenmalig", "once"),
    S.ONGOING_ATTENTION: Text("doorlopende aandacht", "ongoing attention"),
    S.CLOSED: Text("afgesloten", "closed"),
}

STEP_NAMES: dict[ThemeStep, Text] = {
    T.START: Text("beginnen", "start"),
    T.MEET_REGULARLY: Text("geregeld overleggen", "meet regularly"),
    T.MEET_ONCE: Text("eenmaal overleggen", "meet once"),
    T.KEEP_WATCH: Text("in de gaten houden", "keep watch"),
    T.CLOSE: Text("afsluiten", "close"),
}
