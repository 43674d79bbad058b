"""Polls as clients know them (MSC3381). Sent under the unstable names, which Element uses; answers are taken under both.

What rings is decided by push rules, evaluated by the client once it has decrypted. Those of polls (MSC3930: start and
end ring in a chat of two) are on at some homeservers only. The rules that hold everywhere are put first and look at the
content alone: a notice never rings, whatever its type; a mention always does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.core.effects import Loudness, ToPerson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.effects import EndPoll, SendPoll

START = "org.matrix.msc3381.poll.start"
END = "org.matrix.msc3381.poll.end"
RESPONSE = "org.matrix.msc3381.poll.response"
STABLE_RESPONSE = "m.poll.response"
RESPONSES = frozenset({RESPONSE, STABLE_RESPONSE})
_TEXT = "org.matrix.msc1767.text"
_SILENT = {"msgtype": Loudness.NOTICE.value, "m.mentions": {}}


def started(poll: SendPoll) -> dict[str, Any]:
    """The question; nobody sees the answers of others before it is closed. An answer is known by its place."""
    listed = "\n".join(f"{n}. {option}" for n, option in enumerate(poll.options, 1))
    return {
        START: {
            "kind": "org.matrix.msc3381.poll.undisclosed",
            "max_selections": 1,
            "question": _text(poll.question),
            "answers": [{"id": str(place), **_text(option)} for place, option in enumerate(poll.options)],
        },
        _TEXT: f"{poll.question}\n{listed}",
        **_volume(poll),
    }


def ended(poll: EndPoll, event_id: str) -> dict[str, Any]:
    relation = {"rel_type": "m.reference", "event_id": event_id}
    return {END: {}, "m.relates_to": relation, _TEXT: poll.words, **_SILENT}


def _volume(poll: SendPoll) -> dict[str, Any]:
    if poll.loudness is Loudness.NUDGE and isinstance(poll.to, ToPerson):
        return {"m.mentions": {"user_ids": [poll.to.user_id]}}
    return _SILENT


def answer_of(content: Mapping[str, Any]) -> tuple[str, int | None] | None:
    """The event that asked, and the place of the chosen option; None for the place where an answer is taken back.

    None for what is no answer, or one to a poll that the bot cannot have made.
    """
    match content:
        case {
            "m.relates_to": {"rel_type": "m.reference", "event_id": str(event_id)},
            "org.matrix.msc3381.poll.response": {"answers": list(chosen)},
        }:
            pass
        case {
            "m.relates_to": {"rel_type": "m.reference", "event_id": str(event_id)},
            "m.selections": list(chosen),
        }:
            pass
        case _:
            return None
    if not chosen:
        return event_id, None
    place = chosen[0]
    if not isinstance(place, str) or not (place.isascii() and place.isdecimal()) or len(place) > 3:
        return None
    return event_id, int(place)


def _text(words: str) -> dict[str, str]:
    return {_TEXT: words, "body": words, "msgtype": "m.text"}
