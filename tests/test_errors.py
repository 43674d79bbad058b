from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

import pytest

import bot
from bot.errors import CasusbotError

if TYPE_CHECKING:
    from collections.abc import Iterator


for module in pkgutil.walk_packages(bot.__path__, "bot."):  # errors count once their module is known
    importlib.import_module(module.name)


def every_error(error: type[CasusbotError]) -> Iterator[type[CasusbotError]]:
    yield error
    for below in error.__subclasses__():
        yield from every_error(below)


@pytest.mark.parametrize("error", list(every_error(CasusbotError)), ids=lambda error: error.__name__)
def test_every_error_says_something_and_has_an_exit_code_of_the_list(error: type[CasusbotError]) -> None:
    assert error.__doc__
    assert error.exit_code in range(1, 7)
