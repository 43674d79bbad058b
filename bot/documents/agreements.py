"""The list of agreements of one meeting as a value: what every form of it (chat, PDF, Markdown, JSON) shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.dates import When
from bot.core.dates.calendar import AMSTERDAM
from bot.core.records.actions import ActionState
from bot.core.records.cases import Function
from bot.core.records.inquiries import InquiryState
from bot.core.records.meetings import AgendaState
from bot.core.records.rights import RemarkKind
from bot.core.records.signals import WAITING
from bot.core.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from bot.core.casefile import CaseFile
    from bot.core.records.actions import Action
    from bot.core.records.inquiries import Inquiry
    from bot.core.records.meetings import Decision, Meeting
    from bot.core.records.rights import Remark
    from bot.core.records.signals import Signal
    from bot.core.text import Language

REMARK_NAMES: Mapping[RemarkKind, Text] = {
    RemarkKind.CORRECTION: Text("correctie", "correction"),
    RemarkKind.STATEMENT: Text("verklaring", "statement"),
}
REMARK = Text("{kind} bij {thing}: {text}", "{kind} beside {thing}: {text}")

ENDED = (ActionState.DONE, ActionState.VOID, ActionState.NOT_DONE, ActionState.HANDED_OVER)


def remarked(remarks: Iterable[Remark], language: Language) -> tuple[str, ...]:
    """Each in words: 'Correctie bij B1: …'."""
    return tuple(
        REMARK(
            language,
            kind=REMARK_NAMES[r.kind](language).capitalize(),
            thing=r.thing,
            text=f"{r.text.rstrip('.')}.",
        )
        for r in remarks
    )


@dataclass(frozen=True, slots=True)
class AgreementList:
    """Agreements and dates, never what was said (domain 2.4). Moments are local, people are roles.

    The actions are as they stand at `as_of`, the moment the case last changed: an old meeting has no frozen copy.
    """

    ref: str
    number: int
    purpose: str
    started_at: datetime
    ended_at: datetime | None
    chair: str
    directing: tuple[str, ...]
    """Who directs the content of the case between meetings (casusregisseur)."""
    present: tuple[str, ...] | None
    """None where nobody said who was there."""
    absent: tuple[str, ...]
    decisions: tuple[Decision, ...]
    running: tuple[Action, ...]
    """What has to be done, the agreements of this meeting first."""
    proposed: tuple[Action, ...]
    ended: tuple[Action, ...]
    """Done, void or not done since the meeting began: three things that minutes must keep apart (domain 2.4)."""
    inquiries: tuple[Inquiry, ...]
    """What was asked of partners in this meeting, still waits, or was answered since it began."""
    signals: tuple[Signal, ...]
    """What nobody discussed yet, and what was heard of since the meeting began; never its words."""
    left: tuple[str, ...]
    """Items that stay on the agenda."""
    following: When | None
    """The next meeting."""
    distribution: tuple[str, ...]
    as_of: datetime
    remarks: tuple[Remark, ...] = ()
    """What the contact point put beside a decision or action of this list: it goes where the text goes (AVG 16)."""

    def ended_as(self, state: ActionState) -> str:
        """Which and whose: `A1 wijkagent, A3 GI`, or nothing."""
        return ", ".join(f"{a.id} {a.holder}" for a in self.ended if a.state is state)


def last_meeting(file: CaseFile) -> Meeting | None:
    """The meeting that runs, or else the one that was last."""
    return file.meetings[-1] if file.meetings else None


def next_meeting(file: CaseFile) -> When | None:
    """When people meet again. The date that was planned for the meeting that runs now is not a next one."""
    day, running = file.case.next_meeting, file.meeting
    if day is None or (running and day <= running.started_at.astimezone(AMSTERDAM).date()):
        return None
    return When(day, file.case.next_meeting_time)


def proposed(file: CaseFile) -> tuple[Action, ...]:
    """What still waits for the chair."""
    return tuple(a for a in file.actions if a.state is ActionState.PROPOSED)


def agreement_list(file: CaseFile, meeting: Meeting) -> AgreementList:
    seated = tuple(dict.fromkeys(p.label for p in file.seated))
    present = meeting.present
    started = next((p.label for p in file.participants if p.user_id == meeting.started_by), "?")
    return AgreementList(
        ref=file.ref,
        number=meeting.number,
        purpose=meeting.purpose,
        started_at=meeting.started_at.astimezone(AMSTERDAM),
        ended_at=meeting.ended_at and meeting.ended_at.astimezone(AMSTERDAM),
        chair=started,
        directing=tuple(p.label for p in file.with_function(Function.CASE_COORDINATOR)),
        present=present,
        absent=() if present is None else tuple(label for label in seated if label not in present),
        decisions=tuple(d for d in file.decisions if d.meeting == meeting.number),
        running=tuple(sorted(file.running, key=lambda a: (a.meeting != meeting.number, a.number))),
        proposed=proposed(file),
        ended=tuple(a for a in file.actions if a.state in ENDED and a.updated_at >= meeting.started_at),
        inquiries=tuple(i for i in file.inquiries if _is_of(i, meeting)),
        signals=tuple(
            found.signal
            for found in file.signals
            if found.signal.state in WAITING or found.signal.updated_at >= meeting.started_at
        ),
        left=tuple(item.text for item in file.agenda if item.state is AgendaState.WAITING),
        following=next_meeting(file),
        distribution=seated,
        as_of=file.case.moved_at.astimezone(AMSTERDAM),
        remarks=file.remarks,
    )


def _is_of(inquiry: Inquiry, meeting: Meeting) -> bool:
    match inquiry.state:
        case InquiryState.DRAFT | InquiryState.WITHDRAWN:
            return False
        case InquiryState.ASKED:
            return True
        case InquiryState.ANSWERED:
            since = inquiry.answered_at is not None and inquiry.answered_at >= meeting.started_at
            return since or inquiry.meeting == meeting.number
