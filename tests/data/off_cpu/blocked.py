"""Three threads that are blocked in three ways: asleep, at a lock, and at a pipe. One is also busy."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

SECONDS = 2.0
lock = threading.Lock()
reading, writing = os.pipe()


def named(name: str) -> None:
    Path(f"/proc/self/task/{threading.get_native_id()}/comm").write_text(name)


def sleeper(end: float) -> None:
    named("sleeper")
    while time.monotonic() < end:
        time.sleep(0.05)


def holder(end: float) -> None:
    named("holder")
    while time.monotonic() < end:
        with lock:
            until = time.monotonic() + 0.03
            while time.monotonic() < until:
                sum(range(1000))
            os.write(writing, b"x")
        time.sleep(0.01)
    os.close(writing)


def waiter(end: float) -> None:
    named("waiter")
    while time.monotonic() < end and os.read(reading, 1):
        with lock:
            sum(range(1000))


def main() -> None:
    named("starter")
    end = time.monotonic() + SECONDS
    threads = [threading.Thread(target=one, args=(end,)) for one in (sleeper, holder, waiter)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
