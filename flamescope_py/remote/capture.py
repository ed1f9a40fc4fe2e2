"""Record with perf on a host and fetch the text, as users do by hand with perf and scp.

Two scripts: one finds the process, one records into a fresh private directory and streams the output of perf
script. The second ends, kills perf and removes its directory on a signal, at the end of its input (a lost
connection) and after any error.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flamescope_py.errors import RemoteError
from flamescope_py.incoming import receiving
from flamescope_py.incoming.landing import Landing
from flamescope_py.incoming.receiving import Unpacker
from flamescope_py.jobs.job import Progress
from flamescope_py.remote.connection import Connector
from flamescope_py.remote.foreign import printable
from flamescope_py.remote.requests import Capture
from flamescope_py.remote.shell import NO_PERF, Remote

_MOST_LISTED = 50
_MOST_COMMAND = 300
# perf may need this long to stop, and perf script to read symbols before its first word.
_PATIENCE = 900
_NODE = frozenset({"node", "nodejs"})

# One line for each process: pid, whether it has a perf map, its command line. The map is looked for by the
# pid that the process has in its own container, too.
_FIND = r"""
if [ "$1" = pgrep ]; then
  pids=$(pgrep -f -- "$2"); found=$?
  [ "$found" -le 1 ] || exit "$found"
else
  pids=$2
fi
for pid in $pids; do
  [ -d "/proc/$pid" ] || continue
  inner=$(sed -n 's/^NSpid:.*[^0-9]\([0-9][0-9]*\)$/\1/p' "/proc/$pid/status" 2>/dev/null)
  map=no
  for file in "/tmp/perf-$pid.map" "/proc/$pid/root/tmp/perf-${inner:-$pid}.map"; do
    [ -e "$file" ] && map=yes
  done
  printf '%s %s ' "$pid" "$map"
  tr '\000\n' '  ' <"/proc/$pid/cmdline" 2>/dev/null
  echo
done
exit 0
"""

# $1 sudo or nothing, $2 how to pack, $3 seconds; the rest are options of perf record.
#
# perf records for as long as the cat that it starts waits for the end of a pipe, and a sleep of ours holds
# that open: so perf can be stopped also where it runs as root and takes no signals from us. Opening the
# pipe waits for the other side, so the seconds count from when perf really records.
_RECORD = r"""
umask 077
sudo=$1 pack=$2 seconds=$3
shift 3
dir= hold= work=
tidy() {
  trap '' HUP INT TERM PIPE
  [ -z "$hold" ] || kill -KILL "$hold" 2>/dev/null
  for pid in $work $watch; do kill "$pid" 2>/dev/null; done
  # A cat that waits for the pipe to open finds it open and closed, and a later one finds none.
  if [ -p "$dir/open" ]; then exec 4<>"$dir/open"; rm -f "$dir/open"; exec 4<&-; fi
  [ -z "$work" ] || wait "$work" 2>/dev/null
  [ -z "$dir" ] || rm -rf -- "$dir"
}
trap tidy EXIT
trap 'exit 143' HUP INT TERM PIPE
exec 3<&0 </dev/null
main=$$
(while read -r line; do :; done; kill -TERM "$main") <&3 >/dev/null 2>&1 3<&- &
watch=$!
exec 3<&-
dir=$(mktemp -d "${TMPDIR:-/tmp}/flamescope.XXXXXXXX") || exit 1
clock='-k CLOCK_REALTIME'
$sudo perf record --sample-cpu $clock "$@" -o "$dir/trial" -- true >/dev/null 2>&1 &
work=$!
wait "$work" || clock=
work=
mkfifo "$dir/open" || exit 1
{ note recording; exec sleep "$seconds"; } >"$dir/open" &
hold=$!
$sudo perf record --sample-cpu $clock "$@" -o "$dir/perf.data" -- cat "$dir/open" >/dev/null 2>"$dir/words" &
work=$!
wait "$work"
status=$?
# Not TERM: a perf that fails at once is over before the sleep is, which then still has our traps and goes on.
{ kill -KILL "$hold"; wait "$hold"; } 2>/dev/null
work= hold=
if [ "$status" -ne 0 ]; then
  note "failed record"
  cat "$dir/words" >&2
  exit 1
fi
note reading
fields='-F comm,pid,tid,cpu,time,event,period,ip,sym,dso'
line=$($sudo perf script -f -i "$dir/perf.data" $fields 2>/dev/null | head -n 1)
[ -n "$line" ] || fields=
{
  $sudo perf script -f --header -i "$dir/perf.data" $fields 2>"$dir/words"
  echo "$?" >"$dir/status"
} | $pack &
work=$!
wait "$work"
packed=$?
work=
read -r status <"$dir/status"
if [ "$status" != 0 ] || [ "$packed" != 0 ]; then
  note "failed script"
  cat "$dir/words" >&2
  exit 1
