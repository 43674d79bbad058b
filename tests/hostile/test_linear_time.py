"""Whoever may send the bot a text must not be able to make it think for long: no expression goes over a text twice."""

from __future__ import annotations

import re

import pytest

from tests.hostile.ambiguity import two_ways
from tests.hostile.expressions import Expression, expressions, held

SLOW = (
    r"a*a*b",
    r"(?:a+)+b",
    r"(?:a|a)*b",
    r"\w+x",
    r"reden\b\s*:?\s*(?:\d|$)",
    r"(.*?)[\s,]*\bA(\d{1,5})\W*$",
    r"\?\W*$",
    r"<a [^>]*href=\"[^\"]*\"[^>]*>",
    r"\s+$",
    r"(?=.*b)c",
    r"([^\W\d]+)\s*(?:-|through)\s*([^\W\d]+)\b",
)
FAST = (
    r"^a*+a*+b",
    r"^\s*+:?\s*+x",
    r"(?<!\w)\w++x",
    r"\b\w+:",
    r"(?<![\s,])[\s,]*+reden",
    r"\d+",
    r"\"[^\"]*\"",
    r"@[^\s:,@]{1,200}:[a-z]{1,200}",
    r"^\s*+A(\d{1,5})\b[\s,:]*+(.*)",
)


@pytest.mark.parametrize("text", SLOW)
def test_an_expression_that_can_be_made_to_take_long_is_found(text: str) -> None:
    assert two_ways(re.compile(text), searches=True, whole=False) is not None


@pytest.mark.parametrize("text", FAST)
def test_an_expression_that_reads_in_one_pass_is_left_alone(text: str) -> None:
    assert two_ways(re.compile(text), searches=True, whole=False) is None


def test_no_expression_can_read_a_text_in_more_than_one_way() -> None:
    """Each of the program, over all texts that there are: what one message can cost grows with its length only."""
    known = list(expressions())
    looked_at = {expression.pattern for expression in known}
    tables = {one.pattern: one for one in held() if one.pattern not in looked_at}
    assert len(known) > 150
    slow = [found for one in (*known, *tables.values()) if (found := _slow(one))]
    assert slow == []


def _slow(one: Expression) -> str | None:
    found = two_ways(one.pattern, searches=one.searches, whole=one.whole)
    return f"{one.where}: {one.pattern.pattern[:80]!r} reads {found!r} in two ways" if found else None
