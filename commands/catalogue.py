"""Every command there is, in the order in which help and the documentation show them: what everybody needs first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commands.actions.approval import AGREE, CHANGE_COMMAND, REJECT
from commands.actions.assigning import ASSIGN, DEPUTISE, TAKE
from commands.actions.blocked import BLOCKED_COMMAND
from commands.actions.later import LATER
from commands.actions.new import ACTION
from commands.actions.outcome import DONE_COMMAND, NOT_DONE_COMMAND, VOID_COMMAND
from commands.actions.overview import ACTIONS
from commands.actions.progress import OKAY, ON_TRACK_COMMAND
from commands.actions.what import WHAT
from commands.cases.case import NEW, STATUS_COMMAND
from commands.cases.closing import CLOSE_CASE, REOPEN
from commands.cases.directing import DIRECT
from commands.cases.escalation import DEESCALATE, ESCALATE
from commands.cases.minor import MINOR
from commands.cases.participants import PARTICIPANT, PARTICIPANTS
from commands.cases.retention import DESTROY, EXTEND
from commands.cases.theme import THEME_NEW, THEME_STATUS
from commands.handovers.offer import ABROAD_COMMAND, PROPOSE
from commands.handovers.receive import HANDOVER
from commands.help.help import help_about
from commands.help.why import WHY
from commands.inquiries.answer import ANSWER
from commands.inquiries.ask import INQUIRY
from commands.inquiries.overview import INQUIRIES
from commands.inquiries.overview import WITHDRAW as INQUIRY_WITHDRAW
from commands.meetings.agenda import AGENDA_COMMAND
from commands.meetings.agenda import NEXT as AGENDA_NEXT
from commands.meetings.decision import DECISION
from commands.meetings.meeting import PRESENT_COMMAND, START, STOP
from commands.meetings.pause import PAUSE, RESUME
from commands.meetings.report import REPORT
from commands.meetings.timeline import TIMELINE
from commands.meetings.undo import UNDO
from commands.meetings.voting import CAST_COMMAND, CLOSE, VOTE
from commands.out_of_sight.end import BACK_COMMAND, PAUSE_ACTION
from commands.out_of_sight.end import CLOSE as SIGHT_CLOSE
from commands.out_of_sight.start import NOT_ACUTE
from commands.out_of_sight.start import START as SIGHT_START
from commands.out_of_sight.status import STAND
from commands.people.absence import AWAY_COMMAND
from commands.people.hours import HOURS_COMMAND
from commands.people.trust import TRUST
from commands.people.verify import VERIFY
from commands.region.digest import DIGEST
from commands.region.figures import FIGURES
from commands.region.incident import END as INCIDENT_STOP
from commands.region.incident import STAND as INCIDENT_STATUS
from commands.region.incident import START as INCIDENT_START
from commands.rights.access import ACCESS
from commands.rights.correction import CORRECTION
from commands.rights.privacy import PRIVACY
from commands.rights.purpose import PURPOSE
from commands.rights.restriction import RESTRICTION
from commands.rights.wipe import WIPE
from commands.signals.overview import LINK, SIGNALS
from commands.signals.park import SIGNAL
from commands.signals.triage import TRIAGE

if TYPE_CHECKING:
    from commands.conversation.command import Command

_OTHERS = (
    ACTIONS,
    OKAY,
    DONE_COMMAND,
    ON_TRACK_COMMAND,
    LATER,
    BLOCKED_COMMAND,
    NOT_DONE_COMMAND,
    WHAT,
    ANSWER,
    INQUIRY,
    INQUIRIES,
    INQUIRY_WITHDRAW,
    ACTION,
    AGREE,
    REJECT,
    CHANGE_COMMAND,
    VOID_COMMAND,
    ASSIGN,
    TAKE,
    DEPUTISE,
    START,
    PRESENT_COMMAND,
    AGENDA_COMMAND,
    AGENDA_NEXT,
    DECISION,
    SIGNAL,
    SIGNALS,
    TRIAGE,
    LINK,
    ESCALATE,
    DEESCALATE,
    SIGHT_START,
    NOT_ACUTE,
    PAUSE_ACTION,
    STAND,
    BACK_COMMAND,
    SIGHT_CLOSE,
    PROPOSE,
    HANDOVER,
    ABROAD_COMMAND,
    VOTE,
    CAST_COMMAND,
    CLOSE,
    PAUSE,
    RESUME,
    STOP,
    UNDO,
    WIPE,
    REPORT,
    TIMELINE,
    NEW,
    STATUS_COMMAND,
    PRIVACY,
    PURPOSE,
    MINOR,
    DIRECT,
    CLOSE_CASE,
    REOPEN,
    THEME_NEW,
    THEME_STATUS,
    EXTEND,
    DESTROY,
    PARTICIPANT,
    PARTICIPANTS,
    TRUST,
    VERIFY,
    AWAY_COMMAND,
    HOURS_COMMAND,
    WHY,
    DIGEST,
    ACCESS,
    CORRECTION,
    RESTRICTION,
    FIGURES,
    INCIDENT_START,
    INCIDENT_STATUS,
    INCIDENT_STOP,
)
COMMANDS: tuple[Command, ...] = (*_OTHERS, help_about(_OTHERS))
