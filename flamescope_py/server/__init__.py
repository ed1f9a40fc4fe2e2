"""The waitress server: listening, connections, stopping. The one place that touches its internals."""
