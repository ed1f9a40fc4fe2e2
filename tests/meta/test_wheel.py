"""A wheel holds every file that the server reads, and nothing else of the repository."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection

from flamescope_py._kernel.build import compiler

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "flamescope_py"


def compiles() -> bool:
    """Return True if there is a C compiler that works: CC=false names one that does not."""
    command = compiler()
    if command is None:
        return False
    return subprocess.run([*command, "--version"], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Build from a copy with a small front end, so that neither git nor Node is needed."""
    copy = tmp_path_factory.mktemp("source")
    for name in ["setup.cfg", "setup.py", "pyproject.toml", "README.md", "LICENSE"]:
        shutil.copy(ROOT / name, copy)
    shutil.copytree(ROOT / "tests" / "meta", copy / "tests")
    shutil.copytree(ROOT / "tools", copy / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(
        PACKAGE, copy / "flamescope_py", ignore=shutil.ignore_patterns("__pycache__", "static", "kernel-*")
    )
    assets = copy / "flamescope_py" / "static" / "assets"
    assets.mkdir(parents=True)
    (assets.parent / "index.html").write_text("<!doctype html>")
    (assets / "index-1a2b.js").write_text("export {};")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "dist"]
    built = subprocess.run(build, cwd=copy, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = (copy / "dist").glob("*.whl")
    return zipfile.ZipFile(path)


def test_wheel_holds_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    built = {"static", "__pycache__"}
    files = [path.relative_to(ROOT) for path in PACKAGE.rglob("*") if path.is_file()]
    # An older kernel may lie there.
    wanted = {path.as_posix() for path in files if not built & set(path.parts) and path.suffix != ".so"}
    assert wanted - set(wheel.namelist()) == set()


def test_wheel_holds_the_front_end(wheel: zipfile.ZipFile) -> None:
    static = {name for name in wheel.namelist() if name.startswith("flamescope_py/static/")}
    assert static == {"flamescope_py/static/index.html", "flamescope_py/static/assets/index-1a2b.js"}


def test_wheel_installs_nothing_else(wheel: zipfile.ZipFile) -> None:
    top = {name.split("/")[0] for name in wheel.namelist()}
    assert {name for name in top if not name.startswith("flamescope_py-")} == {"flamescope_py"}


def test_wheel_installs_the_command(wheel: zipfile.ZipFile) -> None:
    (entry_points,) = [name for name in wheel.namelist() if name.endswith("/entry_points.txt")]
    assert "flamescope-py = flamescope_py.commands.main:main" in wheel.read(entry_points).decode()


def test_wheel_is_tagged_by_platform_where_it_holds_the_kernel(wheel: zipfile.ZipFile) -> None:
    kernels = [name for name in wheel.namelist() if name.startswith("flamescope_py/_kernel/kernel-")]
    (facts,) = (name for name in wheel.namelist() if name.endswith(".dist-info/WHEEL"))
    tag = next(line for line in wheel.read(facts).decode().splitlines() if line.startswith("Tag: "))
    if not compiles():
        assert (kernels, tag) == ([], "Tag: py3-none-any")
    else:
        assert len(kernels) == 1
        assert tag.startswith("Tag: py3-none-")
        assert tag != "Tag: py3-none-any"


# Debian 11 has glibc 2.31.
OLDEST_GLIBC = (2, 31)
_GLIBC = re.compile(r"GLIBC_(\d+)\.(\d+)(?:\.\d+)?")


def needed_versions(library: bytes) -> set[str]:
    """Return the versions of symbols that a library needs of others, for example GLIBC_2.14."""
    table = ELFFile(io.BytesIO(library)).get_section_by_name(".gnu.version_r")
    assert isinstance(table, GNUVerNeedSection)
    return {one.name for _, versions in table.iter_versions() for one in versions}


@pytest.mark.skipif(not compiles(), reason="no C compiler, so the wheel holds no kernel")
def test_kernel_needs_no_newer_glibc_than_its_tag_says(wheel: zipfile.ZipFile) -> None:
    (name,) = [name for name in wheel.namelist() if name.startswith("flamescope_py/_kernel/kernel-")]
    found = {version: _GLIBC.fullmatch(version) for version in needed_versions(wheel.read(name))}
    assert [version for version, matched in found.items() if matched is None] == []
    newest = max((int(one[1]), int(one[2])) for one in found.values() if one)
    tagged = re.search(r"manylinux_(\d+)_(\d+)_", str(wheel.filename))
    assert tagged is not None
    assert newest <= (int(tagged[1]), int(tagged[2])) <= OLDEST_GLIBC


@pytest.mark.skipif(not compiles(), reason="no C compiler, so the wheel holds no kernel")
def test_auditwheel_finds_no_reason_against_the_tag(wheel: zipfile.ZipFile) -> None:
    """It also looks for libraries outside of the policy, and for symbols that may not be used."""
    command = [sys.executable, "-m", "auditwheel", "show", str(wheel.filename)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    text = " ".join(shown.split())
    tag = re.search(r"is consistent with the following platform tag: \"(\w+?)\"", text)
    assert tag is not None, text
    allowed = re.match(r"manylinux_(\d+)_(\d+)_", tag[1])
    claimed = re.search(r"manylinux_(\d+)_(\d+)_", str(wheel.filename))
    assert allowed is not None, text
    assert claimed is not None
    assert (int(allowed[1]), int(allowed[2])) <= (int(claimed[1]), int(claimed[2]))
