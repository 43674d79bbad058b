from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.interop.real_client import RealClient
from tests.synapse.person import Person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.synapse.homeserver import Homeserver

PASSWORD = "geheim"


@pytest.fixture(scope="session")
def register(homeserver: Homeserver) -> Callable[[str], str]:
    """Makes an account that no other test uses; gives its user id."""
    return lambda role: homeserver.register(f"{role}.{secrets.token_hex(3)}", PASSWORD)


class Door:
    """Lets people in, and sees to it that all have left at the end."""

    def __init__(self, url: str, register: Callable[[str], str], folder: Path) -> None:
        self._url = url
        self._register = register
        self._folder = folder
        self._clients: list[RealClient] = []
        self._people: list[Person] = []

    async def client(self, role: str) -> RealClient:
        """Somebody new with Element."""
        return await self.device(self._register(role), signed=True)

    async def device(self, user: str, *, signed: bool = False) -> RealClient:
        """Element on one more device of an account, not signed by its owner unless `signed`."""
        self._clients.append(await RealClient.arrive(self._url, user, PASSWORD, signed=signed))
        return self._clients[-1]

    async def person(self, role: str, *, signed: bool = True) -> Person:
        """Somebody new with our own Matrix layer for a client."""
        user = self._register(role)
        folder = self._folder / user
        self._people.append(await Person.arrive(self._url, user, PASSWORD, folder, signed=signed))
        return self._people[-1]

    async def close(self) -> None:
        leaving = [client.close() for client in self._clients]
        await asyncio.gather(*leaving, *(person.leave_building() for person in self._people))


@pytest_asyncio.fixture(loop_scope="module")
async def door(homeserver: Homeserver, register: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Door]:
    """For who comes for one test."""
    door = Door(homeserver.url, register, tmp_path)
    yield door
    await door.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def regulars(
    homeserver: Homeserver, register: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Door]:
    """For who stays through the module."""
    door = Door(homeserver.url, register, tmp_path_factory.mktemp("interop"))
    yield door
    await door.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chair(regulars: Door) -> RealClient:
    return await regulars.client("voorzitter")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def partner(regulars: Door) -> RealClient:
    return await regulars.client("leerplicht")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ours(regulars: Door) -> Person:
    """Our own Matrix layer, cross-signed as the bot is."""
    return await regulars.person("casusbot")
