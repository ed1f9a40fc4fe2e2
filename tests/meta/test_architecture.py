"""The arrows of the design: which modules may import each other, and which may use each library."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "flamescope_py"
NAME = "flamescope_py"

# Package → the packages of ours that it may import. `errors` is everyone's, `settings` holds plain values.
ARROWS: dict[str, set[str]] = {
    "errors": set(),
    "settings": {"errors"},
    "files": {"errors"},
    "model": {"_kernel", "errors"},
    "_kernel": set(),
    "protobuf": set(),
    "readers": {"_kernel", "errors", "model", "protobuf"},
    "analysis": {"errors", "model"},
    "export": {"_kernel", "errors", "model", "analysis", "protobuf"},
    "objects": {"errors"},
    "store": {"errors", "files", "model", "objects"},
    "fleet": {"errors", "files", "model", "objects", "readers", "analysis", "store"},
    "jobs": {"errors"},
    "incoming": {"errors", "files", "jobs", "objects"},
    "recording": {"errors", "jobs", "incoming"},
    "remote": {"errors", "jobs", "incoming", "recording"},
    "service": {
        "errors",
        "settings",
        "files",
        "model",
        "readers",
        "analysis",
        "export",
        "objects",
        "protobuf",
        "store",
        "fleet",
        "jobs",
        "incoming",
        "recording",
        "remote",
    },
    "web": {"errors", "settings", "service"},
    "server": {"errors", "settings", "web"},
    "commands": {"_kernel", "errors", "settings", "service"},
    "__main__": {"commands"},
    "__init__": set(),
}

# Single modules that may import more than their package. Every other command works without a server.
MORE_ARROWS: dict[str, set[str]] = {"commands.serve": {"web", "server"}}

# A part of a package that may import less, and of its own package only itself.
PARTS: dict[str, set[str]] = {"service.queries": {"analysis", "errors", "model", "store"}}

# Outside package → the packages that may import it.
KEEPERS: dict[str, set[str]] = {
    "flask": {"web", "server"},
    "werkzeug": {"web", "server"},
    "waitress": {"server", "commands"},
    "click": {"commands", "settings"},
    "rich": {"commands"},
    "asyncssh": {"remote"},
    "pyarrow": {"store", "readers", "fleet"},
    "duckdb": {"fleet"},
    "ibis": {"fleet"},
    "distributed": {"fleet"},
    "obstore": {"objects"},
    "pyspark": {"fleet"},
    "re2": {"analysis"},
}

# Only `source` opens profiles, and `pool` does so by it in other processes; the registry may be asked
# for the names of the types, and `requests` for those of HTTP.
DOORS_OF_READERS = {"readers.source", "readers.pool", "readers.registry", "readers.requests", "readers.types"}


def package_of(module: str) -> str:
    """Return the package of a module, or the module itself."""
    return module.split(".", maxsplit=1)[0]


class Import(NamedTuple):
    """One import: the module that has it and the dotted name it asks for, both without `flamescope_py.`."""

    module: str
    target: str
    ours: bool

    @property
    def package(self) -> str:
        return package_of(self.module)


def imports(source: str, module: str) -> Iterator[Import]:
    """Find every import in a module's source, those inside functions and of `if TYPE_CHECKING` too."""
    package = f"{NAME}.{module}".split(".")
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: -node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            names = [f"{base}.{alias.name}" for alias in node.names]
        for name in names:
            ours = name.split(".")[0] == NAME
            yield Import(module, name.removeprefix(f"{NAME}.") if ours else name, ours)


def faults(source: str, module: str) -> list[str]:
    """Return a sentence for each import that the tables forbid."""
    return [f"{module} imports {one.target}" for one in imports(source, module) if not _allowed(one)]


def _allowed(one: Import) -> bool:
    target = package_of(one.target)
    for part, allowed in PARTS.items():
        if one.ours and one.module.startswith(f"{part}."):
            return target in allowed or one.target.startswith(part)
    if not one.ours:
        return one.package in KEEPERS.get(target, {one.package})
    # `from flamescope_py import __version__`
    if target in (one.package, NAME) or target.startswith("__version"):
        return True
    if target == "readers" and ".".join(one.target.split(".")[:2]) not in DOORS_OF_READERS:
        return False
    return target in ARROWS[one.package] | MORE_ARROWS.get(one.module, set())


# Modules that formats may share. The rest of readers is one format's own, or the pool that runs them.
SHARED_BY_FORMATS = {
    *("bounds", "encoding", "ids", "json", "labels", "limits", "locations", "magic", "prefixes", "spans"),
    *("protobuf", "units"),
}
# Modules that combine formats.
JOINING = {"compression", "pool", "registry", "requests", "source", "types", *SHARED_BY_FORMATS}


def strangers(source: str, module: str) -> list[str]:
    """Return the imports of a format that reach into another one."""
    parts = module.split(".")
    if parts[0] != "readers" or len(parts) < 2 or parts[1] in JOINING:
        return []
    found = []
    for one in imports(source, module):
        target = one.target.split(".")
        if one.ours and target[0] == "readers" and target[1] not in {parts[1], *SHARED_BY_FORMATS}:
            found.append(f"{module} imports {one.target}")
    return found


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


@pytest.mark.parametrize("check", [faults, strangers])
def test_no_import_goes_against_the_tables(check: Callable[[str, str], list[str]]) -> None:
    assert [fault for path in modules() for fault in check(path.read_text("utf-8"), dotted(path))] == []


def test_every_package_is_in_the_table() -> None:
    packages = {package_of(dotted(path)) for path in modules()}
    assert {"errors", "model", "readers", "analysis", "export"} <= packages <= set(ARROWS)


def test_the_imports_of_the_package_are_found() -> None:
    found = {
        (one.package, one.target)
        for path in modules()
        for one in imports(path.read_text("utf-8"), dotted(path))
    }
    assert ("readers", "model.ProfileBuilder") in found
    assert ("analysis", "re2") in found
    assert ("export", "analysis.flamegraph.FlameGraph") in found


def asked_for(found: Iterable[Import], known: Collection[str]) -> set[str]:
    """Return the imported modules: for `model.tree.CallTree` it is `model.tree`."""
    names = {known_name for one in found for known_name in (one.target, one.target.rpartition(".")[0])}
    return names & set(known)


def test_no_modules_import_one_another() -> None:
    sources = {dotted(path): path.read_text("utf-8") for path in modules()}
    graph = {name: asked_for(imports(text, name), sources) - {name} for name, text in sources.items()}
    assert "model.trie" in graph["model.builder"]
    # Raises CycleError, which names the circle.
    tuple(TopologicalSorter(graph).static_order())


def decoded_in_passing(source: str) -> list[str]:
    """Return the types of ours that a call of msgspec decodes into."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    chosen = [
        keyword.value
        for call in calls
        if "json.decode" in ast.unparse(call.func)
        for keyword in call.keywords
    ]
    names = (node.id for value in chosen for node in ast.walk(value) if isinstance(node, ast.Name))
    return [name for name in names if name.lstrip("_")[:1].isupper() and name != "Any"]


def test_decoders_are_made_at_import() -> None:
    """msgspec makes a type ready at its first use: another thread that decodes meanwhile ends all."""
    assert decoded_in_passing("msgspec.json.decode(text, type=list[_Page])") == ["_Page"]
    assert decoded_in_passing("msgspec.json.decode(text, type=dict[str, str])") == []
    found = {dotted(path): decoded_in_passing(path.read_text()) for path in modules()}
    assert {module: names for module, names in found.items() if names} == {}
