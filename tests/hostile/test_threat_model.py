from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "docs" / "privacy" / "threat-model.md"


def written_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {function.name for function in functions if function.name.startswith("test_")}


@pytest.mark.parametrize("page", [MODEL, MODEL.with_name("README.md")], ids=lambda page: page.name)
def test_every_test_that_the_threat_model_names_exists(page: Path) -> None:
    named = set(re.findall(r"`(test_\w+)`", page.read_text("utf-8")))
    written = {name for path in (ROOT / "tests").rglob("test_*.py") for name in written_in(path)}
    assert named
    assert named - written == set()


def test_every_attack_in_the_threat_model_names_a_test() -> None:
    tables = MODEL.read_text("utf-8").partition("## Meelezen")[2].partition("## Niet beschermd")[0]
    rows = [line for line in tables.splitlines() if line.startswith("| ")]
    headings = ("| wat iemand probeert |", "| --- |")
    attacks = [row for row in rows if not row.startswith(headings)]
    assert len(attacks) > 20
    assert [row for row in attacks if not re.search(r"`test_\w+`", row)] == []
