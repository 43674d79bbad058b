"""
Cutting text into tokens, each with every sense its form allows.

A chunk with a digit in it is a number, date or time only when its whole form is one; anything else that holds a
digit (A4, Z-2026-014, 2025/2026, € 50) is `odd` and never part of a date.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from bot.core.dates import lexicon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Senses = dict[str, object]


@dataclass(frozen=True, slots=True)
class Token:
    """
    A word, number or mark at text[start:end].

    `senses` maps a class name in capitals (WEEKDAY, COUNT, CLOCK…) to its value; a word is a sense of itself.
    """

    start: int
    end: int
    senses: Mapping[str, object]

    @property
    def is_mark(self) -> bool:
        return "." in self.senses or "," in self.senses

    @property
    def is_numeric(self) -> bool:
        return "DIGITS" in self.senses

    @property
    def is_word(self) -> bool:
        return not self.is_mark and not self.is_numeric


_PLAIN: Final = str.maketrans(
    dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000\u200b\u2060\ufeff", " ")
    | dict.fromkeys("‘’‛`´", "'")
    | dict.fromkeys("“”„«»", '"')
    | dict.fromkeys("‐‑‒–—−", "-")
    | {"\u2044": "/"}
)
"""One character for one, so that places in the plain text are places in the original."""

_CHUNK: Final = re.compile(r"[0-9]++(?:,[0-9]+|[^\s,;]*)|[^\s,;]+|[,;]")
_EDGE_LEFT: Final = "([{<\"*_~'"
_EDGE_RIGHT: Final = ")]}>\"*_~'.:!?-…"

_WORD: Final = re.compile(r"[^\W\d_]+(?:[.'-][^\W\d_]+)*|t/m|'[a-z]|±")
_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_NUMERIC: Final = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})(?:\2([0-9]{4}|[0-9]{2}))?")
_NAMED: Final = re.compile(r"([0-9]{1,2})[-/.]?([a-z]{3,9})[-/.]?([0-9]{4}|[0-9]{2})?")
_CLOCK: Final = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2})(?:u|uur|h)?|(?:u|uur|h)([0-9]{2})?)")
_TWELVE_HOUR: Final = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?([ap])\.?m")
_NTH: Final = re.compile(r"([0-9]{1,2})(?:e|de|ste|st|nd|rd|th)")
_INTEGER: Final = re.compile(r"[0-9]{1,4}")
_DECIMAL: Final = re.compile(r"[0-9]{1,2},[0-9]+")
_SHORT_YEAR: Final = re.compile(r"'([0-9]{2})")
_WEEK: Final = re.compile(r"(?:wk|week)([0-9]{1,2})")


_MOST: Final = 150
"""Words of a text in which a date is looked for: what may be stored is shorter, and each costs."""


def tokenize(text: str) -> tuple[Token, ...]:
    plain = text.translate(_PLAIN)
    tokens: list[Token] = []
    for chunk in islice(_CHUNK.finditer(plain), _MOST):
        tokens.extend(_chunk_tokens(chunk.group(), chunk.start()))
    return tuple(
        Token(token.start, token.end, {"DIGITS": True})
        if n and token.is_numeric and _is_label(tokens[n - 1])
        else token
        for n, token in enumerate(tokens)
    )


def _chunk_tokens(chunk: str, start: int) -> Iterator[Token]:
    if chunk in ",;":
        yield Token(start, start + 1, {",": None})
        return
    core = chunk if _SHORT_YEAR.fullmatch(chunk) or chunk.lower() == "'s" else chunk.lstrip(_EDGE_LEFT)
    left = len(chunk) - len(core)
    core = core.rstrip(_EDGE_RIGHT)
    if left:
        yield Token(start, start + left, {".": None})
    begin, end = start + left, start + left + len(core)
    tail = chunk[left + len(core) :]
    word = _fold(core)
    if core:
        yield from _core_tokens(core, word, begin)
    if tail and not (tail == "." and _is_abbreviation(word)):
        yield Token(end, end + len(tail), {":" if tail == ":" else ".": None, ".": None})


def _core_tokens(core: str, word: str, begin: int) -> Iterator[Token]:
    parts = word.split("/")
    if len(parts) > 1 and word != "t/m" and len(word) == len(core) and all(p.isalpha() for p in parts):
        for n, part in enumerate(parts):
            if n:
                yield Token(begin - 1, begin, {"/": None})
            yield Token(begin, begin + len(part), word_senses(part))
            begin += len(part) + 1
        return
    yield Token(begin, begin + len(core), _senses(word))


def _fold(word: str) -> str:
    """Lower case without accents; vóór keeps its own, because it says more than voor."""
    word = unicodedata.normalize("NFC", word).casefold()
    if word.isascii() or word == "vóór":
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def _is_abbreviation(word: str) -> bool:
    """Whether a full stop after `word` belongs to it and does not end a sentence."""
    short = word in lexicon.SHORT_DAYS or (word in lexicon.MONTHS and len(word) <= 4 and word != "mei")
    return short or "." in word or word in {"art", "nr", "no", "blz", "par", "cat", "uiterl", "nl"}


def _is_label(token: Token) -> bool:
    return any(
        word in lexicon.LABELS or word.endswith(lexicon.STREET_ENDINGS) or word in {"€", "$", "#"}
        for word in token.senses
    )


def _senses(word: str) -> Senses:
    if not any(c.isdigit() for c in word):
        return word_senses(word) if _WORD.fullmatch(word) else {word: None}
    return {word: None, "DIGITS": True} | _number_senses(word)


def word_senses(word: str) -> Senses:
    senses: Senses = {word: None}
    tables: tuple[tuple[str, Mapping[str, object]], ...] = (
        ("DAYNAME", lexicon.FULL_DAYS),
        ("WEEKDAY", lexicon.FULL_DAYS),
        ("WEEKDAY", lexicon.SHORT_DAYS),
        ("MONTH", lexicon.MONTHS),
        ("UNIT", lexicon.UNITS),
        ("COUNT", lexicon.COUNTS_NL),
        ("COUNT", lexicon.COUNTS_EN),
        ("HOUR", lexicon.COUNTS_NL),
        ("ORDINAL", lexicon.ORDINALS),
        ("PART", lexicon.PARTS),
    )
    for name, table in tables:
        if word in table:
            senses[name] = table[word]
    if word in lexicon.SHORT_DAYS and word not in lexicon.DAYS_THAT_ARE_WORDS:
        senses["ABBREVIATION"] = lexicon.SHORT_DAYS[word]
    if word in lexicon.HOURS:
        senses["HOURS"] = lexicon.Unit.HOUR
    senses |= _glued_senses(word)
    return senses


def _glued_senses(word: str) -> Senses:
    """`vrijdagmiddag` is Friday, `vanavond` today: a day that carries its part of the day along."""
    for ending, part in lexicon.PARTS.items():
        stem = word.removesuffix(ending)
        if stem == word:
            continue
        if stem in lexicon.FULL_DAYS:
            return {"GLUED": part, "DAYNAME": lexicon.FULL_DAYS[stem], "WEEKDAY": lexicon.FULL_DAYS[stem]}
        if stem == "morgen":
            return {"GLUED": part, "morgen": None}
        if stem == "van":
            return {"GLUED": part, "vandaag": None}
    return {"GLUED": lexicon.Part.EVENING, "vandaag": None} if word == "tonight" else {}


def _number_senses(word: str) -> Senses:
    """What a form with digits can be; `10.05` can be two things, `2025/2026` none."""
    if _INTEGER.fullmatch(word):
        return _integer_senses(word)
    if found := _NUMERIC.fullmatch(word):
        return _separated_senses(found)
    if (found := _NAMED.fullmatch(word)) and found[2] in lexicon.MONTHS:
        return {"NUMERIC": (int(found[1]), lexicon.MONTHS[found[2]], int(found[3]) if found[3] else None)}
    for shape, senses in _SHAPES:
        if found := shape.fullmatch(word):
            return senses(found)
    return {}


_SHAPES: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Senses]], ...]] = (
    (_ISO, lambda found: {"NUMERIC": (int(found[3]), int(found[2]), int(found[1]))}),
    (_NTH, lambda found: {"NTH": int(found[1]), "ORDINAL": int(found[1])}),
    (_DECIMAL, lambda found: {"DECIMAL": found[0]}),
    (_SHORT_YEAR, lambda found: {"YEAR": 2000 + int(found[1])}),
    (_WEEK, lambda found: {"WEEKNUMBER": int(found[1])}),
    (_CLOCK, lambda found: {"CLOCK": (found[1], int(found[2] or found[3] or 0))}),
    (_TWELVE_HOUR, lambda found: {"TWELVEHOUR": (int(found[1]), int(found[2] or 0), found[3] == "p")}),
)


def _integer_senses(word: str) -> Senses:
    value = int(word)
    if len(word) == 4:
        return {"YEAR": value} if 2000 <= value < 2100 else {}
    if len(word) == 3:
        return {"COUNT": value}
    return {"DAY": value, "COUNT": value, "HOUR": value}


def _separated_senses(found: re.Match[str]) -> Senses:
    """
    Day and month, or with a point also hours and minutes.

    14.00 and 14.30 can only be a time; 16.3 and 16.03 only a date, as agreed times fall on five minutes.
    """
    day, separator, month, year = found.groups()
    date = (int(day), int(month), int(year) if year else None)
    if separator != "." or year or len(month) == 1:
        return {"NUMERIC": date}
    clock = (day, int(month))
    if int(month) == 0 or int(month) > 12:
        return {"CLOCK": clock}
    if int(day) > 24 or int(month) % 5:
        return {"NUMERIC": date}
    return {"POINTED": date, "CLOCK": clock}
