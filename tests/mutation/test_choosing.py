"""A mutant for which the wrong tests are run counts as one that nobody notices: who sees it first, and who at all."""

from __future__ import annotations

from tests.mutation.choosing import Choice
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.recording import ROOT, Recorded

SIGNALS, READER = "bot/core/records/signals.py", "bot/core/reminding/digest.py"
OWN, OTHER, SLOW = (
    "tests/core/test_signals.py::own",
    "tests/core/test_calendar.py::other",
    "tests/core/test_text.py::slow",
)


def change(path: str, name: str) -> Mutant:
    """The first in a table of this name, or in the body of the function."""
    made = (one for one in mutants((ROOT / path).read_text()) if one.place.name == name)
    return next(one for one in made if name.isupper() or one.place.function)


def choice(**ran: dict[int, list[str]]) -> Choice:
    """`ran` by the stem of a module."""
    paths = {"signals": SIGNALS, "digest": READER}
    costs = {OWN: 1.0, OTHER: 0.1, SLOW: 60.0}
    return Choice([Recorded("", costs, [], {paths[stem]: lines for stem, lines in ran.items()}, {})])


def test_an_entry_of_a_table_is_shown_first_to_the_tests_that_state_the_table() -> None:
    assert [*choice().of(SIGNALS, change(SIGNALS, "TRANSITIONS"))] == [OWN]


def test_a_line_is_shown_to_the_tests_that_run_it_and_the_slowest_do_not_hold_up_the_rest() -> None:
    one = change(READER, "weekly")
    found = choice(digest={line: [SLOW, OTHER] for line in one.lines})
    assert [*found.of(READER, one)] == [OTHER]
    assert [*choice(digest={0: [OTHER]}).of(READER, one)] == []


def test_whoever_noticed_the_last_change_of_a_module_is_asked_first() -> None:
    one = change(READER, "weekly")
    found = choice(digest={line: [OWN, OTHER] for line in one.lines})
    found.notice(READER, OWN)
    assert [*found.of(READER, one)] == [OWN, OTHER]


def test_what_ran_at_import_shows_only_in_a_process_that_imports_anew() -> None:
    table, rule = change(SIGNALS, "TRANSITIONS"), change(READER, "weekly")
    found = choice()
    assert found.needs_import(SIGNALS, table)
    assert not found.needs_import(READER, rule)
    found.imported.update((READER, line) for line in rule.lines)
    assert found.needs_import(READER, rule)
