"""The rules of ssh_hosts: addresses match addresses, names match names."""

from __future__ import annotations

import ipaddress
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.errors import ConfigError
from flamescope_py.remote.rules import Rules, parse_address


def allowed_by(pattern: str, host: str, port: int) -> bool:
    rules = Rules([pattern])
    return rules.allow_name(host, port) or rules.allow_address(host, port)


@pytest.mark.parametrize(
    ("host", "port", "pattern", "allowed"),
    [
        ("10.0.0.7", 22, "10.0.0.*", True),
        ("10.0.0.7", 2222, "10.0.0.*", False),
        ("10.0.0.7", 2222, "10.0.0.*:2222", True),
        ("10.0.0.7", 2222, "*:2*", True),
        ("A.Example.ORG", 22, "*.example.org", True),
        ("example.org", 22, "*.example.org", False),
        ("a.example.org.evil", 22, "*.example.org", False),
        ("fd00::1", 22, "fd00::*", True),
        ("fd00::1", 22, "[fd00::*]:22", True),
        ("fd00::1", 23, "[fd00::*]:22", False),
        ("fd00::1", 22, "fd00::1", True),
        ("::1", 22, "::1", True),
        ("10.0.0.7", 22, "10.0.0.[0-6]", False),
        ("10.0.0.7", 22, "", False),
        ("a.b.example.org", 22, "*.example.org", True),
        ("example.org.", 22, "example.org", True),
        ("node-7.example.org", 22, "node-*.example.org", True),
        ("node-7.evil.example.org", 22, "node-*.example.org", False),
        ("bastion-2", 22, "bastion*", True),
        ("bastion.attacker.example", 22, "bastion*", False),
        ("10.0.0.attacker.example", 22, "10.0.0.*", False),
        ("10.attacker", 22, "10.*", False),
        ("10.0.0.0x7", 22, "10.0.0.*", False),
        ("10.1.2.3", 22, "10.0.0.0/8", True),
        ("11.1.2.3", 22, "10.0.0.0/8", False),
        ("10.1.2.3", 2222, "10.0.0.0/8:*", True),
        ("fd00::7", 22, "[fd00::/8]:22", True),
        ("fd00::7", 22, "fd00::/8", True),
        ("::ffff:10.0.0.7", 22, "10.0.0.*", True),
        ("fe80::1%eth0", 22, "fe80::*", True),
        ("anything", 22, "*", True),
        ("10.0.0.7", 22, "*", True),
        ("anything", 23, "*", False),
        ("beef::1", 22, "beef*", False),
        ("bastion\u3002attacker.example", 22, "bastion*", False),
        ("bastion\uff0eattacker\uff61example", 22, "bastion*", False),
        ("node-7\u3002evil.example.org", 22, "node-*.example.org", False),
        ("b\u00fccher.example.org", 22, "*.example.org", True),
        ("xn--bcher-kva.example.org", 22, "*.example.org", True),
        ("10.0.0.1%attacker", 22, "*.attacker", False),
        ("0x0a000007", 22, "10.0.0.*", False),
        ("167772167", 22, "10.0.0.*", False),
        ("012.0.0.7", 22, "10.0.0.*", False),
        ("10.7", 22, "10.*", False),
        ("64:ff9b::10.0.0.7", 22, "10.0.0.*", False),
        ("::10.0.0.7", 22, "10.0.0.*", False),
        ("2002:a00:7::", 22, "10.0.0.*", False),
    ],
)
def test_patterns_of_hosts(host: str, port: int, pattern: str, allowed: bool) -> None:
    assert allowed_by(pattern, host, port) == allowed


def test_without_patterns_every_host_may_be_reached() -> None:
    assert Rules([]).allow_name("anything", 1)
    assert Rules([]).allow_address("10.0.0.7", 1)


@pytest.mark.parametrize("pattern", ["10.0.0.0/33", "bastion/8", "bastion:ssh", "bastion:", "[fd00::]:x"])
def test_a_pattern_that_can_match_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(ConfigError, match="ssh_hosts has"):
        Rules([pattern])


ADDRESS_RULES = st.text("0123456789.*?:", min_size=1).filter(lambda text: any(c.isdigit() for c in text))
NETWORKS = st.ip_addresses().flatmap(
    lambda address: st.integers(0, address.max_prefixlen).map(lambda bits: f"{address}/{bits}")
)
NAMES = st.text(string.ascii_letters + string.digits + ".-_", min_size=1).filter(
    lambda name: any(c.isalpha() for c in name)
)


@given(rule=ADDRESS_RULES | NETWORKS, name=NAMES, port=st.integers(1, 65535))
def test_no_name_matches_an_address_rule(rule: str, name: str, port: int) -> None:
    host = rule.partition("*")[0]
    try:
        rules = Rules([rule, f"[{rule}]:*"])
    except ConfigError:
        return
    # The second continues the rule as an attacker would: 10.0.0.* and 10.0.0.attacker.example.
    for tried in (name, f"{host}{name}"):
        if parse_address(tried) is None:
            assert not rules.allow_name(tried, port)
            assert not rules.allow_address(tried, port)


@given(address=st.ip_addresses(), port=st.integers(1, 65535))
def test_no_address_matches_a_name_rule(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int
) -> None:
    rules = Rules(["*.example.org:*", "a*:*", "*a:*", "node-?:*"])
    assert not rules.allow_name(str(address), port)
    assert not rules.allow_address(str(address), port)
