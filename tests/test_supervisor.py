"""What systemd hears, over a real socket."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from bot.data.supervisor import Supervisor

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_systemd_hears_that_the_bot_is_ready_goes_on_and_stops(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        supervisor = Supervisor({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "120000000"})
        supervisor.ready()
        supervisor.goes_on()
        supervisor.stopping()
        assert [systemd.recv(64) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]
        assert supervisor.every == 40


def test_an_abstract_socket_is_found_too() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("")  # the kernel gives it an abstract name
        name = systemd.getsockname().decode()
        Supervisor({"NOTIFY_SOCKET": f"@{name[1:]}"}).ready()
        assert systemd.recv(64) == b"READY=1"


def test_without_systemd_nothing_is_sent_and_nobody_waits() -> None:
    supervisor = Supervisor({})
    supervisor.ready()
    supervisor.goes_on()
    assert supervisor.every is None


def test_a_supervisor_that_is_gone_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    Supervisor({"NOTIFY_SOCKET": str(tmp_path / "gone")}).goes_on()
    assert "WATCHDOG=1" in caplog.text
