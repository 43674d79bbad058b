"""What is wrong with the shape of a file that people write by hand, each fault with what to write instead.

The schema is the manual: its titles and examples are what the faults say. A value from the file is never repeated.
"""

from __future__ import annotations

import difflib
import json
import re
from typing import TYPE_CHECKING, Any, Final

from jsonschema import Draft202012Validator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jsonschema import ValidationError

    from bot.settings.yamlfile import KeyPath

_SECRET: Final = re.compile(
    r"pass|wachtwoord|token|secret|geheim|sleutel|key|recovery|seed|credential", re.IGNORECASE
)


def shape_faults(values: Any, schema: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    """Every value that is not as the schema wants it, by where it stands."""
    for error in Draft202012Validator(dict(schema)).iter_errors(values):
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


def place(path: KeyPath, lines: Mapping[KeyPath, int]) -> str:
    """Where a value stands, for people: "timing.after (regel 12)"."""
    if not path:
        return "het bestand"
    name = ".".join(str(part) for part in path)
    shown = name if name.isprintable() and len(name) <= 80 else "een onleesbare sleutel"
    return f"{shown} (regel {lines[path]})" if path in lines else shown


def in_order(faults: Mapping[KeyPath, str], lines: Mapping[KeyPath, int]) -> tuple[str, ...]:
    """The faults as lines for people, from the top of the file down."""
    found = sorted(faults.items(), key=lambda fault: lines.get(fault[0], 0))
    return tuple(f"{place(path, lines)}: {fault}" for path, fault in found)


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
