"""The automaton of an expression: which characters it can read one after the other, in every way that it has."""

from __future__ import annotations

import re
import re._constants as c
import re._parser as parser
from dataclasses import dataclass, field
from typing import Any

FEW = 16
"""What is repeated at most so often is no loop."""
_SAMPLES = (
    [chr(n) for n in range(256)]
    + list("ıſKİΩωéÉаеоßﬁ٣１Ａａǅ")
    + ["\u2028", "\u2060", "\u0301", "–", "“", "”", "„", "€", "中", "🙂", "\u3000", "\U0001f600"]
)


@dataclass
class Automaton:
    """Nodes, and how one comes from one to another: by reading a character, or for nothing."""

    symbols: tuple[str, ...]
    hops: list[list[tuple[Any, int]]] = field(default_factory=list)
    """From node to node without reading; with (before, after): the characters that may stand on either side."""
    letters: list[list[tuple[frozenset[str], int]]] = field(default_factory=list)

    def node(self) -> int:
        self.hops.append([])
        self.letters.append([])
        return len(self.hops) - 1


class Builder:
    """From a parse tree to an automaton."""

    def __init__(self, pattern: re.Pattern[str], few: int | None) -> None:
        self.flags = pattern.flags
        self.few = few
        self.tree = parser.parse(pattern.pattern, pattern.flags)
        self.text = pattern.pattern
        self.symbols = self._alphabet()
        self.all = frozenset(self.symbols)
        self.nfa = Automaton(self.symbols)

    # -- characters --------------------------------------------------------------------------------

    def _alphabet(self) -> tuple[str, ...]:
        """One character for each way to fit or not fit every class of the expression."""
        leaves: dict[str, Any] = {}
        self._leaves(self.tree, leaves)
        word = re.compile(r"\w", self.flags & re.ASCII)
        seen: dict[tuple[bool, ...], str] = {}
        for char in (*_SAMPLES, *self.text):
            key = (
                *(self._fits(leaf, char) for leaf in leaves.values()),
                bool(word.match(char)),
                char == "\n",
            )
            seen.setdefault(key, char)
        return tuple(seen.values())

    def _leaves(self, tree: Any, found: dict[str, Any]) -> None:
        for op, value in tree:
            if op in {c.LITERAL, c.NOT_LITERAL, c.IN, c.ANY}:
                found[f"{op}{value}"] = (op, value)
            for part in _inside(op, value):
                self._leaves(part, found)

    def _fits(self, leaf: tuple[Any, Any], char: str) -> bool:
        op, value = leaf
        if op is c.ANY:
            return bool(self.flags & re.DOTALL) or char != "\n"
        if op is c.NOT_LITERAL:
            return not self._fits((c.LITERAL, value), char)
        tree = parser.SubPattern(parser.State(), [leaf])
        tree.state.flags = self.flags
        tree.state.str = ""
        return _compiled(tree, self.flags).fullmatch(char) is not None

    def _class(self, leaf: tuple[Any, Any]) -> frozenset[str]:
        return frozenset(char for char in self.symbols if self._fits(leaf, char))

    # -- the automaton -----------------------------------------------------------------------------

    def sequence(self, tree: Any, start: int) -> int:
        for op, value in tree:
            start = self._one(op, value, start)
        return start

    def _one(self, op: Any, value: Any, start: int) -> int:
        if op in {c.LITERAL, c.NOT_LITERAL, c.IN, c.ANY}:
            end = self.nfa.node()
            self.nfa.letters[start].append((self._class((op, value)), end))
            return end
        if op is c.SUBPATTERN:
            return self.sequence(value[3], start)
        if op is c.ATOMIC_GROUP:
            return self.sequence(value, start)
        if op is c.BRANCH:
            end = self.nfa.node()
            for way in value[1]:
                self._hop(self.sequence(way, start), end)
            return end
        if op in {c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT}:
            return self._repeat(value, start, possessive=op is c.POSSESSIVE_REPEAT)
        if op is c.AT:
            return self._at(value, start)
        if op in {c.ASSERT, c.ASSERT_NOT}:
            return self._look(op, value, start)
        if op is c.GROUPREF:
            return start  # what it repeats was read once already, and is short
        raise NotImplementedError(str(op))

    def _repeat(self, value: Any, start: int, *, possessive: bool) -> int:
        least, most, item = value
        endless = most is c.MAXREPEAT or (self.few is not None and most > self.few)
        for _ in range(min(int(least), FEW)):
            start = self.sequence(item, start)
        if endless:
            loop, end = self.nfa.node(), self.nfa.node()
            self._hop(start, loop)
            self._hop(self.sequence(item, loop), loop)
            only = self._class(tuple(item[0])) if len(item) == 1 and item[0][0] in _LEAVES else None
            # What lets go of nothing is followed by nothing that it could have read.
            after = (self.all - only) | {""} if possessive and only is not None else None
            self._hop(loop, end, LetsGo((None, after)) if after is not None else None)
            return end
        end = self.nfa.node()
        for _ in range(min(int(most) - int(least), 3)):
            self._hop(start, end)
            start = self.sequence(item, start)
        self._hop(start, end)
        return end

    def _at(self, where: Any, start: int) -> int:
        end = self.nfa.node()
        word = re.compile(r"\w", self.flags & re.ASCII)
        words = frozenset(char for char in self.symbols if word.match(char))
        others = (self.all - words) | {""}
        nothing = frozenset({""})
        match where:
            case c.AT_BEGINNING | c.AT_BEGINNING_STRING:
                lines = {"\n"} if self.flags & re.MULTILINE else set()
                self._hop(start, end, (nothing | lines, None))
            case c.AT_END:
                self._hop(start, end, (None, nothing | {"\n"}))
            case c.AT_END_STRING:
                self._hop(start, end, (None, nothing))
            case c.AT_BOUNDARY:
                self._hop(start, end, (words, others))
                self._hop(start, end, (others, words))
            case c.AT_NON_BOUNDARY:
                self._hop(start, end, (words, words))
                self._hop(start, end, (others, others))
            case _:
                raise NotImplementedError(str(where))
        return end

    def _look(self, op: Any, value: Any, start: int) -> int:
        direction, tree = value
        end = self.nfa.node()
        single = _single(tree)
        if single is not None:
            letters = frozenset().union(*(self._class(leaf) for leaf in single))
            if any(item is None for item in _ends(tree)):
                letters |= {""}
            allowed = letters if op is c.ASSERT else (self.all - letters) | ({""} - letters)
            self._hop(start, end, (allowed, None) if direction < 0 else (None, allowed))
            return end
        if direction > 0:
            self.sequence(tree, start)  # it is tried, and leads no further
        self._hop(start, end)
        return end

    def _hop(self, start: int, end: int, condition: Any = None) -> None:
        self.nfa.hops[start].append((condition, end))


