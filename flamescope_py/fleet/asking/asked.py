"""A question with its values, and the SQL of its form, into which values are put.

Ibis takes longer to compile a question than DuckDB to answer it. So it compiles one with stand-ins in the
place of values, once for each form of a cut, and the values of each question replace them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import pyarrow as pa

from flamescope_py.errors import BrokenProfileError
from flamescope_py.fleet.cut import Cut, Span

# The dialect of the SQL, and the name of the engine in settings.
DUCKDB = "duckdb"
# No time in microseconds, and no number of a question, has 19 digits.
_NUMBER = 7_011_000_000_000_000_000
_STANDIN = re.compile(r"'standin \w+ \d'|70110000000000000\d\d")
TOO_LARGE = "The numbers of the collection are too large to be added up: its files are damaged."
# Kept in memory.
_FORMS = 500
_NAMES = ("hosts", "services", "versions", "events")


class Asked(NamedTuple):
    """A function of `questions` and its arguments: a cut, words of ours, and numbers."""

    make: Callable[..., Any]
    cut: Cut | None = None
    words: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()

    def expression(self) -> Any:
        """Return the Ibis expression."""
        cut = () if self.cut is None else (self.cut,)
        return self.make(*cut, *self.words, *self.numbers)

    def form(self) -> Asked:
        """Return the question with stand-ins for values. Questions of equal SQL but for them are equal."""
        numbers = tuple(_NUMBER + 2 + place for place in range(len(self.numbers)))
        if self.cut is None:
            return self._replace(numbers=numbers)
        names: Any = {
            name: tuple(f"standin {name} {place}" for place in range(min(2, len(getattr(self.cut, name)))))
            for name in _NAMES
        }
        return self._replace(cut=replace(self.cut, span=Span(_NUMBER, _NUMBER + 1), **names), numbers=numbers)

    def values(self) -> Mapping[str, str]:
        """Return the SQL of the value that stands in the place of each stand-in."""
        return dict(self._values())

    def _values(self) -> Iterator[tuple[str, str]]:
        for place, number in enumerate(self.numbers):
            yield str(_NUMBER + 2 + place), f"{number:d}"
        if self.cut is None:
            return
        for place, time in enumerate(self.cut.span):
            yield str(_NUMBER + place), f"{time:d}"
        for name in _NAMES:
            texts = [f"'{quote(one)}'" for one in getattr(self.cut, name)]
            # Of two and more, the first stand-in is all but the last.
            for place, part in enumerate((texts[: max(1, len(texts) - 1)], texts[1:][-1:])):
                yield f"'standin {name} {place}'", ", ".join(part)


class Template(NamedTuple):
    """The SQL of a form, the tables that it reads, and the types of its columns."""

    sql: str
    tables: frozenset[str]
    types: pa.Schema

    @classmethod
    def of(cls, form: Asked, dialect: str) -> Template:
        """Compile a form."""
        import ibis

        expression = form.expression()
        sql = str(ibis.to_sql(expression, dialect=dialect))
        if dialect == DUCKDB:
            sql = _with_narrow_sums(sql)
        return cls(sql, tables_of(expression), types_of(expression))

    def filled(self, asked: Asked) -> str:
        """Return the SQL of a question of this form."""
        values = asked.values()
        return _STANDIN.sub(lambda found: values[found[0]], self.sql)


@lru_cache(_FORMS)
def template_of(form: Asked, dialect: str) -> Template:
    """Return the SQL of a form, compiled once."""
    return Template.of(form, dialect)


def _with_narrow_sums(sql: str) -> str:
    """Return a query whose sums have 64 bits. Those of DuckDB have 128, which Arrow has as slow decimals."""
    from sqlglot import exp, parse_one

    def narrow(node: Any) -> Any:
        return exp.cast(node, "BIGINT") if isinstance(node, exp.Sum) else node

    narrowed: str = parse_one(sql, read=DUCKDB).transform(narrow).sql(DUCKDB, pretty=True)
    return narrowed


def quote(name: str) -> str:
    """Return a text as it stands between single quotes in SQL."""
    return name.replace("'", "''")


def tables_of(expression: Any) -> frozenset[str]:
    """Return the names of the tables that an expression reads."""
    from ibis.expr import operations

    return frozenset(table.name for table in expression.op().find(operations.UnboundTable))


def types_of(expression: Any) -> pa.Schema:
    """Return the columns of the rows of an expression: integers and strings."""
    kinds = expression.schema().items()
    return pa.schema([(name, pa.int64() if kind.is_integer() else pa.string()) for name, kind in kinds])


def as_asked(found: pa.Table, types: pa.Schema) -> pa.Table:
    """Return the rows in the types of a question. Engines widen sums, for example.

    Raises BrokenProfileError for a sum of more than 64 bits.
    """
    try:
        return found.select(types.names).cast(types)
    except pa.ArrowInvalid as error:
        raise BrokenProfileError(TOO_LARGE) from error
