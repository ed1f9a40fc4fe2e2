"""The samples of OTLP profiles in a builder: a row for each time, and one for each sample without a time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from flamescope_py.model import ProfileBuilder
from flamescope_py.model.frame import INLINED, KERNEL
from flamescope_py.model.profile import UNKNOWN
from flamescope_py.readers.json.text import MAX_NAME
from flamescope_py.readers.labels import TOO_MANY, LabelTable, label_sets
from flamescope_py.readers.limits import MAX_DEPTH
from flamescope_py.readers.locations import FrameLists, LocationStacks
from flamescope_py.readers.otlp.model import (
    Document,
    Location,
    Mapping,
    ProfileSamples,
    Tables,
    require_profiles,
)
from flamescope_py.readers.protobuf.varints import Ints
from flamescope_py.readers.units import unit_of

NO_STACK = "samples of a stack that is not in the table"
NO_LOCATION = "stacks with a location that is not in the table"
NO_MATCH = "samples with another number of values than of times"
EARLY = "times before 2001, as of 1970"
NEGATIVE = "values that are negative"
HUGE = "values above 2^53"
NO_NAME = "locations of a function or a name that is not in the tables"
UNNAMED = "(unknown)"
# The attribute that names a command: the first of these.
COMMANDS = ("thread.name", "process.executable.name", "process.command", "service.name")
IDS = ("process.pid", "thread.id")
# 2001 and 2262 in nanoseconds.
FIRST_TIME, LAST_TIME = 10**18, (1 << 63) - 1
MAX_WEIGHT = 1 << 53


class Samples:
    """Adds the samples of documents to a builder."""

    def __init__(self, builder: ProfileBuilder) -> None:
        """Start without samples."""
        self.nameless: set[int] = set()
        self.events: set[str] = set()
        self.labels = LabelTable()
        self._builder = builder
        self._profiles = 0

    def add(self, document: Document) -> None:
        """Add all profiles of a document. Raises TooLargeError."""
        nodes = self._nodes(document.tables)
        for resource in document.resources:
            for key in ("service.name", "host.name", "container.id", "k8s.pod.name"):
                if resource.attributes.get(key):
                    self._builder.header[key] = resource.attributes[key][:MAX_NAME]
            self._profiles += len(resource.profiles)
            require_profiles(self._profiles)
            for profile in resource.profiles:
                if len(profile.stack):
                    self._add(profile, nodes, document.tables, resource.attributes)

    def _nodes(self, tables: Tables) -> Ints:
        """Hang all stacks into the tree, and return the node of each; -1 for one that is damaged."""
        frames = [self._frames(tables, location) for location in tables.locations]
        wrong_names = sum(not tables.has_names(location) for location in tables.locations)
        if wrong_names:
            self._builder.report.note(NO_NAME, text=str(wrong_names))
        ends = np.cumsum(tables.stack_counts)
        stack = np.repeat(np.arange(len(ends)), tables.stack_counts)
        wrong = (tables.stacks < 0) | (tables.stacks >= len(frames))
        good = np.ones(len(ends), np.bool_)
        good[stack[wrong]] = False
        if not good.all():
            self._builder.report.note(NO_LOCATION, text=str(int(np.count_nonzero(~good))))
        found = np.full(len(ends), -1, np.int64)
        # The innermost location comes first, so that the order inside of each stack is turned round.
        turned = (2 * ends - tables.stack_counts)[stack] - 1 - np.arange(len(stack))
        place = tables.stacks[turned][good[stack]]
        hanging = LocationStacks(self._builder, FrameLists.of(frames))
        found[good] = hanging.hang(place, tables.stack_counts[good])
        return found

    def _frames(self, tables: Tables, location: Location) -> list[int]:
        """Return the frames of a location, the outermost first."""
        known = 0 <= location.mapping < len(tables.mappings)
        mapping = tables.mappings[location.mapping] if known else Mapping(0, 0, 0)
        library = tables.text(mapping.name)
        kind = KERNEL if library.startswith("[kernel") or library.endswith("vmlinux") else ""
        if not location.functions and not location.address:
            return [self._builder.frame(UNNAMED, library, kind)]
        if not location.functions:
            address = location.address & (1 << 64) - 1
            place = max(address - mapping.start + mapping.offset, 0)
            label = f"{library.rpartition('/')[2]}+{hex(place)}" if library else hex(address)
            frame = self._builder.frame(label, library, kind)
            self.nameless.add(frame)
            return [frame]
        found: list[int] = []
        for row in reversed(location.functions[:MAX_DEPTH]):
            name, file = tables.functions[row] if 0 <= row < len(tables.functions) else (0, 0)
            label = tables.text(name)[:MAX_NAME] or UNNAMED
            inner = INLINED if found else kind
            found.append(self._builder.frame(label, tables.text(file)[:MAX_NAME] or library, inner))
        return found

    def _add(self, profile: ProfileSamples, nodes: Ints, tables: Tables, resource: dict[str, str]) -> None:
        name = profile.type or "samples"
        unit, scale = unit_of(profile.unit, name)
        event = self._builder.event(name, unit)
        self.events.add(name)
        inside = (profile.stack >= 0) & (profile.stack < len(nodes))
        node = np.full(len(inside), -1, np.int64)
        node[inside] = nodes[profile.stack[inside]]
        good = self._kept(NO_STACK, node >= 0, np.ones(len(node), np.bool_))
        values, times = profile.value_counts, profile.time_counts
        # A value for each time, or one without any time. Samples without values count 1 each.
        matching = np.where(times > 0, (values == times) | (values == 0), values <= 1)
        good = self._kept(NO_MATCH, matching, good)
        thread = self._threads(profile, tables, resource)
        repeats = np.maximum(times, 1)
        rows = np.repeat(np.arange(len(node)), repeats)
        place = np.arange(len(rows)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
        weight = self._values(profile, rows, place, good)
        time = self._times(profile, rows, place, good)
        kept = good[rows]
        kept = self._kept(NEGATIVE, weight >= 0, kept)
        kept = self._kept(HUGE, weight <= MAX_WEIGHT // scale, kept)
        kept = self._kept(EARLY, (time >= FIRST_TIME) | (times[rows] == 0), kept)
        rows, weight, time = rows[kept], weight[kept] * scale, time[kept]
        if len(rows):
            self._builder.add_samples(
                time=np.where(times[rows] > 0, time / 1e9, np.nan),
                node=node[rows],
                thread=thread[rows],
                event=np.full(len(rows), event),
                weight=weight,
            )

    def _kept(
        self, reason: str, right: npt.NDArray[np.bool_], before: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.bool_]:
        """Return which of the rows that were kept before are right, and count the others."""
        wrong = int(np.count_nonzero(before & ~right))
        if wrong:
            self._builder.report.skip(reason, text=str(wrong), count=wrong)
        return before & right

    @staticmethod
    def _values(profile: ProfileSamples, rows: Ints, place: Ints, good: npt.NDArray[np.bool_]) -> Ints:
        """Return the value of every row, 1 where its sample has none."""
        found = np.ones(len(rows), np.int64)
        has = good[rows] & (profile.value_counts[rows] > 0)
        first = np.cumsum(profile.value_counts) - profile.value_counts
        found[has] = profile.values[first[rows[has]] + place[has]]
        return found

    @staticmethod
    def _times(profile: ProfileSamples, rows: Ints, place: Ints, good: npt.NDArray[np.bool_]) -> Ints:
        """Return the nanoseconds of every row, 0 where its sample has no time."""
        found = np.zeros(len(rows), np.int64)
        has = good[rows] & (profile.time_counts[rows] > 0)
        first = np.cumsum(profile.time_counts) - profile.time_counts
        times = profile.times[first[rows[has]] + place[has]]
        found[has] = np.where(times <= LAST_TIME, times, 0).astype(np.int64)
        return found

    def _threads(self, profile: ProfileSamples, tables: Tables, resource: dict[str, str]) -> Ints:
        """Return the thread of every sample, by its attributes and those of its resource."""
        owner = np.repeat(np.arange(len(profile.stack)), profile.attribute_counts)
        sets = label_sets(owner, np.maximum(profile.attributes, -1) + 1, len(profile.stack))
        if sets.cut:
            self._builder.report.add_other(TOO_MANY, sets.cut)
        rows = []
        for first, last, several in sets.spans(owner):
            own = profile.attributes[first:last].tolist()
            known = dict(tables.attributes[row] for row in own if 0 <= row < len(tables.attributes))
            thread, dropped = self._thread({**resource, **known})
            self.labels.count(dropped, several)
            rows.append(thread)
        return np.array(rows, np.int64)[sets.number]

    def _thread(self, attributes: dict[str, str]) -> tuple[int, tuple[str, ...]]:
        """Return the thread of some attributes, and the names of those that are not kept."""
        command = next((attributes[name] for name in COMMANDS if attributes.get(name)), "")
        pid, tid = (_number(attributes.get(name, "")) for name in IDS)
        spent = {*IDS, "thread.name"}
        kept, dropped = self.labels.kept(
            {key: value for key, value in attributes.items() if key not in spent}
        )
        return self._builder.thread(pid, tid, command[:MAX_NAME], kept), dropped


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else UNKNOWN
