"""Mutation testing: small changes to the rules, one at a time, and which of them no fast test notices.

`python -m tests.mutation [MODULE ...]`, a module as `bot/core/records/actions.py` or `bot.core.records.actions`;
a folder stands for all in it.
"""

from __future__ import annotations

import os
import pickle
import resource
import sys
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.mutation.choosing import Choice
from tests.mutation.forking import BROKEN, fork_all
from tests.mutation.mutants import mutants
from tests.mutation.recording import FAST, KEPT, OPTIONS, ROOT, recorded
from tests.mutation.trying import Collected, try_imported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import CodeType

    from tests.mutation.mutants import Mutant

MODULES = ("bot/core", "commands/registry.py", "commands/permitting.py")
PROCESSES = min(2, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Tried:
    path: str
    mutant: Mutant
    n: int

    def code(self) -> CodeType:
        return self.mutant.compiled(str(ROOT / self.path))

    @property
    def function(self) -> tuple[str, int]:
        assert self.mutant.place.function
        return self.mutant.place.function

    @property
    def verdict(self) -> Path:
        """Holds the test that noticed it, from its process to this one."""
        return KEPT.with_name(f"{self.n}.verdict")


def modules(arguments: Sequence[str]) -> list[str]:
    """The paths that are meant, relative to the root."""
    found: list[str] = []
    for argument in arguments or MODULES:
        path = ROOT / argument
        if not path.exists():
            path = ROOT / argument.replace(".", "/")
        path = path if path.exists() else path.with_suffix(".py")
        if not path.exists():
            raise SystemExit(f"{argument}: no such module")
        files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        found += [str(file.relative_to(ROOT)) for file in files]
    return found


class Run:
    """All mutants of some modules, and what became of each: by number, whether it was noticed."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.tests = Choice(recorded(PROCESSES))
        made = ((path, mutant) for path in paths for mutant in mutants((ROOT / path).read_text()))
        self.all = [Tried(path, mutant, n) for n, (path, mutant) in enumerate(made)]
        self.outcome: dict[int, int] = {}

    def imported(self) -> None:
        self._each(
            [one for one in self.all if self.tests.needs_import(one.path, one.mutant)],
            lambda one, tests: try_imported(one.path, one.code(), tests, one.verdict),
        )

    def exchanged(self, collected: Collected) -> None:
        self._each(
            [one for one in self.all if not self.tests.needs_import(one.path, one.mutant)],
            lambda one, tests: collected.try_exchanged(one.code(), one.function, tests, one.verdict),
        )

    def _each(self, tried: list[Tried], attempt: Callable[[Tried, Mapping[str, float]], int]) -> None:
        unchanged = {one.path: replace(one, n=-1 - one.n, mutant=one.mutant.undone()) for one in tried}

        def jobs() -> Iterator[tuple[Tried, Callable[[], int]]]:
            for one in (*unchanged.values(), *tried):
                tests = self.tests.of(one.path, one.mutant)
                if not tests:
                    self.outcome[one.n] = 0
                    continue
                yield one, partial(attempt, one, tests)

        for one, status in fork_all(jobs(), PROCESSES):
            if one.n < 0 and status:
                raise SystemExit(f"\n{one.path}: the tests fail without any change")
            self.outcome[one.n] = status
            if one.verdict.exists():
                self.tests.notice(one.path, one.verdict.read_text())
                one.verdict.unlink()
            print(f"\r{len(self.outcome)}/{len(self.all)}", end="", file=sys.stderr, flush=True)

    def report(self) -> str:
        total = Counter(one.path for one in self.all)
        left = [one for one in self.all if self.outcome[one.n] == 0]
        broken = [one for one in self.all if self.outcome[one.n] == BROKEN]
        lost = Counter(one.path for one in (*left, *broken))
        lines = [f"{one.path}:{one.mutant.line}: {one.mutant.change}" for one in left]
        lines += [f"{one.path}:{one.mutant.line}: could not be tried: {one.mutant.change}" for one in broken]
        lines.append("")
        for path, count in (*total.items(), ("all", total.total())):
            noticed = count - (lost.total() if path == "all" else lost[path])
            lines.append(f"{noticed:5} of {count:5}  {100 * noticed / max(count, 1):5.1f} %  {path}")
        return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    os.chdir(ROOT)
    os.environ.pop("CASUSBOT_UPDATE_GOLDEN", None)
    run = Run(modules(arguments))
    run.imported()
    out = KEPT.with_name("outcome.pickle")

    def rest(collected: Collected) -> None:
        run.exchanged(collected)
        out.write_bytes(pickle.dumps(run.outcome))

    status = dict(fork_all([("", lambda: int(pytest.main([*OPTIONS, *FAST], plugins=[Collected(rest)])))], 1))
    if any(status.values()):
        raise SystemExit(f"the tests could not be collected: {status}")
    run.outcome = pickle.loads(out.read_bytes())
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"\n{run.report()}\n\n{(used.ru_utime + used.ru_stime) / 60:.0f} minutes of one core")


if __name__ == "__main__":
    main(sys.argv[1:])
