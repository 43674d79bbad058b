"""Which of the fast tests run which lines, and at what cost. It is kept, and made anew for what changed."""

from __future__ import annotations

import hashlib
import pickle
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import coverage
import pytest
from hypothesis import Phase, settings

from tests.mutation.forking import fork_all

if TYPE_CHECKING:
    from collections.abc import Generator

ROOT = Path(__file__).parent.parent.parent
FAST = ("tests/core", "tests/commands")
SOURCES = ("bot/core", "bot/documents", "commands")
KEPT = ROOT / "mutants" / "recorded.pickle"
OPTIONS = (
    *("-q", "-s", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"),
    *("-o", "addopts=--import-mode=importlib"),
)


@dataclass(slots=True)
class Recorded:
    """One file of tests. `ran` are the tests by path and line, `imported` the lines that ran outside any test."""

    digest: str
    costs: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    ran: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    imported: dict[str, set[int]] = field(default_factory=dict)


class Repeatable:
    """The same examples each time, and none made smaller: that one fails is all we ask."""

    def pytest_collection(self) -> None:
        profile = settings.get_profile("any machine")
        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("mutants", profile, derandomize=True, database=None, phases=phases)
        settings.load_profile("mutants")


class _Recorder(Repeatable):
    def __init__(self, recorded: Recorded, measured: coverage.Coverage) -> None:
        self.recorded, self.measured = recorded, measured

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        since = time.process_time()
        self.measured.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self.measured.switch_context("")
            self.recorded.costs[item.nodeid] = time.process_time() - since

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.recorded.failed.append(report.nodeid)


def recorded(processes: int) -> tuple[Recorded, ...]:
    """Of every fast file. A file is run again when it, or anything that it may use, was changed."""
    kept: dict[str, Recorded] = pickle.loads(KEPT.read_bytes()) if KEPT.exists() else {}
    wanted = _digests()
    stale = [file for file, digest in wanted.items() if file not in kept or kept[file].digest != digest]
    KEPT.parent.mkdir(exist_ok=True)
    jobs = ((file, lambda file=file: _record(file, wanted[file])) for file in stale)
    for n, (file, status) in enumerate(fork_all(jobs, processes), 1):
        print(f"\r{n}/{len(stale)} files of tests recorded", end="", flush=True)
        if status:
            raise SystemExit(f"\n{file} fails without any mutant")
        kept[file] = pickle.loads(_part(file).read_bytes())
        _part(file).unlink()
        KEPT.write_bytes(pickle.dumps({name: kept[name] for name in wanted if name in kept}))
    print()
    return tuple(kept[file] for file in wanted)


def _part(file: str) -> Path:
    return KEPT.with_name(f"{Path(file).parent.name}-{Path(file).stem}.part")


def _record(file: str, digest: str) -> int:
    made = Recorded(digest)
    include = [f"{ROOT / folder}/*" for folder in SOURCES]
    measured = coverage.Coverage(data_file=None, config_file=False, include=include)
    measured.start()
    status = pytest.main([*OPTIONS, file], plugins=[_Recorder(made, measured)])
    measured.stop()
    data = measured.get_data()
    for path in data.measured_files():
        name = str(Path(path).relative_to(ROOT))
        lines = data.contexts_by_lineno(path)
        made.imported[name] = {line for line, tests in lines.items() if "" in tests}
        made.ran[name] = {line: [test for test in tests if test] for line, tests in lines.items()}
    _part(file).write_bytes(pickle.dumps(made))
    return int(status)


def _digests() -> dict[str, str]:
    folders = (*SOURCES, "config", *FAST)
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]
    tests = {str(path.relative_to(ROOT)): path for path in files if path.name.startswith("test_")}
    used = [path for path in files if path not in tests.values() and "__pycache__" not in path.parts]
    common = hashlib.sha256(b"".join(path.read_bytes() for path in used)).digest()
    return {
        name: hashlib.sha256(common + path.read_bytes()).hexdigest()
        for name, path in tests.items()
        if path.suffix == ".py"
    }
