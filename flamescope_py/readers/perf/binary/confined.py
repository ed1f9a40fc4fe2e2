"""Runs perf so that a hostile perf.data gains little by it: a program of its own, which `data` starts.

    confined.py PARENT FILE_BYTES PROGRAM ARGUMENTS...

perf gets no network and no core file, may write nowhere but to the temporary directory, has bounded memory,
and is killed when the thread that started it ends. Where namespaces may not be made, perf runs within the
bounds alone, and `confined.py --check` prints why.

It is run with -I -S, imports nothing of ours, and calls the system itself: bubblewrap is not everywhere, and
util-linux's setpriv sets capabilities while it is at it, which a hardened unit forbids.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 24, 38
# Rights of root that perf script has no use for, and that would undo all this (capabilities(7)).
_NET_ADMIN, _SYS_MODULE, _SYS_RAWIO, _SYS_PTRACE, _SYS_ADMIN, _SYS_BOOT, _MKNOD = 12, 16, 17, 19, 21, 22, 27
_DROPPED = (_NET_ADMIN, _SYS_MODULE, _SYS_RAWIO, _SYS_PTRACE, _SYS_ADMIN, _SYS_BOOT, _MKNOD)
_NEWNS, _NEWIPC, _NEWUSER, _NEWNET = 0x00020000, 0x08000000, 0x10000000, 0x40000000
_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18
# mount_setattr(2) has this number on every architecture.
_MOUNT_SETATTR = 442
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_MOUNT_ATTR_RDONLY, _MOUNT_ATTR_NOSUID = 1, 2
# perf script writes to pipes. Files of it, in the temporary directory, can only be small.
_FILE_BYTES = 16 << 20


class _MountAttr(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint64) for name in ("attr_set", "attr_clr", "propagation", "userns_fd"))


def confine() -> str:
    """Leave the network and make the file system read-only. Return why that is impossible, or nothing."""
    user, group = os.geteuid(), os.getegid()
    try:
        # Root keeps its rights without a namespace of users, and with them the names of the kernel's symbols.
        try:
            _call(_LIBC.unshare, _NEWNS | _NEWNET | _NEWIPC)
        except OSError:
            _call(_LIBC.unshare, _NEWUSER | _NEWNS | _NEWNET | _NEWIPC)
            _write("/proc/self/setgroups", "deny")
            _write("/proc/self/uid_map", f"{user} {user} 1")
            _write("/proc/self/gid_map", f"{group} {group} 1")
        _make_read_only()
    except (OSError, AttributeError) as error:
        return getattr(error, "strerror", None) or str(error)
    return ""


def _make_read_only() -> None:
    """Make everything read-only but the temporary directory, which has perf's maps of compiled code."""
    _call(_LIBC.mount, None, b"/", None, _MS_REC | _MS_PRIVATE, None)
    temporary = sorted({"/tmp", os.path.realpath(os.environ.get("TMPDIR") or "/tmp")})  # noqa: S108
    for folder in filter(os.path.isdir, temporary):
        path = os.fsencode(folder)
        _call(_LIBC.mount, path, path, None, _MS_BIND | _MS_REC, None)
    _set(b"/", _MountAttr(attr_set=_MOUNT_ATTR_RDONLY | _MOUNT_ATTR_NOSUID))
    for folder in filter(os.path.isdir, temporary):
        _set(os.fsencode(folder), _MountAttr(attr_clr=_MOUNT_ATTR_RDONLY))


def _set(path: bytes, change: _MountAttr) -> None:
    size = ctypes.c_size_t(ctypes.sizeof(change))
    call = (_MOUNT_SETATTR, _AT_FDCWD, path, _AT_RECURSIVE, ctypes.byref(change), size)
    _call(_LIBC.syscall, *call)


def _call(function: object, *arguments: object) -> None:
    if function(*arguments) != 0:  # type: ignore[operator]  # of libc
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _write(path: str, text: str) -> None:
    # pathlib takes as long to import as all the rest.
    with open(path, "w") as file:  # noqa: PTH123
        file.write(text)


def _bound(kind: int, most: int) -> None:
    """Set a limit of the system, or as much of it as is allowed."""
    _, hard = resource.getrlimit(kind)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    try:
        resource.setrlimit(kind, (most, most))
    except (OSError, ValueError):
        # A hardened unit may forbid it, and has limits of its own.
        return


def main() -> None:
    """Confine this process and become perf, as long as the parent is still there."""
    if sys.argv[1:] == ["--check"]:
        sys.stdout.write(confine())
        return
    parent, size, program = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    confine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    # perf maps the whole file.
    _bound(resource.RLIMIT_AS, memory + size)
    _bound(resource.RLIMIT_CORE, 0)
    _bound(resource.RLIMIT_FSIZE, _FILE_BYTES)
    for right in _DROPPED:
        _LIBC.prctl(_PR_CAPBSET_DROP, right, 0, 0, 0)
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # Another user namespace forgets this, so that it comes last.
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    if os.getppid() == parent:
        os.execv(program[0], program)  # noqa: S606


if __name__ == "__main__":
    main()
