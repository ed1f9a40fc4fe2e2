"""Words and bounds that requests and command lines use. It imports nothing, so that `--help` is quick."""

from __future__ import annotations

# The weight of a sample.
SAMPLES, PERIOD = "samples", "period"

# The main event (see `events.main_events`), and every event.
MAIN, ALL = "main", "all"

# Ways to draw stacks; the keys of `flavours.table.FLAVOURS`.
STANDARD = "standard"
NODEJS = "nodejs"
NODEJS_PACKAGES = "nodejs-packages"
JAVA_PACKAGES = "java-packages"
FLAVOUR_NAMES = (STANDARD, NODEJS, NODEJS_PACKAGES, JAVA_PACKAGES)

# The longest pattern, in characters, and the most patterns of one request.
MAX_PATTERN = 500
MAX_PATTERNS = 32

# Properties of samples that a breakdown counts by: of their thread and processor, and of their stacks.
COMM, PROCESS, THREAD, CPU, EVENT = "comm", "process", "thread", "cpu", "event"
FUNCTION, LIBRARY, KIND, PACKAGE = "function", "library", "kind", "package"
# Also by a label that the file has for samples: LABEL and its name, such as label:service.name.
LABEL = "label:"
BY_SAMPLE = (COMM, PROCESS, THREAD, CPU, EVENT)
BY_STACK = (FUNCTION, LIBRARY, KIND, PACKAGE)

# Milliseconds of a heatmap's column by name. A second holds a whole number of the shorter ones.
# AUTO suits the profile.
LENGTHS = {"20ms": 20, "50ms": 50, "100ms": 100, "250ms": 250, "1s": 1000, "10s": 10_000, "1min": 60_000}
ONE_SECOND, AUTO = "1s", "auto"

# What a comparison is measured by: amounts in each second of recording where they are known, or shares. AUTO
# takes amounts for two profiles and shares for two parts of one.
PER_SECOND, SHARE = "second", "share"

# The order of lanes.
BY_SELECTION, BY_WHOLE, BY_CHANGE = "selection", "whole", "change"
