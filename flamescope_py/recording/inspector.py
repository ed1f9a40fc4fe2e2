"""A session with the inspector of a Node process: the DevTools protocol over a WebSocket.

Methods are those of https://chromedevtools.github.io/devtools-protocol/v8/ and, for worker threads, of Node's
own NodeWorker domain (src/inspector/node_protocol.pdl). The connection may lead to another machine. Its
messages are bounded and untrusted.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Raw, Struct
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from flamescope_py.errors import RemoteError
from flamescope_py.jobs.waiting import within
from flamescope_py.recording.foreign import printable
from flamescope_py.recording.shell import Connection

MAIN = ""
_CHUNK_BYTES = 256 << 10
_MOST_HEAD = 1 << 20
_ANSWER_SECONDS = 60
_MOST_WORDS = 200
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]{1,7})\r\n", re.IGNORECASE)
# /3fe2a1c4-1b0f-4f0e-9a53-4c7e6f1b2d10
_PATH = re.compile(r"/[0-9a-f-]{36}")
ENDED = "The connection to Node's inspector ended."
_STRANGE = "Node's inspector answers in a way that no inspector does."


class _Error(Struct):
    message: str = ""


class _Event(Struct, rename="camel"):
    session_id: str = ""
    message: str = ""


class _Message(Struct):
    id: int | None = None
    result: Raw = Raw(b"{}")
    error: _Error | None = None
    method: str = ""
    params: Raw = Raw(b"{}")


class _Page(Struct, rename="camel"):
    web_socket_debugger_url: str = ""


# Made at import: of two threads that decode into a new type at once, one may see it half made.
_MESSAGE, _EVENT = msgspec.json.Decoder(_Message), msgspec.json.Decoder(_Event)
_PAGES = msgspec.json.Decoder(list[_Page])


async def address_of(connection: Connection) -> str:
    """Return the path of the one WebSocket that an inspector offers over HTTP. Raises RemoteError."""
    # Node refuses names of hosts, against pages that rebind theirs.
    connection.write(b"GET /json/list HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    data = b""
    while True:
        head, end, body = data.partition(b"\r\n\r\n")
        length = _LENGTH.search(head + b"\r\n") if end else None
        if end and (length is None or len(body) >= int(length[1])):
            break
        chunk = await within(_ANSWER_SECONDS, connection.read(_CHUNK_BYTES))
        data += chunk
        if not chunk or len(data) > _MOST_HEAD:
            break
    try:
        pages = _PAGES.decode(body)
    except ValueError as error:  # of msgspec, or text that is no UTF-8
        raise RemoteError(_STRANGE) from error
    paths = [one.web_socket_debugger_url.removeprefix("ws://127.0.0.1") for one in pages]
    if len(paths) != 1 or not _PATH.fullmatch(paths[0]):
        raise RemoteError(_STRANGE)
    return paths[0]


class Session:
    """One debugger of a process. `on_worker` is called for each worker thread, with the id of its session."""

    def __init__(self, connection: Connection, path: str, max_bytes: int) -> None:
        """`max_bytes` bounds a message, which a whole profile is."""
        self._connection = connection
        self._protocol = ClientProtocol(parse_uri(f"ws://127.0.0.1{path}"), max_size=max_bytes)
        self._ids = itertools.count(1)
        self._waiting: dict[tuple[str, int], asyncio.Future[Raw]] = {}
        self._text = bytearray()
        self._listener: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.on_worker: Callable[[str], None] = lambda worker: None

    async def open(self) -> None:
        """Upgrade the connection. Raises RemoteError."""
        self._protocol.send_request(self._protocol.connect())
        self._flush()
        while not self._protocol.events_received():
            await self._receive()
            if self._protocol.handshake_exc is not None:
                raise RemoteError(_STRANGE) from self._protocol.handshake_exc
        self._listener = asyncio.ensure_future(self._listen())

    @property
    def over(self) -> asyncio.Future[None]:
        """Done when the process or the connection has ended."""
        return self._listener

    async def call(self, method: str, worker: str = MAIN, **parameters: object) -> Raw:
        """Call a method in the main thread, or in a worker, and return its result. Raises RemoteError."""
        number = next(self._ids)
        text = msgspec.json.encode({"id": number, "method": method, "params": parameters})
        answer: asyncio.Future[Raw] = asyncio.get_running_loop().create_future()
        self._waiting[worker, number] = answer
        try:
            if worker == MAIN:
                self._protocol.send_text(text)
                self._flush()
            else:
                envelope = {"sessionId": worker, "message": text.decode()}
                await self.call("NodeWorker.sendMessageToWorker", **envelope)
            return await within(_ANSWER_SECONDS, _result(answer, self.over))
        except asyncio.TimeoutError as error:
            raise RemoteError("Node does not answer: its thread is blocked, or stopped.") from error
        finally:
            self._waiting.pop((worker, number), None)

    async def value(self, expression: str) -> object:
        """Evaluate a JavaScript expression in the main thread, as its console does. Raises RemoteError."""
        result = await self.call(
            "Runtime.evaluate", expression=expression, includeCommandLineAPI=True, returnByValue=True
        )
        try:
            found = msgspec.json.decode(result, type=dict[str, Any])
        except ValueError as error:
            raise RemoteError(_STRANGE) from error
        if "exceptionDetails" in found:
            raise RemoteError("Node cannot evaluate an expression of its inspector's session.")
        inner = found.get("result")
        return inner.get("value") if isinstance(inner, dict) else None

    async def close(self) -> None:
        """End the session and the connection."""
        if not self._listener.done() and self._protocol.state is State.OPEN:
            self._protocol.send_close()
            self._flush()
        self._listener.cancel()
        await asyncio.wait([self._listener])
        await self._connection.close()

    async def _receive(self) -> None:
        chunk = await within(_ANSWER_SECONDS, self._connection.read(_CHUNK_BYTES))
        self._take(chunk)

    def _take(self, chunk: bytes) -> None:
        """Feed the protocol. Raises RemoteError at the end of the connection."""
        if not chunk:
            raise RemoteError(ENDED)
        try:
            self._protocol.receive_data(chunk)
        except InvalidHandshake as error:
            raise RemoteError(_STRANGE) from error
        self._flush()

    async def _listen(self) -> None:
        """Take messages until the connection ends. Raises RemoteError."""
        while True:
            self._take(await self._connection.read(_CHUNK_BYTES))
            for event in self._protocol.events_received():
                if isinstance(event, Frame) and event.opcode in (Opcode.TEXT, Opcode.CONT):
                    self._text += event.data
                    if event.fin:
                        text, self._text = bytes(self._text), bytearray()
                        self._dispatch(text, MAIN)
            if self._protocol.parser_exc is not None:
                raise RemoteError("Node sends more than max_file_bytes allows, or no WebSocket's frames.")

    def _dispatch(self, text: bytes | str, worker: str) -> None:
        try:
            message = _MESSAGE.decode(text)
            event = _EVENT.decode(message.params)
        except ValueError as error:
            raise RemoteError(_STRANGE) from error
        if message.id is not None:
            answer = self._waiting.get((worker, message.id))
            if answer is not None and not answer.done():
                _settle(answer, message)
        elif worker == MAIN and message.method == "NodeWorker.attachedToWorker":
            self.on_worker(event.session_id)
        elif worker == MAIN and message.method == "NodeWorker.receivedMessageFromWorker":
            self._dispatch(event.message, event.session_id or "unknown")

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._connection.write(data)


def _settle(answer: asyncio.Future[Raw], message: _Message) -> None:
    if message.error is None:
        answer.set_result(message.result)
    else:
        words = printable(message.error.message, _MOST_WORDS)
        answer.set_exception(RemoteError(f"Node's inspector refuses: {words}"))


async def _result(answer: asyncio.Future[Raw], over: asyncio.Future[None]) -> Raw:
    """Return an answer. Raises RemoteError if the connection ends before."""
    both: list[asyncio.Future[Any]] = [answer, over]
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    if not answer.done():
        answer.cancel()
        failure = None if over.cancelled() else over.exception()
        raise failure or RemoteError(ENDED)
    return answer.result()
