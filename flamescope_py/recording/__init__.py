"""Recordings with perf: the same scripts on this machine and, through `remote/`, on hosts.

`Shell` is the transport. Everything else works on any.
"""
