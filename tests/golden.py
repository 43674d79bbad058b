"""Golden files: every wording that the bot can send, as one reads it."""

import os
from difflib import unified_diff
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


def check(name: str, text: str) -> None:
    """Compare with `tests/<name>`; with CASUSBOT_UPDATE_GOLDEN=1 the file is written instead."""
    path = TESTS / name
    text = text.rstrip("\n") + "\n"
    if os.environ.get("CASUSBOT_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return
    expected = path.read_text(encoding="utf-8") if path.exists() else ""
    if text != expected:
        diff = unified_diff(expected.splitlines(), text.splitlines(), name, "now", lineterm="")
        pytest.fail("\n".join(diff), pytrace=False)
