"""Texts that are long, alike everywhere and nearly right: what a reader that can be made to take long takes long over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.hostile.automaton import Builder

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECES = (
    *(
        " ",
        "a",
        "1",
        "A",
        ",",
        ".",
        ":",
        "-",
        "(",
        '"',
        "?",
        "@",
        "/",
        "\n",
        "é",
        "e\u0301",
        "\u200b",
        "中",
        "ﬁ",
    ),
    *(
        "a ",
        "1 ",
        "a, ",
        "a: ",
        "1: ",
        "a-",
        "1-",
        "a.",
        "(a) ",
        "a\n",
        "!a\n",
        "!actie a: b\n",
        "!klaar\n",
        "/aa b\n",
    ),
    *("A1 ", "S1 ", "N1 ", "B1 ", "Z-2026-014 ", "T-2026-001 ", "@a:b.nl ", "@leerplicht ", "a@", "a@b.c "),
    *(
        "ja ",
        "en ",
        "of ",
        "reden ",
        "reden: ",
        "want ",
        "door ",
        "doel ",
        "grondslag ",
        "review ",
        "wijzig ",
    ),
    *(
        "morgen ",
        "morgen: ",
        "za:",
        "10:00 ",
        "1-1 ",
        "ma-di ",
        "ma t/m ",
        "12 mei ",
        "week 3 ",
        "van a t/m ",
        "over ",
    ),
    *(
        "moeder ",
        "Jan ",
        "Jan de ",
        "Kerkstraat ",
        "geboren ",
        "BSN ",
        "12345678",
        "06 1",
        "NL01 ",
        "1234 AB ",
    ),
)
_ENDS = ("", "\0")


def hostile(length: int) -> Iterator[tuple[str, str]]:
    """Texts of this length for whatever reads sentences, each with what it is made of."""
    for piece in _PIECES:
        yield repr(piece), (piece * length)[:length]


def around(pattern: re.Pattern[str], length: int) -> Iterator[tuple[str, str]]:
    """Texts of this length made of what an expression looks for, with an end that does not fit."""
    symbols = Builder(pattern, None).symbols
    words = [f"{word} " for word in re.findall(r"[a-z]{2,}", pattern.pattern)[:12]]
    for piece in (*symbols, *(f"{a}{b}" for a in symbols[:6] for b in symbols[:6] if a != b), *words):
        for end in _ENDS:
            yield repr(piece), (piece * length)[: length - len(end)] + end
