"""Knows the disk: which profiles there are, how their files are opened, and which are held in memory."""
