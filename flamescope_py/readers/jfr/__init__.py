"""Java Flight Recordings, of OpenJDK and of async-profiler."""
