"""What a message replies to: a question of the bot, something it said unasked, or none of its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.core.reminding.nudging import QUIETLY
from commands.registry import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.store.transaction import Transaction
    from commands.conversation.command import Request


async def replied_to(transaction: Transaction, content: Mapping[str, Any], request: Request) -> Reply:
    event_id = _chosen(content)
    if event_id is None:
        return Reply.NOTHING
    for question in request.questions:
        if question.user_id == request.sender and await transaction.answers(event_id, question.asked_in):
            return Reply.QUESTION
    return Reply.ELSEWHERE


async def explained(transaction: Transaction, content: Mapping[str, Any], request: Request) -> str | None:
    """The key of the message of ours that is replied to."""
    event_id = _chosen(content)
    if event_id is None:
        return None
    keys = dict.fromkeys(e.key for e in request.explanations)
    found = await transaction.key_of_event(event_id, (*keys, *(f"{QUIETLY}{key}" for key in keys)))
    return found and found.removeprefix(QUIETLY)


def _chosen(content: Mapping[str, Any]) -> str | None:
    """The event that a message replies to."""
    relation = _object(content.get("m.relates_to"))
    event_id = _object(relation.get("m.in_reply_to")).get("event_id")
    # In a thread a client names the last message for those who see no threads; nobody chose it.
    return event_id if isinstance(event_id, str) and relation.get("is_falling_back") is not True else None


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
