"""What the bot tells somebody alone without being asked, kept so that `waarom` can explain it."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.effects import Effects, Say, ToPerson
from bot.core.permissions import Right
from bot.core.records.explanations import Explanation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.core.records.explanations import Rule
    from bot.core.text import Message


def told(
    users: Iterable[str],
    message: Message,
    rule: Rule,
    *,
    cause: str,
    now: datetime,
    ref: str | None = None,
    about: str | None = None,
    asked_by: str | None = None,
    right: Right = Right.CASE_WORDS,
) -> Effects:
    """Each of these people hears it once; `cause` names what it is about, an event id or a name that comes back.

    `asked_by` and `right` as of `Say`, the first for somebody without a seat in `ref`.
    """
    effects = Effects()
    for user in sorted(set(users)):
        key = f"{rule}:{cause}:{user}"
        effects += Effects(
            keep=(Explanation(key, 0, user, now.astimezone(UTC), rule, ref, about),),
            send=(
                Say(
                    ToPerson(user),
                    message,
                    key=key,
                    about=(ref,) if ref else (),
                    asked_by=asked_by,
                    right=right,
                ),
            ),
        )
    return effects
