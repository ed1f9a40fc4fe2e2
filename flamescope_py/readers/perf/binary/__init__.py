"""perf.data: read by perf itself, which runs confined."""
