"""Which of several people in one role is meant. Asked only where there are several; the role stays the holder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core.text import Text, listed
from commands.conversation.parsing import folded
from commands.conversation.replies import AND

if TYPE_CHECKING:
    from bot.core.records.cases import Participant
    from commands.conversation.command import Request

CHOOSE_ONE = Text(
    "Er zijn {count} personen als {label}: {people}. Wie doet het? Antwoord met een nummer of naam, of: samen.",
    "There are {count} people as {label}: {people}. Who does it? Answer with a number or name, or: together.",
)
_TOGETHER = frozenset({"samen", "allemaal", "de rol", "rol", "maakt niet uit", "together", "all", "the role"})
_COUNTS = {2: Text("twee", "two"), 3: Text("drie", "three"), 4: Text("vier", "four")}


def several(request: Request, label: str, holders: tuple[Participant, ...]) -> str:
    """The question, with everybody by number and account."""
    language = request.language
    people = [f"{n} {_local(seat.user_id)}" for n, seat in enumerate(holders, 1)]
    count = _COUNTS[len(holders)](language) if len(holders) in _COUNTS else len(holders)
    return CHOOSE_ONE(language, count=count, label=label, people=listed(people, AND(language)))


def chosen(text: str, holders: tuple[Participant, ...]) -> str | None:
    """The user id that an answer names, "" for the role as a whole; None where it is no answer."""
    spoken = folded(text).strip(" .!?,")
    if spoken in _TOGETHER:
        return ""
    if spoken.isdecimal():
        return holders[int(spoken) - 1].user_id if 1 <= int(spoken) <= len(holders) else None
    found = [seat.user_id for seat in holders if spoken in {_name(seat.user_id), folded(seat.user_id)}]
    found = found or [seat.user_id for seat in holders if folded(_local(seat.user_id)) == spoken]
    return found[0] if len(found) == 1 else None


def named(label: str, person: str | None) -> str:
    """The holder as it is read back: 'wijkagent (@jan)'."""
    return f"{label} ({_local(person)})" if person else label


def _local(user_id: str) -> str:
    return user_id.partition(":")[0]


def _name(user_id: str) -> str:
    return re.sub(r"^@", "", folded(_local(user_id)))
