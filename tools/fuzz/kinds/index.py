"""Indexes with right checksums: other values and types of columns, other facts, damaged Arrow files."""

from __future__ import annotations

import io
import json
import logging
import struct
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from isal import isal_zlib

from flamescope_py.readers.source import read_profile
from flamescope_py.store.index import IndexStore
from flamescope_py.store.index_files import TABLES
from tests.api.conftest import SMALL
from tests.support.answers import check_answers
from tools.fuzz.mutation import Mutator

_LIMIT = 1 << 30
_META = "meta.json"
_FILES = (_META, *(f"{name}.arrow" for name in TABLES))
_SIZES = struct.Struct(f"<{len(_FILES)}I")
_NUMBERS = (0, 1, 2, 3, 255, 2**31 - 1, 2**32 - 1, 2**63 - 1)
_KINDS = (np.uint8, np.int32, np.uint32, np.int64, np.uint64, np.float64, np.float32)


class Inputs:
    """The index of a small profile."""

    def __init__(self, chance: Random, folder: Path) -> None:
        """Write the index once, and keep its files."""
        logging.getLogger("flamescope_py.store.index").setLevel(logging.ERROR)
        self._chance, self._mutator = chance, Mutator(chance)
        self._store = IndexStore(folder / "index", _LIMIT)
        self._store.save(read_profile(io.BytesIO(SMALL), "perf"), "a")
        (self._folder,) = (folder / "index").iterdir()
        self._files = {name: (self._folder / name).read_bytes() for name in _FILES}

    def make(self) -> bytes:
        """Return the files of an index, one after the other, behind their sizes."""
        files = dict(self._files)
        facts = orjson.loads(files[_META].partition(b"\n")[2])
        name = self._chance.choice(_FILES)
        if name == _META:
            facts = self._mutator.changed(facts)
        elif self._chance.random() < 0.5:
            files[name] = self._mutator.damaged(files[name], most=3)
        else:
            files[name] = self._with_other_values(files[name])
        if isinstance(facts.get("checksums"), dict):
            facts["checksums"] = {one: [isal_zlib.crc32(files[f"{one}.arrow"])] for one in TABLES}
        body = json.dumps(facts).encode()
        files[_META] = b"%08x\n" % isal_zlib.crc32(body) + body
        return _SIZES.pack(*(len(files[one]) for one in _FILES)) + b"".join(files[one] for one in _FILES)

    def _with_other_values(self, data: bytes) -> bytes:
        table = pa.ipc.open_file(pa.py_buffer(data)).read_all()
        columns: dict[str, Any] = {name: table[name].to_pylist() for name in table.column_names}
        chance = self._chance
        name = chance.choice(list(columns))
        column = columns[name]
        if column and isinstance(column[0], str):
            column[chance.randrange(len(column))] = chance.choice(("", "\0", "x" * 999, None))
            columns[name] = pa.array(column, pa.string())
        else:
            numbers = np.array(column, dtype=table[name].type.to_pandas_dtype())
            if len(numbers):
                with np.errstate(all="ignore"):
                    value = np.array([chance.choice(_NUMBERS)]).astype(numbers.dtype)
                numbers[chance.randrange(len(numbers))] = value[0]
            if chance.random() < 0.2:
                with np.errstate(all="ignore"):
                    numbers = numbers.astype(chance.choice(_KINDS))
            columns[name] = pa.array(numbers)
        for other in columns:
            if other != name:
                columns[other] = table[other].combine_chunks()
        if chance.random() < 0.1:
            del columns[chance.choice(list(columns))]
        sink = io.BytesIO()
        made = pa.table(columns)
        with pa.ipc.new_file(sink, made.schema) as writer:
            writer.write_table(made)
        return sink.getvalue()

    def check(self, data: bytes) -> bool:
        """Write it and load it: a missing index, or a profile that answers everything."""
        sizes, place = _SIZES.unpack_from(data), _SIZES.size
        self._folder.mkdir(exist_ok=True)
        for name, size in zip(_FILES, sizes, strict=True):
            (self._folder / name).write_bytes(data[place : place + size])
            place += size
        self._store.glance("a")
        profile = self._store.load("a")
        if profile is None:
            assert not self._folder.exists()
            return False
        check_answers(profile)
        return True

    def close(self) -> None:
        """End the writer."""
        self._store.close()
