"""`casusbot` as an operator runs it: a process with options, files, signals and exit codes."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import stat
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bot.settings.configuration import schema
from tests.synapse.person import HOPELESS
from tests.synapse.world import BOT_COMMAND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.synapse.homeserver import Homeserver

READY = "connected as"
SECRET = "hoofdletterGEHEIM"


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


def casusbot(*arguments: object) -> Ended:
    """Run it to its end, without a terminal."""
    command = [str(BOT_COMMAND), *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=HOPELESS, stdin=subprocess.DEVNULL, check=False
    )
    assert "Traceback" not in done.stderr
    return Ended(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Site:
    """Where an operator puts one bot."""

    homeserver: Homeserver
    folder: Path
    user: str
    password: str

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def config(self) -> Path:
        return self.data / "casusbot.yaml"

    @property
    def key(self) -> Path:
        return self.folder / "sleutel"

    def init(self, *more: object, **other: object) -> Ended:
        """`casusbot init`; `other` replaces or (None) leaves out an option."""
        secret = self.folder / "wachtwoord"
        secret.write_text(self.password)
        options: dict[str, Any] = {
            "homeserver": self.homeserver.url,
            "user": self.user,
            "password_file": secret,
            "data": self.data,
            "key_file": self.key,
            "region": "ZVH Voorbeeldregio",
            "coordinator": f"@coordinator:{self.homeserver.server_name}",
        } | other
        given = [
            part
            for name, value in options.items()
            if value is not None
            for part in (f"--{name.replace('_', '-')}", value)
        ]
        return casusbot("init", *given, *more)

    def files(self) -> set[str]:
        """Everything under the folder but what the operator put there."""
        found = {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()}
        return found - {"wachtwoord", "token"}

    def devices(self) -> list[str]:
        """The devices of the account, seen from one that is logged in for it."""
        login = self.log_in()
        token = f"access_token={login['access_token']}"
        answer = self.homeserver._call("GET", f"/_matrix/client/v3/devices?{token}")
        self.homeserver._call("POST", f"/_matrix/client/v3/logout?{token}", {})
        return [one["device_id"] for one in answer["devices"] if one["device_id"] != login["device_id"]]

    def log_in(self) -> dict[str, Any]:
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": self.user},
            "password": self.password,
        }
        return self.homeserver._call("POST", "/_matrix/client/v3/login", body)


@pytest.fixture
def new_site(homeserver: Homeserver, tmp_path: Path) -> Site:
    """An account for a bot that nobody has set up."""
    return site(homeserver, tmp_path)


def site(homeserver: Homeserver, folder: Path) -> Site:
    password = secrets.token_urlsafe(9)
    return Site(homeserver, folder, homeserver.register(f"bot.{secrets.token_hex(4)}", password), password)


@pytest.fixture(scope="module")
def original(homeserver: Homeserver, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A bot that is set up; tests that only look may share it."""
    made = site(homeserver, tmp_path_factory.mktemp("bot"))
    assert made.init("--recovery-key-file", made.folder / "herstelsleutel").code == 0
    return made


@pytest.fixture
def copied(original: Site, tmp_path: Path) -> Site:
    """The same bot in a place where its files may be damaged."""
    folder = tmp_path / "kopie"
    shutil.copytree(original.folder, folder)
    copy = Site(original.homeserver, folder, original.user, original.password)
    copy.config.write_text(copy.config.read_text().replace(str(original.key), str(copy.key)))
    return copy


