"""V8 CPU profiles, alone or inside a Chrome trace."""
