"""The data-flow table: each hop, what travels, how it is protected, where it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.access.receiving import RULES
from bot.documents.papers.facts import checklist
from bot.documents.papers.hops import FILES, INCOMING, LEGEND, OUTGOING
from bot.documents.papers.kept import TABLES
from bot.documents.papers.paper import MISSING, Paper, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.documents.papers.facts import Facts

_HOP = ("Wat er reist", "Hoe beschermd", "Waar het eindigt")


def flows(facts: Facts) -> Paper:
    return Paper(
        "gegevensstromen",
        "Gegevensstromen",
        facts.region.name,
        (
            Section(
                "Leeswijzer",
                (
                    (
                        "Mensen praten in versleutelde Matrix-ruimtes. De bot is daar een deelnemer met een eigen apparaat: hij "
                        "leest wat er wordt gezegd, handelt af wat aan hem is gericht en bewaart van de rest alleen een nummer. "
                        "Hij praat met één homeserver en luistert zelf nergens."
                    ),
                    (
                        "Versleuteld van begin tot eind is wat er in een bericht staat. Wie wanneer in welke ruimte is, hoe de "
                        "ruimte heet (de casusreferentie) en hoe lang berichten zijn, zien de homeservers wel."
                    ),
                    *LEGEND,
                ),
            ),
            Section(
                "Van mens tot mens", columns=("Stap", *_HOP), rows=tuple(_path(facts)), shares=(3, 5, 5, 5)
            ),
            Section(
                "Wat binnenkomt",
                ("Elk soort gebeurtenis dat de bot aanneemt. Al het andere wordt niet bewaard.",),
                columns=("Soort", *_HOP),
                rows=tuple((kind, hop.what, hop.protected, hop.ends) for kind, hop in INCOMING.items()),
                shares=(4, 5, 4, 4),
            ),
            Section(
                "Wat weggaat",
                (
                    (
                        "Elk soort regel dat uit kan gaan; iets anders kan de bot niet versturen. Of de ontvanger het mag hebben, "
                        "wordt nagekeken op het moment dat het weggaat."
                    ),
                ),
                columns=("Soort", "Wat er reist", "Voor wie", "Hoe beschermd", "Waar het eindigt"),
                rows=tuple(
                    (kind.__name__, hop.what, RULES[kind].what.nl, hop.protected, hop.ends)
                    for kind, hop in OUTGOING.items()
                ),
                shares=(4, 5, 5, 5, 4),
            ),
            Section(
                "Wat op de machine ligt",
                (
                    (
                        f"Sleutels van berichten blijven {facts.key_days} dagen, een reservekopie "
                        f"{facts.copies}."
                    ),
                ),
                columns=("Bestand", *_HOP),
                rows=tuple((name, hop.what, hop.protected, hop.ends) for name, hop in FILES.items()),
                shares=(4, 5, 4, 4),
            ),
            Section(
                "Wat er in de opslag staat",
                (
                    "Elke tabel van casusbot.db. Welke kolom wat mag bevatten, staat in de bijlage bij de DPIA.",
                ),
                columns=("Tabel", "Wat", "Tot wanneer"),
                rows=tuple((name, kept.what, kept.until) for name, kept in TABLES.items()),
                shares=(3, 8, 5),
            ),
            checklist(
                facts,
                "Wie beheert de machine van de bot, en onder welke verwerkersovereenkomst?",
                "Wie beheert elke homeserver hierboven, in welk land, en onder welke overeenkomst?",
                "Hoe lang bewaart de machine het logboek van de dienst (journald)?",
                "Staan de reservekopieën ook ergens anders? Dan met dezelfde bewaartijd, en met het vernietigingsregister.",
                "Hoe staan meldingen op de telefoons van de deelnemers ingesteld (inhoud verbergen)?",
            ),
        ),
        facts.footer,
    )


def _path(facts: Facts) -> Iterator[tuple[str, ...]]:
    """The way of a word, hop by hop."""
    yield (
        "mens naar de eigen homeserver",
        "wat iemand in een ruimte typt",
        "eind-tot-eind versleuteld in de app van die mens; TLS",
        "apparaten van de deelnemers; versleuteld op hun homeservers",
    )
    others = ", ".join(facts.other_servers)
    yield (
        "homeserver naar homeserver (federatie)",
        f"dezelfde versleutelde berichten; wie in welke ruimte is. Met: {others}"
        if others
        else f"niets: alleen accounts van {facts.server} doen mee",
        "TLS tussen de servers; de inhoud blijft eind-tot-eind versleuteld",
        "elke server met een lid in de ruimte, zolang die server het bewaart",
    )
    yield (
        "homeserver naar telefoon (melding)",
        "dat er een bericht is; de tekst leest de telefoon zelf",
        "langs de diensten van Apple of Google; wat klinkt, bevat geen tekst van een casus",
        f"het scherm van de telefoon; instellingen: {MISSING}",
    )
    yield (
        f"homeserver {facts.server} naar de bot",
        "wat hieronder bij binnenkomen staat",
        "TLS (kan zonder als beide op één machine staan); de inhoud eind-tot-eind versleuteld",
        "het geheugen van de bot, dat leesbare tekst bevat; wat moet blijven in casusbot.db",
    )
    yield (
        "bot naar de homeserver",
        "wat hieronder bij weggaan staat; openbare sleutels van de bot",
        "zoals hieronder per soort; ondertekend met de sleutels van de bot",
        "zoals hieronder per soort",
    )
    for one in facts.region.neighbours:
        yield (
            f"bot naar de regio {one.name} (overdracht)",
            "referentie, reden, open acties, besluiten, rollen; alleen op het woord van de voorzitter",
            "eind-tot-eind versleuteld"
            + ("; de bot daar is bekend bij zijn vingerafdruk" if one.bot else "; een mens antwoordt daar"),
            "onder de verantwoordelijkheid van die regio, vanaf het aannemen",
        )
    yield (
        "mens naar het eigen zaaksysteem",
        "de afsprakenlijst als PDF, Markdown of JSON, die een deelnemer zelf opvraagt en overneemt",
        "volgens dat systeem",
        "het dossier van die organisatie; de bot heeft er geen koppeling mee",
    )
    yield (
        "beheerder aan de machine",
        "uitvoer van audit, simulate, papers en identity: accounts en casusreferenties; van simulate ook de eerste regel van een bericht",
        "rechten van de machine; lezen vraagt de sleutel van de opslag",
        "het scherm of bestand van de beheerder",
    )
