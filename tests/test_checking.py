"""`casusbot check` says what the controller has yet to fill in; the bot goes on meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.core.records.people import Pin, PinState
from bot.core.region import Controller, Region
from bot.operator.check import _privacy

POINT = "@contactpunt:x"
PIN = Pin(POINT, "AAAA", datetime(2026, 3, 2, tzinfo=UTC), PinState.FIRST_USE)


def test_what_is_missing_is_named_with_its_key() -> None:
    lines = list(_privacy(Region("R", frozenset()), {}))
    assert [line.startswith("LET OP") for line in lines] == [True, True]
    assert "controller" in lines[0]
    assert "contact_point" in lines[1]


def test_a_contact_point_that_nobody_compared_is_named() -> None:
    region = Region("R", frozenset(), controller=Controller("a", "b"), contact_points=frozenset({POINT}))
    assert POINT in list(_privacy(region, {POINT: PIN}))[-1]


def test_a_house_that_filled_in_everything_hears_no_warning() -> None:
    region = Region("R", frozenset(), controller=Controller("a", "b"), contact_points=frozenset({POINT}))
    compared = Pin(POINT, "AAAA", PIN.pinned_at, PinState.VERIFIED)
    assert not [line for line in _privacy(region, {POINT: compared}) if "LET OP" in line]