fi
note complete
"""


class _Process(NamedTuple):
    pid: int
    has_map: bool
    command: str

    @property
    def is_node(self) -> bool:
        return self.command.partition(" ")[0].rpartition("/")[2] in _NODE


class Capturer:
    """Records on hosts."""

    def __init__(self, connector: Connector, landing: Landing) -> None:
        """`connector` reaches hosts, `landing` takes files."""
        self._connector = connector
        self._landing = landing

    async def capture(self, request: Capture, progress: Progress) -> None:
        """Record as a request asks. Raises FlameScopeError."""
        progress.step("connecting")
        async with self._connector.connected(request.target) as connection:
            remote = Remote(connection)
            tools = await remote.tools("perf", "gzip")
            if "perf" not in tools and not request.sudo:
                raise RemoteError(NO_PERF)
            process = None if request.system else await _find(remote, request)
            if process and process.is_node and not process.has_map:
                progress.warn(_NO_MAP)
            with self._landing.receive() as arriving:
                unpacker = Unpacker(packed="gzip" in tools)
                notes = _Notes(progress, request.seconds)
                arguments = _arguments(request, process, packed="gzip" in tools)
                async with remote.started(_RECORD, *arguments, on_note=notes.take, tidies=True) as running:
                    chunks = running.output(request.seconds + _PATIENCE)
                    await receiving.fill(arriving, chunks, unpacker, progress)
                    status = await running.status()
                    if status != 0 or not notes.complete:
                        raise RemoteError(notes.why(running.words))
                unpacker.end()
                if not arriving.size:
                    raise RemoteError(_NO_SAMPLES)
                await receiving.land(arriving, request.wish, progress)


_NO_MAP = (
    "The Node process runs without a perf map, so JavaScript functions will be shown as addresses: start it "
    "with --perf-basic-prof."
)
_NO_SAMPLES = "No samples were taken: the process was idle, or it ended. Record longer or another process."


_FAILURES = frozenset({"failed record", "failed script"})


class _Notes:
    """The notes of the recording script: its steps, and the one that failed."""

    def __init__(self, progress: Progress, seconds: int) -> None:
        self._progress = progress
        self._seconds = seconds
        self._failed = ""
        self.complete = False

    def take(self, note: str) -> None:
        """Process one note. Unknown notes are ignored."""
        if note == "recording":
            self._progress.step("recording", self._seconds)
        elif note == "reading":
            self._progress.step("reading")
        elif note == "complete":
            self.complete = True
        elif note in _FAILURES:
            self._failed = note.removeprefix("failed ")

    def why(self, words: str) -> str:
        """Return the failure in perf's own words, with a hint."""
        failure = f"perf {self._failed} failed on the host" if self._failed else "The host could not record"
        hint = next((hint for part, hint in _HINTS if part in words), "")
        return f"{failure}: {words or 'it did not say why'}" + (f" — {hint}" if hint else "")


# Messages of perf, sudo and the shell, and a hint for each.
_HINTS = (
    ("perf_event_paranoid", "use sudo, or lower kernel.perf_event_paranoid there."),
    ("a password is required", "let sudo run perf without a password there: see docs/ssh.md."),
    ("may not run sudo", "let sudo run perf without a password there: see docs/ssh.md."),
    ("perf: not found", "install perf there."),
    ("sudo: not found", "there is no sudo there: log in as a user who may record."),
    ("No space left", "make room in the host's temporary directory."),
)


async def _find(remote: Remote, request: Capture) -> _Process:
    """Return the one process that matches. Raises RemoteError with the list where there are several."""
    by_pattern = request.pgrep is not None
    wanted = request.pgrep if request.pgrep is not None else str(request.pid)
    status, output, words = await remote.run(_FIND, "pgrep" if by_pattern else "pid", wanted)
    if status != 0:
        raise RemoteError(f"pgrep failed on the host: {words or 'it did not say why'}")
    found = _processes(output.decode("utf-8", "replace").split("\n"))
    if not found:
        raise RemoteError(
            f"No process on the host matches {request.pgrep!r}: check the pattern, which is compared with "
            "whole command lines."
            if by_pattern
            else f"There is no process {request.pid} on the host: it may have ended."
        )
    if len(found) > 1:
        listed = [{"pid": one.pid, "command": one.command} for one in found[:_MOST_LISTED]]
        shown = "; ".join(f"{one.pid} {one.command[:80]}" for one in found[:5])
        raise RemoteError(
            f"{len(found)} processes on the host match {request.pgrep!r}: give the pid of one. {shown}"
            + ("; …" if len(found) > 5 else ""),
            {"processes": listed},
        )
    return found[0]


def _processes(lines: Sequence[str]) -> list[_Process]:
    found = []
    for line in lines:
        pid, _, rest = line.partition(" ")
        has_map, _, command = rest.partition(" ")
        if pid.isdecimal():
            found.append(_Process(int(pid), has_map == "yes", printable(command, _MOST_COMMAND)))
    return found


def _arguments(request: Capture, process: _Process | None, packed: bool) -> list[str]:
    """Return the arguments of the recording script."""
    options = ["-F", str(request.frequency), "--call-graph", request.call_graph]
    options += ["-a"] if process is None else ["-p", str(process.pid)]
    options += ["-e", request.event] if request.event else []
    sudo = "sudo -n" if request.sudo else ""
    return [sudo, "gzip -1 -c" if packed else "cat", str(request.seconds), *options]
