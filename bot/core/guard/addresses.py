"""Addresses: a street and a house number."""

import re
from typing import Final

from bot.core.guard.findings import Category, Finding
from bot.core.guard.phrases import Tokens
from bot.core.guard.wordlist import WordList

_HOUSE_NUMBER: Final = re.compile(r"[1-9]\d{0,3}(?:[abcdfghijlnopqrst]|bis|hs)?")  # not 3x, 1e or 5km
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_OTHER_NUMBER: Final = re.compile(r"\s?[:%]|[/.]\d|-\d{1,2}-\d{2}")  # a time, a share, a date

_LINKS: Final = frozenset({"van", "de", "der", "den", "het", "t"})


class AddressFinder:
    """Finds street plus number; a street alone, a room, a road (A12) or `is al weg 3 dagen` is none."""

    def __init__(self, words: WordList) -> None:
        sets = words.sets
        self._tails: Final = tuple(sets["street_tail"])
        self._bare: Final = sets["street_tail"]
        self._capital_tails: Final = tuple(sets["street_tail_capital"])
        self._not_street: Final = sets["not_street"]
        self._not_after: Final = sets["unit"] | sets["month"]
        self._residence: Final = sets["residence"]
        self._never: Final = sets["not_name"] | sets["room"] | sets["month"]

    def find(self, tokens: Tokens) -> list[Finding]:
        """The addresses, from the word that is the street to the house number."""
        findings: list[Finding] = []
        for at, word in enumerate(tokens.low):
            if word[0].isdigit() and self._is_house_number(tokens, at):
                street = _word_before_number(tokens, at)
                if street >= 0 and self._is_street(tokens, street):
                    findings.append(tokens.find(Category.ADDRESS, street, at))
        return findings

    def _is_house_number(self, tokens: Tokens, at: int) -> bool:
        word = tokens.low[at]
        if at == 0 or not _HOUSE_NUMBER.fullmatch(word) or _YEAR.fullmatch(word):
            return False
        if _OTHER_NUMBER.match(tokens.text, tokens.spans[at][1]):
            return False
        return at + 1 >= len(tokens.low) or tokens.low[at + 1] not in self._not_after

    def _is_street(self, tokens: Tokens, at: int) -> bool:
        low, raw = tokens.low[at], tokens.raw[at]
        if low in self._not_street:
            return False
        if low.endswith(self._tails) and low not in self._bare:
            return True
        capital = raw[0].isupper() and at > 0
        if capital and self._is_named_after(tokens, at):
            return True
        if capital and (
            low.endswith(self._capital_tails) or (low in self._bare and tokens.raw[at - 1][0].isupper())
        ):
            return True
        return capital and low not in self._never and self._is_where_somebody_lives(tokens, at)

    def _is_named_after(self, tokens: Tokens, at: int) -> bool:
        """`Laan van Voorbeeld 3`, `Plein van de Vrede 12`: the kind of street comes first, with its capital."""
        first = at - 1
        while first >= 0 and tokens.low[first] in _LINKS:
            first -= 1
        return 0 <= first < at - 1 and tokens.low[first] in self._bare and tokens.raw[first][0].isupper()

    def _is_where_somebody_lives(self, tokens: Tokens, at: int) -> bool:
        """`woont op Meent 14`, `adres: Lange Voorhout 3`: an announcing word makes any capitalised word a street."""
        before = tokens.low[max(0, at - 5) : at]
        return not self._residence.isdisjoint(before) and not {"op", "aan", ":"}.isdisjoint(before)


def _word_before_number(tokens: Tokens, at: int) -> int:
    """The place of the word before a house number, over `nr.` and the full stop of `Kerkstr.`; -1 when there is none."""
    street = at - 1
    if tokens.low[street] == "." and street and tokens.low[street - 1].endswith(("nr", "str")):
        street -= 1
    return street - 1 if tokens.low[street] in {"nr", "nummer", "no"} else street
