"""The annex to the data protection impact assessment (AVG art. 35, seventh paragraph): the facts that it needs.

The weighing itself is the controller's; nothing here says that a risk is acceptable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.dates import say_day
from bot.core.permissions import MEANINGS, RIGHTS
from bot.core.text import listed
from bot.documents.papers.facts import checklist, count
from bot.documents.papers.kept import CLASSES, TABLES, classes
from bot.documents.papers.paper import MISSING, Paper, Section

if TYPE_CHECKING:
    from bot.core.protocols import Protocol
    from bot.documents.papers.facts import Facts

_FUNCTIONS = {
    "chair": "voorzitter",
    "process_coordinator": "procesregisseur",
    "case_coordinator": "casusregisseur",
    "coordinator": "coördinator",
    "participant": "deelnemer",
    "contact_point": "contactpunt",
}

_RISKS = (
    (
        "De homeserver of wie daar inbreekt leest mee of geeft opdrachten",
        "eind-tot-eind versleuteling; vastgelegde identiteiten; een verzonnen lid of apparaat krijgt geen sleutel",
        "verkeersgegevens en casusreferentie blijven zichtbaar; de eerste ontmoeting met iemand is vertrouwen",
    ),
    (
        "Wie de bot beheert leest alles",
        "versleutelde opslag, sleutel apart, geen tekst in het logboek van de dienst",
        "blijft: wie machine en sleutel heeft, kan lezen. Vraagt een afspraak en weinig mensen",
    ),
    (
        "Iemand typt meer dan nodig: namen, gezondheid, herkomst",
        "privacywacht voor elke tekst die wordt bewaard; geen velden voor zulke gegevens; een tekst is weg te halen",
        "de wacht is een woordenlijst: een naam die er niet in staat, ziet zij niet. Het gesprek zelf beoordeelt zij niet",
    ),
    (
        "Iemand ziet een casus zonder noodzaak",
        (
            "plaats per casus, door een mens gegeven; nagekeken op het moment dat iets weggaat; vertrek werkt meteen; lezen "
            "staat in het logboek"
        ),
        "wie mag lezen, kan overnemen of doorvertellen",
    ),
    (
        "Een etiket blijft aan een kind of gezin kleven",
        (
            "geen scores, rangordes of familieverbanden; feit en oordeel apart; bewaartermijn; alleen totalen, zonder kleine "
            "aantallen"
        ),
        "woorden in afspraken blijven mensenwerk",
    ),
    (
        "Een herinnering drijft iemand over de grens van het beroepsgeheim",
        "'niet verstrekt' is een volledig antwoord zonder reden en beëindigt alle herinneringen",
        "druk van collega's lost geen programma op",
    ),
    (
        "Een vernietigde casus komt terug uit een reservekopie",
        "kopieën vervallen; terugzetten vraagt het vernietigingsregister en vernietigt opnieuw",
        "kopieën die iemand buiten de bot maakt, en wat mensen zelf bewaarden",
    ),
    (
        "Een beslissing wordt aan het programma overgelaten",
        "vaste regels, geen taalmodel; de bot herinnert en somt op; elk bericht is na te vragen met waarom",
        "mensen kunnen een lijst voor een oordeel aanzien",
    ),
)


def annex(facts: Facts) -> Paper:
    return Paper(
        "dpia-bijlage",
        "Bijlage bij de DPIA: casusbot",
        f"{facts.region.name}, AVG artikel 35 lid 7",
        (
            Section(
                "Wat dit is",
                (
                    (
                        "De feiten over het programma en over deze inrichting, voor wie de DPIA maakt. Het is de DPIA niet: of de "
                        "verwerking noodzakelijk en evenredig is en of de risico's aanvaardbaar zijn, oordelen de "
                        f"verwerkingsverantwoordelijken ({facts.controller}), na advies van de functionaris gegevensbescherming."
                    ),
                ),
            ),
            _processing(facts),
            _need(),
            _columns(facts),
            _access(),
            _rights(facts),
            Section(
                "Risico's, wat ertegen is gedaan, en wat overblijft",
                ("Hoe groot een risico hier is, vult de verwerkingsverantwoordelijke in.",),
                columns=("Risico", "Wat het programma doet", "Wat overblijft", "Weging"),
                rows=tuple((*risk, MISSING) for risk in _RISKS),
                shares=(4, 5, 5, 3),
            ),
            _protocols(facts),
            checklist(
                facts,
                "Vul de weging van elk risico in, en wie het overblijvende risico aanvaardt.",
                "Beschrijf wie de bot en de homeserver beheert, en hoeveel mensen bij de sleutel kunnen.",
                "Vraag betrokkenen of hun vertegenwoordigers naar hun mening, of leg vast waarom niet (AVG art. 35 lid 9).",
                "Leg vast hoe betrokkenen worden geïnformeerd (AVG art. 14), en wanneer dat even niet kan.",
                "Stel termijnen vast voor signalen zonder casus, accounts na vertrek en het logboek van handelingen.",
                "Ga na of voorafgaande raadpleging nodig is (AVG art. 36).",
                "Spreek af wie bij een datalek !incident start typt, en wie binnen 72 uur meldt (AVG art. 33); de bot bewaakt de tijd.",
                "Zet hier datum, advies van de functionaris en vaststelling.",
            ),
        ),
        facts.footer,
    )


def _processing(facts: Facts) -> Section:
    region = facts.region
    timing, terms = region.timing, region.retention
    return Section(
        "De verwerking, zoals hier ingericht",
        columns=("Wat", "Hier"),
        rows=(
            ("Coördinatoren", count(len(region.coordinators), "account", "accounts")),
            (
                "Rollen in het adresboek",
                (
                    f"{', '.join(region.address_book) or MISSING}; waarvan "
                    f"{count(sum(user is not None for user in region.address_book.values()), 'account', 'accounts')}"
                ),
            ),
            ("Servers waarvan mensen mogen meedoen", ", ".join(sorted(region.servers))),
            ("Regio's voor overdracht", ", ".join(one.name for one in region.neighbours) or "geen"),
            (
                "Bewaren",
                (
                    f"{count(terms.closed, 'maand', 'maanden')} na sluiten, verlengen alleen met reden; reservekopieën "
                    f"{facts.copies}"
                ),
            ),
            (
                "Uit eigen beweging schrijven",
                (
                    f"op werkdagen van {timing.opens:%H:%M} tot {timing.closes:%H:%M}, hooguit één herinnering per persoon per "
                    "werkdag"
                ),
            ),
            (
                "Wie het hoort als een actie stokt",
                (
                    f"eerst de houder; na {timing.case_coordinator} werkdagen de casusregisseur, na "
                    f"{timing.process_coordinator} de procesregisseur (met een minderjarige: {timing.minor_case_coordinator} "
                    f"en {timing.minor_process_coordinator}). Verder alleen op het woord van een mens"
                ),
            ),
            ("Profilering en geautomatiseerde besluiten (AVG art. 22)", "geen"),
            (
                "Taalmodel of andere lerende techniek",
                "geen; vaste regels, hetzelfde antwoord op dezelfde vraag",
            ),
        ),
        shares=(2, 4),
    )


def _need() -> Section:
    return Section(
        "Noodzaak en evenredigheid: wat het programma eraan doet",
        points=(
            "Zo weinig mogelijk: van het gesprek wordt niets bewaard; alleen wat aan de bot is gericht.",
            "Pseudoniem: een referentie; wie het is, staat alleen in het eigen systeem van het ZVH.",
            "Doel en grondslag per casus en per navraag; een gewijzigd doel is een nieuwe regel.",
            "Navraag is één vraag met een antwoord in één woord; eerst vraagt de bot of minder ook kan.",
            "Herkomst, nationaliteit en geloof: geen veld, en de privacywacht houdt de woorden tegen.",
            "Themaruimtes bevatten niets dat naar een casus wijst.",
            "Cijfers alleen per kwartaal en regio, zonder kleine aantallen, en nooit per persoon.",
        ),
    )


def _columns(facts: Facts) -> Section:
    return Section(
        "Elke tabel en wat elke kolom mag bevatten",
        (
            (
                "Dit is alles wat de bot kan bewaren; de lijst komt uit het programma zelf, met zijn namen. Wat iemand vrij typt, "
                "kan alleen in een kolom met bewaakte tekst komen. Onder de tabel staat wat de soorten betekenen."
            ),
        ),
        columns=("Tabel", "Wat en waarvoor", "Kolommen", "Tot wanneer"),
        rows=tuple(
            (name, f"{TABLES[name].what}. Voor: {TABLES[name].why}", classes(columns), TABLES[name].until)
            for name, columns in facts.tables.items()
        ),
        shares=(3, 5, 7, 3),
        points=tuple(f"{short}: {meaning}" for short, meaning in CLASSES.values()),
    )


def _access() -> Section:
    return Section(
        "Wie wat mag",
        (
            (
                "Voorzitter, procesregisseur, casusregisseur en deelnemer: alleen in een casus waarin zij een plaats hebben. "
                "Coördinator en contactpunt: in de hele regio, pas als hun identiteit is vergeleken."
            ),
        ),
        columns=("Recht", "Wie"),
        rows=tuple(
            (
                MEANINGS[right].nl,
                listed([name for function, name in _FUNCTIONS.items() if function in functions], "en"),
            )
            for right, functions in RIGHTS.items()
        ),
        shares=(3, 4),
    )


def _rights(facts: Facts) -> Section:
    return Section(
        "Rechten van betrokkenen",
        (f"Via het contactpunt: {facts.contact}.",),
        columns=("Recht", "Hoe"),
        rows=(
            (
                "Informatie (AVG art. 13 en 14)",
                "mensen in een ruimte: !privacy. De betrokkene zelf: " + MISSING,
            ),
            (
                "Inzage (15)",
                "!inzage maakt een bestand van één casus, zonder accounts; als JSON en PDF. Een mens leest na of de tekst iets over een ander zegt. Signalen zonder casus zitten er niet in",
            ),
            (
                "Correctie (16)",
                "!correctie bij een actie, besluit of navraag: een tekst vervangen, of een verklaring ernaast. Bij een signaal of agendapunt: !wis en opnieuw",
            ),
            ("Wissen (17)", "!wis voor een tekst; vernietigen van een casus op het woord van twee mensen"),
            (
                "Beperking (18)",
                "!beperking: niets verandert en niemand wordt herinnerd, behalve voor de veiligheid; lezen kan nog wel",
            ),
            ("Bezwaar (21)", "een mens weegt het; beperking zolang dat duurt"),
            ("Geen geautomatiseerd besluit (22)", "er is er geen"),
        ),
        shares=(2, 4),
    )


def _protocols(facts: Facts) -> Section:
    protocols = sorted(facts.region.protocols.values(), key=lambda one: one.name)
    return Section(
        "Protocollen",
        ("Een concept werkt al wel: de bot volgt het en zegt erbij dat het een concept is.",),
        columns=("Protocol", "Vastgesteld"),
        rows=tuple((one.title.nl, _adopted(one)) for one in protocols),
        shares=(3, 3),
    )


def _adopted(protocol: Protocol) -> str:
    """The day alone: who adopted it may be named by a person's name."""
    return say_day(protocol.adopted_on) if protocol.adopted_on else "concept: " + MISSING
