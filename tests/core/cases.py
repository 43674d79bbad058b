"""A fictional region, its people and cases, for tests of the rules."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

from bot.core.casefile import CaseFile
from bot.core.dates.calendar import AMSTERDAM
from bot.core.guard import KeptText
from bot.core.records.actions import Action, ActionState, BlockReason
from bot.core.records.cases import Case, CaseState, Function, Participant
from bot.core.region import FUNCTION_LABELS, Region

SERVER = "voorbeeld.nl"
WRITTEN = "verzuimoverzicht uitvragen"
"""What the actions say; it must never leave with a nudge or a digest."""

MARCH_2 = datetime(2026, 3, 2, 9, 20, tzinfo=UTC)


def local(text: str) -> datetime:
    """The moment that Amsterdam clocks show as "2026-03-06 09:00", in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM).astimezone(UTC)


def user(name: str) -> str:
    return f"@{name}:{SERVER}"


COORDINATOR = user("coordinator")
REGION = Region("ZVH Voorbeeldregio", frozenset({COORDINATOR}))


def seat(label: str, ref: str = "Z-2026-014", name: str | None = None) -> Participant:
    function = FUNCTION_LABELS.get(label, Function.PARTICIPANT)
    return Participant(ref, user(name or label), function, label, MARCH_2, user("voorzitter"))


def action(
    number: int,
    holder: str = "leerplicht",
    due: date = date(2026, 3, 6),
    *,
    wall: time | None = None,
    state: ActionState = ActionState.ACCEPTED,
    look_back: date | None = None,
    ref: str = "Z-2026-014",
) -> Action:
    blocked = state is ActionState.BLOCKED
    return Action(
        case_ref=ref,
        number=number,
        text=KeptText.from_store(WRITTEN),
        holder=holder,
        state=state,
        due_date=due,
        due_time=wall,
        created_at=MARCH_2,
        created_by=user("voorzitter"),
        updated_at=MARCH_2,
        look_back=look_back,
        reason=BlockReason.WAITING_LIST if blocked else None,
    )


LABELS = ("voorzitter", "procesregisseur", "casusregisseur", "leerplicht", "wijkagent", "woningcorporatie")


def case(*actions: Action, ref: str = "Z-2026-014", labels: tuple[str, ...] = LABELS) -> CaseFile:
    purpose = KeptText.from_store("afspraken herijken na schoolverzuim")
    row = Case(ref, purpose, f"!{ref}:{SERVER}", CaseState.OPEN, MARCH_2, user("voorzitter"), MARCH_2)
    seats = tuple(seat(label, ref) for label in labels)
    return CaseFile(row, seats, actions=tuple(replace(a, case_ref=ref) for a in actions))
