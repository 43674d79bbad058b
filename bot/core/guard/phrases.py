"""Matching the word list: tokens, phrases, compounds."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from bot.core.guard.findings import Category, Finding, found
from bot.core.guard.wordlist import Compounds, Phrase, WordList

# Words with an inner apostrophe, the mark after a field label, and the end of a sentence (which no phrase crosses).
_TOKEN: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)?|[:=]|[.!?;](?=\s|$)")
_MARKS: Final = frozenset(":=.!?;")

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Tokens:
    """A folded text in parallel lists: as written, in lower case, and where."""

    text: str
    raw: list[str]
    low: list[str]
    spans: list[tuple[int, int]]

    def find(self, category: Category, first: int, last: int) -> Finding:
        """A finding over the tokens `first` to `last`, both included."""
        return found(category, self.spans[first][0], self.spans[last][1])


def tokenise(folded: str) -> Tokens:
    matches = list(_TOKEN.finditer(folded))
    raw = [match.group() for match in matches]
    return Tokens(folded, raw, [word.lower() for word in raw], [match.span() for match in matches])


class PhraseFinder:
    """Finds the flagged words and phrases that no harmless phrase accounts for."""

    def __init__(self, words: WordList) -> None:
        self._flagged: Final = _by_first_word((phrase, category) for category, phrase in words.flagged)
        self._harmless: Final = _by_first_word((phrase, _written_words(phrase)) for phrase in words.harmless)
        self._compounds: Final = words.compounds

    def find(self, tokens: Tokens) -> tuple[list[Finding], frozenset[int]]:
        """The findings, and the places of the tokens that belong to something known to be harmless.

        A harmless phrase vouches for the words it names, not for those that happen to stand between them.
        """
        harmless = frozenset(
            place
            for at, word in enumerate(tokens.low)
            for phrase, written in self._harmless.get(word, ())
            for place in range(at, _end(phrase, tokens, at))
            if tokens.low[place] in written or tokens.raw[place] in written
        )
        findings: list[Finding] = []
        for at, word in enumerate(tokens.low):
            for phrase, category in self._flagged.get(word, ()):
                end = _end(phrase, tokens, at)
                if end > at and harmless.isdisjoint(range(at, end)):
                    findings.append(tokens.find(category, at, end - 1))
            if len(word) > 6 and at not in harmless:
                findings.extend(
                    tokens.find(one.category, at, at) for one in self._compounds if _is_compound(word, one)
                )
        return findings, harmless


def _by_first_word(entries: Iterable[tuple[Phrase, _T]]) -> Mapping[str, Sequence[tuple[Phrase, _T]]]:
    index: defaultdict[str, list[tuple[Phrase, _T]]] = defaultdict(list)
    for entry in entries:
        for word in entry[0][0].words or ():
            index[word.lower()].append(entry)
    return dict(index)


def _written_words(phrase: Phrase) -> frozenset[str]:
    return frozenset(word for step in phrase for word in step.words or () if not step.absent)


def _end(phrase: Phrase, tokens: Tokens, at: int, step: int = 0) -> int:
    """Where the phrase that begins at `at` ends (half open), or 0 when it does not stand there."""
    if step == len(phrase):
        return at
    words = phrase[step].words
    if phrase[step].absent:
        stands = at < len(tokens.low) and tokens.low[at] in (words or ())
        return 0 if stands else _end(phrase, tokens, at, step + 1)
    if at < len(tokens.low):
        low = tokens.low[at]
        fits = low not in _MARKS if words is None else low in words or tokens.raw[at] in words
        if fits and (end := _end(phrase, tokens, at + 1, step + 1)):
            return end
    return _end(phrase, tokens, at, step + 1) if phrase[step].optional else 0


def _is_compound(word: str, compounds: Compounds) -> bool:
    stems = compounds.stems
    if word.startswith(compounds.heads) and any(word.removeprefix(head) in stems for head in compounds.heads):
        return True
    if not word.endswith(compounds.tails):
        return False
    starts = (word.removesuffix(tail) for tail in compounds.tails if word.endswith(tail))
    # Dutch glues with nothing, an s, an n or en: turk-en-buurt, somalier-s-groep.
    return any(start.removesuffix(glue) in stems for start in starts for glue in ("", "s", "n", "en", "e"))
