"""Numbers and other shapes: BSN, IBAN, phone, mail, postcode, plate, identity numbers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from bot.core.guard.dates import DATE, MONTH_NAME, YEAR, births
from bot.core.guard.findings import Action, Category, Finding, found
from bot.core.guard.wordlist import WordList

_BLANK: Final = "\0"  # stands for what is explained already; no pattern matches it

_EMAIL: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]+(?:@| ?[(\[] ?(?:at|apenstaartje) ?[)\]] ?| apenstaartje )"
    r"[\w-]+(?:(?:\.| ?[(\[](?:dot|punt)[)\]] ?| punt )[\w-]+)+",
    re.IGNORECASE,
)
_IBAN: Final = re.compile(r"(?<![A-Z0-9])[A-Z]{2} ?\d{2}(?:[ .-]?[A-Z0-9]){11,30}", re.IGNORECASE)
_LABELLED_IBAN: Final = re.compile(
    r"(?:iban|rekening)(?:nummer|nr)?\W{0,3}(?:is )?(NL\d{2}[ .-]?[A-Z]{4}(?:[ .-]?\d){8,10})(?!\d)",
    re.IGNORECASE,
)
_LABELLED_BSN: Final = re.compile(
    r"(?:\bb\.?s\.?n|burger ?service ?nummer|\bsofi(?:nummer)?|citizen service number)\.?"
    r"[\W_]{0,3}(?:(?:nummer|nr|is|van|no|luidt|client|kind|jongere|moeder|vader|betrokkene)\b[\W_]{0,3}){0,3}"
    r"(\d(?:[ ./-]{0,2}\d){7,8})(?!\d)",
    re.IGNORECASE,
)
_DIGITS: Final = re.compile(r"\d+")
_SEPARATOR: Final = re.compile(r"[ ./-]{1,2}")
# Prosecution number: office, six digits, year.
_PROSECUTION: Final = re.compile(r"(?<!\d)\d{2}[/-]\d{6}[/-]\d{2}(?!\d)")
# A police file: region of four digits, then the year and a number.
_POLICE_FILE: Final = re.compile(r"\bPL ?\d{4}[- ]?20\d{2}[- ]?\d{5,7}(?!\d)", re.IGNORECASE)
_V_NUMBER: Final = re.compile(r"(?<![A-Z0-9])V[-.: ]?\d{3}\.?\d{3}\.?\d{4}(?!\d)", re.IGNORECASE)
_ID_VALUE: Final = r"[A-Z]{0,5}\d[A-Z0-9]*+(?:[ ./-](?=[A-Z]*\d)[A-Z0-9]*+)*"
_PHONE: Final = re.compile(
    r"(?<![A-Z0-9+])(?<!\d[-./])(?:tel|mob)?"
    r"(?:\(?0\)?[1-9](?:[ ./()-]{0,3}\d){8}"
    r"|(?:\+|\(\+|00(?=[349]\d|2\d\d))[1-9]\d{0,2}(?:[ ./()-]{0,3}\d){7,12}"
    r"|31[ -]?6(?:[ -]?\d){8})(?!\d)",
    re.IGNORECASE,
)
_LABELLED_PHONE: Final = re.compile(
    r"\b(?:tel|telnr|telefoon(?:nummer|nr)?|mobiel(?: ?nummer)?|06-?nummer|whatsapp)\b\W{0,3}(?:is )?"
    r"(\d(?:[ -]?\d){6,9})(?!\d)",
    re.IGNORECASE,
)
# Free and paid public numbers: 0800-2000 is Veilig Thuis, 0900-8844 the police.
_PUBLIC_PHONE: Final = re.compile(r"\(?0[89]00|\(?090[69]")
_POSTCODE: Final = re.compile(r"(?<![\w-])([1-9]\d{3})( ?)([A-Z]{2})(?![\w-])", re.IGNORECASE)
_LABELLED_POSTCODE: Final = re.compile(r"\bpostcode\W{1,2}(?:is )?([1-9]\d{3})(?!\d)", re.IGNORECASE)
_NO_POSTCODE_BEFORE: Final = re.compile(rf"(?:\bart(?:ikel|\.)?|€|\beuro?|{MONTH_NAME}) ?$", re.IGNORECASE)
# Post letters that were never given out (and EU: an amount), and units that stand glued to a number.
_NO_POST_LETTERS: Final = frozenset({"SA", "SD", "SS", "EU"})
_UNIT_LETTERS: Final = frozenset(
    {"mg", "ml", "km", "kg", "kw", "cm", "mm", "px", "nl", "pk", "wd", "pp", "mb", "gb"}
)
# The layouts ("sidecodes") of Dutch plates: A a letter, 9 a digit.
_PLATE_LAYOUTS: Final = (
    "AA-99-99 99-99-AA 99-AA-99 AA-99-AA AA-AA-99 99-AA-AA 99-AAA-9 9-AAA-99 AA-999-A A-999-AA AAA-99-A A-99-AAA"
    " 9-AA-999 999-AA-9"
)
_PLATE_SHAPE: Final = "|".join(_PLATE_LAYOUTS.translate({ord("A"): "[A-Z]", ord("9"): r"\d"}).split())
_PLATE: Final = re.compile(rf"(?<![A-Z0-9])(?<!\d-)(?:{_PLATE_SHAPE})(?![A-Z0-9])(?!-\d)", re.IGNORECASE)
_LABELLED_PLATE: Final = re.compile(
    r"\b(?:kenteken|nummerbord|nummerplaat)(?:nummer)?\b(?:\W+[a-z]+){0,4}?\W{1,3}"
    rf"({re.sub('(?<=[]d])-', '[ -]?', _PLATE_SHAPE)})(?![A-Z0-9])",
    re.IGNORECASE,
)
_MONTH_IN_PLATE: Final = re.compile(rf"\d+-{MONTH_NAME}-\d+", re.IGNORECASE)
_CASE_REFERENCE: Final = re.compile(rf"(?<![A-Z])(?!BSN)[A-Z]{{1,4}}-?{YEAR}-\d{{1,6}}(?!\d)", re.IGNORECASE)
_AMOUNT: Final = re.compile(r"[€$] ?\d[\d.,]*|(?<![\d.,])\d[\d.,]*(?= ?(?:euro|eur)\b)", re.IGNORECASE)
_YEAR_ALONE: Final = re.compile(YEAR)


class NumberFinder:
    """Finds what has a shape. A stretch that is explained (a date, an amount, a phone) is not read as a BSN."""

    def __init__(self, words: WordList) -> None:
        sets = words.sets
        self._persons: Final = sets["kin"]
        self._pairs: Final = sets["organisation_pair"]
        self._case_label: Final = re.compile(
            rf"\b(?:{_either(sets['case_label'])})\b\W{{0,3}}(?:(?:nr|nummer|is)\b\W{{0,3}})?$", re.IGNORECASE
        )
        self._labelled_id: Final = re.compile(
            rf"\b(?:{_either(sets['id_label'])})\b\W{{0,3}}(?:(?:nr|nummer|is)\b\W{{0,3}}){{0,2}}({_ID_VALUE})",
            re.IGNORECASE,
        )

    def find(self, text: str, names: Sequence[Finding]) -> list[Finding]:
        """The findings in a folded text. `names` are those already found: a date next to one is a date of birth."""
        findings = [found(Category.EMAIL, *match.span()) for match in _EMAIL.finditer(text)]
        rest = _without(text, findings)
        if not any(map(str.isdigit, text)):
            return findings
        findings += _labelled(rest)
        findings += births(rest, names, self._persons)
        findings += self._id_numbers(rest)
        for look in (_ibans, _prosecution_numbers, self._plates):
            explained = list(look(rest))
            findings += explained
            rest = _without(rest, explained)
        for pattern in (_CASE_REFERENCE, DATE, _AMOUNT):
            rest = pattern.sub(lambda match: _BLANK * len(match.group()), rest)
        phones = list(self._phones(rest))
        findings += (phone for phone, private in phones if private)
        rest = _without(rest, [phone for phone, _ in phones])
        findings += self._bsns(rest)
        findings += self._postcodes(text, rest)
        return findings

    def _id_numbers(self, text: str) -> Iterator[Finding]:
        for match in _V_NUMBER.finditer(text):
            yield found(Category.ID_NUMBER, *match.span())
        for match in self._labelled_id.finditer(text):
            value = match.group(1)
            if len(value) > 3 and not _YEAR_ALONE.fullmatch(value) and not DATE.match(value):
                yield found(Category.ID_NUMBER, *match.span(1))

    def _plates(self, text: str) -> Iterator[Finding]:
        for match in _PLATE.finditer(text):
            word = match.group()
            letters = {part.lower() for part in word.split("-") if part.isalpha()}
            # Mixed case is no plate; `OM-12-34` is a letter mark, `9-mei-26` a date.
            one_case = word.isupper() or word.islower()
            if one_case and letters.isdisjoint(self._pairs) and not _MONTH_IN_PLATE.fullmatch(word):
                yield found(Category.LICENSE_PLATE, *match.span())

    def _phones(self, text: str) -> Iterator[tuple[Finding, bool]]:
        """Every number with the shape of a phone number, and whether it can be a private one."""
        for match in _PHONE.finditer(text):
            private = not _PUBLIC_PHONE.match(match.group()) and not self._is_case_number(text, match.start())
            yield found(Category.PHONE, *match.span()), private

    def _bsns(self, text: str) -> Iterator[Finding]:
        for start, end in _nine_digits(text):
            action = Action.WARN if self._is_case_number(text, start) else Action.BLOCK
            yield Finding(Category.BSN, start, end, action)

    def _is_case_number(self, text: str, start: int) -> bool:
        return self._case_label.search(text, max(0, start - 40), start) is not None

    def _postcodes(self, text: str, rest: str) -> Iterator[Finding]:
        for match in _LABELLED_POSTCODE.finditer(rest):
            yield found(Category.POSTCODE, *match.span(1))
        for match in _POSTCODE.finditer(rest):
            digits, space, letters = match.groups()
            if letters.upper() in _NO_POST_LETTERS or not (
                letters.isupper() or (letters.islower() and not space)
            ):
                continue
            if letters in _UNIT_LETTERS or (
                space and _YEAR_ALONE.fullmatch(digits) and letters.lower() in self._pairs
            ):
                continue
            if not _NO_POSTCODE_BEFORE.search(text, max(0, match.start() - 14), match.start()):
                yield found(Category.POSTCODE, *match.span())


def _either(words: Iterable[str]) -> str:
    """The words as alternatives; a hyphen may also be a space or missing."""
    return "|".join(
        sorted((re.escape(word).replace(r"\-", "[- ]?") for word in words), key=len, reverse=True)
    )


def _without(text: str, findings: Iterable[Finding]) -> str:
    for one in findings:
        text = text[: one.start] + _BLANK * (one.end - one.start) + text[one.end :]
    return text


def _labelled(text: str) -> Iterator[Finding]:
    """What its label gives away even when the checksum fails: a typing error is still somebody's number."""
    for category, pattern in (
        (Category.BSN, _LABELLED_BSN),
        (Category.IBAN, _LABELLED_IBAN),
        (Category.PHONE, _LABELLED_PHONE),
        (Category.LICENSE_PLATE, _LABELLED_PLATE),
    ):
        for match in pattern.finditer(text):
            if not DATE.fullmatch(match.group(1)):
                yield found(category, *match.span(1))


