"""The note for a works council (WOR art. 27): what the program does not measure, and what it does record of staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.records.incidents import LOOKED_BACK
from bot.documents.papers.facts import checklist
from bot.documents.papers.kept import TABLES, accounts
from bot.documents.papers.paper import Paper, Section

if TYPE_CHECKING:
    from bot.documents.papers.facts import Facts


def council(facts: Facts) -> Paper:
    return Paper(
        "ondernemingsraad",
        "Notitie voor de ondernemingsraad: casusbot",
        f"{facts.region.name}, WOR artikel 27",
        (
            Section(
                "Waarom deze notitie",
                (
                    (
                        "Medewerkers van het ZVH en van partners werken met de bot. Daarbij worden persoonsgegevens van hen verwerkt "
                        "(WOR art. 27 lid 1 onder k). De bot is niet bedoeld om gedrag of prestaties van medewerkers te volgen, en "
                        "meet die niet. Zijn logboek van handelingen zou daar wel geschikt voor kunnen zijn (onder l). Ga er daarom "
                        "van uit dat de ondernemingsraad van elke werkgever instemmingsrecht heeft, en leg dit voor."
                    ),
                ),
            ),
            _unmeasured(),
            _recorded(facts),
            _reminded(facts),
            Section(
                "Wie het kan zien",
                points=(
                    "Deelnemers van een casus zien elkaars rol, acties en data in die casus; dat is waar de bot voor is.",
                    (
                        "Coördinatoren zien in het weekbericht welke acties stokken, per casus en rol. Bij een rol met één "
                        "medewerker is dat in feite één persoon."
                    ),
                    "Een leidinggevende die niet meedoet, ziet niets. Geen opdracht telt iets per medewerker.",
                    (
                        "Wie de bot beheert en de sleutel heeft, kan het logboek van handelingen lezen en uitvoeren (casusbot audit): "
                        "daarin staat per regel wie wat wanneer deed. Dat iemand zo las, staat er zelf niet in: leg het apart vast."
                    ),
                    (
                        "Wie als coördinator of contactpunt een incident meldt (!incident start), krijgt het logboek van handelingen "
                        f"van de {LOOKED_BACK.days} dagen ervoor, met accounts; dat iemand het kreeg, staat in het logboek."
                    ),
                ),
            ),
            Section(
                "Wat een medewerker zelf in de hand heeft",
                points=(
                    "!werktijden en !afwezig: wanneer de bot schrijft, zonder dat een reden wordt gevraagd of bewaard.",
                    (
                        "!klaar, !later, !vast, !antwoord: een antwoord beëindigt of verschuift het herinneren. 'Niet verstrekt' is een "
                        "volledig antwoord, zonder reden."
                    ),
                    "!overnemen, !toewijzen, !vervanger: werk anders verdelen.",
                    "!waarom: waarom een bericht kwam. !weekbericht: een andere dag, of geen.",
                    "!wis en !herstel: een eigen tekst weghalen of een stap terugdraaien.",
                    (
                        "Inzage in wat over de medewerker zelf is vastgelegd: via de eigen werkgever of het contactpunt "
                        f"({facts.contact}); de bot heeft er geen opdracht voor."
                    ),
                ),
            ),
            Section(
                "Voorstel voor afspraken",
                points=(
                    (
                        "Het logboek van handelingen wordt alleen gelezen bij een vermoeden van misbruik of een datalek, bij een "
                        "verzoek van een betrokkene, en voor de controle die NEN 7513 vraagt; met twee mensen, en vastgelegd."
                    ),
                    "Het wordt nooit gebruikt voor beoordeling, beloning, verzuim of rooster.",
                    "Coördinatoren bespreken een actie die stokt als vraag (wat is er nodig?), niet als prestatie.",
                    "Een wijziging in dit stuk gaat opnieuw langs de ondernemingsraad.",
                ),
            ),
            checklist(
                facts,
                "Welke werkgevers doen mee, en welke ondernemingsraden?",
                "Datum van de instemmingsaanvraag en van het besluit, per werkgever.",
                "Wie mag het logboek van handelingen lezen, en wie is de tweede?",
                "Hoe lang blijven het logboek en de accounts van medewerkers na vertrek bewaard?",
                "Hoe worden medewerkers geïnformeerd (AVG art. 13)?",
                "Zijn de tijden en termijnen hierboven passend voor deeltijd en onregelmatige diensten?",
            ),
        ),
        facts.footer,
    )


def _unmeasured() -> Section:
    return Section(
        "Wat niet wordt gemeten",
        (
            (
                "Geen bericht, overzicht of rapport van de bot zegt hier iets over. Of iemand online is, typt of heeft gelezen vraagt "
                "hij de homeserver niet. Tijdstippen van handelingen staan wel in de opslag: wie de sleutel heeft, zou daaruit iets over "
                "een medewerker kunnen afleiden. Daarvoor zijn de afspraken hieronder."
            ),
        ),
        points=(
            "of en wanneer iemand online is, typt, of een bericht heeft gelezen;",
            "hoe snel iemand antwoordt, en hoeveel berichten iemand stuurt;",
            "wat mensen in een ruimte tegen elkaar zeggen;",
            "hoeveel acties iemand heeft, afrondt, uitstelt of te laat is, als cijfer over die persoon;",
            "een score, rangorde, gemiddelde of vergelijking van medewerkers, rollen of organisaties;",
            "waar iemand is, met welk soort apparaat iemand werkt, hoe lang iemand werkt;",
            "waarom iemand afwezig is, of iemand ziek is;",
            "wie wat stemde, in de uitslag van een stemming.",
        ),
    )


def _recorded(facts: Facts) -> Section:
    return Section(
        "Wat wel wordt vastgelegd waar een account van een medewerker bij staat",
        (
            "Dit zijn alle tabellen met een kolom waarin een account staat of kan staan; de lijst komt uit het programma zelf.",
        ),
        columns=("Tabel", "Wat", "Waarvoor", "Kolommen met een account", "Tot wanneer"),
        rows=tuple(
            (name, TABLES[name].what, TABLES[name].why, found, TABLES[name].until)
            for name, columns in facts.tables.items()
            if (found := accounts(name, columns))
        ),
        shares=(3, 5, 4, 4, 4),
    )


def _reminded(facts: Facts) -> Section:
    timing = facts.region.timing
    return Section(
        "Hoe de bot herinnert",
        points=(
            (
                f"Alleen op werkdagen tussen {timing.opens:%H:%M} en {timing.closes:%H:%M}, binnen de eigen werktijden van wie "
                "die opgaf, en hooguit één herinnering per persoon per werkdag."
            ),
            (
                f"Eerst de houder van een actie zelf: {-timing.reminder} werkdagen vooraf, op de dag, en {timing.after} en "
                f"{timing.offer_help} werkdagen erna, de laatste keer met een aanbod van hulp."
            ),
            (
                f"Zonder antwoord hoort na {timing.case_coordinator} werkdagen de casusregisseur het, en na "
                f"{timing.process_coordinator} de procesregisseur. Is er een minderjarige bij: na "
                f"{timing.minor_case_coordinator} en {timing.minor_process_coordinator}."
            ),
            (
                f"Na {timing.stalled} werkdagen zonder bericht, of na {timing.postponed} keer een latere datum, staat de actie in "
                "het weekbericht van de coördinatoren: referentie, nummer, rol, reden."
            ),
            "Alleen bij een incident schrijft de bot buiten die tijden, en dan aan coördinatoren en contactpunt.",
            "Verder gaat het niet vanzelf. De bot meldt niemand bij een leidinggevende of werkgever.",
        ),
    )
