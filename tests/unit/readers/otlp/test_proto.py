"""The vendored messages of OTLP profiles against the package of the specification, which may change."""

from __future__ import annotations

import importlib.util
import re
from enum import IntEnum
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.json_format import MessageToJson
from opentelemetry.proto.common.v1 import common_pb2
from opentelemetry.proto.profiles.v1development import profiles_pb2
from opentelemetry.proto.resource.v1 import resource_pb2

from flamescope_py.readers.otlp import fields
from tests.support.reading import assert_same, read

DATA = Path(__file__).resolve().parents[3] / "data" / "otlp"
PROTO = (Path(fields.__file__).parent / "profiles.proto").read_text()
PACKAGE: dict[str, Descriptor] = {
    name: message
    for module in (resource_pb2, common_pb2, profiles_pb2)
    for name, message in module.DESCRIPTOR.message_types_by_name.items()
}
# repeated Sample samples = 2;
_FIELD = re.compile(r"^ +(repeated )?(\w+) (\w+) = (\d+);$", re.MULTILINE)
_MESSAGE = re.compile(r"^message (\w+) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
VENDORED = {name: set(_FIELD.findall(body)) for name, body in _MESSAGE.findall(PROTO)}


def type_of(field: Any) -> str:
    if field.message_type is not None:
        return str(field.message_type.name)
    kinds = {value: key for key, value in vars(FieldDescriptor).items() if key.startswith("TYPE_")}
    return kinds[field.type].removeprefix("TYPE_").lower()


@pytest.mark.parametrize("name", VENDORED)
def test_the_vendored_messages_are_those_of_the_package(name: str) -> None:
    found = {
        ("repeated " if field.is_repeated else "", type_of(field), field.name, str(field.number))
        for field in PACKAGE[name].fields
    }
    assert VENDORED[name] == found


def test_the_vendored_version_is_that_of_the_package() -> None:
    assert f"opentelemetry-proto {version('opentelemetry-proto')} has them" in PROTO


def test_every_message_that_profiles_have_is_vendored() -> None:
    names = set(profiles_pb2.DESCRIPTOR.message_types_by_name)
    names |= {type_of(field) for name in VENDORED for field in PACKAGE[name].fields if field.message_type}
    assert set(VENDORED) == names


@pytest.mark.parametrize("message", fields.MESSAGES, ids=lambda message: message.__name__)
def test_the_reader_uses_the_numbers_of_the_vendored_messages(message: type[IntEnum]) -> None:
    vendored = {name.upper(): int(number) for _, _, name, number in VENDORED[message.__name__]}
    assert {one.name: one.value for one in message}.items() <= vendored.items()


def test_the_package_still_writes_the_samples_of_the_tests() -> None:
    spec = importlib.util.spec_from_file_location("make_otlp", DATA / "make.py")
    assert spec is not None
    assert spec.loader is not None
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    assert (
        make.made(timed=True).SerializeToString(deterministic=True) == (DATA / "profiles.otlp").read_bytes()
    )


def test_keys_and_values_may_be_rows_of_the_strings() -> None:
    data = profiles_pb2.ProfilesData.FromString((DATA / "profiles.otlp").read_bytes())
    strings = data.dictionary.string_table
    first = len(strings)
    strings.extend(["process.executable.name", "checkout", "canary", "ratio"])
    attributes = data.resource_profiles[0].resource.attributes
    attributes.add(key_strindex=first, value=common_pb2.AnyValue(string_value_strindex=first + 1))
    binary = read(data.SerializeToString(), "unknown")
    assert_same(read(MessageToJson(data).encode(), "unknown"), binary)
    resource = data.resource_profiles[0]
    for profile in resource.scope_profiles[0].profiles:
        for sample in profile.samples:
            del sample.attribute_indices[:]
    assert {one.command for one in read(data.SerializeToString(), "unknown").threads} == {"checkout"}
