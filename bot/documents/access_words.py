"""How the page for a request for access names kinds of records, their fields and their codes."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.core.records import actions, cases, handovers, inquiries, meetings, out_of_sight, retention, signals
from bot.core.records.cases import Function
from bot.core.records.rights import RemarkKind
from bot.core.text import Text
from bot.documents.agreements import REMARK_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum


def _words(*lines: str) -> Mapping[str, Text]:
    """A line for each: 'name | Dutch | English'."""
    parts = ([part.strip() for part in line.split("|")] for line in lines)
    return MappingProxyType({name: Text(dutch, english) for name, dutch, english in parts})


PARTS = _words(
    "cases | casus | case",
    "participants | wie erbij betrokken was | who was involved",
    "meetings | overleggen | meetings",
    "agenda_items | agendapunten | agenda items",
    "decisions | besluiten | decisions",
    "closings | sluitingen | closings",
    "actions | acties | actions",
    "out_of_sight | uit beeld | out of sight",
    "signals | signalen | signals",
    "signal_facts | wat over signalen is genoteerd | what was noted of signals",
    "inquiries | navragen bij partners | inquiries with partners",
    "handovers | overdrachten | handovers",
    "polls | stemmingen en vragen | votes and questions",
    "case_bases | doel en grondslag | purpose and lawful basis",
    "remarks | correcties en verklaringen | corrections and statements",
    "restrictions | beperkingen | restrictions",
    "retentions | bewaartermijn | retention",
)

FIELDS = _words(
    "ref | referentie | reference",
    "purpose | doel | purpose",
    "state | stand | state",
    "opened_at | geopend | opened",
    "moved_at | laatst gewijzigd | last changed",
    "next_meeting | volgend overleg | next meeting",
    "next_meeting_time | tijd | time",
    "phase | AVE-fase | AVE phase",
    "minor | minderjarige betrokken | minor involved",
    "function | functie | function",
    "label | rol | role",
    "since | sinds | since",
    "left_at | tot | until",
    "number | nummer | number",
    "started_at | begonnen | started",
    "ended_at | geëindigd | ended",
    "present | aanwezig | present",
    "text | tekst | text",
    "reason | reden | reason",
    "meeting | overleg | meeting",
    "decided_at | besloten | decided",
    "closed_at | gesloten | closed",
    "decision | besluit | decision",
    "receiver | neemt het over | takes over",
    "answers | antwoorden | answers",
    "holder | wie | who",
    "due_date | uiterlijk | by",
    "due_time | tijd | time",
    "created_at | vastgelegd | recorded",
    "updated_at | laatst gewijzigd | last changed",
    "deputy | vervanger | deputy",
    "look_back | opnieuw kijken | look again",
    "note | toelichting | note",
    "kind | soort | kind",
    "life_domain | leefgebied | area of life",
    "outcome | effect | effect",
    "postponed | keer verzet | times postponed",
    "protocol | protocol | protocol",
    "day_zero | eerste dag | first day",
    "changes | wijzigingen | changes",
    "steps | stappen | steps",
    "review | opnieuw bekijken | review",
    "closing | afsluitend besluit | closing decision",
    "source | van welke rol | from which role",
    "noted_at | genoteerd | noted",
    "seen_on | gezien op | seen on",
    "signal | signaal | signal",
    "step | stap | step",
    "added_at | toegevoegd | added",
    "tester | wie het toetst | who tests it",
    "day | dag | day",
    "criteria | criteria | criteria",
    "question | vraag | question",
    "partner | aan welke partner | to which partner",
    "asker | door welke rol | by which role",
    "made_at | gemaakt | made",
    "basis | grondslag | lawful basis",
    "basis_text | grondslag in woorden | lawful basis in words",
    "minimal | kon het met minder | could less do",
    "informed | betrokkene ingelicht | person informed",
    "uninformed | waarom niet ingelicht | why not informed",
    "own_system | in eigen systeem | in their own system",
    "action | actie | action",
    "asked_at | gevraagd | asked",
    "answer | antwoord | answer",
    "answered_at | beantwoord | answered",
    "on_behalf | namens | on behalf of",
    "shared_on | gedeeld op | shared on",
    "side | kant | side",
    "region | regio | region",
    "proposed_at | voorgesteld | proposed",
    "peer_ref | referentie daar | reference there",
    "handed | overgedragen acties | actions handed over",
    "contacts | contact | contacts",
    "call | gesprek | call",
    "refusal | reden van weigering | reason for refusal",
    "options | keuzes | options",
    "about | over | about",
    "ground | grondslag | lawful basis",
    "thing | bij | beside",
    "until | tot | until",
    "extended | keer verlengd | times extended",
    "warned_on | gewaarschuwd op | warned on",
    "theme | themaruimte | theme room",
    "lifted_because | waarom opgeheven | why lifted",
)

MACHINERY = frozenset(
    {
        "case_ref", "nudge_step", "nudge_at", "seen_asked", "status_asked", "unreached", "means", "sent", "heard",
        "follow", "call_action", "overdue_at",
    }
)  # fmt: skip
"""What the bot notes for its reminders and handovers, of nobody's life: in the JSON, not on the page."""

CODES: Mapping[type[StrEnum], Mapping[Any, Text]] = MappingProxyType(
    {
        actions.ActionState: actions.STATE_NAMES,
        actions.BlockReason: actions.REASON_NAMES,
        actions.ActionKind: actions.KIND_NAMES,
        actions.LifeDomain: actions.DOMAIN_NAMES,
        actions.Outcome: actions.OUTCOME_NAMES,
        cases.CaseState: cases.STATE_NAMES,
        handovers.HandoverState: handovers.STATE_NAMES,
        inquiries.InquiryState: inquiries.STATE_NAMES,
        inquiries.InquiryAnswer: inquiries.ANSWER_NAMES,
        out_of_sight.SightState: out_of_sight.STATE_NAMES,
        signals.SignalState: signals.STATE_NAMES,
        signals.SignalStep: signals.STEP_NAMES,
        handovers.Side: {
            handovers.Side.SENDER: Text("overgedragen door ons", "handed over by us"),
            handovers.Side.RECEIVER: Text("overgedragen aan ons", "handed over to us"),
        },
        meetings.AgendaState: meetings.AGENDA_STATE_NAMES,
        meetings.MeetingState: meetings.STATE_NAMES,
        Function: {
            Function.CHAIR: Text("voorzitter", "chair"),
            Function.PROCESS_COORDINATOR: Text("procesregisseur", "process coordinator"),
            Function.CASE_COORDINATOR: Text("casusregisseur", "case coordinator"),
            Function.COORDINATOR: Text("coördinator", "coordinator"),
            Function.PARTICIPANT: Text("deelnemer", "participant"),
        },
        RemarkKind: REMARK_NAMES,
        retention.RetentionState: retention.STATE_NAMES,
    }
)
