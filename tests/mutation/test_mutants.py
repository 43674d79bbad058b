"""A change that is not made is a rule that nobody sees without a test: the search finds what the rules are made of."""

from __future__ import annotations

import textwrap

import pytest

from tests.mutation.mutants import Mutant, mutants

TABLE = """
    class S(StrEnum):
        OPEN = "open"
        DONE = "done"

    TABLE = {(S.OPEN, "finish"): S.DONE, (S.DONE, "reopen"): S.OPEN}
    RUNNING = frozenset({S.OPEN})
"""


def found(source: str) -> dict[str, Mutant]:
    return {one.change: one for one in mutants(textwrap.dedent(source))}


def run(mutant: Mutant) -> dict[str, object]:
    names: dict[str, object] = {}
    exec(mutant.compiled("tried.py"), names)
    return names


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("return a == b", {"a == b → a != b", "return a == b → None"}),
        ("return a < b", {"a < b → a <= b", "a < b → a >= b", "return a < b → None"}),
        ("return a and b", {"a and b → a", "a and b → b", "return a and b → None"}),
        ("return not a", {"not a → a", "return not a → None"}),
        ("return min(a, b)", {"min(a, b) → max(a, b)", "return min(a, b) → None"}),
        ("return a + 3", {"a + 3 → a - 3", "a + 3 → a", "3 → 4", "3 → 2", "return a + 3 → None"}),
        ("return True", {"True → False"}),
        ("return replace(a, b=b)", {"replace(a, b=b) → replace(a)", "return replace(a, b=b) → None"}),
        ("return [n for n in a if n]", {"without: if n", "return [n for n in a if n] → None"}),
        ("if a: return b", {"never: if a", "return b → None"}),
        ("for n in a: continue", {"without: continue"}),
        ("a.append(b)", {"without: a.append(b)"}),
        ("a += b", {"without: a += b"}),
        ("return a if b else 'c'", {"always a", "always 'c'", "return a if b else 'c' → None"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_no_sort_of_decision_in_a_rule_goes_without_a_change(line: str, changes: set[str]) -> None:
    assert set(found(f"def rule(a, b):\n    {line}")) == changes


@pytest.mark.parametrize(
    "source",
    [
        '"""Words that nobody tests: 1 + 1."""',
        "NAME = Text('ja', 'yes')",
        "NAMES = {S.OPEN: Text('open', 'open')}",
        "Either = Say | Join",
        "TABLE = StateTable[State, Step]()",
        "def rule(a: int | None = None) -> bool | None:\n    assert a is not None",
        "if TYPE_CHECKING:\n    from a import b",
    ],
)
def test_what_cannot_matter_is_left_alone(source: str) -> None:
    assert found(source) == {}


def test_an_entry_that_is_gone_from_a_table_or_leads_elsewhere_is_tried() -> None:
    changes = found(TABLE)
    assert set(changes) == {
        "without: (S.OPEN, 'finish')",
        "without: (S.DONE, 'reopen')",
        "(S.OPEN, 'finish'): S.DONE → S.OPEN",
        "(S.DONE, 'reopen'): S.OPEN → S.DONE",
        "without: S.OPEN",
        "with: S.DONE",
    }
    assert {change.place.name for change in changes.values()} == {"TABLE", "RUNNING"}
    assert all(change.place.function is None for change in changes.values())


def test_each_change_is_made_alone_and_undone_again() -> None:
    source = "SMALL = frozenset({1})\n\n\ndef rule(a):\n    return a in SMALL\n"
    changes = {one.change: one for one in mutants(source)}
    for rule, expected in (
        (changes["without: 1"], False),
        (changes["a in SMALL → a not in SMALL"], False),
        (changes["a in SMALL → a not in SMALL"].undone(), True),
    ):
        made = run(rule)["rule"]
        assert callable(made)
        assert made(1) is expected


def test_a_change_says_where_it_is() -> None:
    source = "class Seat:\n    @property\n    def taken(self):\n        return not self.left\n"
    (change,) = (one for one in mutants(source) if one.change == "not self.left → self.left")
    assert (change.line, change.place.function) == (4, ("Seat.taken", 2))
