"""Numbers of the fields that the reader uses, by message, from profiles.proto beside this file.

Names are those of the specification in capitals; its JSON has them in camel case. Messages that are still in
development change: a test compares these with the package of the specification.
"""

from __future__ import annotations

from enum import IntEnum


class ProfilesData(IntEnum):
    """A document; a request to export profiles has the same fields."""

    RESOURCE_PROFILES = 1
    DICTIONARY = 2


class ProfilesDictionary(IntEnum):
    """The tables that all profiles share."""

    MAPPING_TABLE = 1
    LOCATION_TABLE = 2
    FUNCTION_TABLE = 3
    STRING_TABLE = 5
    ATTRIBUTE_TABLE = 6
    STACK_TABLE = 7


class ResourceProfiles(IntEnum):
    """Profiles of one process."""

    RESOURCE = 1
    SCOPE_PROFILES = 2


class Resource(IntEnum):
    """A process, as its attributes describe it."""

    ATTRIBUTES = 1


class ScopeProfiles(IntEnum):
    """Profiles of one profiler."""

    PROFILES = 2


class Profile(IntEnum):
    """The samples of one type."""

    SAMPLE_TYPE = 1
    SAMPLES = 2


class ValueType(IntEnum):
    """The type and the unit of values."""

    TYPE_STRINDEX = 1
    UNIT_STRINDEX = 2


class Sample(IntEnum):
    """A stack with values, times, or both."""

    STACK_INDEX = 1
    ATTRIBUTE_INDICES = 2
    VALUES = 4
    TIMESTAMPS_UNIX_NANO = 5


class Stack(IntEnum):
    """Locations, the innermost first."""

    LOCATION_INDICES = 1


class Mapping(IntEnum):
    """A mapped file."""

    MEMORY_START = 1
    FILE_OFFSET = 3
    FILENAME_STRINDEX = 4


class Location(IntEnum):
    """An address, and the functions that were inlined there."""

    MAPPING_INDEX = 1
    ADDRESS = 2
    LINES = 3


class Line(IntEnum):
    """A function of a location."""

    FUNCTION_INDEX = 1


class Function(IntEnum):
    """A function."""

    NAME_STRINDEX = 1
    SYSTEM_NAME_STRINDEX = 2
    FILENAME_STRINDEX = 3


class KeyValueAndUnit(IntEnum):
    """A row of the table of attributes."""

    KEY_STRINDEX = 1
    VALUE = 2


class KeyValue(IntEnum):
    """An attribute; its key is a text, or a row of the table of strings."""

    KEY = 1
    VALUE = 2
    KEY_STRINDEX = 3


class AnyValue(IntEnum):
    """A value of one of several types."""

    STRING_VALUE = 1
    BOOL_VALUE = 2
    INT_VALUE = 3
    DOUBLE_VALUE = 4
    STRING_VALUE_STRINDEX = 8


MESSAGES: tuple[type[IntEnum], ...] = (
    ProfilesData,
    ProfilesDictionary,
    ResourceProfiles,
    Resource,
    ScopeProfiles,
    Profile,
    ValueType,
    Sample,
    Stack,
    Mapping,
    Location,
    Line,
    Function,
    KeyValueAndUnit,
    KeyValue,
    AnyValue,
)
