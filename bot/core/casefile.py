"""One case with everything in it, as a value: what executors, nudges and the digest read, and what comes new in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Protocol

from bot.core.records.actions import RUNNING, Action, ActionState
from bot.core.records.cases import CaseState, Function
from bot.core.records.meetings import AgendaState, Decision, MeetingState
from bot.core.region import FUNCTION_LABELS
from bot.core.text import room_link

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime, time

    from bot.core.guard import KeptText
    from bot.core.records.actions import ActionKind, LifeDomain
    from bot.core.records.cases import Case, Closing, Participant
    from bot.core.records.handovers import Handover
    from bot.core.records.inquiries import Inquiry
    from bot.core.records.meetings import AgendaItem, Meeting
    from bot.core.records.out_of_sight import OutOfSight
    from bot.core.records.retention import Retention
    from bot.core.records.rights import CaseBasis, Remark, Restriction
    from bot.core.records.signals import Signal, SignalFact


class Numbered(Protocol):
    """What has a number that nothing else of its kind has in the same case."""

    @property
    def number(self) -> int: ...


def next_number(things: Iterable[Numbered]) -> int:
    """The number of the one that comes after these, in any order."""
    return max((thing.number for thing in things), default=0) + 1


def new_action(
    file: CaseFile,
    text: KeptText,
    holder: str,
    due: date,
    *,
    at: datetime,
    by: str,
    number: int | None = None,
    state: ActionState = ActionState.OPEN,
    wall: time | None = None,
    person: str | None = None,
    kind: ActionKind | None = None,
    domain: LifeDomain | None = None,
    protocol: str | None = None,
) -> Action:
    """An action as it is made now: of the meeting that runs, and numbered on from the case unless it is one of several."""
    return Action(
        case_ref=file.ref,
        number=number or next_number(file.actions),
        text=text,
        holder=holder,
        state=state,
        due_date=due,
        due_time=wall,
        created_at=at.astimezone(UTC),
        created_by=by,
        updated_at=at.astimezone(UTC),
        holder_user=person,
        meeting=file.meeting.number if file.meeting else None,
        kind=kind,
        life_domain=domain,
        protocol=protocol,
    )


def new_decision(
    file: CaseFile, text: KeptText, reason: KeptText, *, at: datetime, by: str, number: int | None = None
) -> Decision:
    """A decision as it is made now, of the meeting that runs; numbered as an action is."""
    return Decision(
        case_ref=file.ref,
        number=number or next_number(file.decisions),
        text=text,
        reason=reason,
        meeting=file.meeting.number if file.meeting else None,
        decided_at=at.astimezone(UTC),
        decided_by=by,
    )


@dataclass(frozen=True, slots=True)
class SignalFile:
    """A signal and what was said of it, oldest first."""

    signal: Signal
    facts: tuple[SignalFact, ...]

    @property
    def first(self) -> SignalFact:
        """What was seen, as it was noted."""
        return self.facts[0]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case and its rows, each kind in order of number (participants in order of arrival)."""

    case: Case
    participants: tuple[Participant, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    agenda: tuple[AgendaItem, ...] = ()
    decisions: tuple[Decision, ...] = ()
    actions: tuple[Action, ...] = ()
    sights: tuple[OutOfSight, ...] = ()
    signals: tuple[SignalFile, ...] = ()
    inquiries: tuple[Inquiry, ...] = ()
    closings: tuple[Closing, ...] = ()
    handovers: tuple[Handover, ...] = ()
    retention: Retention | None = None
    bases: tuple[CaseBasis, ...] = ()
    remarks: tuple[Remark, ...] = ()
    restrictions: tuple[Restriction, ...] = ()

    @property
    def ref(self) -> str:
        return self.case.ref

    @property
    def is_theme(self) -> bool:
        """Whether this is a theme room, where nothing of a case is kept."""
        return self.case.theme is not None

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """The reference as a link to the case's room, once there is one."""
        return ((self.ref, room_link(self.case.room_id)),) if self.case.room_id else ()

    @property
    def seated(self) -> tuple[Participant, ...]:
        """Those who belong to the case now."""
        return tuple(p for p in self.participants if p.left_at is None)

    @property
    def is_open(self) -> bool:
        return self.case.state is CaseState.OPEN

    @property
    def meeting(self) -> Meeting | None:
        """The meeting that is running, or having a break."""
        return next((m for m in reversed(self.meetings) if m.state is not MeetingState.ENDED), None)

    @property
    def running(self) -> tuple[Action, ...]:
        """Actions that somebody still has to do, earliest date first."""
        actions = [a for a in self.actions if a.state in RUNNING]
        return tuple(sorted(actions, key=lambda a: (a.look_back or a.due_date, a.number)))

    @property
    def out_of_sight(self) -> OutOfSight | None:
        """The time out of sight that goes on now."""
        return next((s for s in self.sights if s.is_open), None)

    @property
    def restriction(self) -> Restriction | None:
        """The one that holds now: nothing changes and nobody is nudged, except for safety (`bot.core.access.restricting`)."""
        return next((r for r in self.restrictions if r.until is None), None)

    @property
    def basis(self) -> CaseBasis | None:
        """Purpose and ground as they are now."""
        return self.bases[-1] if self.bases else None

    @property
    def current_item(self) -> AgendaItem | None:
        return next((i for i in self.agenda if i.state is AgendaState.CURRENT), None)

    def seat_of(self, user_id: str) -> Participant | None:
        return next((p for p in self.seated if p.user_id == user_id), None)

    def action(self, number: int) -> Action | None:
        return next((a for a in self.actions if a.number == number), None)

    def signal(self, number: int) -> SignalFile | None:
        return next((found for found in self.signals if found.signal.number == number), None)

    def inquiry(self, number: int) -> Inquiry | None:
        return next((i for i in self.inquiries if i.number == number), None)

    def inquiry_of(self, action: Action) -> Inquiry | None:
        """The inquiry that this action asks the answer to."""
        return next((i for i in self.inquiries if i.action == action.number), None)

    def holding(self, label: str) -> tuple[Participant, ...]:
        """The persons behind a holder: those seated under that label, or in the function of that name."""
        function = FUNCTION_LABELS.get(label)
        return tuple(p for p in self.seated if p.label == label or p.function is function)

    def held_by(self, user_id: str) -> tuple[Action, ...]:
        """What somebody still has to do."""
        seat = self.seat_of(user_id)
        return tuple(a for a in self.running if seat in self.holders(a))

    def holders(self, action: Action) -> tuple[Participant, ...]:
        """The persons who are to do it: the one who was named, else everybody in the role."""
        named = self.seat_of(action.holder_user) if action.holder_user else None
        return (named,) if named else self.holding(action.holder)

    def stand_ins(self, action: Action) -> tuple[Participant, ...]:
        """Who does it where its holder is away: those in the role that the chair named for that."""
        return self.holding(action.deputy) if action.deputy else ()

    def with_function(self, *functions: Function) -> tuple[Participant, ...]:
        return tuple(p for p in self.seated if p.function in functions)
