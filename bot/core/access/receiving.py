"""Whether somebody may receive what is about to leave, as things are at that moment and not when it was queued.

Every type of `bot.core.effects.Outgoing` has its rule here; a test fails on one that has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.core.effects import (
    Certify,
    EndPoll,
    Invite,
    Join,
    Leave,
    OpenCaseRoom,
    OpenDirect,
    OpenHandoverRoom,
    React,
    Redact,
    Remove,
    Restore,
    Say,
    SayPlain,
    SendAudit,
    SendFile,
    SendLetter,
    SendPoll,
    SendWeeks,
    TakeAllBack,
    ToCase,
    Vouch,
)
from bot.core.permissions import RIGHTS, Right, functions_of
from bot.core.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.core.casefile import CaseFile
    from bot.core.effects import Outgoing
    from bot.core.records.cases import Function
    from bot.core.records.people import Pin
    from bot.core.region import Region


@dataclass(frozen=True, slots=True)
class Need:
    """What a reader must be: in a function that has `right`, in each of these cases; in the region where none is named.

    `asked_by` had the bot tell this to somebody who has no seat; their own function is asked for then.
    """

    right: Right
    cases: tuple[str, ...] = ()
    asked_by: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that the check looks at, as it is now: `cases` by reference, `pins` by user id."""

    region: Region
    cases: Mapping[str, CaseFile]
    pins: Mapping[str, Pin]

    def functions(self, user_id: str, ref: str | None) -> frozenset[Function]:
        case = self.cases.get(ref) if ref else None
        seat = case.seat_of(user_id) if case else None
        return functions_of(user_id, seat, self.region, self.pins.get(user_id))


def _words(out: Say) -> Need | None:
    """A message that names no case and no right of its own is about its reader alone."""
    if not out.about and out.right is Right.CASE_WORDS:
        return None
    return Need(out.right, out.about, out.asked_by)


def _poll(out: SendPoll | EndPoll) -> Need | None:
    return Need(Right.CASE_WORDS, out.about) if out.about else None


def _file(out: SendFile) -> Need:
    return Need(out.right, (out.ref,))


def _picture(_: SendWeeks) -> Need:
    return Need(Right.REGION_PICTURE)


def _log(_: SendAudit) -> Need:
    return Need(Right.INCIDENT)


def _invitation(out: Invite) -> Need | None:
    """To the room of a case; one to somebody's own chat needs nothing."""
    return Need(Right.CASE_ROOM, (out.to.ref,)) if isinstance(out.to, ToCase) else None


def _nothing(_: Any) -> None:
    """Carries no word of a case."""


def _to_neighbour(out: SendLetter, now: Standing) -> bool:
    return any(one.peer == out.reader for one in now.region.neighbours)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a type of message is, in words, and what its reader must be."""

    what: Text
    need: Callable[[Any], Need | None]
    also: Callable[[Any, Standing], bool] = lambda _out, _now: True
    """What must hold whoever reads it."""


_MESSAGE = Text(
    "in de ruimte van een casus: wie er een plaats heeft; in een eigen gesprek: wie van elke genoemde casus mag horen",
    "in the room of a case: who is seated there; in their own chat: who may hear of every case that it names",
)
_FIXED = Text("vaste woorden, niets van een casus", "fixed words, nothing of a case")
_SETTING = Text("een instelling of lidmaatschap, geen tekst", "a setting or a membership, no text")

RULES: Mapping[type[Outgoing], Rule] = MappingProxyType(
    {
        Say: Rule(_MESSAGE, _words),
        SendPoll: Rule(_MESSAGE, _poll),
        EndPoll: Rule(_MESSAGE, _poll),
        SendFile: Rule(
            Text(
                "wie erom vroeg, en wie met die persoon in de ruimte zit: zolang zij een plaats hebben; een bestand voor "
                "inzage alleen het contactpunt",
                "who asked, and those in the room with them, as long as they have a seat; a file for access the contact "
                "point alone",
            ),
            _file,
        ),
        SendLetter: Rule(
            Text(
                "de twee kanten van een overdracht, zolang de andere regio in de configuratie staat",
                "the two sides of a handover, as long as the other region is in the configuration",
            ),
            _nothing,
            _to_neighbour,
        ),
        OpenHandoverRoom: Rule(_SETTING, _nothing),
        SendWeeks: Rule(Text("coördinatoren", "coordinators"), _picture),
        SendAudit: Rule(
            Text(
                "coördinator of contactpunt die een incident begon: wie deed wat wanneer, geen inhoud",
                "coordinator or contact point who started an incident: who did what when, no content",
            ),
            _log,
        ),
        Invite: Rule(
            Text(
                "in een casus: alleen wie er nog een plaats heeft",
                "to a case: only who still has a seat there",
            ),
            _invitation,
        ),
        OpenCaseRoom: Rule(_SETTING, _nothing),
        OpenDirect: Rule(_SETTING, _nothing),
        Remove: Rule(_SETTING, _nothing),
        Join: Rule(_SETTING, _nothing),
        Leave: Rule(_SETTING, _nothing),
        Restore: Rule(_SETTING, _nothing),
        Redact: Rule(_SETTING, _nothing),
        TakeAllBack: Rule(_SETTING, _nothing),
        Certify: Rule(
            Text(
                "coördinatoren en de lijst bij de reservekopieën: aantallen en hashes, geen inhoud",
                "coordinators and the ledger beside the backups: counts and hashes, no content",
            ),
            _nothing,
        ),
        Vouch: Rule(_SETTING, _nothing),
        React: Rule(_FIXED, _nothing),
        SayPlain: Rule(_FIXED, _nothing),
    }
)


def need_of(out: Outgoing) -> Need | None:
    return RULES[type(out)].need(out)


def may_receive(out: Outgoing, user_id: str, now: Standing) -> bool:
    """Whether this person may have this. About a case that is gone nobody hears anything more."""
    need = need_of(out)
    if not RULES[type(out)].also(out, now):
        return False
    if need is None:
        return True
    if not need.cases:
        return bool(now.functions(user_id, None) & RIGHTS[need.right])
    return all(ref in now.cases and _stands(need, ref, user_id, now) for ref in need.cases)


def _stands(need: Need, ref: str, user_id: str, now: Standing) -> bool:
    if now.functions(user_id, ref) & RIGHTS[need.right]:
        return True
    asker = need.asked_by
    return asker is not None and bool(now.functions(asker, ref) & RIGHTS[Right.TELL_OTHERS])
