"""One mutant, tried in a process of its own: do its tests still pass?

Where the change is in the body of a function, the process has the project and its tests in memory already, and the
function gets other code. Where it shows only at import, the process begins without the project.
"""

from __future__ import annotations

import gc
import sys
from collections import defaultdict
from functools import _lru_cache_wrapper
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

import pytest

from tests.mutation.forking import BROKEN, bound
from tests.mutation.recording import OPTIONS, ROOT, Repeatable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

NOTICED = 1


class _Trying(Repeatable):
    """Writes the first test that fails to `verdict`. A test that takes far longer than it did has noticed something."""

    costs: Mapping[str, float]
    verdict: Path
    failed = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        bound(2 + 5 * self.costs[item.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.verdict.write_text(report.nodeid)
            self.failed = True


class _Chosen(_Trying):
    """Runs some tests, in the order in which they are given."""

    def __init__(self, tests: Mapping[str, float], verdict: Path) -> None:
        self.costs, self.verdict = tests, verdict

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        order = {test: n for n, test in enumerate(self.costs)}
        items[:] = sorted(
            (item for item in items if item.nodeid in order), key=lambda item: order[item.nodeid]
        )


def try_imported(path: str, code: CodeType, tests: Mapping[str, float], verdict: Path) -> int:
    """In a process that knows nothing of the project yet."""
    bound(30)
    sys.meta_path.insert(0, _Changed(path, code))
    first, *others = dict.fromkeys(test.partition("::")[0] for test in tests)
    for files in ([first], others):  # most are noticed by the first already
        status = pytest.main([*OPTIONS, "-x", *files], plugins=[_Chosen(tests, verdict)]) if files else 0
        if status not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
            return BROKEN if status is pytest.ExitCode.USAGE_ERROR else NOTICED
    return 0


class _Changed(MetaPathFinder):
    def __init__(self, path: str, code: CodeType) -> None:
        self.module = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        self.path, self.code = ROOT / path, code

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        if fullname != self.module:
            return None
        loader = _Loader(fullname, str(self.path))
        loader.code = self.code
        return spec_from_file_location(fullname, self.path, loader=loader)


class _Loader(SourceFileLoader):
    code: CodeType

    def get_code(self, fullname: str) -> CodeType:
        return self.code


class Collected(_Trying):
    """Has pytest collect every test, and then does `work` instead of running them."""

    def __init__(self, work: Callable[[Collected], None]) -> None:
        self.work = work
        self.items: dict[str, pytest.Item] = {}
        self.functions: dict[tuple[str, str, int], list[FunctionType]] = defaultdict(list)
        self.caches: list[_lru_cache_wrapper[Any]] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = {item.nodeid: item for item in session.items}
        for one in gc.get_objects():
            if isinstance(one, FunctionType):
                self.functions[_key(one.__code__)].append(one)
            elif isinstance(one, _lru_cache_wrapper):
                self.caches.append(one)
        gc.freeze()
        self.work(self)
        return True

    def try_exchanged(
        self, code: CodeType, function: tuple[str, int], tests: Mapping[str, float], verdict: Path
    ) -> int:
        self.costs, self.verdict = tests, verdict
        new = next(one for one in _codes(code) if (one.co_qualname, one.co_firstlineno) == function)
        held = self.functions[_key(new)]
        if not held:
            return BROKEN
        for one in held:
            one.__code__ = new
        for cache in self.caches:
            cache.cache_clear()
        items = [self.items[test] for test in tests]
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                return NOTICED
        return 0


def _key(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _codes(code: CodeType) -> Iterable[CodeType]:
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield one
            yield from _codes(one)
