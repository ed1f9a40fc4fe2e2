"""Two users of one machine over loopback: the queries of one leave those of the other alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.answers.test_query_cost import deep
from tests.api.server.test_serve import raw
from tests.api.server.test_stopping import place_of
from tests.e2e.running import serving
from tests.faults.test_connections import path_request

NOBODY = 65534
_PROGRAM = """
import os, socket, sys
port, path = int(sys.argv[1]), sys.argv[2]
os.setgid(int(sys.argv[3]))
os.setuid(int(sys.argv[3]))
for number in range(1, 40):
    with socket.socket() as connection:
        connection.connect(("127.0.0.1", port))
        head = f"GET /{path}{number / 100} HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n"
        connection.sendall(head.encode("ascii"))
        status = connection.recv(12)
        while connection.recv(1 << 20):
            pass
    if status.endswith(b"429"):
        print("429")
        break
"""


@pytest.mark.skipif(os.getuid() != 0, reason="another user's program takes root to start")
def test_one_local_user_leaves_the_allowance_of_another(profiles: Path, tmp_path: Path) -> None:
    deep(profiles / "deep.cpuprofile", 2500)
    arguments = ["--max-client-seconds", "3", "--client-percent", "1"]
    path = "flamegraph/?filename=deep.cpuprofile&inverted=true&format=columns&start="
    with serving(profiles, tmp_path / "cache", *arguments) as server:
        command = [sys.executable, "-c", _PROGRAM, str(place_of(server.url)[1]), path, str(NOBODY)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout == "429\n"
        assert raw(server.url, path_request(f"/{path}0.5"))[0] == 200
