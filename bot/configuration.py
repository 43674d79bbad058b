"""The configuration file: read, checked and turned into values.

The shape and its manual are config/schema.json. All faults are reported at once, each with its key, its line
and what to write instead; a value from the file is never repeated, for it may be a secret in the wrong place.
"""

from __future__ import annotations

import codecs
import difflib
import json
import os
import re
from dataclasses import dataclass, replace
from datetime import time
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import yaml
from jsonschema import Draft202012Validator

import config
from bot.core.region import FUNCTION_LABELS, DigestTime, Region, Timing
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jsonschema import ValidationError

KeyPath: TypeAlias = tuple[str | int, ...]

MAX_BYTES: Final = 256 * 1024
"""Thousands of people in the address book; whatever is larger is another file."""

MAX_DEPTH: Final = 10

_LADDER: Final = ("reminder", "on_the_day", "after", "offer_help", "case_coordinator", "process_coordinator")
_WEEKDAYS: Final = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag")
_ENGLISH_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday")
_SECRET: Final = re.compile(
    r"pass|wachtwoord|token|secret|geheim|sleutel|key|recovery|seed|credential", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the operator decided. Paths are absolute; `servers` are those that people may be invited from."""

    homeserver: str
    user: str
    data: Path
    key_file: Path
    servers: frozenset[str]
    region: Region


@dataclass(frozen=True, slots=True)
class PartnerType:
    """A usual partner of a case meeting; `domains` are the areas of life it mostly works on."""

    label: str
    dutch: str
    english: str
    domains: tuple[str, ...]
    aliases: tuple[str, ...] = ()


def load(path: Path) -> Configuration:
    """Read and check the file. Raises `ConfigurationError` with every fault that was found."""
    lines: dict[KeyPath, int] = {}
    faults: dict[KeyPath, str] = {}
    folder = path.absolute().parent
    try:
        values = _plain(_compose(_text(path)), (), lines, faults)
    except _UnreadableError as unreadable:
        raise ConfigurationError(str(path), unreadable.faults) from None
    for where, fault in _shape_faults(values):
        faults.setdefault(where, fault)
    if isinstance(values, dict):
        broken = frozenset(where[0] for where in faults if where)
        for where, fault in _rule_faults(_completed(values, broken), folder):
            faults.setdefault(where, fault)
    if faults:
        in_order = sorted(faults.items(), key=lambda found: lines.get(found[0], 0))
        raise ConfigurationError(str(path), tuple(f"{_name(k, lines)}: {fault}" for k, fault in in_order))
    return _configuration(values, folder)


@cache
def partner_types() -> tuple[PartnerType, ...]:
    """The partners of config/partners.yaml, in its order."""
    listed = yaml.safe_load(config.read("partners.yaml"))["partners"]
    return tuple(
        PartnerType(label, it["dutch"], it["english"], tuple(it["domains"]), tuple(it.get("aliases", ())))
        for label, it in listed.items()
    )


def known_label(label: str) -> str:
    """The usual spelling of a label or its alias: "jeugdbescherming" is "GI". Unknown ones stay as typed."""
    plain = " ".join(label.split())
    return _spellings().get(plain.casefold(), plain)


@cache
def _spellings() -> Mapping[str, str]:
    partners = {word.casefold(): it.label for it in partner_types() for word in (it.label, *it.aliases)}
    return MappingProxyType(partners | {label.casefold(): label for label in FUNCTION_LABELS})


# Reading: text, then nodes, then plain values with the line of every key.


class _UnreadableError(Exception):
    def __init__(self, *faults: str) -> None:
        super().__init__(*faults)
        self.faults = faults


class _Loader(yaml.SafeLoader):
    """YAML without its traps: no aliases (a small file that grows to gigabytes), no 16:30 that means 990."""

    yaml_implicit_resolvers: Any = {}  # noqa: RUF012 - PyYAML declares it on the instance
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise _UnreadableError(f"regel {line}: verwijzen met * gaat hier niet. Schrijf de waarde voluit.")
        if self.depth == MAX_DEPTH:
            raise _UnreadableError(f"regel {line}: dit staat dieper genest dan een configuratie ooit doet.")
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
        raise _UnreadableError(f"het bestand is niet te lezen: {error.strerror}.") from None
    if len(raw) > MAX_BYTES:
        raise _UnreadableError(f"het bestand is groter dan {MAX_BYTES // 1024} kB. Is dit het goede bestand?")
    if raw.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _UnreadableError("het bestand begint met een BOM. Bewaar het als UTF-8 zonder BOM.")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise _UnreadableError("het bestand is geen UTF-8. Bewaar het als UTF-8.") from None
    tabs = [number for number, line in enumerate(text.split("\n"), 1) if re.match(r" *\t", line)]
    if tabs:
        raise _UnreadableError(*(f"regel {n}: begint met een tab. Spring in met spaties." for n in tabs))
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
        raise _UnreadableError(f"regel {line + 1}: {advice}") from None
    except yaml.YAMLError:
        raise _UnreadableError("het bestand bevat tekens die niet in een tekstbestand horen.") from None
    if node is None:
        raise _UnreadableError("het bestand is leeg. Begin met config/casusbot.example.yaml.")
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


def _name(path: KeyPath, lines: Mapping[KeyPath, int]) -> str:
    if not path:
        return "het bestand"
    name = ".".join(str(part) for part in path)
    shown = name if name.isprintable() and len(name) <= 80 else "een onleesbare sleutel"
    return f"{shown} (regel {lines[path]})" if path in lines else shown


# The schema: what is wrong with each value on its own.


def _shape_faults(values: Any) -> Iterator[tuple[KeyPath, str]]:
    for error in Draft202012Validator(json.loads(config.read("schema.json"))).iter_errors(values):
        # People count from one.
        path: KeyPath = tuple(part + 1 if isinstance(part, int) else part for part in error.absolute_path)
        if error.validator == "additionalProperties":
            known = error.schema["properties"]
            yield from (((*path, key), _unknown(key, known)) for key in error.instance if key not in known)
        elif error.validator == "required":
            missing = (key for key in error.validator_value if key not in error.instance)
            yield from (((*path, key), _missing(key, error.schema["properties"][key])) for key in missing)
        elif error.validator == "uniqueItems":
            yield path, "hier staat iets dubbel. Haal er een weg."
        elif "propertyNames" in error.absolute_schema_path:
            yield (*path, str(error.instance)), _wanted(error)
        else:
            yield path, _wanted(error)


def _wanted(error: ValidationError) -> str:
    schema: Any = error.schema
    return f"hier hoort {schema['title']}, bijvoorbeeld: {_yaml(schema['examples'][0])}"


def _missing(key: str, schema: Mapping[str, Any]) -> str:
    return f"ontbreekt. Schrijf bijvoorbeeld: {key}: {_yaml(schema['examples'][0])}"


def _unknown(key: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    if close:
        return f"deze sleutel bestaat niet. Bedoel je {close[0]}?"
    if _SECRET.search(key):
        return "een geheim hoort niet in de configuratie. Haal deze regel weg; `casusbot init` vraagt ernaar."
    return f"deze sleutel bestaat niet. Hier kan staan: {', '.join(known)}."


def _yaml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)  # JSON is YAML, with the quotes that an @ needs


# The rules between values. Only of keys whose own shape is right, so that every fault comes out at once.


def _completed(values: Mapping[str, Any], broken: frozenset[str | int] = frozenset()) -> dict[str, Any]:
    completed = {"data": ".", "address_book": {}, "timing": {}, "digest": {}, **values}
    if "user" in values and "user" not in broken:
        completed.setdefault("servers", [_server(values["user"])])
    return {key: value for key, value in completed.items() if key not in broken}


def _rule_faults(sound: Mapping[str, Any], folder: Path) -> Iterator[tuple[KeyPath, str]]:
    yield from _key_faults(sound, folder)
    yield from _people_faults(sound)
    yield from _label_faults(sound)
    yield from _timing_faults(sound)


def _key_faults(sound: Mapping[str, Any], folder: Path) -> Iterator[tuple[KeyPath, str]]:
    if not {"data", "key_file"} <= sound.keys():
        return
    data, key = _inside(folder, sound["data"]), _inside(folder, sound["key_file"])
    # realpath and not resolve, which raises on a circle of links.
    if key.is_relative_to(data) or Path(os.path.realpath(key)).is_relative_to(os.path.realpath(data)):
        yield (
            ("key_file",),
            "staat binnen de gegevensmap. Kies een plek daarbuiten, zodat een kopie van de gegevens nooit de sleutel bevat.",
        )


def _people_faults(sound: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    people: dict[KeyPath, str] = {
        ("coordinators", n): user for n, user in enumerate(sound.get("coordinators", ()), 1)
    }
    book = sound.get("address_book", {})
    people |= {("address_book", label, "person"): it["person"] for label, it in book.items() if it}
    for where, user in people.items():
        if user == sound.get("user"):
            yield where, "dit is de bot zelf. Hier hoort een mens."
        elif "servers" in sound and _server(user) not in sound["servers"]:
            yield where, "de server van deze gebruiker staat niet bij servers. Zet hem erbij."


def _label_faults(sound: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    first: dict[str, str] = {}
    for label in sound.get("address_book", {}):
        other = first.setdefault(known_label(label).casefold(), label)
        if other != label:
            yield ("address_book", label), f"is dezelfde rol als {other}. Haal er een weg."
    if "contact" in sound and "address_book" in sound:
        known = [*FUNCTION_LABELS, *map(known_label, sound["address_book"])]
        contact = known_label(sound["contact"])
        if contact not in known:
            close = difflib.get_close_matches(contact, known, n=1) or known
            yield ("contact",), f"dit label staat niet in het adresboek. Bedoel je {close[0]}?"


def _timing_faults(sound: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    timing = _timing(sound.get("timing", {}))
    for before, after in pairwise(_LADDER):
        if getattr(timing, before) >= getattr(timing, after):
            yield ("timing", after), f"moet later zijn dan {before} ({getattr(timing, before)})."
    if timing.opens >= timing.closes:
        yield ("timing", "closes"), f"moet later zijn dan opens ({timing.opens:%H:%M})."


# The values of a file without faults.


def _configuration(values: Mapping[str, Any], folder: Path) -> Configuration:
    values = _completed(values)
    digest, book = values["digest"], values["address_book"]
    at = _time(digest["at"]) if "at" in digest else DigestTime().at
    region = Region(
        name=values["region"]["name"],
        coordinators=frozenset(values["coordinators"]),
        address_book=MappingProxyType({known_label(label): it.get("person") for label, it in book.items()}),
        timing=_timing(values["timing"]),
        digest=DigestTime(_weekday(digest), at),
    )
    if "contact" in values:
        region = replace(region, contact=known_label(values["contact"]))
    return Configuration(
        homeserver=values["homeserver"].rstrip("/"),
        user=values["user"],
        data=_inside(folder, values["data"]),
        key_file=_inside(folder, values["key_file"]),
        servers=frozenset(values["servers"]),
        region=region,
    )


def _inside(folder: Path, path: str) -> Path:
    return Path(os.path.abspath(folder / path))  # noqa: PTH100 - resolve() follows links


def _server(user: str) -> str:
    return user.partition(":")[2]


def _timing(given: Mapping[str, Any]) -> Timing:
    values: dict[str, Any] = {name: _time(it) if isinstance(it, str) else it for name, it in given.items()}
    return Timing(**values)


def _time(text: str) -> time:
    hours, minutes = text.split(":")
    return time(int(hours), int(minutes))


def _weekday(digest: Mapping[str, Any]) -> int:
    day = digest.get("weekday", _WEEKDAYS[DigestTime().weekday])
    return (_WEEKDAYS if day in _WEEKDAYS else _ENGLISH_WEEKDAYS).index(day)
