"""Whom a message mentions: the links to people in its HTML, which say whose name stands in the text.

Read by hand and in one pass. What anybody in a room may send must not cost time: an expression that can backtrack, and
the parser of the standard library too, take seconds over some thousands of unfinished tags.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_HTML = 16_000
"""Characters of formatted text that are read: the mentions of a command stand at its start."""
_HREF = re.compile(
    r"""\shref=(?:"https://matrix\.to/#/([^"?]++)[^"]*+"|'https://matrix\.to/#/([^'?]++)[^']*+')""",
    re.IGNORECASE,
)


def mentions(formatted: str) -> Iterator[tuple[str, str]]:
    """The id that each link to matrix.to is of, and the name that it shows, in the order of the text."""
    html, place = formatted[:MOST_HTML], 0
    while (start := html.find("<", place)) >= 0 and (end := html.find(">", start)) >= 0:
        place = end + 1
        if html[start + 1 : start + 2] not in {"a", "A"} or (link := _HREF.search(html, start, end)) is None:
            continue
        close = html.find("<", place)
        if html[close : close + 4].lower() == "</a>":
            yield unquote(unescape(link[1] or link[2])), unescape(html[place:close])
