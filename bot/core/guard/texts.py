"""What the bot says about a finding: why it matters, and what to write instead."""

from typing import Literal

from bot.core.guard.findings import Category

Language = Literal["nl", "en"]

_TEXTS: dict[Category, dict[Language, str]] = {
    Category.BSN: {
        "nl": "Dit lijkt op een BSN: laat het nummer weg en gebruik de casusreferentie.",
        "en": "This looks like a BSN: leave the number out and use the case reference.",
    },
    Category.IBAN: {
        "nl": "Dit is een rekeningnummer: laat het weg en schrijf wie de betaling regelt.",
        "en": "This is a bank account number: leave it out and write who arranges the payment.",
    },
    Category.PHONE: {
        "nl": "Dit is een telefoonnummer: schrijf liever de rol, het nummer staat in het eigen systeem.",
        "en": "This is a phone number: write the role instead, the number is in your own system.",
    },
    Category.EMAIL: {
        "nl": "Dit is een e-mailadres: schrijf liever de rol of de organisatie.",
        "en": "This is an e-mail address: write the role or the organisation instead.",
    },
    Category.ADDRESS: {
        "nl": "Dit is een adres: schrijf bijvoorbeeld “de woning” of “het bekende adres”.",
        "en": "This is an address: write for example “the home” or “the known address”.",
    },
    Category.POSTCODE: {
        "nl": "Dit is een postcode: schrijf bijvoorbeeld “de wijk” of “de regio”.",
        "en": "This is a postcode: write for example “the district” or “the region”.",
    },
    Category.NAME: {
        "nl": "Dit lijkt op een naam: schrijf de rol, bijvoorbeeld “moeder”, “jongere A” of “wijkagent”.",
        "en": "This looks like a name: write the role, for example “mother”, “youth A” or “police officer”.",
    },
    Category.DATE_OF_BIRTH: {
        "nl": "Dit lijkt op een geboortedatum: een leeftijd is genoeg, en alleen als de actie die nodig heeft.",
        "en": "This looks like a date of birth: an age is enough, and only if the action needs it.",
    },
    Category.LICENSE_PLATE: {
        "nl": "Dit lijkt op een kenteken: schrijf bijvoorbeeld “de auto” en deel het nummer in het eigen systeem.",
        "en": "This looks like a number plate: write for example “the car” and keep the number in your own system.",
    },
    Category.ID_NUMBER: {
        "nl": "Dit nummer wijst één persoon aan: laat het weg en gebruik de casusreferentie.",
        "en": "This number points at one person: leave it out and use the case reference.",
    },
    Category.ETHNICITY: {
        "nl": "Dit beschrijft een groep, geen gebeurtenis: wat heb je gezien of gehoord, en wanneer?",
        "en": "This describes a group, not an event: what did you see or hear, and when?",
    },
    Category.RELIGION: {
        "nl": "Geloof leggen we niet vast: wat heb je gezien of gehoord, en wanneer?",
        "en": "We do not record religion: what did you see or hear, and when?",
    },
    Category.HEALTH: {
        "nl": "Dit gaat over iemands gezondheid: is dit nodig voor deze actie?",
        "en": "This is about somebody's health: is it needed for this action?",
    },
    Category.CRIMINAL: {
        "nl": "Dit gaat over strafbare feiten: is dit nodig voor deze actie?",
        "en": "This is about offences: is it needed for this action?",
    },
    Category.CASE: {
        "nl": "In een themaruimte hoort niets over een casus of een persoon: schrijf het algemeen.",
        "en": "Nothing about a case or a person belongs in a theme room: write it in general.",
    },
}


def explain(category: Category, language: Language) -> str:
    """One kind sentence: what was seen and what to write instead."""
    return _TEXTS[category][language]
