"""The rules of `ssh_hosts`: which names and which addresses SSH may reach.

    10.0.0.*  10.0.0.0/8:*  [fd00::*]:22  [fd00::/8]:22     addresses: digits, dots, colons, stars, no letters
    bastion:*  *.example.org:2222  node-*.example.org  *    names

An address rule is never compared with a name, only with the addresses that the name resolves to: otherwise
10.0.0.* would allow 10.0.0.attacker.example. For the same reason a star in a name stands for a part of one
label, unless it comes first.
"""

from __future__ import annotations

import fnmatch
import ipaddress
import re
from collections.abc import Callable, Collection
from typing import NamedTuple

from flamescope_py.errors import ConfigError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# 22  22*  *
_PORT = re.compile(r"[0-9*?]+")
_LETTER = re.compile(r"[^0-9.:*?/]")


class _Rule(NamedTuple):
    """`matches` takes a canonical address for an address rule, and a lower-case name for a name rule."""

    matches: Callable[[str], object]
    port: str
    takes_names: bool
    takes_addresses: bool


class Rules:
    """The rules of one server; without any, every host may be reached."""

    def __init__(self, patterns: Collection[str]) -> None:
        """Raise ConfigError for a pattern that can match nothing."""
        self._rules = [_rule(pattern) for pattern in patterns]

    @property
    def allow_all(self) -> bool:
        """Whether nothing has to be checked."""
        return not self._rules

    def allow_name(self, name: str, port: int) -> bool:
        """Return True if a host may be reached by its name, wherever that leads."""
        name = _as_asked_for(name.lower()).removesuffix(".")
        return self.allow_all or any(
            rule.matches(name) for rule in self._for(port) if rule.takes_names and not parse_address(name)
        )

    def allow_address(self, text: str, port: int) -> bool:
        """Return True if an address may be reached; a text that is no address may not."""
        found = parse_address(text)
        if found is None:
            return False
        return self.allow_all or any(
            rule.matches(str(found)) for rule in self._for(port) if rule.takes_addresses
        )

    def judge_addresses(self, port: int) -> bool:
        """Return True if any rule is about addresses, so that a name is worth resolving."""
        return any(rule.takes_addresses for rule in self._for(port))

    def _for(self, port: int) -> list[_Rule]:
        return [rule for rule in self._rules if fnmatch.fnmatchcase(str(port), rule.port)]


def parse_address(text: str) -> Address | None:
    """Parse an address. The zone of fe80::1%eth0 is dropped, and ::ffff:10.0.0.1 is 10.0.0.1."""
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def _as_asked_for(name: str) -> str:
    """Return a name as it is looked up: other alphabets have dots of their own, which part labels too."""
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        # It cannot be looked up, and matches no name rule but a lone star.
        return "."


def _rule(pattern: str) -> _Rule:
    text, port = _split(pattern.strip().lower())
    if not _PORT.fullmatch(port):
        raise ConfigError(f"ssh_hosts has {pattern!r}: write host, host:port or [address]:port.")
    if text == "*":
        return _Rule(lambda _: True, port, takes_names=True, takes_addresses=True)
    if "/" in text:
        return _Rule(_network(text, pattern), port, takes_names=False, takes_addresses=True)
    if ":" in text or not _LETTER.search(text):
        return _Rule(_matcher(fnmatch.translate(text)), port, takes_names=False, takes_addresses=True)
    first, rest = ("[^:]*", text[1:]) if text.startswith("*") else ("", text)
    wild = re.escape(rest.removesuffix(".")).replace(r"\*", "[^.:]*").replace(r"\?", "[^.:]")
    return _Rule(_matcher(first + wild), port, takes_names=True, takes_addresses=False)


def _matcher(expression: str) -> Callable[[str], object]:
    return re.compile(expression, re.DOTALL).fullmatch


def _split(pattern: str) -> tuple[str, str]:
    """Split host and port, which is 22 where the pattern names none."""
    host, colon, port = pattern.rpartition(":")
    if not colon or (":" in host and not host.endswith("]")):
        host, port = pattern, "22"
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    return host, port


def _network(text: str, pattern: str) -> Callable[[str], object]:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise ConfigError(f"ssh_hosts has {pattern!r}: it is no network, such as 10.0.0.0/8.") from error
    return lambda address: ipaddress.ip_address(address) in network
