"""What systemd is told: that the bot is ready, and that it goes on (sd_notify(3)).

One datagram each to the socket that systemd names. Without systemd there is no such socket, and nothing is sent.
"""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)


class Supervisor:
    """The supervisor that started the process, as its environment names it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        microseconds = environment.get("WATCHDOG_USEC", "")
        self.every = int(microseconds) / 3_000_000 if microseconds.isdecimal() else None
        """Seconds between two signs of life, a third of what systemd waits; None where it waits for none."""

    def ready(self) -> None:
        self._say("READY=1")

    def goes_on(self) -> None:
        self._say("WATCHDOG=1")

    def stopping(self) -> None:
        self._say("STOPPING=1")

    def _say(self, words: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
                sender.setblocking(False)
                sender.sendto(words.encode(), self._address)
        except OSError as fault:
            log.warning("systemd was not told %s: %s", words, fault.strerror)
