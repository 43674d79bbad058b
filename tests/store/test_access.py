"""The file for a request for access: complete, readable, and without the people who work on the case."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from pypdf import PdfReader

import config
from bot.core.guard import KeptText
from bot.core.records.cases import Function, Participant
from bot.core.records.rights import CaseBasis, Remark, RemarkKind, Restriction
from bot.core.text import Language
from bot.documents.access import Access, as_json, page
from bot.documents.access_words import FIELDS, MACHINERY, PARTS
from bot.documents.typesetting import access_pdf
from bot.store import columns
from bot.store.columns import Holds
from bot.store.exporting import LEFT_OUT, SHOWN
from bot.store.records import TABLES
from tests.documents.cases import FILE, NOW, REF
from tests.golden import check
from tests.store.samples import keep

if TYPE_CHECKING:
    from bot.core.records.exporting import Part
    from bot.store.database import Database

LANGUAGES = pytest.mark.parametrize("language", Language)
ON = date(2026, 3, 20)
WORKERS = "@"
"""In every account."""


def text(words: str) -> KeptText:
    return KeptText.from_store(words)


async def exported(db: Database) -> tuple[Part, ...]:
    """What the store gives of a case in which there is something of most kinds."""
    rights = (
        CaseBasis(REF, 1, text("afspraken herijken"), None, NOW, "@voorzitter:voorbeeld.nl"),
        CaseBasis(REF, 2, text("weer naar school"), "wgs", NOW, "@voorzitter:voorbeeld.nl"),
        Remark(REF, 1, "A1", RemarkKind.STATEMENT, text("er is al gebeld"), NOW, "@contactpunt:voorbeeld.nl"),
        Restriction(REF, 1, text("juistheid betwist"), NOW, "@contactpunt:voorbeeld.nl"),
    )
    records = (FILE.case, *FILE.participants, *FILE.meetings, *FILE.agenda, *FILE.decisions, *FILE.actions)
    await db.write(lambda t: keep(t, *records, *rights))
    return await db.read(lambda t: t.exported(REF))


def access(parts: tuple[Part, ...]) -> Access:
    return Access(REF, ON, parts, "college van B en W", "privacy@voorbeeld.example")


@LANGUAGES
async def test_what_is_handed_over(db: Database, language: Language) -> None:
    parts = await exported(db)
    shown = page(access(parts), language)
    lines = [shown.title, shown.subtitle, "", shown.notice]
    for title, records in shown.sections:
        lines += ["", f"== {title}"]
        for record in records:
            lines += ["", *(f"{name}: {value}" for name, value in record)]
    check(f"store/golden/access-{language}.txt", "\n".join(lines))


async def test_a_machine_reads_it_by_the_published_schema(db: Database) -> None:
    written = as_json(access(await exported(db)))
    Draft202012Validator(json.loads(config.read("access-export.schema.json"))).validate(json.loads(written))
    check("store/golden/access.json", written)


async def test_nobody_who_works_on_the_case_is_in_it(db: Database) -> None:
    parts = await exported(db)
    written = as_json(replace(access(parts), address=None))
    assert WORKERS not in written
    for language in Language:
        shown = page(replace(access(parts), address=None), language)
        assert WORKERS not in str(shown)


async def test_no_text_of_the_case_is_missing(db: Database) -> None:
    written = as_json(access(await exported(db)))
    said = [FILE.case.purpose, *(a.text for a in FILE.actions), *(d.text for d in FILE.decisions)]
    said += [d.reason for d in FILE.decisions]
    assert all(json.dumps(words, ensure_ascii=False)[1:-1] in written for words in said)


def exportable() -> list[tuple[str, str]]:
    return [
        (table.name, name)
        for kind, table in TABLES.items()
        if kind not in LEFT_OUT and {"case_ref", "ref"} & set(table.columns)
        for name in table.columns
        if columns.of_field(kind, name) in SHOWN
    ]


def test_an_account_a_room_or_an_event_is_never_shown() -> None:
    assert not SHOWN & {
        Holds.PERSON,
        Holds.ROOM,
        Holds.EVENT,
        Holds.KEY,
        Holds.SECRET,
        Holds.WIRE,
        Holds.OUTGOING,
    }


def test_every_kind_and_field_has_words_that_a_reader_understands() -> None:
    """A new record or field: add a line to bot/documents/access_words.py."""
    assert sorted({table for table, _ in exportable()} - PARTS.keys()) == []
    assert sorted({name for _, name in exportable()} - FIELDS.keys() - MACHINERY) == []


def tags(node: Any) -> list[str]:
    node = node.get_object()
    if isinstance(node, list):
        return [tag for child in node for tag in tags(child)]
    if not hasattr(node, "get"):
        return []
    return ([str(node["/S"])] if "/S" in node else []) + (tags(node["/K"]) if "/K" in node else [])


async def test_a_screen_reader_gets_headings_in_order(db: Database) -> None:
    parts = await exported(db)
    many = tuple(replace(part, rows=part.rows * 20) for part in parts)
    found = PdfReader(BytesIO(access_pdf(page(access(many), Language.NL), NOW)), strict=True)
    root: Any = found.trailer["/Root"]
    assert root["/Lang"] == "nl"
    headings = [tag for tag in tags(root["/StructTreeRoot"]) if tag.startswith("/H")]
    assert headings == ["/H1", *["/H2"] * len(parts)]
    assert "Alles wat casusbot van deze casus bewaart" in found.pages[0].extract_text()
    assert len(found.pages) > 2


async def test_of_another_case_nothing_is_in_it(db: Database) -> None:
    await exported(db)
    other = replace(
        FILE.case, ref="Z-2026-099", room_id="!ander:voorbeeld.nl", purpose=text("andere kanarie")
    )
    seat = Participant("Z-2026-099", "@x:voorbeeld.nl", Function.CHAIR, "voorzitter", NOW, "@x:voorbeeld.nl")
    await db.write(lambda t: keep(t, other, seat))
    written = as_json(access(await db.read(lambda t: t.exported(REF))))
    assert "andere kanarie" not in written
    assert await db.read(lambda t: t.exported("Z-2026-000")) == ()
