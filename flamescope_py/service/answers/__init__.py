"""Answers that both `/report/` and the routes of the same names send."""
