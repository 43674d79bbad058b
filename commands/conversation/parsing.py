"""Whether a message is meant for the bot, and which command it names.

In a room the bot listens to `!actie`, `/actie` (Element holds back an unknown `/x` and sends `//x` as `/x`) and to
what begins with its name; in a direct chat to everything. All other talk is nobody's business.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

from bot.core.records.cases import REFERENCE
from bot.core.text import Language
from commands.conversation.mentions import mentions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from commands.conversation.command import Command

_PREFIX = re.compile(r"(?:!|//?)(?=[^\W\d_]{2,}(?:[\s,.:;!?]|$))")
USER_ID = re.compile(r"@[^\s:,@]{1,200}:[A-Za-z0-9.\-]{1,200}(?::\d{1,5}(?!\d))?")
_REPLY_FALLBACK = re.compile(r"\A(?:>[^\n]*(?:\n|\Z))+\n*")
_WORDS = re.compile(r"(\S+)(?:\s+(\S+))?")
_EDGE = ",.:;!?"
MOST_READ = 8000
"""Characters of a message that are looked at: twice what a command may have (`commands.registry.MOST_CHARACTERS`), so that
a longer one is still seen to be too long."""
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
_LONGEST_REFERENCE = 40
"""Characters of a word that can be one, with what stands around it."""
_LIKENESS = 0.74  # lets "akties" be acties and "oplossing" nothing


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command, in the language its word was typed in, and what followed the word."""

    command: Command
    language: Language
    text: str
    prefixed: bool = True


@dataclass(frozen=True, slots=True)
class Addressed:
    """Said to the bot, but no command; `nearest` are the commands that may have been meant."""

    text: str
    nearest: tuple[Invocation, ...]
    prefixed: bool = True


@dataclass(frozen=True, slots=True)
class Listener:
    """Who the bot is, and where it listens."""

    user_id: str
    name: str
    direct: bool = False


def folded(text: str) -> str:
    """Lower case, without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def plain(body: str, formatted: str | None = None) -> str:
    """What was typed: without a quoted message, invisible characters or the display names of mentioned people.

    A case reference in other forms of its letters and digits (full width) is one in A to Z and 0 to 9. A client writes
    a mention as a display name, which anybody chooses; the formatted body tells whose it is.
    """
    quoted = _REPLY_FALLBACK.match(body)
    text = body[quoted.end() if quoted else 0 :][:MOST_READ]
    text = "".join(
        c if c == "\n" else " " if c.isspace() else "" if unicodedata.category(c) in _INVISIBLE else c
        for c in text
    )
    place = 0
    for user, name in mentions(formatted or ""):
        found = text.find(name, place) if name and user.startswith("@") else -1
        if found >= 0:
            text = f"{text[:found]}{user}{text[found + len(name) :]}"
            place = found + len(user)
    return " ".join(map(_in_ascii, text.split(" "))).strip()


def _in_ascii(word: str) -> str:
    if word.isascii() or len(word) > _LONGEST_REFERENCE:
        return word
    normal = unicodedata.normalize("NFKC", word)
    return normal if REFERENCE.search(normal) else word


def parse(
    text: str, listener: Listener, commands: tuple[Command, ...], *, guess: bool = True
) -> Invocation | Addressed | None:
    """Read a text that `plain` returned; None when it is not for the bot.

    To guess which command a word was meant for takes longer than all the rest.
    """
    rest, mentioned = _without_name(text, listener)
    prefix = _PREFIX.match(rest)
    prefixed = mentioned or prefix is not None
    rest = rest[prefix.end() :] if prefix else rest
    if not rest or not (prefixed or listener.direct):
        return None
    words = _spellings(commands)
    for count in (2, 1):
        spoken, following = _first(rest, count)
        if spoken in words:
            command, language = words[spoken]
            return Invocation(command, language, following, prefixed)
    return Addressed(rest, tuple(_nearest(rest, words, prefixed=prefixed)) if guess else (), prefixed)


def _without_name(text: str, listener: Listener) -> tuple[str, bool]:
    found = _called(listener.user_id, listener.name).match(text)
    return (text[found.end() :].strip(), True) if found else (text, False)


@cache
def _called(user_id: str, name: str) -> re.Pattern[str]:
    """The ways to begin a message with the bot's name."""
    names = "|".join(re.escape(one) for one in (user_id, user_id.partition(":")[0], f"@{name}"))
    return re.compile(rf"(?:(?:{names})(?:[,:]\s*|\s+)|{re.escape(name)}[,:]\s*)", re.IGNORECASE)


@cache  # there are as many as there are commands, and every message asks for them
def _spellings(commands: tuple[Command, ...]) -> Mapping[str, tuple[Command, Language]]:
    """Every word that names a command; a word of both languages is Dutch, so Dutch comes last."""
    return {
        folded(name(language)): (command, language)
        for language in (Language.EN, Language.NL)
        for command in commands
        for name in (command.name, *command.aliases)
    }


def _first(text: str, count: int) -> tuple[str, str]:
    """The first `count` words, and what follows them."""
    found = _WORDS.match(text)
    if found is None or found[count] is None:
        return "", text
    words = " ".join(folded(word.strip(_EDGE)) for word in found.groups()[:count])
    return words, text[found.end(count) :].lstrip(f" {_EDGE}\n")


def _nearest(
    text: str, words: Mapping[str, tuple[Command, Language]], *, prefixed: bool
) -> Iterator[Invocation]:
    spoken, following = _first(text, 1)
    family = [n for n, (command, language) in words.items() if _is_longer(n, spoken, command.name(language))]
    for name in sorted(family):
        yield Invocation(*words[name], following, prefixed)
    for count in () if family else (2, 1):
        spoken, following = _first(text, count)
        for name in get_close_matches(spoken, [n for n in words if n.count(" ") == count - 1], 1, _LIKENESS):
            yield Invocation(*words[name], following, prefixed)
            return


def _is_longer(name: str, word: str, own: str) -> bool:
    """Whether `word` is the first half of a command's own name, like "overleg" of "overleg start"."""
    return name.startswith(f"{word} ") and name == folded(own)
