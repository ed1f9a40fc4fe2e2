"""Tries a wheel on every Python: `make wheel-check`, or `python -m tools.wheel_check WHEEL [PYTHON …]`.

Each interpreter of this machine installs the wheel and requirements/run.txt, with checked hashes and without
a compiler, into an environment of its own. There the commands run and the server answers, with the kernel
and without it. Of a version that this machine lacks, it is checked that every pinned package has a wheel.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PINS = ROOT / "requirements" / "run.txt"
EXAMPLE = ROOT / "examples" / "node20-http.perf.out.gz"
VERSIONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
STOP_SECONDS = 30
ELSEWHERE = tempfile.gettempdir()
# The kernel is switched off by this in the second round.
KERNEL = "FLAMESCOPE_KERNEL"
_PIN = re.compile(r"(?m)^([A-Za-z0-9._-]+==[^\\\n]+?) *\\\n((?:[ \t]+--hash=\S+(?: \\)?\n?)+)")


def main(arguments: Sequence[str]) -> int:
    """Check all versions, print a line for each, and return the number of failures."""
    if not arguments:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    wheel = Path(arguments[0]).resolve()
    known = {version: path for path in [*arguments[1:], *_found()] if (version := _version(path))}
    failures = 0
    folded: set[str] = set()
    for version in VERSIONS:
        path = known.get(version)
        try:
            if path is None:
                _say(f"{version}: not here; all {_check_pins(version)} pinned packages have a wheel")
                continue
            folded.add(found := _check(path, wheel))
            _say(f"{version}: installs, runs and serves; folded {found[:12]}")
        except subprocess.CalledProcessError as error:
            failures += 1
            _say(f"{version}: FAILED: {error}\n{error.stdout or ''}{error.stderr or ''}")
    if len(folded) > 1:
        _say("FAILED: the versions print different stacks")
    return failures + (len(folded) > 1)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _found() -> list[str]:
    """Return the interpreters on the path, and those of pyenv."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    folders += sorted(Path.home().glob(".pyenv/versions/*/bin"))
    places = [folder / f"python{version}" for version in VERSIONS for folder in folders]
    return [str(place) for place in places if os.access(place, os.X_OK)]


def _version(path: str) -> str:
    """Return the version of an interpreter, `3.12`; empty where it does not start, as a shim of pyenv."""
    code = "import sys, venv; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([path, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def _check(python: str, wheel: Path) -> str:
    """Install and try the wheel. Return the digest of the example's folded stacks."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "env")
        # Our pip installs into it, by its interpreter: setting up another pip takes longer than all the rest.
        _run([python, "-m", "venv", "--without-pip", str(place)])
        pip = [sys.executable, "-m", "pip", "--python", str(place / "bin" / "python")]
        pip += ["--quiet", "--disable-pip-version-check", "install"]
        bare = {**os.environ, "PATH": str(place / "bin"), "CC": "false"}
        _run([*pip, "--only-binary", ":all:", "--require-hashes", "-r", str(PINS)], bare)
        _run([*pip, "--no-deps", str(wheel)], bare)
        digests = {_try(place, Path(folder), {**bare, KERNEL: switch}) for switch in ("on", "off")}
        if len(digests) > 1:
            raise subprocess.CalledProcessError(
                1, "folded", "The kernel and Python print different stacks.\n"
            )
        return digests.pop()


def _try(place: Path, folder: Path, environment: Mapping[str, str]) -> str:
    """Run the commands and the server. Return the digest of the example's folded stacks."""
    command = str(place / "bin" / "flamescope-py")
    own = {**environment, "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    for words in (
        ["--version"],
        ["info", str(EXAMPLE)],
        ["heatmap", str(EXAMPLE)],
        ["findings", str(EXAMPLE)],
    ):
        _run([command, *words], own)
    stacks = _run([command, "folded", str(EXAMPLE)], own)
    with _serving([command, "serve", str(EXAMPLE.parent), "--port", "0"], own) as address:
        for path in (
            "",
            "profile/",
            f"heatmap/?filename={EXAMPLE.name}",
            f"flamegraph/?filename={EXAMPLE.name}",
        ):
            with urlopen(address + path, timeout=60) as answer:  # our own server
                content = answer.read()
                if path:
                    json.loads(content)
    return hashlib.sha256(stacks.encode()).hexdigest()


@contextmanager
def _serving(words: Sequence[str], environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the address of a server. Raises CalledProcessError if it does not start or stop as it should."""
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment, cwd=ELSEWHERE) as server:
        try:
            assert server.stdout is not None  # it is a pipe
            line = server.stdout.readline()
            address = re.search(r"http://[^\s/]+/", line)
            if address is None:
                raise subprocess.CalledProcessError(1, words, line)
            yield address[0]
            server.terminate()
            if server.wait(STOP_SECONDS):
                raise subprocess.CalledProcessError(server.returncode, words)
        finally:
            server.kill()


def _check_pins(version: str) -> int:
    """Ask the index for a wheel of every pinned package, with its hash. Return their number."""
    pins = pins_for(version, PINS.read_text())
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder, "pins.txt")
        listed.write_text("".join(pins))
        command = [
            sys.executable,
            "-m",
            "pip",
            "--quiet",
            "--disable-pip-version-check",
            "download",
            "--no-deps",
        ]
        command += ["--python-version", version, "--only-binary", ":all:", "--require-hashes"]
        _run([*command, "--dest", folder, "-r", str(listed)])
    return len(pins)


def pins_for(version: str, text: str) -> list[str]:
    """Return the pins of a requirements file that a version of Python installs, without their markers.

    pip judges markers by the interpreter that runs it, also where it is asked for another version.
    """
    environment = {"python_version": version, "python_full_version": f"{version}.0"}
    wanted = []
    for pin, hashes in _PIN.findall(text):
        requirement = Requirement(pin)
        if requirement.marker is None or requirement.marker.evaluate(environment):
            wanted.append(f"{requirement.name}{requirement.specifier} \\\n{hashes}")
    return wanted


def _run(words: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """Run a command outside of this clone, whose package a process of Python would import instead."""
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=environment, cwd=ELSEWHERE)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
