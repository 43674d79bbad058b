"""The table of rooms in docs/architecture.md: every folder with its sentence and its files, drawn from the code."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent


def rooms_table(root: Path = ROOT) -> str:
    """A row for each folder of code: what it is for, as its `__init__.py` says, and the files in it."""
    rooms = sorted(
        path.parent for top in ("bot", "commands", "config") for path in (root / top).rglob("__init__.py")
    )
    rows = [f"| `{room.relative_to(root)}/` | {_sentence(room)} | {_files(room)} |" for room in rooms]
    return "\n".join(["| room | what lives there | files |", "| --- | --- | --- |", *rows])


def _sentence(room: Path) -> str:
    """What the room says of itself; a room that says nothing fails."""
    said = ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8")))
    assert said, f"{room} does not say what it is for"
    return " ".join(said.split("\n\n")[0].split())


def _files(room: Path) -> str:
    return ", ".join(f"`{path.stem}`" for path in sorted(room.glob("*.py")) if path.stem != "__init__")
