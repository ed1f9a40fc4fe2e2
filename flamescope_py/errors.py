"""Every error that this package raises on purpose, in one tree.

    FlameScopeError                 a bug when raised bare
    ├── ParameterError              a missing or malformed request parameter or argument
    │   └── WrongTypeError          the file is of another type than the request names
    ├── TokenRequiredError          the token is missing or wrong
    ├── ForbiddenError              a host, origin or action that is not allowed
    ├── ProfileNotFoundError        no such profile
    ├── NotBuiltError               the front end was not built
    ├── JobNotFoundError            no such job
    ├── ProfileChangedError         the file was replaced or cut while it was read
    ├── ConflictError               the name is taken
    ├── TooLargeError               over a documented bound
    ├── UnknownFormatError          in none of the supported formats
    ├── RangeError                  a time range outside the profile, or empty
    ├── BrokenProfileError          of a known format, but broken
    │   └── NoTimestampsError       a heatmap of samples without timestamps
    ├── RemoteError                 another machine is unreachable, refuses or fails
    │   ├── UnknownHostKeyError     its host key must be accepted first
    │   └── ChangedHostKeyError     its host key differs from the known one
    ├── TooManyRequestsError        the client has asked for too much work at a time
    ├── ClientGoneError             the client went before its answer, so that the work was ended
    ├── BusyError                   try again later
    ├── StorageFullError            too little room on the disk
    └── ConfigError                 an unusable setting (at start only)

A message is one sentence for the user: the problem and the remedy. It never holds an absolute path.
Foreign exceptions are translated where they are caught, with `from`. `flamescope_py.web.errors` maps each
class to an HTTP status.
"""

from __future__ import annotations

from collections.abc import Mapping


class FlameScopeError(Exception):
    """Root of the tree."""


class ParameterError(FlameScopeError):
    """A parameter is missing, malformed or out of its bounds."""


class WrongTypeError(ParameterError):
    """The file cannot be read as the type that the request names."""


class TokenRequiredError(FlameScopeError):
    """The request needs the token, and its token is missing or wrong."""

    def __init__(self, message: str, asks_browser: bool = True) -> None:
        """With `asks_browser`, a browser asks its user for the token as a password."""
        super().__init__(message)
        self.asks_browser = asks_browser


class ForbiddenError(FlameScopeError):
    """The host, the origin or the action of the request is not allowed."""


class ProfileNotFoundError(FlameScopeError):
    """No profile of that name exists in the profile directory."""


class NotBuiltError(FlameScopeError):
    """A file of the front end is missing: it was not built."""


class JobNotFoundError(FlameScopeError):
    """No job of that id is running or remembered."""


class ProfileChangedError(FlameScopeError):
    """The file was replaced, cut or removed while it was being read."""


class ConflictError(FlameScopeError):
    """A profile of that name exists, and the request forbids another name."""


class TooLargeError(FlameScopeError):
    """Something is over a documented bound; the message names the bound."""

    def __init__(self, message: str, retry_after: int | None = None) -> None:
        """Set `retry_after` to the seconds after which a retry may succeed; None means never."""
        super().__init__(message)
        self.retry_after = retry_after


class UnknownFormatError(FlameScopeError):
    """The file is in none of the supported formats."""


class RangeError(FlameScopeError):
    """The time range is empty, reversed or outside the profile."""


class BrokenProfileError(FlameScopeError):
    """The file is of a known format, but nothing can be read from it."""


class NoTimestampsError(BrokenProfileError):
    """The samples have no timestamps, so there is no heatmap and no range."""


class RemoteError(FlameScopeError):
    """Another machine is unreachable, refuses the connection or fails at the request."""

    # For programs, since the sentences may change.
    code: str | None = None

    def __init__(self, message: str, details: Mapping[str, object] | None = None) -> None:
        """Keep `details` for programs; they are added to the job as they are."""
        super().__init__(message)
        self.details = dict(details or {})
        if self.code is not None:
            self.details["code"] = self.code


class UnknownHostKeyError(RemoteError):
    """The host's key has not been accepted yet; `details` holds it as `hostKey`."""

    code = "hostKeyUnknown"


class ChangedHostKeyError(RemoteError):
    """The host's key differs from the known one; it cannot be accepted here."""

    code = "hostKeyChanged"


class TooManyRequestsError(FlameScopeError):
    """The client has asked for more work than one client may at a time."""

    def __init__(self, message: str, retry_after: int) -> None:
        """Set `retry_after` to the seconds after which a retry may succeed."""
        super().__init__(message)
        self.retry_after = retry_after


class ClientGoneError(FlameScopeError):
    """The client closed its connection before the answer. It is for the log alone."""


class BusyError(FlameScopeError):
    """A limit on simultaneous work is reached; the client may try again."""

    def __init__(self, message: str, retry_after: int = 2) -> None:
        """Set `retry_after` to the seconds after which a retry may succeed."""
        super().__init__(message)
        self.retry_after = retry_after


class StorageFullError(FlameScopeError):
    """The disk has too little room for the file."""


class ConfigError(FlameScopeError):
    """A setting has an unusable value."""
