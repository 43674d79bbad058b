"""Every table of the store in words: what a row is, what it is for, and when it goes.

A test fails on a table of the schema that is missing here, and on one that is here and gone from the schema.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Kept:
    """What a table holds, what for, and until when."""

    what: str
    why: str
    until: str


CASE = "met de casus vernietigd"
CASE_OR_SIGNAL = "met de casus vernietigd; zonder casus: geen vaste termijn"
DAYS = "na 30 dagen"
PERSON = "geen vaste termijn; blijft als iemand niet meer meedoet"
EVER = "blijft"

TABLES: Mapping[str, Kept] = MappingProxyType(
    {
        "cases": Kept(
            "referentie, doel, toestand, AVE-fase, datum van het volgend overleg, en of er een minderjarige bij is "
            "(niet wie)",
            "waar de afspraken bij horen",
            CASE,
        ),
        "case_bases": Kept(
            "doel en grondslag van de casus, elke wijziging een nieuwe regel",
            "doelbinding verantwoorden",
            CASE,
        ),
        "participants": Kept(
            "account, functie en rol van wie meedoet, sinds wanneer, tot wanneer",
            "wie wat mag zien, doen en ontvangen",
            CASE,
        ),
        "meetings": Kept("doel, begin, eind en aanwezige rollen van een overleg", "de afsprakenlijst", CASE),
        "agenda_items": Kept("agendapunten", "het overleg", CASE),
        "decisions": Kept("besluiten met hun reden", "de afsprakenlijst; verantwoording", CASE),
        "actions": Kept(
            "afspraak: tekst, rol, uiterste datum, toestand, waardoor zij vastzit, wat zij opleverde",
            "herinneren aan wat is afgesproken",
            CASE,
        ),
        "remarks": Kept(
            "wat het contactpunt op verzoek bij een tekst zette", "recht op correctie (AVG art. 16)", CASE
        ),
        "restrictions": Kept(
            "dat een casus stilstaat op verzoek van de betrokkene, en waarom",
            "recht op beperking (AVG art. 18)",
            CASE,
        ),
        "out_of_sight": Kept(
            "dat een kind of gezin niet te vinden is: protocol, dag 0, toestand, nummers van acties en besluiten",
            "niemand uit het oog verliezen",
            CASE,
        ),
        "signals": Kept(
            "een zorg: van welke rol, wanneer gezien, toestand, kijkdatum",
            "weten wat er met een gedeelde zorg is gedaan",
            CASE_OR_SIGNAL,
        ),
        "signal_facts": Kept(
            "wat iemand zag en elke latere stap, in de woorden van toen",
            "feit en oordeel uit elkaar houden",
            CASE_OR_SIGNAL,
        ),
        "signals_shown": Kept(
            "welk bericht de woorden van een signaal liet zien", "een tekst kunnen weghalen", CASE_OR_SIGNAL
        ),
        "inquiries": Kept(
            "één vraag aan een partner: doel, grondslag, of de betrokkene het weet, en het antwoord in één woord; nooit "
            "wat er bekend is",
            "mogen vragen en kunnen verantwoorden",
            CASE,
        ),
        "handovers": Kept(
            "overdracht aan of van een andere regio: reden, open acties, besluiten, rollen, dag van het gesprek",
            "dat de verantwoordelijkheid nooit tussen twee regio's valt",
            "met de casus vernietigd; niet aangenomen: geen vaste termijn",
        ),
        "closings": Kept(
            "sluiting: wanneer, door wie, wie verder gaat, gekozen antwoorden", "cijfers; nazorg", CASE
        ),
        "retentions": Kept(
            "verlengd tot, gewaarschuwd op, wie om vernietigen vroeg", "bewaartermijn en vernietiging", CASE
        ),
        "destructions": Kept(
            "dat een casus is vernietigd: referentie, wanneer, aantallen, certificaat; geen inhoud",
            "verantwoording",
            EVER,
        ),
        "questions": Kept(
            "een half getypte opdracht waarop de bot nog een antwoord wacht",
            "het antwoord begrijpen",
            "na het antwoord, of met de casus",
        ),
        "sources": Kept(
            "welk bericht iets vastlegde of een tekst liet zien",
            "een gewijzigd bericht; een tekst weghalen",
            "wat alleen is getoond: na 30 dagen; de rest met de casus vernietigd",
        ),
        "steps": Kept(
            "de laatste stappen in het overleg dat loopt, met de tekst van voor en na",
            "een vergissing terugdraaien",
            "aan het eind van het overleg, of met de casus",
        ),
        "polls": Kept("een stemming of een vraag met knoppen", "antwoorden met één tik", CASE),
        "ballots": Kept(
            "het laatste antwoord van elk account in een stemming",
            "tellen; de uitslag noemt niet wie wat koos",
            "als de stemming sluit",
        ),
        "explanations": Kept(
            "van een bericht uit eigen beweging: aan wie, wanneer, welke regel", "de opdracht waarom", DAYS
        ),
        "persons": Kept(
            "per account: het gesprek met de bot, dag van de laatste herinnering, en wat iemand zelf opgaf: werkdagen, "
            "werktijden, afwezig van en tot (nooit waarom), vervanger",
            "op een goed moment schrijven, hooguit één herinnering per werkdag",
            PERSON,
        ),
        "incidents": Kept(
            "dat er een incident was: nummer, wanneer en door wie begonnen en gestopt; geen woord over wat er was",
            "herinneringen laten rusten, en de 72 uur van AVG 33 noemen",
            EVER,
        ),
        "digest_plans": Kept(
            "wanneer iemands weekbericht komt, of dat iemand het niet wil", "het weekbericht", PERSON
        ),
        "pins": Kept(
            "de openbare sleutel waaraan de bot iemand herkent, en op wiens woord",
            "zeker weten wie leest en wie een opdracht geeft",
            PERSON,
        ),
        "comparisons": Kept(
            "welke emoji voor welk account en apparaat aan welke coördinatoren zijn getoond: code, openbare sleutels, tot "
            "wanneer het geldt",
            "dat het woord van een coördinator over deze vergelijking gaat en geen andere",
            "geldt tien minuten; daarna bij het dagelijks opruimen",
        ),
        "audit": Kept(
            "wie wanneer wat deed met welk ding, namens welke rol; ook wie iets te zien kreeg; nooit de inhoud",
            "verantwoording (NEN 7513, AVG art. 5 lid 2); elke regel sluit aan op de vorige",
            EVER,
        ),
        "inbox": Kept(
            "een bericht zoals het binnenkwam, nog versleuteld",
            "niets kwijtraken bij een storing",
            "zodra het is afgehandeld; onleesbaar: na een week",
        ),
        "seen": Kept("nummers van afgehandelde berichten, geen inhoud", "niets twee keer doen", DAYS),
        "outbox": Kept(
            "wat nog weg moet, met de woorden; daarna alleen nummer en tijd",
            "niets kwijtraken of dubbel zeggen",
            DAYS,
        ),
        "room_state": Kept(
            "wie er volgens de server in een ruimte is en hoe die is beveiligd; geen weergavenamen",
            "alleen spreken waar het veilig is",
            "zodra de bot de ruimte verlaat",
        ),
        "message_index": Kept(
            "welke plaats in een sleutelreeks al is gebruikt",
            "een herhaald bericht herkennen",
            "met de casus vernietigd; van een eigen gesprek met de bot: geen vaste termijn",
        ),
        "settings": Kept(
            "van de bot zelf: toegangstoken, identiteit, gebleven waar",
            "kunnen werken",
            "zolang de bot bestaat",
        ),
        "compat": Kept("het nummer van de vorm van het bestand", "bijwerken", "zolang de bot bestaat"),
    }
)

CLASSES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "guarded": ("bewaakte tekst", "wat iemand typte, nadat de privacywacht het doorliet"),
        "code": ("keuze", "een uit een vaste lijst"),
        "number": ("getal", "een getal, of ja of nee"),
        "moment": ("tijd", "een datum of tijdstip"),
        "case": ("casusreferentie", "een pseudoniem uit het eigen systeem van het ZVH"),
        "thing": ("nummer", "hoe de bot iets noemt, zoals A3"),
        "label": ("rol", "een rol of regio uit de configuratie"),
        "person": ("account", "van wie het werk doet, nooit van wie de casus gaat"),
        "room": ("ruimte", "het willekeurige nummer van een ruimte"),
        "event": ("bericht", "het willekeurige nummer van een bericht"),
        "key": ("sleutel", "een openbare sleutel, hash of willekeurig nummer"),
        "records": ("regels", "eerdere of meegegeven regels, elk veld van zijn eigen soort"),
        "wire": ("ontvangen", "zoals de server het stuurde: nog versleuteld, of nooit versleuteld geweest"),
        "outgoing": (
            "uitgaand bericht",
            "wat nog weg moet: bewaakte teksten en vaste woorden; leeg zodra het weg is",
        ),
        "secret": ("geheim", "van de bot zelf"),
    }
)
"""The classes of columns (`bot.store.columns.Holds`): a short name, and what it means."""

PERSON_CLASS = "person"
WITHIN = frozenset(
    {
        "audit.thing",
        "explanations.key",
        "inbox.event",
        "outbox.address",
        "outbox.content",
        "room_state.content",
        "room_state.state_key",
        "steps.after",
        "steps.before",
    }
)
"""Columns of another class in which an account can stand."""


def classes(columns: Mapping[str, str]) -> str:
    """The columns of a table by what they may hold."""
    by_class = {holds: [name for name, found in columns.items() if found == holds] for holds in CLASSES}
    return "; ".join(f"{CLASSES[holds][0]}: {', '.join(names)}" for holds, names in by_class.items() if names)


def accounts(table: str, columns: Mapping[str, str]) -> str:
    """The columns of a table in which an account stands or can stand."""
    named = [name for name, holds in columns.items() if holds == PERSON_CLASS]
    within = [f"{name} (binnenin)" for name in columns if f"{table}.{name}" in WITHIN]
    return ", ".join(named + within)
