"""When something was seen: exact days looking back, and nothing made up where the words are not exact."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.dates import say_day, seen_day
from bot.core.dates.calendar import AMSTERDAM

MONDAY = datetime(2026, 3, 2, 10, 15, tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("vandaag niet op school", date(2026, 3, 2)),
        ("vanochtend niet op school", date(2026, 3, 2)),
        ("gisteren onrust in de straat", date(2026, 3, 1)),
        ("eergisteren", date(2026, 2, 28)),
        ("afgelopen vrijdag de deur niet opengedaan", date(2026, 2, 27)),
        ("vorige week dinsdag", date(2026, 2, 24)),
        ("de woning leek leeg, gezien dinsdag 24 februari", date(2026, 2, 24)),
        ("op 24-2-2026 gebeld", date(2026, 2, 24)),
        ("sinds 1 februari niet op school", date(2026, 2, 1)),
        ("3 december vertrokken", date(2025, 12, 3)),
        ("twee dagen geleden", date(2026, 2, 28)),
        ("yesterday", date(2026, 3, 1)),
        ("last Friday no answer at the door", date(2026, 2, 27)),
        ("Feb 24, 2026", date(2026, 2, 24)),
    ],
)
def test_an_exact_day_is_read(text: str, day: date) -> None:
    assert seen_day(text, at=MONDAY) == day


@pytest.mark.parametrize(
    "text",
    [
        "vorig jaar in april drie weken afwezig, daarna teruggekomen",
        "vorige week",
        "3 weken geleden",
        "op 24 en op 26 februari en 1 maart",
        "morgen op vakantie",
        "31 februari",
        "3 maart 2027",
        "de deur niet opengedaan",
        "",
    ],
)
def test_no_day_is_made_up(text: str) -> None:
    assert seen_day(text, at=MONDAY) is None


@given(st.integers(0, 900))
def test_every_day_that_is_written_in_full_is_read_as_itself(back: int) -> None:
    day = MONDAY.date() - timedelta(days=back)
    assert seen_day(f"gezien op {say_day(day)}", at=MONDAY) == day


@given(st.text(max_size=60))
def test_a_day_that_has_yet_to_come_was_never_seen(text: str) -> None:
    found = seen_day(text, at=MONDAY)
    assert found is None or found <= MONDAY.date()
