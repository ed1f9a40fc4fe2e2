"""Adds what setup.cfg cannot express: the compiled kernel, and the wheel's tag.

The kernel knows nothing of Python, so one wheel serves every Python 3 of a platform. Without a C compiler
the wheel is pure, and profiles are read in Python.
"""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

KERNEL = Path("flamescope_py", "_kernel")
# The kernel needs memcpy of glibc 2.14 and nothing newer; 2.17 is the oldest that pip knows by this name.
MANYLINUX = f"manylinux_2_17_{platform.machine()}"


def build_kernel() -> None:
    """Compile the kernel unless it is there; warn on standard error where that is not possible."""
    subprocess.run([sys.executable, "-m", "flamescope_py._kernel.build"], check=True)


class DistributionWithKernel(Distribution):
    """Installs into the platform's library where it holds the kernel."""

    def has_ext_modules(self) -> bool:
        """Return True if there is a compiled file in the package."""
        return any(KERNEL.glob("kernel-*"))


class BuildWithKernel(build_py):
    """Compiles the kernel first."""

    def run(self) -> None:
        """Build."""
        build_kernel()
        super().run()


class WheelForPlatform(bdist_wheel):
    """Tags a wheel that holds the kernel by platform, and by no version of Python."""

    def finalize_options(self) -> None:
        """Compile the kernel before deciding whether the wheel is pure."""
        build_kernel()
        super().finalize_options()

    def get_tag(self) -> tuple[str, str, str]:
        """Return the tag's three parts."""
        tag: tuple[str, str, str] = super().get_tag()
        if self.root_is_pure:
            return tag
        return "py3", "none", MANYLINUX if tag[2].startswith("linux_") else tag[2]


setup(
    distclass=DistributionWithKernel,
    cmdclass={"build_py": BuildWithKernel, "bdist_wheel": WheelForPlatform},
)
