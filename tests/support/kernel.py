"""Reading without the compiled kernel, in a process that has it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

from flamescope_py import _kernel


@contextmanager
def without_kernel() -> Iterator[None]:
    """Let every module that was imported so far find no kernel."""
    load = _kernel.load
    with ExitStack() as stack:
        for module in list(sys.modules.values()):
            if getattr(module, "load", None) is load:
                stack.enter_context(mock.patch.object(module, "load", return_value=None))
        yield
