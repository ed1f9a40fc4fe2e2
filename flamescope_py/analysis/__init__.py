"""Queries on profiles of any format: filters, heatmaps and flame graphs."""
