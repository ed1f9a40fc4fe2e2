"""The compiled kernel: its promises under sanitizers, and the behaviour without it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flamescope_py import _kernel
from flamescope_py._kernel import build

HERE = Path(__file__).resolve().parent
TEXTS = sorted((HERE.parents[1] / "data" / "perf").glob("*.perf"))
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")
ROUNDS = 40


def compiled(target: Path, *flags: str, source: Path = HERE / "driver.c") -> Path:
    """Compile the driver, or skip where the machine cannot."""
    command = build.compiler()
    if command is None:
        pytest.skip("There is no C compiler.")
    probe = target.with_suffix(".c")
    probe.write_text("int main(void) { return 0; }\n")
    done = subprocess.run([*command, *flags, "-o", str(target), str(probe)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"{command[0]} cannot compile with {' '.join(flags)}.")
    files = ["-I", str(_kernel.FOLDER), "-o", str(target), str(source)]
    subprocess.run(
        [*command, "-std=c11", "-g1", "-O1", "-Wall", "-Wextra", "-Werror", *flags, *files], check=True
    )
    return target


@pytest.mark.parametrize("flags", [(), ("-U__SSE2__",)], ids=["machine", "portable"])
def test_nothing_outside_of_a_text_is_touched_and_all_promises_hold(
    tmp_path: Path, flags: tuple[str, ...]
) -> None:
    driver = compiled(tmp_path / "driver", *SANITIZERS, *flags)
    done = subprocess.run(
        [str(driver), "7", str(ROUNDS), *map(str, TEXTS)], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout == f"{len(TEXTS) * (ROUNDS + 1)} inputs\n"
    assert done.returncode == 0


LOADED = "from flamescope_py import _kernel; print(_kernel.load() is not None)"


def test_the_kernel_can_be_switched_off() -> None:
    environment = {**os.environ, _kernel.SWITCH: "off"}
    done = subprocess.run(
        [sys.executable, "-c", LOADED], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_without_a_compiler_the_build_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "flamescope_py"
    (package / "_kernel").mkdir(parents=True)
    (package / "__init__.py").touch()
    for source in (*_kernel.SOURCES, *_kernel.HEADERS, _kernel.FOLDER / "__init__.py", Path(build.__file__)):
        (package / "_kernel" / source.name).write_bytes(source.read_bytes())
    environment = {**os.environ, "CC": "false", "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "flamescope_py._kernel.build"]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "apt-get install gcc" in done.stderr
    assert not list((package / "_kernel").glob("*.so"))
    if build.compiler() is None:
        return
    monkeypatch.delenv("CC", raising=False)
    environment.pop("CC")
    (package / "_kernel" / "perf_text-0-any.so").write_bytes(b"of an older version")
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert [path.name[:7] for path in (package / "_kernel").glob("*.so")] == ["kernel-"]


READING_AT_THE_END = """
import ctypes, threading
from flamescope_py import _kernel
functions = _kernel.load()
lines = (f"a 1/1 [000] 1.000000: 1 cycles:\\n\\tffff f{n}+0x1 (/x)\\n\\n" for n in range(200_000))
text = "".join(lines).encode()
kernel, begun = _kernel.Kernel(functions, False), threading.Event()
address = ctypes.cast(ctypes.c_char_p(text), ctypes.c_void_p).value
def read():
    begun.set()
    while True:
        kernel.scan(address, len(text))
        kernel.drop()
threading.Thread(target=read, daemon=True).start()
begun.wait()
threading.Event().wait(0.05)
"""


def test_a_process_ends_while_a_thread_of_it_still_reads() -> None:
    """The tables must not be freed under it."""
    if _kernel.load() is None:
        pytest.skip("There is no compiled kernel.")
    command = [sys.executable, "-c", READING_AT_THE_END]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
