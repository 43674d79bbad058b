"""The list of agreements as JSON, for import into a case system: `config/agreement-list.schema.json` tells its form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.core.dates.calendar import AMSTERDAM

if TYPE_CHECKING:
    from bot.core.dates import When
    from bot.core.records.actions import Action
    from bot.core.records.inquiries import Inquiry
    from bot.documents.agreements import AgreementList

VERSION = 1
"""Of the form. It goes up when a reader of the old form would misread the new one."""


def as_json(agreements: AgreementList) -> str:
    """Codes in English whatever language was spoken; dates are local, moments carry their offset."""
    ended = agreements.ended_at
    return (
        json.dumps(
            {
                "format": "casusbot/agreement-list",
                "version": VERSION,
                "case": agreements.ref,
                "as_of": agreements.as_of.isoformat(timespec="seconds"),
                "meeting": {
                    "number": agreements.number,
                    "purpose": agreements.purpose,
                    "started_at": agreements.started_at.isoformat(timespec="seconds"),
                    "ended_at": ended and ended.isoformat(timespec="seconds"),
                    "chair": agreements.chair,
                    "present": agreements.present,
                    "absent": agreements.absent,
                },
                "case_coordination": agreements.directing,
                "decisions": [
                    {"id": f"B{d.number}", "text": d.text, "reason": d.reason} for d in agreements.decisions
                ],
                "actions": [
                    _action(a) for a in (*agreements.running, *agreements.proposed, *agreements.ended)
                ],
                "inquiries": [_inquiry(i) for i in agreements.inquiries],
                "signals": [
                    {
                        "id": s.id,
                        "state": s.state,
                        "source": s.source,
                        "noted_on": s.noted_at.astimezone(AMSTERDAM).date().isoformat(),
                    }
                    for s in agreements.signals
                ],
                "agenda": agreements.left,
                "next_meeting": _moment(agreements.following),
                "distribution": agreements.distribution,
                "remarks": [{"beside": r.thing, "kind": r.kind, "text": r.text} for r in agreements.remarks],
            },
            ensure_ascii=False,
            indent=2,
        )
        + "\n"
    )


def _action(action: Action) -> dict[str, Any]:
    return {
        "id": action.id,
        "holder": action.holder,
        "text": action.text,
        "state": action.state,
        "due_date": action.due_date.isoformat(),
        "due_time": action.due_time and f"{action.due_time:%H:%M}",
        "look_back": action.look_back and action.look_back.isoformat(),
        "reason": action.reason,
        "kind": action.kind,
        "life_domain": action.life_domain,
        "meeting": action.meeting,
    }


def _inquiry(inquiry: Inquiry) -> dict[str, Any]:
    return {
        "id": inquiry.id,
        "partner": inquiry.partner,
        "asker": inquiry.asker,
        "question": inquiry.question,
        "purpose": inquiry.purpose,
        "basis": inquiry.basis,
        "basis_text": inquiry.basis_text,
        "informed": inquiry.informed,
        "state": inquiry.state,
        "answer": inquiry.answer,
        "on_behalf": inquiry.on_behalf,
        "shared_on": inquiry.shared_on and inquiry.shared_on.isoformat(),
        "meeting": inquiry.meeting,
    }


def _moment(when: When | None) -> dict[str, str | None] | None:
    if when is None:
        return None
    return {"date": when.day.isoformat(), "time": f"{when.wall:%H:%M}" if when.wall else None}