@dataclass
class Running:
    """A bot that works."""

    process: subprocess.Popen[str]
    log: Path

    def until(self, words: str) -> None:
        """Wait for a line in its log."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self.log.open("a") as log:
                log.write(line)
            if words in line:
                return
        raise AssertionError(f"ended before {words!r}:\n{self.log.read_text()}")

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(HOPELESS)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[[Site], Running]]:
    started: list[subprocess.Popen[str]] = []

    def start(where: Site) -> Running:
        command = [str(BOT_COMMAND), "run", "--config", str(where.config)]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        started.append(process)
        return Running(process, tmp_path / "log")

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


# init


def test_init_explains_every_key_in_a_configuration_without_a_secret(original: Site) -> None:
    text = original.config.read_text()
    settings = yaml.safe_load(text)
    assert settings["homeserver"] == original.homeserver.url
    assert settings["user"] == original.user
    assert settings["key_file"] == str(original.key)
    for name in schema()["properties"]:
        assert f"{name}:" in text
    recovery = (original.folder / "herstelsleutel").read_text().strip()
    for secret in (original.password, original.key.read_text().strip(), recovery):
        assert secret not in text


def test_what_init_makes_is_for_its_owner_alone(original: Site) -> None:
    assert mode(original.data) == 0o700
    for path in (original.key, original.folder / "herstelsleutel", *original.data.iterdir()):
        assert mode(path) == 0o600, path
    assert original.key.parent != original.data


def test_the_recovery_key_is_shown_once_and_in_no_file(new_site: Site) -> None:
    ended = new_site.init()
    assert ended.code == 0
    (shown,) = [line.strip() for line in ended.out.splitlines() if line.startswith("    ")]
    assert shown not in ended.err
    for path in new_site.folder.rglob("*"):
        assert not path.is_file() or shown.encode() not in path.read_bytes()


def test_a_recovery_key_in_a_file_is_not_on_the_screen(original: Site, new_site: Site) -> None:
    ended = new_site.init("--recovery-key-file", new_site.folder / "herstelsleutel")
    recovery = (new_site.folder / "herstelsleutel").read_text().strip()
    assert recovery
    assert recovery not in ended.out + ended.err


def test_init_with_an_access_token_takes_the_device_of_the_token(new_site: Site) -> None:
    login = new_site.log_in()
    token = new_site.folder / "token"
    token.write_text(login["access_token"] + "\n")
    ended = new_site.init(password_file=None, access_token_file=token)
    assert ended.code == 0
    assert login["access_token"] not in new_site.config.read_text() + ended.out + ended.err
    assert new_site.devices() == [login["device_id"]]
    assert casusbot("check", "--config", new_site.config).code == 0


def test_a_key_inside_the_data_folder_is_refused(new_site: Site) -> None:
    ended = new_site.init(key_file=new_site.data / "sleutel")
    assert ended.code == 2
    assert new_site.files() == set()
    assert new_site.devices() == []


def test_a_bot_that_is_there_is_never_overwritten(copied: Site) -> None:
    before = {path: path.read_bytes() for path in copied.data.iterdir()}
    assert copied.init().code == 2
    assert {path: path.read_bytes() for path in copied.data.iterdir()} == before


@pytest.mark.parametrize(
    ("other", "code"),
    [
        pytest.param({"user": "@niemand:zvh.example"}, 4, id="an account that is not there"),
        pytest.param({"homeserver": f"http://127.0.0.1:{closed_port()}"}, 4, id="no homeserver"),
        pytest.param({"homeserver": "geen adres"}, 2, id="an address that is none"),
        pytest.param({"coordinator": "coordinator"}, 2, id="a coordinator without a server"),
    ],
)
def test_an_init_that_fails_leaves_nothing_behind(new_site: Site, other: dict[str, str], code: int) -> None:
    assert new_site.init(**other).code == code
    assert new_site.files() == set()
    assert new_site.devices() == []


def test_an_account_with_an_identity_is_refused_and_keeps_it(original: Site, tmp_path: Path) -> None:
    devices = original.devices()
    again = Site(original.homeserver, tmp_path / "opnieuw", original.user, original.password)
    again.folder.mkdir()
    ended = again.init()
    assert ended.code == 4
    assert "identity recover" in ended.err
    assert again.files() == set()
    assert original.devices() == devices
    assert casusbot("check", "--config", original.config).code == 0


def test_a_recovery_key_that_cannot_be_written_is_not_lost_with_the_identity(new_site: Site) -> None:
    there = new_site.folder / "wachtwoord"
    ended = new_site.init("--recovery-key-file", there)
    assert ended.code == 2
    assert new_site.files() == set()
    assert new_site.init().code == 0


@pytest.mark.parametrize("option", ["homeserver", "user", "data", "key_file", "region", "password_file"])
def test_without_a_terminal_a_missing_option_is_named_and_nothing_is_made(
    new_site: Site, option: str
) -> None:
    ended = new_site.init(**{option: None})
    assert ended.code == 2
    assert f"--{option.replace('_', '-')}" in ended.err
    assert new_site.files() == set()


# check


def test_check_says_what_is_in_order(original: Site) -> None:
    ended = casusbot("check", "--config", original.config)
    assert ended.code == 0
    for part in ("Configuratie: in orde", "gaat open en is heel", "bereikbaar", "ondertekend"):
        assert part in ended.out


def test_check_names_every_fault_at_once_and_repeats_no_secret(copied: Site) -> None:
    settings = yaml.safe_load(copied.config.read_text())
    settings |= {"homserver": settings.pop("homeserver"), "password": SECRET, "coordinators": ["geen id"]}
    settings["access_token"] = SECRET
    copied.config.write_text(yaml.safe_dump(settings))
    ended = casusbot("check", "--config", copied.config)
    assert ended.code == 2
    for fault in ("homserver", "homeserver", "password", "access_token", "coordinators"):
        assert fault in ended.err
    assert SECRET not in ended.out + ended.err


def test_check_without_a_homeserver_says_so(copied: Site) -> None:
    address = f"http://127.0.0.1:{closed_port()}"
    copied.config.write_text(copied.config.read_text().replace(copied.homeserver.url, address))
    assert casusbot("check", "--config", copied.config).code == 4


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_token_that_no_longer_counts_ends_the_bot(new_site: Site, command: str) -> None:
    login = new_site.log_in()
    token = new_site.folder / "token"
    token.write_text(login["access_token"])
    assert new_site.init(password_file=None, access_token_file=token).code == 0
    path = f"/_matrix/client/v3/logout?access_token={login['access_token']}"
    new_site.homeserver._call("POST", path, {})
    ended = casusbot(command, "--config", new_site.config)
    assert ended.code == 4
    assert login["access_token"] not in ended.err


# What is wrong with the files


def wrong_key(where: Site) -> None:
    where.key.write_text(secrets.token_hex(32))


def damaged_pages(where: Site) -> None:
    database = where.data / "casusbot.db"
    raw = bytearray(database.read_bytes())
    for start in range(4096, len(raw), 4096):
        raw[start + 1000] ^= 0xFF
    database.write_bytes(raw)


def damaged_keys(where: Site) -> None:
    keys = where.data / "keys.db"
    keys.write_bytes(os.urandom(keys.stat().st_size))


def without(name: str) -> Callable[[Site], None]:
    def remove(where: Site) -> None:
        for path in where.data.glob(f"{name}*"):
            path.unlink()

    return remove


def emptied(where: Site) -> None:
    (where.data / "casusbot.db").write_bytes(b"")


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize(
    "accident",
    [
        pytest.param(wrong_key, id="another key"),
        pytest.param(damaged_pages, id="damaged pages"),
        pytest.param(without("casusbot.db"), id="no database"),
        pytest.param(emptied, id="an empty database"),
        pytest.param(without("keys.db"), id="no key store"),
        pytest.param(damaged_keys, id="a damaged key store"),
    ],
)
def test_a_store_that_is_not_right_ends_the_bot_and_is_not_replaced(
    copied: Site, accident: Callable[[Site], None], command: str
) -> None:
    accident(copied)
    before = {path.name for path in copied.data.iterdir()}
    ended = casusbot(command, "--config", copied.config)
    assert ended.code == 3
    assert len(ended.err.strip().splitlines()) == 1
    assert {path.name for path in copied.data.iterdir()} - before <= {"casusbot.lock"}


def test_a_key_file_that_is_gone_ends_the_bot(copied: Site) -> None:
    copied.key.unlink()
    assert casusbot("run", "--config", copied.config).code == 2


# run


def test_a_bot_ends_at_once_when_asked(original: Site, run: Callable[[Site], Running]) -> None:
    bot = run(original)
    bot.until(READY)
    assert bot.stop() == 0


def test_a_bot_that_waits_for_its_homeserver_ends_at_once_when_asked(
    copied: Site, run: Callable[[Site], Running]
) -> None:
    address = f"http://127.0.0.1:{closed_port()}"
    copied.config.write_text(copied.config.read_text().replace(copied.homeserver.url, address))
    bot = run(copied)
    bot.until("next try in")
    assert bot.stop() == 0


def test_a_second_bot_on_the_same_folder_does_not_start(
    original: Site, run: Callable[[Site], Running]
) -> None:
    bot = run(original)
    bot.until(READY)
    for command in ("run", "check"):
        assert casusbot(command, "--config", original.config).code == 6
    assert bot.stop() == 0
    assert casusbot("check", "--config", original.config).code == 0


def test_a_running_bot_makes_no_file_that_others_can_read(
    original: Site, run: Callable[[Site], Running]
) -> None:
    bot = run(original)
    bot.until(READY)
    found = {path.name: mode(path) for path in original.data.rglob("*")}
    assert bot.stop() == 0
    assert {name: oct(bits) for name, bits in found.items() if bits & 0o077} == {}
