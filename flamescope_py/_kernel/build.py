"""Compiles the kernel with the machine's C compiler: `python -m flamescope_py._kernel.build`.

It needs no Python headers, since the kernel knows nothing of Python. Without a compiler it names the package
to install and succeeds: the reader then works in Python.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys

from flamescope_py._kernel import FOLDER, SOURCES, library

FLAGS = ("-std=c11", "-O3", "-fPIC", "-shared", "-fvisibility=default", "-Wall", "-Wextra")
ADVICE = "Without it, profiles are read more slowly. On Debian, Ubuntu: apt-get install gcc libc6-dev"


def compiler() -> list[str] | None:
    """Return the command of the C compiler: `CC` of the environment, else cc, gcc or clang."""
    named = shlex.split(os.environ.get("CC", ""))
    if named:
        return named if shutil.which(named[0]) else None
    return next(([name] for name in ("cc", "gcc", "clang") if shutil.which(name)), None)


def build(extra: tuple[str, ...] = ()) -> str:
    """Compile the kernel unless it is there already. Returns why it could not be built, or an empty text."""
    place = library()
    if place.exists():
        return ""
    command = compiler()
    if command is None:
        return "There is no C compiler."
    new = place.with_name(f".{os.getpid()}-{place.name}")
    done = subprocess.run(
        [*command, *FLAGS, *extra, "-o", str(new), *map(str, SOURCES)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not new.exists():
        new.unlink(missing_ok=True)
        return f"{command[0]} failed: {done.stderr.strip()[-2000:]}"
    new.replace(place)
    for old in FOLDER.glob(f"[!.]*{place.suffix}"):
        if old != place:
            old.unlink(missing_ok=True)
    return ""


def main() -> None:
    """Build, and explain a failure on standard error."""
    failure = build()
    if failure:
        sys.stderr.write(f"The compiled kernel was not built: {failure}\n{ADVICE}\n")


if __name__ == "__main__":
    main()
