"""`casusbot init`: the key file, the data folder, the account and a configuration file without a secret in it."""

from __future__ import annotations

import os
import secrets
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from bot.data import device
from bot.errors import ConfigurationError
from bot.settings.configuration import load, schema
from bot.store.driver import KEY_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.matrix.secret_storage import RecoveryKey
    from bot.settings.configuration import Configuration

CONFIG_NAME = "casusbot.yaml"


class MissingOptionError(ConfigurationError):
    """Geef deze optie mee, of voer het commando uit in een terminal."""


class AlreadyThereError(ConfigurationError):
    """Dit bestaat al en wordt niet overschreven; kies een andere plaats."""


class KeyInsideError(ConfigurationError):
    """Zet de sleutel buiten de gegevensmap: wie de map kopieert, mag hem niet meekrijgen."""


class SecretFileError(ConfigurationError):
    """Dit bestand met een geheim is niet te lezen of te schrijven."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the operator asked for."""

    homeserver: str
    user: str
    data: Path
    key_file: Path
    region: str
    coordinators: tuple[str, ...]

    @property
    def config_file(self) -> Path:
        return self.data / CONFIG_NAME


async def initialise(
    wanted: Wanted,
    recovery_key: RecoveryKey,
    recovery_key_file: Path | None,
    *,
    password: str | None,
    access_token: str | None,
) -> None:
    """Make everything, or leave nothing behind. The recovery key is on disk, where wanted, before it closes anything.

    Raises CasusbotError.
    """
    with ExitStack() as made:
        if recovery_key_file is not None:
            write_secret(recovery_key_file, recovery_key.text())
            made.callback(recovery_key_file.unlink)
        with _prepared(wanted) as configuration:
            key = configuration.read_key()
            await device.set_up(
                configuration, key, recovery_key, password=password, access_token=access_token
            )
        made.pop_all()


async def recover(
    wanted: Wanted, recovery_key: RecoveryKey, *, password: str | None, access_token: str | None
) -> None:
    """As `initialise`, for a bot that exists and lost its machine. Raises CasusbotError."""
    with _prepared(wanted) as configuration:
        key = configuration.read_key()
        await device.recover(configuration, key, recovery_key, password=password, access_token=access_token)


@contextmanager
def _prepared(wanted: Wanted) -> Iterator[Configuration]:
    """Folder, key and configuration; taken away again when what follows fails."""
    _refuse_what_exists(wanted)
    wanted.data.mkdir(parents=True, exist_ok=True)
    wanted.data.chmod(0o700)
    new_key = not wanted.key_file.exists()
    try:
        if new_key:
            write_secret(wanted.key_file, secrets.token_hex(KEY_BYTES))
        wanted.config_file.write_text(commented(_settings(wanted)), "utf-8")
        wanted.config_file.chmod(0o600)
        yield load(wanted.config_file)
    except BaseException:
        wanted.config_file.unlink(missing_ok=True)
        if new_key:
            wanted.key_file.unlink(missing_ok=True)
        raise


def _refuse_what_exists(wanted: Wanted) -> None:
    if wanted.config_file.exists():
        raise AlreadyThereError(str(wanted.config_file))
    if wanted.key_file.resolve().is_relative_to(wanted.data.resolve()):
        raise KeyInsideError(str(wanted.key_file))


def _settings(wanted: Wanted) -> dict[str, object]:
    return {
        "homeserver": wanted.homeserver,
        "user": wanted.user,
        "key_file": str(wanted.key_file.resolve()),
        "region": {"name": wanted.region},
        "coordinators": list(wanted.coordinators),
    }


def commented(settings: dict[str, object]) -> str:
    """The settings as YAML, each key under its description from the schema; unset keys stand as comments."""
    parts = []
    for name, rule in schema()["properties"].items():
        lines = [f"# {line}" for line in str(rule.get("description", "")).splitlines()]
        if name in settings:
            lines.append(yaml.safe_dump({name: settings[name]}, allow_unicode=True, sort_keys=False).rstrip())
        else:
            example = {name: rule["default"]} if "default" in rule else {name: None}
            shown = yaml.safe_dump(example, allow_unicode=True, sort_keys=False).rstrip()
            lines.extend(f"# {line}" for line in shown.splitlines())
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def read_secret(path: Path) -> str:
    """The first line of a file that holds a secret; the secret is never part of an error."""
    try:
        return path.read_text("utf-8").splitlines()[0].strip()
    except (OSError, UnicodeError, IndexError):
        raise SecretFileError(str(path)) from None


def write_secret(path: Path, secret: str) -> None:
    """A new file that only its owner can read."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secret + "\n")
    except OSError:
        raise SecretFileError(str(path)) from None
