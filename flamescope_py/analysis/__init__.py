"""What is asked of a profile, written once for all formats: filters, heatmaps, flame graphs."""
