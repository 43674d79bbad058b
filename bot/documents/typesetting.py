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

    from bot.documents.sheet import Sheet
    from bot.documents.timeline import Timeline

PIXELS_PER_POINT = 2
SHOWN = re.compile(
    r"[^\x20-\x7e\xa0-\xac\xae-\u017f\u0218-\u021b\u0391-\u03a1\u03a3-\u03a9\u03b1-\u03c9\u0410-\u044f"
    r"\u1e00-\u1e9e\u2010-\u2015\u2018-\u201e\u2020-\u2022\u2026\u2030\u2032\u2033\u2039\u203a\u20ac"
    r"\u2190-\u2193\u2212\u2260\u2264\u2265]"
)
"""What the fonts that come with typst cannot be relied on to show; PDF/UA-1 refuses a page with a missing glyph."""


def installed() -> bool:
    return find_spec("typst") is not None


def pdf(page: Sheet, created: datetime) -> bytes:
    """A tagged PDF (PDF/UA-1, ISO 14289-1) on A4. `created` is the date in its metadata."""
    return _compile("agreements.typ", asdict(page), format="pdf", pdf_standards="ua-1", timestamp=created)


def timeline_png(picture: Timeline) -> bytes:
    """A picture of 800 pixels wide."""
    return _compile("timeline.typ", asdict(picture), format="png", ppi=72 * PIXELS_PER_POINT)


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
            return SHOWN.sub("\ufffd", value)
        case dict():
            return {name: _shown(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_shown(inner) for inner in value]
        case _:
            return value
