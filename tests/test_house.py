"""What import-linter cannot see of the house rules."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PURE = sorted(path for folder in ("bot/core", "commands") for path in (ROOT / folder).rglob("*.py"))
CLOCK = {"now", "utcnow", "today"}


def readings_of_the_clock(source: str) -> list[int]:
    """The lines of `datetime.now(...)`, `date.today()` and their kin, whatever the module is called."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK
    ]


@pytest.mark.parametrize("path", PURE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_rule_never_reads_the_clock_itself(path: Path) -> None:
    assert readings_of_the_clock(path.read_text()) == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [("x = dt.datetime.now(UTC)", [1]), ("\ndate.today()", [2]), ("request.now\nnow(x)", [])],
    ids=["the clock", "the calendar", "a moment that was handed in"],
)
def test_the_search_for_the_clock_finds_it(source: str, lines: list[int]) -> None:
    assert readings_of_the_clock(source) == lines


@pytest.mark.parametrize("kind", ["Action", "Decision"])
def test_an_action_and_a_decision_are_made_in_one_place_so_that_none_lacks_what_the_others_have(
    kind: str,
) -> None:
    made = [
        str(path.relative_to(ROOT))
        for path in sorted((*PURE, *(ROOT / "bot" / "running").rglob("*.py")))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == kind
    ]
    assert made == ["bot/core/casefile.py"]


def test_the_task_script_says_what_it_can_do_and_refuses_the_rest() -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([ROOT / "run", *arguments], capture_output=True, text=True, check=False)

    assert run().stdout == run("help").stdout
    unknown = run("tset")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert unknown.stderr == run("help").stdout


@pytest.mark.parametrize("lock", ["runtime", "documents", "dev"])
def test_a_lock_file_pins_what_is_downloaded_and_not_from_where(lock: str) -> None:
    text = (ROOT / "locks" / f"{lock}.txt").read_text()
    assert "://" not in text
    assert "--index" not in text
    pins = [line for line in text.splitlines() if line and line[0] not in " #"]
    assert pins
    assert all(" \\" in pin and "==" in pin for pin in pins)


def versions(lock: str) -> dict[str, str]:
    lines = (ROOT / "locks" / lock).read_text().splitlines()
    pins = (line.split(";")[0].strip(" \\").split("==") for line in lines if line and line[0] not in " #")
    return {name: version for name, version in pins}  # noqa: C416 - the pairs are lists


@pytest.mark.parametrize("lock", ["runtime.txt", "documents.txt"])
def test_what_is_installed_at_a_house_is_what_was_tested(lock: str) -> None:
    tested, installed = versions("dev.txt"), versions(lock)
    assert {name: tested.get(name) for name in installed} == installed


def test_a_house_with_pictures_and_pages_has_the_rest_too() -> None:
    without, complete = versions("runtime.txt"), versions("documents.txt")
    assert complete.items() - without.items() == {("typst", complete["typst"])}
    assert without.items() <= complete.items()
