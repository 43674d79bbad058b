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


@pytest.fixture(scope="session")
def homeserver() -> Iterator[Homeserver]:
    """One Synapse for the whole run, without rate limits. Every test makes accounts of its own on it."""
    with Homeserver() as running:
        yield running
