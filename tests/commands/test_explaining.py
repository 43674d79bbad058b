"""`casusbot explain`: what it answers is what the bot would do."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from bot import cli
from bot.core.records.actions import ActionState
from tests.commands.stage import opened
from tests.golden import check

if TYPE_CHECKING:
    from collections.abc import Callable

    Explain = Callable[..., list[str]]

AT = "2026-03-02T10:00:00+01:00"
DATES = ("vrijdag 12:00", "volgende vrijdag", "6 april", "half drie", "kind van 8 jaar", "z.s.m.", "")
ACTIONS = (
    "leerplicht: verzuim uitvragen, uiterlijk vrijdag 12:00",
    "vrijdag leerplicht: verzuim uitvragen",
    "GI: plan maken, volgende vrijdag",
    "tante Bep: bellen, morgen",
    "zomaar iets",
)
TEXTS = ("twee keer gebeld, geen gehoor", "BSN 111222333 opvragen", "gezin van het kamp")


@pytest.fixture
def explain(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Explain:
    def run(kind: str, *options: str, lines: tuple[str, ...]) -> list[str]:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        at = () if kind == "text" else ("--at", AT)
        assert cli.main(["explain", kind, *at, *options]) == 0
        return capsys.readouterr().out.splitlines()

    return run


@pytest.mark.parametrize(("kind", "lines"), [("date", DATES), ("action", ACTIONS), ("text", TEXTS)])
def test_every_line_has_one_answer(explain: Explain, kind: str, lines: tuple[str, ...]) -> None:
    as_json, in_words = explain(kind, "--json", lines=lines), explain(kind, lines=lines)
    assert len(as_json) == len(in_words) == len(lines)
    check(f"commands/golden/explain-{kind}.txt", "\n".join((*as_json, "", *in_words)))


def answer(explain: Explain, kind: str, line: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(explain(kind, "--json", lines=(line,))[0])
    return found


@pytest.mark.parametrize("line", ACTIONS)
def test_an_action_is_explained_as_the_command_carries_it_out(explain: Explain, line: str) -> None:
    told, stage = answer(explain, "action", line), opened()
    stage.now = stage.now.replace(hour=9, minute=59, second=40)
    stage.hear("voorzitter", f"!actie {line}")
    recorded = [a for a in stage.file().actions if a.state is ActionState.OPEN]
    if told["ask"] or told["holder"] not in stage.region.labels:
        assert not recorded
        return
    (action,) = recorded
    assert (action.holder, action.text) == (told["holder"], told["text"])
    assert action.due_date.isoformat() == told["date"]
    assert (f"{action.due_time:%H:%M}" if action.due_time else None) == told["time"]


def test_a_moment_without_an_offset_is_dutch_time(explain: Explain) -> None:
    assert answer(explain, "date", "morgen")["date"] == "2026-03-03"


def test_a_moment_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["explain", "date", "--at", "gisteren"])
    assert "--at" in capsys.readouterr().err
