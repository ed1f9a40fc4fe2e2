"""The bodies of requests that start a job over SSH.

Hosts and users are limited to characters that mean nothing to a shell or to the options of ssh, because a
ProxyCommand of ~/.ssh/config may paste them into a command. Paths may hold any character: they are only
passed on as quoted arguments.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from flamescope_py.recording.bodies import ADVICE, EXPECTED, Body, RecordBody, Text, whole

# beacon  10.0.0.7  node_1.example.org  fe80::1%eth0  ::1; not -oProxyCommand=…, not ../x, not a;b
_HostName = Annotated[
    str,
    Meta(
        pattern=whole(r"(?!.*\.\.)[A-Za-z0-9:][A-Za-z0-9._:%-]{0,252}"),
        extra={EXPECTED: "a host name, an address or an alias of ~/.ssh/config", ADVICE: "name a host"},
    ),
]
# devops  first.last  svc_x@corp.example
_UserName = Annotated[
    str,
    Meta(
        pattern=whole(r"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,63}"),
        extra={EXPECTED: "a user name"},
    ),
]
_Fingerprint = Annotated[
    str,
    Meta(
        pattern=whole(r"SHA256:[A-Za-z0-9+/]{43}=?"),
        extra={EXPECTED: "a fingerprint: SHA256: and 43 characters"},
    ),
]
_Path = Annotated[Text, Meta(extra={EXPECTED: "a path on the host", ADVICE: "name a file on the host"})]
_Host = Annotated[_HostName, Meta(description="A name, an address, or an alias of ~/.ssh/config.")]
_Port = Annotated[
    Annotated[int, Meta(ge=1, le=65535)] | None,
    Meta(description="By default as in ~/.ssh/config, or 22."),
]
_User = Annotated[_UserName | None, Meta(description="The user on the host; by default as in ~/.ssh/config.")]
_HostKey = Annotated[
    _Fingerprint | None, Meta(description="The fingerprint of the host key that the user accepts.")
]


class FetchBody(Body, kw_only=True):
    """Fetch a file of a host."""

    host: _Host
    port: _Port = None
    user: _User = None
    host_key: _HostKey = None
    path: Annotated[_Path, Meta(description="A file on the host.")]


class CaptureBody(RecordBody, kw_only=True):
    """Record on a host: exactly one of pid, pgrep and system."""

    host: _Host
    port: _Port = None
    user: _User = None
    host_key: _HostKey = None