_LEAVES = {c.LITERAL, c.NOT_LITERAL, c.IN, c.ANY}


def _compiled(tree: Any, flags: int) -> re.Pattern[str]:
    op, value = tree[0]
    text = _written(op, value)
    return re.compile(text, flags & (re.IGNORECASE | re.ASCII | re.DOTALL))


def _written(op: Any, value: Any) -> str:
    if op is c.LITERAL:
        return re.escape(chr(value))
    parts = []
    for kind, what in value:
        match kind:
            case c.NEGATE:
                parts.insert(0, "^")
            case c.LITERAL:
                parts.append(re.escape(chr(what)))
            case c.RANGE:
                parts.append(f"{re.escape(chr(what[0]))}-{re.escape(chr(what[1]))}")
            case c.CATEGORY:
                parts.append(_CATEGORIES[what])
            case _:
                raise NotImplementedError(str(kind))
    return f"[{''.join(parts)}]"


_CATEGORIES = {
    c.CATEGORY_DIGIT: r"\d",
    c.CATEGORY_NOT_DIGIT: r"\D",
    c.CATEGORY_SPACE: r"\s",
    c.CATEGORY_NOT_SPACE: r"\S",
    c.CATEGORY_WORD: r"\w",
    c.CATEGORY_NOT_WORD: r"\W",
}


def _inside(op: Any, value: Any) -> list[Any]:
    if op is c.SUBPATTERN:
        return [value[3]]
    if op is c.ATOMIC_GROUP:
        return [value]
    if op is c.BRANCH:
        return list(value[1])
    if op in {c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT}:
        return [value[2]]
    if op in {c.ASSERT, c.ASSERT_NOT}:
        return [value[1]]
    return []


def _ways(tree: Any) -> list[Any]:
    tree = list(tree)
    while len(tree) == 1 and tree[0][0] is c.SUBPATTERN:
        tree = list(tree[0][1][3])
    if len(tree) == 1 and tree[0][0] is c.BRANCH:
        return [way for part in tree[0][1][1] for way in _ways(part)]
    return [tree]


def _single(tree: Any) -> list[tuple[Any, Any]] | None:
    """The characters of a lookaround that looks at one only; None for others."""
    found = []
    for way in _ways(tree):
        if len(way) == 1 and way[0][0] in _LEAVES:
            found.append((way[0][0], way[0][1]))
        elif not (len(way) == 1 and way[0] == (c.AT, c.AT_END)):
            return None
    return found


def _ends(tree: Any) -> list[Any]:
    return [None for way in _ways(tree) if len(way) == 1 and way[0][0] is c.AT]


class LetsGo(tuple[Any, Any]):
    """What stands behind a loop that gives nothing back: no condition of its own."""

    __slots__ = ()
