"""Every error that this package raises on purpose, in one tree.

    FlameScopeError                 500  (only ever a bug when raised bare)
    ├── ParameterError              400  a missing or malformed request parameter or argument
    │   └── WrongTypeError          400  the file is of another type than the request says
    ├── TokenRequiredError          401  the token is missing or wrong
    ├── ForbiddenError              403  a host, origin or action that is not allowed
    ├── ProfileNotFoundError        404  no such profile
    ├── JobNotFoundError            404  no such job
    ├── ProfileChangedError         409  the file was replaced or cut while it was read
    ├── ConflictError               409  the name is taken already
    ├── TooLargeError               413  over a documented bound
    ├── UnknownFormatError          415  in no format that we read
    ├── RangeError                  416  a time range outside the profile, or empty
    ├── BrokenProfileError          422  of a known format, but broken
    │   └── NoTimestampsError       422  a heatmap was asked of samples without time
    ├── RemoteError                 502  another machine is out of reach, refuses or fails
    │   ├── UnknownHostKeyError     502  its host key has to be accepted first
    │   └── ChangedHostKeyError     502  its host key is another one than before
    ├── BusyError                   503  try again later
    ├── StorageFullError            507  too little room on the disk
    └── ConfigError                 500  a setting that cannot be used (at start only)

A message is one sentence for the user that says what is wrong and what to do. It never holds an
absolute path. Foreign exceptions are translated where they are caught, with `from`; only
`flamescope_py.web` turns a status into a response.
"""

from __future__ import annotations

from collections.abc import Mapping


class FlameScopeError(Exception):
    """Root of the tree; `status` is the HTTP status that web/ answers with."""

    status = 500


class ParameterError(FlameScopeError):
    """A parameter is missing, malformed or out of its bounds."""

    status = 400


class WrongTypeError(ParameterError):
    """The request names a type that the file cannot be read as."""


class TokenRequiredError(FlameScopeError):
    """The request needs the token, and shows none or a wrong one."""

    status = 401


class ForbiddenError(FlameScopeError):
    """The request comes from, or asks for, something that is not allowed."""

    status = 403


class ProfileNotFoundError(FlameScopeError):
    """No profile of that name exists in the profile directory."""

    status = 404


class JobNotFoundError(FlameScopeError):
    """No job of that id is running or remembered."""

    status = 404


class ProfileChangedError(FlameScopeError):
    """The file was replaced, cut or removed while it was being read."""

    status = 409


class ConflictError(FlameScopeError):
    """A profile of that name exists, and the request forbids another name."""

    status = 409


class TooLargeError(FlameScopeError):
    """Something is over a documented bound; the message names the bound."""

    status = 413

    def __init__(self, message: str, retry_after: int | None = None) -> None:
        """`retry_after` is for how many seconds there is no use in trying again; None: for ever."""
        super().__init__(message)
        self.retry_after = retry_after


class UnknownFormatError(FlameScopeError):
    """The file is in no format that we read."""

    status = 415


class RangeError(FlameScopeError):
    """The time range is empty, reversed or outside the profile."""

    status = 416


class BrokenProfileError(FlameScopeError):
    """The file is of a known format, but nothing can be read from it."""

    status = 422


class NoTimestampsError(BrokenProfileError):
    """The samples carry no time, so there is no heatmap and no range."""


class RemoteError(FlameScopeError):
    """Another machine cannot be reached, does not let us in, or fails at what it was asked to do."""

    status = 502
    # What a program tells this error by, since sentences change.
    code: str | None = None

    def __init__(self, message: str, details: Mapping[str, object] | None = None) -> None:
        """`details` is what a program needs beside the sentence; it goes into the job as it is."""
        super().__init__(message)
        self.details = dict(details or {})
        if self.code is not None:
            self.details["code"] = self.code


class UnknownHostKeyError(RemoteError):
    """The host shows a key that nobody has accepted yet; `details` holds it as `hostKey`."""

    code = "hostKeyUnknown"


class ChangedHostKeyError(RemoteError):
    """The host shows another key than the one that is known; there is no way to accept it from here."""

    code = "hostKeyChanged"


class BusyError(FlameScopeError):
    """A bound on simultaneous work is reached; the client may try again."""

    status = 503

    def __init__(self, message: str, retry_after: int = 2) -> None:
        """`retry_after` is in seconds and becomes the Retry-After header."""
        super().__init__(message)
        self.retry_after = retry_after


class StorageFullError(FlameScopeError):
    """The disk has too little room for the file."""

    status = 507


class ConfigError(FlameScopeError):
    """A setting has a value that cannot be used."""
