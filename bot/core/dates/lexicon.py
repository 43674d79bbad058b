"""
The closed vocabulary of dates, Dutch first and English second.

Words are looked up in lower case and without accents. A word may have several senses ("half", "second", "mei");
the grammar decides.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, TypeVar


class Unit(Enum):
    HOUR = "hour"
    DAY = "day"
    WORKDAY = "workday"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Part(Enum):
    """A part of the day, with the hours it covers as (first hour, last hour)."""

    MORNING = (4, 11)
    AFTERNOON = (12, 17)
    EVENING = (17, 23)
    NIGHT = (0, 5)


_Sense = TypeVar("_Sense")


def _spread(table: dict[_Sense, str]) -> dict[str, _Sense]:
    return {word: value for value, words in table.items() for word in words.split()}


def words(line: str) -> frozenset[str]:
    return frozenset(line.split())


DAY_NAMES: Final = {
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTH_NAMES: Final = {
    "nl": ("januari", "februari", "maart", "april", "mei", "juni", "juli",
           "augustus", "september", "oktober", "november", "december"),
    "en": ("January", "February", "March", "April", "May", "June", "July",
           "August", "September", "October", "November", "December"),
}  # fmt: skip
DAY_ABBREVIATIONS: Final = {
    "nl": ("ma", "di", "wo", "do", "vr", "za", "zo"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTH_ABBREVIATIONS: Final = {
    "nl": ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}

FULL_DAYS: Final = {name.lower(): n for names in DAY_NAMES.values() for n, name in enumerate(names)}
SHORT_DAYS: Final = {
    "ma": 0, "maa": 0, "mon": 0, "di": 1, "din": 1, "tue": 1, "tues": 1, "wo": 2, "woe": 2, "wed": 2,
    "do": 3, "don": 3, "thu": 3, "thur": 3, "thurs": 3, "vr": 4, "vrij": 4, "fri": 4,
    "za": 5, "zat": 5, "sat": 5, "zo": 6, "zon": 6, "sun": 6,
}  # fmt: skip
DAYS_THAT_ARE_WORDS: Final = frozenset({"zo", "vrij", "zon", "don", "sun", "sat", "maa", "din", "wed"})
"""Abbreviations that alone mean something else ("zo snel", "vrij"): a weekday only beside a date."""

MONTHS: Final = {
    name.lower(): n for names in MONTH_NAMES.values() for n, name in enumerate(names, start=1)
} | {
    "jan": 1, "feb": 2, "febr": 2, "mrt": 3, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8,
    "sep": 9, "sept": 9, "okt": 10, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip

UNITS: Final = _spread(
    {
        Unit.DAY: "dag dagen day days dgn",
        Unit.WORKDAY: "werkdag werkdagen workday workdays wd",
        Unit.WEEK: "week weken weekje weekjes weeks wk wkn",
        Unit.MONTH: "maand maanden maandje month months mnd",
        Unit.QUARTER: "kwartaal kwartalen quarter",
        Unit.YEAR: "jaar jaren year years",
    }
)


def _number(words: str) -> dict[str, int]:
    return {word: n for n, word in enumerate(words.split(), start=1)}


COUNTS_NL: Final = _number(
    "een twee drie vier vijf zes zeven acht negen tien elf twaalf "
    "dertien veertien vijftien zestien zeventien achttien negentien twintig"
)
COUNTS_EN: Final = _number("one two three four five six seven eight nine ten eleven twelve") | {
    "a": 1,
    "an": 1,
}

_ORDINALS_NL: Final = _number(
    "eerste tweede derde vierde vijfde zesde zevende achtste negende tiende elfde twaalfde dertiende veertiende "
    "vijftiende zestiende zeventiende achttiende negentiende twintigste eenentwintigste tweeentwintigste "
    "drieentwintigste vierentwintigste vijfentwintigste zesentwintigste zevenentwintigste achtentwintigste "
    "negenentwintigste dertigste eenendertigste"
)
_ORDINALS_EN: Final = _number(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
)
ORDINALS: Final = _ORDINALS_NL | _ORDINALS_EN

HOURS: Final = words("uur uren hour hours")
"""Apart from the other units: `12 uur` is more often a time than a term."""

PARTS: Final = _spread(
    {
        Part.MORNING: "ochtend ochtends morgens voormiddag morning",
        Part.AFTERNOON: "middag middags namiddag afternoon",
        Part.EVENING: "avond avonds evening",
        Part.NIGHT: "nacht nachts night",
    }
)

LABELS: Final = words(
    "artikel art artt lid leden kamer lokaal ruimte zaal nr nummer no num fase stap punt agendapunt "
    "huisnummer bijlage pagina pag blz versie groep klas leerjaar schooljaar jaargang route spoor lijn "
    "bus leeftijd actie actiepunt besluit signaal navraag perceel vak hoofdstuk paragraaf par sub "
    "onderdeel graad unit team afdeling etage verdieping bureau balie toestel code zaak dossier kenmerk "
    "casus eur euro bedrag factuur item vraag doel article room page section version phase grade aged age "
    "class action step number question chapter form formulier model categorie cat niveau level score"
)
"""A number right after one of these is a name, not a date: "kamer 12", "artikel 3.1", "groep 7"."""

STREET_ENDINGS: Final = (
    "straat", "laan", "weg", "plein", "dijk", "kade", "singel", "gracht", "steeg", "dreef", "plantsoen", "hof",
)  # fmt: skip
