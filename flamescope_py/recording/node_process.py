"""Open the inspector of a running Node process by SIGUSR1, after checks that the signal does no harm.

SIGUSR1 ends any process that does not handle it. It is sent only to a program whose file is Node's and whose
kernel status shows a handler, and never where the inspector would listen beyond loopback.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

from flamescope_py.errors import RemoteError
from flamescope_py.recording.maps import runtime_of
from flamescope_py.recording.shell import Shell

# The bit of SIGUSR1 in the masks of /proc/PID/status. Its number is 10 on all but Alpha, MIPS and SPARC.
_SIGUSR1_BIT = 1 << 9
_DEFAULT_PORT = 9229
# --inspect  --inspect=0.0.0.0:9230  --inspect-port=[::1]:0  --debug-port=9230; the last one counts
_OPTION = re.compile(r"--(?:inspect|debug)(?:-brk|-wait|-port)?(?:=(?:(.{0,255}):)?([^:]{0,255}))?")

_LISTENING = r"""
listening() {
  inodes=$(ls -l "/proc/$1/fd" 2>/dev/null | sed -n 's/.*socket:\[\([0-9]*\)\]$/\1/p' | tr '\n' ' ')
  grep -h ' 0A ' "/proc/$1/net/tcp" "/proc/$1/net/tcp6" 2>/dev/null |
    while read -r _ local _ state _ _ _ _ _ inode _; do
      [ "$state" = 0A ] || continue
      case " $inodes" in *" $inode "*) echo "listen $local";; esac
    done
}
start_of() { sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d ' ' -f 20; }
"""
# $1 a pid. Lines of a fact and its value.
LOOK = rf"""
{_LISTENING}
echo "program $(readlink "/proc/$1/exe" 2>/dev/null | tr -d '\n')"
echo "start $(start_of "$1")"
sed -n 's/^SigCgt:[^0-9a-f]*/caught /p; s/^NSpid:.*[^0-9]\([0-9]*\)$/inner \1/p' "/proc/$1/status" 2>/dev/null
kill -0 "$1" 2>/dev/null && echo 'allowed yes'
[ "$(readlink "/proc/$1/ns/net")" = "$(readlink /proc/self/ns/net)" ] && echo 'near yes'
listening "$1"
{{ tr '\000' '\n' <"/proc/$1/environ" | sed -n 's/^NODE_OPTIONS=//p' | tr ' ' '\n'
  tr '\000' '\n' <"/proc/$1/cmdline"; }} 2>/dev/null | sed -n '/^--\(inspect\|debug\)/s/^/option /p'
exit 0
"""
# $1 a pid, $2 its program, $3 its start. Prints the sockets on which it listens since the signal.
OPEN = rf"""
{_LISTENING}
same() {{ [ "$(readlink "/proc/$1/exe")" = "$2" ] && [ "$(start_of "$1")" = "$3" ]; }}
before=$(listening "$1")
same "$@" && kill -USR1 "$1" || exit 1
tries=0
while [ "$tries" -lt 25 ] && [ -d "/proc/$1" ]; do
  found=$(listening "$1" | grep -vxF "${{before:-none}}")
  [ -z "$found" ] || {{ echo "$found"; exit 0; }}
  tries=$((tries + 1)); sleep 0.2 2>/dev/null || sleep 1
done
exit 0
"""
# $1 a pid, $2 a socket of it. Waits until it is closed.
CLOSED = rf"""
{_LISTENING}
tries=0
while listening "$1" | grep -qxF "listen $2"; do
  [ "$tries" -lt 25 ] || {{ echo open; break; }}
  tries=$((tries + 1)); sleep 0.2 2>/dev/null || sleep 1
