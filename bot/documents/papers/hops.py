"""Every hop of the data in words: what travels, how it is protected, where it ends.

A test fails on a type of `Outgoing`, an event type that is taken in, or a file of the bot that is missing here.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

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
    Vouch,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.effects import Outgoing


@dataclass(frozen=True, slots=True)
class Hop:
    """What travels, how it is protected, where it ends."""

    what: str
    protected: str
    ends: str


END_TO_END = "eind-tot-eind"
TLS_ONLY = "alleen TLS"
IN_ROOM = "apparaten van wie het mag lezen"
LEGEND = (
    (
        "Eind-tot-eind: versleuteld met Megolm; de sleutel gaat alleen naar apparaten die hun eigenaar heeft ondertekend, van "
        "wie het mag lezen. Op de homeservers van de leden ligt het versleuteld, zo lang als die het bewaren. Daaromheen zit TLS."
    ),
    "Alleen TLS: onderweg versleuteld, maar de homeservers zelf kunnen het lezen.",
)
ON_SERVERS = "homeservers van de leden van de ruimte"
OWN_SERVER = "de eigen homeserver"

OUTGOING: Mapping[type[Outgoing], Hop] = MappingProxyType(
    {
        Say: Hop(
            "een bericht: antwoord, herinnering, weekbericht. Wat klinkt (m.text) noemt alleen referentie, nummer en "
            "datum; tekst van een casus gaat als stille melding (m.notice)",
            END_TO_END,
            IN_ROOM,
        ),
        SendPoll: Hop(
            "een vraag met knoppen; de vraag, die een telefoon kan laten zien, bevat geen tekst van een casus",
            END_TO_END,
            IN_ROOM,
        ),
        EndPoll: Hop("dat een vraag of stemming gesloten is, in vaste woorden", END_TO_END, IN_ROOM),
        SendFile: Hop(
            "afsprakenlijst, tijdlijn, agenda of bestand voor inzage; gemaakt als het weggaat",
            "het bestand is versleuteld voor het wordt geladen; de sleutel staat in een eind-tot-eind versleuteld bericht",
            "apparaten van wie het mag lezen; het versleutelde bestand blijft bij de homeserver, ook als het bericht is "
            "teruggehaald",
        ),
        SendAudit: Hop(
            "het logboek van handelingen rond een incident: wie deed wat wanneer met welke casus, geen inhoud",
            "als bij SendFile",
            "apparaten van wie het incident begon; het versleutelde bestand blijft bij de homeserver",
        ),
        SendWeeks: Hop(
            "een plaatje met aantallen van de regio per week, voor coördinatoren",
            "als bij SendFile",
            "apparaten van coördinatoren; het versleutelde bestand blijft bij de homeserver",
        ),
        SendLetter: Hop(
            "een overdracht aan een andere regio: referentie, reden, open acties, besluiten, rollen, dag van het "
            "gesprek; geen dossier",
            END_TO_END + "; de andere bot wordt herkend aan de vingerafdruk in de configuratie",
            "de bot of contactpersoon van de andere regio, onder de verantwoordelijkheid daar; de homeservers van beide",
        ),
        OpenCaseRoom: Hop("een nieuwe ruimte, met de casusreferentie als naam", TLS_ONLY, ON_SERVERS),
        OpenHandoverRoom: Hop(
            "een nieuwe ruimte voor een overdracht, met de casusreferentie als naam",
            TLS_ONLY,
            "homeservers van beide regio's",
        ),
        OpenDirect: Hop("een nieuw gesprek met één persoon, zonder naam", TLS_ONLY, ON_SERVERS),
        Invite: Hop("wie in welke ruimte wordt gevraagd", TLS_ONLY, ON_SERVERS),
        Remove: Hop("wie uit welke ruimte gaat", TLS_ONLY, ON_SERVERS),
        Join: Hop("dat de bot een uitnodiging aanneemt", TLS_ONLY, ON_SERVERS),
        Leave: Hop("dat de bot een ruimte verlaat", TLS_ONLY, ON_SERVERS),
        Restore: Hop("een instelling van een ruimte, terug naar veilig", TLS_ONLY, ON_SERVERS),
        Redact: Hop("dat een bericht van de bot is teruggehaald; de inhoud verdwijnt", TLS_ONLY, ON_SERVERS),
        TakeAllBack: Hop(
            "dat alle berichten van de bot over een vernietigde casus zijn teruggehaald", TLS_ONLY, ON_SERVERS
        ),
        Certify: Hop(
            "dat er een casus is vernietigd: aantallen, datums en hashes",
            "ondertekend; aan coördinatoren eind-tot-eind versleuteld, in het register zonder referentie en naam",
            "gesprek van coördinatoren met de bot; het register naast de reservekopieën",
        ),
        Vouch: Hop(
            "het woord van een coördinator bij het vergelijken van iemands identiteit: een handtekening op diens "
            "openbare sleutel",
            "ondertekend; TLS",
            OWN_SERVER,
        ),
        React: Hop("vaste woorden bij een bericht, niets van een casus", TLS_ONLY, ON_SERVERS),
        SayPlain: Hop("één vaste zin in een ruimte zonder versleuteling", TLS_ONLY, ON_SERVERS),
    }
)
"""Every type of what leaves the bot."""

_HANDLED = (
    "in het geheugen gelezen; blijft alleen als het aan de bot was gericht, en dan langs de privacywacht"
)
_KEPT_STATE = "de opslag, als stand van de ruimte"
_DROPPED = "nergens; het wordt niet uitgevoerd"
_COMPARED = "in het geheugen, tot de vergelijking klaar is; wat coördinatoren te zien kregen staat zolang in de opslag"
_SETTING = Hop("hoe een ruimte is beveiligd", TLS_ONLY, _KEPT_STATE)
_VERIFICATION = Hop(
    "een stap in het vergelijken van identiteiten met emoji",
    "tijdelijke sleutels; mensen vergelijken wat zij zien",
    _COMPARED,
)

INCOMING: Mapping[str, Hop] = MappingProxyType(
    {
        "m.room.encrypted": Hop(
            "elk bericht in een ruimte waarin de bot zit, ook wat niet aan hem is gericht",
            "eind-tot-eind versleuteld; blijft versleuteld in de opslag tot het wordt afgehandeld",
            _HANDLED,
        ),
        "m.room.message": Hop(
            "versleuteld: een opdracht of antwoord, of gewoon gesprek. Onversleuteld: wordt niet gelezen",
            "in de versleuteling van m.room.encrypted",
            _HANDLED,
        ),
        "m.poll.response": Hop(
            "een tik op een knop", "in de versleuteling van m.room.encrypted", "de opslag"
        ),
        "org.matrix.msc3381.poll.response": Hop(
            "hetzelfde, onder de naam die Element gebruikt",
            "in de versleuteling van m.room.encrypted",
            "de opslag",
        ),
        "m.room.redaction": Hop("dat iemand een bericht weghaalde", TLS_ONLY, "in het geheugen"),
        "m.room.member": Hop("wie een ruimte in of uit gaat; geen weergavenaam", TLS_ONLY, _KEPT_STATE),
        "m.room.create": Hop("wie een ruimte maakte", TLS_ONLY, _KEPT_STATE),
        "m.room.encryption": _SETTING,
        "m.room.history_visibility": _SETTING,
        "m.room.join_rules": _SETTING,
        "m.room.guest_access": _SETTING,
        "m.room.power_levels": _SETTING,
        "m.key.verification.request": _VERIFICATION,
        "m.key.verification.start": _VERIFICATION,
        "m.key.verification.key": _VERIFICATION,
        "m.key.verification.mac": _VERIFICATION,
        "m.key.verification.done": _VERIFICATION,
        "m.key.verification.cancel": _VERIFICATION,
        "m.room_key": Hop(
            "een sleutel om berichten mee te lezen", "van apparaat tot apparaat versleuteld (Olm)", "keys.db"
        ),
        "m.room_key.withheld": Hop("dat een sleutel niet wordt gegeven, en waarom", TLS_ONLY, _DROPPED),
    }
)
"""Every type of event that the bot takes in. What is not here never reaches the store: presence, read receipts,
typing notices, reactions, names and topics of rooms, display names, avatars."""

FILES: Mapping[str, Hop] = MappingProxyType(
    {
        "casusbot.db": Hop(
            "alles uit de tabellen hieronder",
            "versleuteld (SQLCipher, AES-256); alleen van de gebruiker van de bot",
            "de gegevensmap",
        ),
        "keys.db": Hop(
            "sleutels van berichten",
            "als casusbot.db; niet in de reservekopie",
            "vervallen na de termijn hierboven",
        ),
        "casusbot.db-wal, casusbot.db-shm": Hop(
            "schrijflogboek van casusbot.db, en zo ook bij keys.db",
            "als casusbot.db",
            "vervalt met de volgende opruiming",
        ),
        "casusbot.yaml": Hop(
            "de configuratie: accounts van coördinatoren, contactpunt en adresboek; geen geheim",
            "alleen van de gebruiker van de bot",
            "de gegevensmap; bewaard bij de reservekopie",
        ),
        "sleutelbestand": Hop(
            "de sleutel van de opslag",
            "buiten de gegevensmap; niet leesbaar voor anderen",
            "de machine, en een afschrift",
        ),
        "herstelsleutel": Hop(
            "waarmee een nieuwe machine dezelfde bot wordt", "op papier of in een kluis", "niet op de machine"
        ),
        "health.json": Hop("hoe het met de bot gaat; niets over iemand", "geen geheim", "de gegevensmap"),
        "casusbot.lock": Hop("niets; houdt een tweede bot tegen", "geen geheim", "de gegevensmap"),
        "casusbot.sock": Hop(
            "vragen van de beheerder aan de draaiende bot",
            "alleen van de gebruiker van de bot",
            "in het geheugen",
        ),
        "casusbot-<datum>.db": Hop(
            "een reservekopie van casusbot.db, zonder sleutels van berichten en zonder toegangstoken",
            "versleuteld als casusbot.db; de sleutel ligt elders",
            "de map van de reservekopieën, zo lang als hierboven",
        ),
        "destructions.jsonl": Hop(
            "het vernietigingsregister: nummer, datum, hashes; geen referentie en geen naam",
            "ondertekend; elke regel sluit aan op de vorige",
            "naast de reservekopieën; blijft",
        ),
        "logboek van de dienst": Hop(
            "storingen, aanmelden, met welk account een identiteit is vergeleken; nooit tekst, casusreferentie of sleutel",
            "rechten van de machine",
            "journald; bewaartijd volgens de machine",
        ),
    }
)
"""Every file that the bot or its operator keeps."""
