"""States of V8 while a sample is taken, by the number in a tick (StateTag in V8's v8-unwinder.h)."""

from __future__ import annotations

JS, GC, IDLE = 0, 1, 8
GC_FRAME = "(garbage collector)"
EXTERNAL = "1"