done
exit 0
"""
_NOT_NODE = "Process {pid} is not Node: SIGUSR1, which opens Node's inspector, would end it. Use perf."
_NO_HANDLER = (
    "Node of process {pid} does not listen for SIGUSR1, which would end it: it has just begun, or was "
    "started with --disable-sigusr1, or without an inspector. Record it with perf."
)
_SILENT = (
    "Node of process {pid} did not open its inspector: it has a SIGUSR1 listener of its own, which has run "
    "now, its port ({port}) is taken, or its thread is blocked. Record it with perf."
)


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """A process as `LOOK` describes it. `options` are those of its inspector, `sockets` are hexadecimal."""

    pid: int
    program: str = ""
    start: str = ""
    caught: int = 0
    inner: int = 0
    allowed: bool = False
    near: bool = False
    sockets: Sequence[str] = ()
    options: Sequence[str] = field(default=())

    @property
    def place(self) -> tuple[str, int]:
        """The host and the port that its options name for the inspector."""
        host, port = "127.0.0.1", _DEFAULT_PORT
        for option in self.options:
            found = _OPTION.fullmatch(option)
            if found is None or found[2] is None:
                continue
            if found[2].isdecimal():
                port = int(found[2])
                host = found[1] or host
            else:
                host = found[2]
        return host.strip("[]"), port

    def check(self) -> None:
        """Check that SIGUSR1 opens an inspector on loopback, and does nothing else. Raises RemoteError."""
        name = self.program.rpartition("/")[2].removesuffix(" (deleted)")
        if not self.allowed or not self.program:
            raise RemoteError(f"Only the user of process {self.pid} and root may look into it.")
        if runtime_of(name) != "node":
            raise RemoteError(_NOT_NODE.format(pid=self.pid))
        if not self.caught & _SIGUSR1_BIT:
            raise RemoteError(_NO_HANDLER.format(pid=self.pid))
        if not self.near:
            raise RemoteError(
                f"Process {self.pid} has a network of its own, as in a container: its inspector can only be "
                "reached from inside. Run flamescope-py there, or record it with perf."
            )
        host = self.place[0]
        if host != "localhost" and not is_loopback(host):
            raise RemoteError(
                f"The options of process {self.pid} open its inspector to {host!r}, where others can run "
                "code in it: it is not opened. Start it with --inspect-port=127.0.0.1:9229."
            )

    def opened(self) -> str | None:
        """Return the socket on which its inspector listens already, as --inspect makes it."""
        port = self.place[1]
        return next((one for one in self.sockets if address(one)[1] == port), None)


def is_loopback(host: str) -> bool:
    """Return True for an address of loopback."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def address(socket: str) -> tuple[str, int]:
    """Return the address and port of a socket in /proc/net/tcp: words of four bytes in the host's order.

    Raises RemoteError.
    """
    try:
        host, port = socket.split(":")
        data = bytes.fromhex(host)
        words = b"".join(data[at : at + 4][::-1] for at in range(0, len(data), 4))
        found = ip_address(words)
        # A socket of both families has IPv4 as ::ffff:127.0.0.1.
        return str(getattr(found, "ipv4_mapped", None) or found), int(port, 16)
    except ValueError as error:
        raise RemoteError("The machine describes its sockets in a way that Linux does not.") from error


def facts(pid: int, text: str) -> NodeFacts:
    """Read the output of `LOOK`."""
    lines = [line.partition(" ") for line in text.split("\n")]
    values = {name: value for name, _, value in lines}
    caught = values.get("caught", "")
    return NodeFacts(
        pid,
        values.get("program", ""),
        values.get("start", ""),
        int(caught, 16) if re.fullmatch("[0-9a-f]{1,32}", caught) else 0,
        int(values["inner"]) if re.fullmatch("[0-9]{1,9}", values.get("inner", "")) else pid,
        "allowed" in values,
        "near" in values,
        [value for name, _, value in lines if name == "listen"],
        [value for name, _, value in lines if name == "option"],
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """An inspector that listens. `pid` is that in its own container; `ours` if the signal opened it."""

    socket: str
    pid: int
    ours: bool


async def opened(shell: Shell, pid: int) -> Opened:
    """Open the inspector of a process. Raises RemoteError where that is not possible or not safe."""
    _, output, _ = await shell.run(LOOK, str(pid))
    found = facts(pid, output.decode("utf-8", "replace"))
    found.check()
    socket = found.opened()
    if socket is not None:
        return Opened(socket, found.inner, ours=False)
    status, output, _ = await shell.run(OPEN, str(pid), found.program, found.start)
    sockets = [line.partition(" ")[2] for line in output.decode("utf-8", "replace").splitlines()]
    if status != 0:
        raise RemoteError(f"Process {pid} has ended, or became another program: look for it again.")
    if not sockets:
        raise RemoteError(_SILENT.format(pid=pid, port=found.place[1]))
    return Opened(sockets[0], found.inner, ours=True)


async def is_closed(shell: Shell, pid: int, socket: str) -> bool:
    """Wait some seconds for a socket to be closed. Return False if it is not."""
    _, output, _ = await shell.run(CLOSED, str(pid), socket)
    return b"open" not in output
