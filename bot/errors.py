"""What can go wrong so badly that the program stops, and the exit code that says which.

    CasusbotError                    1  unexpected
    ├── ConfigurationError           2  the file, or what the operator typed
    │   └── KeyFileError
    ├── StoreError                   3  the encrypted file (its kinds: bot/store/errors.py)
    ├── HomeserverError              4
    │   ├── UnreachableError
    │   └── LoginRefusedError
    ├── IdentityError                5  somebody else may hold the bot's identity
    └── AlreadyRunningError               6

Exit codes are for systemd and scripts: 4 is worth another try, 2, 3 and 5 need a person.
The docstring of a subclass is the line its reader gets: Dutch, and it says what to do.
"""

from __future__ import annotations

from traceback import extract_tb
from typing import ClassVar


def places(fault: BaseException) -> str:
    """Where something went wrong, innermost first. Its text is left out: it may quote what was being read."""
    frames = reversed(extract_tb(fault.__traceback__))
    return " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames)


class CasusbotError(Exception):
    """Er ging iets mis dat niet was voorzien; het logboek zegt waar."""

    exit_code: ClassVar[int] = 1

    def __init__(self, detail: str = "") -> None:
        """`detail` follows the docstring: which file, which key. Never case text, never a secret."""
        super().__init__(detail)
        self.detail = detail

    @property
    def message(self) -> str:
        """What the reader gets."""
        text = " ".join((type(self).__doc__ or "").split())
        return f"{text} ({self.detail})" if self.detail else text

    def __str__(self) -> str:
        return self.message


class ConfigurationError(CasusbotError):
    """De configuratie klopt niet. Verbeter wat hieronder staat en controleer met `casusbot check`."""

    exit_code = 2

    def __init__(self, detail: str = "", faults: tuple[str, ...] = ()) -> None:
        """`faults` are all that were found in the file, each one line with its key."""
        super().__init__(detail)
        self.faults = faults

    @property
    def message(self) -> str:
        return "\n".join((super().message, *(f"  {fault}" for fault in self.faults)))


class KeyFileError(ConfigurationError):
    """Het sleutelbestand is niet bruikbaar; zet het bestand terug dat `casusbot init` maakte."""


class StoreError(CasusbotError):
    """De opslag is niet bruikbaar."""

    exit_code = 3


class HomeserverError(CasusbotError):
    """De homeserver werkt niet mee."""

    exit_code = 4


class UnreachableError(HomeserverError):
    """De homeserver is niet bereikbaar; controleer `homeserver` in de configuratie en het netwerk."""


class LoginRefusedError(HomeserverError):
    """De homeserver weigert de aanmelding; controleer account en wachtwoord. Draaide de bot al, geef hem dan een nieuw apparaat met `casusbot identity rotate-device`."""


class IdentityError(CasusbotError):
    """De identiteit van de bot op de server is niet meer die van deze bot. Hij stopt; zoek uit wie dit deed."""

    exit_code = 5


class AlreadyRunningError(CasusbotError):
    """Er draait al een bot op deze gegevensmap; stop die eerst."""

    exit_code = 6
