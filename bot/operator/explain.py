"""`casusbot explain`: how the bot reads a date, an action or a text, for whoever wants to check it before trusting it.

One phrase a line on standard input, one answer a line on standard output. Nothing is stored, and no
configuration is needed.
"""
# ruff: noqa: T201  this is where the program speaks

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.core.dates import Ask, When, read_when, say_when
from bot.core.dates.calendar import AMSTERDAM
from bot.core.region import Region
from bot.settings.configuration import known_spellings
from bot.settings.resources import load_guard
from commands.actions.wording import read_action
from commands.conversation.reading import named_label, spellings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Mapping

    from bot.core.guard import Guard

    Answer = Mapping[str, Any]


def add_to(acts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The subcommand and what it can explain."""
    parser = acts.add_parser(
        "explain", help="hoe de bot een datum, actie of tekst leest; leest regels van stdin"
    )
    kinds = parser.add_subparsers(title="wat", required=True, metavar="WAT")
    date = kinds.add_parser("date", help="één datum per regel")
    date.set_defaults(act=_dates)
    action = kinds.add_parser("action", help="per regel de tekst die na !actie komt")
    action.set_defaults(act=_actions)
    text = kinds.add_parser("text", help="wat de privacywacht in elke regel ziet")
    text.set_defaults(act=_texts)
    for kind in (date, action):
        kind.add_argument(
            "--at", type=_moment, required=True, metavar="TIJD", help="het moment van schrijven, ISO 8601"
        )
    for kind in (date, action, text):
        kind.add_argument("--json", action="store_true", help="één JSON-object per regel")


def _moment(text: str) -> datetime:
    """A moment without an offset is Dutch time."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=AMSTERDAM)


def _dates(options: argparse.Namespace) -> int:
    return _answer(options, lambda line: explained_date(line, options.at), _date_in_words)


def _actions(options: argparse.Namespace) -> int:
    return _answer(options, lambda line: explained_action(line, options.at), _action_in_words)


def _texts(options: argparse.Namespace) -> int:
    guard = load_guard()
    return _answer(options, lambda line: explained_text(line, guard), _text_in_words)


def _answer(
    options: argparse.Namespace, answer: Callable[[str], Answer], in_words: Callable[[Answer], str]
) -> int:
    for line in _lines(sys.stdin):
        found = answer(line)
        print(json.dumps(found, ensure_ascii=False) if options.json else in_words(found), flush=True)
    return 0


def _lines(stream: Iterable[str]) -> Iterable[str]:
    return (line.rstrip("\r\n") for line in stream)


# What is answered


def explained_date(phrase: str, at: datetime) -> Answer:
    """The date as a command reads it where it expects one. What is no certain date is asked."""
    found = read_when(phrase, at=at)
    notes = found.notes if isinstance(found, When) else ()
    return {"phrase": phrase, **_when(found), "notes": [note.value for note in notes]}


def explained_action(text: str, at: datetime) -> Answer:
    """The text after `actie`, read as the command reads it. The holder is as typed where no role is known by it."""
    spelt = spellings(Region("", frozenset(), spellings=known_spellings()))
    read = read_action(text, lambda spoken: named_label(spoken, spelt), at=at)
    return {"holder": read.holder or read.spoken or None, "text": read.text, **_when(read.when)}


def explained_text(text: str, guard: Guard) -> Answer:
    """What the guard finds; `start` and `end` count characters of the line."""
    findings = [
        {
            "category": found.category.value,
            "start": found.start,
            "end": found.end,
            "action": found.action.value,
        }
        for found in guard.look(text)
    ]
    return {"findings": findings}


def _when(found: When | Ask | None) -> dict[str, Any]:
    when = found if isinstance(found, When) else None
    suggestions = found.suggestions if isinstance(found, Ask) else ()
    return {
        "date": when.day.isoformat() if when else None,
        "time": f"{when.wall:%H:%M}" if when and when.wall else None,
        "ask": when is None,
        "suggestions": list(dict.fromkeys(moment.day.isoformat() for moment in suggestions)),
    }


# The same for people


def _said(answer: Answer) -> str:
    if answer["date"] is None:
        return f"vraagt terug ({', '.join(answer['suggestions']) or 'geen voorstel'})"
    moment = datetime.fromisoformat(f"{answer['date']}T{answer['time'] or '00:00'}")
    return say_when(When(moment.date(), moment.time() if answer["time"] else None), language="nl")


def _date_in_words(answer: Answer) -> str:
    notes = f" [{', '.join(answer['notes'])}]" if answer["notes"] else ""
    return f"{answer['phrase']}: {_said(answer)}{notes}"


def _action_in_words(answer: Answer) -> str:
    return f"{answer['holder'] or 'wie?'}: {answer['text'] or 'wat?'}; {_said(answer)}"


def _text_in_words(answer: Answer) -> str:
    found = [f"{f['category']} op {f['start']}-{f['end']} ({f['action']})" for f in answer["findings"]]
    return "; ".join(found) or "niets gevonden"
