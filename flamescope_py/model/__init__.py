"""The profile model, independent of files, formats, analysis and HTTP."""

from flamescope_py.model.builder import ProfileBuilder
from flamescope_py.model.frame import ROOT, Frame, FrameTable
from flamescope_py.model.profile import Meta, Profile, Samples, Seconds, Thread
from flamescope_py.model.report import ParseReport, ReportLine
from flamescope_py.model.timerange import TimeRange
from flamescope_py.model.tree import CallTree, NodeId, preorder
from flamescope_py.model.trie import StackTrie, ordered

__all__ = [
    "ROOT",
    "CallTree",
    "Frame",
    "FrameTable",
    "Meta",
    "NodeId",
    "ParseReport",
    "Profile",
    "ProfileBuilder",
    "ReportLine",
    "Samples",
    "Seconds",
    "StackTrie",
    "Thread",
    "TimeRange",
    "ordered",
    "preorder",
]
