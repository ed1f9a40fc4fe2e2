"""Breakdowns: who was busy. Samples are counted by command, thread, CPU, function and so on, and by time."""
