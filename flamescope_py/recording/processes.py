"""Find the process to record: what matches, as a person tells processes apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from flamescope_py.errors import RemoteError
from flamescope_py.recording.foreign import printable
from flamescope_py.recording.maps import MapState, map_of, runtime_of
from flamescope_py.recording.requests import Recording
from flamescope_py.recording.shell import Shell

MOST_LISTED = 50
_MOST_COMMAND = 300
_SHOWN = 5
# They start the program that is meant, and wait for it.
_SHELLS = frozenset({"ash", "bash", "busybox", "dash", "ksh", "sh", "zsh"})
_LIMITS = frozenset(
    {"chroot", "flock", "ionice", "nice", "nohup", "stdbuf", "strace", "taskset", "time", "timeout"}
)
_STARTERS = frozenset(
    {"doas", "dumb-init", "env", "runuser", "setsid", "su", "sudo", "tini", "unshare", "watch"}
)
_WRAPPERS = _SHELLS | _LIMITS | _STARTERS | {"systemd-run", "xargs"}
_OURS = frozenset({"flamescope-py", "flamescope_py"})
_FIELDS = 8
# Names of JavaScript functions as V8 writes them: a map of regular expressions alone names none.
_JAVASCRIPT = "(JS|LazyCompile|Function|Eval|Script):"

# $1 pgrep or pid, $2 a pattern or a pid. A line for the clock and the number of matches, then one for each of
# the first matches: pid, parent, user id and name, processor time of two moments, map, program, command line.
# The map is looked for by the pid that the process has in its own container, too.
FIND = rf"""
if [ "$1" = pgrep ]; then
  pids=$(pgrep -f -- "$2"); found=$?
  [ "$found" -le 1 ] || exit "$found"
else
  pids=$2
fi
stat_of() {{ sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null; }}
ticks_of() {{ stat_of "$1" | cut -d ' ' -f 12-13 | tr ' ' +; }}
uptime_of() {{ cut -d ' ' -f 1 /proc/uptime; }}
ours= one=$$
while [ "${{one:-0}}" -gt 1 ]; do
  ours=$ours$one, one=$(stat_of "$one" | cut -d ' ' -f 2)
done
count=0 all=0 before=
first=$(uptime_of)
for pid in $pids; do
  [ -d "/proc/$pid" ] || continue
  case ",$ours" in *,"$pid",*) [ "$1" = pid ] || continue;; esac
  all=$((all + 1))
  [ "$all" -le {MOST_LISTED} ] || continue
  before="$before $pid:$(ticks_of "$pid")"
done
[ "$all" = 0 ] || sleep 0.3 2>/dev/null || sleep 1
second=$(uptime_of)
echo "clock $first $second $(getconf CLK_TCK 2>/dev/null || echo 100) $all"
map_of() {{
  inner=$(sed -n 's/^NSpid:.*[^0-9]\([0-9][0-9]*\)$/\1/p' "/proc/$1/status" 2>/dev/null)
  for file in "/tmp/perf-$1.map" "/proc/$1/root/tmp/perf-${{inner:-$1}}.map"; do
    [ -f "$file" ] || continue
    [ -r "$file" ] || {{ echo unreadable; return; }}
    named=no
    grep -Eqm 1 '{_JAVASCRIPT}' "$file" 2>/dev/null && named=yes
    echo "$(stat -L -c %u:%s "$file" 2>/dev/null || echo :):$named"
    return
  done
  if [ "${{inner:-$1}}" != "$1" ] && [ ! -x "/proc/$1/root/tmp" ]; then echo hidden; else echo absent; fi
}}
for one in $before; do
  pid=${{one%%:*}}
  [ -d "/proc/$pid" ] || continue
  parent=$(stat_of "$pid" | cut -d ' ' -f 2)
  user=$(stat -c '%u %U' "/proc/$pid" 2>/dev/null || echo '- -')
  program=$(readlink "/proc/$pid/exe" 2>/dev/null | tr -d ' \n')
  printf '%s %s %s %s %s %s %s ' "$pid" "${{parent:-0}}" "$user" "${{one#*:}}" "$(ticks_of "$pid")" \
    "$(map_of "$pid")" "${{program:--}}"
  tr '\000\n' '  ' <"/proc/$pid/cmdline" 2>/dev/null
  echo
