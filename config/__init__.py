"""What a ZVH may want to read or change without touching code; this module gives it to the program."""

from __future__ import annotations

from importlib.resources import files


def read(name: str) -> str:
    """Text of a file of this folder, also when installed: "schema.json", "partners.yaml"."""
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
