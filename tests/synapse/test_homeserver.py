"""The test server keeps its own promises, or every test that stands on it means nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.synapse.homeserver import READY_WITHIN, Homeserver, SynapseError

HELD_BY_ANOTHER = """
import signal
from tests.synapse.homeserver import Homeserver
homeserver = Homeserver()
print(homeserver._folder, flush=True)
signal.pause()
"""


def log_in(homeserver: Homeserver, user: str, password: str) -> dict[str, Any]:
    identifier = {"type": "m.id.user", "user": user}
    body = {"type": "m.login.password", "identifier": identifier, "password": password}
    return homeserver._call("POST", "/_matrix/client/v3/login", body)


def log_in_often(homeserver: Homeserver, user: str) -> None:
    for _ in range(20):
        log_in(homeserver, user, "geheim")


def synapses_in(folder: Path) -> list[Path]:
    def runs_there(process: Path) -> bool:
        try:
            return str(folder).encode() in (process / "cmdline").read_bytes()
        except OSError:
            return False

    return [process for process in Path("/proc").glob("[0-9]*") if runs_there(process)]


def test_a_new_account_has_no_stray_device_that_a_bot_would_share_keys_with(homeserver: Homeserver) -> None:
    user = homeserver.register("wijkagent", "geheim")
    assert user == f"@wijkagent:{homeserver.server_name}"
    admin = log_in(homeserver, homeserver.register("beheer", "geheim", admin=True), "geheim")
    path = f"/_synapse/admin/v2/users/{user}/devices?access_token={admin['access_token']}"
    assert homeserver._call("GET", path)["total"] == 0


def test_a_killed_homeserver_comes_back_with_its_accounts_on_the_same_port() -> None:
    with Homeserver() as homeserver:
        url, user = homeserver.url, homeserver.register("leerplicht", "geheim")
        homeserver.kill()
        assert not homeserver._answers()
        homeserver.restart()
        assert homeserver.url == url
        assert log_in(homeserver, user, "geheim")["user_id"] == user
        folder = homeserver._folder
    assert not folder.exists()
    assert synapses_in(folder) == []


def test_rate_limits_are_off_unless_a_test_wants_to_be_told_to_wait(homeserver: Homeserver) -> None:
    hasty = homeserver.register("haast", "geheim")
    log_in_often(homeserver, hasty)
    with Homeserver(rate_limits=True) as strict:
        strict.register("haast", "geheim")
        with pytest.raises(SynapseError, match="429"):
            log_in_often(strict, hasty)


def test_a_killed_test_run_leaves_neither_a_process_nor_a_file() -> None:
    with subprocess.Popen([sys.executable, "-c", HELD_BY_ANOTHER], stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        folder = Path(run.stdout.readline().strip())
        assert synapses_in(folder)
        run.kill()
    deadline = time.monotonic() + READY_WITHIN
    while (folder.exists() or synapses_in(folder)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not folder.exists()
    assert synapses_in(folder) == []


def test_a_homeserver_that_cannot_start_says_why() -> None:
    with pytest.raises(SynapseError, match="'geen geldige naam' has an invalid format"):
        Homeserver(server_name="geen geldige naam")
