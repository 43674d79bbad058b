"""Every command there is, in the order in which help and the documentation show them: what everybody needs first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commands.absence import AWAY_COMMAND
from commands.access import ACCESS
from commands.action import ACTION
from commands.agenda import AGENDA_COMMAND
from commands.agenda import NEXT as AGENDA_NEXT
from commands.approval import AGREE, CHANGE_COMMAND, REJECT
from commands.assigning import ASSIGN, DEPUTISE, TAKE
from commands.blocked import BLOCKED_COMMAND
from commands.case import NEW, STATUS_COMMAND
from commands.closing import CLOSE_CASE, REOPEN
from commands.correction import CORRECTION
from commands.decision import DECISION
from commands.digest import DIGEST
from commands.directing import DIRECT
from commands.escalation import DEESCALATE, ESCALATE
from commands.figures import FIGURES
from commands.handover import ABROAD_COMMAND, PROPOSE
from commands.help import help_about
from commands.hours import HOURS_COMMAND
from commands.incident import END as INCIDENT_STOP
from commands.incident import STAND as INCIDENT_STATUS
from commands.incident import START as INCIDENT_START
from commands.inquiries import INQUIRIES
from commands.inquiries import WITHDRAW as INQUIRY_WITHDRAW
from commands.inquiry import INQUIRY
from commands.inquiry_answer import ANSWER
from commands.later import LATER
from commands.meeting import PRESENT_COMMAND, START, STOP
from commands.minor import MINOR
from commands.outcome import NOT_DONE_COMMAND, ON_TRACK_COMMAND
from commands.overview import ACTIONS
from commands.participants import PARTICIPANT, PARTICIPANTS
from commands.pause import PAUSE, RESUME
from commands.privacy import PRIVACY
from commands.progress import DONE_COMMAND, OKAY, VOID_COMMAND
from commands.purpose import PURPOSE
from commands.report import REPORT
from commands.restriction import RESTRICTION
from commands.retention import DESTROY, EXTEND
from commands.sight import NOT_ACUTE
from commands.sight import START as SIGHT_START
from commands.sight_end import BACK_COMMAND, PAUSE_ACTION
from commands.sight_end import CLOSE as SIGHT_CLOSE
from commands.sight_stand import STAND
from commands.signal import SIGNAL
from commands.signal_triage import TRIAGE
from commands.signals import LINK, SIGNALS
from commands.taking_over import HANDOVER
from commands.theme import THEME_NEW, THEME_STATUS
from commands.timeline import TIMELINE
from commands.trust import TRUST
from commands.undo import UNDO
from commands.verify import VERIFY
from commands.voting import CAST_COMMAND, CLOSE, VOTE
from commands.what import WHAT
from commands.why import WHY
from commands.wipe import WIPE

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
