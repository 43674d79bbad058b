"""The protocols of config/protocols, and those that a Zorg- en Veiligheidshuis put in their place.

A file of the same name takes the place of ours; another name is one more protocol of its flow. Either must have
every term and list that the program asks for there.
"""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from importlib.resources import as_file, files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import config
from bot.core.guard import Kept
from bot.core.protocols import Flow, Protocol, ProtocolStep
from bot.core.records.actions import ActionKind
from bot.core.text import Text
from bot.errors import ConfigurationError
from bot.settings import yamlfile
from bot.settings.resources import load_guard
from bot.settings.shapes import shape_faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from bot.settings.yamlfile import KeyPath

LONGEST_STEP = 140


@cache
def load(folder: Path | None = None) -> Mapping[str, Protocol]:
    """All protocols by name: ours, and over them those of `folder`. Raises `ConfigurationError`."""
    with as_file(files(config) / "protocols") as shipped:
        found = _read(shipped)
    if folder is not None:
        if wrong := [f"{'.'.join(map(str, where))}: {fault}" for where, fault in faults(folder)]:
            raise ConfigurationError(str(folder), tuple(wrong))
        found |= _read(folder)
    return MappingProxyType(found)


def faults(folder: Path) -> Iterator[tuple[KeyPath, str]]:
    """Everything that is wrong with the files of this folder: the file and where in it, and what to do."""
    if not folder.is_dir():
        yield (), "deze map bestaat niet of is niet te lezen."
        return
    for path in _files(folder):
        try:
            values, lines, wrong = yamlfile.read(path)
        except yamlfile.UnreadableError as unreadable:
            yield from (((path.name, n), fault) for n, fault in enumerate(unreadable.faults, 1))
            continue
        for where, fault in shape_faults(values, schema()):
            wrong.setdefault(where, fault)
        if not wrong:
            wrong |= dict(_rule_faults(values))
        for where, fault in wrong.items():
            line = f" (regel {lines[where]})" if where in lines else ""
            yield (path.name, *where), f"{fault}{line}"


@cache
def schema() -> Mapping[str, Any]:
    """The JSON Schema of a protocol; its descriptions are the manual."""
    return MappingProxyType(json.loads(config.read("protocol.schema.json")))


_STORED = {Flow.INQUIRY: {"basis", "own_task", "own_system"}, Flow.HANDOVER: {"abroad"}}
"""Lists of which what is chosen stands in an agreement; at closing that may be any."""


def _stored(values: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    """Every text of a protocol that comes to stand in a case."""
    for name, step in values.get("steps", {}).items():
        yield ("steps", name, "text"), step["text"]
    yield from ((("title", language), text) for language, text in values["title"].items())
    for name, texts in values.get("lists", {}).items():
        if values["flow"] == Flow.CLOSING or name in _STORED.get(values["flow"], ()):
            for key, text in texts.items():
                yield from ((("lists", name, key, language), words) for language, words in text.items())


def _rule_faults(values: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    guard = load_guard()
    for where, text in _stored(values):
        if not isinstance(guard.keep(text, max_length=LONGEST_STEP), Kept):
            yield (
                where,
                f"dit kan niet in een afspraak staan: meer dan {LONGEST_STEP} tekens, of iets dat niet bewaard mag worden.",
            )
    try:
        date.fromisoformat(values.get("adopted", {}).get("on", "2026-01-01"))
    except ValueError:
        yield ("adopted", "on"), "die dag bestaat niet."
    if values["flow"] == Flow.CLOSING:
        yield from _unanswerable(values)
    ours = [protocol for protocol in load().values() if protocol.flow == values["flow"]]
    for name in _common([protocol.terms for protocol in ours]) - values.get("terms", {}).keys():
        yield ("terms", name), f"ontbreekt. Neem terms.{name} over uit config/protocols."
    for name in _common([protocol.lists for protocol in ours]) - values.get("lists", {}).keys():
        yield ("lists", name), f"ontbreekt. Neem lists.{name} over uit config/protocols."


def _unanswerable(values: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    """Questions at closing that nobody can answer, because their answers are not there."""
    lists = values.get("lists", {})
    for name in lists.get("questions", {}).keys() - lists.keys():
        yield ("lists", "questions", name), f"heeft geen antwoorden. Zet die in lists.{name}."


def _common(named: Sequence[Mapping[str, object]]) -> set[str]:
    """The names that all of them have: what the program counts on."""
    return set.intersection(*(set(names) for names in named)) if named else set()


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


def _read(folder: Path) -> dict[str, Protocol]:
    return {path.stem: _protocol(path.stem, yamlfile.read(path)[0]) for path in _files(folder)}


def _protocol(name: str, values: Mapping[str, Any]) -> Protocol:
    adopted = values.get("adopted", {})
    return Protocol(
        name=name,
        flow=Flow(values["flow"]),
        title=Text(**values["title"]),
        adopted_by=adopted.get("by"),
        adopted_on=date.fromisoformat(adopted["on"]) if adopted else None,
        terms=MappingProxyType(values.get("terms", {})),
        timing=MappingProxyType(values.get("timing", {})),
        steps=tuple(_step(id_, step) for id_, step in values.get("steps", {}).items()),
        lists=MappingProxyType(
            {
                key: MappingProxyType({one: Text(**text) for one, text in texts.items()})
                for key, texts in values.get("lists", {}).items()
            }
        ),
    )


def _step(id_: str, values: Mapping[str, Any]) -> ProtocolStep:
    text = load_guard().keep(values["text"], max_length=LONGEST_STEP)
    assert isinstance(text, Kept), "faults() looked first; a test looks at those that are shipped"
    kind = values.get("kind")
    return ProtocolStep(
        id_, text.text, tuple(values["holders"]), values["within"], ActionKind(kind) if kind else None
    )
