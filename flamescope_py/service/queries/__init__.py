"""Queries on open profiles: views, heatmaps, flame graphs and comparisons, breakdowns, and what they cost."""
