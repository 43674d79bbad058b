"""Names of people: a capital alone is never enough, it takes a known name, a title or an announcing word."""

from collections.abc import Set as AbstractSet
from typing import Final

from bot.core.guard.findings import Category, Finding
from bot.core.guard.phrases import Tokens
from bot.core.guard.wordlist import WordList

Stretch = tuple[int, int] | None  # first and last token of a name


class NameFinder:
    """Finds names by four shapes; roles, codes (`jongere A`), organisations and months are never one."""

    def __init__(self, words: WordList) -> None:
        sets = words.sets
        self._alone: Final = sets["given_name"]
        self._given: Final = sets["given_name"] | sets["given_name_or_word"]
        self._surnames: Final = sets["surname"]
        self._particles: Final = sets["particle"]
        self._titles: Final = sets["title"] | sets["title_short"]
        self._short_titles: Final = sets["title_short"]
        self._professions: Final = sets["profession"]
        self._named: Final = sets["named"]
        self._kin: Final = sets["kin"]
        self._rooms: Final = sets["room"]
        self._things: Final = sets["programme"] | sets["room"]
        self._coded: Final = sets["code_noun"] | sets["person"]
        self._place_tails: Final = tuple(sets["place_tail"])
        self._never: Final = (
            sets["not_name"]
            | sets["month"]
            | sets["person"]
            | sets["unit"]
            | sets["code_noun"]
            | self._things
        )

    def find(self, tokens: Tokens, harmless: AbstractSet[int]) -> list[Finding]:
        """The names outside the tokens that are known to be harmless."""
        findings: list[Finding] = []
        after = 0
        for at in range(len(tokens.raw)):
            if at < after or at in harmless:
                continue
            stretch = self._stretch(tokens, at, harmless)
            if stretch:
                findings.append(tokens.find(Category.NAME, *stretch))
                after = stretch[1] + 1
        return findings

    def _stretch(self, tokens: Tokens, at: int, harmless: AbstractSet[int]) -> Stretch:
        low = tokens.low[at]
        if low in self._given:
            return self._from_given_name(tokens, at, harmless)
        if low in self._titles:
            return self._from_title(tokens, at, harmless) or self._from_kin(tokens, at, harmless)
        if low in self._named:
            return self._from_announcement(tokens, at, harmless)
        if low in self._kin:
            return self._from_kin(tokens, at, harmless)
        if low in self._professions:
            return self._from_profession(tokens, at, harmless)
        if _is_initial(tokens.raw[at]):
            return self._from_initials(tokens, at, harmless)
        return None

    def _from_given_name(self, tokens: Tokens, at: int, harmless: AbstractSet[int]) -> Stretch:
        """`Kevin`, `Kevin B`, `Kevin van den Berg`, `kevin jansen`; not `zaal Emma` or `Emma Ziekenhuis`."""
        if at and tokens.low[at - 1] in self._rooms:
            return None
        raw, low = tokens.raw, tokens.low
        if raw[at].islower():
            last = self._surname(tokens, at + 1, harmless, known=True)
            certain = low[at] in self._alone or (last == at + 1)
            return (at, last) if last and certain else None
        if not _is_titlecase(raw[at]):
            return None
        end = at + 1
        while end < len(raw) and _is_titlecase(raw[end]) and low[end] in self._given:
            end += 1
        last = self._surname(tokens, end, harmless)
        if last is None and end < len(raw) and _is_initial(raw[end]):
            last = end
        if last is None and (end - at > 1 or low[at] in self._alone):
            last = end - 1
        return None if last is None or self._is_place(tokens, last + 1) else (at, last)

    def _from_title(self, tokens: Tokens, at: int, harmless: AbstractSet[int]) -> Stretch:
        """`mevrouw Jansen`, `dhr. J. de Vries`, `familie Bakker`; not `mevrouw A` or `de heer van het OM`."""
        raw = tokens.raw
        end = at + 1
        if end < len(raw) and raw[end] == "." and tokens.low[at] in self._short_titles:
            end += 1
        while end < len(raw) and (_is_initial(raw[end]) or (raw[end] == "." and _is_initial(raw[end - 1]))):
            end += 1
        last = self._surname(tokens, end, harmless, known=True)
        return (at, last) if last else None

    def _from_announcement(self, tokens: Tokens, at: int, harmless: AbstractSet[int]) -> Stretch:
        """`genaamd X`, `naam: X`; not `werkgroep genaamd X`."""
        low = tokens.low
        if not self._things.isdisjoint(low[max(0, at - 3) : at]):
            return None
        end = at + 1
        if end < len(low) and low[end] in {":", "=", "is"}:
            end += 1
        elif low[at] == "naam":
            return None
        if end < len(low) and self._may_name(tokens, end, harmless):
            return (end, self._surname(tokens, end + 1, harmless) or end)
        return None

    def _from_kin(self, tokens: Tokens, at: int, harmless: AbstractSet[int]) -> Stretch:
        """`broertje Xem`: a capital straight after a word for one person; codes stay (`jongere A`, `jongere J1`)."""
        end = at + 1
        if tokens.low[at] in self._kin and end < len(tokens.raw) and self._may_name(tokens, end, harmless):
            return (end, self._surname(tokens, end + 1, harmless) or end)
        return None

    def _from_profession(self, tokens: Tokens, at: int, harmless: AbstractSet[int]) -> Stretch:
        """`wijkagent De Groot`; not `wijkagent Almere`: what follows must be a known surname, with its capital."""
        last = self._surname(tokens, at + 1, harmless)
        known = last is not None and tokens.low[last] in self._surnames and _is_titlecase(tokens.raw[last])
        return (at + 1, last) if known and last is not None else None

    def _from_initials(self, tokens: Tokens, at: int, harmless: AbstractSet[int]) -> Stretch:
        """`J. de Vries`, `A.B. Jansen`; not `optie B. Daarna`."""
        if at and tokens.low[at - 1] in self._coded:
            return None
        end = at
        while end + 1 < len(tokens.raw) and _is_initial(tokens.raw[end + 1]) and _dotted(tokens, end):
            end += 1
        if not tokens.text.startswith(".", tokens.spans[end][1]):
            return None
        after = end + 2 if end + 1 < len(tokens.raw) and tokens.raw[end + 1] == "." else end + 1
        last = self._surname(tokens, after, harmless)
        if last is None:
            return None
        certain = end > at or last > after or after == end + 1 or tokens.low[last] in self._surnames
        return (at, last) if certain else None

    def _surname(
        self, tokens: Tokens, at: int, harmless: AbstractSet[int], *, known: bool = False
    ) -> int | None:
        """The last token of a surname that begins at `at`, particles first. `known`: lower case will do for one listed."""
        raw, low = tokens.raw, tokens.low
        start = at
        while at < len(raw) and at - start < 3 and low[at] in self._particles:
            at += 1
        if at >= len(raw):
            return None
        if not self._may_name(tokens, at, harmless) and not (known and low[at] in self._surnames):
            return None
        while at + 1 < len(raw) and self._may_name(tokens, at + 1, harmless) and _hyphenated(tokens, at):
            at += 1
        return at

    def _may_name(self, tokens: Tokens, at: int, harmless: AbstractSet[int]) -> bool:
        raw, low = tokens.raw[at], tokens.low[at]
        shaped = _is_titlecase(raw) or (len(raw) > 3 and raw.isupper() and low in self._surnames)
        return (
            shaped and low not in self._never and at not in harmless and not low.endswith(self._place_tails)
        )

    def _is_place(self, tokens: Tokens, at: int) -> bool:
        """Whether the capitals that go on at `at` end in a building: `Martin Luther King basisschool`."""
        while at < len(tokens.low):
            if tokens.low[at].endswith(self._place_tails):
                return True
            if not _is_titlecase(tokens.raw[at]):
                return False
            at += 1
        return False


def _is_titlecase(word: str) -> bool:
    return len(word) > 1 and word[0].isupper() and not word.isupper() and word.replace("'", "").isalpha()


def _is_initial(word: str) -> bool:
    return len(word) == 1 and word.isupper()


def _dotted(tokens: Tokens, at: int) -> bool:
    return tokens.text[tokens.spans[at][1] : tokens.spans[at + 1][0]] == "."


def _hyphenated(tokens: Tokens, at: int) -> bool:
    return tokens.text[tokens.spans[at][1] : tokens.spans[at + 1][0]] == "-"
