"""Which processes get SIGUSR1, and how their inspector's options and sockets are read."""

from __future__ import annotations

import pytest

from flamescope_py.errors import RemoteError
from flamescope_py.recording.node_process import NodeFacts, address, facts

TEXT = """program /usr/bin/node
start 4711
caught 0000000100004602
inner 7
allowed yes
near yes
listen 0100007F:240D
listen 00000000:0BB8
option --inspect-port=127.0.0.1:9230
"""
NODE = facts(40, TEXT)


def changed(old: str, new: str) -> NodeFacts:
    assert old in TEXT
    return facts(40, TEXT.replace(old, new))


def test_what_the_script_prints() -> None:
    assert (
        NodeFacts(
            40,
            "/usr/bin/node",
            "4711",
            0x100004602,
            7,
            True,
            True,
            ["0100007F:240D", "00000000:0BB8"],
            ["--inspect-port=127.0.0.1:9230"],
        )
        == NODE
    )
    NODE.check()
    assert facts(40, "") == NodeFacts(40, inner=40, sockets=[], options=[])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("/usr/bin/node", "/usr/bin/python3", "is not Node"),
        ("/usr/bin/node", "/usr/bin/nodemon", "is not Node"),
        ("/usr/bin/node", "", "Only the user of process 40"),
        ("allowed yes", "", "Only the user of process 40"),
        ("0000000100004602", "0000000100004402", "does not listen for SIGUSR1"),
        ("caught 0000000100004602", "", "does not listen for SIGUSR1"),
        ("near yes", "", "has a network of its own"),
        ("127.0.0.1:9230", "0.0.0.0:9230", "'0.0.0.0', where others"),
        ("127.0.0.1:9230", "[::]:9230", "'::', where others"),
        ("--inspect-port=127.0.0.1:9230", "--inspect=10.0.0.7", "'10.0.0.7', where others"),
        ("127.0.0.1:9230", "example.org:1", "'example.org', where others"),
    ],
)
def test_processes_that_get_no_signal(old: str, new: str, words: str) -> None:
    with pytest.raises(RemoteError, match=words):
        changed(old, new).check()


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ([], ("127.0.0.1", 9229)),
        (["--inspect"], ("127.0.0.1", 9229)),
        (["--inspect=9230"], ("127.0.0.1", 9230)),
        (["--inspect-brk=localhost"], ("localhost", 9229)),
        (["--inspect-port=[::1]:0"], ("::1", 0)),
        (["--debug-port=1", "--inspect=127.0.0.2:2"], ("127.0.0.2", 2)),
        (["--inspect-publish-uid=http"], ("127.0.0.1", 9229)),
    ],
)
def test_the_place_of_an_inspector(options: list[str], place: tuple[str, int]) -> None:
    assert NodeFacts(1, options=options).place == place


def test_a_deleted_program_is_still_node() -> None:
    changed("/usr/bin/node", "/usr/bin/node (deleted)").check()


def test_an_inspector_that_is_open() -> None:
    assert changed(":9230", ":9229").opened() == "0100007F:240D"
    assert NODE.opened() is None


@pytest.mark.parametrize(
    ("socket", "found"),
    [
        ("0100007F:240D", ("127.0.0.1", 9229)),
        ("00000000000000000000000001000000:240D", ("::1", 9229)),
        ("00000000:0050", ("0.0.0.0", 80)),
        ("0000000000000000FFFF00000100007F:0050", ("127.0.0.1", 80)),
    ],
)
def test_sockets(socket: str, found: tuple[str, int]) -> None:
    assert address(socket) == found


@pytest.mark.parametrize("socket", ["", "x:1", "0100007F", "01:1", "0100007F:x"])
def test_damaged_sockets(socket: str) -> None:
    with pytest.raises(RemoteError):
        address(socket)
