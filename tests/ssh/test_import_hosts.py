"""Authentication, host keys and jump hosts, with one or two real SSH servers."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flamescope_py.errors import ParameterError
from tests.ssh.conftest import Asker, arrived
from tests.ssh.server import USER, Sshd, agent_with, fingerprint, make_key, public, running


@pytest.fixture
def stranger(sshd: str, tmp_path: Path) -> Iterator[Sshd]:
    """A server that knows no key yet."""
    with running(Sshd(sshd, tmp_path / "stranger")) as one:
        yield one


def configure(home: Path, *lines: str) -> None:
    (home / ".ssh" / "config").write_text("".join(f"{line}\n" for line in lines))


def jump(first: Sshd, second: Sshd, host: str) -> list[str]:
    """Return the configuration that reaches `second`, by this host name, through `first`."""
    return [
        "Host bastion",
        "  HostName 127.0.0.1",
        f"  Port {first.port}",
        "Host beacon",
        f"  HostName {host}",
        f"  Port {second.port}",
        "  ProxyJump bastion",
    ]


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_a_key_file_of_each_kind(asker: Asker, stranger: Sshd, home: Path, far: Path, kind: str) -> None:
    stranger.authorize(public(make_key(home / ".ssh" / f"id_{kind}", kind)))
    assert asker.fetch(**stranger.place, path=str(far / "perf.out")).error is None


def test_a_certificate(asker: Asker, sshd: str, tmp_path: Path, home: Path, far: Path) -> None:
    authority, key = make_key(tmp_path / "authority"), make_key(home / ".ssh" / "id_ed25519")
    command = ["ssh-keygen", "-q", "-s", str(authority), "-I", "test", "-n", USER, f"{key}.pub"]
    subprocess.run(command, check=True, capture_output=True)
    trusted = tmp_path / "trusted"
    trusted.write_text(public(authority))
    with running(Sshd(sshd, tmp_path / "sshd", f"TrustedUserCAKeys {trusted}")) as server:
        assert asker.fetch(**server.place, path=str(far / "perf.out")).error is None


def test_a_key_of_the_agent(
    asker: Asker, stranger: Sshd, tmp_path: Path, home: Path, far: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = make_key(tmp_path / "elsewhere")
    stranger.authorize(public(key))
    with agent_with(key, tmp_path) as place:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(place))
        assert asker.fetch(**stranger.place, path=str(far / "perf.out")).error is None


def test_a_locked_key_is_passed_over(asker: Asker, stranger: Sshd, home: Path, far: Path) -> None:
    stranger.authorize(public(make_key(home / ".ssh" / "id_ed25519", passphrase="secret phrase")))
    job = asker.fetch(**stranger.place, path=str(far / "perf.out"))
    assert job.state == "failed"
    assert "does not let" in str(job.error)
    assert "secret" not in str(job)


def test_an_alias_with_everything_in_the_configuration(
    asker: Asker, stranger: Sshd, tmp_path: Path, home: Path, far: Path
) -> None:
    key = make_key(tmp_path / "special")
    stranger.authorize(public(key))
    configure(
        home,
        "Host beacon",
        "  HostName 127.0.0.1",
        f"  Port {stranger.port}",
        f"  User {USER}",
        f"  IdentityFile {key}",
        f"  IdentityFile {tmp_path}/not-there",
    )
    accepted = fingerprint(stranger.host_key)
    job = asker.fetch(host="beacon", path=str(far / "perf.out"), hostKey=accepted)
    assert (job.state, job.error) == ("done", None)
    aliases = [(one.alias, one.host, one.port, one.user) for one in asker.importer.aliases()]
    assert aliases == [("beacon", "127.0.0.1", stranger.port, USER)]


def test_through_a_second_server(
    asker: Asker, server: Sshd, stranger: Sshd, key: Path, home: Path, far: Path, profiles: Path
) -> None:
    """Both keys are unknown: one question after the other, and then none."""
    stranger.authorize(public(key))
    configure(home, *jump(server, stranger, "127.0.0.1"), "Host *", f"  User {USER}")
    request: dict[str, object] = {"host": "beacon", "path": str(far / "perf.out")}
    for one in (server, stranger):
        job = asker.fetch(**request)
        assert job.details["hostKey"] == {
            "algorithm": "ssh-ed25519",
            "fingerprint": fingerprint(one.host_key),
            "host": "127.0.0.1",
            "port": one.port,
        }
        request["hostKey"] = fingerprint(one.host_key)
    job = asker.fetch(**request)
    assert (job.state, job.error) == ("done", None)
    assert asker.fetch(host="beacon", path=str(far / "perf.out")).state == "done"
    assert len(arrived(profiles)) == 2
    server.stop()
    assert any("direct-tcpip" in line or "Accepted publickey" in line for line in server.log)


def test_a_jump_that_leads_in_a_circle(asker: Asker, home: Path, far: Path) -> None:
    configure(home, "Host *", "  HostName 127.0.0.1", "  ProxyJump other")
    job = asker.fetch(host="beacon", path="x")
    assert "circle" in str(job.error)


def test_an_unknown_host_is_shown_accepted_and_remembered(
    asker: Asker, server: Sshd, far: Path, profiles: Path, home: Path
) -> None:
    place = {"host": "127.0.0.1", "port": server.port, "user": USER, "path": str(far / "perf.out")}
    job = asker.fetch(**place)
    shown = fingerprint(server.host_key)
    assert (job.state, arrived(profiles)) == ("failed", [])
    assert job.details["hostKey"] == {
        "algorithm": "ssh-ed25519",
        "fingerprint": shown,
        "host": "127.0.0.1",
        "port": server.port,
    }
    assert shown in str(job.error)
    wrong = asker.fetch(**place, hostKey="SHA256:" + "A" * 43)
    assert wrong.details["hostKey"] == job.details["hostKey"]
    assert wrong.details["code"] == job.details["code"] == "hostKeyUnknown"
    assert not asker.known_hosts.exists()
    assert asker.fetch(**place, hostKey=shown).state == "done"
    assert asker.known_hosts.stat().st_mode & 0o777 == 0o600
    assert asker.known_hosts.read_text() == f"[127.0.0.1]:{server.port} {public(server.host_key)}\n"
    assert asker.fetch(**place).state == "done"
    assert not (home / ".ssh" / "known_hosts").exists()


def test_an_accepted_key_is_remembered_although_the_login_fails(
    asker: Asker, stranger: Sshd, key: Path
) -> None:
    job = asker.fetch(**stranger.place, path="x")
    assert "does not let" in str(job.error)
    assert str(stranger.port) in asker.known_hosts.read_text()


def test_the_users_known_hosts_are_read(asker: Asker, server: Sshd, home: Path, far: Path) -> None:
    known = home / ".ssh" / "known_hosts"
    text = f"nonsense\n[127.0.0.1]:{server.port} {public(server.host_key)}\n"
    known.write_text(text)
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(known)], check=False, capture_output=True)
    job = asker.fetch(host="127.0.0.1", port=server.port, user=USER, path=str(far / "perf.out"))
    assert (job.state, job.error) == ("done", None)
    assert not asker.known_hosts.exists()


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa"])
def test_a_changed_key_is_refused_always(
    asker: Asker, server: Sshd, tmp_path: Path, home: Path, far: Path, kind: str
) -> None:
    other = make_key(tmp_path / "old_key", kind)
    (home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{server.port} {public(other)}\n")
    job = asker.fetch(**server.place, path=str(far / "perf.out"))
    assert (job.state, dict(job.details)) == ("failed", {"code": "hostKeyChanged"})
    assert "has changed" in str(job.error)
    assert not asker.known_hosts.exists()


def test_a_revoked_key_is_refused(asker: Asker, server: Sshd, home: Path, far: Path) -> None:
    (home / ".ssh" / "known_hosts").write_text(f"@revoked * {public(server.host_key)}\n")
    job = asker.fetch(**server.place, path=str(far / "perf.out"))
    assert (job.state, dict(job.details)) == ("failed", {})
    assert "revoked" in str(job.error)


def test_the_key_of_another_port_is_another_key(
    asker: Asker, server: Sshd, tmp_path: Path, home: Path, far: Path
) -> None:
    (home / ".ssh" / "known_hosts").write_text(f"127.0.0.1 {public(make_key(tmp_path / 'other'))}\n")
    job = asker.fetch(host="127.0.0.1", port=server.port, user=USER, path=str(far / "perf.out"))
    assert "hostKey" in job.details


def test_a_host_certificate_of_a_known_authority(
    asker: Asker, sshd: str, tmp_path: Path, key: Path, home: Path, far: Path
) -> None:
    authority = make_key(tmp_path / "authority")
    server = Sshd(sshd, tmp_path / "sshd2", f"HostCertificate {tmp_path}/sshd2/host_key-cert.pub")
    command = ["ssh-keygen", "-q", "-s", str(authority), "-I", "host", "-h", "-n", "127.0.0.1"]
    subprocess.run([*command, f"{server.host_key}.pub"], check=True, capture_output=True)
    server.authorize(public(key))
    request = {"host": "127.0.0.1", "port": server.port, "user": USER, "path": str(far / "perf.out")}
    with running(server):
        # Without the authority the plain key is asked about.
        assert "hostKey" in asker.fetch(**request).details
        known = home / ".ssh" / "known_hosts"
        known.write_text(f"@cert-authority [127.0.0.1]:{server.port} {public(authority)}\n")
        assert asker.fetch(**request).error is None


def test_a_wrong_user(asker: Asker, server: Sshd, far: Path) -> None:
    job = asker.fetch(**{**server.place, "user": "nobody-of-that-name"}, path=str(far / "perf.out"))
    assert job.state == "failed"
    assert "does not let nobody-of-that-name in" in str(job.error)


def test_a_closed_port_and_an_unknown_host_are_told(asker: Asker) -> None:
    # Bound but not listening, so that no other process can listen there.
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        job = asker.fetch(host="127.0.0.1", port=held.getsockname()[1], path="x")
    assert "cannot be reached: connection refused" in str(job.error)
    assert "no host" in str(asker.fetch(host="no-such-host.invalid", path="x").error)


@pytest.mark.parametrize(
    ("patterns", "allowed"),
    [
        (["127.0.0.*"], False),
        (["127.0.0.1:{port}"], True),
        (["127.*:*"], True),
        (["localhost:*"], False),
        (["10.0.0.*:*", "127.0.0.1:22"], False),
    ],
)
def test_only_allowed_hosts_are_reached_whatever_they_are_called(
    profiles: Path, home: Path, server: Sshd, far: Path, patterns: list[str], allowed: bool
) -> None:
    configure(
        home, "Host innocent.example.org", "  HostName 127.0.0.1", f"  Port {server.port}", f"  User {USER}"
    )
    listed = [pattern.format(port=server.port) for pattern in patterns]
    asker = Asker(profiles, home, allowed_hosts=listed)
    shown = fingerprint(server.host_key)
    job = asker.fetch(host="innocent.example.org", hostKey=shown, path=str(far / "perf.out"))
    asker.importer.close()
    server.stop()
    assert job.state == ("done" if allowed else "failed")
    assert allowed or "ssh_hosts" in str(job.error)
    assert allowed == any("Connection from" in line for line in server.log)
    assert bool(asker.importer.aliases()) == allowed


@pytest.mark.parametrize(
    ("patterns", "allowed"),
    [
        (["127.0.0.0/8:*", "[::1]:*"], True),
        (["localhost:{port}"], True),
        (["local*:*"], True),
        (["127.0.0.0/8"], False),
        (["10.0.0.0/8:*", "[::1]:*"], False),
        (["host:*", "local:*"], False),
    ],
)
def test_a_name_is_allowed_by_itself_or_by_all_its_addresses(
    profiles: Path, home: Path, server: Sshd, far: Path, patterns: list[str], allowed: bool
) -> None:
    asker = Asker(profiles, home, allowed_hosts=[one.format(port=server.port) for one in patterns])
    job = asker.fetch(**{**server.place, "host": "localhost"}, path=str(far / "perf.out"))
    asker.importer.close()
    server.stop()
    assert job.state == ("done" if allowed else "failed")
    assert allowed or "ssh_hosts" in str(job.error)
    assert allowed == any("Connection from" in line for line in server.log)


def test_a_name_that_continues_an_address_rule_is_not_reached(
    profiles: Path, home: Path, server: Sshd
) -> None:
    asker = Asker(profiles, home, allowed_hosts=["127.0.0.*:*"])
    job = asker.fetch(**{**server.place, "host": "127.0.0.attacker.invalid"}, path="x")
    asker.importer.close()
    assert (job.state, "no host" in str(job.error)) == ("failed", True)


def test_a_name_with_a_proxy_command_is_allowed_by_name_only(
    profiles: Path, home: Path, tmp_path: Path
) -> None:
    """The command looks the name up again, so no address that was checked would bind it."""
    ran = tmp_path / "ran"
    configure(home, "Host *", f"  ProxyCommand touch {ran}")
    asker = Asker(profiles, home, allowed_hosts=["127.0.0.0/8:*", "[::1]:*"])
    job = asker.fetch(host="localhost", path="x")
    assert "must allow its name" in str(job.error)
    assert not ran.exists()
    asker.importer.close()


def test_what_a_hop_connects_to_is_an_address_that_was_checked(
    profiles: Path, home: Path, server: Sshd, stranger: Sshd, key: Path, far: Path
) -> None:
    """The hop resolves no name: localhost there may be another machine."""
    stranger.authorize(public(key))
    configure(home, *jump(server, stranger, "localhost"))
    (home / ".ssh" / "known_hosts").write_text(
        f"[127.0.0.1]:{server.port} {public(server.host_key)}\n"
        f"[localhost]:{stranger.port} {public(stranger.host_key)}\n"
    )
    asker = Asker(profiles, home, allowed_hosts=["127.0.0.0/8:*", "[::1]:*"])
    job = asker.fetch(host="beacon", path=str(far / "perf.out"))
    asker.importer.close()
    assert (job.state, job.error) == ("done", None)


def test_a_list_of_hosts_runs_no_command_of_the_configuration(
    asker: Asker, home: Path, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    configure(
        home,
        "Host beacon",
        "  HostName 127.0.0.1",
        f'Match exec "touch {ran}"',
        "  User from-match",
        f'Match !exec "touch {ran}" host other',
        "  Port 2222",
        "Match all",
        "  Port 2200",
        "Host node",
    )
    found = [(one.alias, one.host, one.port, one.user) for one in asker.importer.aliases()]
    assert found == [("beacon", "127.0.0.1", 2200, USER), ("node", "node", 2200, USER)]
    assert not ran.exists()


def test_a_hop_in_between_must_be_allowed_too(profiles: Path, home: Path, server: Sshd, key: Path) -> None:
    configure(home, "Host beacon", "  HostName 10.1.1.1", f"  ProxyJump 127.0.0.1:{server.port}")
    asker = Asker(profiles, home, allowed_hosts=["10.1.1.1"])
    job = asker.fetch(host="beacon", path="x")
    asker.importer.close()
    assert re.search(r"may not connect to 127\.0\.0\.1", str(job.error))


def test_a_proxy_command_gets_no_options_from_a_host(
    asker: Asker, home: Path, tmp_path: Path, far: Path
) -> None:
    ran = tmp_path / "ran"
    configure(home, "Host *", f"  ProxyCommand touch {ran} %h %r")
    hostile: list[dict[str, Any]] = [
        {"host": "-oProxyCommand=touch x"},
        {"host": "a b"},
        {"host": "$(touch x)"},
        {"host": "../x"},
        {"host": "x", "user": "-l"},
        {"host": "x", "user": "a;b"},
        {"host": "x", "user": "../../x"},
    ]
    for place in hostile:
        with pytest.raises(ParameterError):
            asker.fetch(**place, path="x")
    assert not ran.exists()
