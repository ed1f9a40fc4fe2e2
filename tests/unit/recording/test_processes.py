"""The processes that a pattern finds: wrappers and this program are none of them, and names are text."""

from __future__ import annotations

from flamescope_py.recording.processes import Process, processes, without_wrappers


def line(pid: int, parent: int, program: str, command: str) -> str:
    return f"{pid} {parent} 1000 devops 10+5 22+6 absent {program} {command} "


def read(*lines: str) -> list[Process]:
    total, found = processes([f"clock 100.00 100.25 100 {len(lines)}", *lines, ""])
    assert total == len(lines)
    return found


def test_a_process_has_its_user_its_cpu_and_its_runtime() -> None:
    (one,) = read(line(12, 1, "/usr/bin/node", "node /srv/app.js --port 80"))
    # 13 ticks in a quarter of a second of 100 ticks.
    assert one.details == {
        "pid": 12,
        "command": "node /srv/app.js --port 80",
        "user": "devops",
        "cpu": 52.0,
        "runtime": "node",
        "map": "absent",
    }


def test_the_command_line_names_a_program_that_may_not_be_seen() -> None:
    (one,) = read(line(12, 1, "-", "/opt/bin/node x.js"))
    assert (one.program, one.runtime) == ("node", "node")


def test_wrappers_of_a_match_are_left_out() -> None:
    found = read(
        line(10, 1, "/usr/bin/sudo", "sudo timeout 60 sh -c node app.js"),
        line(11, 10, "/usr/bin/timeout", "timeout 60 sh -c node app.js"),
        line(12, 11, "/usr/bin/dash", "sh -c node app.js"),
        line(13, 12, "/usr/bin/node", "node app.js"),
    )
    assert [one.pid for one in without_wrappers(found)] == [13]


def test_a_shell_that_no_match_descends_from_stays() -> None:
    found = read(line(10, 1, "/usr/bin/dash", "sh /srv/app.sh"), line(20, 1, "/usr/bin/node", "node app.js"))
    assert [one.pid for one in without_wrappers(found)] == [10, 20]


def test_a_service_with_workers_is_no_wrapper() -> None:
    found = read(
        line(10, 1, "/usr/bin/node", "node cluster.js"), line(11, 10, "/usr/bin/node", "node cluster.js")
    )
    assert [one.pid for one in without_wrappers(found)] == [10, 11]


def test_this_program_is_left_out() -> None:
    found = read(
        line(10, 1, "/usr/bin/python3.11", "/usr/bin/python3 /usr/bin/flamescope-py record --pgrep app.js"),
        line(11, 1, "/usr/bin/python3.11", "python3 -m flamescope_py capture host --pgrep app.js"),
        line(12, 1, "/usr/bin/node", "node app.js flamescope"),
    )
    assert [one.pid for one in without_wrappers(found)] == [12]


def test_hostile_lines_are_text_or_nothing() -> None:
    _, found = processes(
        [
            "clock x y",
            "12 1 0 root 1+1 2+2 absent /usr/bin/node node \x1b[31m\u202e<script>",
            "-1 1 0 root 1+1 2+2 absent - x",
            "not a process",
            "13 1 0",
            "14 1 0 root ? ? absent - a",
            "",
        ]
    )
    assert [(one.pid, one.cpu) for one in found] == [(12, None), (14, None)]
    assert found[0].command == "node [31m <script>"
    assert processes([]) == (0, [])
