"""Everything around the routes: security, tokens, logs, metrics, compression."""
