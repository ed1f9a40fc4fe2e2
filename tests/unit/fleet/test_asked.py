from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from flamescope_py.fleet.asking import questions
from flamescope_py.fleet.asking.asked import Asked, Template
from flamescope_py.fleet.cut import Cut, Span

SPAN = Span(1_604_275_200_000_000, 1_604_278_800_000_000)
HOSTILE = (
    "it's",
    "'; DROP TABLE samples --",
    "'standin hosts 0'",
    "7011000000000000001",
    "\\'",
    "ü\U0001f600",
)
HOUR = 3_600_000_000
MAKERS: list[tuple[Callable[..., Any], tuple[str, ...], tuple[int, ...]]] = [
    (questions.kinds, (), ()),
    (questions.events, (), ()),
    (questions.totals, ("version",), ()),
    (questions.matrix, ("host",), (HOUR,)),
    (questions.minute_matrix, ("service",), ()),
    (questions.minute_rows, ("host",), ()),
    (questions.function_totals, ("host",), ()),
    (questions.function_matrix, ("version",), (HOUR,)),
    (questions.summed_function_totals, ("version",), (-(1 << 62),)),
    (questions.summed_function_matrix, ("host",), (HOUR, -5)),
    (questions.top_functions, ("host",), (7,)),
    (questions.tree, (), ()),
    (questions.summed_tree, (), ()),
    (questions.window, (), (1000,)),
]


@pytest.mark.parametrize(("make", "words", "numbers"), MAKERS, ids=[row[0].__name__ for row in MAKERS])
@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_a_filled_form_is_the_compiled_question(
    make: Callable[..., Any], words: tuple[str, ...], numbers: tuple[int, ...], count: int
) -> None:
    names = HOSTILE[:count]
    hosts = () if make is questions.summed_tree else names
    cut = Cut(SPAN, hosts=hosts, services=names[::-1], versions=names, events=names, all_events=not names)
    asked = Asked(make, cut, words, numbers)
    template = Template.of(asked.form(), "duckdb")
    # Long lists have line ends.
    expected = "".join(Template.of(asked, "duckdb").sql.split())
    filled = "".join(template.filled(asked).split())
    # Ibis writes small numbers in a narrower type.
    for kind in ("TINYINT", "SMALLINT", "INT"):
        expected = expected.replace(f"AS{kind})", "ASBIGINT)")
    assert filled == expected


def test_questions_of_one_form_share_their_sql() -> None:
    one = Asked(questions.totals, Cut(SPAN, hosts=("a", "b")), ("host",))
    other = Asked(questions.totals, Cut(Span(5, 9), hosts=("x", "y", "z")), ("host",))
    assert one.form() == other.form()
    assert one.form() != one._replace(words=("service",)).form()
    cut = one.cut
    assert cut is not None
    assert one.form() != one._replace(cut=replace(cut, hosts=("a",))).form()
    assert one.form() != one._replace(cut=replace(cut, all_events=True)).form()
