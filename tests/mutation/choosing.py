"""Which tests are to notice a mutant, the likeliest and quickest first."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from tests.mutation.recording import ROOT, SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.mutation.mutants import Mutant
    from tests.mutation.recording import Recorded

_SECONDS = 8.0
"""Of tests, at the cost of recording them, which is twice their own: what none of these notices counts as not noticed."""
_LEVELS = 3
"""How far a name is followed through the names that are made of it."""


class Choice:
    def __init__(self, recorded: Iterable[Recorded]) -> None:
        self.costs: dict[str, float] = {}
        self.ran: dict[tuple[str, int], set[str]] = defaultdict(set)
        self.imported: set[tuple[str, int]] = set()
        self.noticed: dict[str, dict[str, None]] = defaultdict(dict)
        """By module the tests that noticed a mutant of it, the last first."""
        for one in recorded:
            self.costs |= one.costs
            for path, lines in one.ran.items():
                for line, tests in lines.items():
                    self.ran[path, line].update(tests)
            self.imported |= {(path, line) for path, lines in one.imported.items() for line in lines}
        self.read, self.made_of = _names()
        self.texts = {file: (ROOT / file).read_text() for file in {_file(test) for test in self.costs}}

    def needs_import(self, path: str, mutant: Mutant) -> bool:
        """Whether the change shows only where the module is imported anew."""
        lines = {(path, line) for line in mutant.lines}
        return mutant.place.function is None or not self.imported.isdisjoint(lines)

    def of(self, path: str, mutant: Mutant) -> dict[str, float]:
        """The tests in order, with their costs."""
        found = set(chain.from_iterable(self.ran.get((path, line), ()) for line in mutant.lines))
        own = self._files_about(path, mutant.place.name or "")
        if not self.needs_import(path, mutant):
            first = {test for test in found if _file(test) in own}
        else:
            first = {test for test in self.costs if _file(test) in own}
            names = self._made_of(mutant.place.name or "")
            places = chain.from_iterable(self.read.get(name, ()) for name in names)
            found.update(chain.from_iterable(self.ran.get(place, ()) for place in places))
        noticed = [test for test in self.noticed[path] if test in found | first]
        return self._bounded(noticed, self._in_turn(first), self._in_turn(found))

    def _files_about(self, path: str, name: str) -> set[str]:
        """The tests that import the module; of those, where there are any, the ones that speak of the name."""
        package, _, module = path.removesuffix(".py").replace("/", ".").rpartition(".")
        imports = re.compile(rf"{package}\.{module}\b|from {package} import [^)#]*\b{module}\b")
        files = {file for file, text in self.texts.items() if imports.search(text)}
        return {file for file in files if re.search(rf"\b{name}\b", self.texts[file])} or files

    def notice(self, path: str, test: str) -> None:
        others = {other: None for other in self.noticed[path] if other != test}
        self.noticed[path] = dict.fromkeys([test, *[*others][:20]])

    def _made_of(self, name: str) -> set[str]:
        names = {name}
        for _ in range(_LEVELS):
            names |= set(chain.from_iterable(self.made_of.get(one, ()) for one in names))
        return names

    def _bounded(self, *groups: Iterable[str]) -> dict[str, float]:
        chosen: dict[str, float] = {}
        spent = 0.0
        for test in chain.from_iterable(groups):
            if test not in chosen and (not chosen or spent + self.costs[test] <= _SECONDS):
                chosen[test] = self.costs[test]
                spent += self.costs[test]
        return chosen

    def _in_turn(self, tests: Iterable[str]) -> Iterable[str]:
        """One of each file in turn, the quickest first."""
        files: dict[str, list[str]] = defaultdict(list)
        for test in sorted(tests, key=lambda test: (self.costs[test], test)):
            files[_file(test)].append(test)
        return (test for row in zip_longest(*files.values()) for test in row if test)


def _file(test: str) -> str:
    return test.partition("::")[0]


def _names() -> tuple[dict[str, set[tuple[str, int]]], dict[str, set[str]]]:
    """Where functions speak of a name, and which names of modules are made of it."""
    read: dict[str, set[tuple[str, int]]] = defaultdict(set)
    made_of: dict[str, set[str]] = defaultdict(set)
    for path in chain.from_iterable((ROOT / folder).rglob("*.py") for folder in SOURCES):
        name = str(path.relative_to(ROOT))
        for top in ast.parse(path.read_text()).body:
            if isinstance(top, ast.Assign | ast.AnnAssign):
                for target in top.targets if isinstance(top, ast.Assign) else [top.target]:
                    for said, _ in _spoken(top.value):
                        made_of[said].add(ast.unparse(target))
            else:
                for said, line in _spoken(top):
                    read[said].add((name, line))
    return read, made_of


def _spoken(node: ast.AST | None) -> Iterable[tuple[str, int]]:
    for one in ast.walk(node) if node else ():
        if isinstance(one, ast.Name):
            yield one.id, one.lineno
        elif isinstance(one, ast.Attribute):
            yield one.attr, one.lineno
