"""A real Synapse of its own: for tests, the demo and the bench.

It runs as a separate process on a free loopback port, with SQLite in a temporary folder, and is ready in one
to three seconds. It speaks to no other server, unless it is made to (`Homeserver.federating`). Whatever becomes of the process that started it, neither
Synapse nor its folder outlives it.

    with Homeserver() as homeserver:
        bot = homeserver.register("casusbot", "geheim")
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from base64 import b64encode
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from types import TracebackType

READY_WITHIN: Final = 900.0
"""Seconds. Idle it takes 1.2, on a busy machine much more; this only ends a wait that is hopeless."""

_UNLIMITED: Final = {"per_second": 1_000_000, "burst_count": 1_000_000}
_NO_RATE_LIMITS: Final[dict[str, Any]] = {
    **dict.fromkeys(
        (
            "rc_message", "rc_registration", "rc_registration_token_validity", "rc_admin_redaction",
            "rc_joins_per_room", "rc_key_requests", "rc_3pid_validation", "rc_third_party_invite", "rc_media_create",
            "rc_delayed_event_mgmt", "rc_room_creation", "rc_reports", "rc_user_directory", "rc_profile",
        ),
        _UNLIMITED,
    ),
    "rc_login": dict.fromkeys(("address", "account", "failed_attempts"), _UNLIMITED),
    "rc_joins": dict.fromkeys(("local", "remote"), _UNLIMITED),
    "rc_invites": dict.fromkeys(("per_room", "per_user", "per_issuer"), _UNLIMITED),
}  # fmt: skip

# Reads process ids of Synapse; the pipe closes when its writer stops or dies, by kill -9 too.
_CARETAKER: Final = 'while read -r line; do pid=$line; done; [ -z "$pid" ] || kill -9 "$pid"; rm -rf -- "$1"'


class SynapseError(Exception):
    """Synapse did not start, or refused what a test asked; the message ends with its log."""


class Homeserver:
    """One running Synapse.

    `url` is where it listens, `server_name` what user ids end with. `rate_limits=True` leaves Synapse's own
    limits on, for tests of how the bot behaves when it is told to wait. `room_version` is that of new rooms;
    on `federation_port` other servers on this machine can reach it.
    """

    def __init__(
        self,
        server_name: str = "zvh.example",
        *,
        rate_limits: bool = False,
        room_version: str = "12",
        federation_port: int | None = None,
    ) -> None:
        self.server_name = server_name
        self._room_version = room_version
        self._folder = Path(tempfile.mkdtemp(prefix="casusbot-synapse-"))
        self._caretaker = subprocess.Popen(
            ["/bin/sh", "-c", _CARETAKER, "sh", self._folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us; this one ends last
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._registration_secret = secrets.token_hex()
        self._port = _free_port()
        self._federation_port = federation_port
        self.url = f"http://127.0.0.1:{self._port}"
        try:
            self._configure(rate_limits=rate_limits)
            self._start()
        except BaseException:
            self.stop()
            raise

    @classmethod
    def federating(cls) -> Self:
        """One that speaks to others on this machine. Its name holds its port, so that nobody looks it up elsewhere."""
        port = _free_port()
        return cls(f"localhost:{port}", federation_port=port)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def register(self, localpart: str, password: str, *, admin: bool = False) -> str:
        """Make an account and give its user id. No device is made: the first log-in makes the first."""
        nonce = self._call("GET", "/_synapse/admin/v1/register")["nonce"]
        fields = (nonce, localpart, password, "admin" if admin else "notadmin")
        mac = hmac.new(
            self._registration_secret.encode(), "\0".join(fields).encode(), hashlib.sha1
        ).hexdigest()
        account = {"nonce": nonce, "username": localpart, "password": password, "admin": admin, "mac": mac}
        reply = self._call("POST", "/_synapse/admin/v1/register", {**account, "inhibit_login": True})
        return str(reply["user_id"])

    def kill(self) -> None:
        """Kill -9: the accident. Port and data stay for `restart`."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Run again on the same port with the same data, after `kill` or in place of the running one."""
        self._end(signal.SIGTERM)
        self._start()

    def stop(self) -> None:
        """End the process and remove the folder. Stopping twice is fine."""
        # Nothing of it is ever used again, so an orderly end would only cost time.
        self._end(signal.SIGKILL)
        if self._caretaker.stdin is not None:
            self._caretaker.stdin.close()
        self._caretaker.wait()

    def _configure(self, *, rate_limits: bool) -> None:
        handler = {"class": "logging.FileHandler", "filename": str(self._folder / "homeserver.log")}
        log = {
            "version": 1,
            "handlers": {"file": handler},
            "root": {"level": "WARNING", "handlers": ["file"]},
        }
        # JSON is YAML.
        (self._folder / "log.yaml").write_text(json.dumps({**log, "disable_existing_loggers": False}))
        listener = {
            "port": self._port,
            "type": "http",
            "bind_addresses": ["127.0.0.1"],
            "resources": [{"names": ["client"]}],
        }
        settings = {
            "server_name": self.server_name,
            "public_baseurl": self.url,
            "listeners": [listener, *self._federation_listeners()],
            "database": {"name": "sqlite3", "args": {"database": str(self._folder / "homeserver.db")}},
            "media_store_path": str(self._folder / "media"),
            "log_config": str(self._folder / "log.yaml"),
            "signing_key": f"ed25519 test {b64encode(secrets.token_bytes(32)).decode().rstrip('=')}",
            "registration_shared_secret": self._registration_secret,
            "macaroon_secret_key": secrets.token_hex(),
            "form_secret": secrets.token_hex(),
            "default_room_version": self._room_version,
            "bcrypt_rounds": 4,
            # What nobody here asks for costs it a third of its time.
            "presence": {"enabled": False},
            "push": {"enabled": False},
            "stats": {"enabled": False},
            "user_directory": {"enabled": False},
            "report_stats": False,
            **self._federation(),
            "trusted_key_servers": [],
            "suppress_key_server_warning": True,
            **({} if rate_limits else _NO_RATE_LIMITS),
        }
        (self._folder / "homeserver.yaml").write_text(json.dumps(settings))

    def _federation(self) -> dict[str, Any]:
        """Off; or on for others on this machine, with certificates that nobody signed and no patience for the dead."""
        if self._federation_port is None:
            return {"federation_domain_whitelist": [], "send_federation": False}
        certificate, key = self._folder / "tls.crt", self._folder / "tls.key"
        write_certificate(certificate, key)
        return {
            "tls_certificate_path": str(certificate),
            "tls_private_key_path": str(key),
            "federation_verify_certificates": False,
            "ip_range_blacklist": [],
            "federation_ip_range_blacklist": [],
            # A server that was away is tried again after a second and not, as usual, after ten minutes.
            "federation": {
                "destination_min_retry_interval": "1s",
                "destination_retry_multiplier": 1,
                "destination_max_retry_interval": "1s",
                "client_timeout": "10s",
                "max_short_retries": 1,
                "max_long_retries": 2,
                "max_short_retry_delay": "1s",
                "max_long_retry_delay": "1s",
            },
        }

    def _federation_listeners(self) -> list[dict[str, Any]]:
        if self._federation_port is None:
            return []
        return [
            {
                "port": self._federation_port,
                "type": "http",
                "tls": True,
                "bind_addresses": ["127.0.0.1"],
                "resources": [{"names": ["federation"]}],
            }
        ]

    def _start(self) -> None:
        command = (
            sys.executable,
            "-m",
            "synapse.app.homeserver",
            "-c",
            str(self._folder / "homeserver.yaml"),
        )
        with (self._folder / "output.log").open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._tell_caretaker(str(self._process.pid))
        deadline = time.monotonic() + READY_WITHIN
        while not self._answers():
            if self._process.poll() is not None:
                raise SynapseError(f"Synapse stopped while starting\n{self._logs()}")
            if time.monotonic() > deadline:
                raise SynapseError(f"Synapse was not ready within {READY_WITHIN:.0f} s\n{self._logs()}")
            time.sleep(0.02)  # between two looks; readiness itself is what is waited for

    def _answers(self) -> bool:
        try:
            self._call("GET", "/_matrix/client/versions")
        except (OSError, SynapseError):
            return False
        return True

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.wait()
        self._process = None
        self._tell_caretaker("")  # the number may soon be somebody else's

    def _tell_caretaker(self, line: str) -> None:
        assert self._caretaker.stdin is not None
        self._caretaker.stdin.write(f"{line}\n".encode())
        self._caretaker.stdin.flush()

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with _DIRECT.open(request, timeout=READY_WITHIN) as reply:
                answer: dict[str, Any] = json.load(reply)
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise SynapseError(f"{method} {path}: {refusal.code} {refusal.read().decode()}") from None
        return answer

    def _logs(self) -> str:
        files = (self._folder / "output.log", self._folder / "homeserver.log")
        return "\n".join(file.read_text(errors="replace")[-3000:] for file in files if file.exists())


# A proxy in the environment is for the world outside, not for loopback.
_DIRECT: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def write_certificate(certificate: Path, key: Path) -> None:
    """A certificate for localhost that nobody signed."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )


def _free_port() -> int:
    """Below the ports that Linux gives to outgoing connections: one of those would take it while a killed server is
    down, or even reach itself there."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
