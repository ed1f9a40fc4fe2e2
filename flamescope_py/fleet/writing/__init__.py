"""Writes a collection: ingests of profiles, merged days with their sums, and where the work runs."""
