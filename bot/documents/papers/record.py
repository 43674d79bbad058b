"""The record of processing activities (AVG art. 30, first paragraph), in the order of the article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.documents.papers.facts import checklist, count
from bot.documents.papers.paper import MISSING, Paper, Section

if TYPE_CHECKING:
    from bot.documents.papers.facts import Facts


def record(facts: Facts) -> Paper:
    return Paper(
        "verwerkingsregister",
        "Verwerkingsregister: casusbot",
        f"{facts.region.name}, AVG artikel 30 lid 1",
        (
            _who(facts),
            _what(),
            _whose(facts),
            _receivers(facts),
            _how_long(facts),
            _protection(),
            checklist(
                facts,
                "Vul in wat hierboven NOG IN TE VULLEN heet.",
                "Stel de bewaartermijnen vast, ook van wat hierboven geen vaste termijn heeft.",
                "Kies per casus de grondslag; de bot vraagt ernaar en legt elke wijziging vast.",
                "Leg vast hoe de verwerkingsverantwoordelijken hun taken verdelen (AVG art. 26).",
                "Sluit een verwerkersovereenkomst met wie de bot of een homeserver beheert (AVG art. 28).",
                "Laat de functionaris gegevensbescherming meelezen en zet datum en naam van de vaststelling hier.",
            ),
        ),
        facts.footer,
    )


def _who(facts: Facts) -> Section:
    region = facts.region
    return Section(
        "Wie verantwoordelijk is (a)",
        columns=("Wat", "Wie"),
        rows=(
            ("Verwerkingsverantwoordelijke, of wie dat samen zijn", facts.controller),
            ("Contactpunt voor betrokkenen", facts.contact),
            (
                "Wie namens het contactpunt rechten uitvoert",
                count(len(region.contact_points), "account", "accounts")
                if region.contact_points
                else MISSING,
            ),
            ("Functionaris gegevensbescherming", MISSING),
            ("Coördinatoren van het ZVH", count(len(region.coordinators), "account", "accounts")),
            ("Verwerker: beheer van de bot", MISSING),
            ("Verwerker: beheer van de homeserver " + facts.server, MISSING),
        ),
        shares=(2, 3),
    )


def _what() -> Section:
    return Section(
        "Waarvoor (b)",
        (
            (
                "De bot houdt afspraken bij die partners in een casusoverleg maken: agenda, besluiten met reden, en acties "
                "met één rol en één datum. Hij herinnert eraan, vraagt door bij stilstand, en meldt coördinatoren wekelijks "
                "wat stokt. Hij beslist niets over een mens."
            ),
        ),
        points=(
            "Doel van elke casus: legt de coördinator vast bij het openen. Elke wijziging is een nieuwe regel, met datum.",
            (
                "Grondslag: per casus en per navraag vastgelegd. Voor een Zorg- en Veiligheidshuis is dat doorgaans de wettelijke taak "
                "van de deelnemer en de Wet gegevensverwerking door samenwerkingsverbanden (AVG art. 6 lid 1 onder c of e)."
            ),
            "Niet het doel: een dossier, een signaleringslijst, een risicoscore, toezicht op medewerkers.",
        ),
    )


def _whose(facts: Facts) -> Section:
    labels = ", ".join(facts.region.address_book) or MISSING
    return Section(
        "Van wie, en welke gegevens (c)",
        columns=("Van wie", "Welke gegevens"),
        rows=(
            (
                "Mensen om wie een casus gaat",
                (
                    "een casusreferentie uit het eigen systeem (pseudoniem; wie het is, staat alleen daar), het doel, "
                    "afspraken in korte tekst, en of er een minderjarige bij is. Geen veld voor naam, BSN, geboortedatum, "
                    "adres, herkomst, nationaliteit of geloof"
                ),
            ),
            (
                "Bijzondere en strafrechtelijke gegevens (AVG art. 9 en 10)",
                (
                    "niet bedoeld. De privacywacht houdt BSN, IBAN, herkomst en geloof tegen, verbergt wat iemand herkenbaar "
                    "maakt, en waarschuwt bij gezondheid en strafbare feiten; dat laatste kan in een afspraak nodig zijn en "
                    "weegt een mens. Inhoud van politie en behandelaars blijft in hun eigen systeem"
                ),
            ),
            (
                "Medewerkers van partners",
                (
                    f"Matrix-account, rol, sinds en tot wanneer zij meedoen, wat zij vastlegden, en wat zij zelf opgeven over "
                    f"werktijden en afwezigheid. Rollen in het adresboek: {labels}"
                ),
            ),
            ("Coördinatoren en contactpunt", "als medewerkers; en hun handelingen over alle casussen"),
        ),
        shares=(2, 5),
    )


def _receivers(facts: Facts) -> Section:
    region, others = facts.region, facts.other_servers
    neighbours = ", ".join(one.name for one in region.neighbours)
    return Section(
        "Aan wie (d), en buiten de Europese Unie (e)",
        columns=("Ontvanger", "Wat"),
        rows=(
            (
                "Wie een plaats heeft in een casus",
                "de berichten van de bot in die ruimte, en over eigen acties",
            ),
            (
                "Coördinatoren",
                "weekbericht met referentie, rol en reden, zonder getypte tekst; stand van een casus; cijfers van een kwartaal zonder kleine aantallen",
            ),
            ("Contactpunt", "het bestand voor inzage van een casus"),
            (
                "Andere regio's",
                f"bij een overdracht, op het woord van de voorzitter: {neighbours}"
                if neighbours
                else "geen; er is geen regio ingesteld",
            ),
            (
                "Beheerders van homeservers",
                (
                    f"geen inhoud; wel wie wanneer in welke ruimte is en de casusreferentie. Eigen server: {facts.server}. "
                    f"Andere: {', '.join(others) or 'geen'}"
                ),
            ),
            ("Wie de bot en zijn sleutel beheert", "kan alles in de opslag lezen"),
            (
                "Derde landen",
                "de bot zelf geeft niets door. Waar de homeservers staan: "
                + MISSING
                + ". Meldingen op telefoons lopen langs "
                "Apple of Google, zonder tekst van een casus in wat klinkt",
            ),
        ),
        shares=(2, 5),
    )


def _how_long(facts: Facts) -> Section:
    terms = facts.region.retention
    return Section(
        "Hoe lang (f)",
        (
            (
                "De termijnen komen uit de configuratie; de verwerkingsverantwoordelijken stellen ze vast. Na afloop vernietigt "
                "de bot niets uit zichzelf: hij waarschuwt, verlengen vraagt een reden, vernietigen het woord van twee mensen."
            ),
        ),
        columns=("Wat", "Termijn"),
        rows=(
            (
                "Een gesloten casus, met alles wat erbij hoort",
                count(terms.closed, "maand", "maanden") + " na sluiten",
            ),
            (
                "Een open casus waarin niets gebeurt",
                f"na {count(terms.unmoved, 'maand', 'maanden')} vraagt de bot of hij dicht kan",
            ),
            ("Waarschuwing vooraf", count(terms.warn, "dag", "dagen")),
            ("Reservekopieën", facts.copies),
            ("Sleutels die oude berichten kunnen openen", count(facts.key_days, "dag", "dagen")),
            ("Nummers van afgehandelde berichten, en waarom de bot iets zei", "30 dagen"),
            ("Signalen zonder casus", "geen vaste termijn: " + MISSING),
            ("Accounts van medewerkers, ook na vertrek", "geen vaste termijn: " + MISSING),
            (
                "Logboek van handelingen en bewijs van vernietiging",
                "blijven; zonder inhoud. Termijn: " + MISSING,
            ),
            ("Berichten van mensen in de ruimtes", "volgens de homeserver, buiten de bot: " + MISSING),
        ),
        shares=(3, 3),
    )


def _protection() -> Section:
    return Section(
        "Beveiliging in het kort (g)",
        points=(
            "Alleen ruimtes met eind-tot-eind versleuteling; sleutels alleen naar apparaten die hun eigenaar ondertekende.",
            "Opdrachten alleen van zulke apparaten; een veranderde identiteit stopt het bericht tot een mens haar bevestigt.",
            "De opslag is versleuteld; de sleutel ligt buiten de gegevensmap en niet in de reservekopie.",
            "Wie wat mag zien, doen en ontvangen staat in één tabel en wordt nagekeken op het moment zelf.",
            "Elke getypte tekst gaat langs de privacywacht voordat hij wordt bewaard.",
            "Een logboek van handelingen zonder inhoud, als keten van hashes, dat alleen kan groeien (NEN 7513).",
            (
                "Vernietigen haalt ook vrije bladzijden, schrijflogboek en sleutels weg; een oude kopie kan een vernietigde casus "
                "niet terugbrengen."
            ),
            "Meer staat in de bijlage bij de DPIA, de gegevensstromen, en het dreigingsmodel bij het programma.",
        ),
    )
