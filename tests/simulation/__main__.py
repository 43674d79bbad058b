"""Plays the year of a whole region and writes its table to docs/jaar.md. Half a minute."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.simulation.region import REGION_SIZE
from tests.simulation.year import Year, play, table

PAGE = Path(__file__).parents[2] / "docs" / "jaar.md"
SEED = 2026
HEAD = """# Een jaar van een regio

Een verzonnen jaar, gespeeld door de regels van de klok: wie er wanneer iets te horen kreeg. De mensen komen uit een
vast zaad: sommigen antwoorden vlot, anderen zelden; vier op de tien werken in deeltijd, de helft gaat met verlof. Wat
het laat zien: niemand krijgt meer dan één herinnering per dag, niemand buiten de eigen uren, en wat blijft liggen komt
op de afgesproken werkdag bij de casusregisseur en de procesregisseur. `tests/simulation/test_year.py` bewijst dat bij
elke wijziging opnieuw, over ditzelfde jaar.

Gemaakt met `python -m tests.simulation`; niet met de hand wijzigen.

"""


def page(year: Year) -> str:
    """docs/jaar.md as it should be."""
    return HEAD + table(year, SEED)


def main() -> None:
    began = time.perf_counter()
    year = play(SEED, REGION_SIZE)
    PAGE.write_text(page(year), encoding="utf-8")
    print(page(year))
    print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
