"""Dates, and which of them are somebody's date of birth."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from bot.core.guard.findings import Category, Finding, found

YEAR: Final = r"(?:19|20)\d\d"
_MONTH_WORD: Final = r"(?:jan|feb|mrt|maart|mar|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]{0,7}\b\.?"
MONTH_NAME: Final = rf"\b{_MONTH_WORD}"
_DAY: Final = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_DATE: Final = (
    rf"(?<!\d)(?:(?<!\d[-/.]){_DAY}[-/.]{_MONTH}[-/.]{YEAR}|(?<!\d[-/. ]){_DAY} {_MONTH} {YEAR}|{YEAR}[-/.]{_MONTH}[-/.]{_DAY}"
    rf"|(?<!\d[-/. ])(?<!\d[-/. ]{{2}}){_DAY}[-/.]{_MONTH}[-/.]\d\d(?![-/. ]{{0,2}}\d)"
    rf"|{YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2]){YEAR}"
    rf"|{_DAY}(?:e|ste|de)?[ -]?{_MONTH_WORD}(?:[ -]'?(?:{YEAR}|\d\d))?)(?!\d)"
)
DATE: Final = re.compile(_DATE, re.IGNORECASE)
_WRITTEN_YEAR: Final = re.compile(YEAR)
_BIRTH: Final = re.compile(
    r"\b(?:geb(?:oren|oorte ?(?:datum|dag|jaar)|\.? ?dat(?:um)?)?|g\.d|dob|date of birth|born|verjaardag|jarig)\b"
    r"[\s:.=(]*(?:(?:van|het|de|oudste|jongste|kind|zoon|dochter|vader|moeder|jongere|client|[A-Z]\d?)\b[\s:.=(]*){0,3}"
    r"(?:(?:is|op|on|in|te|dd)\b[\s.:]*)?(?:[A-Z][\w-]+,? (?:op )?)?"
    rf"({_DATE}|(?<!\d){_DAY}[-/]{_MONTH}(?![-/]?\d)|{YEAR}(?!\d))",
    re.IGNORECASE,
)
_WORD_BEFORE: Final = re.compile(r"(?<![^\W_])([^\W_]+)(?: (?:is|zijn|was))?(?: van)?\W{1,3}$")
# A case is kept for five years at most: an older date right after a person is not that of a meeting.
_LONG_AGO: Final = 2020


def births(text: str, names: Sequence[Finding], persons: AbstractSet[str]) -> Iterator[Finding]:
    """Dates that are announced as one of birth, follow a name, or stand with a person (`moeder (03-05-1982)`)."""
    for match in _BIRTH.finditer(text):
        yield found(Category.DATE_OF_BIRTH, *match.span(1))
    name_ends = {name.end for name in names}
    for match in DATE.finditer(text):
        year = _WRITTEN_YEAR.search(match.group())
        before = _WORD_BEFORE.search(text, max(0, match.start() - 40), match.start())
        if year is None or before is None:
            continue
        word = before.group(1)
        person = word.lower() in persons or (len(word) < 3 and word[0].isupper())
        if before.end(1) in name_ends or (person and int(year.group()) < _LONG_AGO):
            yield found(Category.DATE_OF_BIRTH, *match.span())
