"""Profiles fetched or recorded over SSH: hosts, keys, connections, captures.

The only package that speaks SSH.
"""
