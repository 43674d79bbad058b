from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from bot.core.dates import (
    Ask,
    AskReason,
    Found,
    Note,
    When,
    leading_when,
    read_when,
    say_day,
    say_short,
    say_weekday_short,
    say_when,
    split_when,
)
from bot.core.dates.calendar import AMSTERDAM

MOMENTS = {
    "ma2mrt": "2026-03-02T10:00",
    "vr6mrt": "2026-03-06T16:00",
    "zo8mrt": "2026-03-08T20:00",
    "zomertijd": "2026-03-28T12:00",  # the night before the clocks go forward
    "wintertijd": "2026-10-24T12:00",  # and the night before they go back
    "wo18nov": "2026-11-18T10:00",
    "oudjaar": "2026-12-31T15:00",
    "schrikkel": "2028-02-29T09:00",
}
MONDAY = datetime(2026, 3, 2, 10, tzinfo=AMSTERDAM)


def corpus() -> Iterator[pytest.param]:
    for line in Path(__file__).with_name("dates_corpus.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            function, moment, phrase, *expected = line.split("\t")
            yield pytest.param(function, moment, phrase, expected, id=f"{moment} {function}: {phrase}")


def shown(when: When) -> str:
    return f"{when.day} {when.wall:%H:%M}" if when.wall else f"{when.day}"


def columns(answer: When | Ask | None) -> list[str]:
    match answer:
        case None:
            return ["-"]
        case When():
            return [shown(answer), " ".join(note.name for note in answer.notes)]
        case Ask():
            return [f"? {answer.reason.name}", " | ".join(map(shown, answer.suggestions))]


def answered(function: str, phrase: str, at: datetime) -> list[str]:
    match function:
        case "split":
            found = split_when(phrase, at=at)
            return [*columns(found.when), found.text] if found else ["-"]
        case "lead":
            lead = leading_when(phrase, at=at)
            return [*columns(lead[0]), lead[1]] if lead else ["-"]
        case _:
            return columns(read_when(phrase, at=at))


@pytest.mark.parametrize(("function", "moment", "phrase", "expected"), tuple(corpus()))
def test_a_deadline_nobody_agreed_is_never_guessed(
    function: str, moment: str, phrase: str, expected: list[str]
) -> None:
    at = datetime.fromisoformat(MOMENTS[moment]).replace(tzinfo=AMSTERDAM)
    found = answered(function, phrase, at)
    while found and not found[-1]:
        found.pop()
    assert found == expected


@pytest.mark.parametrize(
    "phrase",
    [
        "vrijdag\u00a06\u00a0maart",
        "  vrijdag   6 maart\t2026 ",
        "VRIJDAG 6 MAART.",
        "“vrijdag 6 maart”",
        "6\u20133\u20132026",
        "vrijdag 6 maart \u201926",
        "uiterlijk vr. 6 mrt.",
        "\u200bvr 6 mrt",
        "zesde maart",
    ],
)
def test_typography_does_not_hide_a_date(phrase: str) -> None:
    assert read_when(phrase, at=MONDAY) == When(date(2026, 3, 6))


def test_voor_with_its_accents_decomposed_is_still_the_day_before() -> None:
    expected = When(date(2026, 3, 5), notes=(Note.DAY_BEFORE,))
    assert read_when("vo\u0301o\u0301r vrijdag", at=MONDAY) == expected
    assert read_when("vóór vrijdag", at=MONDAY) == expected


def test_a_phrase_counts_from_the_local_day_it_was_written_on() -> None:
    just_after_midnight = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)  # 00:30 on Tuesday in Amsterdam
    assert read_when("morgen", at=just_after_midnight) == When(date(2026, 3, 4))


def test_a_question_quotes_what_was_written() -> None:
    found = split_when("veiligheidsplan bijwerken, volgende vrijdag", at=MONDAY)
    assert found is not None
    assert isinstance(found.when, Ask)
    assert found.when.phrase == "volgende vrijdag"


def test_a_term_in_hours_counts_real_hours_when_the_clocks_change() -> None:
    saturday = datetime(2026, 3, 28, 12, tzinfo=AMSTERDAM)
    assert read_when("binnen 24 uur", at=saturday) == When(date(2026, 3, 29), time(13), (Note.WEEKEND,))


def test_an_agreed_date_on_a_closed_day_is_mentioned_and_not_shifted() -> None:
    assert read_when("15 mei", at=MONDAY) == When(date(2026, 5, 15), notes=(Note.EQUATED,))
    assert read_when("5 april", at=MONDAY) == When(date(2026, 4, 5), notes=(Note.WEEKEND, Note.HOLIDAY))


def test_an_answer_that_picks_one_of_two_is_understood() -> None:
    asked = read_when("volgende vrijdag", at=MONDAY)
    assert isinstance(asked, Ask)
    assert asked.reason is AskReason.NEXT
    assert read_when("de 13e", at=MONDAY) in asked.suggestions


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("plan maken ( uiterlijk 6 maart )", "plan maken"),
        ("plan maken - uiterlijk 6 maart.", "plan maken"),
        ("Plan maken; uiterlijk 6 maart; daarna delen", "Plan maken; daarna delen"),
        ("uiterlijk 6 maart: plan maken", "plan maken"),
        ("uiterlijk 6 maart", ""),
    ],
)
def test_no_debris_is_left_where_the_date_stood(text: str, left: str) -> None:
    assert split_when(text, at=MONDAY) == Found(left, When(date(2026, 3, 6)))


def test_dates_are_written_with_their_weekday() -> None:
    day = date(2026, 3, 6)
    assert say_day(day) == "vrijdag 6 maart 2026"
    assert say_day(day, at=date(2026, 3, 2)) == "vrijdag 6 maart"
    assert say_day(day, at=date(2026, 3, 7)) == "vrijdag 6 maart 2026"
    assert say_day(day, language="en") == "Friday 6 March 2026"
    assert say_when(When(day, time(12))) == "vrijdag 6 maart 2026, 12:00"
    assert say_when(When(day)) == "vrijdag 6 maart 2026"
    assert (say_short(day), say_weekday_short(day)) == ("vr 6/3", "vr 6 mrt")
    assert (say_short(day, language="en"), say_weekday_short(day, language="en")) == ("Fri 6/3", "Fri 6 Mar")
