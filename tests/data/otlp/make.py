"""Writes profiles.otlp, profiles.otlp.json and untimed.otlp: `python make.py` (opentelemetry-proto 1.45).

A thread of the specification's own messages that computes for 3 s at 20 Hz, and is blocked twice.
OpenTelemetry's profiler needs more rights than a test machine gives.
"""

from __future__ import annotations

from pathlib import Path

from google.protobuf.json_format import MessageToJson
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesData

HERE = Path(__file__).resolve().parent
START = 1_795_000_000_000_000_000
STRINGS = [
    *("", "samples", "count", "off_cpu", "nanoseconds", "main", "work", "wait", "app.go"),
    *("thread.name", "thread.id", "[kernel.kallsyms]"),
]


def text(value: str) -> AnyValue:
    return AnyValue(string_value=value)


def made(timed: bool) -> ProfilesData:
    data = ProfilesData()
    tables = data.dictionary
    tables.string_table.extend(STRINGS)
    tables.mapping_table.add()
    tables.mapping_table.add(memory_start=0x1000, file_offset=0x100, filename_strindex=11)
    tables.function_table.add()
    for name in (5, 6, 7):
        tables.function_table.add(name_strindex=name, filename_strindex=8 if name < 7 else 0)
    tables.location_table.add()
    for function in (1, 2, 3):
        tables.location_table.add(mapping_index=1 if function == 3 else 0).lines.add(function_index=function)
    tables.location_table.add(mapping_index=1, address=0x1010)
    for rows in ([], [1], [2, 1], [4, 3, 1]):
        tables.stack_table.add(location_indices=rows)
    tables.attribute_table.add()
    tables.attribute_table.add(key_strindex=9, value=text("worker"))
    tables.attribute_table.add(key_strindex=10, value=AnyValue(int_value=71))
    resource = data.resource_profiles.add()
    for key, value in (("service.name", text("shop")), ("process.pid", AnyValue(int_value=70))):
        resource.resource.attributes.append(KeyValue(key=key, value=value))
    scope = resource.scope_profiles.add()
    cpu = scope.profiles.add(time_unix_nano=START)
    cpu.sample_type.type_strindex, cpu.sample_type.unit_strindex = 1, 2
    times = [START + 50_000_000 * row for row in range(60)]
    for stack, part in ((1, times[::3]), (2, times[1::3] + times[2::3])):
        sample = cpu.samples.add(stack_index=stack, attribute_indices=[1, 2])
        if timed:
            sample.timestamps_unix_nano.extend(sorted(part))
        else:
            sample.values.append(len(part))
    blocked = scope.profiles.add(time_unix_nano=START)
    blocked.sample_type.type_strindex, blocked.sample_type.unit_strindex = 3, 4
    sample = blocked.samples.add(stack_index=3, attribute_indices=[1, 2], values=[40_000_000, 10_000_000])
    sample.timestamps_unix_nano.extend([START + 100_000_000, START + 1_600_000_000])
    if not timed:
        del sample.timestamps_unix_nano[:], sample.values[:]
        sample.values.append(50_000_000)
    return data


def main() -> None:
    timed = made(timed=True)
    (HERE / "profiles.otlp").write_bytes(timed.SerializeToString(deterministic=True))
    (HERE / "profiles.otlp.json").write_text(MessageToJson(timed, indent=None) + "\n")
    (HERE / "untimed.otlp").write_bytes(made(timed=False).SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
