"""Pages and pictures by typst: in memory, without network or files, the same bytes for the same values.

typst is the optional extra `documents`. What people typed reaches it as data, never as markup.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from bot.documents.access import AccessPage
    from bot.documents.papers.paper import Paper
    from bot.documents.sheet import Sheet
    from bot.documents.timeline import Timeline
    from bot.documents.weeks import WeeksPicture

PIXELS_PER_POINT = 2
_UNSHOWN = re.compile(
    r"[^\x20-\x7e\xa0-\u036f\u0400-\u0481\u1e00-\u1eff\u2010-\u2027\u2030-\u2040\u20a0-\u20c0\u2190-\u22ff]"
)
"""What the fonts inside typst may not have, such as emoji: PDF/UA-1 refuses a page with a missing glyph."""

_ENDLESS = re.compile(r"(\S{16})(?=\S)")
_LONGEST_WORD = 40
"""Characters; what is longer is no word, and is broken rather than run off the page."""


def installed() -> bool:
    return find_spec("typst") is not None


def pdf(page: Sheet, created: datetime) -> bytes:
    """A tagged PDF (PDF/UA-1, ISO 14289-1) on A4. `created` is the date in its metadata."""
    return _pdf("agreements.typ", asdict(page), created)


def paper_pdf(paper: Paper, created: datetime) -> bytes:
    """As `pdf`, on A4 lying."""
    return _pdf("paper.typ", asdict(paper), created)


def access_pdf(page: AccessPage, created: datetime) -> bytes:
    """As `pdf`, for a request for access."""
    return _pdf("access.typ", asdict(page), created)


def timeline_png(picture: Timeline) -> bytes:
    """A picture of 800 pixels wide."""
    return _png("timeline.typ", asdict(picture))


def weeks_png(picture: WeeksPicture) -> bytes:
    """A picture of 800 pixels wide."""
    return _png("weeks.typ", asdict(picture))


def _pdf(template: str, values: dict[str, Any], created: datetime) -> bytes:
    seconds = int(created.timestamp())
    return _compile(template, values, format="pdf", pdf_standards="ua-1", timestamp=seconds)


def _png(template: str, values: dict[str, Any]) -> bytes:
    return _compile(template, values, format="png", ppi=72 * PIXELS_PER_POINT)


def _compile(template: str, values: dict[str, Any], **how: Any) -> bytes:
    import typst  # noqa: PLC0415  an optional extra

    drawn: bytes = typst.compile(
        _template(template),
        sys_inputs={"values": json.dumps(_shown(values))},
        font_paths=_fonts(),
        **how,
    )
    return drawn


@cache
def _template(name: str) -> bytes:
    return files(__package__ or "").joinpath(name).read_bytes()


@cache
def _fonts() -> Any:
    """Those inside typst: what happens to be installed on a machine must not change a page."""
    import typst  # noqa: PLC0415

    return typst.Fonts(include_system_fonts=False)


def _shown(value: Any) -> Any:
    match value:
        case str():
            return " ".join(map(_breakable, _UNSHOWN.sub("\ufffd", value).split(" ")))
        case dict():
            return {name: _shown(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_shown(inner) for inner in value]
        case _:
            return value


def _breakable(word: str) -> str:
    return _ENDLESS.sub("\\1\u200b", word) if len(word) > _LONGEST_WORD else word
