"""`incident start`, `incident` and `incident stop`: reminders pause, the term of AVG article 33 is watched (domain L13).

In the chat with the bot alone, and without a word of what happened: that belongs in the region's own register.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from bot.core.casefile import next_number
from bot.core.effects import Effects, Logged, SendAudit, ToPerson
from bot.core.permissions import RIGHTS, Right
from bot.core.records.explanations import Rule
from bot.core.records.incidents import (
    LOOKED_BACK,
    Incident,
    IncidentStep,
    after,
    say_left,
    say_moment,
    started,
)
from bot.core.reminding.incident_terms import readers
from bot.core.reminding.nudge_words import LANGUAGE
from bot.core.reminding.telling import told
from bot.core.text import Message, Text
from commands.conversation.command import Command, Where
from commands.conversation.replies import refuse, say

if TYPE_CHECKING:
    from commands.conversation.command import Request

BEGUN = Text(
    "Incident {n} loopt. Ik herinner niemand meer aan acties, tot je typt: incident stop. Wat mensen typen, werkt gewoon.",
    "Incident {n} is running. I remind nobody of actions any more until you type: incident end. What people type works "
    "as usual.",
)
NOTIFY_BY = Text(
    "Is het een datalek? Melden bij de Autoriteit Persoonsgegevens kan tot {moment} (72 uur, AVG artikel 33). Wist je het al "
    "eerder, tel dan vanaf dat moment.",
    "Is it a data breach? Notify the Autoriteit Persoonsgegevens by {moment} (72 hours, GDPR article 33). If you knew of it "
    "earlier, count from that moment.",
)
STEPS = (
    Text("Nu doen:", "Do now:"),
    Text(
        "1 Bel de functionaris gegevensbescherming (FG). Die helpt beslissen of melden nodig is.",
        "1 Call the data protection officer (FG), who helps decide whether to notify.",
    ),
    Text(
        "2 Bewaar sporen: wis en vernietig niets, en laat de beheerder veiligstellen wat er is, vóór een herstart.",
        "2 Keep evidence: wipe and destroy nothing, and have the operator secure what there is before a restart.",
    ),
    Text(
        "3 Schrijf op wie wanneer wat hoorde, in jullie eigen register. Niet hier.",
        "3 Note who was told what and when, in your own register. Not here.",
    ),
)
ALREADY = Text(
    "Incident {n} loopt al, sinds {moment}. Typ incident voor hoe het staat.",
    "Incident {n} is running already, since {moment}. Type incident status to see how it stands.",
)
RUNS = Text(
    "Incident {n} loopt sinds {moment}, begonnen door {by}. Herinneringen staan stil.",
    "Incident {n} has been running since {moment}, started by {by}. Reminders are paused.",
)
ENDED = Text(
    "Er loopt geen incident. Incident {n} is gestopt op {moment}.",
    "No incident is running. Incident {n} was stopped on {moment}.",
)
NONE = Text(
    "Er loopt geen incident. Beginnen: incident start.",
    "No incident is running. To begin: incident begin.",
)
LEFT = Text(
    "Tijd om te melden bij de Autoriteit Persoonsgegevens: nog {left}, tot {moment}.",
    "Time left to notify the Autoriteit Persoonsgegevens: {left}, until {moment}.",
)
OVER = Text(
    "De 72 uur voor een melding liepen tot {moment}. Moet het nog? Meld het dan nu, met de reden van de vertraging.",
    "The 72 hours to notify ended {moment}. Is it still to be done? Then do so now, with the reasons for the delay.",
)
STOPPED = Text(
    "Incident {n} is gestopt. Herinneringen gaan weer, binnen werktijd; wat wachtte komt één keer, per persoon gebundeld.",
    "Incident {n} is stopped. Reminders go on, in working hours; what waited comes once, bundled per person.",
)
TERM_GOES_ON = Text("Stoppen is geen melding.", "Stopping does not notify anybody.")
TOLD_START = Text(
    "{by} begon incident {n}. Herinneringen staan stil; melden kan zo nodig tot {moment}. Typ hier: incident.",
    "{by} started incident {n}. Reminders are paused; the term to notify, if needed, ends {moment}. Type here: incident.",
)
TOLD_STOP = Text(
    "{by} stopte incident {n}. Herinneringen gaan weer.", "{by} stopped incident {n}. Reminders go on."
)


def _start(request: Request) -> Effects:
    language, last = request.language, request.incident
    if last and last.is_running:
        refuse(request, ALREADY(language, n=last.number, moment=say_moment(last.started_at, language)))
    now = request.now.astimezone(UTC)
    new = started(next_number((last,) if last else ()), now, request.sender)
    log = SendAudit(
        ToPerson(request.sender), new.number, now - LOOKED_BACK, language, in_reply_to=request.event_id
    )
    return (
        say(
            request,
            BEGUN(language, n=new.number),
            NOTIFY_BY(language, moment=say_moment(new.notify_by, language)),
            *(step(language) for step in STEPS),
        )
        + Effects(
            keep=(new,),
            send=(log,),
            log=(
                Logged("incident.started", None, str(new.number)),
                Logged("audit.exported", None, str(new.number)),
            ),
        )
        + _others(request, new, TOLD_START)
    )


def _stand(request: Request) -> Effects:
    language, last = request.language, request.incident
    log = Effects(log=(Logged("incident.read", None, str(last.number) if last else None),))
    if last is None:
        return say(request, NONE(language)) + log
    if last.ended_at is None:
        moment = say_moment(last.started_at, language)
        how = RUNS(language, n=last.number, moment=moment, by=last.started_by)
    else:
        how = ENDED(language, n=last.number, moment=say_moment(last.ended_at, language))
        if request.now > last.notify_by:
            return say(request, how) + log
    return say(request, how, _term(request, last)) + log


def _stop(request: Request) -> Effects:
    language, last = request.language, request.incident
    if last is None or after(last.state, IncidentStep.STOP) is None:
        refuse(request, NONE(language))
    ended = replace(last, ended_at=request.now.astimezone(UTC), ended_by=request.sender)
    words = STOPPED(language, n=ended.number)
    return (
        say(request, words, f"{TERM_GOES_ON(language)} {_term(request, ended)}")
        + Effects(keep=(ended,), log=(Logged("incident.ended", None, str(ended.number)),))
        + _others(request, ended, TOLD_STOP)
    )


def _term(request: Request, incident: Incident) -> str:
    language, left = request.language, incident.notify_by - request.now
    moment = say_moment(incident.notify_by, language)
    if left.total_seconds() <= 0:
        return OVER(language, moment=moment)
    return LEFT(language, left=say_left(left, language), moment=moment)


def _others(request: Request, incident: Incident, words: Text) -> Effects:
    """One line to everybody else whom the region names."""
    moment = say_moment(incident.notify_by, LANGUAGE)
    message = Message.of(words(LANGUAGE, by=request.sender, n=incident.number, moment=moment))
    others = readers(request.region) - {request.sender}
    return told(others, message, Rule.INCIDENT, cause=request.event_id, now=request.now, right=Right.INCIDENT)


START = Command(
    name=Text("incident start", "incident begin"),
    who=RIGHTS[Right.INCIDENT],
    where=Where.DIRECT,
    help=Text(
        "zet herinneringen stil, en let op de 72 uur voor het melden van een datalek",
        "pauses reminders, and watches the 72 hours to notify a data breach",
    ),
    examples=(Text("incident start", "incident begin"),),
    execute=_start,
)
STAND = Command(
    name=Text("incident", "incident status"),
    who=RIGHTS[Right.INCIDENT],
    where=Where.DIRECT,
    help=Text(
        "laat zien of er een incident loopt, en hoeveel tijd er is om te melden",
        "shows whether an incident is running, and how much time there is to notify",
    ),
    examples=(Text("incident", "incident status"),),
    execute=_stand,
)
END = Command(
    name=Text("incident stop", "incident end"),
    who=RIGHTS[Right.INCIDENT],
    where=Where.DIRECT,
    help=Text("laat herinneringen weer gaan", "lets reminders go on"),
    examples=(Text("incident stop", "incident end"),),
    execute=_stop,
)
