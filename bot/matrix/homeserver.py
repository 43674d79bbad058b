"""The client-server API over HTTP: one request at a time, its answer or a named fault. Nothing is retried here.

Faults:

    HomeserverFault
    ├── Unreachable     no answer, a broken one, or a server error: try again later
    ├── RateLimited     429: try again after `retry_after` seconds
    └── Refused         any other 4xx: trying again will not help
        └── LoggedOut   the access token is not valid (any more)
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_WAIT = 600.0
"""Seconds; a server that asks for more (or for nonsense) is asked again after this."""
DEFAULT_WAIT = 5.0
SHORTEST_WAIT = 0.5
REQUEST_TIME = 60.0
_ERRCODE = re.compile(r"[\w.]{1,64}", re.ASCII)  # it is logged: no line breaks, no colours


class HomeserverFault(Exception):
    """The homeserver did not do what was asked."""


class Unreachable(HomeserverFault):
    """The homeserver did not answer, or answered with a fault of its own."""


class RateLimited(HomeserverFault):
    """The homeserver asks to wait `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"wait {retry_after:.0f} s")
        self.retry_after = retry_after


class Refused(HomeserverFault):
    """The homeserver refused the request; `errcode` is Matrix's own word for why."""

    def __init__(self, status: int, errcode: str, body: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {errcode}")
        self.status = status
        self.errcode = errcode
        self.body = body


class LoggedOut(Refused):
    """The access token is not valid (any more)."""


class Homeserver:
    """One homeserver, spoken to with one access token."""

    def __init__(self, url: str, access_token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self.access_token = access_token
        self._http: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def request(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | bytes | None = None,
        *,
        query: Mapping[str, str] | None = None,
        timeout: float = REQUEST_TIME,  # noqa: ASYNC109
        api: str = "client",
    ) -> dict[str, Any]:
        """Ask, and give the JSON object of a 2xx answer; `path` starts after `/_matrix/` and the name of the API."""
        if self._http is None:
            self._http = aiohttp.ClientSession()
        headers = {"Authorization": f"Bearer {self.access_token}"} if self.access_token else {}
        try:
            async with self._http.request(
                method,
                f"{self.url}/_matrix/{api}{path}",
                data=body if isinstance(body, bytes) else None,
                json=None if isinstance(body, bytes) else body,
                params=query,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=timeout),
                allow_redirects=False,
            ) as response:
                return _answer(response.status, response.headers, await response.read())
        except (aiohttp.ClientError, TimeoutError, OSError) as fault:
            # The text of a client error may quote the URL with its parameters; its kind says enough.
            raise Unreachable(type(fault).__name__) from None

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        return await self.request("GET", path, query=query)

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return await self.request("POST", path, body)

    async def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return await self.request("PUT", path, body)

    async def upload(self, content: bytes) -> str:
        """Store bytes without name or type; their `mxc://` address. The homeserver sees them: ciphertext only."""
        address = (await self.request("POST", "/v3/upload", content, api="media")).get("content_uri")
        if not isinstance(address, str):
            raise Unreachable("no content uri")
        return address


def segment(text: str) -> str:
    """One path segment: ids carry `:`, `!`, `#` and, in room version 12, anything base64."""
    return quote(text, safe="")


def _answer(status: int, headers: Mapping[str, str], raw: bytes) -> dict[str, Any]:
    body = _parsed(raw)
    if status == 429:
        raise RateLimited(_retry_after(headers, body if isinstance(body, dict) else {}))
    if status >= 500 or not isinstance(body, dict):
        raise Unreachable(f"status {status}")
    if 200 <= status < 300:
        return body
    errcode = body.get("errcode")
    if not isinstance(errcode, str) or not _ERRCODE.fullmatch(errcode):
        errcode = "M_UNKNOWN"
    kind = LoggedOut if errcode in {"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"} else Refused
    raise kind(status, errcode, body)


def _parsed(raw: bytes) -> object:
    """The JSON of an answer; None for what is none. Half a character (a lone surrogate, which JSON can spell and no
    database can store) becomes a question mark."""
    try:
        body = json.loads(raw)
        if rb"\ud" in raw.lower():
            body = json.loads(json.dumps(body, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError):
        return None
    return body


def _retry_after(headers: Mapping[str, str], body: Mapping[str, Any]) -> float:
    """Seconds to wait: the header first (MSC4041), then the older field of the body."""
    try:
        seconds = float(headers["Retry-After"]) if "Retry-After" in headers else body["retry_after_ms"] / 1000
    except (KeyError, TypeError, ValueError, OverflowError):
        return DEFAULT_WAIT
    return min(max(seconds, SHORTEST_WAIT), LONGEST_WAIT) if seconds == seconds else DEFAULT_WAIT  # noqa: PLR0124
