"""Decompression of profiles, and archives that hold one; `decompress` is its door."""
