"""A small YAML file that people write by hand, read without YAML's traps.

Aliases and tags are refused, words stay words ("no", 16:30), a key that stands twice is a fault, and every key
knows its line. No value from the file is ever part of a fault: it may be a secret in the wrong place.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import yaml

if TYPE_CHECKING:
    from pathlib import Path

KeyPath: TypeAlias = tuple[str | int, ...]
"""Where a value stands: ("coordinators", 2) is the second of the list."""

MAX_BYTES: Final = 256 * 1024
"""Thousands of people in the address book; whatever is larger is another file."""

MAX_DEPTH: Final = 10


class UnreadableError(Exception):
    """The file gives no values at all; `faults` say why and what to do, in Dutch."""

    def __init__(self, *faults: str) -> None:
        super().__init__(*faults)
        self.faults = faults


def read(path: Path) -> tuple[Any, dict[KeyPath, int], dict[KeyPath, str]]:
    """The values, the line of each and the faults so far. Raises `UnreadableError` when there are no values."""
    lines: dict[KeyPath, int] = {}
    faults: dict[KeyPath, str] = {}
    return _plain(_compose(_text(path)), (), lines, faults), lines, faults


class _Loader(yaml.SafeLoader):
    """YAML without its traps: no aliases (a small file that grows to gigabytes), no 16:30 that means 990."""

    yaml_implicit_resolvers: Any = {}  # noqa: RUF012 - PyYAML declares it on the instance
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise UnreadableError(f"regel {line}: verwijzen met * gaat hier niet. Schrijf de waarde voluit.")
        if self.depth == MAX_DEPTH:
            raise UnreadableError(f"regel {line}: dit staat dieper genest dan een configuratie ooit doet.")
        self.depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node


_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(0|[1-9][0-9]{0,8})$"), None)
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(~|null|)$"), None)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableError(f"het bestand is niet te lezen: {error.strerror}.") from None
    if len(raw) > MAX_BYTES:
        raise UnreadableError(f"het bestand is groter dan {MAX_BYTES // 1024} kB. Is dit het goede bestand?")
    if raw.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UnreadableError("het bestand begint met een BOM. Bewaar het als UTF-8 zonder BOM.")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise UnreadableError("het bestand is geen UTF-8. Bewaar het als UTF-8.") from None
    tabs = [number for number, line in enumerate(text.split("\n"), 1) if re.match(r" *\t", line)]
    if tabs:
        raise UnreadableError(*(f"regel {n}: begint met een tab. Spring in met spaties." for n in tabs))
    return text


def _compose(text: str) -> yaml.Node:
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        at, line = (mark.index, mark.line) if mark else (0, 0)
        if text[at : at + 1] == "@":
            advice = 'een @ vraagt om aanhalingstekens: "@leerplicht:zvh.example".'
        else:
            advice = "hier klopt de YAML niet. Kijk naar het inspringen, dubbele punten en aanhalingstekens."
        raise UnreadableError(f"regel {line + 1}: {advice}") from None
    except yaml.YAMLError:
        raise UnreadableError("het bestand bevat tekens die niet in een tekstbestand horen.") from None
    if node is None:
        raise UnreadableError("het bestand is leeg. Begin met config/casusbot.example.yaml.")
    return node


def _plain(node: yaml.Node, path: KeyPath, lines: dict[KeyPath, int], faults: dict[KeyPath, str]) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, n), lines, faults) for n, item in enumerate(node.value, 1)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, faults)
    match node.tag.removeprefix("tag:yaml.org,2002:"):
        case "int":
            # Written as !!int it may be anything.
            return int(node.value) if re.fullmatch(r"-?[0-9]{1,9}", node.value) else None
        case "null":
            return None
        case "str":
            return node.value
    faults[path] = "een waarde met ! ervoor wordt niet gelezen. Laat het deel met ! weg."
    return None


def _mapping(
    node: yaml.MappingNode, path: KeyPath, lines: dict[KeyPath, int], faults: dict[KeyPath, str]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in node.value:
        where = (*path, key.value if isinstance(key, yaml.ScalarNode) else "?")
        if not isinstance(key, yaml.ScalarNode):
            lines.setdefault(where, key.start_mark.line + 1)
            faults[where] = "een sleutel moet een woord zijn."
        elif key.value in values:
            faults[where] = f"staat er twee keer: ook op regel {key.start_mark.line + 1}. Haal er een weg."
        else:
            lines[where] = key.start_mark.line + 1
            values[key.value] = _plain(value, where, lines, faults)
    return values
