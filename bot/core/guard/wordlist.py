"""The word list as a value: read from a mapping (`config/guard.yaml`), checked, and ready to match.

A phrase is a few steps, one per word:

    turk/en/s/se        one of turk, turken, turks, turkse
    komt|komen          one of these
    <country>           one of a named set
    oorspronkelijk?     may be missing
    *                   any one word
    ..                  up to three words, whichever
    !<person>           none of these may follow

Words match without regard to case or accents; a word written here with a capital only with exactly those capitals
(`ASS` is a diagnosis, `ass` is not). A comma or a new line separates phrases.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.core.guard.findings import Category
from bot.core.guard.fold import fold

REQUIRED_SETS: Final = frozenset({
    "case_label", "code_noun", "given_name", "given_name_or_word", "id_label", "kin", "month", "named", "not_name",
    "not_street", "organisation_pair", "particle", "person", "place_tail", "profession", "programme", "residence",
    "room", "street_tail", "street_tail_capital", "surname", "title", "title_short", "unit",
})  # fmt: skip


_ONE_TOKEN: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)?|[:=]")


class WordListError(ValueError):
    """The word list cannot be used; the message names the place, for whoever maintains it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One place in a phrase. `words` None stands for any word; `absent` takes no place: none of them may follow."""

    words: frozenset[str] | None
    optional: bool = False
    absent: bool = False


Phrase = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Compounds:
    """Words glued to a flagged word: `stems` before one of `tails`, or after one of `heads`."""

    category: Category
    stems: frozenset[str]
    heads: tuple[str, ...]
    tails: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordList:
    """What the guard knows about words. Make it with `from_mapping`."""

    flagged: tuple[tuple[Category, Phrase], ...]
    harmless: tuple[Phrase, ...]
    compounds: tuple[Compounds, ...]
    sets: Mapping[str, frozenset[str]]

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> "WordList":
        """Read the shape of `config/guard.yaml`. Raises WordListError, naming the group or the set at fault."""
        try:
            sets = _read_sets(data["sets"])
            groups = [_Group.read(group, sets) for group in data["groups"]]
            harmless = tuple(
                p for allowed in data["harmless"] for p in _read_phrases(allowed["phrases"], sets)
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise WordListError(f"word list: missing or misshapen part ({error})") from error
        if missing := REQUIRED_SETS - sets.keys():
            raise WordListError(f"word list: sets missing: {', '.join(sorted(missing))}")
        return cls(
            flagged=tuple((group.category, phrase) for group in groups for phrase in group.phrases),
            harmless=harmless,
            compounds=tuple(group.compounds() for group in groups if group.heads or group.tails),
            sets=sets,
        )


@dataclass(frozen=True, slots=True)
class _Group:
    category: Category
    phrases: tuple[Phrase, ...]
    heads: frozenset[str]
    tails: frozenset[str]

    @classmethod
    def read(cls, group: Mapping[str, Any], sets: Mapping[str, frozenset[str]]) -> "_Group":
        if not group.get("reason"):
            raise WordListError(f"word list: a group of {group['category']} has no reason")
        try:
            category = Category(group["category"])
        except ValueError as error:
            raise WordListError(f"word list: no such category: {group['category']}") from error
        return cls(
            category,
            tuple(_read_phrases(group["flag"], sets)),
            _words(group.get("heads", ""), sets),
            _words(group.get("tails", ""), sets),
        )

    def compounds(self) -> Compounds:
        single = (phrase[0].words or frozenset() for phrase in self.phrases if len(phrase) == 1)
        # Three letters begin too many innocent words.
        stems = frozenset(word for words in single for word in words if len(word) > 3)
        return Compounds(self.category, stems, tuple(self.heads), tuple(self.tails))


def _read_sets(data: Mapping[str, str]) -> dict[str, frozenset[str]]:
    sets: dict[str, frozenset[str]] = {}
    for name, text in data.items():
        sets[name] = _words(text, sets)
    return sets


def _words(text: str, sets: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset(word for item in text.replace(",", " ").split() for word in _alternatives(item, sets))


def _read_phrases(text: str, sets: Mapping[str, frozenset[str]]) -> Iterable[Phrase]:
    for written in filter(str.strip, re.split(r"[,\n]", text)):
        phrase = tuple(step for item in written.split() for step in _steps(item, sets))
        if phrase[0].optional or phrase[0].absent or phrase[0].words is None:
            raise WordListError(f"word list: a phrase must begin with a word: {written.strip()!r}")
        yield phrase


def _steps(item: str, sets: Mapping[str, frozenset[str]]) -> Iterable[Step]:
    if item == "..":
        return [Step(None, optional=True)] * 3
    optional = item.endswith("?")
    if item.removesuffix("?") == "*":
        return [Step(None, optional)]
    written = item.removeprefix("!").removesuffix("?").split("|")
    words = frozenset(word for part in written for word in _alternatives(part, sets))
    if unmatchable := [word for word in words if not _ONE_TOKEN.fullmatch(word)]:
        raise WordListError(f"word list: not one word, so never found: {', '.join(sorted(unmatchable))}")
    return [Step(words, optional, absent=item.startswith("!"))]


def _alternatives(item: str, sets: Mapping[str, frozenset[str]]) -> Iterable[str]:
    if item.startswith("<"):
        name = item.strip("<>")
        if name not in sets:
            raise WordListError(f"word list: no such set, or used before it is written: {item}")
        return sets[name]
    stem, *endings = fold(item)[0].split("/")
    return [stem, *(stem + ending for ending in endings)]
