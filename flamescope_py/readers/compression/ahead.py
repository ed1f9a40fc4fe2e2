"""Reads a file ahead of its parser: a thread copies or decodes the next chunk meanwhile.

Reading, decoding and the compiled kernel release the interpreter lock, so that a command with a second
processor saves the time of reading. A server has other work for it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from queue import SimpleQueue
from threading import Event, Semaphore, Thread

# Chunks that wait for the parser.
_AHEAD = 2


def read_ahead(chunks: Iterable[bytes]) -> Generator[bytes, None, None]:
    """Yield the chunks, which a thread takes from the iterable; raise its errors in their place."""
    ready: SimpleQueue[bytes | BaseException | None] = SimpleQueue()
    room, closed = Semaphore(_AHEAD), Event()

    def take() -> None:
        try:
            for chunk in chunks:
                ready.put(chunk)
                room.acquire()
                if closed.is_set():
                    return
            ready.put(None)
        except BaseException as error:  # noqa: BLE001  # raised by the parser's thread
            ready.put(error)

    thread = Thread(target=take, name="read-ahead", daemon=True)
    thread.start()
    try:
        while (found := ready.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            yield found
            room.release()
    finally:
        closed.set()
        room.release()
        thread.join()
