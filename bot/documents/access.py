"""The file for a request for access (AVG 15): the same records as JSON, for a machine, and as a page, for a person.

config/access-export.schema.json tells the form of the JSON.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.core.dates import When, say_day, say_when
from bot.core.dates.calendar import AMSTERDAM
from bot.core.text import Language, Text
from bot.documents.access_words import CODES, FIELDS, MACHINERY, PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.core.records.exporting import Part, Row

VERSION = 1
"""Of the form. It goes up when a reader of the old form would misread the new one."""

TITLE = Text("Inzage {ref}", "Access {ref}")
SUBTITLE = Text(
    "Alles wat casusbot van deze casus bewaart, op {day}", "All that casusbot keeps of this case, on {day}"
)
NOTICE = Text(
    "Accounts van professionals en wie wat typte zijn weggelaten; rollen staan er wel. De bot bewaart geen gesprekken, "
    "namen of dossiers: die staan bij de partners. Verzoek tot correctie, beperking of bezwaar: bij het contactpunt.",
    "Accounts of professionals and who typed what are left out; roles are there. The bot keeps no conversations, names "
    "or files: those are with the partners. For correction, restriction or objection turn to the contact point.",
)
CONTROLLER = Text(
    "Verantwoordelijk: {name}. Contactpunt: {address}.", "Controller: {name}. Contact point: {address}."
)
UNKNOWN = Text("niet ingevuld", "not filled in")
YES, NO = Text("ja", "yes"), Text("nee", "no")


@dataclass(frozen=True, slots=True)
class Access:
    """What is handed over: `controller` and `address` as the configuration has them, `on` the local day."""

    ref: str
    on: date
    parts: tuple[Part, ...]
    controller: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class AccessPage:
    """What a reader sees, from top to bottom: headings with records, each a list of names and values."""

    language: Language
    title: str
    subtitle: str
    notice: str
    sections: tuple[tuple[str, tuple[tuple[tuple[str, str], ...], ...]], ...]


def as_json(access: Access) -> str:
    """Codes in English whatever language is spoken; moments in UTC."""
    records = {part.name: [_plain_row(row) for row in part.rows] for part in access.parts}
    return (
        json.dumps(
            {
                "format": "casusbot/access-export",
                "version": VERSION,
                "case": access.ref,
                "on": access.on.isoformat(),
                "controller": {"name": access.controller, "contact_point": access.address},
                "records": records,
            },
            ensure_ascii=False,
            indent=2,
        )
        + "\n"
    )


def page(access: Access, language: Language) -> AccessPage:
    unknown = UNKNOWN(language)
    answerable = CONTROLLER(language, name=access.controller or unknown, address=access.address or unknown)
    return AccessPage(
        language,
        TITLE(language, ref=access.ref),
        SUBTITLE(language, day=say_day(access.on, language=language.code)),
        f"{answerable} {NOTICE(language)}",
        tuple(
            (
                _word(PARTS, part.name, language).capitalize(),
                tuple(tuple(_facts(row, language)) for row in part.rows),
            )
            for part in access.parts
        ),
    )


def _plain_row(row: Row) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row}


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case tuple():
            return [_plain(item) for item in value]
        case _:
            return value


def _facts(row: Row, language: Language) -> Iterator[tuple[str, str]]:
    for name, value in row:
        if value is not None and value not in ((), "") and name not in MACHINERY:
            yield _word(FIELDS, name, language), _said(value, language)


def _said(value: Any, language: Language) -> str:
    match value:
        case bool():
            return (YES if value else NO)(language)
        case StrEnum():
            word = CODES.get(type(value), {}).get(value)
            return word(language) if word else value.replace("_", " ")
        case datetime():
            local = value.astimezone(AMSTERDAM)
            return say_when(
                When(local.date(), local.time().replace(second=0, microsecond=0)), language=language.code
            )
        case date():
            return say_day(value, language=language.code)
        case time():
            return f"{value:%H:%M}"
        case tuple():
            return "; ".join(_said(item, language) for item in value)
        case _:
            return str(value)


def _word(words: Mapping[str, Text], name: str, language: Language) -> str:
    """In the reader's language; a name that has no words yet is shown as it is."""
    return words[name](language) if name in words else name.replace("_", " ")
