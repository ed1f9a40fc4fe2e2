"""OpenTelemetry's profiles, of its profiler and its collector."""
