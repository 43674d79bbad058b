"""A fictional case after a meeting, as values, with something of everything that a document can show."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

from bot.core.casefile import CaseFile
from bot.core.guard import KeptText
from bot.core.records.actions import Action, ActionState, BlockReason
from bot.core.records.cases import Case, CaseState, Function, Participant
from bot.core.records.inquiries import Inquiry, InquiryAnswer, InquiryState
from bot.core.records.meetings import AgendaItem, AgendaState, Decision, Meeting, MeetingState

REF = "Z-2026-014"
NOW = datetime(2026, 3, 6, 10, 40, 0, 123456, tzinfo=UTC)
TODAY = date(2026, 3, 6)
BEGAN = datetime(2026, 3, 2, 9, 2, tzinfo=UTC)
SECRET = "kanarie"
"""A word of every text that people typed."""


def user(name: str) -> str:
    return f"@{name}:voorbeeld.nl"


LEERPLICHT = user("leerplicht")
GI = user("gi")


def text(words: str) -> KeptText:
    return KeptText.from_store(words)


def seat(name: str, label: str, function: Function = Function.PARTICIPANT) -> Participant:
    return Participant(REF, user(name), function, label, BEGAN, user("coordinator"))


SEATS = (
    seat("voorzitter", "voorzitter", Function.CHAIR),
    seat("leerplicht", "leerplicht"),
    seat("wijkagent", "wijkagent"),
    seat("corporatie", "woningcorporatie"),
    seat("gi", "GI", Function.CASE_COORDINATOR),
    seat("onderwijs", "onderwijs"),
)


def action(
    number: int,
    holder: str,
    words: str,
    due: date,
    state: ActionState = ActionState.OPEN,
    *,
    wall: time | None = None,
    look_back: date | None = None,
    meeting: int | None = 1,
    updated_at: datetime = NOW,
    created_at: datetime = BEGAN,
) -> Action:
    return Action(
        REF,
        number,
        text(f"{words} {SECRET}"),
        holder,
        state,
        due,
        wall,
        created_at,
        user("voorzitter"),
        updated_at,
        meeting=meeting,
        look_back=look_back,
        reason=BlockReason.WAITING_LIST if look_back else None,
    )


ACTIONS = (
    action(1, "wijkagent", "langsgaan", date(2026, 3, 2), ActionState.DONE, meeting=None),
    action(
        2,
        "woningcorporatie",
        "passende woning zoeken",
        date(2026, 3, 10),
        ActionState.BLOCKED,
        look_back=date(2026, 3, 16),
        meeting=None,
    ),
    action(3, "GI", "plan bespreken", date(2026, 3, 20), ActionState.ACCEPTED, meeting=None),
    action(4, "leerplicht", "verzuimoverzicht uitvragen", date(2026, 3, 6), wall=time(12)),
    action(5, "leerplicht", "afmelding nagaan", date(2026, 3, 9)),
    action(6, "GI", "veiligheidsplan bijwerken", date(2026, 3, 13), ActionState.PROPOSED),
    action(7, "onderwijs", "rooster aanpassen", date(2026, 3, 4), ActionState.VOID),
    action(8, "onderwijs", "mentor spreken", date(2026, 3, 4), ActionState.NOT_DONE),
)
MEETING = Meeting(
    REF,
    1,
    text(f"afspraken herijken {SECRET}"),
    MeetingState.ENDED,
    BEGAN,
    user("voorzitter"),
    ended_at=datetime(2026, 3, 2, 9, 48, tzinfo=UTC),
    present=("voorzitter", "leerplicht", "wijkagent", "woningcorporatie", "GI"),
)
CASE = Case(
    REF,
    text(f"samen afspraken maken {SECRET}"),
    "!kamer:voorbeeld.nl",
    CaseState.OPEN,
    BEGAN,
    user("coordinator"),
    moved_at=NOW,
    next_meeting=date(2026, 3, 16),
    next_meeting_time=time(10),
)
INQUIRIES = tuple(
    Inquiry(
        *(REF, number, text(f"bekend in een andere regio {SECRET}"), partner, "leerplicht", LEERPLICHT),
        state=InquiryState.ANSWERED if answer else InquiryState.ASKED,
        made_at=BEGAN,
        purpose=text(f"zicht op veiligheid {SECRET}"),
        basis="wgs",
        basis_text=text("casusoverleg (Wgs)"),
        minimal=True,
        informed=False,
        uninformed=text(f"geen contact {SECRET}"),
        meeting=1,
        asked_at=BEGAN,
        answer=answer,
        answered_at=NOW if answer else None,
        shared_on=TODAY if answer is InquiryAnswer.SHARED else None,
    )
    for number, (partner, answer) in enumerate(
        (("onderwijs", None), ("GI", InquiryAnswer.NOT_PROVIDED), ("wijkagent", InquiryAnswer.SHARED)), 1
    )
)
FILE = CaseFile(
    CASE,
    SEATS,
    (MEETING,),
    (AgendaItem(REF, 4, text(f"wie informeert {SECRET}"), AgendaState.WAITING, user("voorzitter")),),
    (
        Decision(
            REF,
            1,
            text(f"protocol starten {SECRET}"),
            text(f"geen contact {SECRET}"),
            1,
            BEGAN,
            user("voorzitter"),
        ),
    ),
    ACTIONS,
    inquiries=INQUIRIES,
)


def with_text(words: str) -> CaseFile:
    """The case with these words wherever people can type any."""
    typed = text(words)
    return replace(
        FILE,
        case=replace(CASE, purpose=typed),
        meetings=(replace(MEETING, purpose=typed),),
        agenda=tuple(replace(item, text=typed) for item in FILE.agenda),
        decisions=tuple(replace(d, text=typed, reason=typed) for d in FILE.decisions),
        actions=tuple(replace(a, text=typed) for a in ACTIONS),
        inquiries=tuple(
            replace(i, question=typed, purpose=typed, basis_text=typed, uninformed=typed) for i in INQUIRIES
        ),
    )
