from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.synapse.homeserver import Homeserver

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def homeserver() -> Iterator[Homeserver]:
    """One Synapse for the whole run, without rate limits. Every test makes accounts of its own on it."""
    with Homeserver() as running:
        yield running
