"""Pictures of every screen, for the documentation."""
