"""A man in the middle who owns the homeserver: passes everything on, and lies where a test tells it to."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import aiohttp
from aiohttp import web

from tests.synapse.person import HOPELESS

if TYPE_CHECKING:
    from collections.abc import Callable

    Lie = Callable[[Any], None]

POLL = "200"
"""Milliseconds that a sync waits at most, so that a lie is told soon."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One request of the bot that changed something."""

    path: tuple[str, ...]
    body: Any


class Proxy:
    """Between the bot and its homeserver."""

    def __init__(self, target: str) -> None:
        self._target = target
        self.url = ""
        self.sent: list[Sent] = []
        self.lies: dict[str, Lie] = {}
        """By endpoint (`sync`, `query`, `claim`): changes the answer before the bot sees it."""
        self._to_tell: list[tuple[Lie, asyncio.Event]] = []
        self._told: list[asyncio.Event] = []
        self._http: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        self._http = aiohttp.ClientSession(auto_decompress=True)
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        if self._http is not None:
            await self._http.close()

    async def tell(self, lie: Lie) -> None:
        """Change one answer to `/sync`; returns when the bot has asked for the one after it."""
        told = asyncio.Event()
        self._to_tell.append((lie, told))
        async with asyncio.timeout(HOPELESS):
            await told.wait()

    async def show(self, room_id: str, *events: dict[str, Any]) -> None:
        """Let events appear in a room."""
        await self.tell(lambda answer: timeline(answer, room_id).extend(events))

    async def devices_changed(self, *users: str) -> None:
        """Say that these people's devices changed, so that the bot asks for them again."""
        await self.tell(lambda answer: answer.setdefault("device_lists", {}).update(changed=list(users)))

    @property
    def key_recipients(self) -> set[tuple[str, str]]:
        """Every (user, device) that was sent anything from device to device."""
        return {
            (user, device)
            for sent in self.sent
            if "sendToDevice" in sent.path
            for user, devices in sent.body["messages"].items()
            for device in devices
        }

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        assert self._http is not None
        path = tuple(unquote(part) for part in request.raw_path.partition("?")[0].split("/")[4:])
        raw = await request.read()
        if raw and request.method in {"PUT", "POST"}:
            self.sent.append(Sent(path, json.loads(raw)))
        query = dict(request.query)
        if path[-1] == "sync":
            self._confirm_told()
            query["timeout"] = POLL if "since" in query else "0"
        headers = {
            name: request.headers[name]
            for name in ("Authorization", "Content-Type")
            if name in request.headers
        }
        async with self._http.request(
            request.method,
            self._target + request.raw_path.partition("?")[0],
            params=query,
            data=raw,
            headers=headers,
        ) as response:
            body = await response.json()
        self._lie(path[-1], body)
        return web.json_response(body, status=response.status)

    def _lie(self, endpoint: str, body: Any) -> None:
        if endpoint in self.lies:
            self.lies[endpoint](body)
        if endpoint == "sync":
            for lie, told in self._to_tell:
                lie(body)
                self._told.append(told)
            self._to_tell.clear()

    def _confirm_told(self) -> None:
        """The bot asks on: what it was told last is in its store."""
        for told in self._told:
            told.set()
        self._told.clear()


def timeline(answer: Any, room_id: str) -> list[dict[str, Any]]:
    """The timeline of a room in an answer to `/sync`, made where it is missing."""
    room = answer.setdefault("rooms", {}).setdefault("join", {}).setdefault(room_id, {})
    found: list[dict[str, Any]] = room.setdefault("timeline", {}).setdefault("events", [])
    return found


def every_event(answer: Any) -> list[dict[str, Any]]:
    """All timeline events in an answer to `/sync`."""
    rooms = answer.get("rooms", {}).get("join", {}).values()
    return [event for room in rooms for event in room.get("timeline", {}).get("events", [])]
