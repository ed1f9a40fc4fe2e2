"""Clients that close the connection while an engine works on their question."""

from __future__ import annotations

import re
import socket
import sys
import time
from pathlib import Path

from tests.api.server.test_serve import raw
from tests.api.server.test_stopping import place_of
from tests.e2e.running import Server, serving
from tests.support.fleet import capture, collect
from tests.support.processes.endless import ASKED

ENDLESS = b"GET /fleet/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
SHORT = b"GET /fleet/profiles HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def wait_for(server: Server, text: str) -> None:
    """Wait until the server has logged something."""
    while not re.search(text, server.log.read_text()):
        time.sleep(0.02)


def test_the_question_of_a_client_that_hangs_up_ends(profiles: Path, tmp_path: Path) -> None:
    place = tmp_path / "fleet"
    collect(place, capture())
    arguments = ["--fleet", str(place), "--threads", "1"]
    under = [sys.executable, "-m", "tests.support.processes.endless"]
    with serving(profiles, tmp_path / "cache", *arguments, under=under) as server:
        with socket.create_connection(place_of(server.url)) as connection:
            connection.sendall(ENDLESS)
            wait_for(server, ASKED)
        # The only thread is free again.
        assert raw(server.url, SHORT)[0] == 200
        wait_for(server, r"route=/fleet/ .*status=499")
