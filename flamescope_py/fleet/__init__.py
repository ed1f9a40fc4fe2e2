"""Profiles of many hosts as one collection of Parquet files, and the fixed questions about it."""
