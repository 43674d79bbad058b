"""The date in a phrase, in a sentence, or at the start of a command's text."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.core.dates.bounds import FILLERS, JOINS, LEAVES_DOUBT, NOT_A_DEADLINE, OR, TURNS_ROUND, Side
from bot.core.dates.calendar import AMSTERDAM
from bot.core.dates.expressions import Expression, asked, nothing_read, read_expression
from bot.core.dates.senses import Kind
from bot.core.dates.tokens import Token, tokenize
from bot.core.dates.values import Ask, AskReason, Found, When

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_STAYS_IN_TEXT: Final = frozenset(
    {AskReason.EVENT, AskReason.RECURRING, AskReason.OPEN_ENDED, AskReason.SEVERAL, AskReason.UNREAD}
)


def read_when(phrase: str, *, at: datetime) -> When | Ask | None:
    """
    What `phrase` says as a date, given that a date is expected.

    `at` is the aware moment of writing, from which relative dates count. None when there is no date in it at all;
    when there is more in it than a date, that is asked.
    """
    at = at.astimezone(AMSTERDAM)
    tokens = tokenize(phrase)
    first = _after_fillers(tokens)
    expression = _with_alternative(tokens, read_expression(tokens, first, at), at)
    if expression is None:
        expression = _loosely(tokens, first, at) or next(_expressions(tokens, at), None)
        if expression is None:
            return None
    whole = expression.start == first and _after_fillers(tokens, expression.end) == len(tokens)
    when = expression.when if whole else asked(expression.when, AskReason.UNREAD)
    return replace(when, phrase=phrase.strip()) if isinstance(when, Ask) else when


def leading_when(text: str, *, at: datetime) -> tuple[When | Ask, str] | None:
    """The date at the start of `text`, and the text after it; None when it does not begin with a date."""
    at = at.astimezone(AMSTERDAM)
    tokens = tokenize(text)
    strict = _with_alternative(tokens, read_expression(tokens, 0, at), at)
    expression = strict or _loosely(tokens, 0, at)
    if expression is None or expression.kind is Kind.FACT:
        return None
    when = _certain(tokens, expression)
    others = list(_dated(tokens, at, expression.end))
    if others and expression.kind is not Kind.EXPLICIT:
        when = asked(when, AskReason.SEVERAL, *(e.when for e in others))
    cut = tokens[expression.end - 1].end
    if isinstance(when, Ask):
        when = replace(when, phrase=text[:cut].strip())
    return when, text[cut:].lstrip(" \t\r\n\u00a0,;:.-–—)").rstrip()


def split_when(text: str, *, at: datetime) -> Found | None:
    """
    The one deadline in a sentence, and the sentence without it; None when there is none.

    A date with a word like *uiterlijk* goes before one without; a date in the middle that no such word marks is
    asked, and so are two of a kind. What is asked about an event or between dates stays in the text.
    """
    at = at.astimezone(AMSTERDAM)
    tokens = tokenize(text)
    every = [e for e in _expressions(tokens, at) if e.kind is not Kind.FACT]
    dates = [e for e in every if _is_deadline(tokens, e)]
    soft = [e for e in every if e not in dates and _is_soft(e)]
    repeated = next((e for e in soft if _recurs(e)), None)
    chosen = _chosen(tokens, dates)
    if chosen is None or (repeated and not chosen.bound.deadline):
        chosen = repeated or next(iter(soft), None)
    unread = _unread_keyword(tokens, every)
    if chosen is None:
        return Found(text.strip(), replace(nothing_read(at), phrase=text.strip())) if unread else None
    when = asked(chosen.when, AskReason.UNREAD) if unread else chosen.when
    start, end = tokens[chosen.start].start, tokens[chosen.end - 1].end
    if isinstance(when, Ask):
        when = replace(when, phrase=text[start:end])
        if when.reason in _STAYS_IN_TEXT:
            return Found(text.strip(), when)
    return Found(_without(text, start, end), when)


def _chosen(tokens: tuple[Token, ...], dates: list[Expression]) -> Expression | None:
    """The expression that is the deadline, or one that asks which of them is."""
    if not dates:
        return None
    marked = [e for e in dates if e.bound.deadline] or [e for e in dates if _is_trailing_clause(tokens, e)]
    several = len(marked or dates) > 1 or any(_touch(tokens, a, b) for a, b in itertools.pairwise(dates))
    if several:
        first, *others = marked if len(marked) > 1 else dates
        return replace(first, when=asked(first.when, AskReason.SEVERAL, *(e.when for e in others)))
    only = (marked or dates)[0]
    opens = only.start == 0 and not _has(tokens, 0, frozenset({"over"}))  # "over 2 weken verzuim praten"
    placed = opens or _ends(tokens, only)
    topic = only.kind is Kind.FEAST and not only.bound.written  # "Koningsdag voorbereiden"
    certain = bool(marked) or (placed and not topic)
    when = _certain(tokens, only)
    return replace(only, when=when if certain else asked(when, AskReason.UNREAD))


def _expressions(tokens: tuple[Token, ...], at: datetime, start: int = 0) -> Iterator[Expression]:
    place = start
    while place < len(tokens):
        expression = _with_alternative(tokens, read_expression(tokens, place, at), at)
        if expression is not None:
            yield expression
        place = expression.end if expression else place + 1


def _dated(tokens: tuple[Token, ...], at: datetime, start: int) -> list[Expression]:
    return [e for e in _expressions(tokens, at, start) if _is_deadline(tokens, e)]


def _with_alternative(
    tokens: tuple[Token, ...], expression: Expression | None, at: datetime
) -> Expression | None:
    """`vrijdag of maandag`: both are offered."""
    if expression is None or not _has(tokens, expression.end, OR):
        return expression
    other = read_expression(tokens, expression.end + 1, at)
    if other is None or other.kind in {Kind.SOFT, Kind.FACT} or expression.kind in {Kind.SOFT, Kind.FACT}:
        return expression
    return replace(expression, end=other.end, when=asked(expression.when, AskReason.SEVERAL, other.when))


def _is_deadline(tokens: tuple[Token, ...], expression: Expression) -> bool:
    """Whether this date can be the deadline of the sentence it stands in."""
    if expression.kind is Kind.SOFT or expression.kind is Kind.FACT or expression.bound.side >= Side.AFTER:
        return expression.timed and expression.bound.deadline
    if expression.bound.deadline:
        return True
    before = expression.start - 1
    if before >= 0 and _has(tokens, before, NOT_A_DEADLINE):
        return False
    if not expression.bare:
        return True
    follows_comma = before >= 0 and "," in tokens[before].senses
    numeric = expression.kind is Kind.EXPLICIT
    possible = not isinstance(expression.when, Ask) or expression.when.reason is not AskReason.IMPOSSIBLE
    return _ends(tokens, expression) and possible and (numeric or follows_comma or expression.bound.written)


def _is_soft(expression: Expression) -> bool:
    """Something to ask about, if the sentence has no date: z.s.m., elke week, na de zitting."""
    if expression.kind is Kind.FACT or expression.bare or expression.timed:
        return False
    return expression.kind is Kind.SOFT or expression.bound.side >= Side.AFTER


def _recurs(expression: Expression) -> bool:
    return isinstance(expression.when, Ask) and expression.when.reason is AskReason.RECURRING


def _certain(tokens: tuple[Token, ...], expression: Expression) -> When | Ask:
    """The reading, asked when a neighbouring word may change it."""
    end, start = expression.end, expression.start
    unsure = _has(tokens, end, LEAVES_DOUBT) or (
        end < len(tokens)
        and tokens[end].is_numeric
        and not (expression.kind is Kind.EXPLICIT and "COUNT" in tokens[end].senses)
    )
    joined = start > 1 and _has(tokens, start - 1, JOINS) and tokens[start - 2].is_numeric
    joined = joined or (start > 0 and tokens[start - 1].is_numeric and expression.bound.side is Side.ON)
    negated = start > 0 and _has(tokens, start - 1, TURNS_ROUND)
    return asked(expression.when, AskReason.UNREAD) if unsure or joined or negated else expression.when


def _unread_keyword(tokens: tuple[Token, ...], every: list[Expression]) -> bool:
    """Whether the sentence says *uiterlijk* without a date that could be read."""
    read = {n for e in every for n in range(e.start, e.end)}
    return any(n not in read and _has(tokens, n, frozenset({"uiterlijk"})) for n in range(len(tokens)))


def _has(tokens: tuple[Token, ...], place: int, words: frozenset[str]) -> bool:
    return place < len(tokens) and not words.isdisjoint(tokens[place].senses)


def _ends(tokens: tuple[Token, ...], expression: Expression) -> bool:
    return all(token.is_mark for token in tokens[expression.end :])


def _is_trailing_clause(tokens: tuple[Token, ...], expression: Expression) -> bool:
    start = expression.start
    return start > 0 and tokens[start - 1].is_mark and _ends(tokens, expression)


def _touch(tokens: tuple[Token, ...], first: Expression, second: Expression) -> bool:
    """Whether two dates stand side by side, the second not set apart as the deadline."""
    between = tokens[first.end : second.start]
    if second.bound.deadline and any(token.is_mark for token in between):
        return False
    return all(token.is_mark or not JOINS.isdisjoint(token.senses) for token in between)


def _loosely(tokens: tuple[Token, ...], start: int, at: datetime) -> Expression | None:
    """`de 13e school …`: a date before a word that may change it. A count before a noun is none."""
    expression = read_expression(tokens, start, at, loose=True)
    return None if expression and expression.bare and expression.kind is Kind.SOFT else expression


def _after_fillers(tokens: tuple[Token, ...], start: int = 0) -> int:
    place = start
    while place < len(tokens) and (tokens[place].is_mark or _has(tokens, place, FILLERS)):
        place += 1
    return place


_SPACE: Final = " \t\r\n\u00a0"
_DANGLING: Final = _SPACE + ",;:-–—("


def _without(text: str, start: int, end: int) -> str:
    """The text with its date cut out, and no bracket, double space or dangling comma left where it stood."""
    after = text[end:].lstrip(_SPACE + ",;:)")
    if not after.strip(" .!?)…"):
        return text[:start].strip(_DANGLING)
    before = text[:start].rstrip(_SPACE + "(")
    return f"{before} {after}".strip(_DANGLING)
