"""Settings: the command line, the environment and the configuration file, read by click."""

from flamescope_py.settings.table import TABLE, Settings

__all__ = ["TABLE", "Settings"]
