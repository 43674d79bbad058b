"""The regions of a configuration: a case handed to the wrong one cannot be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.core.region import Neighbour
from bot.settings.configuration import load
from tests.test_configuration import changed, faults, written

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["faults", "written"]

BOT, PERSON, KEY = "@casusbot:elders.example", "@coordinator:verder.example", "A" * 43
GROUPED = " ".join(["AAAA"] * 10) + " AAA"
WHOLE = {"bot": BOT, "fingerprint": KEY}


def test_a_region_with_a_bot_and_one_with_a_person_are_known_by_the_names_that_chairs_type(
    written: Callable[[str], Path],
) -> None:
    regions = {"Elders": {"bot": BOT, "fingerprint": GROUPED}, "Verder  weg": {"contact": PERSON}}
    loaded = load(written(changed(regions=regions))).region
    assert loaded.neighbours == (
        Neighbour("Elders", bot=BOT, fingerprint=KEY),
        Neighbour("Verder weg", contact=PERSON),
    )


@pytest.mark.parametrize(
    ("regions", "fault"),
    [
        pytest.param(
            {"Elders": {"bot": BOT}},
            "regions.Elders.fingerprint: ontbreekt. Vraag de beheerder daar om de hoofdsleutel uit `casusbot "
            "identity show`.",
            id="a bot that anybody could pass for",
        ),
        pytest.param(
            {"Elders": WHOLE | {"contact": PERSON}},
            "regions.Elders (regel 10): hier hoort een bot met zijn fingerprint, of een contact; niet allebei.",
            id="two who answer",
        ),
        pytest.param(
            {"Elders": {}},
            "regions.Elders (regel 10): hier hoort een bot met zijn fingerprint, of een contact; niet allebei.",
            id="nobody who answers",
        ),
        pytest.param(
            {"Elders": {"bot": "@casusbot:zvh.example", "fingerprint": KEY}},
            "regions.Elders (regel 10): dit is de eigen bot. Hier hoort die van de andere regio.",
            id="ourselves",
        ),
        pytest.param(
            {"Elders": dict(WHOLE), "Verder": dict(WHOLE)},
            "regions.Verder (regel 13): heeft dezelfde gebruiker als Elders. Haal er een weg.",
            id="one bot under two names",
        ),
        pytest.param(
            {"Elders": WHOLE, "elders": {"contact": PERSON}},
            "regions.elders (regel 13): is dezelfde naam als Elders. Haal er een weg.",
            id="two regions under one name",
        ),
        pytest.param(
            {"Elders": {"bot": BOT, "fingerprint": f"{KEY} A"}},
            "regions.Elders.fingerprint (regel 12): hier horen 43 tekens, zoals `casusbot identity show` ze toont.",
            id="a fingerprint with a character too many",
        ),
    ],
)
def test_a_region_that_could_be_mistaken_for_another_is_refused(
    regions: dict[str, Any], fault: str, faults: Callable[[str], tuple[str, ...]]
) -> None:
    assert faults(changed(regions=regions)) == (fault,)


def test_every_fault_of_every_region_is_said_at_once(faults: Callable[[str], tuple[str, ...]]) -> None:
    regions = {"Elders": {"bot": BOT, "fingerprint": f"{KEY} A"}, "Verder": {"bot": "@casusbot:zvh.example"}}
    assert [fault.partition(" ")[0].rstrip(":") for fault in faults(changed(regions=regions))] == [
        "regions.Verder.fingerprint",
        "regions.Elders.fingerprint",
        "regions.Verder",
    ]
