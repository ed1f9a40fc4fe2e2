"""Flavours: other ways to draw the same stacks. Each turns a tree into another one, node by node."""
