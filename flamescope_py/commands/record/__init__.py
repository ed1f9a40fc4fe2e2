"""`flamescope-py record`: with perf, or with the profiler of Node itself."""

from flamescope_py.commands.record.command import record

__all__ = ["record"]
