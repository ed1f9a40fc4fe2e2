"""perf script text and perf.data."""
