"""Captures that are made for tests and pictures, the same at every run."""
