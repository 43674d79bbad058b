"""Reminds whom the region names of the 72 hours within which a breach is notified (AVG art. 33, `bot.core.records.incidents`).

It rings at any hour: the term does not wait for the morning. What rings is the number of the incident and the moment.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.effects import Effects, Logged, Loudness, Say, ToPerson
from bot.core.permissions import Right
from bot.core.records.explanations import Explanation, Rule
from bot.core.records.incidents import next_reminder, say_left, say_moment
from bot.core.reminding.nudge_words import LANGUAGE
from bot.core.reminding.nudging import QUIETLY
from bot.core.text import Message, Text

if TYPE_CHECKING:
    from datetime import datetime

    from bot.core.records.incidents import Incident
    from bot.core.region import Region

RINGS = Text("Incident {n}: uiterlijk {moment}", "Incident {n}: by {moment}")
STILL = Text(
    "Nog {left} om dit zo nodig te melden bij de Autoriteit Persoonsgegevens (AVG artikel 33). Al gemeld, of hoeft het "
    "niet? Dan is dit voor jou afgedaan. Schrijf wel op waarom: dat hoort in jullie eigen register.",
    "{left} left to notify the Autoriteit Persoonsgegevens of this if needed (GDPR article 33). Notified already, or not "
    "needed? Then you are done. Do note why: that belongs in your own register.",
)
PASSED = Text(
    "De termijn om dit te melden bij de Autoriteit Persoonsgegevens is voorbij. Moet het nog? Meld het dan nu, met de "
    "reden van de vertraging (AVG artikel 33 lid 1).",
    "The term to notify the Autoriteit Persoonsgegevens of this has passed. Is it still to be done? Then do so now, with "
    "the reasons for the delay (GDPR article 33(1)).",
)


def readers(region: Region) -> frozenset[str]:
    """Who hears of an incident, as long as the region names them and somebody compared their identity."""
    return region.coordinators | region.contact_points


def wake(now: datetime, due: tuple[Incident, ...], region: Region) -> Effects:
    """Remind of each incident that is due; after downtime once, with what is left then."""
    effects = Effects()
    for incident in due:
        effects += Effects(
            keep=(replace(incident, remind_at=next_reminder(incident.started_at, now)),),
            log=(Logged("incident.reminded", None, str(incident.number)),),
        )
        for user in sorted(readers(region)):
            effects += _reminded(incident, user, now)
    return effects


def _reminded(incident: Incident, user: str, now: datetime) -> Effects:
    assert incident.remind_at is not None, "it is due at some moment"
    left = incident.notify_by - now
    key = f"{Rule.INCIDENT}:{incident.number}:{incident.remind_at.isoformat()}:{user}"
    rings = RINGS(LANGUAGE, n=incident.number, moment=say_moment(incident.notify_by, LANGUAGE))
    words = STILL(LANGUAGE, left=say_left(left, LANGUAGE)) if left.total_seconds() > 0 else PASSED(LANGUAGE)
    return Effects(
        keep=(Explanation(key, 0, user, now, Rule.INCIDENT),),
        send=(
            Say(ToPerson(user), Message.of(rings), loudness=Loudness.NUDGE, key=key, right=Right.INCIDENT),
            Say(ToPerson(user), Message.of(words), key=f"{QUIETLY}{key}", right=Right.INCIDENT),
        ),
    )
