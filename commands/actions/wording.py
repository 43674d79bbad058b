"""What people write after `actie`: who, what and by when, in whatever order they put it.

Pure text: which role a word names is asked of the caller. Nothing is filled in that was not written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core.dates import read_when, split_when
from bot.core.records.actions import DOMAIN_NAMES, KIND_NAMES, ActionKind, LifeDomain
from commands.conversation.parsing import USER_ID, folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from bot.core.dates import Ask, When
    from bot.core.text import Text

    Finder = Callable[[str], str | None]
    """The label of the role that a text names; None where it names none."""

_MAY_END_HEAD = re.compile(rf"{USER_ID.pattern}|\d:(?=\d)|[:\n]")
_LONGEST_HEAD = 160
_IN_BRACKETS = re.compile(r"\(([^()]{1,60})\)")
_HASHED = re.compile(r"(?:^|\s)#([^\W\d_]{3,30})")
_MENTION = re.compile(rf"(?:^|(?<=\s))(?:{USER_ID.pattern}|@[^\s,;:.()]+)")
_BEFORE_LAST = re.compile(r"[,;]\s*+(?:(?:door|by)\s++)?|\s[-–—]\s++|\s(?:door|by)\s++|\(")
_LONGEST_LAST, _MOST_BEFORE_LAST = 60, 20
_LONGEST_LABEL = 5
_EDGE = " \t\r\n\u00a0,;:-–—"
_QUOTES = " \t\r\n\u00a0\"'“”„«»"


@dataclass(frozen=True, slots=True)
class Wording:
    """`holder` is the label that `spoken` names, None where it names none; `spoken` is "" where nobody is named."""

    holder: str | None
    spoken: str
    text: str
    when: When | Ask | None
    kind: ActionKind | None = None
    domain: LifeDomain | None = None


def read_action(line: str, find: Finder, *, at: datetime) -> Wording:
    """The parts of one action. Relative dates count from `at`."""
    rest, tags = _hashtags(line)
    rest, bracketed = _bracketed(rest)
    kind, domain = _sorted((*bracketed, *tags))
    read = next(_readings(rest, find, at), None) or _unknown_holder(rest, at)
    return replace(read, text=read.text.strip(_QUOTES), kind=kind, domain=domain)


def _readings(line: str, find: Finder, at: datetime) -> Iterator[Wording]:
    """Every way in which a known role is named, the plainest first."""
    if (split := _split_head(line, find, at)) is not None:
        spoken, sentence = split
        yield _dated(find(spoken), spoken, sentence, at)
    deadline = split_when(line, at=at)
    sentence = deadline.text if deadline else line
    for text in dict.fromkeys((line, sentence)):
        if (named := _first_words(text, find)) is not None:
            spoken, rest = named
            found = split_when(rest, at=at)
            when = found.when if found else deadline.when if deadline else None
            yield Wording(find(spoken), spoken, found.text if found else rest, when)
    if (mention := _MENTION.search(line)) and (label := find(mention.group())):
        without = f"{line[: mention.start()].rstrip()} {line[mention.end() :].lstrip(_EDGE)}"
        yield _dated(label, mention.group(), without.strip(_EDGE), at)
    if (closing := _at_the_end(sentence)) and (label := find(closing[1])):
        yield Wording(label, closing[1], closing[0], deadline.when if deadline else None)


def _head(line: str) -> tuple[str, str] | None:
    """What stands before the first colon that belongs to no time and no account, and what comes after it."""
    for found in _MAY_END_HEAD.finditer(line, 0, _LONGEST_HEAD):
        if found.group() == ":":
            head, rest = line[: found.start()].strip(), line[found.end() :]
            return (head, rest.lstrip()) if head and not rest[:1].isdecimal() else None
        if found.group() == "\n" and line[: found.start()].strip():
            return None
    return None


def _at_the_end(sentence: str) -> tuple[str, str] | None:
    """What may be the role behind a comma, a dash or "door", or in brackets, and what it stands behind."""
    text = sentence.rstrip(" \n.").removesuffix(")")
    for found in _BEFORE_LAST.finditer(text, max(0, len(text) - _LONGEST_LAST - _MOST_BEFORE_LAST)):
        before, last = text[: found.start()].rstrip(), text[found.end() :]
        if before and 2 <= len(last) <= _LONGEST_LAST and not any(mark in last for mark in ",;()"):
            return before, last
    return None


def _split_head(line: str, find: Finder, at: datetime, *, dated: bool = False) -> tuple[str, str] | None:
    """The role before the colon, and the rest with the date that stood beside the role put at its end."""
    head = _head(line)
    if head is None:
        return None
    spoken, rest = head[0].strip(_EDGE), head[1]
    if find(spoken):
        return spoken, rest
    if _is_date(spoken, at):
        if dated:
            return None
        below = _split_head(rest, find, at, dated=True) or _first_words(rest, find)
        return (below[0], f"{below[1]}, {spoken}") if below else None
    words = spoken.split()
    for count in range(min(len(words) - 1, _LONGEST_LABEL), 0, -1):
        for label, date in (
            (" ".join(words[:count]), " ".join(words[count:])),
            (" ".join(words[-count:]), " ".join(words[:-count])),
        ):
            if find(label.strip(_EDGE)) and _is_date(date, at):
                return label.strip(_EDGE), f"{rest}, {date.strip(_EDGE)}"
    return None


def _first_words(text: str, find: Finder) -> tuple[str, str] | None:
    """'Veilig Thuis belt morgen' where the first words are plainly a role."""
    words = text.split(maxsplit=_LONGEST_LABEL)
    for count in range(min(len(words) - 1, _LONGEST_LABEL), 0, -1):
        spoken = " ".join(words[:count]).strip(_EDGE)
        if find(spoken):
            return spoken, text.split(maxsplit=count)[count].lstrip(_EDGE)
    return None


def _unknown_holder(line: str, at: datetime) -> Wording:
    """What stands before the colon is then taken as the role, as it was typed."""
    head = _head(line)
    if head is None or _is_date(head[0], at):
        return _dated(None, "", line, at)
    return _dated(None, head[0].strip(_EDGE), head[1], at)


def _dated(holder: str | None, spoken: str, sentence: str, at: datetime) -> Wording:
    found = split_when(sentence, at=at)
    return Wording(holder, spoken, found.text if found else sentence, found.when if found else None)


def _is_date(text: str, at: datetime) -> bool:
    return read_when(text, at=at) is not None


# Kind and area of life, in brackets behind the role or with a # at the end


def _spelt(names: Iterable[tuple[ActionKind | LifeDomain, Text]]) -> dict[str, ActionKind | LifeDomain]:
    return {folded(word): tag for tag, name in names for word in (name.nl, name.en)}


_TAGS: dict[str, ActionKind | LifeDomain] = {
    **_spelt(KIND_NAMES.items()),
    **_spelt(DOMAIN_NAMES.items()),
    **dict.fromkeys(("onderwijs", "werk", "dagbesteding", "school", "work", "education"), LifeDomain.DAYTIME),
    **dict.fromkeys(("gezin en relaties", "relaties", "opvoeding"), LifeDomain.FAMILY),
    **dict.fromkeys(("sociaal netwerk", "social network"), LifeDomain.NETWORK),
    **dict.fromkeys(("financien", "geld", "schulden", "finance", "finances"), LifeDomain.MONEY),
    **dict.fromkeys(("huisvesting", "woning"), LifeDomain.HOUSING),
}


def _hashtags(line: str) -> tuple[str, tuple[str, ...]]:
    tags = tuple(tag for tag in _HASHED.findall(line) if folded(tag) in _TAGS)
    for tag in tags:
        line = re.sub(rf"(?:^|\s)#{tag}\b", "", line, count=1)
    return line.strip(), tags


def _bracketed(line: str) -> tuple[str, tuple[str, ...]]:
    """'leerplicht (informatie, onderwijs): …'; brackets that hold anything else are text."""
    for found in _IN_BRACKETS.finditer(line):
        parts = tuple(part.strip() for part in re.split(r"[,;/]|\ben\b|\band\b", found[1]))
        if all(folded(part) in _TAGS for part in parts) and line[found.end() :].lstrip().startswith(":"):
            return line[: found.start()].rstrip() + line[found.end() :], parts
    return line, ()


def _sorted(tags: tuple[str, ...]) -> tuple[ActionKind | None, LifeDomain | None]:
    """The first of each sort that was written."""
    read = [_TAGS[folded(tag)] for tag in tags]
    kind = next((tag for tag in read if isinstance(tag, ActionKind)), None)
    return kind, next((tag for tag in read if isinstance(tag, LifeDomain)), None)
