"""Letters from the bots of other regions, read: the published schema decides, then our own privacy guard.

The structure stands beside the words of an ordinary message, inside the encryption.
"""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

import config
from bot.core.guard import Guard, Kept, KeptText
from bot.core.records.handovers import (
    VERSION,
    Answer,
    Fault,
    HandedAction,
    HandedDecision,
    HandoverStep,
    Letter,
    Proposal,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 200


class _NotKept(Exception):
    """The guard refuses a text of the letter."""


def read(value: object, guard: Guard) -> Letter | Fault:
    """The letter, every text of it kept by our guard; or why it is none. Never raises."""
    if isinstance(value, dict) and value.get("version", VERSION) != VERSION:
        return Fault.VERSION
    if not isinstance(value, dict) or not _validator().is_valid(value):
        return Fault.MALFORMED
    try:
        return _letter(value, guard)
    except _NotKept:
        return Fault.GUARDED
    except ValueError:  # a day that does not exist
        return Fault.MALFORMED


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(config.read("handover.schema.json")))


def _letter(value: Mapping[str, Any], guard: Guard) -> Letter:
    def kept(text: str) -> KeptText:
        found = guard.keep(text, max_length=LONGEST)
        if not isinstance(found, Kept):
            raise _NotKept
        return found.text

    if value["step"] != "propose":
        return Answer(
            value["handover"],
            int(value["sequence"]),
            HandoverStep(value["step"]),
            value.get("reference"),
            kept(value["reason"]) if "reason" in value else None,
            date.fromisoformat(value["call"]) if "call" in value else None,
        )
    return Proposal(
        value["handover"],
        value["reference"],
        kept(value["reason"]),
        tuple(kept(role) for role in value["contacts"]),
        tuple(
            HandedAction(a["id"], kept(a["text"]), kept(a["holder"]), date.fromisoformat(a["due"]))
            for a in value["actions"]
        ),
        tuple(HandedDecision(d["id"], kept(d["text"]), kept(d["reason"])) for d in value["decisions"]),
    )
