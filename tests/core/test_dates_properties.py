from datetime import date, datetime, time, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.dates import (
    Ask,
    When,
    leading_when,
    lexicon,
    read_when,
    say_day,
    say_short,
    say_weekday_short,
    say_when,
    split_when,
)
from bot.core.dates.calendar import AMSTERDAM, at_local
from bot.core.dates.rendering import Language

MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 12, 31), timezones=st.just(AMSTERDAM))  # noqa: DTZ001
LANGUAGES: st.SearchStrategy[Language] = st.sampled_from(("nl", "en"))

VOCABULARY = sorted(
    {*lexicon.SHORT_DAYS, *lexicon.FULL_DAYS, *lexicon.MONTHS, *lexicon.UNITS, *lexicon.PARTS}
    | {*lexicon.COUNTS_NL, *lexicon.COUNTS_EN, *lexicon.HOURS}
    | lexicon.words(
        "vandaag morgen overmorgen over binnen voor vóór uiterlijk tot t/m na vanaf rond niet eind begin half volgende "
        "komende deze vorige a.s. jl. de het van op om in of en , . kwart uur pasen kerst koningsdag elke zsm week "
        "12 1 31 0 99 2026 2099 13e 29e 30-2 6/3 31-12-2099 29-2 10.05 14:30 24:00 25:00 7:00 3pm 2026-03-06 '27 "
        "1,5 A4 2-3 999 werkdagen school bellen end of next by before until noon half past"
    )
)
PHRASES = st.lists(st.sampled_from(VOCABULARY), max_size=9).map(" ".join)


def check_answer(answer: When | Ask | None, at: datetime) -> None:
    match answer:
        case When():
            check_ahead(answer, at)
        case Ask():
            assert len(answer.suggestions) <= 3
            assert answer.suggestions, "a question offers something to choose"
            assert len(set(answer.suggestions)) == len(answer.suggestions)
            days = [found.day for found in answer.suggestions]
            assert days == sorted(days)
            for suggestion in answer.suggestions:
                check_ahead(suggestion, at)


def check_ahead(when: When, at: datetime) -> None:
    assert at.date() <= when.day <= at.date() + relativedelta(years=5)
    if when.wall:
        assert at_local(when.day, when.wall) > at - timedelta(minutes=1)


@pytest.mark.parametrize("source", [PHRASES, st.text()], ids=["words of the grammar", "any text"])
def test_no_text_raises_or_gives_a_date_in_the_past(source: st.SearchStrategy[str]) -> None:
    @given(source, MOMENTS)
    def check(text: str, at: datetime) -> None:
        check_answer(read_when(text, at=at), at)
        found = split_when(text, at=at)
        check_answer(found and found.when, at)
        lead = leading_when(text, at=at)
        check_answer(lead and lead[0], at)

    check()


@given(PHRASES, MOMENTS)
def test_a_sentence_loses_nothing_but_its_date(text: str, at: datetime) -> None:
    found = split_when(text, at=at)
    if found:
        rest = iter(text)
        assert all(c in rest for c in found.text)  # in order, nothing added


@given(MOMENTS, st.integers(0, 5 * 365), LANGUAGES)
def test_a_date_the_bot_writes_is_the_date_it_reads(at: datetime, ahead: int, language: Language) -> None:
    day = at.date() + timedelta(days=ahead)
    assert read_day(say_day(day, language=language), at) == day
    assert read_day(say_day(day, language=language, at=at.date()), at) == day


@given(MOMENTS, st.integers(0, 180), LANGUAGES)
@example(datetime(2026, 12, 31, 12, tzinfo=AMSTERDAM), 1, "nl")
@example(datetime(2026, 7, 1, 12, tzinfo=AMSTERDAM), 23, "nl")  # vr 24/7
def test_a_short_date_is_read_back_in_the_half_year_before_it(
    at: datetime, ahead: int, language: Language
) -> None:
    day = at.date() + timedelta(days=ahead)
    assert read_day(say_short(day, language=language), at) == day
    assert read_day(say_weekday_short(day, language=language), at) == day


@given(MOMENTS, st.integers(1, 1000), st.integers(1, 24 * 60 - 1), LANGUAGES)
def test_a_time_the_bot_writes_is_the_time_it_reads(
    at: datetime, ahead: int, minute: int, language: Language
) -> None:
    when = When(at.date() + timedelta(days=ahead), time(minute // 60, minute % 60))
    found = read_when(say_when(when, language=language), at=at)
    assert isinstance(found, When)
    assert (found.day, found.wall) == (when.day, when.wall)


def read_day(text: str, at: datetime) -> date:
    found = read_when(text, at=at)
    assert isinstance(found, When), found
    return found.day


@given(
    st.integers(0, 9999),
    st.sampled_from(("gesprekken", "kinderen", "jaar oud", "meldingen", "euro", "km", "%")),
)
def test_a_count_is_never_eaten_as_a_date(number: int, noun: str) -> None:
    at = datetime(2026, 3, 2, 10, tzinfo=AMSTERDAM)
    assert split_when(f"nagaan of {number} {noun} klopt", at=at) is None
    assert read_when(f"{number} {noun}", at=at) is None
