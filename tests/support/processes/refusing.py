"""Runs a program that may not use some system calls: they get EPERM, as by SystemCallFilter of systemd.

python -m tests.support.processes.refusing PROGRAM ARGUMENTS...
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys

# The calls of systemd's group @resources, by their numbers on this architecture (asm/unistd_64.h).
RESOURCES = {
    "ioprio_set": 251,
    "mbind": 237,
    "migrate_pages": 256,
    "move_pages": 279,
    "sched_setaffinity": 203,
    "sched_setattr": 314,
    "sched_setparam": 142,
    "sched_setscheduler": 144,
    "set_mempolicy": 238,
    "setpriority": 141,
    "setrlimit": 160,
}
ARCHITECTURE = "x86_64"
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_LOAD_NUMBER, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM


def refuse(numbers: list[int]) -> None:
    """Refuse system calls in this process and its children, by a classic BPF program (seccomp(2))."""
    count = len(numbers)
    program = [(_LOAD_NUMBER, 0, 0, 0)]
    program += [(_JUMP_EQUAL, count - place, 0, number) for place, number in enumerate(numbers)]
    program += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    code = b"".join(struct.pack("=HBBI", *one) for one in program)
    buffer = ctypes.create_string_buffer(code)
    head = struct.pack("@HP", len(program), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(
        _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, head, 0, 0
    ):
        raise OSError(ctypes.get_errno(), "no filter of system calls can be set")


def main() -> None:
    """Become the program."""
    assert platform.machine() == ARCHITECTURE
    refuse(list(RESOURCES.values()))
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
