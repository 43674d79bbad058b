from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.synapse.homeserver import Homeserver

if TYPE_CHECKING:
    from collections.abc import Iterator

# How fast a machine is proves nothing: neither a slow example nor slow making of examples fails a test.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


LONGEST_FIRST = ("tests/synapse/", "tests/interop/", "tests/hostile/", "tests/simulation/", "tests/commands/")
"""Where the long files are. Side by side they begin first, or all would wait at the end for one that began last."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):

        def place(item: pytest.Item) -> int:
            return next(
                (n for n, folder in enumerate(LONGEST_FIRST) if item.nodeid.startswith(folder)),
                len(LONGEST_FIRST),
            )

        items.sort(key=place)


@pytest.fixture(scope="session")
def homeserver() -> Iterator[Homeserver]:
    """One Synapse for the whole run of a process, without rate limits. Every test makes accounts of its own on it."""
    with Homeserver() as running:
        yield running
