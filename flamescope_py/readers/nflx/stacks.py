"""The stacks of an nflxprofile's nodes, whichever of the three ways they are stored in, as one tree.

Whole in the node, as the chain of its parents, or as children to be walked from node 0, which is the root
and no frame. Broken links (cycles, unknown nodes) cut a stack short and are counted as repaired. Nothing
recurses, and every node is placed once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from flamescope_py.model import ProfileBuilder
from flamescope_py.readers.limits import MAX_DEPTH

if TYPE_CHECKING:
    from flamescope_py.readers.nflx import nflxprofile_pb2 as pb

MAX_TEXT = 2_000
NO_NAME = "[unknown]"
TRUE = b"true"


class End(NamedTuple):
    """Where a node's stack ends in the tree, how deep that is, and the name of its first frame."""

    node: int = 0
    depth: int = 0
    command: str = ""


def text(value: bytes) -> str:
    """Read a text of the file; bad UTF-8 and NUL bytes become U+FFFD."""
    return value[:MAX_TEXT].decode("utf-8", "replace").replace("\0", "\ufffd").strip()


class Stacks:
    """Finds the tree node of a node's stack, and makes it in the builder where it is new."""

    def __init__(
        self, builder: ProfileBuilder, nodes: Mapping[int, pb.Node], params: Mapping[bytes, bytes]
    ) -> None:
        """`params` are the file's own, which name the way its stacks are stored."""
        self._builder = builder
        self._report = builder.report
        self._nodes = nodes
        self._ends: dict[int, End] = {0: End()}
        self._callers: Mapping[int, int] | None = None
        self._cut = False
        if params.get(b"has_node_stack") == TRUE:
            return
        if params.get(b"has_parent") == TRUE:
            self._callers = {number: node.parent for number, node in nodes.items()}
        else:
            self._callers = self._walked()

    def end(self, number: int) -> End:
        """Return where the stack of a known node ends."""
        if self._callers is None:
            return self._end_of_stack(self._nodes[number])
        if number == 0:  # only its own samples show the root as a frame
            return self._below(End(), self._nodes[0])
        return self._end_of_chain(number, self._callers)

    def _walked(self) -> dict[int, int]:
        """Find every node's caller by walking the children from node 0; the first one found counts."""
        callers: dict[int, int] = {}
        queue = [0] if 0 in self._nodes else []
        for number in queue:  # grows while it is walked
            for child in self._nodes[number].children:
                if child == 0 or child in callers or child not in self._nodes:
                    self._report.repaired += 1
                    continue
                callers[child] = number
                queue.append(child)
        return callers

    def _end_of_chain(self, number: int, callers: Mapping[int, int]) -> End:
        """Follow the callers to the root or to a node already placed, then place the nodes between."""
        path: dict[int, None] = {}
        while number not in self._ends:
            if number in path or number not in self._nodes:  # a cycle, or a caller that is not there
                self._report.repaired += 1
                number = 0
                break
            path[number] = None
            number = callers.get(number, 0)
        end = self._ends[number]
        for below in reversed(path):
            end = self._ends[below] = self._below(end, self._nodes[below])
        return end

    def _end_of_stack(self, node: pb.Node) -> End:
        """Place a node that holds its whole stack: its own name, mostly a command, then its frames."""
        end = self._below(End(), node)
        for frame in node.stack:
            end = self._below(end, frame)
        return end

    def _below(self, end: End, source: pb.Node | pb.StackFrame) -> End:
        """Go one frame down; below `MAX_DEPTH` frames the samples stay where they are."""
        if end.depth == MAX_DEPTH:
            if not self._cut:
                self._cut = True
                self._report.note(f"stack cut to its outermost {MAX_DEPTH} frames")
            return end
        name = text(source.function_name) or NO_NAME
        frame = self._builder.frame(name, _file(source.file), text(source.libtype))
        return End(self._builder.child(end.node, frame), end.depth + 1, end.command or name)


def _file(file: pb.File) -> str:
    name = text(file.file_name)
    return f"{name}:{file.line}" if name and file.line else name
