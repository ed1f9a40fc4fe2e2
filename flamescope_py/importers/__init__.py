"""Profiles that arrive by themselves: uploads, files fetched over SSH, recordings made over SSH.

The only package that knows the network. Of ours it imports nothing but the errors.
"""
