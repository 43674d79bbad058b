"""What a ZVH may change without touching code, read from the `config` folder."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml

from bot.core.guard import Guard, WordList


@cache
def load_guard() -> Guard:
    """The privacy guard with the maintained word list."""
    words = yaml.safe_load((files("config") / "guard.yaml").read_text("utf-8"))
    return Guard(WordList.from_mapping(words))
