"""Answers made of the samples of one or two profiles: one file per question."""
