"""The names of the types that a request may ask for. It imports nothing, so that `--help` is quick."""

UNKNOWN_TYPE = "unknown"
TYPES = ("perf", "cpuprofile", "trace_event", "nflxprofile", "folded")
