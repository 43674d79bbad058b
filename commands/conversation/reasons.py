"""Reasons as people type them: "reden: …" in all its forms, and the codes of why an action is stuck."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from bot.core.records.actions import REASON_NAMES, BlockReason
from commands.conversation.parsing import folded

if TYPE_CHECKING:
    from bot.core.text import Language, Text
    from commands.conversation.command import Request

_WORDS_FOR_IT = r"(?:reden|omdat|reason|because)\b"
_BEGINS = re.compile(rf"^\W*{_WORDS_FOR_IT}\s*+:?\s*+", re.IGNORECASE)
_FOR = re.compile(r"^\W*want\b(?! to\b)\s*+:?\s*+", re.IGNORECASE)
"""Only at the start: within English words it is another word."""
_WITHIN = re.compile(rf"\b{_WORDS_FOR_IT}\s*:?", re.IGNORECASE)
_PLAINLY = re.compile(rf"\b{_WORDS_FOR_IT}\s*:", re.IGNORECASE)
_EDGES = " \t\n,.;:"
REASON_IS = "reden: "
"""How a command writes it that has text and reason apart and hands them on as one."""

_R = BlockReason
COMMON = (
    _R.WAITING_LIST,
    _R.WAITING_ON_PARTNER,
    _R.NO_CONTACT,
    _R.NO_CAPACITY,
    _R.LEGAL_BASIS_UNCLEAR,
    _R.PROFESSIONAL_SECRECY,
    _R.NO_SUITABLE_SERVICE,
    _R.REGIE_UNCLEAR,
    _R.AWAITING_COURT,
    _R.HESITANCY,
)
"""The ten that are offered by number; every other reason can be typed by its name."""

_ALSO: dict[BlockReason, tuple[str, ...]] = {
    _R.WAITING_LIST: ("wachtlijsten", "wachttijd"),
    _R.NO_CAPACITY: ("capaciteit", "geen tijd", "no time", "capacity"),
    _R.WAITING_ON_PARTNER: (
        "wacht op partner",
        "wacht op een partner",
        "wacht op andere",
        "waiting on partner",
    ),
    _R.LEGAL_BASIS_UNCLEAR: ("mag ik dit", "mag dit", "grondslag", "privacy", "may i do this", "legal basis"),
    _R.PROFESSIONAL_SECRECY: ("mag niet delen", "niet verstrekt", "geheimhouding", "secrecy", "not provided"),
    _R.NO_CONTACT: ("geen contact", "niet bereikbaar", "geen gehoor"),
    _R.NO_COOPERATION: ("wil niet", "weigert", "does not cooperate"),
    _R.NO_MANDATE: ("mandaat", "doorzettingsmacht", "mandate"),
    _R.REGIE_UNCLEAR: ("regie", "wie heeft de regie"),
    _R.NO_SUITABLE_SERVICE: ("passend aanbod", "geen aanbod", "geen plek"),
    _R.FUNDING: ("geld", "money", "woonplaatsbeginsel"),
    _R.AWAITING_COURT: ("wacht op rechter", "wacht op om", "rechter", "zitting", "court"),
    _R.STAFF_CHANGE: ("wisseling", "nieuwe collega"),
    _R.UNCLEAR_ACTION: ("onduidelijk", "unclear"),
    _R.HESITANCY: ("weet niet hoe verder", "weet niet hoe", "do not know how"),
    _R.CHANGED_CIRCUMSTANCES: ("omstandigheden",),
}


def bare_reason(text: str) -> str:
    """A reason without the word that announces it: 'reden: …', 'omdat …'; "" where nothing else is said."""
    found = _BEGINS.match(text) or _FOR.match(text)
    return text[found.end() if found else 0 :].strip(_EDGES)


def split_reason(text: str) -> tuple[str, str]:
    """What stands before the reason, and the reason: 'gezin bellen, reden: geen contact'; "" where it is missing.

    A colon tells the reason from the same word in the text: 'de reden van verzuim uitzoeken, reden: …'.
    """
    found = _PLAINLY.search(text) or _WITHIN.search(text)
    if found is None:
        return text.strip(_EDGES), ""
    return text[: found.start()].strip(_EDGES), bare_reason(text[found.end() :])


def given_reason(request: Request) -> str | None:
    """The reason in an answer: 'reden: …', 'omdat …', or any reply to the question; other talk is no answer."""
    if not request.replies and not _BEGINS.match(request.text):
        return None
    return bare_reason(request.text) or None


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", folded(text)))


_SPELT: dict[str, BlockReason] = {
    _words(spelling): reason
    for reason, name in REASON_NAMES.items()
    for spelling in (name.nl, name.en, *_ALSO.get(reason, ()))
}


def find_reason(text: str) -> BlockReason | None:
    """The reason that a whole answer names: by its number, its name, or nearly that."""
    text = bare_reason(text)
    if text.strip(" .)").isdecimal():
        place = int(text.strip(" .)"))
        return COMMON[place - 1] if 1 <= place <= len(COMMON) else None
    near = get_close_matches(_words(text), _SPELT, 1, 0.85)
    return _SPELT[near[0]] if near else None


def leading_reason(text: str) -> tuple[BlockReason | None, str]:
    """The reason a text begins with, and what comes after it."""
    text = bare_reason(text)
    words = list(re.finditer(r"\S+", text))
    for count in range(min(len(words), 6), 0, -1):
        end = words[count - 1].end()
        if reason := _SPELT.get(_words(text[:end])):
            return reason, text[end:].lstrip(" ,.;:-")
    if words and (
        near := get_close_matches(_words(words[0].group()), [s for s in _SPELT if " " not in s], 1, 0.85)
    ):
        return _SPELT[near[0]], text[words[0].end() :].lstrip(" ,.;:-")
    return None, text


def offered(language: Language) -> str:
    return " · ".join(f"{n} {REASON_NAMES[reason](language)}" for n, reason in enumerate(COMMON, 1))


def named(reason: BlockReason, language: Language) -> str:
    name: Text = REASON_NAMES[reason]
    return name(language)
