# Made from nflxprofile.proto, which says how.
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Profile(_message.Message):
    __slots__ = ("start_time", "end_time", "samples", "time_deltas", "nodes", "title", "description", "params", "samples_cpu", "samples_pid", "samples_tid", "samples_value", "idle_sample_count")
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    SAMPLES_FIELD_NUMBER: _ClassVar[int]
    TIME_DELTAS_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    PARAMS_FIELD_NUMBER: _ClassVar[int]
    SAMPLES_CPU_FIELD_NUMBER: _ClassVar[int]
    SAMPLES_PID_FIELD_NUMBER: _ClassVar[int]
    SAMPLES_TID_FIELD_NUMBER: _ClassVar[int]
    SAMPLES_VALUE_FIELD_NUMBER: _ClassVar[int]
    IDLE_SAMPLE_COUNT_FIELD_NUMBER: _ClassVar[int]
    start_time: float
    end_time: float
    samples: _containers.RepeatedScalarFieldContainer[int]
    time_deltas: _containers.RepeatedScalarFieldContainer[float]
    nodes: _containers.RepeatedCompositeFieldContainer[NodeEntry]
    title: bytes
    description: bytes
    params: _containers.RepeatedCompositeFieldContainer[Param]
    samples_cpu: _containers.RepeatedScalarFieldContainer[int]
    samples_pid: _containers.RepeatedScalarFieldContainer[int]
    samples_tid: _containers.RepeatedScalarFieldContainer[int]
    samples_value: _containers.RepeatedScalarFieldContainer[int]
    idle_sample_count: int
    def __init__(self, start_time: _Optional[float] = ..., end_time: _Optional[float] = ..., samples: _Optional[_Iterable[int]] = ..., time_deltas: _Optional[_Iterable[float]] = ..., nodes: _Optional[_Iterable[_Union[NodeEntry, _Mapping]]] = ..., title: _Optional[bytes] = ..., description: _Optional[bytes] = ..., params: _Optional[_Iterable[_Union[Param, _Mapping]]] = ..., samples_cpu: _Optional[_Iterable[int]] = ..., samples_pid: _Optional[_Iterable[int]] = ..., samples_tid: _Optional[_Iterable[int]] = ..., samples_value: _Optional[_Iterable[int]] = ..., idle_sample_count: _Optional[int] = ...) -> None: ...

class NodeEntry(_message.Message):
    __slots__ = ("key", "value")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: int
    value: Node
    def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[Node, _Mapping]] = ...) -> None: ...

class Param(_message.Message):
    __slots__ = ("key", "value")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: bytes
    value: bytes
    def __init__(self, key: _Optional[bytes] = ..., value: _Optional[bytes] = ...) -> None: ...

class Node(_message.Message):
    __slots__ = ("function_name", "hit_count", "children", "libtype", "parent", "pid", "tid", "cpu", "value", "stack", "file")
    FUNCTION_NAME_FIELD_NUMBER: _ClassVar[int]
    HIT_COUNT_FIELD_NUMBER: _ClassVar[int]
    CHILDREN_FIELD_NUMBER: _ClassVar[int]
    LIBTYPE_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    PID_FIELD_NUMBER: _ClassVar[int]
    TID_FIELD_NUMBER: _ClassVar[int]
    CPU_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    STACK_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    function_name: bytes
    hit_count: int
    children: _containers.RepeatedScalarFieldContainer[int]
    libtype: bytes
    parent: int
    pid: int
    tid: int
    cpu: int
    value: int
    stack: _containers.RepeatedCompositeFieldContainer[StackFrame]
    file: File
    def __init__(self, function_name: _Optional[bytes] = ..., hit_count: _Optional[int] = ..., children: _Optional[_Iterable[int]] = ..., libtype: _Optional[bytes] = ..., parent: _Optional[int] = ..., pid: _Optional[int] = ..., tid: _Optional[int] = ..., cpu: _Optional[int] = ..., value: _Optional[int] = ..., stack: _Optional[_Iterable[_Union[StackFrame, _Mapping]]] = ..., file: _Optional[_Union[File, _Mapping]] = ...) -> None: ...

class StackFrame(_message.Message):
    __slots__ = ("function_name", "libtype", "file")
    FUNCTION_NAME_FIELD_NUMBER: _ClassVar[int]
    LIBTYPE_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    function_name: bytes
    libtype: bytes
    file: File
    def __init__(self, function_name: _Optional[bytes] = ..., libtype: _Optional[bytes] = ..., file: _Optional[_Union[File, _Mapping]] = ...) -> None: ...

class File(_message.Message):
    __slots__ = ("file_name", "line", "column")
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    file_name: bytes
    line: int
    column: int
    def __init__(self, file_name: _Optional[bytes] = ..., line: _Optional[int] = ..., column: _Optional[int] = ...) -> None: ...
