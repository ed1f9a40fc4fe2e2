"""Findings: sentences about periodic functions, bursts, changes and unusual stretches, with their numbers."""
