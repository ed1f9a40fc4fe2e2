"""Packages of functions as Go, Rust, C++ and Python name them."""

from __future__ import annotations

import pytest

from flamescope_py.analysis.breakdown.stacks import stack_groups
from flamescope_py.analysis.flavours.packages import named_package_of, package_of
from flamescope_py.analysis.view import Shape
from flamescope_py.model import Frame
from tests.support.perf_text import sample, script
from tests.support.reading import read


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("net/http.(*conn).serve", "net/http"),
        ("main.main", "main"),
        ("main.(*Server).run.func1", "main"),
        ("github.com/a/b/v2.Do[...]", "github.com/a/b/v2"),
        ("gopkg.in/yaml%2ev3.Unmarshal", "gopkg.in/yaml.v3"),
        ("runtime.mallocgc", "runtime"),
        ("tokio::runtime::task::raw::poll", "tokio"),
        ("<alloc::vec::Vec<T> as core::ops::drop::Drop>::drop", "alloc"),
        ("<&mut I as core::iter::Iterator>::next", "core"),
        ("std::vector<int>::push_back", "std"),
        ("void folly::run(int)", "folly"),
        ("v8::internal::Heap::Scavenge", "(native)"),
        ("memcpy.part.0", "(native)"),
        ("parse.constprop.0.isra.1", "(native)"),
        ("ld-linux-x86-64.so.2", "(native)"),
        ("a.out", "(native)"),
        ("[unknown]", "(native)"),
        ("operator new", "(native)"),
        ("x" * 60_000 + "::", "(native)"),
        ("a." * 30_000, "a"),
        ("a/" * 30_000, "(native)"),
    ],
)
def test_native_names_tell_their_package(name: str, package: str) -> None:
    frame = Frame(name, "/usr/bin/app", "user")
    assert named_package_of(frame) == package
    # Kernel names are the kernel's, whatever they look like.
    assert named_package_of(frame._replace(kind="kernel")) == "(kernel)"
    assert package_of(frame) == "(native)"


@pytest.mark.parametrize(
    ("name", "file", "package"),
    [
        ("py::handle:/srv/app/server.py", "/tmp/perf-7.map", "(app code)"),
        ("py::get:/usr/lib/python3/dist-packages/requests/api.py", "", "requests"),
        ("run", "/usr/lib/python3.12/asyncio/runners.py:12", "(python)"),
        ("dump", "/venv/lib/python3.12/site-packages/six.py", "six"),
        ("_find", "<frozen importlib._bootstrap>", "(python)"),
        ("main", "app.py", "(app code)"),
    ],
)
def test_python_files_tell_their_package(name: str, file: str, package: str) -> None:
    assert named_package_of(Frame(name, file, "user")) == package


def test_a_breakdown_counts_by_them() -> None:
    stacks = [
        ("runtime.mallocgc", "main.main"),
        ("net/http.(*conn).serve", "main.main"),
        ("read", "main.main"),
    ]
    profile = read(
        script(
            *(sample(f"{row}.5", *(f"{name} (/bin/app)" for name in one)) for row, one in enumerate(stacks))
        )
    )
    groups = stack_groups(profile, Shape(profile.tree, profile.frames), "package")
    assert set(groups.values) == {"", "runtime", "net/http", "(native)", "main"}
