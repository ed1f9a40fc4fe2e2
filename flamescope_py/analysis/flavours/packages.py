"""The package of a frame: one of its language, or the part of the system that it belongs to."""

from __future__ import annotations

from flamescope_py.analysis.flavours.java import package_path
from flamescope_py.analysis.flavours.javascript import parse_function
from flamescope_py.analysis.flavours.languages import language_package
from flamescope_py.analysis.flavours.nodejs import NATIVE, package_of_function, package_of_native
from flamescope_py.model import Frame


def package_of(frame: Frame) -> str:
    """Return the package of a frame, as the flavours for packages name it.

    The package of `java/util/HashMap::putVal` is `java.util`. Functions of V8 are in their npm package, in
    (app code), (node api) or (wasm). Other code is an npm package's addon, (native) or (kernel).
    """
    function = parse_function(frame)
    if function is not None:
        return package_of_function(function)
    *packages, _ = package_path(frame)
    if packages:
        return ".".join(package.name for package in packages)
    return package_of_native(frame)


def named_package_of(frame: Frame) -> str:
    """Return the package of a frame; of native code the one that its name or file tells."""
    package = package_of(frame)
    return (language_package(frame) or package) if package == NATIVE else package
