"""Subsecond-offset heatmaps and flame graphs of profiles, served over HTTP."""

__version__ = "0.1.0"
