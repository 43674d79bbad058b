"""What the privacy guard makes of the corpus: the share that it finds, that it flags for nothing, and what a note costs.

The corpus is what the word list was tuned on, so these figures are the best case; docs/adr/0008 has those of notes that
nobody tuned on.
"""

from __future__ import annotations

import re
import time
from pathlib import Path

import yaml

from bot.core.guard import Category
from bot.settings.resources import load_guard

CORPUS = Path(__file__).parents[1] / "core" / "guard_corpus.yaml"
ROUNDS = 5


def measure() -> None:
    corpus = yaml.safe_load(CORPUS.read_text("utf-8"))
    guard = load_guard()
    plain = {c: [re.sub("[«»]", "", note) for note in notes] for c, notes in corpus["found"].items()}
    missed = sum(
        Category(category) not in {finding.category for finding in guard.look(note)}
        for category, notes in plain.items()
        for note in notes
    )
    known = sum(map(len, plain.values()))
    harmless = corpus["harmless"]
    flagged = sum(bool(guard.look(note)) for note in harmless)
    notes = [note for some in plain.values() for note in some] + harmless
    started = time.perf_counter()
    for _ in range(ROUNDS):
        for note in notes:
            guard.look(note)
    each = (time.perf_counter() - started) / ROUNDS / len(notes) * 1e6
    print("The privacy guard on its own corpus (tuned on it: the best case)")
    print(f"  found     {known - missed} of {known} ({100 * (known - missed) / known:.1f} %)")
    print(f"  flagged   {flagged} of {len(harmless)} harmless notes ({100 * flagged / len(harmless):.1f} %)")
    print(f"  one note  {each:.0f} microseconds")
