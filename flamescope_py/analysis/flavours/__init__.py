"""Flavours: other ways to draw the same stacks."""
