"""Writes `app.trace` after cmd_report_sample.proto of Android's simpleperf: 40 samples of two threads."""

from __future__ import annotations

from pathlib import Path

START = 5_000_000_000_000


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def message(field: int, content: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(content)) + content


def entry(address: int, file: int, symbol: int, execution: int = 0) -> bytes:
    found = number(1, address) + number(2, file) + number(3, symbol)
    return found + (number(4, execution) if execution else b"")


STACKS = (
    (entry(0x10, 1, 0), entry(0x20, 0, 1), entry(0x30, 0, 0)),
    (entry(0x40, 2, 0, 1), entry(0x50, 0, 0)),
    (entry(0x66, 0, -1), entry(0x30, 0, 0)),
)
FILES = (
    ("/data/app/libshop.so", ("main", "prices(int)")),
    ("[kernel.kallsyms]", ("do_page_fault",)),
    ("/data/app/base.vdex", ("com.example.Shop.sort",)),
)


def records() -> list[bytes]:
    found = [message(5, message(1, b"cpu-cycles:u") + message(2, b"com.example.shop"))]
    for row in range(40):
        stack = b"".join(message(3, one) for one in STACKS[row % 3])
        content = number(1, START + row * 50_000_000) + number(2, 101 + row % 2) + stack
        found.append(message(1, content + number(4, 1_000_000 + row) + number(5, 0)))
    found.append(message(2, number(1, 40) + number(2, 3)))
    for row, (path, symbols) in enumerate(FILES):
        names = b"".join(message(3, name.encode()) for name in symbols)
        found.append(message(3, number(1, row) + message(2, path.encode()) + names))
    for tid, name in ((101, b"main"), (102, b"RenderThread")):
        found.append(message(4, number(1, tid) + number(2, 100) + message(3, name)))
    return found


def main() -> None:
    data = b"SIMPLEPERF" + (1).to_bytes(2, "little")
    for record in records():
        data += len(record).to_bytes(4, "little") + record
    path = Path(__file__).resolve().with_name("app.trace")
    path.write_bytes(data + bytes(4))


if __name__ == "__main__":
    main()
