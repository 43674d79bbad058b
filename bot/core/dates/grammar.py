"""
Rules over tokens: a pattern, and what it means.

A pattern is a row of words. Words in capitals are classes of tokens or phrases, and what they caught is handed to
the meaning; `a|b` is either, `a?` may be left out, and `$` ends a pattern that counts only where no ordinary word
follows ("de 2e", but not "de 2e keer").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from bot.core.dates.lexicon import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bot.core.dates.tokens import Token

Value = TypeVar("Value")

_MAY_FOLLOW: Final = words("om at op voor vóór of or en and rond tot uiterlijk 's in by before")


@dataclass(frozen=True, slots=True)
class _Element:
    labels: tuple[str, ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class _Rule(Generic[Value]):
    order: int
    elements: tuple[_Element, ...]
    closed: bool
    meaning: Callable[..., Value]


@dataclass(frozen=True, slots=True)
class Match(Generic[Value]):
    """`value` was read up to the token at `end`; not `closed` when the pattern's `$` was let pass."""

    end: int
    value: Value
    closed: bool = True


class Grammar(Generic[Value]):
    """
    An ordered table of rules. The longest match wins; of equals, the first.

    `context` is given to every meaning before what the pattern caught; `phrases` are grammars for parts, named in
    patterns by their key.
    """

    def __init__(
        self,
        rules: Iterable[tuple[str, Callable[..., Value]]],
        phrases: Mapping[str, Grammar[Any]] | None = None,
    ) -> None:
        self._phrases = phrases or {}
        self._by_first: dict[str, list[_Rule[Value]]] = {}
        for order, (pattern, meaning) in enumerate(rules):
            self._add(_compile(order, pattern, meaning))

    def _add(self, rule: _Rule[Value]) -> None:
        """File the rule under every label it can begin with."""
        for element in rule.elements:
            for label in element.labels:
                firsts = self._phrases[label].firsts() if label in self._phrases else (label,)
                for first in firsts:
                    self._by_first.setdefault(first, []).append(rule)
            if not element.optional:
                return

    def firsts(self) -> tuple[str, ...]:
        return tuple(self._by_first)

    def match(
        self, tokens: tuple[Token, ...], at: int, context: object, *, loose: bool = False
    ) -> Match[Value] | None:
        """The longest reading that begins at token `at`; `loose` lets `$` pass anywhere."""
        if at >= len(tokens):
            return None
        best: tuple[int, int] = (at, 0)
        found: Match[Value] | None = None
        for rule in {
            rule.order: rule for sense in tokens[at].senses for rule in self._by_first.get(sense, ())
        }.values():
            caught: list[object] = []
            end = self._walk(rule.elements, 0, tokens, at, context, caught)
            if end is None or (end, -rule.order) <= best:
                continue
            closed = not rule.closed or _is_boundary(tokens, end)
            if closed or loose:
                best = (end, -rule.order)
                found = Match(end, rule.meaning(context, *caught), closed)
        return found

    def _walk(
        self,
        elements: tuple[_Element, ...],
        n: int,
        tokens: tuple[Token, ...],
        at: int,
        context: object,
        caught: list[object],
    ) -> int | None:
        if n == len(elements):
            return at
        element = elements[n]
        for label in element.labels if at < len(tokens) else ():
            step = self._step(label, tokens, at, context)
            if step is None:
                continue
            if label.isupper():
                caught.append(step.value)
            end = self._walk(elements, n + 1, tokens, step.end, context, caught)
            if end is not None:
                return end
            if label.isupper():
                caught.pop()
        if element.optional:
            return self._walk(elements, n + 1, tokens, at, context, caught)
        return None

    def _step(self, label: str, tokens: tuple[Token, ...], at: int, context: object) -> Match[Any] | None:
        if label in self._phrases:
            return self._phrases[label].match(tokens, at, context)
        senses = tokens[at].senses
        return Match(at + 1, senses[label]) if label in senses else None


def _compile(order: int, pattern: str, meaning: Callable[..., Value]) -> _Rule[Value]:
    words = pattern.split()
    closed = words[-1] == "$"
    elements = tuple(
        _Element(tuple(word.removesuffix("?").split("|")), word.endswith("?"))
        for word in words
        if word != "$"
    )
    return _Rule(order, elements, closed, meaning)


def _is_boundary(tokens: tuple[Token, ...], at: int) -> bool:
    if at == len(tokens):
        return True
    follower = tokens[at]
    return follower.is_mark or "CLOCK" in follower.senses or not _MAY_FOLLOW.isdisjoint(follower.senses)
