"""The words before a date that say which side of it counts: uiterlijk, vóór, tot, na."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.core.dates.grammar import Grammar
from bot.core.dates.lexicon import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.dates.tokens import Token


class Side(IntEnum):
    """Ascending in how much it says: of two words, the stronger counts ("uiterlijk vóór")."""

    ON = 0
    BEFORE = 1
    UNTIL = 2  # in Dutch, the day itself may or may not count
    AROUND = 3
    AFTER = 4
    NOT = 5


class Bound(NamedTuple):
    """`deadline` when the word itself says that a last day follows."""

    end: int
    side: Side = Side.ON
    deadline: bool = False
    written: bool = False


def _is(side: Side, *, deadline: bool = False) -> Callable[..., tuple[Side, bool]]:
    return lambda _context: (side, deadline)


_BOUNDS: Final = Grammar(
    (
        (
            "uiterlijk|uiterl|ultimo|t/m|tm|by|deadline|termijn|kijkdatum|due|streefdatum",
            _is(Side.ON, deadline=True),
        ),
        ("deadline|termijn|kijkdatum|due|streefdatum :|is|=", _is(Side.ON, deadline=True)),
        ("tot|t en|& met|m", _is(Side.ON, deadline=True)),
        ("up to and including", _is(Side.ON, deadline=True)),
        ("niet|no|not later dan|than", _is(Side.ON, deadline=True)),
        ("op zijn|z'n laatst", _is(Side.ON, deadline=True)),
        ("ten laatste", _is(Side.ON, deadline=True)),
        ("at the? latest", _is(Side.ON, deadline=True)),
        ("op|on of|or voor|vóór|before", _is(Side.ON, deadline=True)),
        ("op|on|per|naar", _is(Side.ON)),
        ("voor", _is(Side.BEFORE)),
        ("vóór|before", _is(Side.BEFORE, deadline=True)),
        ("tot|until|till", _is(Side.UNTIL)),
        ("rond|rondom|omstreeks|ongeveer|circa|ca|±|around|about|approximately", _is(Side.AROUND)),
        ("na|vanaf|after|from", _is(Side.AFTER)),
        ("niet|not voor|vóór|before|op|on?", _is(Side.NOT)),
    )
)

NOT_A_DEADLINE: Final = words(
    "van vanaf sinds over of from since about dd d.d geboren geb tijdens uit datum gedateerd dated ontvangen "
    "verloopt eindigt begint start loopt expires starts ends"
)
"""A date right after one of these describes a thing (the letter *of* 3 March); it is no deadline."""


FILLERS: Final = words("ja ok oke okay graag dan dus maar doe prima yes please aub svp alsjeblieft")
OR: Final = words("of or /")
JOINS: Final = words("en of or and t/m tot - / & a")

LEAVES_DOUBT: Final = words(
    "of or / tussen between rond tot t/m tm a na niet not - & tenzij mits unless if plus min until after "
    "erna erop daarna ervoor daarvoor"
)
"""Right after a date, these change what it says ("vrijdag of later", "vrijdag niet")."""

TURNS_ROUND: Final = words(
    "niet geen not pas vroegst eerst dan than misschien mogelijk wellicht eventueel waarschijnlijk maybe perhaps "
    "probably behalve except earliest i.p.v ipv black blue zwarte blauwe"
)
"""Right before a date, these say that it is not the last day, or not the day at all."""


def read_bound(tokens: tuple[Token, ...], at: int) -> Bound:
    bound = Bound(at)
    while (match := _BOUNDS.match(tokens, bound.end, None)) and bound.end - at < 6:
        side, deadline = match.value
        bound = Bound(match.end, max(bound.side, side), bound.deadline or deadline, written=True)
    return bound
