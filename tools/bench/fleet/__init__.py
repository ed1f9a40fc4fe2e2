"""Measures questions about a collection of 100 million samples."""