done
exit 0
"""


class Process(NamedTuple):
    """A process that may be recorded. `cpu` is in percent of one CPU now, None where it is not known."""

    pid: int
    parent: int
    user: str
    cpu: float | None
    program: str
    command: str
    runtime: str | None
    map_state: MapState

    @property
    def details(self) -> Mapping[str, object]:
        """Return the part that a program or a page shows."""
        return {
            "pid": self.pid,
            "command": self.command,
            "user": self.user,
            "cpu": self.cpu,
            "runtime": self.runtime,
            "map": self.map_state,
        }

    @property
    def is_wrapper(self) -> bool:
        """Return True for a program that only starts another one."""
        return self.program in _WRAPPERS

    @property
    def is_ours(self) -> bool:
        """Return True for a command of this program, whose arguments name the pattern."""
        words = self.command.split(" ", 4)[:4]
        return any(word.rpartition("/")[2] in _OURS for word in words)


async def find(shell: Shell, request: Recording) -> Process:
    """Return the one process that matches. Raises RemoteError with the list where there are several."""
    by_pattern = request.pgrep is not None
    wanted = request.pgrep if request.pgrep is not None else str(request.pid)
    status, output, words = await shell.run(FIND, "pgrep" if by_pattern else "pid", wanted)
    if status != 0:
        raise RemoteError(f"pgrep failed on {shell.machine}: {words or 'it did not say why'}")
    total, found = processes(output.decode("utf-8", "replace").split("\n"))
    if by_pattern:
        kept = without_wrappers(found)
        total, found = total - len(found) + len(kept), kept
    if not found:
        raise RemoteError(
            f"No process on {shell.machine} matches {request.pgrep!r}: check the pattern, which is compared "
            "with whole command lines."
            if by_pattern
            else f"There is no process {request.pid} on {shell.machine}: it may have ended."
        )
    if total > 1:
        raise _several(shell, request, total, found)
    return found[0]


def processes(lines: Sequence[str]) -> tuple[int, list[Process]]:
    """Read the output of the script: the number of matches, and the first of them."""
    head = lines[0].split(" ") if lines else []
    seconds, total = _clock(head)
    return total, list(_read(lines[1:], seconds))


def without_wrappers(found: Sequence[Process]) -> list[Process]:
    """Leave out this program, and wrappers of another match."""
    found = [one for one in found if not one.is_ours]
    parents = {one.parent for one in found}
    return [one for one in found if not (one.is_wrapper and one.pid in parents)]


def _clock(head: Sequence[str]) -> tuple[float, int]:
    """Return the ticks between the two moments, and the number of matches."""
    try:
        _, first, second, ticks, total = head
        return (float(second) - float(first)) * float(ticks), int(total)
    except ValueError:
        return 0.0, 0


def _read(lines: Sequence[str], ticks: float) -> Iterator[Process]:
    for line in lines:
        parts = line.split(" ", _FIELDS)
        if len(parts) <= _FIELDS or not (parts[0].isdecimal() and parts[1].isdecimal()):
            continue
        pid, parent, uid, user, before, after, map_text, program = parts[:_FIELDS]
        command = printable(parts[_FIELDS], _MOST_COMMAND)
        # /usr/bin/node, or node of the command line where the program may not be seen
        name = (program if program != "-" else command.partition(" ")[0]).rpartition("/")[2]
        runtime = runtime_of(name)
        yield Process(
            int(pid),
            int(parent),
            printable(user if user != "UNKNOWN" else uid, _MOST_COMMAND),
            _percent(before, after, ticks),
            printable(name, _MOST_COMMAND),
            command,
            runtime,
            map_of(map_text, uid, runtime),
        )


def _percent(before: str, after: str, ticks: float) -> float | None:
    """Return the processor time between two moments: `12+3` ticks are those of user and system."""
    try:
        spent = sum(map(int, after.split("+"))) - sum(map(int, before.split("+")))
    except ValueError:
        return None
    return round(max(0.0, 100 * spent / ticks), 1) if ticks > 0 else None


def _several(shell: Shell, request: Recording, total: int, found: Sequence[Process]) -> RemoteError:
    shown = "; ".join(f"{one.pid} {one.command[:80]}" for one in found[:_SHOWN])
    return RemoteError(
        f"{total} processes on {shell.machine} match {request.pgrep!r}: give the pid of one. {shown}"
        + ("; …" if total > _SHOWN else ""),
        {"processes": [one.details for one in found]},
    )