def _ibans(text: str) -> Iterator[Finding]:
    for match in _IBAN.finditer(text):
        # The pattern may have swallowed the words behind it: the longest prefix with a right checksum is the number.
        for end in range(match.end(), match.start() + 14, -1):
            if text[end : end + 1].isalnum():
                continue
            compact = "".join(filter(str.isalnum, text[match.start() : end]))
            enough = sum(map(str.isdigit, compact)) >= 10  # ordinary words pass the checksum once in 97
            if 15 <= len(compact) <= 34 and enough and _mod97(compact):
                yield found(Category.IBAN, match.start(), end)
                break


def _mod97(compact: str) -> bool:
    """ISO 13616: country and check digits to the back, letters as 10 to 35, remainder 1."""
    return int("".join(str(int(char, 36)) for char in compact[4:] + compact[:4])) % 97 == 1


def _prosecution_numbers(text: str) -> Iterator[Finding]:
    for pattern in (_PROSECUTION, _POLICE_FILE):
        for match in pattern.finditer(text):
            yield found(Category.ID_NUMBER, *match.span())


def _nine_digits(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of nine digits, or eight on their own, that pass the BSN check; separators between any two."""
    groups = [match.span() for match in _DIGITS.finditer(text)]
    joined = [bool(_SEPARATOR.fullmatch(text, left[1], right[0])) for left, right in pairwise(groups)]
    joined.append(False)
    for first, (start, _) in enumerate(groups):
        digits = ""
        for last in range(first, len(groups)):
            digits += text[slice(*groups[last])]
            alone = not joined[last] and not (first and joined[first - 1])
            if len(digits) == 9 or (len(digits) == 8 and alone):
                year = last > first and _YEAR_ALONE.fullmatch(text, *groups[first])  # 2026-00345
                if not year and _passes_eleven(digits.zfill(9)):
                    yield start, groups[last][1]
            if len(digits) >= 9 or not joined[last]:
                break


def _passes_eleven(digits: str) -> bool:
    """The BSN check: weights 9 to 2 and minus 1, sum divisible by eleven; none begins with two zeros."""
    total = sum(
        int(digit) * weight for digit, weight in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True)
    )
    return total % 11 == 0 and not digits.startswith("00")
