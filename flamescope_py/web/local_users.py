"""Find the user of this machine whose program sends a request over loopback.

All of them have one address. The kernel knows the owner of the other end of a connection (proc_net_tcp): it
lists the sockets of this network namespace, by address and port in hexadecimal.

      sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
       0: 0100007F:9C42 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 52133 ...
"""

from __future__ import annotations

import ipaddress
import sys
import threading
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from time import monotonic

_TABLES = {4: Path("/proc/self/net/tcp"), 16: Path("/proc/self/net/tcp6")}
# A port is used by another program after this time at the earliest.
_KEPT_SECONDS = 1.0
_MOST_KEPT = 1000
_MAPPED = bytes(10) + b"\xff\xff"


class LocalUsers:
    """Looks up the owners of connections; safe to use from several threads."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, int], tuple[float, int | None]] = OrderedDict()

    def user(self, address: str, port: int) -> int | None:
        """Return the user id behind a loopback address and port of a client; None if unknown or not local."""
        now = monotonic()
        with self._lock:
            known = self._known.get((address, port))
        if known is not None and now - known[0] < _KEPT_SECONDS:
            return known[1]
        found = _owner(address, port)
        with self._lock:
            self._known[address, port] = now, found
            self._known.move_to_end((address, port))
            while len(self._known) > _MOST_KEPT:
                self._known.popitem(last=False)
        return found


def _owner(address: str, port: int) -> int | None:
    for packed in _forms(address):
        local = f"{_words(packed)}:{port:04X}"
        with suppress(OSError, ValueError):
            for line in _TABLES[len(packed)].read_text("ascii").splitlines()[1:]:
                fields = line.split(None, 8)
                if fields[1] == local:
                    return int(fields[7])
    return None


def _forms(address: str) -> list[bytes]:
    """Return a loopback address as sockets of both families have it."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return []
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if not found.is_loopback:
        return []
    return [found.packed] if len(found.packed) == len(_MAPPED) + 4 else [found.packed, _MAPPED + found.packed]


def _words(packed: bytes) -> str:
    """Write an address as the kernel does: words of four bytes, each as a number of this machine."""
    words = (packed[start : start + 4] for start in range(0, len(packed), 4))
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)
