"""The table of rooms in docs/architecture.md: every folder with its sentence and its files, drawn from the code."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
ENDINGS = (".py", ".sql", ".typ", ".yaml", ".json")


def rooms_table(root: Path = ROOT) -> str:
    """A row for each folder of code: what it is for, as its `__init__.py` says, and the files in it."""
    paths = (path for top in ("bot", "commands", "config") for path in (root / top).rglob("*"))
    rooms = sorted({path.parent for path in paths if path.suffix in ENDINGS})
    rows = [f"| `{room.relative_to(root)}/` | {_sentence(room)} | {_files(room)} |" for room in rooms]
    return "\n".join(["| room | what lives there | files |", "| --- | --- | --- |", *rows])


def _sentence(room: Path) -> str:
    """What the room says of itself."""
    if not list(room.glob("*.py")):
        return "Data of the folder above."
    said = ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8")))
    assert said, f"{room} does not say what it is for"
    return " ".join(said.split("\n\n")[0].split())


def _files(room: Path) -> str:
    shown = sorted(path for path in room.iterdir() if path.suffix in ENDINGS and path.stem != "__init__")
    return ", ".join(f"`{path.stem if path.suffix == '.py' else path.name}`" for path in shown)
