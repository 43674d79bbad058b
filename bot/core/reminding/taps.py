"""Questions about one action that are answered with a tap: polls (MSC3381) whose every answer stands for a command."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.casefile import next_number
from bot.core.effects import Effects, EndPoll, Loudness, SendPoll, ToPerson
from bot.core.records.explanations import Receiver
from bot.core.records.inquiries import ANSWER_NAMES
from bot.core.records.meetings import Poll
from bot.core.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.core.effects import Address
    from bot.core.records.actions import Action
    from bot.core.records.inquiries import Inquiry
    from bot.core.text import Language

Tap = tuple[Text, Text]
"""What can be tapped, and the command that it stands for."""

ANSWERS: tuple[Tap, ...] = (
    (Text("klaar", "done"), Text("klaar {it}", "done {it}")),
    (Text("later", "later"), Text("later {it}", "snooze {it}")),
    (Text("vast", "blocked"), Text("vast {it}", "blocked {it}")),
    (
        Text("ik kom er niet uit", "I need help"),
        Text("vast {it} ik weet niet hoe verder", "blocked {it} I do not know how to go on"),
    ),
)
"""What whoever is to do an action may answer."""
_FIRST: dict[Receiver, Tap] = {
    Receiver.HOLDER_SEEN: (Text("gezien", "seen"), Text("oke {it}", "ack {it}")),
    Receiver.HOLDER_STATUS: (Text("loopt", "on track"), Text("loopt {it}", "on track {it}")),
}
"""The answer to what is asked beside the ladder: it comes first."""


def answers_to(
    receiver: Receiver | None, inquiry: Inquiry | None = None, *, on_behalf: bool = False
) -> tuple[Tap, ...]:
    """What may be tapped about an action; an inquiry has its own answers, "not provided" among them, and no others.

    `on_behalf`: somebody asks the partner elsewhere and records what it says.
    """
    if inquiry:
        partner = inquiry.partner if on_behalf else ""
        return tuple(_answering(ANSWER_NAMES[answer], partner) for answer in inquiry.answers)
    first = _FIRST.get(receiver) if receiver else None
    return (first, *ANSWERS) if first else ANSWERS


def _answering(name: Text, partner: str) -> Tap:
    behalf = Text(f"namens {partner} ", f"on behalf of {partner} ") if partner else Text("", "")
    return name, Text(f"antwoord {{it}} {behalf.nl}{name.nl}", f"answer {{it}} {behalf.en}{name.en}")


def asked(
    polls: Iterable[Poll],
    action: Action,
    user_id: str,
    question: str,
    taps: tuple[Tap, ...],
    *,
    it: str,
    by: str,
    to: Address,
    now: datetime,
    language: Language,
    loudness: Loudness = Loudness.NOTICE,
) -> tuple[Poll, Effects]:
    """Put a question about an action to one person: the poll, and what makes it.

    An older one about it to the same person is closed, so that never two stand open. `polls` are at least those of
    the case that are open, and its last. `question` shows what a lock screen may: a client announces it (rule 7).
    """
    polls, now = tuple(polls), now.astimezone(UTC)
    poll = Poll(
        case_ref=action.case_ref,
        number=next_number(poll for poll in polls if poll.case_ref == action.case_ref),
        opened_at=now,
        opened_by=by,
        about=action.id,
        asked_of=user_id,
        means=tuple(means(language, it=it) for _, means in taps),
    )
    options = tuple(option(language) for option, _ in taps)
    sent = SendPoll(to, question, options, poll.key, language, loudness, (poll.case_ref,))
    same = (action.case_ref, action.id, user_id)
    over = [p for p in polls if (p.case_ref, p.about, p.asked_of) == same]
    return poll, closed(over, now) + Effects(make=(poll,), send=(sent,))


def closed(polls: Iterable[Poll], now: datetime) -> Effects:
    """Close those of these questions that are open: their answers mean nothing any more."""
    effects = Effects()
    for poll in polls:
        if poll.closed_at is None and poll.asked_of:
            end = EndPoll(
                ToPerson(poll.asked_of), poll.key, f"{poll.case_ref} · {poll.about}", (poll.case_ref,)
            )
            effects += Effects(keep=(replace(poll, closed_at=now.astimezone(UTC)),), send=(end,))
    return effects
