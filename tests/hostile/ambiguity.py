"""Whether an expression can cost more than one pass over a text: read from its parse tree, over all texts at once.

A backtracking matcher tries every way in which an expression can read a run of text. Two loops that can read the same
run one after the other (`\\s*:?\\s*`), and a loop from whose first character a search can begin again at the next one
(`\\w+x`), have as many ways as the run is long: quadratic or worse, for some text. This finds the two places, p and q,
and a word that leads p to p, p to q and q to q: an automaton without such places reads with a bounded number of tries
a character. That some end of the text makes all of them fail is taken for granted, so it may find fault with an
expression that is fast; rewriting it is cheaper than the proof. Loops inside lookarounds are looked at as well.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import product
from typing import TYPE_CHECKING, TypeVar

from tests.hostile.automaton import FEW, Automaton, Builder, LetsGo

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

_P = TypeVar("_P")
Place = tuple[int, str]
"""A node and the character that was read to get there."""


def moves(nfa: Automaton, start: Place) -> list[Place]:
    """Where one more character leads, once for each way to get there."""
    node, last = start
    found: list[Place] = []

    def walk(at: int, after: frozenset[str] | None, path: frozenset[int]) -> None:
        if at in path:
            return
        for letters, end in nfa.letters[at]:
            found.extend((end, char) for char in (letters if after is None else letters & after))
        for condition, end in nfa.hops[at]:
            before, then = condition or (None, None)
            if before is not None and last not in before:
                continue
            both = then if after is None else after if then is None else after & then
            walk(end, both, path | {at})

    walk(node, None, frozenset())
    return found


def two_ways(pattern: re.Pattern[str], *, searches: bool, whole: bool) -> str | None:
    """A run of text that the expression can read in two ways; None where there is none."""
    inner = Builder(pattern, FEW)
    first = inner.nfa.node()
    accepting = inner.sequence(inner.tree, first)
    ways = _Ways(inner.nfa, [(first, char) for char in ("", *inner.symbols)])
    if (found := ways.found(None if whole else accepting)) or not searches:
        return found
    outer = Builder(pattern, None)
    before, entry = outer.nfa.node(), outer.nfa.node()
    outer.nfa.letters[before].append((outer.all, before))
    outer.nfa.hops[before].append((None, entry))
    accepting = outer.sequence(outer.tree, entry)
    return _Ways(outer.nfa, [(before, "")]).found_again(before, accepting)


class _Ways:
    """Looks in one automaton for two places that can read the same."""

    def __init__(self, nfa: Automaton, roots: list[Place]) -> None:
        self.nfa = nfa
        self.graph: dict[Place, list[Place]] = {}
        waiting = list(roots)
        while waiting:
            place = waiting.pop()
            if place not in self.graph:
                self.graph[place] = moves(nfa, place)
                waiting += self.graph[place]
        self.back: dict[Place, list[Place]] = defaultdict(list)
        for place, ends in self.graph.items():
            for end in ends:
                self.back[end].append(place)
        self.by: dict[Place, dict[str, set[Place]]] = {}
        for place, ends in self.graph.items():
            self.by[place] = defaultdict(set)
            for end in ends:
                self.by[place][end[1]].add(end)
        self.freely = {
            place: [end for condition, end in hops if condition is None or isinstance(condition, LetsGo)]
            for place, hops in enumerate(nfa.hops)
        }
        self.free: dict[int, set[int]] = {}
        self.towards: dict[Place, set[Place]] = {}
        self.group = _groups(self.graph)
        size = Counter(self.group.values())
        self.loops = [
            place for place in self.graph if size[self.group[place]] > 1 or place in self.graph[place]
        ]

    def found(self, accepting: int | None) -> str | None:
        """A word with two ways; a loop where the whole may end (`accepting`) fails nowhere."""
        for p in self.loops:
            if twice := self._twice(p):
                return twice
            for q in self.loops:
                fails = accepting is None or not self._ends(q[0], accepting)
                if p != q and p[1] == q[1] and fails and (word := self._word(p, q)) is not None:
                    return word
        return None

    def found_again(self, before: int, accepting: int) -> str | None:
        """As `found`, where the first place is the search itself; a loop that may end there fails nowhere."""
        for p in self.loops:
            for q in self.loops:
                again = p[0] == before != q[0] and p[1] == q[1] and not self._ends(q[0], accepting)
                if again and (word := self._word(p, q)) is not None:
                    return word
        return None

    def _ends(self, node: int, accepting: int) -> bool:
        if node not in self.free:
            self.free[node] = _reached(self.freely, node)
        return accepting in self.free[node]

    def _twice(self, p: Place) -> str | None:
        """A word that leads a place back to itself in two ways: exponential."""
        group, graph, home = self.group, self.graph, self.group[p]
        waiting: list[tuple[Place, Place, bool, str]] = [(p, p, False, "")]
        seen = {(p, p, False)}
        for a, b, apart, word in waiting:
            for (i, x), (j, y) in product(enumerate(graph[a]), enumerate(graph[b])):
                if x[1] != y[1] or group[x] != home or group[y] != home:
                    continue
                differ = apart or x != y or (a == b and i != j)
                if differ and x == p == y:
                    return word + x[1]
                if (x, y, differ) not in seen:
                    seen.add((x, y, differ))
                    waiting.append((x, y, differ, word + x[1]))
        return None

    def _word(self, p: Place, q: Place) -> str | None:
        """A word that leads p to p, p to q and q to q."""
        group = self.group
        if q not in self.towards:
            self.towards[q] = _reached(self.back, q)
        towards = self.towards[q]
        if p not in towards:
            return None
        waiting: list[tuple[Place, Place, Place, str]] = [(p, p, q, "")]
        seen = {(p, p, q)}
        for a, b, d, word in waiting:
            for char in self.by[a].keys() & self.by[b].keys() & self.by[d].keys():
                for x, y, z in product(self.by[a][char], self.by[b][char], self.by[d][char]):
                    if not (group[x] == group[p] and y in towards and group[z] == group[q]):
                        continue
                    if (x, y, z) == (p, q, q):
                        return word + char
                    if (x, y, z) not in seen:
                        seen.add((x, y, z))
                        waiting.append((x, y, z, word + char))
        return None


def _reached(graph: Mapping[_P, list[_P]], start: _P) -> set[_P]:
    seen = {start}
    waiting = [start]
    while waiting:
        for end in graph.get(waiting.pop(), ()):
            if end not in seen:
                seen.add(end)
                waiting.append(end)
    return seen


def _groups(graph: Mapping[Place, list[Place]]) -> dict[Place, int]:
    """Strongly connected places, by number (Tarjan)."""
    order: dict[Place, int] = {}
    low: dict[Place, int] = {}
    group: dict[Place, int] = {}
    stack: list[Place] = []
    for root in graph:
        if root in order:
            continue
        order[root] = low[root] = len(order)
        stack.append(root)
        walk = [(root, iter(graph[root]))]
        while walk:
            place, ends = walk[-1]
            for end in ends:
                if end not in order:
                    order[end] = low[end] = len(order)
                    stack.append(end)
                    walk.append((end, iter(graph[end])))
                    break
                if end not in group:
                    low[place] = min(low[place], order[end])
            else:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[place])
                if low[place] == order[place]:
                    while True:
                        member = stack.pop()
                        group[member] = order[place]
                        if member == place:
                            break
    return group
