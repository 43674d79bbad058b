"""The guard itself, and the type of every stored free text, which only the guard makes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

from bot.core.guard.addresses import AddressFinder
from bot.core.guard.findings import Action, Category, Finding, found, strongest
from bot.core.guard.fold import fold, normalise
from bot.core.guard.names import NameFinder
from bot.core.guard.numbers import NumberFinder
from bot.core.guard.phrases import PhraseFinder, tokenise
from bot.core.guard.wordlist import WordList

_CASE: Final = re.compile(r"\b(?!T-)[A-Z]{1,5}-\d{4}-\d{1,6}\b", re.IGNORECASE | re.ASCII)


class KeptText(str):
    """A text that the guard let through. A function that takes one needs no check of its own.

    It cannot be built from a plain string: `Guard.keep` makes it, and `from_store` reads back what was kept. Any
    string operation gives a plain `str` again, so what is cut or glued must pass the guard anew.
    """

    __slots__ = ()

    def __new__(cls, *_: object) -> Self:
        raise TypeError("only Guard.keep makes a KeptText")

    @classmethod
    def from_store(cls, text: str) -> Self:
        """A text read back from a row that was written as KeptText; nothing else may call this."""
        return str.__new__(cls, text)

    def __repr__(self) -> str:
        """Without the text: a repr ends up in logs and tracebacks, where no case text may be."""
        return f"<KeptText, {len(self)} characters>"

    def __reduce__(self) -> tuple[Callable[[str], Self], tuple[str]]:
        # copy and dataclasses.asdict would otherwise call __new__, which refuses.
        return type(self).from_store, (str(self),)


@dataclass(frozen=True, slots=True)
class Kept:
    """Admitted: the normalised text, and the categories the echo has one line about (each once, in text order)."""

    text: KeptText
    warnings: tuple[Category, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Not admitted. Offsets count in `normalise(text)`; the text itself is deliberately not here."""

    findings: tuple[Finding, ...]
    too_long: bool = False


class Guard:
    """Looks at texts with one word list. Built once, without state afterwards."""

    def __init__(self, words: WordList) -> None:
        self._phrases: Final = PhraseFinder(words)
        self._names: Final = NameFinder(words)
        self._addresses: Final = AddressFinder(words)
        self._numbers: Final = NumberFinder(words)

    def look(self, text: str) -> tuple[Finding, ...]:
        """All that stands out in `text`: sorted, without overlap, offsets in the text as given. Never raises."""
        folded, origin = fold(text)
        tokens = tokenise(folded)
        phrases, harmless = self._phrases.find(tokens)
        names = self._names.find(tokens, harmless)
        raw = strongest([*phrases, *names, *self._addresses.find(tokens), *self._numbers.find(folded, names)])
        if origin is None:
            return raw
        return tuple(Finding(f.category, origin[f.start], origin[f.end - 1] + 1, f.action) for f in raw)

    def keep(self, text: str, *, max_length: int, theme: bool = False) -> Kept | Refused:
        """The text in its stored form, or a refusal when a block or mask finding stands or it is too long.

        `max_length` counts characters of the normalised text: a longer one is refused unread, never cut, because
        half an agreement is another agreement. In a `theme` room nothing is kept that points at a case: no
        reference, and nothing that is only warned about elsewhere (domain L17).
        """
        normal = normalise(text)
        if len(normal) > max_length:
            return Refused((), too_long=True)
        findings = self.look(normal)
        if theme:
            findings = tuple(_general(f) for f in findings)
            findings += tuple(found(Category.CASE, *match.span()) for match in _CASE.finditer(normal))
        if standing := tuple(f for f in findings if f.action is not Action.WARN):
            return Refused(standing)
        return Kept(KeptText.from_store(normal), tuple(dict.fromkeys(f.category for f in findings)))


def _general(finding: Finding) -> Finding:
    """What is asked about in a case is out of place in a theme room: it says something of a person."""
    return found(Category.CASE, finding.start, finding.end) if finding.action is Action.WARN else finding
