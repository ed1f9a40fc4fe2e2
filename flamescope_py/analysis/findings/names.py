"""Separates a program's own functions from those of its runtime, the C library and the kernel."""

from __future__ import annotations

import re

from flamescope_py.analysis.flavours.nodejs import IN_KERNEL, NATIVE, NODE_API
from flamescope_py.analysis.flavours.packages import package_of
from flamescope_py.model import Frame

# _start · __libc_start_main · start_thread · [unknown] · v8::… · node::… · uv_run · Builtins_… · JavaMain ·
# runtime.main · _PyEval_EvalFrameDefault · Py_RunMain · entry_SYSCALL_64
_RUNTIME = re.compile(
    r"_start|__libc_\w*|start_thread|clone3?|__clone3?|main|\[.*\]|\(.*\)|0x[0-9a-f]+|"
    r"(?:non-virtual thunk to )?(?:v8|node|std|boost)::.*|(?:uv|llhttp)_\w+|"
    r"(?:Builtins?[_:]|Stub:|BytecodeHandler:).*|"
    r"Java(?:Main|Calls|Thread).*|Thread\w*::.*|jni_.*|Interpreter|call_stub|thread_native_entry|"
    r"runtime\..*|_?Py[A-Z_]\w*|cfunction_\w+|entry_\w+|asm_\w+|do_syscall_\w+",
)
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")
_SYSTEM = re.compile(r".*/(?:lib(?:c|m|pthread|stdc\+\+|gcc_s|jvm|python3)[-.0-9]|ld-).*")


def own_code(name: str, library: str, kind: str) -> bool:
    """Return True for a function that is not of a runtime, the C library or the kernel."""
    package = package_of(Frame(name, library, kind))
    if package in (IN_KERNEL, NODE_API):
        return False
    return package != NATIVE or not (_RUNTIME.fullmatch(name) or _SYSTEM.fullmatch(library))


def pattern_of(name: str) -> str:
    """Return an RE2 pattern of the frames with exactly this name, whatever their file."""
    escaped = _SPECIAL.sub(r"\\\g<0>", name)
    return rf"^ {escaped} \("


def shown(name: str) -> str:
    """Return a function's name as a sentence has it: without V8's prefix and the file."""
    match = re.fullmatch(
        r"(?:LazyCompile|InterpretedFunction|Function|JS|Script|Eval):[*+^~]?(.*)", name, re.DOTALL
    )
    if match is None:
        return name
    return re.sub(r" ?\S+:\d+(?::\d+)?$", "", match[1]) or "(anonymous)"
