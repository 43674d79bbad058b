"""The plain words that count as an answer, and the questions that a chair is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core.text import Text
from commands.conversation.command import Asks
from commands.conversation.parsing import folded

if TYPE_CHECKING:
    from bot.core.records.trail import Question

AGREEMENT = Text("akkoord", "agree")
"""The command that takes a chair's answers about actions."""
ASKS_APPROVAL = Asks("approve", weighs=True)
"""Asked of every chair about what somebody else proposed: an action, or the steps while somebody is out of sight."""
ASKS_CHECK = Asks("check")
"""Asked of a chair about an action of their own, which counts already."""
ASKS_CHANGE = Asks("change")
"""Asked of a chair who said 'wijzig': into what."""
ASKS_REASON = Asks("reason")
"""Asked by every command that needs a reason, or that would like one."""

_YES = frozenset({"ja", "ja hoor", "ja graag", "ja klopt", "klopt", "akkoord", "ja akkoord", "yes", "agreed"})
_NO = frozenset({"nee", "nee hoor", "niet akkoord", "no"})
_CHANGE = re.compile(r"^(?:wijzig(?:en)?|verander|change)\b[\s,:]*(?:(?:naar|in|to)\s+)?", re.IGNORECASE)
_ACTION = re.compile(r"\bA(\d{1,5})\W*+$", re.IGNORECASE | re.ASCII)


def _bare(text: str) -> str:
    return re.sub(r"[\s,.;:]+", " ", folded(text)).strip()


def is_yes(text: str) -> bool:
    return _bare(text) in _YES


def is_no(text: str) -> bool:
    return _bare(text) in _NO


def change(text: str) -> str | None:
    """What 'wijzig …' asks for, "" when it does not say yet; None when it is something else."""
    found = _CHANGE.match(text.strip())
    return text.strip()[found.end() :].strip(" .") if found else None


def with_action(text: str) -> tuple[str, int | None]:
    """'ja A6' as the word and the number."""
    found = _ACTION.search(text)
    return (text[: found.start()].strip(" ,"), int(found[1])) if found else (text, None)


def draft(question: Question) -> dict[str, str]:
    return dict(question.draft)
