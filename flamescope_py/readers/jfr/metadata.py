"""The types of a chunk, which its own metadata event describes: events, structures and constants.

metadata: size, type 0, start, duration, id, number of strings, strings, root element
element: name, number of attributes, (key, value) …, number of children, children …   (all are strings)
<class id="105" name="jdk.ExecutionSample"><field class="8" name="startTime"/>
<field class="162" name="sampledThread" constantPool="true"/> …
"""

from __future__ import annotations

from typing import NamedTuple

from flamescope_py.errors import BrokenProfileError
from flamescope_py.readers.jfr.cursor import Cursor, CutError

# Types that are numbers of one, four and eight bytes, or compressed ones.
BYTE, NUMBER, FLOAT, DOUBLE, TEXT = "byte", "number", "float", "double", "text"
PRIMITIVES = {
    "boolean": BYTE,
    "byte": BYTE,
    "char": NUMBER,
    "short": NUMBER,
    "int": NUMBER,
    "long": NUMBER,
    "float": FLOAT,
    "double": DOUBLE,
    "java.lang.String": TEXT,
}
MAX_NESTING = 50
# A structure that holds itself has no end.
MAX_INLINE = 10
_BROKEN = "The recording's description of its types is damaged: copy it again."


class Field(NamedTuple):
    """A field: the id of its type, and whether it refers to a constant, or is an array."""

    name: str
    type: int
    constant: bool
    array: bool


class Type(NamedTuple):
    """A type of a chunk."""

    id: int
    name: str
    parent: str
    fields: tuple[Field, ...]


class Types:
    """The types of a chunk by id."""

    def __init__(self, types: dict[int, Type]) -> None:
        """Take in the types."""
        self.by_id = types
        self._by_name = {one.name: one for one in types.values()}

    def named(self, *names: str) -> Type | None:
        """Return the first type that exists of some names."""
        return next((self._by_name[name] for name in names if name in self._by_name), None)

    def primitive(self, field: Field) -> str:
        """Return how a field is stored; "" for a structure."""
        if field.constant:
            return NUMBER
        known = self.by_id.get(field.type)
        return PRIMITIVES.get(known.name, "") if known else ""

    def is_flat(self, of: Type) -> bool:
        """Return True for a type whose values are numbers only: of one byte below 128, or compressed ones."""
        return all(not field.array and self.primitive(field) in (BYTE, NUMBER) for field in of.fields)

    def skip(self, cursor: Cursor, field: Field, depth: int = 0) -> None:
        """Pass a value. Raises CutError and BrokenProfileError."""
        for _ in range(cursor.count() if field.array else 1):
            kind = self.primitive(field)
            if kind == NUMBER:
                cursor.number()
            elif kind == TEXT:
                cursor.text()
            elif kind:
                cursor.take({BYTE: 1, FLOAT: 4, DOUBLE: 8}[kind])
            elif depth < MAX_INLINE and field.type in self.by_id:
                for inner in self.by_id[field.type].fields:
                    self.skip(cursor, inner, depth + 1)
            else:
                raise BrokenProfileError(_BROKEN)


def read_types(cursor: Cursor) -> Types:
    """Read a metadata event from behind its size on. Raises BrokenProfileError."""
    try:
        for _ in range(4):
            cursor.number()
        strings = [cursor.text() for _ in range(cursor.count())]
        return Types(_classes(cursor, [one if isinstance(one, str) else "" for one in strings]))
    except (CutError, IndexError) as error:
        raise BrokenProfileError(_BROKEN) from error


def _classes(cursor: Cursor, strings: list[str]) -> dict[int, Type]:
    """Walk through the elements, without recursion, and return the classes among them."""
    types: dict[int, Type] = {}
    # Of every open element: its children that are left, and the fields of the class that it is.
    waiting: list[int] = [1]
    classes: list[tuple[dict[str, str], list[Field]] | None] = [None]
    while waiting:
        if not waiting[-1]:
            waiting.pop()
            done = classes.pop()
            if done is not None:
                _keep(types, *done)
            continue
        waiting[-1] -= 1
        title, attributes = _element(cursor, strings)
        above = classes[-1]
        if title == "field" and above is not None:
            above[1].append(_field(attributes))
        waiting.append(cursor.count())
        classes.append((attributes, []) if title == "class" else None)
        if len(waiting) > MAX_NESTING:
            raise BrokenProfileError(_BROKEN)
    return types


def _element(cursor: Cursor, strings: list[str]) -> tuple[str, dict[str, str]]:
    title = _string(cursor, strings)
    pairs = range(cursor.count())
    return title, {_string(cursor, strings): _string(cursor, strings) for _ in pairs}


def _string(cursor: Cursor, strings: list[str]) -> str:
    at = cursor.number()
    if not 0 <= at < len(strings):
        raise CutError
    return strings[at]


def _field(attributes: dict[str, str]) -> Field:
    return Field(
        attributes.get("name", ""),
        _integer(attributes.get("class")),
        attributes.get("constantPool") == "true",
        attributes.get("dimension") == "1",
    )


def _keep(types: dict[int, Type], attributes: dict[str, str], fields: list[Field]) -> None:
    own = _integer(attributes.get("id"))
    if own >= 0:
        types[own] = Type(own, attributes.get("name", ""), attributes.get("superType", ""), tuple(fields))


def _integer(text: str | None) -> int:
    return int(text) if text and len(text) <= 18 and text.isascii() and text.isdigit() else -1
